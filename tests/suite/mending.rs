//! A finding points at the bytes to change: putting a conforming value in their
//! place, and nothing else, takes the finding away and brings none of its rule.
//!
//! The faults are drawn in every layout and way of writing that a record can
//! have: registers, documents, front matter, JSON; LF and CRLF, byte order mark,
//! tabs, wide and combining characters before the place, quotes and text blocks.

use super::git_cli::Dice;
use Layout::{Documents, Flow, Json, Markdown, Register, Single};
use ismslint::catalogue::{Choice, Own, Policy, built_in};
use ismslint::check::assess;
use ismslint::finding::Finding;
use ismslint::history::History;
use ismslint::record::Fault;
use ismslint::settings::Settings;
use ismslint::snapshot::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What cannot be mended where it is reported, and why.
const NOT_THERE: [(&str, &str); 17] = [
    ("due-date-moved-without-rationale", "the past stays as it is: the cure is an entry in `changes`"),
    ("measurement-rewritten", "the past stays as it is: the cure is an entry in `changes`, or a new row"),
    ("open-record-deleted", "the record is gone: the cure is an entry in another file"),
    ("text-changed-after-review", "the past stays as it is: the cure is a review, or an entry in `changes`"),
    ("front-matter-not-closed", "what is missing belongs behind the last field, which only its author knows"),
    ("file-not-read", "there is no text to point into"),
    ("yaml-syntax", "the place is where reading failed, which can lie behind the mistake"),
    ("csv-syntax", "the place is the quote that opens, and where it should close only its author knows"),
    ("ragged-row", "which cell is too many, or missing, only its author knows"),
    ("sources-disagree", "which of two places of a mapped file is right only its author knows"),
    ("date-in-part", "which day of the month or year is meant only its author knows"),
    ("json-syntax", "the place is where reading failed, which can lie behind the mistake"),
    ("toml-syntax", "the place is where reading failed, which can lie behind the mistake"),
    ("waiver-of-nothing", "which rule was meant only its author knows"),
    ("waiver-unused", "the cure is to take the whole waiver away"),
    ("baseline-stale", "the cure is a command"),
    ("record-left-scope", "the cure is another file name, or a line of the mapping"),
];

/// How a record is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Single,
    Register,
    Documents,
    Flow,
    Json,
    Markdown,
}

const ANY: &[Layout] = &[Single, Register, Documents, Flow, Json];
const YAML: &[Layout] = &[Single, Register, Documents, Flow];
const BLOCK: &[Layout] = &[Single, Register, Documents];

/// A fault, and what to write in its place.
struct Row {
    rule: &'static str,
    /// Folder of the kind, which is also the name of its register.
    kind: &'static str,
    /// A value that begins with `§` may be written in any style.
    fields: &'static [(&'static str, &'static str)],
    layouts: &'static [Layout],
    mend: Mend,
}

enum Mend {
    /// This scalar.
    Value(&'static str),
    /// These very characters.
    Text(&'static str),
    /// The same bytes, and this field behind them.
    Field(&'static str, &'static str),
    /// This key.
    Key(&'static str),
    /// A value for a field that is left empty: the field, and a key of our own
    /// for the colon that is there.
    Filled(&'static str, &'static str),
}

const fn row(
    rule: &'static str,
    kind: &'static str,
    fields: &'static [(&'static str, &'static str)],
    layouts: &'static [Layout],
    mend: Mend,
) -> Row {
    Row { rule, kind, fields, layouts, mend }
}

const ID: (&str, &str) = ("id", "X-1");
const TITLE: (&str, &str) = ("title", "Zürich \u{5206}\u{6790} e\u{301} 😀\tb");
const METRIC: &str = r#"[{"period": "2025-01", "value": 1}, {"period": "2025-02", "value": 9}]"#;

static ROWS: &[Row] = &[
    row("value-not-allowed", "actions", &[ID, TITLE, ("status", "§finnished")], ANY, Mend::Value("planned")),
    row("not-a-date", "actions", &[ID, TITLE, ("due", "§31.12.2027")], ANY, Mend::Value("2027-12-31")),
    row(
        "not-a-duration",
        "risks",
        &[ID, TITLE, ("review_interval", "§now and then")],
        ANY,
        Mend::Value("6 months"),
    ),
    row(
        "not-a-period",
        "metrics",
        &[ID, TITLE, ("measurements", r#"[{"period": "Q9 of 25", "value": 1}]"#)],
        ANY,
        Mend::Value("2025-Q1"),
    ),
    row("not-an-id", "actions", &[("id", "§X 1"), TITLE], ANY, Mend::Value("X-1")),
    row("wrong-type", "metrics", &[ID, TITLE, ("target", "§five")], ANY, Mend::Text("5")),
    row("ambiguous-scalar", "actions", &[ID, ("title", "NO")], YAML, Mend::Text("\"NO\"")),
    row("unknown-field", "actions", &[ID, TITLE, ("onwer", "ana")], ANY, Mend::Key("owner")),
    row(
        "required-field-missing",
        "actions",
        &[ID, ("notes", "漢\u{301}")],
        ANY,
        Mend::Field("title", "Patch"),
    ),
    row("required-field-missing", "actions", &[ID, ("title", "")], BLOCK, Mend::Filled("title", "Patch")),
    row(
        "schema-not-met",
        "training",
        &[ID, TITLE, ("completion", r#"{"required": -1, "done": 0}"#)],
        ANY,
        Mend::Text("1"),
    ),
    row(
        "duplicate-key",
        "actions",
        &[ID, TITLE, ("owner", "ana"), ("owner", "bo")],
        ANY,
        Mend::Key("x-second"),
    ),
    row("merge-key", "actions", &[ID, TITLE, ("<<", "{owner: ana}")], YAML, Mend::Key("x-merge")),
    row("tag-not-allowed", "actions", &[ID, ("title", "!!str Patch")], YAML, Mend::Text("")),
    row(
        "alias-to-a-collection",
        "actions",
        &[ID, TITLE, ("x-a", "&a [漢]"), ("x-b", "*a ")],
        YAML,
        Mend::Text("none"),
    ),
    row("anchor-not-defined", "actions", &[ID, TITLE, ("notes", "*nobody ")], YAML, Mend::Text("nobody")),
    row("key-not-text", "actions", &[ID, TITLE, ("? [a, b]", "c")], &[Flow], Mend::Text("x-key")),
    row(
        "tab-indentation",
        "actions",
        &[ID, TITLE, ("links", "\n\trisk: []")],
        &[Single, Documents],
        Mend::Text("  "),
    ),
    row(
        "not-a-record",
        "actions",
        &[("", "hello")],
        &[Register, Flow, Json],
        Mend::Text(r#"{"id": "X-7", "title": "T"}"#),
    ),
    row("duplicate-id", "actions", &[("id", "§ACT-0"), TITLE], ANY, Mend::Value("X-8")),
    row("limit-exceeded", "actions", &[ID, TITLE, ("§long", "1")], &[Json], Mend::Key("x-short")),
    row("front-matter-not-yaml", "policies", &[("---js", "")], &[Markdown], Mend::Text("---")),
    row("front-matter-not-yaml", "policies", &[("--- ", "")], &[Markdown], Mend::Text("---")),
    row("no-front-matter", "policies", &[("", "")], &[Markdown], Mend::Text("---\nid: X-1\ntitle: T\n---\n")),
    row(
        "action-overdue-without-rationale",
        "actions",
        &[ID, TITLE, ("status", "planned"), ("due", "§2020-01-01")],
        ANY,
        Mend::Value("2027-01-01"),
    ),
    row(
        "objective-not-measurable",
        "objectives",
        &[ID, TITLE],
        ANY,
        Mend::Field("not_measurable_because", "A principle"),
    ),
    row(
        "policy-review-overdue",
        "policies",
        &[ID, TITLE, ("type", "policy"), ("status", "approved"), ("reviewed", "§2020-01-01")],
        &[Markdown],
        Mend::Value("2026-10-01"),
    ),
    row(
        "policy-review-overdue",
        "policies",
        &[ID, TITLE, ("type", "policy"), ("status", "approved")],
        &[Markdown],
        Mend::Field("reviewed", "2026-10-01"),
    ),
    row("reference-to-nothing", "actions", &[ID, TITLE, ("follow_up", "§ACT-99")], ANY, Mend::Value("ACT-0")),
    row("reference-to-nothing", "objectives", &[ID, TITLE, ("metric", "§MET-9")], ANY, Mend::Value("MET-0")),
    row(
        "reference-to-nothing",
        "actions",
        &[ID, TITLE, ("links", r#"{"action": ["ACT-0", "ACT-98"]}"#)],
        ANY,
        Mend::Value("ACT-0"),
    ),
    row(
        "regression-unexplained",
        "metrics",
        &[ID, TITLE, ("direction", "lower_is_better"), ("measurements", METRIC)],
        ANY,
        Mend::Text("1"),
    ),
    row(
        "waiver-expired",
        "waivers",
        &[
            ID,
            TITLE,
            ("rule", "waiver-expired"),
            ("records", r#"["X-1"]"#),
            ("reason", "none"),
            ("owner", "ana"),
            ("approved", r#"{"by": "bo", "on": "2020-01-01"}"#),
            ("expires", "§2020-06-01"),
        ],
        ANY,
        Mend::Value("2027-01-01"),
    ),
];

/// A file with a fault in it, and how to write into it.
struct Written {
    path: String,
    text: String,
    layout: Layout,
    eol: &'static str,
}

impl Written {
    fn draw(row: &Row, dice: &mut Dice) -> Self {
        let layout = row.layouts[dice.roll(row.layouts.len())];
        let fields: Vec<(String, String)> = row
            .fields
            .iter()
            .map(|(key, value)| (key.replace("§long", &"k".repeat(2_000)), styled(value, layout, dice)))
            .collect();
        let neighbour =
            [("id".to_owned(), format!("N-{}", dice.roll(1_000))), ("title".to_owned(), "Ä\t漢".to_owned())];
        let is_plain = !matches!(row.kind, "objectives" | "waivers");
        let mut text = match layout {
            Markdown => markdown(row, &fields),
            Single => block(&fields, "", ""),
            Documents if is_plain => format!("{}---\n{}", block(&neighbour, "", ""), block(&fields, "", "")),
            Documents => format!("# Ä\t漢\n---\n{}", block(&fields, "", "")),
            Register if is_plain => block(&neighbour, "- ", "  ") + &block(&fields, "- ", "  "),
            Register => block(&fields, "- ", "  "),
            Flow => format!("- {}\n", flow(&fields, false)),
            Json => format!("[{}]\n", flow(&fields, true)),
        };
        let eol = if dice.roll(3) == 0 && layout != Json { "\r\n" } else { "\n" };
        text = text.replace('\n', eol);
        if dice.roll(3) == 0 {
            text.insert(0, '\u{feff}');
        }
        let path = match layout {
            Markdown => format!("{}/x.md", row.kind),
            Json => format!("{}.json", row.kind),
            Register | Flow => format!("{}.yaml", row.kind),
            Single | Documents => format!("{}/x.yaml", row.kind),
        };
        Self { path, text, layout, eol }
    }

    /// What to write instead of `quoted`.
    fn mended(&self, mend: &Mend, quoted: &str) -> String {
        let json = self.layout == Json || quoted.starts_with('"');
        let scalar = |text: &str| if json { format!("\"{text}\"") } else { text.to_owned() };
        let (eol, indent) = (self.eol, if self.layout == Register { "  " } else { "" });
        match mend {
            Mend::Value(value) | Mend::Key(value) => scalar(value),
            Mend::Text(text) => text.replace('\n', eol),
            Mend::Field(key, value) if matches!(self.layout, Flow | Json) => {
                format!("{quoted}, {}: {}", scalar(key), scalar(value))
            }
            Mend::Field(key, value) => format!("{quoted}{eol}{indent}{key}: {value}"),
            Mend::Filled(key, value) => format!("{key}: {value}{eol}{indent}x-empty"),
        }
    }
}

/// A value in one of the ways that its layout allows.
fn styled(value: &str, layout: Layout, dice: &mut Dice) -> String {
    let Some(text) = value.strip_prefix('§') else { return value.to_owned() };
    match dice.roll(4) {
        0 => format!("\"{text}\""),
        1 => format!("'{text}'"),
        2 if matches!(layout, Single | Documents | Markdown | Register) => format!("|-\n      {text}"),
        _ => text.to_owned(),
    }
}

fn block(fields: &[(String, String)], first: &str, indent: &str) -> String {
    let mut text = String::new();
    for (at, (key, value)) in fields.iter().enumerate() {
        text.push_str(if at == 0 { first } else { indent });
        match (key.as_str(), value.as_str()) {
            ("", value) => text.push_str(value),
            (key, value) if value.is_empty() || value.starts_with('\n') => {
                text.push_str(&format!("{key}:{value}"));
            }
            (key, value) => text.push_str(&format!("{key}: {value}")),
        }
        text.push('\n');
    }
    text
}

fn flow(fields: &[(String, String)], json: bool) -> String {
    let scalar = |text: &str| {
        let bare = text.trim_matches(['"', '\'']);
        if json && !text.starts_with(['[', '{']) && bare.parse::<f64>().is_err() {
            serde_json::to_string(bare).expect("JSON")
        } else {
            text.to_owned()
        }
    };
    if let [(key, value)] = fields
        && key.is_empty()
    {
        return scalar(value);
    }
    let fields = fields.iter().map(|(key, value)| format!("{}: {}", scalar(key), scalar(value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn markdown(row: &Row, fields: &[(String, String)]) -> String {
    match row.rule {
        "front-matter-not-yaml" => format!("{}\nid: X-1\ntitle: 漢\n---\nText\n", fields[0].0),
        "no-front-matter" => "# Ä 漢\n".to_owned(),
        _ => format!("---\n{}---\nText\n", block(fields, "", "")),
    }
}

/// The policy with this rule alone; the checks of form always run.
fn policy(rule: &str) -> Policy {
    let known = built_in().expect("the catalogue is sound").iter().any(|known| *known.id == *rule);
    let select = if known { rule } else { "waiver-expired" };
    let choice = Choice { select: vec![select.to_owned()], ignore: Vec::new() };
    Policy::new(Settings::default(), &Own::default(), &choice).expect("the catalogue is sound")
}

fn judged(policy: &Policy, written: &Written, text: &str) -> Vec<Finding> {
    let sound = [
        ("a/actions/a0.yaml", "id: ACT-0\ntitle: Sound\nstatus: completed\n"),
        ("a/metrics/m0.yaml", "id: MET-0\ntitle: Sound\n"),
    ];
    let mut files: BTreeMap<_, _> =
        sound.iter().map(|(path, text)| ((*path).into(), text.as_bytes().to_vec())).collect();
    files.insert(written.path.as_str().into(), text.as_bytes().to_vec());
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day");
    assess(&Snapshot::of_files(files), policy, Arc::new(History::not_read()), day).findings
}

fn of_rule<'f>(findings: &'f [Finding], rule: &str) -> Vec<&'f Finding> {
    findings.iter().filter(|finding| *finding.rule == *rule).collect()
}

#[test]
fn the_reported_bytes_are_the_ones_to_change() {
    let mut dice = Dice(27_001);
    for row in ROWS {
        let policy = policy(row.rule);
        (0..7).for_each(|_| mends(row, &policy, &Written::draw(row, &mut dice)));
    }
    assert!(7 * ROWS.len() >= 200);
}

fn mends(row: &Row, policy: &Policy, written: &Written) {
    let before = judged(policy, written, &written.text);
    let found = of_rule(&before, row.rule);
    let told = format!("{} in {:?} {:?}\n{}", row.rule, written.layout, written.eol, written.text);
    let all: Vec<_> = before.iter().map(|finding| (&finding.rule, &finding.message)).collect();
    assert!(!found.is_empty(), "not found: {told}\n{all:?}");
    let place = found[0].place.as_ref().expect("a place");
    assert_eq!(place.file.path().shown(), written.path, "{told}");
    let mut text = written.text.clone();
    let mended = written.mended(&row.mend, place.quoted());
    text.replace_range(place.span.range(), &mended);
    let after = judged(policy, written, &text);
    let left = of_rule(&after, row.rule);
    assert_eq!(left.len(), found.len() - 1, "{told}\nmended as\n{text}\nleft {left:?}");
}

#[test]
fn every_fault_is_mended_or_has_its_reason() {
    let mended: BTreeSet<&str> = ROWS.iter().map(|row| row.rule).collect();
    let reasons: BTreeSet<&str> = NOT_THERE.iter().map(|(rule, _)| *rule).collect();
    let faults: BTreeSet<&str> = Fault::pages().iter().map(|page| page.name).collect();
    let tried: BTreeSet<&str> = mended.union(&reasons).copied().collect();
    assert!(faults.is_subset(&tried), "{:?}", faults.difference(&tried));
    // A rule of the catalogue is tried by its own examples; the ones drawn here
    // stand for the ways in which a place is found.
    let rules = built_in().expect("the catalogue is sound");
    let rules: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
    assert!(tried.difference(&faults).all(|rule| rules.contains(rule)));
    assert!(tried.intersection(&rules).count() >= 10);
    assert!(mended.is_disjoint(&reasons));
}
