//! `init --propose`: made-up twins of the layouts that people have, each with
//! the mapping that a person would write. The proposal, untouched, has to
//! recognise at least four of five records that the hand-made one does.

use super::outputs::ismslint;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A layout: its name, the mapping by hand, the files.
struct Twin {
    name: &'static str,
    by_hand: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
}

fn twin(name: &'static str, by_hand: &'static str, files: &[(&'static str, &str)]) -> Twin {
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
    Twin { name, by_hand, files }
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("Latin-1")).collect()
}

fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
    fs::write(path, bytes).expect("can be written");
}

fn folder_of(twin: &Twin) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in &twin.files {
        put(folder.path(), path, bytes);
    }
    folder
}

/// File, kind and id of each record.
fn records(folder: &Path) -> BTreeSet<(String, String, String)> {
    let ran = ismslint(folder, &["config", "show", "--why", ".", "--format", "json"]);
    let view: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    let mut found = BTreeSet::new();
    for file in view["files"].as_array().expect("files") {
        for record in file["records"].as_array().expect("records") {
            let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            found.insert((word(&file["file"]), word(&record["kind"]), word(&record["id"])));
        }
    }
    found
}

const NOISE: [(&str, &str); 3] = [
    ("README.md", "# Our repository\n\nWelcome: see the folders.\n"),
    (
        "notes/lunch.md",
        "# Lunch\n\nNote: the kitchen is closed.\n\n| Day | Meal | Price |\n|---|---|---|\n| Monday | Soup | 4 |\n",
    ),
    ("tools/config.json", "{\"indent\": 2, \"rules\": [{\"name\": \"a\"}]}\n"),
];

fn twins() -> Vec<Twin> {
    vec![
        twin(
            "front matter with last_reviewed_on and review_in",
            "mapping:\n  - files: \"docs/**/*.md\"\n    kind: document\n    preset: last-reviewed-on\n    if: {layout: policy}\n    fields: {id: {file: stem}, type: {default: policy}}\n",
            &[
                (
                    "docs/passwords.md",
                    "---\nlayout: policy\ntitle: Passwords\nlast_reviewed_on: 2026-02-01\nreview_in: 6 months\nowner_slack: \"#sec\"\n---\nText.\n",
                ),
                (
                    "docs/laptops.md",
                    "---\nlayout: policy\ntitle: Laptops\nlast_reviewed_on: 2026-02-02\nreview_in: 12 months\n---\nText.\n",
                ),
                ("docs/start.md", "---\nlayout: page\ntitle: Start\n---\nText.\n"),
            ],
        ),
        twin(
            "front matter of a published site",
            "mapping:\n  - files: \"**/index.md\"\n    kind: document\n    if: {policy: \"true\"}\n    fields: {id: {file: folder}, type: {default: policy}, reviewed: last_updated}\n",
            &[
                (
                    "backups/index.md",
                    "---\ntitle: Backup policy\npolicy: true\nlast_updated: 2026-01-02\n---\nText.\n",
                ),
                (
                    "vendors/index.md",
                    "---\ntitle: Vendor policy\npolicy: true\nlast_updated: 2026-01-03\n---\nText.\n",
                ),
                (
                    "access/index.md",
                    "---\ntitle: Access policy\npolicy: true\nlast_updated: 2026-01-03\n---\nText.\n",
                ),
            ],
        ),
        twin(
            "bold header",
            "mapping:\n  - files: \"rules/*.md\"\n    kind: document\n    preset: bold-header\n    fields: {type: {default: policy}}\n",
            &[
                (
                    "rules/crypto.md",
                    "# Cryptography policy\n\n**Document ID:** POL-7 | **Version:** 2.0 · **Last Reviewed:** 2026-03-04\n**Owner:** CISO\n\n## Purpose\n\nText.\n\n## Change history\n\n| Version | Date | Change |\n|---|---|---|\n| 2.0 | 2026-03-04 | more |\n",
                ),
                (
                    "rules/mail.md",
                    "# Mail policy\n\n**Document ID:** POL-8 | **Version:** 1.1\n**Owner:** Ben · **Review Cycle:** Annual\n",
                ),
            ],
        ),
        twin(
            "block quote",
            "mapping:\n  - files: \"governance/*.md\"\n    kind: document\n    preset: bold-header\n    fields: {id: {file: stem}}\n",
            &[
                (
                    "governance/remote.md",
                    "# Remote work policy\n\n> Owner: Ana\n> Status: Active\n> Next Review: 2026-12-01\n\nText.\n",
                ),
                (
                    "governance/keys.md",
                    "# Key policy\n\n> **Owner:** Ben\n> **Last Review:** 2026-01-01\n\nText.\n",
                ),
            ],
        ),
        twin(
            "key and value table",
            "mapping:\n  - files: \"manual/*.md\"\n    kind: document\n    preset: bold-header\n    fields: {type: {default: procedure}}\n",
            &[
                (
                    "manual/onboarding.md",
                    "# Onboarding procedure\n\n| Field | Value |\n|---|---|\n| Document ID | PROC-1 |\n| Owner | HR |\n| Version | 3 |\n| Approved by | Board |\n\nText.\n",
                ),
                (
                    "manual/leaving.md",
                    "# Leaving procedure\n\n| Field | Value |\n|---|---|\n| Document ID | PROC-2 |\n| Owner | HR |\n| Version | 1 |\n\nText.\n",
                ),
            ],
        ),
        twin(
            "front matter in the wrong place",
            "mapping:\n  - files: \"pages/*.md\"\n    kind: document\n    preset: front-matter\n    fields: {id: {file: stem}}\n",
            &[
                ("pages/a.md", "owner: ana\nlast_review: 2026-01-02\n---\n# Policy A\n\nText.\n"),
                ("pages/b.md", "# Policy B\n\n```yaml\nowner: ben\nlast_review: 2026-02-02\n```\n\nText.\n"),
            ],
        ),
        twin(
            "another ending",
            "mapping:\n  - files: \"source/*.html.md.erb\"\n    kind: document\n    preset: last-reviewed-on\n    where: {has: [last_reviewed_on]}\n    fields: {id: {path: \"source/(.*).html.md.erb\"}}\n",
            &[
                (
                    "source/keys.html.md.erb",
                    "---\ntitle: Key standard\nlast_reviewed_on: 2026-01-02\nreview_in: 6 months\n---\nText.\n",
                ),
                (
                    "source/logs.html.md.erb",
                    "---\ntitle: Log standard\nlast_reviewed_on: 2026-01-03\nreview_in: 6 months\n---\nText.\n",
                ),
                ("source/index.html.md.erb", "---\ntitle: Home\n---\n"),
            ],
        ),
        twin(
            "risk register as a table",
            "mapping:\n  - files: registers/risks.md\n    kind: risk\n    split: {table: {columns: [Risk ID]}}\n    fields: {id: Risk ID, title: Risk}\n",
            &[(
                "registers/risks.md",
                "# Risks\n\n| Risk ID | Risk | Likelihood (1-5) | Impact | Status | Owner |\n|---|---|---|---|---|---|\n| R-1 | Theft of a laptop | 3 | 4 | Open | ana |\n| R-2 | Fire | 2 | 5 | Mitigated | ben |\n| [ID] | [title] | | | | |\n\n| Other | Table |\n|---|---|\n| R-9 | no risk |\n",
            )],
        ),
        twin(
            "objectives with everything in one cell",
            "mapping:\n  - files: goals.md\n    kind: objective\n    split: {table: {columns: [Goal]}}\n    fields: {title: Goal, id: {slug: Goal}, metric: {slug: Goal}}\n  - files: goals.md\n    kind: measurement\n    split: {table: {columns: [Goal]}}\n    fields: {metric: {slug: Goal}, value: Current}\n",
            &[(
                "goals.md",
                "# Objectives\n\n| Goal | Baseline | Target | Current |\n|---|---|---|---|\n| Faster patches | 21 days (2025-12) | <7 days by 2026-12-31 | 14 days (2026-Q1) |\n| Fewer alarms | 40 (2025-12) | <10 by 2026-12-31 | 22 (2026-Q1) |\n",
            )],
        ),
        Twin {
            name: "actions in CSV, German",
            by_hand: "mapping:\n  - files: \"capa/*.csv\"\n    kind: action\n    split: {csv: {separator: \";\", header_row: 3, encoding: windows-1252}}\n    preset: german\n",
            files: vec![(
                "capa/2026.csv",
                latin(
                    "Register;Stand 2026\n\nNummer;Maßnahme;Verantwortlich;Frist;Status\nM-1;Tür prüfen;Ana;30.06.2026;In Bearbeitung\n;;;;\nM-2;Schlüssel zählen;Ben;01.07.2026;Erledigt\n",
                ),
            )],
        },
        twin(
            "risks in Spanish",
            "mapping:\n  - files: \"registros/*.md\"\n    kind: risk\n    preset: spanish\n    split: {table: {columns: [Código]}}\n",
            &[(
                "registros/riesgos.md",
                "# Riesgos\n\n| Código | Riesgo | Probabilidad | Impacto | Responsable | Estado |\n|---|---|---|---|---|---|\n| R-1 | Incendio en la oficina | 2 | 5 | ana | Abierto |\n| R-2 | Robo | 3 | 3 | ben | Cerrado |\n",
            )],
        ),
        twin(
            "incidents, a heading each",
            "mapping:\n  - files: incidents.md\n    kind: incident\n    split: {headings: {level: 2, pattern: \"^INC-\"}}\n    fields: {id: {heading: \"^(INC-[0-9]+)\"}, title: {heading: \"^INC-[0-9]+: (.*)\"}}\n",
            &[(
                "incidents.md",
                "# Incidents\n\n## How we write them\n\n**Status:** Closed\n\n## INC-1: Wrong recipient\n\n**Status:** Closed\n**Detected:** 2026-02-03\n\n## INC-2: Phishing\n\n| Field | Value |\n|---|---|\n| Status | Open |\n| Severity | High |\n",
            )],
        ),
        twin(
            "a task list",
            "mapping:\n  - files: todo.md\n    kind: action\n    split: {tasks: {under: Actions}}\n    fields: {id: {slug: task}, title: task, status: done}\n",
            &[(
                "todo.md",
                "# Ideas\n\n- [ ] Dream\n\n# Actions\n\n- [x] Rotate keys (owner: ana, due: 2026-04-05)\n- [ ] Train staff\n",
            )],
        ),
        twin(
            "a list in YAML",
            "mapping:\n  - files: plan.yaml\n    kind: risk\n    split: {list: register.open}\n    fields: {title: name, owner: who.first}\n",
            &[(
                "plan.yaml",
                "register:\n  open:\n    - {id: R-1, name: Fire in the office, likelihood: 2, who: {first: ana}}\n    - {id: R-2, name: Flood, likelihood: 3, who: {first: ben}}\n",
            )],
        ),
        twin(
            "a file of measurements for each month",
            "mapping:\n  - files: \"snapshots/*.csv\"\n    kind: measurement\n    split: {csv: {}}\n    fields: {metric: Metric, value: Value, period: {path: \"([0-9]{4}-[0-9]{2})\"}}\n",
            &[
                ("snapshots/monitoring_2026-01.csv", "Metric,Value\npatched,97 %\nscanned,80\n"),
                ("snapshots/monitoring_2026-02.csv", "Metric,Value\npatched,98\nscanned,85\n"),
            ],
        ),
        twin(
            "corrective actions with links",
            "mapping:\n  - files: capa.md\n    kind: action\n    split: {table: {columns: [CAPA]}}\n    fields: {id: CAPA, title: What, completed: Date Closed}\n",
            &[(
                "capa.md",
                "| CAPA | What | Follow-up | Date Closed |\n|---|---|---|---|\n| C-1 | Patch the servers | [C-2](capa.md#c-2) | 2026-02-01 |\n| C-2 | Check | | |\n",
            )],
        ),
        twin(
            "risks in CSV",
            "mapping:\n  - files: r.csv\n    kind: risk\n    split: {csv: {}}\n",
            &[("r.csv", "ID,Title,Likelihood,Impact\nR-1,Fire,High,Low\nR-2,Flood,Often,Low\n")],
        ),
        twin(
            "actions as a table",
            "mapping:\n  - files: actions.md\n    kind: action\n    split: {table: {columns: [ID]}}\n    fields: {title: What, due: Due}\n    dates: [DD.MM.YYYY]\n",
            &[(
                "actions.md",
                "# Actions\n\n| ID | What | Owner | Due | Status |\n|---|---|---|---|---|\n| A-1 | Patch | ana | 31.03.2026 | Planned |\n| A-2 | Check | ben | 2026-05-01 | Planned |\n",
            )],
        ),
    ]
}

#[test]
fn the_proposal_recognises_what_a_mapping_by_hand_does() {
    let mut figures = Vec::new();
    let mut short = Vec::new();
    for twin in twins() {
        let by_hand = folder_of(&twin);
        put(by_hand.path(), "isms.yaml", twin.by_hand.as_bytes());
        let wanted = records(by_hand.path());
        assert!(wanted.len() >= 2, "{}: {wanted:?}", twin.name);
        let proposed = folder_of(&twin);
        for (path, text) in NOISE {
            put(proposed.path(), path, text.as_bytes());
        }
        let ran = ismslint(proposed.path(), &["init", "--propose", "--write"]);
        assert_eq!(ran.exit, 0, "{}: {}{}", twin.name, ran.out, ran.err);
        let written = fs::read_to_string(proposed.path().join("isms.yaml")).unwrap_or_default();
        let found = records(proposed.path());
        let both = wanted.intersection(&found).count();
        let noise = found.iter().filter(|(file, ..)| NOISE.iter().any(|(path, _)| path == file)).count();
        figures.push(format!("{both} of {} (and {} more): {}", wanted.len(), found.len() - both, twin.name));
        if both * 5 < wanted.len() * 4 || noise > 0 || written.lines().count() > 40 {
            let missing: Vec<_> = wanted.difference(&found).collect();
            short
                .push(format!("{}\nmissing {missing:?}\nfound {found:?}\n{written}\n{}", twin.name, ran.out));
        }
    }
    assert!(short.is_empty(), "{}\n\n{}", short.join("\n"), figures.join("\n"));
    println!("{}", figures.join("\n"));
}

#[test]
fn a_proposal_says_how_sure_it_is_and_writes_only_when_told() {
    let home = tempfile::tempdir().expect("a folder");
    let page = |title: &str, more: &str| format!("---\ntitle: {title}\n{more}---\nText.\n");
    put(home.path(), "site/access.md", page("Access policy", "last_updated: 03/04/2026\n").as_bytes());
    put(home.path(), "site/backup.md", page("Backup policy", "last_updated: 05/04/2026\n").as_bytes());
    put(home.path(), "site/lunch.md", page("Lunch", "").as_bytes());
    put(home.path(), "incidents/one.md", page("Lost laptop", "").as_bytes());
    let ran = ismslint(home.path(), &["init", "--propose"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let flowing = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "document (likely): front matter in site/access.md, site/backup.md",
        "2 of 2 files have `last_updated`, `title`",
        "`last_updated` stands in for the day of the review, which is a guess",
        "`type: policy` is a guess: the names of 2 of 2 say so",
        "dates such as `03/04/2026` could have the day or the month first: declare it",
        "incident is a guess, by the word `incidents` in names and titles alone",
        "where: {has: [last_updated]}",
        "1 file (nothing in it looks like a record that is known): site/lunch.md",
        "Records by this proposal: 2 documents, 1 incident",
        "2 not-a-date",
        "Nothing was written",
    ] {
        assert!(flowing.contains(said), "{said}\n{}", ran.out);
    }
    assert!(!home.path().join("isms.yaml").exists());
    assert_eq!(ismslint(home.path(), &["init", "--propose"]).out, ran.out, "the same each time");
    let wrote = ismslint(home.path(), &["init", "--propose", "--write"]);
    assert!(wrote.exit == 0 && wrote.out.contains("Wrote isms.yaml"), "{}", wrote.out);
    let text = fs::read_to_string(home.path().join("isms.yaml")).expect("is there");
    for line in text.lines() {
        assert!(ran.out.contains(line), "what was shown is what is written: {line}");
    }
    let again = ismslint(home.path(), &["init", "--propose", "--write"]);
    assert!(again.exit == 2 && again.err.contains("stays as it is"), "{}", again.err);
    assert_eq!(fs::read_to_string(home.path().join("isms.yaml")).expect("is there"), text);
    // Nothing to propose is said, and is no mistake.
    let empty = tempfile::tempdir().expect("a folder");
    let none = ismslint(empty.path(), &["init", "--propose", "--write"]);
    assert!(none.exit == 0 && none.out.contains("No mapping to propose"), "{}{}", none.out, none.err);
    assert!(!empty.path().join("isms.yaml").exists());
}

#[test]
fn hostile_names_and_keys_make_no_mapping_that_does_not_read() {
    let home = tempfile::tempdir().expect("a folder");
    let page = "---\ntitle: \"a: [b]\"\nowner: x\n\"la: y\\\"o\": '{'\nlayout: \"*&: #\"\n---\n";
    for name in ["a*b.md", "{x}.md", "[1].md", "q\"u: o.md", "sub/ü#.md", "esc\u{1b}[31m.md"] {
        put(home.path(), name, page.as_bytes());
    }
    put(home.path(), "other.md", b"---\ntitle: x\nowner: y\nlayout: z\n---\n");
    let many = "| ID | Risk: \"x\" # | Likelihood [1] |\n|---|---|---|\n| R-1 | a: b | 2 |\n";
    put(home.path(), "risks {of} us.md", many.as_bytes());
    put(home.path(), "deep.json", format!("{}1{}", "[".repeat(500), "]".repeat(500)).as_bytes());
    put(home.path(), "wide.csv", format!("ID,{}\nR-1\n", "Likelihood,".repeat(5000)).as_bytes());
    let ran = ismslint(home.path(), &["init", "--propose", "--write"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(!ran.out.contains('\u{1b}'), "names are escaped");
    assert!(records(home.path()).iter().any(|(_, kind, id)| kind == "risk" && id == "R-1"), "{}", ran.out);
}
