//! What holds for every output format, on the demo story: the same counts, true
//! places, the same bytes each time. And where reports are written to.

use clap::Parser;
use ismslint::cli::{Args, World, run};
use ismslint::output::Format;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// How a run ended, and what it said.
pub(crate) struct Ran {
    pub(crate) exit: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program inside this process, with an environment of our own.
pub(crate) fn ismslint_in(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let args = Args::try_parse_from(["ismslint"].iter().chain(arguments)).expect("usage");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut world = World {
        out: &mut out,
        err: &mut err,
        folder: folder.to_path_buf(),
        environment: environment.collect(),
        now: chrono::DateTime::from_timestamp(1_795_000_000, 0).expect("a date"),
        terminal: None,
    };
    let exit = run(args, &mut world).code();
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { exit, out: text(out), err: text(err) }
}

pub(crate) fn ismslint(folder: &Path, arguments: &[&str]) -> Ran {
    ismslint_in(folder, &[], arguments)
}

/// The demo as a repository.
pub(crate) fn demo(more: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let built = ismslint(folder.path(), &[&["demo", path, "--format", "concise"], more].concat());
    assert_eq!(built.exit, 0, "{}", built.err);
    folder
}

/// A repository with one record, which is overdue.
pub(crate) fn small() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    ismslint::git::write::Writer::create(folder.path()).expect("a repository");
    let action = "- { id: ACT-1, title: Patch, raised: 2026-01-01, due: 2026-02-01, status: planned }\n";
    fs::write(folder.path().join("actions.yaml"), action).expect("can be written");
    folder
}

/// A run that writes every format, and what it wrote.
pub(crate) struct Reports {
    pub(crate) run: Ran,
    files: BTreeMap<&'static str, String>,
}

impl Reports {
    pub(crate) fn of(&self, format: Format) -> &str {
        &self.files[format.name()]
    }

    pub(crate) fn json(&self) -> Value {
        json(self.of(Format::Json))
    }
}

/// `--output` for every format, into a folder.
fn all_outputs(folder: &Path) -> Vec<String> {
    let output = |format: Format| format!("--output={0}={1}/{0}", format.name(), folder.display());
    Format::ALL.into_iter().map(output).collect()
}

fn read_all(folder: &Path) -> BTreeMap<&'static str, String> {
    let read = |format: Format| fs::read_to_string(folder.join(format.name())).expect("was written");
    Format::ALL.into_iter().map(|format| (format.name(), read(format))).collect()
}

/// The check of a folder, in every format.
pub(crate) fn reports(folder: &Path) -> Reports {
    reports_with(folder, &[])
}

/// The same with further arguments.
pub(crate) fn reports_with(folder: &Path, more: &[&str]) -> Reports {
    let files = tempfile::tempdir().expect("a folder");
    let outputs = all_outputs(files.path());
    let arguments = ["check", "--as-of", "2026-11-02", "--format", "concise"].map(str::to_owned);
    let arguments = arguments.iter().chain(&outputs).map(String::as_str);
    let run = ismslint(folder, &arguments.chain(more.iter().copied()).collect::<Vec<_>>());
    Reports { run, files: read_all(files.path()) }
}

/// Makes the history end at HEAD, as a shallow clone does.
pub(crate) fn cut_history(folder: &Path) {
    let head = fs::read_to_string(folder.join(".git/refs/heads/main")).expect("has a branch");
    fs::write(folder.join(".git/shallow"), head).expect("can be written");
}

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("is JSON")
}

/// Errors, warnings and notices that a report in `format` shows.
fn shown(format: Format, text: &str) -> [usize; 3] {
    let words = ["error", "warning", "notice"];
    let lines = |opens: &dyn Fn(&str, &str) -> bool| {
        words.map(|word| text.lines().filter(|line| opens(line, word)).count())
    };
    match format {
        Format::Human => lines(&|line, word| line.starts_with(&format!("{word}: "))),
        Format::Concise => lines(&|line, word| line.contains(&format!(": {word}["))),
        Format::Github => lines(&|line, word| {
            line.starts_with(&format!("::{word} ")) && !line.contains("ismslint%3A not determined")
        }),
        Format::Markdown => lines(&|line, word| line.starts_with(&format!("- **{word}**"))),
        Format::Json => words.map(|word| count(&json(text)["findings"], "severity", word)),
        Format::Sarif => {
            ["error", "warning", "note"].map(|word| count(&json(text)["runs"][0]["results"], "level", word))
        }
        Format::Gitlab => ["major", "minor", "info"].map(|word| {
            let mut issues = json(text);
            issues.as_array_mut().expect("a list").retain(|issue| {
                !issue["check_name"].as_str().expect("has a name").starts_with("undetermined:")
            });
            count(&issues, "severity", word)
        }),
        Format::Junit => {
            let document = roxmltree::Document::parse(text).expect("is XML");
            words.map(|word| {
                let failures = document.descendants().filter(|node| node.attribute("type") == Some(word));
                // Two lines for each finding; what is undetermined has one.
                let texts = failures.filter_map(|failure| failure.text());
                texts.flat_map(str::lines).filter(|line| line.starts_with("  ")).count()
            })
        }
    }
}

fn count(list: &Value, field: &str, word: &str) -> usize {
    list.as_array().expect("a list").iter().filter(|item| item[field] == word).count()
}

#[test]
fn every_format_tells_the_same_counts() {
    let story = demo(&[]);
    for incomplete in [false, true] {
        if incomplete {
            cut_history(story.path());
        }
        let reports = reports(story.path());
        let report = reports.json();
        let counts = ["errors", "warnings", "notices"]
            .map(|name| usize::try_from(report["counts"][name].as_u64().expect("a number")).expect("small"));
        assert!(counts[0] > 5, "the story has errors");
        let waiting = report["counts"]["undetermined_rules"].as_u64().expect("a number");
        assert_eq!(waiting > 0, incomplete);
        assert_eq!((reports.run.exit, reports.run.err.as_str()), (1, ""));
        for format in Format::ALL {
            let out = reports.of(format);
            assert_eq!(shown(format, out), counts, "{format:?}:\n{out}");
            let told = out.contains(&format!("{} errors, {} warning", counts[0], counts[1]));
            let machine = matches!(format, Format::Json | Format::Sarif | Format::Gitlab);
            assert!(told || machine, "{format:?}:\n{out}");
            assert_eq!(out.contains("fetch-depth"), incomplete, "{format:?} tells the remedy");
            assert!(!incomplete || out.contains("open-record-deleted"), "{format:?} names the rule");
        }
        let invocation = &json(reports.of(Format::Sarif))["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], !incomplete);
    }
}

#[test]
fn an_empty_repository_and_a_clean_one_are_told_apart() {
    let empty = tempfile::tempdir().expect("a folder");
    ismslint::git::write::Writer::create(empty.path()).expect("a repository");
    let tidy = demo(&["--tidy"]);
    let (nothing, clean) = (reports(empty.path()), reports(tidy.path()));
    assert_eq!((nothing.run.exit, clean.run.exit), (3, 0));
    for format in Format::ALL {
        // The check turns red, so an annotation says what to do next.
        let annotated = usize::from(format == Format::Github);
        assert_eq!(shown(format, nothing.of(format)), [annotated, 0, 0], "{format:?}");
        assert_eq!(shown(format, clean.of(format)), [0; 3], "{format:?}");
        let told = |reports: &Reports| {
            let out = reports.of(format);
            out.contains("othing was recognised") || out.contains("nothing-recognised")
        };
        assert!(told(&nothing) && !told(&clean), "{format:?}: {}", nothing.of(format));
    }
}

/// The text between two positions (lines and columns from 1, characters).
fn slice(text: &str, start: (u64, u64), end: (u64, u64)) -> String {
    let mut found = String::new();
    let (mut line, mut column) = (1, 1);
    for character in text.chars() {
        if (line, column) >= start && (line, column) < end {
            found.push(character);
        }
        (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    found
}

#[test]
fn places_lead_to_the_quoted_text() {
    let story = demo(&[]);
    let reports = reports(story.path());
    let (report, sarif) = (reports.json(), json(reports.of(Format::Sarif)));
    let concise = reports.of(Format::Concise);
    let findings = report["findings"].as_array().expect("a list");
    assert!(!findings.is_empty());
    for (at, finding) in findings.iter().enumerate() {
        let place = &finding["place"];
        let path = place["path"].as_str().expect("a path");
        let text = fs::read_to_string(story.path().join(path)).expect("is there");
        let number = |of: &Value, field: &str| of[field].as_u64().expect("a number");
        let position = |of: &Value| (number(of, "line"), number(of, "column"));
        let (start, end) = (position(&place["start"]), position(&place["end"]));
        assert_eq!(slice(&text, start, end), place["quoted"], "{path}");
        let result = &sarif["runs"][0]["results"][at];
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], path);
        let region = &physical["region"];
        let start_of_region = (number(region, "startLine"), number(region, "startColumn"));
        let end_of_region = (number(region, "endLine"), number(region, "endColumn"));
        assert_eq!((start_of_region, end_of_region), (start, end));
        assert_eq!(result["ruleId"], finding["rule"]);
        let index = usize::try_from(number(result, "ruleIndex")).expect("small");
        assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], finding["rule"]);
        let line = concise.lines().nth(at).expect("a line for each");
        assert!(line.starts_with(&format!("{path}:{}:{}: ", start.0, start.1)), "{line}");
    }
}

#[test]
fn paths_are_those_of_the_repository_where_the_isms_is_a_folder_of_it() {
    let folder = small();
    let inner = folder.path().join("docs/our isms");
    fs::create_dir_all(&inner).expect("can be made");
    fs::write(inner.join("isms.yaml"), "").expect("can be written");
    fs::rename(folder.path().join("actions.yaml"), inner.join("actions.yaml")).expect("can be moved");
    let reports = reports(&inner);
    for format in Format::ALL {
        let out = reports.of(format);
        let path = if format == Format::Sarif { "docs/our%20isms/" } else { "docs/our isms/actions.yaml" };
        assert!(out.contains(path), "{format:?}: {out}");
    }
}

#[test]
fn the_same_bytes_at_every_time_and_place() {
    let story = demo(&[]);
    let here = reports(story.path());
    let from_below = reports(&story.path().join("metrics"));
    let files = tempfile::tempdir().expect("a folder");
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_ismslint"))
        .args(["check", "--as-of", "2026-11-02", "--format", "human", "--root"])
        .arg(story.path())
        .args(all_outputs(files.path()))
        .current_dir("/")
        .env_clear()
        .envs([("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8")])
        .output()
        .expect("runs");
    assert_eq!(elsewhere.status.code(), Some(1));
    let elsewhere = read_all(files.path());
    for format in Format::ALL {
        assert_eq!(here.of(format), from_below.of(format), "{format:?} from a folder of it");
        assert_eq!(here.of(format), elsewhere[format.name()], "{format:?} elsewhere");
    }
}

/// Environment, arguments, and whether there are colours.
type Coloured = (&'static [(&'static str, &'static str)], &'static [&'static str], bool);

#[test]
fn colours_are_for_people_who_want_them() {
    let story = small();
    let cases: [Coloured; 7] = [
        (&[], &[], false),
        (&[], &["--color", "always"], true),
        // What is asked for on the command line counts more.
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("FORCE_COLOR", "1")], &[], true),
        (&[("FORCE_COLOR", "0")], &[], false),
        (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
    ];
    for (environment, more, coloured) in cases {
        let arguments = [&["check", "--as-of", "2026-11-02", "--format", "human"], more].concat();
        let out = ismslint_in(story.path(), environment, &arguments).out;
        assert_eq!(out.contains('\u{1b}'), coloured, "{environment:?} {more:?}");
    }
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Human) {
        let arguments = ["check", "--color", "always", "--format", format.name()];
        assert!(!ismslint(story.path(), &arguments).out.contains('\u{1b}'), "{format:?}");
    }
}

#[test]
fn people_read_the_reason_of_a_rule_once() {
    let story = demo(&[]);
    let reports = reports(story.path());
    let (human, report) = (reports.of(Format::Human), reports.json());
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        *reasons.entry(finding["rule"].as_str().expect("a rule")).or_default() += 1;
    }
    assert!(reasons.values().any(|times| *times > 1), "a rule of the story finds twice");
    assert_eq!(human.lines().filter(|line| line.starts_with("  why: ")).count(), reasons.len());
    let widest = human.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(widest <= 100, "{widest} columns");
}

#[test]
fn a_page_ends_with_what_is_to_be_looked_at_next() {
    use crate::checking::{DAY, story};
    let page = |day: &str| ismslint(story(), &["check", "--format", "markdown", "--as-of", day]).out;
    let shown = page(DAY);
    for told in [
        "### Leadership metrics",
        "| Clicks in phishing exercises | █▆▄▃▂▁▃▁ | 6 % (2026-Q3) | 5 | no |",
        "### Due in 30 days, until 2026-12-02",
        "| 2026-11-30 | action | ACT-13 |",
    ] {
        assert!(shown.contains(told), "{told}\n{shown}");
    }
    // One day earlier the last of them is not within the time.
    assert!(!page("2026-10-30").contains("| 2026-11-30 | action | ACT-13 |"));
    assert!(page("2026-10-31").contains("| 2026-11-30 | action | ACT-13 |"));
}
