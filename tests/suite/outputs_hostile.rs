//! Hostile text in every place that a repository can put text: no format lets
//! it act. A reader of each format judges, not the code that wrote it.

use crate::outputs::{Reports, json, reports, reports_with};
use ismslint::git::Instant;
use ismslint::git::write::{Files, Person, Writer};
use ismslint::output::Format;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;
use tempfile::TempDir;

/// What is written into titles, ids, names, messages and paths.
const HOSTILE: [&str; 24] = [
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://e.example\u{7}link\u{1b}]8;;\u{7}",
    "\u{9b}2J\u{7f}\u{8}\u{0c}",
    "::error::pwn",
    "line\n::error file=x::pwn",
    "line\r\n##[error]pwn",
    "##vso[task.complete]x",
    "\u{a0}::stop-commands::t",
    "]]><x/><![CDATA[",
    "<script>alert(1)</script>",
    "</summary></details><img src=x onerror=y>",
    "&lt;b&gt; &#64;team &amp;",
    "@team and @org/team and a@b.example",
    "#1 org/repo#2 GH-3",
    "| a | b |",
    "`code` ``` `` `",
    "[a](http://e.example) ![i](http://e.example/i.png) [1]: x [^1]",
    "https://e.example www.e.example ftp://e.example mailto:a@b.example",
    "\u{202e}bidi\u{2066}x\u{2069}\u{200b}",
    "$x$ $$y$$ $`z`$",
    "# head\n\n- [x] item\n\n---\n",
    "**b** _i_ ~~s~~ <!-- c --> \\* \\",
    "\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}",
    "\" onmouseover=\"x ' y %0A%25",
];

/// A repository that is hostile wherever it can be, with two commits.
fn hostile() -> TempDir {
    hostile_with(&|_| None)
}

/// The same with settings of each of the two commits.
fn hostile_with(settings: &dyn Fn(&str) -> Option<String>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::create(folder.path()).expect("a repository");
    let mut parents = Vec::new();
    let mut files = Files::new();
    for (due, seconds) in [("2026-02-01", 1_770_000_000), ("2026-03-01", 1_770_086_400)] {
        files = records(due);
        files.extend(settings(due).map(|text| ("isms.yaml".into(), text.into_bytes())));
        let when = Instant { seconds, offset_minutes: 0 };
        let name: String = HOSTILE.concat().replace(['<', '>', '\n', '\r', '\0'], " ");
        let person = Person { name: &name, email: "@team ::error::", when };
        let message = format!("{}\n", HOSTILE.concat().replace(['\n', '\r'], " "));
        let commit = writer.commit(&files, &parents, person, person, &message).expect("a commit");
        parents = vec![commit];
    }
    writer.branch("main", parents[0]).expect("a branch");
    writer.checkout(&files).expect("a work tree");
    folder
}

fn records(due: &str) -> Files {
    let quoted = |text: &str| serde_json::to_string(text).expect("text");
    let mut files = Files::new();
    for (at, text) in HOSTILE.into_iter().enumerate() {
        let record = format!(
            "id: ACT-{at}\ntitle: {0}\nraised: 2026-01-01\ndue: {due}\nstatus: {0}\nreferences: [{0}]\n{0}: 1\n",
            quoted(text)
        );
        let name = text.replace('/', "\u{2215}");
        files.insert(format!("actions/{name}.yaml").as_str().into(), record.into_bytes());
        let risk = format!("id: {0}\ntitle: {0}\nactions: [{0}]\n", quoted(text));
        files.insert(format!("risks/r{at}.yaml").as_str().into(), risk.into_bytes());
    }
    files
}

/// What no reader of any format should have to look at.
fn is_active(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn inert(format: Format, text: &str) {
    let active = text.lines().find(|line| line.chars().any(is_active));
    assert!(active.is_none(), "{format:?}: {active:?}");
    for (at, line) in text.lines().enumerate() {
        let command = line.trim_start().starts_with("::") && format != Format::Github;
        assert!(!command && !line.contains("##[") && !line.contains("##vso["), "{format:?} {at}: {line}");
    }
}

/// Every text in a JSON value.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

#[test]
fn no_format_lets_hostile_text_act() {
    let folder = hostile();
    let reports = reports(folder.path());
    let report = reports.json();
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.len() > 4 * HOSTILE.len(), "{} findings", findings.len());
    assert!(
        findings.iter().any(|finding| finding["commits"].as_array().is_some_and(|list| !list.is_empty()))
    );
    inert(Format::Human, reports.of(Format::Human));
    inert(Format::Concise, reports.of(Format::Concise));
    inert(Format::Concise, &reports.run.out);
    inert(Format::Github, reports.of(Format::Github));
    let concise =
        reports.of(Format::Concise).lines().filter(|line| !line.starts_with("undetermined[")).count();
    assert_eq!(concise, findings.len() + 1, "one line for each finding, and the verdict");
    github(reports.of(Format::Github));
    sarif(&reports, findings.len());
    gitlab(&reports, findings.len());
    junit(reports.of(Format::Junit));
    markdown(reports.of(Format::Markdown));
}

#[test]
fn no_change_lets_hostile_text_act() {
    let settings = |due: &str| {
        // YAML takes any character, as an escape.
        let escaped = |unit: u16| format!("\\u{unit:04x}");
        let quoted = |text: &str| format!("\"{}\"", text.encode_utf16().map(escaped).collect::<String>());
        let people: Vec<String> = HOSTILE
            .iter()
            .enumerate()
            .map(|(at, text)| format!("  - {{id: p{at}, name: {}}}\n", quoted(&format!("{text}{due}"))))
            .collect();
        Some(format!(
            "organisation: {}\npeople:\n{}",
            quoted(&format!("{due}{}", HOSTILE.concat())),
            people.concat()
        ))
    };
    let folder = hostile_with(&settings);
    // What is on disk goes further: records come and go, ids change.
    for (at, text) in HOSTILE.iter().enumerate().step_by(3) {
        let quoted = serde_json::to_string(&format!("{text} new")).expect("text");
        let risk = format!("id: {quoted}\ntitle: {quoted}\nresidual: 3\n");
        std::fs::write(folder.path().join(format!("risks/r{at}.yaml")), risk).expect("written");
    }
    std::fs::rename(folder.path().join("risks/r1.yaml"), folder.path().join("r1.txt")).expect("renamed");
    let reports = reports_with(folder.path(), &["--base", "HEAD~1"]);
    let report = reports.json();
    let count = |list: &str| report["change"][list].as_array().map_or(0, Vec::len);
    let counts = (count("records"), count("policy"));
    assert!(counts.0 >= HOSTILE.len() && counts.1 > HOSTILE.len(), "{counts:?}");
    for format in [Format::Human, Format::Concise, Format::Github, Format::Gitlab] {
        inert(format, reports.of(format));
    }
    for line in reports.of(Format::Github).lines().filter(|line| line.trim_start().starts_with("::")) {
        github(line);
    }
    let findings = report["findings"].as_array().expect("a list").len();
    sarif(&reports, findings);
    junit(reports.of(Format::Junit));
    page(reports.of(Format::Markdown), |headings| assert!((3..=8).contains(&headings), "{headings}"));
}

/// Only our own commands, one on a line.
fn github(text: &str) {
    for line in text.lines().filter(|line| !line.starts_with("ismslint: ")) {
        let (head, data) = line[2..].split_once("::").expect("a command");
        let (name, properties) = head.split_once(' ').expect("has properties");
        assert!(line.starts_with("::") && ["error", "warning", "notice"].contains(&name), "{line}");
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').expect("key and value");
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line}");
            assert!(!value.contains(':'), "{line}");
        }
        for part in data.split("%0A") {
            assert!(!part.trim_start().starts_with("::"), "{line}");
        }
    }
}

fn sarif(reports: &Reports, findings: usize) {
    let mut log = json(reports.of(Format::Sarif));
    // The line ends are named as they are.
    log["runs"][0]["newlineSequences"].take();
    let mut all = Vec::new();
    texts(&log, &mut all);
    for text in all {
        inert(Format::Sarif, text);
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or_default();
            assert!(target.parse::<u32>().is_ok(), "a link to {target}: {text}");
        }
    }
    let results = log["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), findings);
    for result in results {
        let uri =
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        assert!(uri.chars().all(plain) && !uri.starts_with('/') && !uri.contains(".."), "{uri}");
    }
}

fn gitlab(reports: &Reports, findings: usize) {
    let issues = json(reports.of(Format::Gitlab));
    let mut all = Vec::new();
    texts(&issues, &mut all);
    for text in all {
        inert(Format::Gitlab, text);
    }
    let issues = issues.as_array().expect("a list").iter();
    let undetermined = |issue: &&Value| issue["check_name"].as_str().is_some_and(|name| name.contains(':'));
    let issues: Vec<&Value> = issues.filter(|issue| !undetermined(issue)).collect();
    let mut prints: Vec<_> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!((issues.len(), prints.len()), (findings, findings), "each its own fingerprint");
}

fn junit(text: &str) {
    let document = roxmltree::Document::parse(text).expect("is well formed");
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
    for node in document.descendants() {
        assert!(!node.is_element() || known.contains(&node.tag_name().name()), "{:?}", node.tag_name());
        assert!(!node.is_comment() && !node.is_pi());
        inert(Format::Junit, node.text().unwrap_or_default());
        for attribute in node.attributes() {
            inert(Format::Junit, attribute.value());
            assert!(
                ["name", "type", "message", "value", "classname", "time"].contains(&attribute.name())
                    || attribute.value().parse::<u32>().is_ok()
            );
        }
    }
}

fn markdown(text: &str) {
    page(text, |headings| assert_eq!(headings, 2, "the verdict and what falls due, and no other"));
}

fn page(text: &str, headed: impl Fn(usize)) {
    let first = text.lines().next().expect("has a line");
    assert!(first.starts_with("## ismslint: findings ("), "{first}");
    inert(Format::Markdown, text);
    let mut headings = 0;
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::FootnoteDefinition(_)) => {
                panic!("{event:?}")
            }
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Strikethrough | Tag::Emphasis) => {
                panic!("{event:?}")
            }
            Event::Html(html) | Event::InlineHtml(html) => ours(&html),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::Rule => {
                panic!("{event:?}")
            }
            Event::TaskListMarker(_) => panic!("a box to tick"),
            Event::Text(text) => nothing_to_find(&text),
            _ => {}
        }
    }
    headed(headings);
}

/// The lines that fold a file up, and nothing else.
fn ours(html: &str) {
    let html = html.trim();
    if html.is_empty() || html == "</details>" {
        return;
    }
    let whole = format!("{html}</details>");
    let document = roxmltree::Document::parse(&whole).unwrap_or_else(|error| panic!("{error}: {html}"));
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(["details", "summary", "code"].contains(&node.tag_name().name()), "{html}");
        assert_eq!(node.attributes().count(), 0, "{html}");
    }
}

/// GitHub looks for these in finished text, outside of code.
fn nothing_to_find(text: &str) {
    let follows = |mark: &str, what: fn(char) -> bool| {
        text.match_indices(mark).any(|(at, _)| text[at + mark.len()..].starts_with(what))
    };
    assert!(!text.contains("://") && !text.to_lowercase().contains("www."), "{text}");
    assert!(!follows("@", char::is_alphanumeric) && !follows("#", |c| c.is_ascii_digit()), "{text}");
}
