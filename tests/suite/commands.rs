//! The commands around rules and records, run in this process: what they
//! print, and how they end.

use clap::Parser;
use ismslint::cli::{Args, World, run};
use ismslint::report::Exit;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Exit, standard output, standard error.
fn ismslint(folder: &Path, typed: &[&str]) -> (Exit, String, String) {
    let args = Args::try_parse_from(["ismslint"].iter().chain(typed)).expect("is typed well");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let now = "2026-11-02T12:00:00Z".parse().expect("is an instant");
    let environment = BTreeMap::from([("GITHUB_ACTIONS".to_owned(), "false".to_owned())]);
    let mut world =
        World { out: &mut out, err: &mut err, folder: folder.to_owned(), environment, now, terminal: None };
    let exit = run(args, &mut world);
    let text = |bytes| String::from_utf8(bytes).expect("is UTF-8");
    (exit, text(out), text(err))
}

fn json(folder: &Path, typed: &[&str]) -> Value {
    let (exit, out, err) = ismslint(folder, typed);
    assert_eq!(exit, Exit::Clean, "{typed:?}: {err}");
    serde_json::from_str(&out).expect("is JSON")
}

/// The demo as a repository, built once.
fn demo() -> &'static Path {
    static DEMO: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &DEMO
        .get_or_init(|| {
            let home = tempfile::tempdir().expect("can be made");
            let folder = home.path().join("demo");
            let (exit, _, err) = ismslint(home.path(), &["demo", "demo"]);
            assert_eq!(exit, Exit::Clean, "{err}");
            (home, folder)
        })
        .1
}

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().expect("can be made")
}

#[test]
fn every_rule_and_every_check_of_form_has_a_page() {
    let home = empty();
    let listed = json(home.path(), &["rules", "list", "--format", "json"]);
    let rules = listed["rules"].as_array().expect("a list");
    assert!(rules.len() >= 10);
    for rule in rules {
        let id = rule["id"].as_str().expect("text");
        let (exit, page, err) = ismslint(home.path(), &["explain", id]);
        assert_eq!(exit, Exit::Clean, "{id}: {err}");
        let title = rule["title"].as_str().expect("text");
        let parts =
            [title, id, "Why it matters", "What to do", "Examples that conform", "Examples that fail"];
        assert!(parts.iter().all(|part| page.contains(part)), "{page}");
        for clause in rule["clauses"].as_array().expect("a list") {
            assert!(page.contains(&format!("\n{} ", clause.as_str().expect("text"))), "{id}: {clause}");
        }
        // Examples are YAML and stay as they are.
        let prose = page.lines().filter(|line| !line.starts_with(' '));
        let wide = prose.filter(|line| line.chars().count() > 100 && line.contains(". ")).count();
        assert_eq!(wide, 0, "{id}: prose is wrapped\n{page}");
        let view = json(home.path(), &["explain", id, "--format", "json"]);
        assert_eq!(view["title"], rule["title"]);
    }
    for fault in ismslint::record::Fault::pages() {
        let (exit, page, _) = ismslint(home.path(), &["explain", fault.name]);
        assert!(exit == Exit::Clean && page.starts_with(fault.title), "{}", fault.name);
        assert_eq!(json(home.path(), &["explain", fault.name, "--format", "json"])["why"], fault.why);
    }
}

#[test]
fn explain_shows_the_values_in_force() {
    let home = empty();
    let settings = "rules:\n  text-changed-after-review:\n    severity: error\n    params: {tolerance: 5}\n  \
                    waiver-expired: {off: We waive nothing}\n";
    std::fs::write(home.path().join("isms.yaml"), settings).expect("can be written");
    let (_, page, _) = ismslint(home.path(), &["explain", "text-changed-after-review"]);
    assert!(page.contains("error here, warning by itself"), "{page}");
    assert!(page.contains("tolerance: 5 (set in isms.yaml; without it 1)"), "{page}");
    let (_, page, _) = ismslint(home.path(), &["explain", "waiver-expired"]);
    assert!(page.contains("switched off here (We waive nothing)"), "{page}");
    let view = json(home.path(), &["explain", "text-changed-after-review", "--format", "json"]);
    let params = view["params"].as_array().expect("a list");
    let tolerance = params.iter().find(|param| param["name"] == "tolerance").expect("is there");
    assert_eq!(tolerance["value"], "5");
    std::fs::write(home.path().join("isms.yaml"), "levle: full\n").expect("can be written");
    let (exit, _, err) = ismslint(home.path(), &["explain", "waiver-expired"]);
    assert!(exit == Exit::Usage && err.contains("levle"), "{err}");
}

#[test]
fn a_name_that_is_not_known_is_refused_with_the_nearest() {
    let home = empty();
    let cases: [(&[&str], &str); 6] = [
        (&["explain", "waiver-expird"], "did you mean `waiver-expired`?"),
        (&["explain", "duplicate-keys"], "did you mean `duplicate-key`?"),
        (&["explain", "zzz"], "`ismslint rules list` names all"),
        (&["rules", "test", "waiver-expird"], "did you mean `waiver-expired`?"),
        (&["schema", "acton"], "did you mean `action`?"),
        (&["schema", "ism"], "did you mean `isms`?"),
    ];
    for (typed, said) in cases {
        let (exit, out, err) = ismslint(home.path(), typed);
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{typed:?}");
        assert!(err.contains(said), "{typed:?}: {err}");
    }
}

#[test]
fn rules_test_tells_what_came_of_each_example() {
    let (exit, out, _) = ismslint(empty().path(), &["rules", "test", "waiver-expired"]);
    assert_eq!(exit, Exit::Clean);
    assert_eq!(
        out,
        "waiver-expired\n  validated  its last day\n  reported   the day after\n2 examples of 1 rules tried: 0 \
         at fault\n"
    );
}

#[test]
fn every_schema_is_printed_as_it_is() {
    let home = empty();
    let (_, list, _) = ismslint(home.path(), &["schema"]);
    assert!(list.lines().count() >= 20);
    for line in list.lines() {
        let name = line.split(' ').next().expect("a name");
        let schema = json(home.path(), &["schema", name]);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
    let hyphen = json(home.path(), &["schema", "audit-programme"]);
    assert_eq!(hyphen["x-kind"]["name"], "audit_programme");
}

#[test]
fn the_history_of_a_record_names_days_authors_and_values() {
    let cases: [(&str, &[&str]); 6] = [
        ("ACT-12", &["action ACT-12: ", "2026-03-25 changed, by Jon Vik in", "due: 2026-03-31 → 2026-07-31"]),
        ("action/ACT-12", &["action ACT-12: "]),
        ("OBJ-1", &["2025-01-20 arrived, by Ana Ruiz", ", written 2025-01-14", "merged by Jon Vik"]),
        ("ACT-8", &["action ACT-8: ", "gone; it was in actions.yaml", "2025-07-28 vanished"]),
        ("POL-4", &["2026-05-06 moved to policies/people/acceptable-use.md"]),
        ("patch-compliance/2025-Q4", &["measurement patch-compliance/2025-Q4"]),
    ];
    for (record, parts) in cases {
        let (exit, out, err) = ismslint(demo(), &["history", record]);
        assert_eq!(exit, Exit::Clean, "{record}: {err}");
        let flowing = out.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(flowing.contains(part), "{record}: {part}\n{out}");
        }
    }
    let view = json(demo(), &["history", "ACT-12", "--format", "json"]);
    let moved = &view["records"][0]["changes"][1];
    let due = moved["fields"].as_array().expect("a list").iter().find(|field| field["field"] == "due");
    assert_eq!(due.map(|due| (&due["old"], &due["new"])), Some((&"2026-03-31".into(), &"2026-07-31".into())));
    assert_eq!(moved["commit"]["id"].as_str().map(str::len), Some(40));
    let (exit, _, err) = ismslint(demo(), &["history", "ACT-122"]);
    assert!(exit == Exit::Usage && err.contains("did you mean `ACT-12`?"), "{err}");
    let (exit, _, err) = ismslint(empty().path(), &["history", "ACT-1"]);
    assert!(exit == Exit::Incomplete && err.contains("git repository"), "{err}");
}

#[test]
fn what_is_hostile_in_a_record_does_not_reach_the_terminal() {
    let home = empty();
    let (exit, ..) = ismslint(home.path(), &["demo", "demo"]);
    assert_eq!(exit, Exit::Clean);
    let folder = home.path().join("demo");
    let record = "- {id: \"A\\e[2J\", title: \"T\\e[31m\"}\n";
    std::fs::write(folder.join("feedback.yaml"), record).expect("can be written");
    let (_, out, err) = ismslint(&folder, &["history", "A\u{1b}[2J"]);
    assert!(
        !out.contains('\u{1b}') && !err.contains('\u{1b}') && out.contains("not committed yet"),
        "{out}{err}"
    );
}

#[test]
fn shells_and_manual_readers_see_every_command() {
    let home = empty();
    let commands = ["check", "demo", "explain", "rules", "config", "history", "schema", "completions", "man"];
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (exit, out, _) = ismslint(home.path(), &["completions", shell]);
        assert_eq!(exit, Exit::Clean);
        assert!(commands.iter().all(|command| out.contains(command)), "{shell}");
    }
    let (_, page, _) = ismslint(home.path(), &["man"]);
    assert!(commands.iter().all(|command| page.contains(&format!("ismslint\\-{command}(1)"))), "{page}");
    let (exit, ..) = ismslint(home.path(), &["man", "."]);
    assert_eq!(exit, Exit::Clean);
    assert!(commands.iter().all(|command| home.path().join(format!("ismslint-{command}.1")).is_file()));
    assert_eq!(ismslint(home.path(), &["man", "nowhere"]).0, Exit::Output);
}
