//! What the catalogue says of itself: the generated reference, the matrix of
//! clauses, and the coverage of other frameworks by numbers.

use super::checking::{check, story};
use super::outputs::{Ran, ismslint};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DAY: &str = "2026-11-02";

fn view(folder: &Path, typed: &[&str]) -> Ran {
    ismslint(folder, &[typed, &["--as-of", DAY]].concat())
}

fn json_of(folder: &Path, typed: &[&str]) -> Value {
    let ran = view(folder, &[typed, &["--format", "json"]].concat());
    assert_eq!(ran.exit, 0, "{typed:?}: {}", ran.err);
    serde_json::from_str(&ran.out).expect("is JSON")
}

fn rows<'v>(page: &'v Value, table: &str) -> &'v [Value] {
    let tables = page["page"]["sections"][0]["tables"].as_array().expect("tables");
    let found = tables.iter().find(|found| found["key"] == table).expect(table);
    found["rows"].as_array().expect("rows")
}

#[test]
fn the_reference_is_that_of_this_catalogue() {
    let home = tempfile::tempdir().expect("a folder");
    let ran = ismslint(home.path(), &["rules", "list", "--format", "markdown"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/REFERENCE.md");
    let committed = fs::read_to_string(committed).expect("is there");
    assert!(
        ran.out == committed,
        "write it anew: `cargo run -- rules list --root EMPTY-FOLDER --format markdown > rules/REFERENCE.md`"
    );
    for rule in ismslint::catalogue::built_in().expect("reads") {
        assert_eq!(committed.matches(&format!("\n### {}\n", rule.id)).count(), 1, "{}", rule.id);
    }
}

#[test]
fn the_matrix_counts_what_the_check_counts_and_says_where_no_rule_judges() {
    let page = json_of(story(), &["rules", "matrix"]);
    let report: Value = check(story(), &[]).json();
    let mut of_rules: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in report["rules"].as_array().expect("rules") {
        of_rules.insert(rule["id"].as_str().expect("an id"), rule["fails"].as_u64().expect("a count"));
    }
    let (clauses, controls) = (rows(&page, "clauses"), rows(&page, "controls"));
    assert_eq!(controls.len(), 93);
    let row = |number: &str| clauses.iter().find(|row| row["clause"] == number).expect(number);
    assert_eq!(row("10.2")["topic"], "nonconformity and corrective action");
    let judging = row("10.2")["rules"].as_array().expect("a list");
    let fails: u64 = judging.iter().map(|rule| of_rules[rule.as_str().expect("an id")]).sum();
    assert_eq!(row("10.2")["fails"], fails);
    let parts = ["conforms", "fails", "waived", "baselined", "not_applicable", "undetermined"];
    for row in clauses.iter().chain(controls) {
        if row["rules"] == "no rule judges this" {
            assert!(row["subjects"].is_null(), "{row}");
        } else {
            let sum: u64 = parts.iter().map(|part| row[*part].as_u64().expect("a count")).sum();
            assert_eq!(row["subjects"], sum, "{row}");
        }
    }
    assert!(controls.iter().any(|row| row["rules"] == "no rule judges this"));
    for format in ["human", "markdown", "csv"] {
        let out = view(story(), &["rules", "matrix", "--format", format]).out;
        assert!(out.contains("no rule judges this") && out.contains("A.8.34"), "{format}: {out}");
    }
}

const CONTROLS: &str = "\
- {id: A.5.15, title: Access, applicable: true, implementation: implemented, maps: {nist-csf-2.0: [PR.AA-05, PR.AA-1]}}
- {id: A.5.16, title: Identity, applicable: true, implementation: planned, maps: {nist-csf-2.0: [PR.AA-05], soc2: [CC6.1]}}
- {id: A.7.1, title: Perimeter, applicable: false, maps: {nist-csf-2.0: [PR.AA-06]}}
- {id: A.8.13, title: Backup, applicable: true, implementation: implemented}
";

const MAP: &str = "framework: nist-csf-2.0\nsource: https://example.org/map\nversion: 2026-01-01\nlicence: public domain\n\
                   numbers: {GV.PO-01: [\"5.2\"], PR.DS-11: [A.8.13], RC.RP-03: [], DE.CM-01: [A.8.16]}\n";

fn controls(more: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in [("controls.yaml", CONTROLS)].iter().chain(more) {
        fs::write(folder.path().join(path), text).expect("written");
    }
    folder
}

fn told(page: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows(page, "numbers").iter().map(|row| (text(row, "number"), text(row, "standing"))).collect()
}

#[test]
fn the_statement_is_compared_by_the_maps_of_its_own_controls() {
    let folder = controls(&[]);
    let page = json_of(folder.path(), &["coverage", "--against", "nist-csf-2.0"]);
    let expected = [("PR.AA-1", "implemented"), ("PR.AA-05", "in part"), ("PR.AA-06", "left out")];
    assert_eq!(told(&page), expected.map(|(number, standing)| (number.to_owned(), standing.to_owned())));
    assert_eq!(rows(&page, "numbers")[1]["controls"], json!(["A.5.15", "A.5.16"]));
    assert_eq!(rows(&page, "unmapped").iter().map(|row| &row["id"]).collect::<Vec<_>>(), ["A.8.13"]);
    let all = json_of(folder.path(), &["coverage"]);
    let named: Vec<(&Value, &Value)> =
        rows(&all, "frameworks").iter().map(|row| (&row["framework"], &row["numbers"])).collect();
    assert_eq!(named, [(&json!("nist-csf-2.0"), &json!(3)), (&json!("soc2"), &json!(1))]);
    let ran = view(folder.path(), &["coverage", "--against", "nist-csf-2"]);
    assert!(ran.exit == 2 && ran.err.contains("did you mean `nist-csf-2.0`?"), "{}", ran.err);
}

#[test]
fn a_published_map_is_told_with_its_source_and_shows_what_is_missing() {
    let folder = controls(&[("map.txt", MAP)]);
    let page = json_of(folder.path(), &["coverage", "--map", "map.txt"]);
    let found: BTreeMap<String, String> = told(&page).into_iter().collect();
    for (number, standing) in [
        ("GV.PO-01", "clauses only"),
        ("PR.DS-11", "implemented"),
        ("RC.RP-03", "nothing is mapped"),
        ("DE.CM-01", "not in the statement"),
        ("PR.AA-05", "in part"),
    ] {
        assert_eq!(found[number], standing, "{number}");
    }
    let observed = page["page"]["sections"][0]["observations"].to_string();
    assert!(
        observed.contains("https://example.org/map, version 2026-01-01, licence public domain"),
        "{observed}"
    );
    for (text, said) in [
        (MAP.replace("licence: public domain\n", ""), "licence"),
        (MAP.replace("numbers", "nubmers"), "nubmers"),
        ("[".to_owned(), "map.txt:"),
    ] {
        let folder = controls(&[("map.txt", &text)]);
        let ran = view(folder.path(), &["coverage", "--map", "map.txt"]);
        assert!(ran.exit == 2 && ran.err.contains(said), "{}", ran.err);
    }
    let ran = view(folder.path(), &["coverage", "--map", "map.txt", "--against", "soc2"]);
    assert!(ran.exit == 2 && ran.err.contains("name the same"), "{}", ran.err);
    let ran = view(folder.path(), &["coverage", "--map", "none.txt"]);
    assert!(ran.exit == 2 && ran.err.contains("none.txt"), "{}", ran.err);
}
