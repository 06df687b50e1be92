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

/// The check of the demo in a format.
pub(crate) fn checked(folder: &Path, format: Format) -> Ran {
    ismslint(folder, &["check", "--as-of", "2026-11-02", "--all", "--format", format.name()])
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
        let report = json(&checked(story.path(), Format::Json).out);
        let counts = ["errors", "warnings", "notices"]
            .map(|name| usize::try_from(report["counts"][name].as_u64().expect("a number")).expect("small"));
        assert!(counts[0] > 5, "the story has errors");
        let waiting = report["counts"]["undetermined_rules"].as_u64().expect("a number");
        assert_eq!(waiting > 0, incomplete);
        for format in Format::ALL {
            let Ran { exit, out, err } = checked(story.path(), format);
            assert_eq!((exit, err.as_str()), (1, ""), "{format:?}");
            assert_eq!(shown(format, &out), counts, "{format:?}:\n{out}");
            // The waived one is told where a format can, and nowhere as a finding.
            let sentence = format!("{} errors, {} warning", counts[0], counts[1]);
            let told = out.contains(&sentence);
            let machine = matches!(format, Format::Json | Format::Sarif | Format::Gitlab);
            assert!(told || machine, "{format:?}:\n{out}");
            assert_eq!(
                out.contains("fetch-depth") || out.contains("not determined"),
                incomplete,
                "{format:?}"
            );
            assert!(!incomplete || out.contains("open-record-deleted"), "{format:?} names the rule");
        }
    }
}

#[test]
fn an_empty_repository_and_a_clean_one_are_told_apart() {
    let empty = tempfile::tempdir().expect("a folder");
    ismslint::git::write::Writer::create(empty.path()).expect("a repository");
    let tidy = demo(&["--tidy"]);
    for format in Format::ALL {
        let nothing = checked(empty.path(), format);
        let clean = checked(tidy.path(), format);
        assert_eq!((nothing.exit, clean.exit), (3, 0), "{format:?}");
        assert_eq!(shown(format, &nothing.out), [0; 3], "{format:?}");
        assert_eq!(shown(format, &clean.out), [0; 3], "{format:?}");
        let told =
            nothing.out.contains("othing was recognised") || nothing.out.contains("nothing-recognised");
        assert!(told, "{format:?}: {}", nothing.out);
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
    let report = json(&checked(story.path(), Format::Json).out);
    let sarif = json(&checked(story.path(), Format::Sarif).out);
    let concise = checked(story.path(), Format::Concise).out;
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
    let story = demo(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    ismslint::git::write::Writer::create(folder.path()).expect("a repository");
    let inner = folder.path().join("docs/our isms");
    fs::create_dir_all(&inner).expect("can be made");
    for name in ["isms.yaml", "actions.yaml"] {
        fs::copy(story.path().join(name), inner.join(name)).expect("can be copied");
    }
    for format in Format::ALL {
        let out = checked(&inner, format).out;
        let path = if format == Format::Sarif { "docs/our%20isms/" } else { "docs/our isms/actions.yaml" };
        assert!(out.contains(path), "{format:?}: {out}");
    }
}

#[test]
fn the_same_bytes_at_every_time_and_place() {
    let story = demo(&[]);
    let root = story.path().to_str().expect("UTF-8");
    for format in Format::ALL {
        let here = checked(story.path(), format).out;
        assert_eq!(here, checked(story.path(), format).out, "{format:?} twice");
        assert_eq!(here, checked(&story.path().join("metrics"), format).out, "{format:?} from a folder");
        let elsewhere = Command::new(env!("CARGO_BIN_EXE_ismslint"))
            .args(["check", "--as-of", "2026-11-02", "--all", "--root", root, "--format", format.name()])
            .current_dir("/")
            .env_clear()
            .envs([("TZ", "Pacific/Auckland"), ("LC_ALL", "tr_TR.UTF-8")])
            .output()
            .expect("runs");
        assert_eq!(here, String::from_utf8(elsewhere.stdout).expect("UTF-8"), "{format:?} elsewhere");
    }
}

#[test]
fn several_reports_in_one_run_are_those_of_several_runs() {
    let story = demo(&[]);
    let files = tempfile::tempdir().expect("a folder");
    let arguments = ["check", "--as-of", "2026-11-02", "--format", "concise"].map(str::to_owned);
    let outputs = Format::ALL
        .map(|format| format!("--output={}={}", format.name(), files.path().join(format.name()).display()));
    fs::write(files.path().join("json"), "an older report").expect("can be written");
    let arguments: Vec<&str> = arguments.iter().chain(&outputs).map(String::as_str).collect();
    let ran = ismslint(story.path(), &arguments);
    assert_eq!((ran.exit, ran.err.as_str()), (1, ""));
    assert_eq!(ran.out, checked(story.path(), Format::Concise).out);
    let mut written: Vec<_> = fs::read_dir(files.path())
        .expect("can be listed")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    written.sort();
    let mut wanted = Format::ALL.map(Format::name);
    wanted.sort_unstable();
    assert_eq!(written, wanted, "the reports, and nothing that was on the way to them");
    for format in Format::ALL {
        let text = fs::read_to_string(files.path().join(format.name())).expect("was written");
        assert_eq!(text, checked(story.path(), format).out, "{format:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_told_beside_the_verdict() {
    let story = demo(&[]);
    let files = tempfile::tempdir().expect("a folder");
    let target = files.path().join("target");
    fs::write(&target, "untouched").expect("can be written");
    std::os::unix::fs::symlink(&target, files.path().join("link")).expect("can be made");
    std::os::unix::fs::symlink(files.path().join("gone"), files.path().join("dangling"))
        .expect("can be made");
    fs::create_dir(files.path().join("folder")).expect("can be made");
    let cases = [
        ("link", "symbolic link"),
        ("dangling", "symbolic link"),
        ("folder", "something other than a file"),
        ("none/such", "No such file"),
        ("target/below", "Not a directory"),
    ];
    for (name, why) in cases {
        let first = format!("sarif={}", files.path().join(name).display());
        let second = format!("json={}", files.path().join("second").display());
        let arguments = ["check", "--as-of", "2026-11-02", "--output", &first, "--output", &second];
        let ran = ismslint(story.path(), &arguments);
        assert_eq!(ran.exit, 4, "{name}");
        assert!(ran.err.contains(why), "{name}: {}", ran.err);
        assert!(ran.err.contains("10 errors") && ran.out.contains("10 errors"), "{name}: {}", ran.err);
        fs::remove_file(files.path().join("second")).expect("the other report was written");
    }
    assert_eq!(fs::read_to_string(&target).expect("is there"), "untouched");
    assert!(!files.path().join("gone").exists());
    let twice = ismslint(story.path(), &["check", "--output", "json=a", "--output", "sarif=a"]);
    assert_eq!(twice.exit, 2);
    assert!(twice.err.contains("twice"), "{}", twice.err);
}

#[test]
fn outputs_are_refused_where_they_are_mistyped() {
    let cases = [
        ("sarf=a", "did you mean `sarif`"),
        ("a.sarif", "FORMAT=FILE"),
        ("json=", "the name of the file is missing"),
        ("json=-", "--format"),
        ("auto=a", "there is no format `auto`"),
    ];
    for (typed, told) in cases {
        let refused = Args::try_parse_from(["ismslint", "check", "--output", typed]).expect_err(typed);
        let message = refused.to_string();
        assert!(message.to_lowercase().contains(&told.to_lowercase()), "{typed}: {message}");
        assert_eq!(refused.exit_code(), 2);
    }
}

#[test]
fn colours_are_for_people_who_want_them() {
    let story = demo(&[]);
    let cases: [(&[(&str, &str)], &[&str], bool); 7] = [
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
    let human = checked(story.path(), Format::Human).out;
    let report = json(&checked(story.path(), Format::Json).out);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        *reasons.entry(finding["rule"].as_str().expect("a rule")).or_default() += 1;
    }
    assert!(reasons.values().any(|times| *times > 1), "a rule of the story finds twice");
    assert_eq!(human.lines().filter(|line| line.starts_with("  why: ")).count(), reasons.len());
    let widest = human.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(widest <= 100, "{widest} columns");
}
