//! The program's output as a runner of GitHub Actions reads it: every issue is
//! a finding of the JSON of the same run, and nothing else is a command, be the
//! records as hostile as they like.

use crate::github_decoder::{Issue, KEPT, Kind, Log, MESSAGE, decode};
use clap::Parser as _;
use ismslint::cli::{Args, World, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// What a run writes on both streams.
pub(crate) fn ismslint(folder: &Path, args: &[&str]) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = Args::try_parse_from([&["ismslint"], args].concat()).expect("is understood");
    let mut world = World {
        out: &mut out,
        err: &mut err,
        folder: folder.to_owned(),
        environment: BTreeMap::from([("GITHUB_ACTIONS".to_owned(), "true".to_owned())]),
        now: "2026-11-02T12:00:00Z".parse().expect("a time"),
        terminal: None,
    };
    run(args, &mut world);
    let text = |bytes| String::from_utf8(bytes).expect("is UTF-8");
    (text(out), text(err))
}

/// The text with the characters that are shown as `\u{…}`, and without white
/// space before a mark: what the program shows so on purpose is no other text.
fn seen(text: &str) -> String {
    let plain = plain(text);
    let lines = plain.split_inclusive('\n').map(|line| {
        let trimmed = line.trim_start();
        if trimmed.starts_with("::") { trimmed } else { line }
    });
    lines.collect()
}

/// The text with the characters that are shown as `\u{…}`.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u{") {
        plain.push_str(before);
        let shown = after.split_once('}').and_then(|(code, tail)| {
            let code = u32::from_str_radix(code, 16).ok()?;
            Some((char::from_u32(code)?, tail))
        });
        let (meant, tail) = shown.map_or(("\\u{".to_owned(), after), |(meant, tail)| (meant.into(), tail));
        plain.push_str(&meant);
        rest = tail;
    }
    plain + rest
}

/// An annotation that has to come: findings of one severity in one line, or
/// something that could not be determined.
#[derive(Debug, Default)]
struct Due {
    severity: String,
    file: Option<String>,
    /// The lines and columns as they pass the runner.
    place: [Option<u32>; 4],
    title: String,
    /// What the message holds, in this order.
    parts: Vec<String>,
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("text at {pointer} in {value}"))
}

/// All annotations that the JSON of a run asks for.
fn due(json: &Value) -> Vec<Due> {
    let list = |name: &str| json[name].as_array().expect("a list").iter();
    let mut due: Vec<Due> = Vec::new();
    for finding in list("findings") {
        let number = |pointer: &str| {
            let number = finding.pointer(pointer).and_then(Value::as_u64).expect("a number");
            u32::try_from(number).expect("a line or a column")
        };
        let (path, rule) = (text(finding, "/place/path"), text(finding, "/rule"));
        let (line, col) = (number("/place/start/line"), number("/place/start/column"));
        let (end_line, end_col) = (number("/place/end/line"), number("/place/end/column"));
        let columns = line == end_line && col != end_col;
        let part = format!("{path}:{line}:{col} {rule}: {}", text(finding, "/message"));
        let parts = [part, text(finding, "/fix").to_owned()];
        let severity = text(finding, "/severity").to_owned();
        let same = due.iter_mut().find(|due| {
            due.severity == severity && due.file.as_deref() == Some(path) && due.place[0] == Some(line)
        });
        if let Some(same) = same {
            same.parts.extend(parts);
        } else {
            let place = [Some(line), Some(end_line), columns.then_some(col), columns.then_some(end_col)];
            let (title, file) = (rule.to_owned(), Some(path.to_owned()));
            due.push(Due { severity, file, place, title, parts: parts.into() });
        }
    }
    for due in due.iter_mut().filter(|due| due.parts.len() > 2) {
        let more = due.parts.len() / 2 - 1;
        due.title += &format!(" and {more} more finding{}", if more == 1 { "" } else { "s" });
    }
    let mut open: Vec<Due> = Vec::new();
    let undetermined = |why: &str| format!("not determined: {why}");
    for rule in list("rules") {
        for gap in rule["undetermined"].as_array().expect("a list") {
            let why = undetermined(text(gap, "/why"));
            let severity = text(rule, "/severity").to_owned();
            if !open.iter().any(|open| open.severity == severity && open.parts[0] == why) {
                let remedy = gap["remedy"].as_str().unwrap_or_default().to_owned();
                open.push(Due {
                    severity,
                    parts: vec![why, text(rule, "/id").to_owned(), remedy],
                    ..Due::default()
                });
            }
        }
    }
    for gap in list("not_examined") {
        open.push(Due {
            severity: "error".to_owned(),
            parts: vec![undetermined(text(gap, "/why"))],
            ..Due::default()
        });
    }
    due.extend(open);
    due
}

impl Due {
    fn is(&self, issue: &Issue) -> bool {
        let kind = match issue.kind {
            Kind::Error => "error",
            Kind::Warning => "warning",
            Kind::Notice => "notice",
        };
        let title = issue.title.as_deref().map(seen);
        kind == self.severity
            && issue.file.as_deref().map(seen) == self.file.as_deref().map(seen)
            && [issue.line, issue.end_line, issue.col, issue.end_column] == self.place
            && (self.file.is_none() || title.as_ref() == Some(&self.title))
            && self.says(&seen(&issue.message))
    }

    /// Whether the message holds all parts in their order, as far as it goes.
    fn says(&self, message: &str) -> bool {
        let mut rest = message;
        for (at, part) in self.parts.iter().map(|part| seen(part)).enumerate() {
            match rest.find(&part) {
                Some(0) => rest = &rest[part.len()..],
                Some(before) if at > 0 => rest = &rest[before + part.len()..],
                _ => {
                    let cut =
                        message.strip_suffix('…').filter(|kept| kept.chars().count() > MESSAGE * 9 / 10);
                    return cut.is_some() && at > 0;
                }
            }
        }
        true
    }
}

/// That neither stream has any command.
pub(crate) fn assert_silent(out: &str, err: &str, word: &str) {
    for log in [decode(out), decode(err)] {
        assert!(log.issues.is_empty() && log.others.is_empty(), "{word}: commands: {log:?}");
    }
}

/// Holds both streams of a run in the format for runners against its JSON.
fn assert_faithful(folder: &Path, args: &[&str], word: &str) -> (Log, usize) {
    let with = |format: &str| ismslint(folder, &[args, &["--format", format]].concat());
    let (json, _) = with("json");
    let json: Value = serde_json::from_str(&json).unwrap_or_else(|_| panic!("{word}: no JSON: {json}"));
    let (out, err) = with("github");
    assert_silent("", &err, word);
    let log = decode(&out);
    assert!(log.others.is_empty() && log.stopped.is_empty(), "{word}: other commands: {:?}", log.others);
    assert!(log.lost.is_empty(), "{word}: the runner drops {:?}", log.lost);
    // The old form must not hang on the new one being recognised.
    assert!(!out.contains("##[") && !out.contains("##vso["), "{word}: the old form stands in {out}");
    assert!(!out.contains('\u{1b}'), "{word}: colours");
    let mut due = due(&json);
    for kind in [Kind::Error, Kind::Warning, Kind::Notice] {
        let issues: Vec<&Issue> = log.issues.iter().filter(|issue| issue.kind == kind).collect();
        let severity = format!("{kind:?}").to_lowercase();
        let all = due.iter().filter(|due| due.severity == severity).count();
        let shown = if all > KEPT { KEPT - 1 } else { all };
        for issue in &issues[..shown.min(issues.len())] {
            assert!(issue.mended.is_empty(), "{word}: the runner mends {issue:?}");
            let found = due.iter().position(|due| due.is(issue));
            let found = found.unwrap_or_else(|| panic!("{word}: no finding for {issue:#?}\nof {due:#?}"));
            due.remove(found);
        }
        if all > KEPT {
            assert_eq!(issues.len(), KEPT, "{word}: {kind:?}");
            let (last, more) = (issues[KEPT - 1], all - shown);
            assert_eq!(last.file, None, "{word}: {last:?}");
            assert!(last.message.starts_with(&format!("{more} more ")), "{word}: {more} more, but {last:?}");
            due.retain(|due| due.severity != severity);
        } else {
            assert_eq!(issues.len(), all, "{word}: {kind:?}: {issues:#?}\nof {due:#?}");
        }
    }
    assert!(due.is_empty(), "{word}: not annotated: {due:#?}");
    let findings = json["findings"].as_array().map_or(0, Vec::len);
    (log, findings)
}

pub(crate) fn write(folder: &Path, path: &[u8], text: &str) {
    let path = folder.join(std::ffi::OsStr::from_bytes(path));
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

/// A text in YAML's double quotes, everything unusual escaped.
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        _ => format!("\\U{:08x}", u32::from(c)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// What a record may say. Each breaks out of some missing escape: of line ends,
/// of what ends a property or the list of them, of the old form, of `%` itself.
pub(crate) const PAYLOADS: &[&str] = &[
    "::error::forged",
    "x\n::error::forged",
    "x\r::error::forged",
    "x\r\n::error file=a::forged",
    "x\n\u{a0}::error::forged",
    "x\n \t\u{3000}::warning::forged",
    "x\n\u{2028}::notice::forged",
    "x\u{2028}::error::forged",
    "x\u{85}::error::forged",
    "\u{b}\u{c}::error::forged",
    "##[error]forged",
    "a ##[warning file=b;line=1]forged",
    "x\n##[stop-commands]t",
    "x\n::stop-commands::t",
    "::stop-commands::t",
    "x\n::add-mask::the",
    "::add-matcher::m.json",
    "x\n::group::g",
    "%0A::error::forged",
    "%250A::error::forged",
    "%0D##[error]forged",
    "%3A%2C%3B%5D",
    "100%",
    "b,title=forged",
    "b,line=1,col=2::forged",
    "a::b",
    "a]b;c,d:e=f",
    "\u{1b}[31m::error::forged",
    "x\u{1b}]8;;http://a.example\u{7}",
    "x\n\u{1b}[0m::error::forged",
    "\u{feff}::error::forged",
    "\u{200b}::error::forged",
    "\u{202e}::error::forged",
    "##vso[task.complete]forged",
    "x\n\n::error::a\n\n##[error]b",
    "\\u{3a}:error::forged",
];

#[test]
fn the_demo_in_a_runner() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, findings) = assert_faithful(folder.path(), &["demo"], "demo");
    assert!(findings > 5 && log.issues.len() > 5, "{log:?}");
}

#[test]
fn no_value_of_a_record_forges_a_command() {
    for payload in PAYLOADS {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, value) = (folder.path(), quoted(payload));
        let action = |rest: &str| format!("title: {value}\ndue: 2020-01-01\n{rest}");
        write(root, b"actions/title.yaml", &action("id: ACT-1\n"));
        write(root, b"actions/fields.yaml", &action(&format!("id: ACT-2\n{value}: 1\nstatus: {value}\n")));
        write(root, b"objectives/o.yaml", &format!("id: OBJ-1\ntitle: {value}\nmetric: {value}\n"));
        write(root, b"policies/p.md", &format!("---\nid: POL-1\ntitle: {value}\ntype: policy\n---\ntext\n"));
        write(root, b"risks/r.yaml", &format!("id: {value}\ntitle: a risk\n"));
        let word = format!("{payload:?}");
        let (log, findings) = assert_faithful(root, &["check", "--no-history"], &word);
        assert!(findings >= 6, "{word}: {findings} findings: {log:#?}");
        let text = |issue: &&Issue| seen(&issue.message).contains(&seen(payload));
        assert!(log.issues.iter().filter(text).count() >= 4, "{word}: not brought to people: {log:#?}");
    }
}

#[test]
fn no_name_of_a_file_forges_a_command() {
    for payload in PAYLOADS {
        let folder = tempfile::tempdir().expect("a folder");
        let name = payload.replace('/', "∕");
        let path = format!("actions/{name}.yaml");
        write(folder.path(), path.as_bytes(), "id: ACT-1\ntitle: Patch\ndue: 2020-01-01\n");
        write(folder.path(), format!("actions/{name}/x.yaml").as_bytes(), "id: ACT-1\ntitle: [\n");
        let (log, findings) =
            assert_faithful(folder.path(), &["check", "--no-history"], &format!("{path:?}"));
        assert!(findings >= 2, "{path:?}: {log:?}");
        assert!(
            log.issues.iter().any(|issue| issue.file.as_deref().map(seen) == Some(seen(&path))),
            "{path:?}"
        );
    }
}

/// One finding for each record, whatever the catalogue grows to.
const ONE_RULE: [&str; 4] = ["check", "--no-history", "--select", "action-overdue-without-rationale"];

#[test]
fn ten_are_shown_and_the_tenth_counts_the_rest() {
    for (count, word) in [(9, "below"), (10, "as many as there is room for"), (11, "one more"), (40, "many")]
    {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..count {
            let record = format!("id: ACT-{number}\ntitle: \"100%, ::error::x\"\ndue: 2020-01-01\n");
            write(folder.path(), format!("actions/{number}.yaml").as_bytes(), &record);
        }
        let (log, findings) = assert_faithful(folder.path(), &ONE_RULE, word);
        assert_eq!((log.issues.len(), findings), (count.min(KEPT), count), "{word}");
    }
}

#[test]
fn a_message_is_cut_before_the_runner_cuts_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = |number| format!("{{id: ACT-{number}, title: \"😀%\\n::error::x\", due: 2020-01-01}}");
    let all: Vec<String> = (0..60).map(record).collect();
    write(folder.path(), b"actions/all.yaml", &format!("[{}]\n", all.join(", ")));
    let (log, findings) = assert_faithful(folder.path(), &ONE_RULE, "sixty in a line");
    assert_eq!((log.issues.len(), findings), (1, 60));
    let length = log.issues[0].message.encode_utf16().count();
    assert!((MESSAGE * 9 / 10..=MESSAGE).contains(&length), "{length}");
}

#[test]
fn gaps_in_the_evidence_forge_no_command() {
    for head in ["ref: refs/heads/::error::x", "ref: refs/heads/x##[error]y", "##[error]y", "::error::x"] {
        let folder = tempfile::tempdir().expect("a folder");
        for part in ["objects", "refs"] {
            std::fs::create_dir_all(folder.path().join(".git").join(part)).expect("made");
        }
        write(folder.path(), b".git/HEAD", &format!("{head}\n"));
        write(folder.path(), b"actions/##[error]\n::error::x.yaml", "\u{0}\u{1}");
        write(folder.path(), b"actions/a.yaml", "id: ACT-1\ntitle: Patch\ndue: 2020-01-01\n");
        let (log, _) = assert_faithful(folder.path(), &["check"], head);
        assert!(log.issues.iter().any(|issue| issue.file.is_none()), "{head}: {log:?}");
    }
}

#[test]
fn a_path_is_told_in_full() {
    for blank in ["\u{a0}", " ", "\t", "\u{2028}"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = format!("actions/x\n{blank}::y.yaml");
        write(folder.path(), path.as_bytes(), "id: ACT-1\ntitle: Patch\ndue: 2020-01-01\n");
        let (out, _) = ismslint(folder.path(), &["check", "--no-history", "--format", "github"]);
        assert_eq!(decode(&out).issues[0].file.as_deref().map(plain), Some(path));
    }
}
