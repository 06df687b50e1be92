//! Attempts to get a fault past the judgement of a change by bending what it is
//! judged by. Each either blocks, or passes with what it did told first.

use crate::checking::{Ran, ismslint};
use crate::git_cli::Repo;
use std::fs;
use std::path::Path;

const DAY: &str = "2026-11-02";

const SETTINGS: &str = "\
organisation: Example
started: 2024-01-01
level: full
catalogue: \"2026.1\"
people:
  - {id: ana, name: Ana, emails: [ana@example.org]}
  - {id: ben, name: Ben, emails: [ben@example.org], top_management: true}
risk: {scale: 5, acceptance: 8, formula: product}
intervals: {policy: 12 months}
rules_from: [checks]
rules:
  action-never-started: {severity: warning}
";

const OPEN: &str = "\
- {id: ACT-1, title: Renew the certificate, owner: ana, raised: 2026-01-01, due: 2026-12-01, status: planned, source: {kind: observation}}
- {id: ACT-2, title: Test the restore, owner: ana, raised: 2026-01-01, due: 2026-06-01, status: in_progress, source: {kind: observation}}
";

/// The fault: an action that is long past due, without a word.
const FAULT: &str = "- {id: ACT-9, title: Patch the gateway, owner: ana, raised: 2026-01-01, due: 2026-02-01, status: planned, source: {kind: observation}}\n";

/// The isms before the change.
fn repository() -> Repo {
    let repo = Repo::new();
    put(&repo.root, "isms.yaml", SETTINGS);
    put(&repo.root, "actions.yaml", OPEN);
    put(
        &repo.root,
        "policies/access.md",
        "---\nid: POL-1\ntitle: Access\ntype: policy\nowner: ana\napprover: ben\napproved: 2026-01-01\nversion: 1\nreviewed: 2026-01-01\nstatus: approved\n---\nText\n",
    );
    put(
        &repo.root,
        "waivers.yaml",
        "- {id: WVR-1, rule: action-overdue-without-rationale, records: [ACT-2], reason: Supplier, owner: ana, approved: {by: ben, on: 2026-06-02}, expires: 2026-12-31}\n",
    );
    let rule = include_str!("../../rules/action-overdue-without-rationale.yaml")
        .replace("id: action-overdue-without-rationale", "id: action-late");
    put(&repo.root, "checks/action-late.yaml", &rule);
    put(&repo.root, ".github/workflows/isms.yml", "on: pull_request\n");
    commit(&repo, "ana", "The ISMS");
    repo
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

fn commit(repo: &Repo, who: &str, message: &str) {
    repo.git(&["add", "-A"]);
    let author = format!("{who} <{who}@example.org>");
    let name = format!("user.name={who}");
    let email = format!("user.email={who}@example.org");
    repo.git(&[
        "-c",
        &name,
        "-c",
        &email,
        "commit",
        "-q",
        "--allow-empty",
        "--author",
        &author,
        "-m",
        message,
    ]);
}

/// What becomes of an attempt.
enum Comes {
    /// Exit 1: the fault is introduced, or another one is.
    Blocked,
    /// Exit 2: the settings of the change cannot be used.
    Refused,
    /// It passes or not, and this is told.
    Told(&'static str),
}
use Comes::{Blocked, Refused, Told};

type Bend = (&'static str, Comes, fn(&Repo));

fn settings(repo: &Repo, edit: impl Fn(&str) -> String) {
    let text = fs::read_to_string(repo.root.join("isms.yaml")).expect("text");
    let edited = edit(&text);
    assert_ne!(text, edited, "the attempt changes something");
    put(&repo.root, "isms.yaml", &edited);
}

fn add(repo: &Repo, line: &str) {
    settings(repo, |text| format!("{text}{line}\n"));
}

fn replace(repo: &Repo, from: &str, to: &str) {
    settings(repo, |text| text.replace(from, to));
}

fn waive(repo: &Repo, line: &str) {
    let text = fs::read_to_string(repo.root.join("waivers.yaml")).expect("text");
    put(&repo.root, "waivers.yaml", &format!("{text}{line}\n"));
}

fn actions(repo: &Repo, edit: impl Fn(&str) -> String) {
    let text = fs::read_to_string(repo.root.join("actions.yaml")).expect("text");
    put(&repo.root, "actions.yaml", &edit(&text));
}

fn rename(repo: &Repo, from: &str, to: &str) {
    let into = repo.root.join(to);
    fs::create_dir_all(into.parent().expect("a folder")).expect("made");
    fs::rename(repo.root.join(from), into).expect("renamed");
}

/// The lines that `edit` leaves, as it leaves them.
fn lines(text: &str, edit: impl Fn(&str) -> Option<String>) -> String {
    text.lines().filter_map(edit).fold(String::new(), |text, line| text + &line + "\n")
}

const WAIVER: &str = "- {id: WVR-9, rule: action-overdue-without-rationale, records: [ACT-9], reason: Late, owner: ana, approved: {by: APPROVER, on: 2026-11-01}, expires: 2026-12-31}";

const BENDS: &[Bend] = &[
    // The settings.
    ("nothing", Blocked, |_| ()),
    ("level", Blocked, |repo| replace(repo, "level: full", "level: essential")),
    ("rule off", Blocked, |repo| {
        add(repo, "  action-overdue-without-rationale: {off: Not wanted}\n  action-late: {off: Not wanted}");
    }),
    ("rule a notice", Blocked, |repo| {
        add(
            repo,
            "  action-overdue-without-rationale: {severity: notice}\n  action-late: {severity: notice}",
        );
    }),
    ("all rules off", Blocked, |repo| {
        let rules: Vec<String> = ismslint::catalogue::built_in()
            .expect("sound")
            .iter()
            .filter(|rule| &*rule.id != "action-never-started")
            .map(|rule| format!("  {}: {{off: No}}", rule.id))
            .collect();
        add(repo, &rules.join("\n"));
    }),
    ("older catalogue", Blocked, |repo| replace(repo, "2026.1", "2020.1")),
    ("history from tomorrow", Blocked, |repo| add(repo, "history_from: 2026-11-03")),
    ("existing told only", Blocked, |repo| add(repo, "existing: report")),
    ("longer intervals", Blocked, |repo| replace(repo, "12 months", "1200 months")),
    ("verification whenever", Blocked, |repo| add(repo, "verify_within: 100 years")),
    ("every risk accepted", Blocked, |repo| replace(repo, "acceptance: 8", "acceptance: 800")),
    ("another day by the zone", Blocked, |repo| add(repo, "time_zone: Pacific/Kiritimati")),
    ("mechanical commits", Blocked, |repo| {
        add(repo, &format!("mechanical_commits: [{}]", repo.text(&["rev-parse", "HEAD"])));
    }),
    ("the ISMS begins tomorrow", Told("started"), |repo| replace(repo, "2024-01-01", "2026-11-03")),
    ("nobody is known", Told("people"), |repo| {
        settings(repo, |text| {
            let text = text.replace("people:", "people: []");
            lines(&text, |line| (!line.contains("{id: ")).then(|| line.to_owned()))
        });
    }),
    ("top management changed", Told("people[ben].top_management"), |repo| {
        replace(repo, ", top_management: true", "");
    }),
    ("certified by decree", Told("certification.stage"), |repo| {
        add(repo, "certification: {stage: certified}");
    }),
    ("settings gone", Told("the settings are gone"), |repo| {
        fs::remove_file(repo.root.join("isms.yaml")).expect("gone");
    }),
    ("settings renamed", Told("the settings are gone"), |repo| rename(repo, "isms.yaml", "ISMS.yml")),
    ("settings empty", Blocked, |repo| put(&repo.root, "isms.yaml", "")),
    ("settings broken", Refused, |repo| put(&repo.root, "isms.yaml", "level: [")),
    ("settings a link", Refused, |repo| {
        rename(repo, "isms.yaml", "other.yaml");
        std::os::unix::fs::symlink("other.yaml", repo.root.join("isms.yaml")).expect("linked");
    }),
    ("settings a folder", Told("the settings are gone"), |repo| {
        fs::remove_file(repo.root.join("isms.yaml")).expect("gone");
        put(&repo.root, "isms.yaml/x", "x");
    }),
    ("a key twice", Refused, |repo| add(repo, "level: full")),
    ("a key of another time", Refused, |repo| add(repo, "trust_me: true")),
    ("another ISMS below", Blocked, |repo| put(&repo.root, "sub/isms.yaml", "level: essential\n")),
    // The mapping.
    ("register ignored", Blocked, |repo| add(repo, "ignore: [actions.yaml]")),
    ("everything ignored", Blocked, |repo| add(repo, "ignore: ['**']")),
    ("register as suppliers", Blocked, |repo| add(repo, "mapping: [{files: actions.yaml, kind: supplier}]")),
    ("register as one document", Blocked, |repo| {
        add(repo, "mapping: [{files: 'actions.yaml', kind: document}]");
    }),
    ("due by default", Blocked, |repo| {
        add(repo, "mapping: [{files: actions.yaml, kind: action, fields: {due: {default: 2099-01-01}}}]");
    }),
    ("due from another key", Blocked, |repo| {
        actions(repo, |text| text.replace("due: 2026-02-01", "due: 2026-02-01, x-due: 2099-01-01"));
        add(repo, "mapping: [{files: actions.yaml, kind: action, fields: {due: {key: x-due}}}]");
    }),
    ("condition that nothing meets", Blocked, |repo| {
        add(repo, "mapping: [{files: actions.yaml, kind: action, if: {never: ever}}]");
    }),
    ("policies as records of nothing", Blocked, |repo| {
        add(repo, "mapping: [{files: 'policies/**', kind: removal}]");
    }),
    // Rules and kinds of its own.
    ("own rule gone", Told("a rule or kind of your own is gone"), |repo| {
        fs::remove_file(repo.root.join("checks/action-late.yaml")).expect("gone");
        put(&repo.root, "checks/README.md", "x");
        replace(repo, "rules_from: [checks]\n", "");
    }),
    ("own rule softened", Blocked, |repo| {
        let path = repo.root.join("checks/action-late.yaml");
        let text = fs::read_to_string(&path).expect("text").replace("severity: error", "severity: notice");
        fs::write(path, text).expect("written");
    }),
    ("rules from elsewhere", Blocked, |repo| {
        rename(repo, "checks", "other");
        replace(repo, "[checks]", "[other]");
    }),
    ("rules from the register", Refused, |repo| {
        rename(repo, "actions.yaml", "checks/actions/actions.yaml");
        add(repo, "ignore: []");
    }),
    ("a kind that takes the folder", Blocked, |repo| {
        put(
            &repo.root,
            "kinds/note.schema.json",
            r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Note", "x-kind": {"name": "note", "folders": ["policies"], "registers": ["actions"]}, "type": "object", "required": ["id"], "properties": {"id": {"description": "Id.", "type": "string"}}}"#,
        );
        add(repo, "kinds_from: [kinds]");
    }),
    // Names of files and folders.
    ("register with another ending", Blocked, |repo| rename(repo, "actions.yaml", "actions.txt")),
    ("register hidden", Blocked, |repo| rename(repo, "actions.yaml", ".actions.yaml")),
    ("register set aside", Blocked, |repo| rename(repo, "actions.yaml", "_actions.yaml")),
    ("register as a backup", Blocked, |repo| rename(repo, "actions.yaml", "actions.yaml.bak")),
    ("register in a hidden folder", Blocked, |repo| rename(repo, "actions.yaml", ".archive/actions.yaml")),
    ("register under another name", Blocked, |repo| rename(repo, "actions.yaml", "archive/things-2026.yaml")),
    ("register as prose", Blocked, |repo| {
        rename(repo, "actions.yaml", "notes.md");
    }),
    ("register in capitals", Blocked, |repo| rename(repo, "actions.yaml", "ACTIONS.YAML")),
    ("register edited and renamed", Blocked, |repo| {
        actions(repo, |text| format!("# Old\n\n{text}"));
        rename(repo, "actions.yaml", "old/things.yaml");
    }),
    ("register in a fence", Blocked, |repo| {
        actions(repo, |text| format!("```yaml\n{text}```\n"));
        rename(repo, "actions.yaml", "docs/register.md");
    }),
    ("policies set aside", Blocked, |repo| rename(repo, "policies", ".policies")),
    ("policies renamed", Blocked, |repo| rename(repo, "policies", "texts")),
    ("register a link", Blocked, |repo| {
        rename(repo, "actions.yaml", "real.yaml");
        std::os::unix::fs::symlink("real.yaml", repo.root.join("actions.yaml")).expect("linked");
    }),
    ("register a submodule", Blocked, |repo| {
        fs::remove_file(repo.root.join("actions.yaml")).expect("gone");
        let head = repo.text(&["rev-parse", "HEAD"]);
        repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},actions.yaml")]);
    }),
    // The register itself.
    ("broken behind the fault", Blocked, |repo| actions(repo, |text| format!("{text}- [\n"))),
    ("broken before the fault", Blocked, |repo| actions(repo, |text| format!("- {{\n{text}"))),
    ("in UTF-16", Blocked, |repo| {
        let text = fs::read_to_string(repo.root.join("actions.yaml")).expect("text");
        let wide: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        fs::write(repo.root.join("actions.yaml"), wide).expect("written");
    }),
    ("with a NUL", Blocked, |repo| actions(repo, |text| format!("{text}# \0\n"))),
    ("executable", Blocked, |repo| {
        repo.git(&["update-index", "--chmod=+x", "actions.yaml"]);
    }),
    ("with Windows lines", Blocked, |repo| actions(repo, |text| text.replace('\n', "\r\n"))),
    ("by an alias", Blocked, |repo| {
        actions(repo, |text| text.replace("due: 2026-02-01", "x-day: &day 2026-02-01, due: *day"));
    }),
    ("as a string", Blocked, |repo| {
        actions(repo, |text| text.replace("due: 2026-02-01", "due: '2026-02-01'"));
    }),
    ("no date at all", Blocked, |repo| actions(repo, |text| text.replace(", due: 2026-02-01", ""))),
    ("a date that is none", Blocked, |repo| {
        actions(repo, |text| text.replace("due: 2026-02-01", "due: soon"));
    }),
    ("a tag on the date", Blocked, |repo| {
        actions(repo, |text| text.replace("due: 2026-02-01", "due: !!str 2026-02-01"));
    }),
    ("as JSON", Blocked, |repo| {
        let json = r#"[{"id": "ACT-1", "title": "Renew", "owner": "ana", "due": "2026-12-01", "status": "planned", "source": {"kind": "observation"}}, {"id": "ACT-2", "title": "Test the restore", "owner": "ana", "due": "2026-06-01", "status": "in_progress", "source": {"kind": "observation"}}, {"id": "ACT-9", "title": "Patch", "owner": "ana", "due": "2026-02-01", "status": "planned", "source": {"kind": "observation"}}]"#;
        fs::remove_file(repo.root.join("actions.yaml")).expect("gone");
        put(&repo.root, "actions.json", json);
    }),
    // Waivers.
    ("waived by its author", Blocked, |repo| waive(repo, &WAIVER.replace("APPROVER", "ana"))),
    ("waived by nobody known", Blocked, |repo| waive(repo, &WAIVER.replace("APPROVER", "zoe"))),
    ("waived by somebody invented", Blocked, |repo| {
        replace(repo, "risk:", "  - {id: zoe, emails: [zoe@example.org]}\nrisk:");
        waive(repo, &WAIVER.replace("APPROVER", "zoe"));
    }),
    (
        "waived by another, who is named",
        Told("waiver WVR-9 of action-overdue-without-rationale is new"),
        |repo| {
            waive(repo, &WAIVER.replace("APPROVER", "ben"));
            waive(
                repo,
                &WAIVER
                    .replace("APPROVER", "ben")
                    .replace("WVR-9", "WVR-8")
                    .replace("action-overdue-without-rationale", "action-late"),
            );
        },
    ),
    ("waiver widened", Blocked, |repo| {
        let text = fs::read_to_string(repo.root.join("waivers.yaml")).expect("text");
        put(
            &repo.root,
            "waivers.yaml",
            &text.replace("[ACT-2]", "[ACT-2, ACT-9]").replace("by: ben", "by: ana"),
        );
    }),
    ("waiver without an end", Blocked, |repo| {
        waive(repo, &WAIVER.replace("APPROVER", "ana").replace("2026-12-31", "9999-12-31"));
    }),
    ("waiver of all records", Blocked, |repo| {
        waive(repo, &WAIVER.replace("APPROVER", "ana").replace("[ACT-9]", "[isms, '*', actions]"));
    }),
    ("waiver without records", Blocked, |repo| {
        waive(repo, &WAIVER.replace("APPROVER", "ana").replace("[ACT-9]", "[]"));
    }),
    ("waiver in a folder", Blocked, |repo| {
        put(
            &repo.root,
            "waivers/late.yaml",
            &WAIVER.replace("APPROVER", "ana").trim_start_matches("- ").replace("WVR-9", "WVR-7"),
        );
    }),
    // The baseline.
    ("baseline of its own", Blocked, |repo| {
        ismslint(&repo.root, &["baseline", "write", "--as-of", DAY]);
        assert!(repo.root.join("isms-baseline.yaml").exists());
    }),
    ("baseline broken", Refused, |repo| put(&repo.root, "isms-baseline.yaml", "findings: all")),
    // Ids.
    ("under a known id", Told("ACT-2 changed: title"), |repo| {
        actions(repo, |text| {
            lines(text, |line| (!line.contains("ACT-2,")).then(|| line.replace("ACT-9", "ACT-2")))
        });
    }),
    ("under an id twice", Blocked, |repo| actions(repo, |text| text.replace("ACT-9", "ACT-2"))),
    ("without an id", Blocked, |repo| actions(repo, |text| text.replace("id: ACT-9, ", ""))),
    ("another case of an id", Blocked, |repo| actions(repo, |text| text.replace("ACT-9", "act-2"))),
    ("renamed", Blocked, |repo| actions(repo, |text| text.replace("ACT-2", "ACT-200"))),
    ("as another kind", Blocked, |repo| {
        rename(repo, "actions.yaml", "suppliers.yaml");
    }),
    ("an open record gone", Blocked, |repo| {
        actions(repo, |text| lines(text, |line| line.contains("ACT-2,").then(|| line.to_owned())));
    }),
    ("gone with a reason", Told("ACT-1 removed: Twice"), |repo| {
        actions(repo, |text| lines(text, |line| line.contains("ACT-2,").then(|| line.to_owned())));
        put(
            &repo.root,
            "removals.yaml",
            "- {id: RMV-1, record: ACT-1, on: 2026-11-01, by: ana, reason: Twice}\n",
        );
    }),
    // Dates.
    ("moved without a word", Blocked, |repo| {
        actions(repo, |text| {
            text.replace("ACT-9", "ACT-3")
                .replace("2026-12-01", "2027-12-01")
                .replace("2026-02-01", "2027-02-01")
        });
    }),
    ("moved with a word", Told("ACT-2 re-dated: due 2026-06-01 → 2027-06-01 (No time)"), |repo| {
        actions(repo, |text| {
            let why = "due: 2027-06-01, changes: [{on: 2026-11-01, by: ana, field: due, to: 2027-06-01, why: No time}]";
            let text = text.replace("due: 2026-06-01", why);
            lines(&text, |line| (!line.contains("ACT-9")).then(|| line.to_owned()))
        });
    }),
    ("closed at birth", Told("ACT-9 opened: Patch the gateway, already completed"), |repo| {
        actions(repo, |text| {
            text.replace(
                "due: 2026-02-01, status: planned",
                "due: 2026-02-01, completed: 2026-02-01, status: completed",
            )
        });
    }),
    // What runs the check.
    ("workflow gone", Told("what runs the check is gone"), |repo| {
        fs::remove_file(repo.root.join(".github/workflows/isms.yml")).expect("gone");
    }),
    ("workflow changed", Told("what runs the check changed"), |repo| {
        put(&repo.root, ".github/workflows/isms.yml", "on: push\n");
    }),
    ("hook changed", Told("what runs the check is new"), |repo| {
        put(&repo.root, ".pre-commit-config.yaml", "repos: []\n");
    }),
];

#[test]
fn no_attempt_passes_without_being_told() {
    assert!(BENDS.len() >= 80, "{}", BENDS.len());
    let before = repository();
    let base = before.text(&["rev-parse", "HEAD"]);
    let mut passed = Vec::new();
    for (name, comes, bend) in BENDS {
        before.git(&["checkout", "-q", "-B", "change", &base]);
        put(&before.root, "actions.yaml", &format!("{OPEN}{FAULT}"));
        bend(&before);
        commit(&before, "ana", "A change");
        before.git(&["reset", "-q", "--hard"]);
        let ran = ismslint(&before.root, &["check", "--base", &base, "--as-of", DAY]);
        if let Some(why) = slipped(comes, &ran) {
            passed.push(format!("{name}: {why}\n{}{}", ran.out, ran.err));
        }
        before.git(&["clean", "-qfdx"]);
    }
    assert!(passed.is_empty(), "{} attempts:\n{}", passed.len(), passed.join("\n=====\n"));
}

/// Why an attempt came through in another way than it should.
fn slipped(comes: &Comes, ran: &Ran) -> Option<String> {
    match comes {
        Blocked if ran.exit != 1 => Some(format!("exit {}", ran.exit)),
        Refused if ran.exit != 2 => Some(format!("exit {}", ran.exit)),
        Told(what) if !ran.out.contains(what) => Some(format!("`{what}` is not told")),
        _ => None,
    }
}
