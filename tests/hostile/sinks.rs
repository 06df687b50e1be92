//! Three hundred texts that want to act, in nine sinks, each read by a reader of
//! its format that is not ours: what arrives is the text (its control characters
//! made visible), and nothing of it became a command, a link, an element, a
//! formula or a cell.
//!
//! One record for each text, overdue, so that its title stands in a finding.

use crate::driver::{DAY, FORMATS, run};
use crate::github_decoder::decode;
use crate::place::Place;
use ismslint::escape::{self, Raw, command_data, command_property, plain};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

/// What is varied.
const SEEDS: [&str; 60] = [
    "::error::forged",
    "::error file=a,line=1::forged",
    "::stop-commands::t",
    "::add-mask::the",
    "::set-output name=a::b",
    "##[error]forged",
    "##[group]x",
    "##vso[task.complete]x",
    "%0A::error::forged",
    "%250A::error::forged",
    "a,title=forged",
    "a:b,c=d;e]f",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://e.example\u{7}l\u{1b}]8;;\u{7}",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{9b}2J",
    "\u{7f}\u{8}\u{c}",
    "\u{202e}gnp.exe",
    "\u{2066}a\u{2069}",
    "\u{2028}::error::forged",
    "\u{85}::error::forged",
    "\u{feff}x",
    "a\u{200b}b",
    "a\u{0}b",
    "[a](http://e.example)",
    "![a](http://e.example/i.png)",
    "<http://e.example>",
    "http://e.example",
    "www.e.example",
    "[a]: http://e.example",
    "@team",
    "@org/team",
    "#12",
    "org/repo#12",
    "| a | b |",
    "`code`",
    "```",
    "$x$",
    "$$y$$",
    "**b** _i_ ~~s~~",
    "- [x] done",
    "[^1]",
    "\\",
    "# heading",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "</td></table><b>x",
    "\" onmouseover=\"x",
    "' onclick='x",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "&#64;team",
    "<!-- c -->",
    "]]><x/><![CDATA[",
    "<!DOCTYPE a>",
    "{{7*7}}{% x %}",
    "=HYPERLINK(\"http://e.example\")",
    "+cmd|'/C calc'!A0",
    "-1+2",
    "@SUM(A1:A9)",
];

/// Each seed as it is, behind text, behind a line end, in quotes, and twice.
fn payloads() -> Vec<String> {
    let ways: [fn(&str) -> String; 5] = [
        |seed| seed.to_owned(),
        |seed| format!("Patch {seed} now"),
        |seed| format!("Patch\n{seed}"),
        |seed| format!("\"{seed}\", `{seed}`"),
        |seed| format!("風🛡\t{seed}{seed}"),
    ];
    SEEDS.iter().flat_map(|seed| ways.iter().map(move |way| way(seed))).collect()
}

/// What the program wrote, by sink.
struct Written {
    reports: BTreeMap<&'static str, String>,
    terminal: String,
    register: String,
    page: String,
    index: String,
}

fn written() -> &'static Written {
    static WRITTEN: OnceLock<Written> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let home = tempfile::tempdir().expect("a folder");
        let home = home.path().canonicalize().expect("real");
        let place = Place::new(&home);
        let record = |(at, text): (usize, &String)| {
            let title = serde_json::to_string(text).expect("text");
            format!("{{\"id\":\"ACT-{at}\",\"title\":{title},\"owner\":{title},\"raised\":\"2026-01-01\",\"due\":\"2026-02-01\",\"status\":\"planned\"}}")
        };
        let records: Vec<String> = payloads().iter().enumerate().map(record).collect();
        place.commits(&[vec![("actions.json", format!("[{}]", records.join(",\n")))]]);
        fs::create_dir(home.join("reports")).expect("new");
        let ran = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            run(&home, &place.root, None, &args)
        };
        let outputs = FORMATS.map(|format| format!("--output={format}={}/reports/{format}", home.display()));
        let mut check = vec!["check", "--as-of", DAY, "--all", "--color", "always", "--format", "human"];
        check.extend(["--select", "action-overdue-without-rationale"]);
        check.extend(outputs.iter().map(String::as_str));
        let checked = ran(&check);
        assert_eq!(checked.exit, Some(1), "{}", checked.said);
        let register = ran(&["register", "--format", "csv", "--as-of", DAY]);
        let pack = home.join("pack");
        let made = ran(&["evidence", "--period", "2026-01-01..2026-10-31", "--as-of", DAY, "--out", &pack.display().to_string()]);
        assert!(pack.join("evidence.html").exists(), "{}", made.said);
        let read = |name: &str| fs::read_to_string(pack.join(name)).expect("there");
        Written { reports: checked.reports, terminal: checked.said, register: register.said, page: read("evidence.html"), index: read("index.csv") }
    })
}

/// Words without what stands between them, and without what a sink puts in to
/// break a mention or an address.
fn flat(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{2060}')).collect()
}

/// The text, where it does not arrive.
fn lost_from(text: &str, decoded: &str) -> Option<String> {
    let decoded = flat(decoded);
    let forms = [
        text.to_owned(),
        plain(text),
        plain(&text.replace(char::is_whitespace, " ")),
        text.lines().map(plain).collect(),
    ];
    (!forms.iter().any(|form| decoded.contains(&flat(form)))).then(|| text.to_owned())
}

/// The texts that do not arrive in what a reader made of a sink. Visible escapes
/// of the same character count, whoever made them.
fn lost(decoded: &str) -> Vec<String> {
    payloads().iter().filter_map(|text| lost_from(text, decoded)).collect()
}

fn all_arrive(sink: &str, decoded: &str) {
    let lost = lost(decoded);
    assert!(lost.is_empty(), "{sink}: {} of {}: {lost:#?}", lost.len(), payloads().len());
}

/// Nothing that a person or a terminal would take for something else.
fn inert(sink: &str, text: &str) {
    let acts = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let line = text.lines().find(|line| line.contains(acts));
    assert!(line.is_none(), "{sink}: {line:?}");
}

#[test]
fn there_are_three_hundred() {
    let mut payloads = payloads();
    payloads.sort();
    payloads.dedup();
    assert_eq!(payloads.len(), 300);
}

#[test]
fn commands_of_a_runner() {
    let log = decode(&written().reports["github"]);
    assert!(log.others.is_empty() && log.stopped.is_empty(), "{:?} {:?}", log.others, log.stopped);
    let issues: Vec<_> = log.issues.iter().chain(&log.lost).collect();
    assert!(issues.iter().all(|issue| issue.mended.iter().all(|mend| mend == "message cut")), "{issues:?}");
    // No more than a runner keeps are written; each that is holds its text.
    let arrived: Vec<_> =
        issues.iter().filter(|issue| issue.file.as_deref() == Some("actions.json")).collect();
    assert!(arrived.len() >= 9, "{issues:?}");
    for issue in arrived {
        assert_eq!(issue.title.as_deref(), Some("action-overdue-without-rationale"));
        inert("commands", &issue.message);
        assert!(payloads().iter().any(|text| lost_from(text, &issue.message).is_none()), "{issue:?}");
    }
    for text in payloads() {
        let raw = Raw::from(text.clone());
        let line = format!("::error title={}::{}\n", command_property(&raw), command_data(&raw));
        let log = decode(&line);
        assert_eq!((log.issues.len(), log.others.len(), log.text.len()), (1, 0, 1), "{line:?}");
        let title = log.issues[0].title.as_deref().unwrap_or_default();
        let message = &log.issues[0].message;
        for decoded in [title, message] {
            inert("commands", decoded);
            assert!(lost_from(&text, decoded).is_none(), "{line:?}: {decoded:?}");
        }
    }
}

#[test]
fn properties_of_an_annotation() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path().canonicalize().expect("real");
    let place = Place::new(&home);
    let names: Vec<String> = payloads()
        .into_iter()
        .map(|text| text.replace(['/', '\0'], "_").chars().take(60).collect())
        .collect();
    for name in &names {
        place.put(format!("actions/{name}.json"), "{\"id\":\"A\",\"title\":\"T\",\"status\":\"wrong\"}");
    }
    let args = [
        "check",
        "--as-of",
        DAY,
        "--format",
        "github",
        "--all",
        "--select",
        "action-overdue-without-rationale",
    ];
    let ran = run(&home, &place.root, None, &args.map(str::to_owned));
    let log = decode(&ran.said);
    assert!(log.others.is_empty() && log.stopped.is_empty(), "{:?} {:?}", log.others, log.stopped);
    for issue in log.issues.iter().chain(&log.lost) {
        assert!(issue.mended.iter().all(|mend| mend == "message cut"), "{issue:?}");
        assert!(
            issue.file.as_deref().is_none_or(|file| file.starts_with("actions/") && file.contains(".json")),
            "{issue:?}"
        );
        assert!(
            issue.title.as_deref().is_some_and(|title| [
                "value-not-allowed",
                "duplicate-id",
                "not-an-id",
                "ismslint"
            ]
            .iter()
            .any(|rule| title.starts_with(rule))),
            "{issue:?}"
        );
    }
    inert("properties", &ran.said);
}

#[test]
fn a_terminal() {
    let text = &written().terminal;
    // Our own colours: `ESC [ digits ; digits m`.
    let mut plain_text = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain_text.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').expect("an end");
        assert!(after[end..].starts_with('m'), "{:?}", &after[..20.min(after.len())]);
        rest = &after[end + 1..];
    }
    plain_text.push_str(rest);
    inert("terminal", &plain_text);
    let commands =
        plain_text.lines().find(|line| line.trim_start().starts_with("::") || line.contains("##["));
    assert!(commands.is_none(), "{commands:?}");
    // Frames and gutters stand between the lines of one text.
    let words: String = plain_text
        .lines()
        .map(|line| line.trim_start_matches([' ', '│', '×', '·', '╰', '╭', '─', '▶']).to_owned() + " ")
        .collect();
    all_arrive("terminal", &words);
}

/// What a reader of Markdown shows; nothing in it may be markup but ours.
fn shown(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push(' '),
            Event::Html(html) | Event::InlineHtml(html) => {
                let page = scraper::Html::parse_fragment(&html);
                for element in page.root_element().descendants().filter_map(scraper::ElementRef::wrap).skip(1)
                {
                    let known = ["details", "summary", "code"].contains(&element.value().name());
                    assert!(known && element.value().attrs().count() == 0, "{html}");
                }
                text.extend(page.root_element().text());
            }
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::HtmlBlock
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            ) => {}
            other => panic!("{other:?}: {markdown}"),
        }
    }
    text
}

#[test]
fn markdown() {
    let page = shown(&written().reports["markdown"]);
    let arrived = payloads().len() - lost(&page).len();
    assert!(arrived >= 50, "{arrived}");
    for text in payloads() {
        let raw = Raw::from(text.clone());
        let cells = format!(
            "| a | b |\n| --- | --- |\n| {} | {} |\n",
            escape::markdown(&raw),
            escape::markdown_code(&raw)
        );
        let item = format!("- **error** {}\n", escape::markdown(&raw));
        for markdown in [cells, item] {
            let decoded = shown(&markdown);
            assert!(lost_from(&text, &decoded).is_none(), "{markdown}: {decoded}");
            assert!(!decoded.contains("://") || markdown.contains('`'), "{markdown}");
        }
    }
}

#[test]
fn the_page_of_an_evidence_pack() {
    let page = scraper::Html::parse_document(&written().page);
    for element in page.root_element().descendants().filter_map(scraper::ElementRef::wrap) {
        let name = element.value().name();
        assert!(
            !["script", "iframe", "object", "embed", "img", "form", "base", "link", "video", "input"]
                .contains(&name),
            "{name}"
        );
        for (attribute, value) in element.value().attrs() {
            assert!(!attribute.starts_with("on"), "{name} {attribute}={value}");
            let leads = ["href", "src", "action", "xlink:href", "data"].contains(&attribute);
            assert!(!leads || value.starts_with('#'), "{name} {attribute}={value}");
        }
    }
    let comments = page.tree.values().filter(|node| node.is_comment()).count();
    assert_eq!(comments, 0, "no comment but ours");
    let text: String = page.root_element().text().collect::<Vec<_>>().join(" ");
    inert("page", &text);
    all_arrive("page", &text);
}

#[test]
fn cells_of_a_table() {
    for (sink, text) in [("register", &written().register), ("index", &written().index)] {
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
        let mut cells = String::new();
        for row in reader.records() {
            for cell in &row.unwrap_or_else(|error| panic!("{sink}: {error}")) {
                // A number is no formula.
                let formula =
                    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
                assert!(!formula, "{sink}: {cell:?}");
                cells.push_str(cell);
                cells.push('\n');
            }
        }
        inert(sink, &cells);
        if sink == "register" {
            all_arrive(sink, &cells);
        }
    }
}

/// Every text of a JSON value.
fn texts(value: &Value, found: &mut String) {
    match value {
        Value::String(text) => found.push_str(&(text.clone() + "\n")),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

fn json(format: &str) -> (Value, String) {
    let value: Value = serde_json::from_str(&written().reports[format]).expect("is JSON");
    let mut found = String::new();
    texts(&value, &mut found);
    (value, found)
}

#[test]
fn json_and_sarif() {
    let (report, text) = json("json");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(300));
    all_arrive("JSON", &text);
    let (log, text) = json("sarif");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), 300);
    for result in results {
        assert!(result["message"]["markdown"].is_null(), "{result}");
        let message = result["message"]["text"].as_str().expect("text");
        let linked = message
            .match_indices("](")
            .any(|(at, _)| !message[..at].ends_with('\\') && message[at + 2..].starts_with("http"));
        assert!(!linked, "{message}");
    }
    // SARIF has a backslash before what it would take for a link.
    let text = text.replace("\\[", "[").replace("\\]", "]").replace("\\\\", "\\");
    let lost: Vec<_> = lost(&text).into_iter().filter(|text| !text.contains("\\\\")).collect();
    assert!(lost.is_empty(), "SARIF: {lost:#?}");
}

#[test]
fn code_quality() {
    let (issues, text) = json("gitlab");
    assert_eq!(issues.as_array().map(Vec::len), Some(300));
    inert("Code Quality", &text);
    all_arrive("Code Quality", &text);
}

#[test]
fn test_results() {
    let document = roxmltree::Document::parse(&written().reports["junit"]).expect("well formed");
    let known = [
        "testsuites",
        "testsuite",
        "properties",
        "property",
        "testcase",
        "failure",
        "error",
        "skipped",
        "system-out",
    ];
    let mut text = String::new();
    for node in document.root_element().descendants() {
        assert!(!node.is_element() || known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        assert!(!node.is_comment() && !node.is_pi());
        text.push_str(node.text().unwrap_or_default());
        node.attributes().for_each(|attribute| text.push_str(attribute.value()));
    }
    inert("JUnit", &text);
    all_arrive("JUnit", &text);
}
