//! Kinds against records: what is read, what is said, and where.

use super::{Kind, Kinds, RecordNode, Refs, Shape, embedded, scalar};
use crate::budget::Limits;
use crate::expr::{Object, Type, Value};
use crate::record::{Fault, Problem, Syntax, Tree, parse};
use crate::source::{SourceFile, Span};
use std::sync::{Arc, LazyLock};

static KINDS: LazyLock<Kinds> = LazyLock::new(Kinds::embedded);

fn kind(name: &str) -> &'static Arc<Kind> {
    KINDS.get(name).expect(name)
}

fn tree(text: &str) -> Arc<Tree> {
    let file = SourceFile::new("records.yaml".into(), text);
    let end = u32::try_from(text.len()).expect("small");
    Arc::new(parse(&file, Span::new(0, end), Syntax::Yaml, &Limits::STANDARD))
}

fn record(kind_name: &str, text: &str) -> RecordNode {
    let tree = tree(text);
    kind(kind_name).record(&tree, tree.roots()[0])
}

/// Fault, quoted place, message and help of each problem.
fn problems(kind_name: &str, text: &str) -> Vec<(Fault, String, String, String)> {
    let tree = tree(text);
    let shown = |problem: Problem| {
        let place = tree.file().slice(problem.span).to_owned();
        let (message, help) = (problem.message.unescaped().to_owned(), problem.help.unescaped().to_owned());
        (problem.fault, place, message, help)
    };
    kind(kind_name).check(&tree, tree.roots()[0]).into_iter().map(shown).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the list of schemas is compared with the folder")]
fn every_schema_in_the_folder_is_embedded_compiles_and_is_described() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    files.sort();
    let mut wanted: Vec<String> =
        embedded::SCHEMAS.iter().map(|(name, _)| format!("{name}.schema.json")).collect();
    wanted.push(super::SHARED_FILE.to_owned());
    // The schemas of settings, rule files and reports are of no kind of record.
    wanted.extend(["isms", "report", "rule"].map(|name| format!("{name}.schema.json")));
    wanted.sort();
    assert_eq!(files, wanted);
    for (name, text) in embedded::SCHEMAS {
        let kind = Kind::new(text).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(&*kind.name, *name);
        assert!(!kind.title.is_empty() && kind.description.ends_with('.'), "{name}");
        assert!(!kind.folders.is_empty() && !kind.registers.is_empty(), "{name}");
        described(&kind.structure, name);
    }
}

/// Every field has a sentence, every reference leads to a kind that exists.
fn described(structure: &super::Structure, path: &str) {
    for (name, field) in &structure.fields {
        let path = format!("{path}.{name}");
        assert!(field.description.ends_with('.'), "{path} has no sentence: {:?}", field.description);
        assert!(!matches!(field.shape, Shape::Any), "{path} has no shape");
        if let Some(Refs::Kinds(kinds)) = &field.refs {
            assert!(kinds.iter().all(|kind| KINDS.get(kind).is_some()), "{path} refers to {kinds:?}");
        }
        if let Some(inner) = field.structure() {
            described(inner, &path);
        }
    }
}

#[test]
fn each_kind_takes_a_small_record_and_refuses_a_broken_copy() {
    let cases: &[(&str, &str, &str, &str, Fault)] = &[
        (
            "objective",
            "{id: O-1, title: t, metric: M-1, due: 2026-12-31, target: {value: 5, operator: lte}}",
            "lte",
            "less",
            Fault::ValueNotAllowed,
        ),
        (
            "metric",
            "{id: M-1, title: t, frequency: monthly, direction: higher_is_better, measurements: [{period: 2026-Q1, value: 3}]}",
            "2026-Q1",
            "2026-Q5",
            Fault::NotAPeriod,
        ),
        (
            "measurement",
            "{metric: M-1, period: 2026-03, numerator: 3, denominator: 4}",
            ", denominator: 4",
            "",
            Fault::RequiredFieldMissing,
        ),
        (
            "action",
            "{id: A-1, title: t, type: preventive, status: in_progress, source: {kind: incident, ref: I-1}}",
            "in_progress",
            "ongoing",
            Fault::ValueNotAllowed,
        ),
        (
            "nonconformity",
            "{id: N-1, title: t, grade: major, root_cause: {method: five_whys, whys: [a, b, c]}}",
            "[a, b, c]",
            "abc",
            Fault::WrongType,
        ),
        (
            "incident",
            "{id: I-1, title: t, type: near_miss, occurred: 2026-05-01, controls: [{control: 5.1, result: slow}]}",
            "slow",
            "lazy",
            Fault::ValueNotAllowed,
        ),
        (
            "audit_programme",
            "{id: P-1, title: t, period: {from: 2026-01-01, to: 2026-12-31}, cycle: 3 years}",
            "3 years",
            "3 yrs",
            Fault::NotADuration,
        ),
        (
            "audit",
            "{id: U-1, title: t, held: 2026-06-01, findings: [{id: F1, type: minor, clause: '9.1'}]}",
            "minor",
            "tiny",
            Fault::ValueNotAllowed,
        ),
        (
            "review",
            "{id: R-1, title: t, date: 2026-06-01, inputs: {risks: {none_because: none new}}}",
            "risks",
            "risk",
            Fault::UnknownField,
        ),
        (
            "risk",
            "{id: K-1, title: t, treatment: mitigate, residual: 12, levels: [{on: 2026-01-01, residual: high}]}",
            "2026-01-01",
            "01.01.2026",
            Fault::NotADate,
        ),
        (
            "control",
            "{id: 5.10, applicable: true, implementation: planned, maps: {nist: [PR.AC-1]}}",
            "true",
            "yes",
            Fault::WrongType,
        ),
        (
            "document",
            "{id: D-1, title: t, type: policy, level: L1, version: 1.0, approved: 2026-01-01}",
            "L1",
            "L9",
            Fault::ValueNotAllowed,
        ),
        (
            "context",
            "{id: C-1, title: t, climate: {relevant: false, why: w}, headcount: [{on: 2026-01-01, count: 12}]}",
            "12}",
            "12.5}",
            Fault::WrongType,
        ),
        (
            "change",
            "{id: H-1, title: t, what: supplier, on: 2026-01-01, planned: true}",
            "on:",
            "no:",
            Fault::UnknownField,
        ),
        (
            "feedback",
            "{id: B-1, title: t, from: customer, kind: complaint}",
            "customer",
            "client",
            Fault::ValueNotAllowed,
        ),
        (
            "exercise",
            "{id: E-1, title: t, type: drill, findings: [one]}",
            "title: t, ",
            "",
            Fault::RequiredFieldMissing,
        ),
        (
            "supplier",
            "{id: S-1, title: t, tier: critical, interval: annual}",
            "annual",
            "yearly",
            Fault::NotADuration,
        ),
        (
            "training",
            "{id: T-1, title: t, completion: {required: 10, done: 9}}",
            "done: 9",
            "done: nine",
            Fault::WrongType,
        ),
        (
            "removal",
            "{record: A-9, on: 2026-01-01, reason: merged into A-8}",
            "merged into A-8",
            "''",
            Fault::RequiredFieldMissing,
        ),
        (
            "waiver",
            "{id: W-1, rule: r, records: [A-1], reason: w, owner: o, approved: {by: p, on: 2026-01-01}, expires: 2026-06-30}",
            "[A-1]",
            "[]",
            Fault::RequiredFieldMissing,
        ),
    ];
    let mut covered: Vec<&str> = cases.iter().map(|case| case.0).collect();
    covered.sort_unstable();
    assert!(covered.iter().copied().eq(KINDS.iter().map(|kind| &*kind.name)), "one case for each kind");
    for (name, good, from, to, fault) in cases {
        assert_eq!(problems(name, good), [], "{name}");
        let broken = good.replacen(from, to, 1);
        assert_ne!(&broken, good, "{name}: the case changes something");
        let found = problems(name, &broken);
        assert_eq!(found.iter().map(|problem| problem.0).collect::<Vec<_>>(), [*fault], "{name}: {found:?}");
    }
}

#[test]
fn a_scalar_is_what_the_schema_wants() {
    // Text, then what it is as text (t: taken, r: taken with a remark), number,
    // date, truth value; - where it does not fit, 0 where it counts as absent.
    let table = "
        abc|t|-|-|-; 5.10|t|5.1|-|-; 1.0|t|1|-|-; 10|t|10|-|-; -3|t|-3|-|-; +4|t|4|-|-; .5|t|0.5|-|-; 5.|t|5|-|-
        -.5|t|-0.5|-|-; 1e3|r|1000|-|-; 1E3|r|1000|-|-; 1.5e-3|r|0.0015|-|-; e3|t|-|-|-; 1e400|t|-|-|-; -0|t|0|-|-
        0|t|0|-|-; 00|r|0|-|-; 012|r|12|-|-; 007|r|7|-|-; 0o14|r|12|-|-; 0x1F|r|31|-|-; 0xZZ|t|-|-|-; 0b11|r|-|-|-
        1_000|r|-|-|-; 1_0.5|r|-|-|-; 1.000.000|t|-|-|-; 95%|t|-|-|-; 12 h|t|-|-|-; 1/2|t|-|-|-; --1|t|-|-|-; +-1|t|-|-|-
        .inf|r|-|-|-; -.INF|r|-|-|-; .nan|r|-|-|-; inf|t|-|-|-; nan|t|-|-|-; NaN|t|-|-|-; infinity|t|-|-|-; .|t|-|-|-
        true|r|-|-|true; false|r|-|-|false; True|r|-|-|-; TRUE|r|-|-|-; tRUE|t|-|-|-; yes|r|-|-|-; Yes|r|-|-|-
        YES|r|-|-|-; no|r|-|-|-; NO|r|-|-|-; No|r|-|-|-; nO|t|-|-|-; on|r|-|-|-; On|r|-|-|-; off|r|-|-|-; OFF|r|-|-|-
        y|r|-|-|-; Y|r|-|-|-; n|r|-|-|-; N|r|-|-|-; ok|t|-|-|-; none|t|-|-|-; nil|t|-|-|-
        null|0|0|0|0; Null|0|0|0|0; NULL|0|0|0|0; ''|0|0|0|0; ' '|0|0|0|0
        12:30|r|-|-|-; 12:30:00|r|-|-|-; 1:2:3|r|-|-|-; 190:20:30.15|r|-|-|-; 12:abc|t|-|-|-; 10.0.0.1|t|-|-|-; 1:100|t|-|-|-
        2026-12-31|t|-|2026-12-31|-; '2026-12-31'|t|-|2026-12-31|-; 2024-02-29|t|-|2024-02-29|-; 2026-02-29|t|-|-|-
        2026-2-9|t|-|-|-; 2026/02/09|t|-|-|-; 31.12.2026|t|-|-|-; 12/31/2026|t|-|-|-; 2026-12-31T00:00:00Z|t|-|-|-
        2026-12|t|-|-|-; 20261231|t|20261231|-|-; 2026|t|2026|-|-; 26-12-31|t|-|-|-; 2026-13-01|t|-|-|-; tomorrow|t|-|-|-
        '12'|t|-|-|-; '5.10'|t|-|-|-; 'true'|t|-|-|-; 'NO'|t|-|-|-; '0x1F'|t|-|-|-; 'null'|t|-|-|-; '~'|t|-|-|-
        9007199254740993|t|9007199254740992|-|-; 1,5|t|-|-|-; 1 000|t|-|-|-; ２|t|-|-|-; v1.2|t|-|-|-; 1.2.3|t|-|-|-
        A-1|t|-|-|-; 5.1-2|t|-|-|-; 0x|t|-|-|-; 0o8|t|-|-|-; _1|t|-|-|-; 1_|r|-|-|-; =|t|-|-|-";
    let rows: Vec<&str> = table.split(['\n', ';']).map(str::trim).filter(|row| !row.is_empty()).collect();
    assert!(rows.len() >= 100, "{}", rows.len());
    let fields =
        [("notes", "document"), ("threshold", "metric"), ("due", "action"), ("applicable", "control")];
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        for ((field, kind), wanted) in fields.iter().zip(&cells[1..]) {
            let text = format!("id: X\ntitle: t\n{field}: {}\n", cells[0]);
            let found = problems(kind, &text);
            let value = record(kind, &text).value(field);
            let shown = match &value {
                Value::Absent if found.is_empty() => "0".to_owned(),
                Value::Unknown(_) => "-".to_owned(),
                Value::Text(text) => {
                    assert_eq!(text.as_str(), cells[0].trim_matches('\''), "{row}: the source text");
                    if found.is_empty() { "t" } else { "r" }.to_owned()
                }
                Value::Number(number) => (number + 0.0).to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(shown, *wanted, "{row}, as {field}: {value:?} {found:?}");
            let is_fault = found.iter().any(|problem| problem.0 != Fault::AmbiguousScalar);
            assert_eq!(is_fault, *wanted == "-", "{row}, as {field}: unknown goes with a problem: {found:?}");
        }
    }
    assert_eq!(problems("document", "id: X\ntitle: t\nnotes:\nowner: null\n"), [], "empty is no ambiguity");
    let tilde = problems("document", "id: X\ntitle: t\nowner: ~\n");
    assert_eq!(
        tilde.iter().map(|problem| problem.0).collect::<Vec<_>>(),
        [Fault::AmbiguousScalar],
        "a tilde is"
    );
}

#[test]
fn messages_name_the_place_the_allowed_and_the_nearest() {
    let cases: &[(&str, &str, Fault, &str, &str, &str)] = &[
        (
            "action",
            "id: A\ntitle: t\nonwer: x",
            Fault::UnknownField,
            "onwer",
            "has no field `onwer`",
            "did you mean `owner`",
        ),
        (
            "action",
            "id: A\ntitle: t\nstatus: In Progress",
            Fault::ValueNotAllowed,
            "In Progress",
            "`status` cannot be",
            "did you mean `in_progress`? Allowed are proposed",
        ),
        (
            "action",
            "id: A\ntitle: t\ntype: maintenance",
            Fault::ValueNotAllowed,
            "maintenance",
            "`type` cannot be",
            "allowed are corrective, improvement, treatment",
        ),
        (
            "action",
            "id: A-1\nowner: o",
            Fault::RequiredFieldMissing,
            "A-1",
            "a record of kind action has no `title`",
            "add it. title: What the record",
        ),
        ("action", "owner: o\ntitle: t", Fault::RequiredFieldMissing, "owner", "has no `id`", "add it"),
        ("action", "id: A\ntitle:\nowner: o", Fault::RequiredFieldMissing, "title", "`title` is empty", ""),
        ("action", "id: A 1\ntitle: t", Fault::NotAnId, "A 1", "cannot serve as an id", "without spaces"),
        ("action", "id: аct\ntitle: t", Fault::NotAnId, "аct", "cannot serve as an id", ""),
        (
            "action",
            "id: A\ntitle: t\ndue: 31.12.2026",
            Fault::NotADate,
            "31.12.2026",
            "`due` is `31.12.2026`",
            "2026-12-31",
        ),
        (
            "action",
            "id: A\ntitle: t\nverification:\n  result: efective",
            Fault::ValueNotAllowed,
            "efective",
            "`verification.result` cannot be",
            "did you mean `effective`",
        ),
        (
            "action",
            "id: A\ntitle: t\nverification: done",
            Fault::WrongType,
            "done",
            "has to be a group of fields",
            "criteria",
        ),
        (
            "waiver",
            "id: W\nrule: r\nrecords: [A]\nreason: w\nowner: o\nexpires: 2026-01-01\napproved:\n  by: p",
            Fault::RequiredFieldMissing,
            "approved",
            "`approved` has no `on`",
            "The day of the approval",
        ),
        (
            "measurement",
            "metric: M\nperiod: 2026",
            Fault::RequiredFieldMissing,
            "metric",
            "has no `value` or `numerator` or `denominator`",
            "add it",
        ),
        (
            "measurement",
            "metric: M\nperiod: 2026\nvalue: 95 %",
            Fault::WrongType,
            "95 %",
            "`value` has to be a number and is `95 %`",
            "write the number alone (95)",
        ),
        (
            "measurement",
            "metric: M\nperiod: 2026\nvalue: \"95\"",
            Fault::WrongType,
            "\"95\"",
            "has to be a number",
            "remove the quotes: 95",
        ),
        (
            "objective",
            "id: O\ntitle: t\nmetric: [M-1]",
            Fault::WrongType,
            "metric",
            "`metric` has to be an id and is a list",
            "write one text",
        ),
        (
            "review",
            "id: R\ntitle: t\nattendees: ann",
            Fault::WrongType,
            "ann",
            "`attendees` has to be a list",
            "[ann]",
        ),
        (
            "action",
            "id: A\ntitle: t\nevidence:\n  - path: x\n    sha256: zz",
            Fault::SchemaNotMet,
            "zz",
            "`evidence.sha256`",
            "64 hexadecimal",
        ),
        ("action", "- a", Fault::WrongType, "- a", "a record (action) consists of fields", ""),
        (
            "action",
            "id: NO\ntitle: t",
            Fault::AmbiguousScalar,
            "NO",
            "true or false to other programs",
            "\"NO\"",
        ),
    ];
    for (kind, text, fault, place, message, help) in cases {
        let found = problems(kind, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let (found_fault, found_place, found_message, found_help) = &found[0];
        assert_eq!((found_fault, found_place.as_str()), (fault, *place), "{text}");
        assert!(found_message.contains(message), "{text}: {found_message}");
        assert!(found_help.contains(help), "{text}: {found_help}");
        assert!(!found_message.ends_with('.'), "{text}: one line, no final stop");
    }
    assert_eq!(
        problems("action", "id: A\ntitle: t\nx-ticket: [1, {a: b}]\nsource: {x-y: 1}"),
        [],
        "own fields"
    );
}

#[test]
fn what_cannot_be_read_is_unknown_and_not_absent() {
    let broken = record("action", "id: A\ntitle: a: b\nstatus: open\ndue: soon\n");
    assert!(matches!(broken.value("title"), Value::Unknown(_)), "a broken value");
    assert!(matches!(broken.value("owner"), Value::Unknown(_)), "may stand in what is lost");
    assert!(matches!(broken.value("status"), Value::Unknown(_)), "outside the vocabulary");
    assert!(matches!(broken.value("due"), Value::Unknown(why) if &*why == "its due is not a date"));
    let twice = record("action", "id: A\ntitle: t\nstatus: planned\nstatus: completed\n");
    assert!(matches!(twice.value("status"), Value::Unknown(why) if &*why == "its status is written twice"));
    assert!(matches!(twice.value("owner"), Value::Absent));
    assert_eq!(
        problems("action", "id: A\ntitle: t\nstatus: planned\nstatus: nonsense\n"),
        [],
        "the tree says it"
    );
    assert_eq!(
        problems("action", "id: A\ntitle: 'x\nowner: o\n"),
        [],
        "nobody knows that the title is missing"
    );
    let merged = record("action", "base: &b 1\nid: A\ntitle: t\n<<: *b\n");
    assert!(matches!(merged.value("owner"), Value::Unknown(_)), "may come from the merge");
    let list = record("metric", "id: M\ntitle: t\nmeasurements:\n- {period: 2026, value: 1}\n- {period: \n");
    assert!(matches!(list.value("measurements"), Value::Unknown(_)), "a list in part");
}

#[test]
fn values_types_and_places_of_a_record() {
    let text = "id: A-1\ntitle: \"q\\\"x\"\ntype: preventive\nsource:\n  kind: incident\nserves: [adequacy, ~]\n\
                verification:\n  due: 2026-05-01\nchanges:\n- on: 2026-01-02\n  why: w\n";
    let action = record("action", text);
    let shown = |name: &str| format!("{:?}", action.value(name));
    assert_eq!(shown("type"), "\"improvement\"", "an alias is its word");
    assert_eq!(shown("title"), "\"q\\\"x\"");
    assert_eq!(shown("serves"), "[\"adequacy\"]", "blank items are none");
    let Value::Struct(source) = action.value("source") else { panic!("a structure") };
    let quoted =
        |object: &dyn Object, field: &str| object.place_of(field).expect("a place").quoted().to_owned();
    assert_eq!(quoted(&*source, "kind"), "incident");
    assert_eq!(quoted(&*source, "ref"), "source", "missing in a part: its key");
    assert_eq!(quoted(&action, "due"), "A-1", "missing in the record: its id");
    assert_eq!(quoted(&action, "verification.due"), "2026-05-01");
    assert_eq!(quoted(&action, "verification.by"), "verification");
    assert_eq!(quoted(&action, "outcome.metric"), "A-1");
    let Value::List(changes) = action.value("changes") else { panic!("a list") };
    let Value::Struct(change) = &changes[0] else { panic!("a structure") };
    assert_eq!(change.identity().expect("its day").as_str(), "2026-01-02");
    assert_eq!(quoted(&**change, "by"), "on", "an item has no key: its first field");

    let action = kind("action");
    let ty = |path: &str| action.field(path).map(|field| &field.shape);
    assert!(matches!(ty("verification.result"), Some(Shape::OneOf(_))));
    assert!(matches!(ty("changes.on"), Some(Shape::Date)));
    assert!(ty("verification.nobody").is_none());
    assert_eq!(action.field("follow_up").expect("known").refs, Some(Refs::Kinds(["action".into()].into())));
    assert!(action.field("owner").expect("known").person);
    let (_, links) = action.fields.field("links").expect("a field");
    let Type::Struct(links) = &links.ty else { panic!("a structure") };
    assert_eq!(&*links.name, "action.links");
    assert!(matches!(&links.field("risk").expect("a kind").1.ty, Type::List(_)));
    assert!(!action.fields.field("id").expect("a field").1.optional);
}

#[test]
fn references_are_visited_with_their_fields() {
    let tree = tree("id: A\ntitle: t\nlinks: {risk: [R-1, R-2]}\nsource: {kind: incident, ref: I-1}\n");
    let mut seen = Vec::new();
    kind("action").visit(&tree, tree.roots()[0], &mut |path, field, node| {
        if field.refs.is_some() {
            seen.push(format!("{path}={}", tree.text(node)));
        }
    });
    assert_eq!(seen, ["links.risk=R-1", "links.risk=R-2", "source.ref=I-1"]);
}

#[test]
fn durations_and_periods() {
    let durations = [
        ("6 months", Some((6, 0))),
        ("1 year", Some((12, 0))),
        ("30 days", Some((0, 30))),
        ("2 weeks", Some((0, 14))),
        ("P6M", Some((6, 0))),
        ("P1Y2M3W4D", Some((14, 25))),
        ("quarterly", Some((3, 0))),
        ("biennial", Some((24, 0))),
        ("P", None),
        ("P6", None),
        ("PT6H", None),
        ("6", None),
        ("-6 months", None),
        ("99999 days", None),
        ("six months", None),
        ("yearly", None),
    ];
    for (text, wanted) in durations {
        assert_eq!(scalar::duration(text).map(|found| (found.months, found.days)), wanted, "{text}");
    }
    let periods = [
        ("2026", Some("2026-01-01 2026-12-31")),
        ("2026-H2", Some("2026-07-01 2026-12-31")),
        ("2026-Q1", Some("2026-01-01 2026-03-31")),
        ("2026-02", Some("2026-02-01 2026-02-28")),
        ("2026-W01", Some("2025-12-29 2026-01-04")),
        ("2026-W53", Some("2026-12-28 2027-01-03")),
        ("2026-03-31", Some("2026-03-31 2026-03-31")),
        ("2025-W53", None),
        ("2026-W00", None),
        ("2026-Q5", None),
        ("2026-13", None),
        ("2026-", None),
        ("26-Q1", None),
        ("2026-02-30", None),
    ];
    for (text, wanted) in periods {
        let found = scalar::period(text).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(found.as_deref(), wanted, "{text}");
    }
}

#[test]
fn a_schema_that_reaches_out_or_runs_away_is_refused() {
    let schema = |rest: &str| {
        format!(
            r#"{{"x-kind": {{"name": "own"}}, "type": "object", "properties": {{"id": {{"type": "string"}}}}{rest}}}"#
        )
    };
    assert!(Kind::new(&schema("")).is_ok());
    let cases = [
        (r#", "$schema": "http://json-schema.org/draft-07/schema#""#, "another dialect"),
        (r#", "allOf": [{"$ref": "http://169.254.169.254/x"}]"#, "network"),
        (r#", "allOf": [{"$ref": "file:///etc/passwd"}]"#, "file"),
        (r#", "allOf": [{"$ref": "../../x.json#/$defs/a"}]"#, "path"),
        (r##", "allOf": [{"$ref": "#"}]"##, "itself"),
        (
            r##", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "allOf": [{"$ref": "#/$defs/a"}]"##,
            "cycle",
        ),
        (
            r##", "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}, "not": {"$ref": "#/$defs/a"}"##,
            "hidden cycle",
        ),
        (r##", "$dynamicRef": "#x""##, "dynamic reference"),
        (r#", "$id": "https://example.org/x""#, "own address"),
        (r#", "minProperties": "two""#, "not the meta-schema"),
        (r#", "patternProperties": {"(": {}}"#, "pattern"),
        (r#", "patternProperties": {"(?=a)b": {}}"#, "look-ahead is not linear"),
        (r#", "patternProperties": {"\\p{L}{1000}{1000}": {}}"#, "pattern too large"),
        (r#", "propertyNames": {"format": "nonsense"}"#, "unknown format"),
    ];
    for (rest, what) in cases {
        assert!(Kind::new(&schema(rest)).is_err(), "{what}");
    }
    let deep = format!("{}{}", r#", "not": {"not": "#, "{\"not\":".repeat(100) + "{}" + &"}".repeat(101));
    assert!(Kind::new(&schema(&deep)).is_err(), "deep");
    assert!(Kind::new("{}").is_err(), "no name");
    assert!(Kind::new("[").is_err(), "no JSON");
    let mut kinds = Kinds::embedded();
    assert!(kinds.add(&schema("")).expect("fine").is_none());
    assert!(kinds.get("own").is_some());
    assert_eq!(kinds.nearest("actoin"), Some("action"));
}

#[test]
fn each_of_many_errors_in_one_record_is_told() {
    let items = (0..20_000).map(|item| format!("- path: p{item}\n  on: x\n")).collect::<Vec<_>>().concat();
    let unknown = (0..20_000).map(|field| format!("field{field}: 1\n")).collect::<Vec<_>>().concat();
    for (text, wanted) in [
        (format!("id: A\ntitle: t\nevidence:\n{items}"), 20_000),
        (format!("id: A\ntitle: t\n{unknown}"), 20_000),
    ] {
        assert_eq!(problems("action", &text).len(), wanted);
    }
}
