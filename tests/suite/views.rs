//! `due`, `register`, `trend` and `agenda` at a user's level: what they show is
//! what the files say, in every format, and what they cannot know they say.

use super::checking::{clone, story};
use super::outputs::{Ran, ismslint};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const DAY: &str = "2026-11-02";

fn view(folder: &Path, typed: &[&str]) -> Ran {
    ismslint(folder, &[typed, &["--as-of", DAY]].concat())
}

fn json(folder: &Path, typed: &[&str]) -> Value {
    let ran = view(folder, &[typed, &["--format", "json"]].concat());
    assert_eq!(ran.exit, 0, "{typed:?}: {}", ran.err);
    serde_json::from_str(&ran.out).expect("is JSON")
}

fn rows<'v>(page: &'v Value, table: &str) -> Vec<&'v Value> {
    let sections = page["page"]["sections"].as_array().expect("sections");
    let tables = sections.iter().filter_map(|section| section["tables"].as_array()).flatten();
    tables
        .filter(|found| found["key"] == table)
        .flat_map(|table| table["rows"].as_array().expect("rows"))
        .collect()
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap_or_default()
}

#[test]
fn what_falls_due_is_what_the_files_say() {
    let page = json(story(), &["due", "--within", "60d"]);
    let found: BTreeSet<(String, String)> = rows(&page, "due")
        .into_iter()
        .map(|row| (text(row, "id").to_owned(), text(row, "due").to_owned()))
        .collect();
    let expected = [
        ("ACT-9", "2026-09-15"),
        ("ACT-10", "2026-06-30"),
        ("ACT-11", "2026-09-30"),
        ("ACT-12", "2026-07-31"),
        ("ACT-13", "2026-11-30"),
        ("ACT-14", "2026-12-15"),
        ("ACT-18", "2026-12-11"),
        ("OBJ-1", "2026-12-31"),
        ("OBJ-4", "2026-12-31"),
        ("POL-5", "2026-02-10"),
        ("WVR-1", "2026-09-30"),
        ("WVR-2", "2026-12-31"),
    ];
    for (id, due) in expected {
        assert!(found.contains(&(id.to_owned(), due.to_owned())), "{id} {due}: {found:?}");
    }
    let metrics = found.iter().filter(|(_, due)| due == "2026-12-30").count();
    assert_eq!((metrics, found.len()), (9, expected.len() + 9), "{found:?}");
    let near = json(story(), &["due", "--within", "1d"]);
    assert_eq!(rows(&near, "due").len(), 6, "only what is overdue");
    assert!(rows(&near, "due").iter().all(|row| row["overdue_days"].as_u64().is_some_and(|days| days > 0)));
    assert_eq!(rows(&page, "undated").iter().map(|row| text(row, "id")).collect::<Vec<_>>(), ["OBJ-6"]);
}

#[test]
fn a_year_ahead_every_kind_of_day_is_there() {
    let page = json(story(), &["due", "--within", "1y"]);
    let found: BTreeSet<&str> = rows(&page, "due").into_iter().map(|row| text(row, "what")).collect();
    for what in [
        "action",
        "audit by the certification body",
        "audit of the programme",
        "assessment",
        "measurement",
        "objective",
        "review",
        "the next one",
        "the next one, at the latest",
        "training",
        "waiver expires",
    ] {
        assert!(found.contains(what), "{what}: {found:?}");
    }
}

#[test]
fn an_owner_is_a_person_of_the_settings_or_refused_with_the_nearest() {
    for named in ["mara-okafor", "Mara Okafor"] {
        let page = json(story(), &["due", "--owner", named]);
        let owners: BTreeSet<&str> = rows(&page, "due").into_iter().map(|row| text(row, "owner")).collect();
        assert_eq!(owners, BTreeSet::from(["mara-okafor"]), "{named}");
    }
    let nothing = json(story(), &["due", "--owner", "ines-barreiro"]);
    assert!(rows(&nothing, "due").is_empty(), "known, and owns nothing that is due");
    let ran = view(story(), &["due", "--owner", "mara-okafr"]);
    assert!(ran.exit == 2 && ran.err.contains("did you mean `mara-okafor`?"), "{}", ran.err);
    let ran = view(story(), &["trend", "detct-hours"]);
    assert!(ran.exit == 2 && ran.err.contains("did you mean `detect-hours`?"), "{}", ran.err);
}

#[test]
fn the_register_has_every_open_action_with_the_moves_of_its_date() {
    let page = json(story(), &["register"]);
    let open = rows(&page, "open");
    let ids: Vec<&str> = open.iter().map(|row| text(row, "id")).collect();
    assert_eq!(
        ids,
        ["ACT-10", "ACT-12", "ACT-9", "ACT-11", "ACT-13", "ACT-18", "ACT-14"],
        "what is due first"
    );
    let of = |id: &str| *open.iter().find(|row| text(row, "id") == id).expect("is open");
    assert_eq!(of("ACT-13")["due_moved"], 1);
    assert_eq!(of("ACT-10")["due_moved"], 0);
    assert_eq!(of("ACT-10")["risks"], serde_json::json!(["RSK-3 (level 12)"]));
    assert_eq!(of("ACT-10")["age_days"], 257, "2026-02-18 to 2026-11-02");
    assert_eq!(of("ACT-9")["source_ref"], "AUD-2025-2/F2");
}

#[test]
fn every_format_has_the_same_rows() {
    for command in ["due", "register", "trend", "agenda"] {
        let page = json(story(), &[command]);
        let sections = page["page"]["sections"].as_array().expect("sections");
        let tables = sections.iter().filter_map(|section| section["tables"].as_array()).flatten();
        let ids: Vec<&str> = tables
            .flat_map(|table| table["rows"].as_array().expect("rows"))
            .map(|row| text(row, "id"))
            .collect();
        assert!(!ids.is_empty(), "{command}");
        let csv = view(story(), &[command, "--format", "csv"]).out;
        assert_eq!(csv.lines().count(), ids.len() + 1, "{command}: {csv}");
        let columns = csv.lines().next().map(|head| head.split(',').count());
        assert!(columns.is_some_and(|columns| columns > 5), "{csv}");
        for format in ["markdown", "human"] {
            let out = view(story(), &[command, "--format", format]).out;
            let plain: String = out.replace('\\', "").split_whitespace().collect();
            for id in &ids {
                // A wrapped id has its parts on several lines.
                let head: String = id.chars().take(6).collect();
                assert!(plain.contains(&head), "{command} {format}: {id}");
            }
        }
    }
}

#[test]
fn trend_shows_the_values_and_marks_what_got_worse() {
    let page = json(story(), &["trend", "phishing-clicks"]);
    let periods = rows(&page, "periods");
    let marked: Vec<(&str, &str)> = periods
        .iter()
        .filter(|row| row["mark"].is_string())
        .map(|row| (text(row, "period"), text(row, "mark")))
        .collect();
    assert_eq!(marked, [("2026-Q2", "regression, not explained")]);
    let page = json(story(), &["trend", "restore-tests"]);
    let marked = rows(&page, "periods").into_iter().find(|row| row["mark"].is_string()).expect("got worse");
    assert_eq!(text(marked, "mark"), "regression, explained");
    let page = json(story(), &["trend", "detect-hours"]);
    let values: Vec<f64> = rows(&page, "periods").iter().filter_map(|row| row["value"].as_f64()).collect();
    assert_eq!(
        values,
        [40.0, 36.0, 30.0, 26.0, 22.0, 20.0, 18.0, 18.0],
        "the correction stands for its period"
    );
    let metric = rows(&page, "metrics")[0];
    assert_eq!((text(metric, "course"), text(metric, "target_reached")), ("█▇▅▄▂▂▁▁", "no"));
}

#[test]
fn the_agenda_has_each_input_and_marks_what_the_records_leave_blank() {
    let page = json(story(), &["agenda"]);
    let sections = page["page"]["sections"].as_array().expect("sections");
    let clauses: BTreeSet<&str> = sections
        .iter()
        .flat_map(|section| section["clauses"].as_array().expect("clauses"))
        .filter_map(Value::as_str)
        .collect();
    let expected = ["9.3.2 a", "9.3.2 b", "9.3.2 c", "9.3.2 d", "9.3.2 e", "9.3.2 f", "9.3.2 g", "9.3.3"];
    assert_eq!(clauses, BTreeSet::from(expected));
    let blank: Vec<&str> = sections
        .iter()
        .filter(|section| section["blank"].is_string())
        .map(|section| text(section, "key"))
        .collect();
    assert_eq!(blank, ["interested_party_changes", "feedback"]);
    let carried: Vec<&str> = rows(&page, "decisions").iter().map(|row| text(row, "id")).collect();
    assert!(carried.contains(&"REV-2026-1/D1") && carried.contains(&"REV-2025-2/D2"), "{carried:?}");
    let quarterly = view(story(), &["agenda", "--quarterly"]);
    assert!(quarterly.out.contains("since Quarterly check, autumn 2026 of 2026-10-07"), "{}", quarterly.out);
}

#[test]
fn a_history_that_is_cut_short_is_told() {
    let (_home, shallow) = clone(story(), &["--depth", "1"]);
    for command in ["register", "agenda"] {
        let ran = view(&shallow, &[command]);
        assert_eq!(ran.exit, 3, "{command}: {}", ran.out);
        let told: String = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains("not determined: this clone is shallow") && told.contains("fetch-depth: 0"),
            "{told}"
        );
    }
    let ran = view(&shallow, &["due"]);
    assert_eq!(ran.exit, 0, "nothing of it rests on the history: {}", ran.err);
    let ran = view(&shallow, &["register", "--no-history"]);
    assert!(ran.exit == 0 && ran.out.contains("the history was not read"), "{}", ran.out);
}

#[test]
fn a_register_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("actions.yaml"), b"- id: ACT-1\n  title: \"x\n\xff").expect("written");
    let ran = view(folder.path(), &["register", "--no-history"]);
    assert!(ran.exit == 3 && ran.out.contains("not determined"), "{} {}", ran.out, ran.err);
}

/// Titles that a spreadsheet, a browser, Markdown or a terminal would act on.
const HOSTILE: [&str; 8] = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\\t=1+1",
    "\\r=1+1",
    "<script>alert(1)</script>",
    "\\u001b[31mred \\u202e",
];

#[test]
fn no_cell_is_computed_and_nothing_reaches_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let action = |(at, title): (usize, &&str)| {
        format!("- {{id: \"ACT-{at}\", title: \"{title}\", owner: \"{title}\", due: 2026-11-03}}")
    };
    let actions = HOSTILE.iter().enumerate().map(action).collect::<Vec<_>>().join("\n");
    fs::write(folder.path().join("actions.yaml"), actions).expect("written");
    for command in ["due", "register", "agenda"] {
        let csv = view(folder.path(), &[command, "--no-history", "--format", "csv"]).out;
        for cell in csv.lines().flat_map(cells) {
            let first = cell.trim_start().chars().next();
            assert!(!first.is_some_and(|first| "=+-@\t\r".contains(first)), "{command}: {cell:?}");
        }
        for format in ["human", "markdown", "csv"] {
            let out = view(folder.path(), &[command, "--no-history", "--format", format]).out;
            assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{command} {format}");
        }
        let markdown = view(folder.path(), &[command, "--no-history", "--format", "markdown"]).out;
        assert!(!markdown.contains("<script"), "{markdown}");
    }
}

/// The cells of one line of CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    cells
}
