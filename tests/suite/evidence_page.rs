//! The page of a pack: its charts hold the values of the records, and it stays
//! small however large the ISMS is, saying what it left out.

use super::checking::story;
use super::evidence::{chapter, made, repository, whole_pack};
use ismslint::evidence::MOST_BYTES;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// The titles of the shapes of a drawing, by the chart's title: what a reader who
/// cannot see it is told of each point.
fn drawn(page: &str, title: &str) -> Vec<String> {
    let named = format!("-title\">{title}</title>");
    let svg = page.split("<svg ").find(|svg| svg.contains(&named)).unwrap_or_else(|| panic!("{title}"));
    let svg = svg.split("</svg>").next().expect("an end");
    svg.split("<title>")
        .skip(1)
        .map(|rest| rest.split("</title>").next().expect("an end").to_owned())
        .collect()
}

#[test]
fn values_read_back_from_each_kind_of_chart_are_those_of_the_records() {
    let page = String::from_utf8(whole_pack()["evidence.html"].clone()).expect("UTF-8");
    // Bars: actions by month, counted here from the register.
    let text = fs::read_to_string(story().join("actions.yaml")).expect("text");
    let actions: Vec<Value> = serde_yaml::from_str(&text).expect("YAML");
    let mut read = 0;
    for title in drawn(&page, "Actions raised and closed per month") {
        let (place, value) = title.rsplit_once(": ").expect("a value");
        let (month, name) = place.split_once(", ").expect("a name");
        let field = if name == "raised" { "raised" } else { "completed" };
        let count = actions.iter().filter(|action| {
            let closed =
                field == "raised" || matches!(action["status"].as_str(), Some("completed" | "verified"));
            closed && action[field].as_str().is_some_and(|day| day.starts_with(month))
        });
        assert_eq!(value, count.count().to_string(), "{title}");
        read += 1;
    }
    assert!(read >= 10, "{read}");
    // Lines: a metric by period, from its file; a later row corrects.
    let mut read = 0;
    for entry in fs::read_dir(story().join("metrics")).expect("metrics") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let metric: Value = serde_yaml::from_str(&text).expect("YAML");
        let rows = metric["measurements"].as_array().expect("rows");
        let values: BTreeMap<&str, f64> = rows
            .iter()
            .map(|row| (row["period"].as_str().expect("a period"), row["value"].as_f64().expect("a value")))
            .collect();
        for title in drawn(&page, metric["title"].as_str().expect("a title")) {
            let (period, value) = title.split_once(": ").expect("a value");
            let value = value.split(' ').next().expect("a number").parse::<f64>().expect("a number");
            assert!((values[period] - value).abs() < 1e-6, "{title}");
            read += 1;
        }
    }
    assert!(read >= 10, "{read}");
    // Both kinds over time: from the moments, and those are what `check` says.
    let document: Value = serde_json::from_slice(&whole_pack()["evidence.json"]).expect("is JSON");
    let moments = document["over_time"]["moments"].as_array().expect("moments");
    let of = |name: &str| &moments.iter().find(|moment| moment["name"] == name).expect("a moment")["judged"];
    let mut read = 0;
    for title in drawn(&page, "Findings by severity") {
        let (place, value) = title.rsplit_once(": ").expect("a value");
        let (quarter, severity) = place.split_once(", ").expect("a severity");
        assert_eq!(of(quarter)[severity].to_string(), value, "{title}");
        read += 1;
    }
    for title in drawn(&page, "Subjects that conform, of those with a verdict") {
        let (quarter, value) = title.split_once(": ").expect("a value");
        let count = |key: &str| of(quarter)[key].as_f64().expect("a count");
        let share = count("conforms") / (count("conforms") + count("fails") + count("waived")) * 100.0;
        assert!((share - value.parse::<f64>().expect("a number")).abs() <= 0.05, "{title}");
        read += 1;
    }
    assert!(read >= 20, "{read}");
}

#[test]
fn a_page_of_a_very_large_isms_says_what_it_left_out() {
    let home = tempfile::tempdir().expect("a folder");
    let long = "a title that goes on and on ".repeat(160);
    let action = |number: usize| {
        format!(
            "- {{id: ACT-{number}, title: \"{long}\", owner: ana, raised: 2026-01-05, status: planned}}\n"
        )
    };
    let actions: String = (0..1300).map(action).collect();
    repository(home.path(), &[("isms.yaml", "organisation: Large\n"), ("actions.yaml", &actions)]);
    let pack = made(home.path(), &["--period", "2026-01-01..2026-01-31"]);
    let page = String::from_utf8(pack["evidence.html"].clone()).expect("UTF-8");
    assert!(page.len() <= MOST_BYTES, "{}", page.len());
    let document: Value = serde_json::from_slice(&pack["evidence.json"]).expect("is JSON");
    let index = String::from_utf8(pack["index.csv"].clone()).expect("UTF-8");
    let mut cut = 0;
    for table in chapter(&document, "actions")["tables"].as_array().expect("tables") {
        let rows = table["rows"].as_array().expect("rows").len();
        let caption = format!("<caption>{}</caption>", table["caption"].as_str().expect("a caption"));
        let Some(drawn) = page.split(&caption).nth(1) else { continue };
        let (body, behind) = drawn.split_once("</tbody>").expect("a body");
        let shown = body.matches("<tr><th scope=\"row\"").count();
        let more = format!("<p class=\"more\">{} more in index.csv</p>", rows - shown);
        let told = behind.split("<table").next().is_some_and(|behind| behind.contains(&more));
        assert_eq!(shown < rows, told, "{caption}: {shown} of {rows}");
        if shown < rows {
            let named = format!("actions,row,{},", table["key"].as_str().expect("a key"));
            assert_eq!(index.matches(&named).count(), rows, "{caption}");
            cut += 1;
        }
    }
    assert!(cut > 0);
    assert!(index.contains("Id: ACT-1299; Title: a title that goes on"), "the last one too");
}
