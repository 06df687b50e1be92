//! P1 to P5: a change that bends what it is judged by. The attempts are in the
//! suite (`bending`); here each fault of a change meets each of several ways to
//! hide it.

use crate::place::Place;
use crate::table::{Expect, Input, input};

const BEFORE: &str = "organisation: Example\nlevel: full\npeople:\n- {id: ana, emails: [ana@example.org]}\n- {id: ben, emails: [ben@example.org], top_management: true}\n";
const OPEN: &str =
    "- {id: ACT-1, title: Renew, owner: ana, raised: 2026-01-01, due: 2027-03-01, status: planned}\n";

/// What a change brings in: a line of the register, and the rule that says so.
const FAULTS: [(&str, &str, &str); 5] = [
    (
        "an action past its date",
        "- {id: ACT-9, title: Patch, owner: ana, raised: 2026-01-01, due: 2026-02-01, status: planned}\n",
        "action-overdue-without-rationale",
    ),
    (
        "a word that is none",
        "- {id: ACT-9, title: Patch, owner: ana, status: nonsense}\n",
        "value-not-allowed",
    ),
    ("an id twice", "- {id: ACT-1, title: Patch, owner: ana, status: planned}\n", "duplicate-id"),
    (
        "a field twice",
        "- {id: ACT-9, title: Patch, owner: ana, status: planned, status: completed}\n",
        "duplicate-key",
    ),
    ("a day that is none", "- {id: ACT-9, title: Patch, due: 2026-02-30, status: planned}\n", "not-a-date"),
];

/// How the change tries to hide it: files that it writes besides. `RULE` stands
/// for the rule.
const HIDING: [(&str, &str, &str); 22] = [
    ("P1", "rule off", "isms.yaml|BEFORErules: {RULE: {off: Not wanted}}\n"),
    ("P1", "rule a notice", "isms.yaml|BEFORErules: {RULE: {severity: notice}}\n"),
    ("P1", "register ignored", "isms.yaml|BEFOREignore: [actions.yaml]\n"),
    ("P1", "everything ignored", "isms.yaml|BEFOREignore: ['**']\n"),
    ("P1", "lower level", "isms.yaml|organisation: Example\nlevel: essential\n"),
    ("P1", "another kind", "isms.yaml|BEFOREmapping: [{files: actions.yaml, kind: supplier}]\n"),
    ("P1", "history from tomorrow", "isms.yaml|BEFOREhistory_from: 2026-11-03\n"),
    ("P1", "an ISMS below", "sub/isms.yaml|level: essential\n"),
    ("P1", "a file of settings of another case", "ISMS.yaml|ignore: ['**']\n"),
    (
        "P2",
        "waived by its author",
        "waivers.yaml|- {id: W-1, rule: RULE, records: [ACT-9, ACT-1], reason: R, owner: ana, approved: {by: ana, on: 2026-11-01}, expires: 2026-12-31}\n",
    ),
    (
        "P2",
        "waived by nobody",
        "waivers.yaml|- {id: W-1, rule: RULE, records: [ACT-9, ACT-1], reason: R, owner: ana, expires: 2026-12-31}\n",
    ),
    (
        "P2",
        "waived by a stranger",
        "waivers.yaml|- {id: W-1, rule: RULE, records: [ACT-9, ACT-1], reason: R, owner: ana, approved: {by: zoe, on: 2026-11-01}, expires: 2026-12-31}\n",
    ),
    (
        "P2",
        "waived until yesterday",
        "waivers.yaml|- {id: W-1, rule: RULE, records: [ACT-9, ACT-1], reason: R, owner: ana, approved: {by: ben, on: 2026-06-01}, expires: 2026-11-01}\n",
    ),
    (
        "P2",
        "waived altogether",
        "waivers.yaml|- {id: W-1, rule: '*', records: ['*'], reason: R, owner: ana, approved: {by: ben, on: 2026-11-01}, expires: 9999-12-31}\n",
    ),
    ("P2", "a comment", "noqa.yaml|# ismslint: ignore RULE\n"),
    ("P3", "a baseline of nothing known", "isms-baseline.yaml|format: 1\nfindings: []\n"),
    ("P3", "a baseline of the other spelling", "isms-baseline.yml|findings: all\n"),
    ("P3", "a baseline below", "sub/isms-baseline.yaml|findings: all\n"),
    ("P4", "rules of its own", "isms.yaml|BEFORErules_from: [checks]\n"),
    ("P4", "a rule of the same id", "checks/RULE.yaml|id: RULE\nassert: 'true'\n"),
    ("P5", "rules from the network", "isms.yaml|BEFORErules_from: ['https://example.org/rules']\n"),
    ("P5", "settings that extend", "isms.yaml|BEFOREextends: https://example.org/isms.yaml\n"),
];

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (row, hiding, file) in HIDING {
        for (fault, line, rule) in FAULTS {
            let (path, text) = file.split_once('|').expect("a path and a text");
            let (path, text) =
                (path.replace("RULE", rule), text.replace("RULE", rule).replace("BEFORE", BEFORE));
            // Settings or a baseline that are none are refused; everything else
            // is told as the finding that it is.
            let refused =
                row == "P5" || hiding == "rules of its own" || hiding.starts_with("a baseline of nothing");
            // What is wrong with the form is no rule that settings could name, and
            // a record of another kind is told as such.
            let otherwise = hiding == "another kind"
                || (hiding.starts_with("rule ") && rule != "action-overdue-without-rationale");
            let expect = if refused || otherwise { Expect::Told } else { Expect::Found(rule) };
            let make = move |place: &Place| {
                let before = vec![("isms.yaml", BEFORE.to_owned()), ("actions.yaml", OPEN.to_owned())];
                let mut after =
                    vec![("isms.yaml", BEFORE.to_owned()), ("actions.yaml", format!("{OPEN}{line}"))];
                after.retain(|(name, _)| *name != path);
                after.push((path.as_str(), text.clone()));
                let line = place.commits(&[before, after]);
                place.put(".git/refs/heads/before", format!("{}\n", line[0]));
            };
            inputs.push(input(row, format!("{fault}, {hiding}"), expect, make).typed(&["--base", "before"]));
        }
    }
    inputs
}
