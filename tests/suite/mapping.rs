//! Foreign layouts, as people meet them: a few files, a mapping of a few lines,
//! and what is found, each at its line and column.

use super::git_cli::Repo;
use super::outputs::{Ran, ismslint, json};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Rules that look at form and at what a mapping makes of a file.
const FORM: [&str; 15] = [
    "csv-syntax",
    "date-in-part",
    "duplicate-id",
    "file-not-read",
    "front-matter-not-closed",
    "no-front-matter",
    "not-a-date",
    "not-a-duration",
    "not-a-record",
    "not-an-id",
    "ragged-row",
    "reference-to-nothing",
    "required-field-missing",
    "sources-disagree",
    "value-not-allowed",
];

fn isms(mapping: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "isms.yaml", mapping.as_bytes());
    for (path, text) in files {
        put(folder.path(), path, text.as_bytes());
    }
    folder
}

fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
    fs::write(path, bytes).expect("can be written");
}

fn check(folder: &TempDir) -> Ran {
    let args = ["check", "--no-history", "--as-of", "2026-06-01", "--format", "concise"];
    let ran = ismslint(folder.path(), &args);
    assert_ne!(ran.exit, 2, "{}", ran.err);
    ran
}

/// What is wrong with the form of the files: place, rule, message.
fn found(folder: &TempDir) -> Vec<String> {
    let ran = check(folder);
    let of_form = |line: &&str| FORM.iter().any(|rule| line.contains(&format!("[{rule}]")));
    ran.out
        .lines()
        .filter(of_form)
        .filter(|line| !line.starts_with("undetermined"))
        .map(str::to_owned)
        .collect()
}

fn why(folder: &TempDir, path: &str) -> Value {
    let ran = ismslint(folder.path(), &["config", "show", "--why", path, "--format", "json"]);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// The fields of a record, each as `name: value # source`.
fn fields(view: &Value, record: usize) -> Vec<String> {
    let fields =
        view["records"][record]["fields"].as_array().unwrap_or_else(|| panic!("no record: {view:#}"));
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    fields
        .iter()
        .map(|field| {
            format!("{}: {} # {}", word(&field["name"]), word(&field["value"]), word(&field["from"]))
        })
        .collect()
}

fn ids(view: &Value) -> Vec<String> {
    let records = view["records"].as_array().expect("a list");
    records.iter().map(|record| record["id"].as_str().unwrap_or("-").to_owned()).collect()
}

/// The mistakes in a mapping.
fn refused(mapping: &str) -> String {
    let folder = isms(mapping, &[]);
    let ran = ismslint(folder.path(), &["check", "--no-history"]);
    assert_eq!(ran.exit, 2, "{mapping}: {}", ran.out);
    ran.err
}

#[test]
fn a_handbook_that_is_reviewed_in_so_many_months() {
    let folder = isms(
        "mapping:\n  - files: \"docs/**/*.md\"\n    kind: document\n    preset: last-reviewed-on\n    if: {layout: policy}\n    fields:\n      id: {file: stem}\n      type: {default: policy}\n      approver: {default: board}\n",
        &[
            (
                "docs/backup.md",
                "---\nlayout: policy\ntitle: Backups\nlast_reviewed_on: 2026-03-01T10:00:00Z\nreview_in: 6 Months\nowner_slack: \"#ops\"\n---\nText.\n",
            ),
            ("docs/page.md", "---\nlayout: page\ntitle: Lunch\n---\n"),
            (
                "docs/keys.md",
                "---\nlayout: policy\ntitle: Keys\nlast_reviewed_on: 03/04/2026\nreview_in: Semi-Anual\nowner: ana\n---\n",
            ),
        ],
    );
    assert_eq!(
        fields(&why(&folder, "docs/backup.md"), 0),
        [
            "title: Backups # at 3:1",
            "reviewed: 2026-03-01 # key `last_reviewed_on` at 4:1",
            "review_interval: 6 months # key `review_in` at 5:1",
            "owner: #ops # key `owner_slack` at 6:1",
            "approver: board # default of isms.yaml:9",
            "id: backup # the path: the file's name without its ending",
            "type: policy # default of isms.yaml:8",
            "next_review: 2026-09-01 # worked out: reviewed + review_interval",
        ]
    );
    assert_eq!(
        found(&folder),
        [
            "docs/keys.md:4:19: error[not-a-date] `reviewed` is `03/04/2026`, which is not a date",
            "docs/keys.md:5:12: error[not-a-duration] `review_interval` is `Semi-Anual`, which is not a span of time",
        ]
    );
    let problems = &why(&folder, "docs/keys.md")["problems"];
    let help = problems[0]["help"].as_str().expect("text");
    for way in ["`dates: [\"DD/MM/YYYY\"]` (2026-04-03)", "`dates: [\"MM/DD/YYYY\"]` (2026-03-04)"] {
        assert!(help.contains(way), "{help}");
    }
    assert!(problems[1]["help"].as_str().expect("text").contains("did you mean `semiannual`?"), "{problems}");
    // Nothing of a page that is no policy.
    assert_eq!(why(&folder, "docs/page.md")["outcome"], "not recognised");
}

const BOLD: &str = "\
# Access policy

**Document ID:** POL-1 | **Version:** 1.2 · 📅 **Last Reviewed:** 4 Mar 2026
> **Owner:** CISO
> Status: 🟢 Active

```
Owner: nobody
```
<!-- **Owner:** nobody -->

## Change history

| Version | Date | Change |
|---|---|---|
| 1.2 | 5 Mar 2026 | more |
| 1.0 | 1 Mar 2025 | first |

## Document Control

- **Owner:** Ben
- **Review Cycle:** Annually
";

#[test]
fn a_bold_header_and_a_footer_that_says_something_else() {
    let mapping = "mapping:\n  - files: \"policies/*.md\"\n    kind: document\n    preset: bold-header\n    dates: [D Mon YYYY]\n    people: {CISO: ana}\n    fields:\n      reviewed: {key: Last Reviewed, history: Date}\n      type: {default: policy}\n";
    let folder = isms(mapping, &[("policies/access.md", BOLD)]);
    assert_eq!(
        fields(&why(&folder, "policies/access.md"), 0),
        [
            "title: Access policy # a pattern in the heading at 1:3",
            "id: POL-1 # line `Document ID` at 3:3",
            "version: 1.2 # line `Version` at 3:28",
            "reviewed: 2026-03-04 # line `Last Reviewed` at 3:49",
            "owner: ana # line `Owner` at 4:5",
            "status: approved # line `Status` at 5:3",
            "review_interval: annual # footer `Review Cycle` at 22:5",
            "type: policy # default of isms.yaml:9",
            "next_review: 2027-03-04 # worked out: reviewed + review_interval",
        ]
    );
    assert_eq!(
        found(&folder),
        [
            "policies/access.md:16:9: warning[sources-disagree] `reviewed` is `2026-03-05` in the change history, and `2026-03-04` in a line of the text, which counts first",
            "policies/access.md:21:14: warning[sources-disagree] `owner` is `Ben` in the footer, and `ana` in a line of the text, which counts first",
        ]
    );
    let ran =
        ismslint(folder.path(), &["check", "--no-history", "--as-of", "2026-06-01", "--format", "json"]);
    let findings = json(&ran.out)["findings"].clone();
    let findings = findings.as_array().expect("a list");
    let disagree = findings.iter().find(|finding| finding["rule"] == "sources-disagree").expect("is found");
    assert!(disagree["related"].to_string().contains("\"line\":3"), "both places are shown: {disagree}");
}

const RISKS: &str = "\
# Risks

| Risk ID | Risk | Likelihood (1-5) | Impact | Status | Owner | Last Review | Controls |
|---|---|---|---|---|---|---|---|
| R-1 | Loss of **keys** | 3 | 4 | 🟢 Open | ana | 2026-01-02 | A.5.1; A.8.2 |
| R-2 | Fire | 2 | 5 | Mitigated (doors) | — | 03/04/2026 | |
| R-3 | Flood | x | 5 | Ongoing | ben | 2026-02 | |
| [ID] | [title] | | | | | [YYYY-MM-DD] | |

| Other | Table |
|---|---|
| R-9 | no risk |
";

#[test]
fn a_register_as_a_markdown_table() {
    let mapping = "mapping:\n  - files: registers/risks.md\n    kind: risk\n    split: {table: {columns: [Risk ID, Likelihood]}}\n    fields: {id: Risk ID, title: Risk, reviewed: Last Review}\n    words: {status: {Open: identified, Mitigated: in_treatment}}\n    derive: {residual: {product: [likelihood, impact]}}\n";
    let folder = isms(mapping, &[("registers/risks.md", RISKS)]);
    let view = why(&folder, "registers/risks.md");
    assert_eq!(ids(&view), ["R-1", "R-2", "R-3"]);
    assert_eq!(view["reasons"][1], "1 part passed over: empty, or a template");
    assert_eq!(
        fields(&view, 0),
        [
            "id: R-1 # key `Risk ID` at 5:3",
            "title: Loss of keys # key `Risk` at 5:9",
            "likelihood: 3 # key `Likelihood (1-5)` at 5:28",
            "impact: 4 # key `Impact` at 5:32",
            "status: identified # key `Status` at 5:36",
            "owner: ana # key `Owner` at 5:45",
            "reviewed: 2026-01-02 # key `Last Review` at 5:51",
            "controls: [2 items] # key `Controls` at 5:64",
            "residual: 12 # worked out: likelihood * impact",
        ]
    );
    assert_eq!(
        found(&folder),
        [
            "registers/risks.md:5:64: error[reference-to-nothing] `A.5.1` is no control of this ISMS",
            "registers/risks.md:5:71: error[reference-to-nothing] `A.8.2` is no control of this ISMS",
            "registers/risks.md:6:48: error[not-a-date] `reviewed` is `03/04/2026`, which is not a date",
            "registers/risks.md:7:25: error[value-not-allowed] `status` cannot be `Ongoing`",
            "registers/risks.md:7:41: notice[date-in-part] `reviewed` is `2026-02`, which is read as its last day, 2026-02-28",
        ]
    );
    // A table without the columns is no register, and the file is named.
    put(folder.path(), "registers/risks.md", b"| A | B |\n|---|---|\n| R-1 | x |\n");
    assert!(
        ismslint(folder.path(), &["check", "--no-history"]).out.contains("Not recognised as records: 1 file")
    );
    let reason = why(&folder, "registers/risks.md")["reasons"][0].as_str().expect("text").to_owned();
    assert!(reason.contains("rows of a table with the columns Risk ID, Likelihood"), "{reason}");
}

#[test]
fn objectives_with_everything_in_one_cell() {
    let mapping = "mapping:\n  - files: goals.md\n    kind: objective\n    split: {table: {under: Objectives}}\n    fields: {title: Goal, id: {slug: Goal}, metric: {slug: Goal}}\n  - files: goals.md\n    kind: measurement\n    split: {table: {under: Objectives}}\n    fields: {metric: {slug: Goal}, value: Current}\n";
    let page = "# Objectives\n\n| Goal | Baseline | Target | Current |\n|---|---|---|---|\n| Fewer clicks | 5.8% (2025-12) | <5% by 2026-12-31 | 4.2% (2026-Q1) |\n";
    let folder = isms(mapping, &[("goals.md", page)]);
    let view = why(&folder, "goals.md");
    assert_eq!(ids(&view), ["fewer-clicks", "fewer-clicks/2026-Q1"]);
    assert_eq!(
        fields(&view, 0),
        [
            "id: fewer-clicks # put together from Goal at 5:3",
            "metric: fewer-clicks # put together from Goal at 5:3",
            "title: Fewer clicks # key `Goal` at 5:3",
            "baseline: {3 fields} # key `Baseline` at 5:18",
            "target: {3 fields} # key `Target` at 5:35",
            "due: 2026-12-31 # within the value of another field at 5:42",
        ]
    );
    let measured = fields(&view, 1);
    assert!(measured.contains(&"value: 4.2 # key `Current` at 5:55".to_owned()), "{measured:?}");
    assert!(
        measured.contains(&"period: 2026-Q1 # within the value of another field at 5:61".to_owned()),
        "{measured:?}"
    );
    // A day in the name of the column is that of its values.
    let page = "# Objectives\n\n| Goal | Baseline (2024-12) |\n|---|---|\n| Fewer clicks | 5.8% |\n";
    let dated = isms(mapping, &[("goals.md", page)]);
    let part = "goals.md:5:18: notice[date-in-part] `baseline.on` is `2024-12`, which is read as its last day, 2024-12-31";
    assert!(found(&dated).contains(&part.to_owned()), "{:?}", found(&dated));
    // The day on which a month ends is said to be that.
    let part = "goals.md:5:24: notice[date-in-part] `baseline.on` is `2025-12`, which is read as its last day, 2025-12-31";
    assert!(found(&folder).contains(&part.to_owned()), "{:?}", found(&folder));
}

#[test]
fn a_csv_register_in_german() {
    let mapping = "mapping:\n  - files: \"capa/*.csv\"\n    kind: action\n    split: {csv: {separator: \";\", header_row: 3, encoding: windows-1252}}\n    preset: german\n    fields: {due: [Frist, Termin]}\n";
    let folder = isms(mapping, &[]);
    let text = "Register;Stand 2026\n\nNummer;Ma\u{df}nahme;Verantwortlich;Frist;Status\nM-1;Schloss tauschen;Ana;30.06.2026;In Bearbeitung\n;;;;\nM-2;Pr\u{fc}fen;Ben;bald;Erledigt\nM-3;Pr\u{fc}fen;Ben;irgendwann;Erledigt;x\n";
    let bytes: Vec<u8> =
        text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("Latin-1")).collect();
    put(folder.path(), "capa/2026.csv", &bytes);
    let view = why(&folder, "capa/2026.csv");
    assert_eq!(
        fields(&view, 0),
        [
            "id: M-1 # key `Nummer` at 4:1",
            "title: Schloss tauschen # key `Maßnahme` at 4:5",
            "owner: Ana # key `Verantwortlich` at 4:22",
            "due: 2026-06-30 # key `Frist` at 4:26",
            "status: in_progress # key `Status` at 4:37",
        ]
    );
    assert_eq!(
        found(&folder),
        [
            "capa/2026.csv:6:16: error[not-a-date] `due` is `bald`, which is not a date",
            "capa/2026.csv:7:36: error[ragged-row] the row has 6 cells, and the header 5",
        ]
    );
}

#[test]
fn one_heading_for_each_record() {
    let mapping = "mapping:\n  - files: incidents.md\n    kind: incident\n    split: {headings: {level: 2, pattern: \"^INC-\"}}\n    fields:\n      id: {heading: \"^(INC-[0-9]+)\"}\n      title: {heading: \"^INC-[0-9]+: (.*)\"}\n";
    let page = "# Incidents\n\n## How we write them\n\n**Status:** Closed\n\n## INC-1: Lost laptop\n\n**Status:** Closed\n**Detected:** 2026-02-03\n\n## INC-2: Mail\n\n| Field | Value |\n|---|---|\n| Status | Resolvd |\n| Severity | High |\n";
    let folder = isms(mapping, &[("incidents.md", page)]);
    let view = why(&folder, "incidents.md");
    assert_eq!(ids(&view), ["INC-1", "INC-2"]);
    assert_eq!(
        fields(&view, 1),
        [
            "id: INC-2 # a pattern in the heading at 12:4",
            "title: Mail # a pattern in the heading at 12:11",
            "status: Resolvd # table row `Status` at 16:3",
            "severity: high # table row `Severity` at 17:3",
        ]
    );
    assert_eq!(found(&folder), ["incidents.md:16:12: error[value-not-allowed] `status` cannot be `Resolvd`"]);
}

#[test]
fn a_task_list_and_a_list_in_yaml() {
    let mapping = "mapping:\n  - files: todo.md\n    kind: action\n    split: {tasks: {under: Actions}}\n    fields: {id: {slug: task}, title: task, status: done}\n    words: {status: {\"true\": completed, \"false\": planned}}\n  - files: plan.yaml\n    kind: risk\n    split: {list: register.open}\n    fields: {title: name, owner: who.first}\n";
    let folder = isms(
        mapping,
        &[
            (
                "todo.md",
                "# Ideas\n\n- [ ] Dream\n\n# Actions\n\n- [x] Patch servers (owner: ana, due: 2026-04-05)\n- [ ] Write plan\n",
            ),
            (
                "plan.yaml",
                "register:\n  open:\n    - id: R-1\n      name: Fire\n      who: {first: ana}\n    - just words\n",
            ),
        ],
    );
    let view = why(&folder, "todo.md");
    assert_eq!(ids(&view), ["patch-servers", "write-plan"]);
    assert_eq!(
        fields(&view, 0),
        [
            "status: completed # key `done` at 7:3",
            "id: patch-servers # put together from task at 7:7",
            "title: Patch servers # key `task` at 7:7",
            "owner: ana # at 7:29",
            "due: 2026-04-05 # at 7:39",
        ]
    );
    assert_eq!(
        fields(&why(&folder, "plan.yaml"), 0),
        ["id: R-1 # at 3:7", "title: Fire # key `name` at 4:7", "owner: ana # key `who.first` at 5:13"]
    );
    let words =
        "plan.yaml:6:7: error[not-a-record] a record of kind `risk` has fields, and this is something else";
    assert_eq!(found(&folder), [words]);
}

#[test]
fn one_file_for_each_date_is_one_measurement() {
    let mapping = "mapping:\n  - files: \"snapshots/*.csv\"\n    kind: measurement\n    split: {csv: {}}\n    fields: {metric: Metric, value: Value, period: {path: \"([0-9]{4}-[0-9]{2})\"}}\n";
    let folder = isms(
        mapping,
        &[
            ("snapshots/monitoring_2026-01.csv", "Metric,Value\npatched,97 %\n"),
            ("snapshots/monitoring_2026-02.csv", "Metric,Value\npatched,98\n"),
        ],
    );
    let view = why(&folder, "snapshots/monitoring_2026-01.csv");
    assert_eq!(ids(&view), ["patched/2026-01"]);
    assert_eq!(
        fields(&view, 0),
        [
            "metric: patched # key `Metric` at 2:1",
            "value: 97 # key `Value` at 2:9",
            "period: 2026-01 # a pattern in the path"
        ]
    );
}

#[test]
fn front_matter_in_the_wrong_place_badges_and_patterns() {
    let mapping = "mapping:\n  - files: \"pages/*.md\"\n    kind: document\n    preset: front-matter\n    where: {heading: Policy}\n    fields:\n      id: {file: stem}\n      status: {badge: Status}\n      version: {text: \"edition ([0-9.]+)\"}\n";
    let folder = isms(
        mapping,
        &[
            (
                "pages/a.md",
                "owner: ana\nlast_review: 2026-01-02\n---\n# Policy A\n\n![Status: Approved](https://example.org/b.svg)\n\nThis is edition 1.2 of it.\n",
            ),
            (
                "pages/b.md",
                "# Policy B\n\n```yaml\nowner: ben\n```\n\n![x](https://example.org/badge/Status-In__Review-green)\n",
            ),
            ("pages/c.md", "# Lunch\n"),
        ],
    );
    assert_eq!(
        fields(&why(&folder, "pages/a.md"), 0),
        [
            "owner: ana # key `owner` of misplaced front matter at 1:1",
            "reviewed: 2026-01-02 # key `last_review` of misplaced front matter at 2:1",
            "title: Policy A # a pattern in the heading at 4:3",
            "status: approved # a badge at 6:1",
            "version: 1.2 # a pattern in the text at 8:17",
            "id: a # the path: the file's name without its ending",
        ]
    );
    let second = fields(&why(&folder, "pages/b.md"), 0);
    assert!(
        second.contains(&"owner: ben # key `owner` of misplaced front matter at 4:1".to_owned()),
        "{second:?}"
    );
    assert!(second.contains(&"status: in_review # a badge at 7:1".to_owned()), "{second:?}");
    assert_eq!(why(&folder, "pages/c.md")["outcome"], "not recognised");
}

#[test]
fn a_link_is_a_reference_and_a_closed_date_a_status() {
    let mapping = "mapping:\n  - files: capa.md\n    kind: action\n    split: {table: {columns: [CAPA]}}\n    fields: {id: CAPA, title: What, follow_up: Follow-up, completed: Date Closed}\n    derive: {status: {when: completed, value: completed}}\n";
    let page = "| CAPA | What | Follow-up | Date Closed |\n|---|---|---|---|\n| C-1 | Patch | [C-2](capa.md#c-2) | 2026-02-01 |\n| C-2 | Check | [see there](more/C-7.md) | |\n";
    let folder = isms(mapping, &[("capa.md", page)]);
    let view = why(&folder, "capa.md");
    assert!(fields(&view, 0).contains(&"follow_up: C-2 # key `Follow-up` at 3:17".to_owned()), "{view:#}");
    assert!(fields(&view, 0).contains(&"status: completed # worked out: completed".to_owned()), "{view:#}");
    assert!(!fields(&view, 1).iter().any(|field| field.starts_with("status")), "{view:#}");
    assert_eq!(found(&folder), ["capa.md:4:29: error[reference-to-nothing] `C-7` is no action of this ISMS"]);
}

#[test]
fn a_matrix_gives_the_level_of_a_risk() {
    let mapping = "mapping:\n  - files: r.csv\n    kind: risk\n    split: {csv: {}}\n    derive:\n      residual:\n        matrix:\n          rows: likelihood\n          columns: impact\n          cells: {high: {high: critical, low: medium}, low: {high: medium, low: low}}\n";
    let folder =
        isms(mapping, &[("r.csv", "ID,Title,Likelihood,Impact\nR-1,Fire,High,Low\nR-2,Flood,Often,Low\n")]);
    let view = why(&folder, "r.csv");
    assert!(
        fields(&view, 0).contains(&"residual: medium # worked out: likelihood and impact".to_owned()),
        "{view:#}"
    );
    assert!(fields(&view, 1).iter().any(|field| field.starts_with("residual: (cannot be")), "{view:#}");
}

#[test]
fn what_looks_like_a_record_and_is_none_is_named() {
    let mapping =
        "mapping:\n  - files: \"incidents/*.md\"\n    kind: incident\n    fields: {id: {file: stem}}\n";
    let folder = isms(
        mapping,
        &[
            ("incidents/one.md", "---\ntitle: One\n---\n"),
            ("incidents/two.mdxx", "---\ntitle: Two\n---\n"),
            ("incidents/three.pdf.md", "---\ntitle: Three\n---\n"),
            ("elsewhere/four.mdxx", "x"),
        ],
    );
    let ran = ismslint(folder.path(), &["check", "--no-history"]);
    assert!(ran.out.contains("Not recognised as records: 1 file: incidents/two.mdxx"), "{}", ran.out);
    let two = why(&folder, "incidents/two.mdxx");
    assert_eq!(two["outcome"], "not recognised");
    assert!(two["reasons"][1].as_str().expect("text").contains("rename it"), "{two}");
    let three = why(&folder, "incidents/three.pdf.md");
    assert_eq!(three["reasons"][0], "its name says that a program made it from three.pdf");
    let all = ismslint(folder.path(), &["config", "show", "--why", "incidents"]).out;
    for line in [
        "incidents/one.md: incident one\n",
        "incidents/three.pdf.md: passed over: its name says",
        "incidents/two.mdxx: not recognised: its name ends in .mdxx",
    ] {
        assert!(all.contains(line), "{line}\n{all}");
    }
}

#[test]
fn a_mistake_in_a_mapping_is_told_with_what_was_meant() {
    let start = "mapping:\n  - files: a.md\n    kind: document\n";
    for (rest, said) in [
        ("    presett: german\n", vec!["`presett` is not known here", "did you mean `preset`?"]),
        ("    preset: germn\n", vec!["there is no preset `germn`", "did you mean `german`?"]),
        ("    fields: {ownr: Owner}\n", vec!["no field `ownr`", "did you mean `owner`?"]),
        (
            "    fields: {owner: {hstory: Owner}}\n",
            vec!["`hstory` is not known here", "did you mean `history`?"],
        ),
        ("    dates: [TT.MM.JJJJ]\n", vec!["`TT.MM.JJJJ` is no way of writing dates", "DD.MM.YYYY"]),
        (
            "    words: {status: {Live: aproved}}\n",
            vec!["`Live` cannot mean `aproved`", "did you mean `approved`?"],
        ),
        ("    split: {table: {}, csv: {}}\n", vec!["one way of dividing a file"]),
        ("    split: {tabel: {}}\n", vec!["did you mean `table`?"]),
        ("    fields: {owner: {text: \"(\"}}\n", vec!["no usable pattern"]),
        ("    derive: {next_review: {add: [reviewed]}}\n", vec!["worked out in one way"]),
        ("    derive: {next_review: {add: [reviewed, revew_interval]}}\n", vec!["no field `revew_interval`"]),
        ("    from: [inlin]\n", vec!["did you mean `inline`?"]),
        ("    fields: {effective: {git: first}}\n", vec!["did you mean `first_commit`?"]),
    ] {
        let told = refused(&format!("{start}{rest}"));
        let flowing = told.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(told.contains("isms.yaml:4:"), "{rest}: {told}");
        for said in said {
            assert!(flowing.contains(said), "{rest}: {said}\n{told}");
        }
    }
}

#[test]
fn presets_are_printed_and_serve_every_kind_that_they_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = ismslint(folder.path(), &["config", "preset"]).out;
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names.len(), 7, "{list}");
    for name in names {
        let text = ismslint(folder.path(), &["config", "preset", name]).out;
        assert!(text.starts_with("# ") && text.contains("\n- files: "), "{name}: {text}");
        for kind in ["document", "risk", "action", "objective", "nonconformity", "incident", "control"] {
            let mapping = format!("mapping:\n  - files: x.md\n    kind: {kind}\n    preset: {name}\n");
            put(folder.path(), "isms.yaml", mapping.as_bytes());
            let ran = ismslint(folder.path(), &["check", "--no-history", "--as-of", "2026-06-01"]);
            assert_ne!(ran.exit, 2, "{name} for {kind}: {}", ran.err);
        }
    }
    let refused = ismslint(folder.path(), &["config", "preset", "germn"]);
    assert!(refused.exit == 2 && refused.err.contains("did you mean `german`?"), "{}", refused.err);
}

#[test]
fn any_file_that_a_mapping_names_can_be_a_record() {
    let mapping = "mapping:\n  - files: \"source/*.html.md.erb\"\n    kind: document\n    preset: last-reviewed-on\n    where: {has: [last_reviewed_on]}\n    fields: {id: {path: \"source/(.*).html.md.erb\"}}\n  - files: \"services/*/README.md\"\n    kind: document\n    fields: {id: {file: folder}, title: {heading: \"(.+)\"}, owner: {text: \"owned by ([a-z]+)\"}}\n    where: {columns: [Port]}\n";
    let folder = isms(
        mapping,
        &[
            (
                "source/keys.html.md.erb",
                "---\ntitle: Keys\nlast_reviewed_on: 2026-01-02\nreview_in: 6 months\n---\nText <%= x %>.\n",
            ),
            ("source/index.html.md.erb", "---\ntitle: Home\n---\n"),
            (
                "services/mail/README.md",
                "# Mail\n\nIt is owned by ana.\n\n| Port | Use |\n|---|---|\n| 25 | mail |\n",
            ),
            ("services/web/README.md", "# Web\n"),
            ("README.md", "# All\n"),
        ],
    );
    assert_eq!(ids(&why(&folder, "source/keys.html.md.erb")), ["keys"]);
    assert_eq!(
        fields(&why(&folder, "services/mail/README.md"), 0),
        [
            "title: Mail # a pattern in the heading at 1:3",
            "owner: ana # a pattern in the text at 3:16",
            "id: mail # the path: the name of its folder"
        ]
    );
    for (file, lacks) in [
        ("source/index.html.md.erb", "the key `last_reviewed_on`"),
        ("services/web/README.md", "a table with the columns Port"),
    ] {
        let reason = why(&folder, file)["reasons"][0].as_str().expect("text").to_owned();
        assert!(reason.contains(lacks), "{file}: {reason}");
    }
    assert_eq!(why(&folder, "README.md")["outcome"], "passed over");
}

/// A commit by somebody on a day.
fn commit(repo: &Repo, name: &str, day: &str, files: &[(&str, &str)]) {
    for (path, text) in files {
        put(&repo.root, path, text.as_bytes());
    }
    repo.git(&["add", "."]);
    let author = format!("{name} <{name}@example.org>");
    let when = format!("{day}T12:00:00Z");
    let done = super::git_cli::command(&repo.root, &["commit", "-qm", "a change", "--author", &author])
        .env("GIT_AUTHOR_DATE", &when)
        .env("GIT_COMMITTER_DATE", &when)
        .status();
    assert!(done.expect("git runs").success());
}

#[test]
fn git_gives_the_days_that_no_page_has() {
    let repo = Repo::new();
    let page = |reviewed: &str, text: &str| {
        format!("---\ntitle: Access\nowner: ana\nlast: {reviewed}\n---\n{text}\n")
    };
    let mapping = "mapping:\n  - files: \"docs/*.md\"\n    kind: document\n    bots: [\"[bot]\"]\n    fields:\n      id: {file: stem}\n      type: {default: policy}\n      effective: {git: first_commit}\n      approved: {git: last_content_commit}\n      reviewed: {git: last_commit}\n";
    commit(&repo, "ana", "2025-01-02", &[("isms.yaml", mapping), ("docs/a.md", &page("x", "One."))]);
    commit(&repo, "ana", "2025-02-03", &[("docs/a.md", &page("x", "Two."))]);
    commit(&repo, "ana", "2025-03-04", &[("docs/a.md", &page("y", " Two.\n\n"))]);
    commit(&repo, "fix[bot]", "2025-04-05", &[("docs/a.md", &page("y", "Three."))]);
    let show = |folder: &Path| {
        let ran = ismslint(folder, &["config", "show", "--why", "docs/a.md", "--format", "json"]);
        fields(&json(&ran.out), 0)
    };
    let shown = show(&repo.root);
    for field in [
        "effective: 2025-01-02 # git: first commit",
        "approved: 2025-02-03 # git: last commit that changed the text",
        "reviewed: 2025-03-04 # git: last commit",
    ] {
        assert!(shown.contains(&field.to_owned()), "{field}: {shown:?}");
    }
    // What is not committed has no day yet.
    put(&repo.root, "docs/b.md", b"---\ntitle: New\n---\n");
    let ran = ismslint(&repo.root, &["config", "show", "--why", "docs/b.md", "--format", "json"]);
    assert!(!fields(&json(&ran.out), 0).iter().any(|field| field.contains("git:")), "{}", ran.out);
    fs::remove_file(repo.root.join("docs/b.md")).expect("can be removed");
    // A shallow clone knows no first commit: that is unknown, and not absent.
    let (_home, shallow) = super::checking::clone(&repo.root, &["--depth", "1"]);
    let shown = show(&shallow);
    assert!(shown.contains(&"effective: (cannot be read) # git: first commit".to_owned()), "{shown:?}");
    let args = ["check", "--as-of", "2026-06-01", "--select", "policy-review-overdue", "--format", "concise"];
    let ran = ismslint(&shallow, &args);
    assert!(
        ran.exit == 3 && ran.out.contains("undetermined[policy-review-overdue]"),
        "{} {}",
        ran.exit,
        ran.out
    );
    let ran = ismslint(&repo.root, &args);
    assert!(ran.exit == 1 && ran.out.contains("policy-review-overdue"), "{} {}", ran.exit, ran.out);
}

#[test]
fn a_register_that_was_always_foreign_has_a_history() {
    let repo = Repo::new();
    let mapping = "mapping:\n  - files: actions.md\n    kind: action\n    split: {table: {columns: [ID]}}\n    fields: {title: What, due: Due}\n    dates: [DD.MM.YYYY]\n";
    let table = |rows: &str| {
        format!("# Actions\n\n| ID | What | Owner | Due | Status |\n|---|---|---|---|---|\n{rows}")
    };
    let before =
        "| A-1 | Patch | ana | 31.03.2026 | Planned |\n| A-2 | Check | ben | 2026-05-01 | Planned |\n";
    commit(&repo, "ana", "2026-01-02", &[("isms.yaml", mapping), ("actions.md", &table(before))]);
    // Another way of writing the same day is no change; a later day is one.
    let after =
        "| A-1 | Patch | ana | 2026-03-31 | planned |\n| A-2 | Check | ben | 01.08.2026 | Planned |\n";
    commit(&repo, "ana", "2026-02-03", &[("actions.md", &table(after))]);
    let ran = ismslint(&repo.root, &["history", "A-2"]);
    assert!(ran.out.contains("2026-05-01") && ran.out.contains("2026-08-01"), "{}{}", ran.out, ran.err);
    let args = [
        "check",
        "--as-of",
        "2026-04-01",
        "--format",
        "concise",
        "--select",
        "due-date-moved-without-rationale",
    ];
    let ran = ismslint(&repo.root, &args);
    let moved: Vec<&str> = ran.out.lines().filter(|line| line.contains("[due-date-moved")).collect();
    assert_eq!(moved.len(), 1, "{}", ran.out);
    assert!(moved[0].starts_with("actions.md:6:23: "), "{}", moved[0]);
}

#[test]
fn hostile_files_of_every_layout_end_in_time_and_without_a_panic() {
    let mapping = "mapping:\n  - files: \"*.md\"\n    kind: document\n    preset: [bold-header, front-matter, german]\n    from: [keys, loose, inline, table, footer]\n    fields: {id: {file: stem}, reviewed: {key: Date, history: Date}, status: {badge: Status}, version: {text: \"v(.*)\"}}\n  - files: \"*.md\"\n    kind: risk\n    split: {table: {under: Risks}}\n    preset: markdown-register\n  - files: \"*.md\"\n    kind: incident\n    split: {headings: {under: Incidents}}\n    from: [inline, table, footer]\n    fields: {id: {slug: Title}, title: {heading: \"(.*)\"}}\n  - files: \"*.md\"\n    kind: action\n    split: {tasks: {}}\n    fields: {id: {slug: task}, title: task}\n  - files: \"*.csv\"\n    kind: action\n    split: {csv: {}}\n    preset: csv-register\n";
    let many = |piece: &str, times: usize| piece.repeat(times);
    let pages = [
        ("tables.md", format!("# Risks\n\n{}", many("| ID | Date |\n|---|---|\n| R | 2026 |\n\n", 800))),
        (
            "wide.md",
            format!("# Risks\n\n|{}\n|{}\n|{}\n", many(" ID |", 3_000), many("-|", 3_000), many("x|", 3_000)),
        ),
        (
            "headings.md",
            format!(
                "# Incidents\n\n{}",
                many("## a\n# Incidents\n### Document Control\n**Title:** x\n\n", 800)
            ),
        ),
        ("bold.md", many("**a:** b | ", 20_000)),
        ("open.md", format!("{}{}", many("[", 20_000), many("![Status: x](", 5_000))),
        ("marks.md", many("> - [ ] **ü:** 漢 (é: ü, \u{301}: x)\n", 800)),
        ("tasks.md", many("- [x] ü (a: b)\n", 800)),
        (
            "odd.md",
            "| ä\\| | ü |\n|---|---|\n| 漢\\ | 漢 \\|\n| | \u{301}|\n**é:**\u{a0}漢\u{2003}|\n".to_owned(),
        ),
        ("fence.md", "# a\n```yaml\nä: 1\nowner: ü\n---".to_owned()),
        ("dashes.md", many("---\n", 9_000)),
        ("rows.csv", format!("ID,Title,Due\n{}", many("ä,\"漢\",<5% by ü (é)\n", 800))),
    ];
    let folder = isms(mapping, &[]);
    for (path, text) in &pages {
        put(folder.path(), path, text.as_bytes());
    }
    let ran =
        ismslint(folder.path(), &["check", "--no-history", "--as-of", "2026-06-01", "--format", "json"]);
    assert!(ran.exit == 1 || ran.exit == 3, "{}: {}", ran.exit, ran.err);
    for (path, _) in &pages {
        assert!(why(&folder, path)["outcome"].is_string(), "{path}");
    }
}
