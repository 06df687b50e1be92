//! Samples: the documented method done again by the test, the same in another
//! clone, and named where it was changed.

use super::checking::{clone, ismslint as run, story};
use super::evidence::{PERIOD, chapter, made, pack, whole_pack};
use super::outputs::ismslint;
use ismslint::evidence::{NAMES, PREDICATE, Pack};
use ismslint::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn json_of(pack: &Pack, name: &str) -> Value {
    serde_json::from_slice(&pack[name]).expect("is JSON")
}

/// The cells of a line of CSV without line ends in them.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("one");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    cells
}

fn names(sample: &Value) -> Vec<&str> {
    let drawn = sample["drawn"].as_array().expect("records");
    drawn.iter().map(|drawn| drawn["name"].as_str().expect("a name")).collect()
}

#[test]
fn a_sample_is_what_the_documented_method_draws() {
    let all = made(story(), &["--period", PERIOD, "--sample", "100000", "--seed", "audit 2026"]);
    let all = json_of(&all, "manifest.json")["sample"].take();
    let mut population = names(&all);
    let commit = json_of(pack(), "manifest.json")["subject"]["commit"].take();
    let report = run(
        story(),
        &["check", "--format", "json", "--as-of", "2026-10-31", "--rev", commit.as_str().expect("an id")],
    );
    let records: u64 =
        report.json()["records"].as_object().expect("kinds").values().filter_map(Value::as_u64).sum();
    assert_eq!((all["population"].as_u64(), population.len() as u64), (Some(records), records));
    population.sort_unstable();
    let text = population.join("\n") + "\n";
    assert_eq!(all["population_digest"], hex(&Sha256::digest(text.as_bytes())));
    let draw = |name: &str| hex(&Sha256::digest(format!("audit 2026\0{name}").as_bytes()));
    population.sort_by_key(|name| draw(name));
    assert_eq!(population, names(&all));
    // A smaller one is the beginning of it, in manifest, JSON and page alike.
    let whole = whole_pack();
    let small = json_of(whole, "manifest.json")["sample"].take();
    assert_eq!(names(&small), population[..12]);
    assert_eq!(small["population_digest"], all["population_digest"]);
    let document = json_of(whole, "evidence.json");
    assert_eq!(document["sample"], small);
    let rows = chapter(&document, "sample")["tables"][0]["rows"].as_array().expect("rows").clone();
    let page = String::from_utf8(whole["evidence.html"].clone()).expect("UTF-8");
    for (row, drawn) in rows.iter().zip(small["drawn"].as_array().expect("records")) {
        assert_eq!(row["id"], drawn["id"]);
        let place = format!("{}:{}", drawn["path"].as_str().expect("a path"), drawn["line"]);
        assert!(page.contains(&place), "{place}");
        let file =
            std::fs::read_to_string(story().join(drawn["path"].as_str().expect("a path"))).expect("is there");
        assert!(
            file.lines().count() >= usize::try_from(drawn["line"].as_u64().expect("a line")).expect("fits")
        );
    }
}

#[test]
fn another_clone_draws_the_same_and_another_seed_another() {
    let (_home, other) = clone(story(), &[]);
    let of = |folder, seed| {
        let pack = made(folder, &["--period", PERIOD, "--sample", "12", "--seed", seed]);
        json_of(&pack, "manifest.json")["sample"].take()
    };
    let known = json_of(whole_pack(), "manifest.json")["sample"].take();
    assert_eq!(of(&other, "audit 2026"), known);
    let second = of(&other, "audit 2027");
    assert_ne!(names(&second), names(&known));
    assert_eq!(second["population_digest"], known["population_digest"]);
}

#[test]
fn a_sample_needs_a_size_and_a_seed() {
    use clap::Parser as _;
    let fixed = ["ismslint", "evidence", "--period", PERIOD, "--out", "pack"];
    for more in [&["--sample", "3"][..], &["--seed", "x"], &["--sample", "0", "--seed", "x"]] {
        let typed = fixed.iter().chain(more);
        assert!(ismslint::cli::Args::try_parse_from(typed).is_err(), "{more:?}");
    }
    let rerun = json_of(whole_pack(), "manifest.json")["rerun"].take();
    let rerun = rerun.as_str().expect("a command");
    assert!(rerun.contains(" --over-time --sample 12 --seed 'audit 2026' --out DIR"), "{rerun}");
}

#[test]
fn the_statement_is_about_the_commit_and_every_other_file() {
    let whole = whole_pack();
    let statement = json_of(whole, "statement.intoto.json");
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], PREDICATE);
    let keys: BTreeSet<&str> = statement.as_object().expect("a mapping").keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["_type", "subject", "predicateType", "predicate"]));
    let manifest = json_of(whole, "manifest.json");
    let mut about = BTreeSet::new();
    for subject in statement["subject"].as_array().expect("subjects") {
        let name = subject["name"].as_str().expect("a name");
        match name {
            "commit" => assert_eq!(subject["digest"], json!({"gitCommit": manifest["subject"]["commit"]})),
            "tree" => assert_eq!(subject["digest"], json!({"gitTree": manifest["subject"]["tree"]})),
            name => assert_eq!(subject["digest"], json!({"sha256": hex(&Sha256::digest(&whole[name]))})),
        }
        about.insert(name);
    }
    let expected =
        NAMES.into_iter().filter(|name| *name != "statement.intoto.json").chain(["commit", "tree"]);
    assert_eq!(about, expected.collect());
    for (name, pointer) in
        [("rules_digest", "/rules_digest"), ("as_of", "/as_of/day"), ("verdict", "/results/verdict")]
    {
        assert_eq!(Some(&statement["predicate"][name]), manifest.pointer(pointer), "{name}");
    }
    assert_eq!(statement["predicate"]["sample"]["seed"], "audit 2026");
}

#[test]
fn the_life_of_a_record_is_the_same_in_every_format() {
    let get = |format| {
        let ran = ismslint(story(), &["history", "ACT-12", "--format", format]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        ran.out
    };
    let told: Value = serde_json::from_str(&get("json")).expect("is JSON");
    let changes = told["records"][0]["changes"].as_array().expect("changes");
    let expected: Vec<[String; 5]> = changes
        .iter()
        .flat_map(|change| {
            change["fields"].as_array().expect("fields").iter().map(move |field| (change, field))
        })
        .map(|(change, field)| {
            let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            [
                of(&change["arrived"]),
                of(&field["field"]),
                of(&field["old"]),
                of(&field["new"]),
                of(&change["commit"]["id"]),
            ]
        })
        .collect();
    assert!(expected.len() > 10, "{expected:?}");
    let csv_text = get("csv");
    let rows: Vec<Vec<String>> = csv_text.lines().map(cells).collect();
    let at = |name: &str| rows[0].iter().position(|column| column == name).expect(name);
    let found: Vec<[String; 5]> = rows[1..]
        .iter()
        .map(|row| ["arrived", "field", "old", "new", "commit"].map(|name| row[at(name)].clone()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(get("md"), get("markdown"));
    let rows = get("md").lines().filter(|line| line.starts_with("| action |")).count();
    assert_eq!(rows, expected.len());
}
