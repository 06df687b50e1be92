//! S5 to S9: rules of the repository's own that multiply, reach out, overflow,
//! fail, or are about nothing.

use crate::place::Place;
use crate::table::{Expect, Input, input};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [costly(), reaching(), overflowing(), failing(), about_nothing()].into_iter().flatten().collect()
}

/// A rule of the repository that asserts this.
fn rule(assert: &str) -> String {
    let quoted = assert.replace('\'', "''");
    format!(
        "format: 1\nid: own\ntitle: Own\nbasis: requirement\nclauses: [A.8.8]\nlevel: essential\neach: action\n\
         assert: '{quoted}'\nmessage: M\nwhy: W.\nfix: F.\nsince: \"2026.1\"\nexamples:\n  today: 2026-03-01\n  \
         conforms: [{{name: a, records: {{action: {{id: A, title: T}}}}}}]\n  fails: [{{name: b, records: {{action: {{id: A, title: T}}}}}}]\n"
    )
}

/// A repository with that rule and so many actions.
fn ruled(place: &Place, rule: &str, actions: usize) {
    place.put("isms.yaml", "rules_from: [checks]\n");
    place.put("checks/own.yaml", rule);
    let line = |at: usize| {
        format!(
            "- {{id: ACT-{at}, title: Patch, status: planned, raised: 2026-01-01, due: 2027-01-01, tags: [a, b]}}\n"
        )
    };
    place.put("actions.yaml", (0..actions).map(line).collect::<String>());
}

const OWN: [&str; 2] = ["--select", "own"];

fn asserting(row: &'static str, assert: &str, actions: usize, expect: Expect) -> Input {
    let text = rule(assert);
    let name: String = assert.chars().take(60).collect();
    input(row, format!("{name} ({} bytes) on {actions}", assert.len()), expect, move |place| {
        ruled(place, &text, actions);
    })
    .typed(&OWN)
}

/// S5.
fn costly() -> Vec<Input> {
    let mut inputs = Vec::new();
    let all = "records.action";
    let nested = |levels: usize, of: &str| {
        let open: String = (0..levels).map(|at| format!("{of}.all(v{at}, ")).collect();
        format!("{open}true{}", ")".repeat(levels))
    };
    let _ = all;
    for levels in [2, 4, 8, 16] {
        inputs.push(asserting("S5", &nested(levels, "record.tags"), 3, Expect::Ends));
        inputs.push(asserting("S5", &nested(levels, "[1,2,3,4,5,6,7,8,9,10]"), 1, Expect::Ends));
    }
    for count in [10, 200] {
        inputs.push(asserting(
            "S5",
            &format!("[1,2,3].all(x, {} > 0)", vec!["x"; count].join("+")),
            5,
            Expect::Ends,
        ));
        inputs.push(asserting(
            "S5",
            &format!("size({}) > 0", vec!["record.title"; count].join("+")),
            5,
            Expect::Ends,
        ));
        inputs.push(asserting(
            "S5",
            &format!("{}true{}", "(".repeat(count), ")".repeat(count)),
            1,
            Expect::Ends,
        ));
        inputs.push(asserting("S5", &format!("{}true", "!".repeat(count)), 1, Expect::Ends));
        inputs.push(asserting(
            "S5",
            &format!("size([{}]) > 0", vec!["1"; count * 100].join(",")),
            1,
            Expect::Ends,
        ));
        inputs.push(asserting("S5", &vec!["true"; count * 50].join(" && "), 1, Expect::Ends));
        inputs.push(asserting("S5", &vec!["true ? true "; count].join(": "), 1, Expect::Ends));
    }
    inputs
}

/// S6: functions that other programs have and this one must not.
fn reaching() -> Vec<Input> {
    let calls = [
        "env(\"PATH\")",
        "getenv(\"HOME\")",
        "now()",
        "today()",
        "time()",
        "random()",
        "rand()",
        "uuid()",
        "read(\"/etc/passwd\")",
        "file(\"/etc/passwd\")",
        "open(\"/etc/passwd\")",
        "exec(\"id\")",
        "system(\"id\")",
        "shell(\"id\")",
        "http(\"http://x\")",
        "fetch(\"http://x\")",
        "http.send({})",
        "import(\"os\")",
        "eval(\"1\")",
        "load(\"x\")",
        "dyn(1)",
        "type(1)",
        "google.protobuf.Any{}",
        "os.system(\"id\")",
        "__import__(\"os\")",
        "std.env()",
        "include(\"/etc/passwd\")",
        "lookup(\"env\", \"HOME\")",
        "hash(\"a\")",
        "opa.runtime()",
        "timestamp(\"2026-01-01T00:00:00Z\")",
        "duration(\"1h\")",
        "this.constructor",
        "record.__proto__",
        "environment.HOME",
    ];
    calls
        .into_iter()
        .map(|call| asserting("S6", &format!("{call} == {call}"), 1, Expect::Refused("own.yaml")))
        .collect()
}

/// S7.
fn overflowing() -> Vec<Input> {
    let mut inputs = Vec::new();
    for assert in [
        "9223372036854775807 + 1 > 0",
        "-9223372036854775807 - 2 < 0",
        "9223372036854775807 * 2 > 0",
        "1 / 0 > 0",
        "1 % 0 > 0",
        "0 / 0 == 1",
        "size(record.title) / 0 > 1",
        "(size(record.title) - 5) != 0 || 1 / (size(record.title) - 5) > 0",
        "record.due + record.due > record.due",
        "record.due.year() > 99999999999999999999",
        "1e308 * 10.0 > 0.0",
        "size(record.tags) - 9223372036854775807 < 0",
        "days_between(record.due, record.raised) * 9223372036854775807 < 0",
    ] {
        inputs.push(asserting("S7", assert, 2, Expect::Told));
    }
    for (field, value) in [
        ("policy", "99999999999999999999 years"),
        ("policy", "9223372036854775807 months"),
        ("policy", "4294967296 days"),
        ("policy", "100000 years"),
        ("policy", "-1 months"),
        ("policy", "0 days"),
        ("policy", "1e9 years"),
        ("policy", "12 fortnights"),
    ] {
        let text = format!("intervals: {{{field}: {value}}}\n");
        inputs.push(
            input("S7", format!("an interval of {value}"), Expect::Ends, move |place| {
                place.put("isms.yaml", &text);
                place.put(
                    "policies/p.md",
                    "---\nid: P\ntitle: T\ntype: policy\nreviewed: 9999-12-31\n---\nText\n",
                );
            })
            .typed(&["--select", "policy-review-overdue"]),
        );
    }
    for value in ["9999-12-31", "0001-01-01", "99999-01-01", "2026-12-31"] {
        let text = format!(
            "---\nid: P\ntitle: T\ntype: policy\nreviewed: {value}\nreview_interval: 9999 years\n---\nText\n"
        );
        inputs.push(
            input("S7", format!("{value} and 9,999 years"), Expect::Ends, move |place| {
                place.put("policies/p.md", &text);
            })
            .typed(&["--select", "policy-review-overdue"]),
        );
    }
    inputs
}

/// S8: a rule that fails on one record of many.
fn failing() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, assert) in [
        ("divides by zero", "10 / (size(record.title) - 5) > 0 || true"),
        ("takes no item", "record.tags[5] == \"a\""),
        ("has no field", "record.owner == \"a\""),
        ("overflows", "9223372036854775807 + size(record.title) > 0"),
        ("matches a bad pattern", "record.title.matches(record.title + \"(\")"),
    ] {
        for actions in [1, 100] {
            let text = rule(assert);
            inputs.push(
                input("S8", format!("a rule that {name}, on {actions}"), Expect::Told, move |place| {
                    ruled(place, &text, actions);
                })
                .typed(&OWN),
            );
        }
    }
    for (name, text) in [
        ("that is no YAML", "[".to_owned()),
        ("without anything", String::new()),
        ("of another id", rule("true").replace("id: own", "id: other")),
        ("of no kind", rule("true").replace("each: action", "each: nothing")),
        ("with a field too many", rule("true") + "exec: id\n"),
        ("of the format of tomorrow", rule("true").replace("format: 1", "format: 99")),
        ("twice a key", rule("true") + "level: full\n"),
        ("whose assertion is a text", rule("\"a\"")),
        ("whose assertion is a number", rule("1")),
        ("whose template is open", rule("true").replace("message: M", "message: '{record.title'")),
        ("whose template calls", rule("true").replace("message: M", "message: '{exec(1)}'")),
        ("of five megabytes", rule("true") + "# " + &"c".repeat(5 << 20)),
        ("under the id of a built-in rule", rule("true").replace("id: own", "id: waiver-expired")),
    ] {
        inputs.push(input(
            "S8",
            format!("a rule {name}"),
            Expect::Refused("checks/own.yaml"),
            move |place| ruled(place, &text, 1),
        ));
    }
    inputs
}

/// S9: nothing there is no success.
fn about_nothing() -> Vec<Input> {
    let mut inputs = Vec::new();
    let nothing = || Expect::Open("nothing");
    let record = "id: ACT-1\ntitle: T\nstatus: planned\n";
    for path in [
        "action/a.yaml",
        "Actions/a.txt",
        "actoins/a.yaml",
        "action.yaml",
        "actions.yml.bak",
        "a.yaml",
        "actions/.a.yaml",
        ".actions/a.yaml",
        "actions/a.toml",
        "actions/a",
    ] {
        inputs.push(input("S9", format!("the only record in {path}"), Expect::Told, move |place| {
            place.put(path, record);
        }));
    }
    inputs.push(input("S9", "an empty folder", nothing(), |_| ()));
    inputs.push(input("S9", "an empty file of settings", nothing(), |place| place.put("isms.yaml", "")));
    inputs.push(input("S9", "a README", nothing(), |place| place.put("README.md", "# ISMS\n")));
    for pattern in ["**", "actions/*", "actions/**", "*.yaml", "**/*.yaml", "a*"] {
        inputs.push(input("S9", format!("everything is ignored by {pattern}"), Expect::Told, move |place| {
            place.put("isms.yaml", format!("ignore: ['{pattern}']\n"));
            place.put("actions/a.yaml", record);
        }));
    }
    for pattern in ["actoins/*.yaml", "nothing/**", "*.txt"] {
        inputs.push(input("S9", format!("a mapping of {pattern}"), Expect::Told, move |place| {
            place.put("isms.yaml", format!("mapping: [{{files: '{pattern}', kind: action}}]\n"));
            place.put("register/a.yaml", record);
        }));
    }
    for path in ["actions/b.yaml", "risks", "../outside", "/etc", "isms.yaml", ""] {
        inputs.push(
            input("S9", format!("only the path {path:?} is asked for"), Expect::Refused(""), move |place| {
                place.put("actions/a.yaml", record);
            })
            .typed(&["--", path]),
        );
    }
    for (name, args) in [
        ("no such rule", vec!["--select", "no-such-rule"]),
        ("an empty rule", vec!["--select", ""]),
        ("no such root", vec!["--root", "nowhere"]),
        ("a root outside that is empty", vec!["--root", "../outside"]),
        ("a file as root", vec!["--root", "actions/a.yaml"]),
        ("no such git folder", vec!["--git-dir", "nowhere"]),
    ] {
        inputs.push(
            input("S9", name, Expect::Told, move |place| place.put("actions/a.yaml", record)).typed(&args),
        );
    }
    inputs
}
