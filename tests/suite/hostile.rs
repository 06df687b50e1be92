//! Repositories made to break the checker: none may end it, keep it busy, pass
//! in silence, or speak through it.
//!
//! Work is bounded by comparing an input with one of four times its size: what
//! is linear takes four times as long on any machine.

use super::checking::{check, ismslint};
use super::git_cli::Repo;
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::Instant;

/// Puts one file into a folder.
fn put(root: &Path, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) {
    let path = root.join(OsStr::from_bytes(path.as_ref()));
    std::fs::create_dir_all(path.parent().expect("below the root")).expect("new");
    std::fs::write(path, bytes).expect("written");
}

/// A repository with one file.
fn holding(path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> Repo {
    let repo = Repo::new();
    put(&repo.root, path, bytes);
    repo
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("a list");
    let mut rules: Vec<&str> = findings.iter().filter_map(|finding| finding["rule"].as_str()).collect();
    rules.dedup();
    rules
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

const ACTION: &str = "id: ACT-1\ntitle: Patch\nstatus: planned\n";

#[test]
fn broken_and_oversized_texts_are_findings_of_their_name() {
    let deep = |open: &str| open.repeat(5_000);
    let cases: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("flow lists without end", "actions/a.yaml", deep("[").into(), "limit-exceeded"),
        ("flow mappings without end", "actions/a.yaml", deep("{a: ").into(), "limit-exceeded"),
        ("lists in one line", "actions/a.yaml", deep("- ").into(), "limit-exceeded"),
        ("keys that are keys", "actions/a.yaml", deep("? ").into(), "limit-exceeded"),
        ("JSON lists without end", "actions/a.json", deep("[").into(), "limit-exceeded"),
        ("JSON objects without end", "actions/a.json", deep("{\"a\":").into(), "limit-exceeded"),
        (
            "lists as aliases",
            "actions/a.yaml",
            b"id: A\ntitle: T\nx-a: &a [x]\nx-b: [*a, *a]\n".into(),
            "alias-to-a-collection",
        ),
        ("an alias of itself", "actions/a.yaml", b"id: A\ntitle: &a [*a]\n".into(), "alias-to-a-collection"),
        (
            "few bytes that stand for many",
            "actions/a.yaml",
            format!("id: A\ntitle: &a {}\ntags: [{}]\n", "x".repeat(10_000), "*a,".repeat(1_000)).into(),
            "limit-exceeded",
        ),
        (
            "a key of a megabyte",
            "actions/a.yaml",
            format!("{ACTION}{}: 1\n", "k".repeat(1 << 20)).into(),
            "yaml-syntax",
        ),
        ("a merge", "actions/a.yaml", format!("{ACTION}<<: {{status: completed}}\n").into(), "merge-key"),
        (
            "code in a tag",
            "actions/a.yaml",
            b"id: A\ntitle: !!python/object/apply:os.system [id]\n".into(),
            "tag-not-allowed",
        ),
        (
            "a file in a tag",
            "actions/a.yaml",
            b"id: A\ntitle: !include /etc/passwd\n".into(),
            "tag-not-allowed",
        ),
        ("two answers", "actions/a.yaml", format!("{ACTION}status: completed\n").into(), "duplicate-key"),
        (
            "two answers in JSON",
            "actions/a.json",
            br#"{"id":"A","title":"T","title":"U"}"#.into(),
            "duplicate-key",
        ),
        ("a surrogate alone", "actions/a.json", br#"{"id":"A","title":"\ud800"}"#.into(), "json-syntax"),
        (
            "no number of JSON",
            "metrics/a.json",
            br#"{"id":"A","title":"T","target":NaN}"#.into(),
            "json-syntax",
        ),
        (
            "beyond all numbers",
            "metrics/a.json",
            br#"{"id":"A","title":"T","target":1e400}"#.into(),
            "wrong-type",
        ),
        ("text behind the object", "actions/a.json", br#"{"id":"A","title":"T"} x"#.into(), "json-syntax"),
        ("UTF-16", "actions/a.yaml", b"\xff\xfei\0d\0".into(), "file-not-read"),
        ("UTF-16 without a mark", "actions/a.yaml", b"i\0d\0:\0".into(), "file-not-read"),
        ("Latin-1", "actions/a.yaml", b"id: A\ntitle: \xe4\n".into(), "file-not-read"),
        ("a NUL at the end", "actions/a.yaml", format!("{ACTION}\0").into(), "file-not-read"),
        ("an escape character", "actions/a.yaml", b"id: A\ntitle: \x1b[31m\n".into(), "yaml-syntax"),
        ("a scalar", "actions/a.yaml", b"hello".into(), "not-a-record"),
        ("nothing in a list", "actions.yaml", b"- \n- \n".into(), "not-a-record"),
        (
            "records under another name",
            "actions.yaml",
            b"items:\n- {id: A, title: T}\n".into(),
            "unknown-field",
        ),
        (
            "a second list beside the register",
            "actions.yaml",
            b"actions:\n- {id: A, title: T}\nmore:\n- {id: B, title: T, status: nonsense}\n".into(),
            "not-a-record",
        ),
        (
            "a record beside the register",
            "actions.yaml",
            b"actions:\n- {id: A, title: T}\nid: B\nstatus: nonsense\n".into(),
            "not-a-record",
        ),
        (
            "two registers in one file",
            "actions.yaml",
            b"actions:\n- {id: A, title: T}\nrecords:\n- {id: B, title: T, status: nonsense}\n".into(),
            "value-not-allowed",
        ),
        ("front matter as code", "policies/p.md", b"---js\n{}\n---\n".into(), "front-matter-not-yaml"),
        ("front matter without end", "policies/p.md", b"---\nid: P\n".into(), "front-matter-not-closed"),
        ("no front matter", "policies/p.md", b"# Policy\n".into(), "no-front-matter"),
        ("front matter behind a blank", "policies/p.md", b" ---\nid: P\n---\n".into(), "no-front-matter"),
    ];
    for (what, path, bytes, rule) in cases {
        let ran = check(&holding(path, &bytes).root, &[]);
        let report = ran.json();
        assert_eq!(ran.exit, 1, "{what}: {report:#}");
        assert!(rules(&report).contains(&rule), "{what}: {:?}", rules(&report));
    }
}

#[test]
fn a_file_over_the_limit_is_not_read_and_not_passed_over() {
    let repo = holding("actions/a.yaml", ACTION);
    let file = std::fs::File::options().write(true).open(repo.root.join("actions/a.yaml")).expect("open");
    file.set_len(1 << 40).expect("a hole");
    let report = check(&repo.root, &[]).json();
    assert_eq!((rules(&report), &report["complete"]), (vec!["file-not-read"], &Value::Bool(false)));
}

/// What is looked at is the form; one rule is enough beside it.
const ONE_RULE: [&str; 2] = ["--select", "action-overdue-without-rationale"];

/// Puts something that is no file into a folder.
type Make<'m> = &'m dyn Fn(&Path);

#[test]
fn what_is_no_file_is_never_opened() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.yaml"), "id: SECRET-1\ntitle: T\n").expect("written");
    let link =
        |root: &Path, to: &Path, at: &str| std::os::unix::fs::symlink(to, root.join(at)).expect("linked");
    let fifo = |root: &Path, at: &str| {
        let made = std::process::Command::new("mkfifo").arg(root.join(at)).status().expect("mkfifo");
        assert!(made.success());
    };
    let cases: [(&str, Make<'_>, u8); 8] = [
        ("a pipe", &|root| fifo(root, "actions/a.yaml"), 1),
        (
            "a socket",
            &|root| drop(std::os::unix::net::UnixListener::bind(root.join("actions/a.yaml")).expect("bound")),
            1,
        ),
        ("a link out", &|root| link(root, &outside.path().join("secret.yaml"), "actions/a.yaml"), 1),
        ("a link to nothing", &|root| link(root, Path::new("nowhere"), "actions/a.yaml"), 1),
        ("a link to itself", &|root| link(root, Path::new("a.yaml"), "actions/a.yaml"), 1),
        ("a link in the place of a folder", &|root| link(root, outside.path(), "risks"), 1),
        ("a pipe as settings", &|root| fifo(root, "isms.yaml"), 2),
        ("a link as settings", &|root| link(root, Path::new("/etc/passwd"), "isms.yaml"), 2),
    ];
    for (what, make, exit) in cases {
        let repo = holding("actions/b.yaml", ACTION);
        make(&repo.root);
        let ran = check(&repo.root, &ONE_RULE);
        assert_eq!(ran.exit, exit, "{what}: {}{}", ran.out, ran.err);
        assert!(!format!("{}{}", ran.out, ran.err).contains("SECRET"), "{what}");
        assert!(exit != 1 || rules(&ran.json()) == ["file-not-read"], "{what}");
    }
}

#[test]
fn names_and_values_cannot_speak_to_a_terminal_or_a_runner() {
    let hostile = [
        ("an escape sequence", "\u{1b}]8;;http://x\u{7}"),
        ("a line of its own", "a\n::error::forged"),
        ("a carriage return", "a\r::error::forged"),
        ("the old form of a command", "##[error]forged"),
        ("an escaped line end", "a%0A::error::forged"),
        ("a property", "b,title=forged::forged"),
        ("text from right to left", "\u{202e}gnp"),
        ("a line separator", "a\u{2028}::error::forged"),
        ("an eight-bit escape", "\u{9b}31m"),
        ("a byte order mark", "\u{feff}x"),
    ];
    for (what, text) in hostile {
        let quoted = serde_json::to_string(text).expect("JSON");
        let record = format!(
            "{{\"id\": {quoted}, \"title\": {quoted}, \"status\": {quoted}, \"due\": \"2020-01-01\", \
             \"follow_up\": {quoted}, {quoted}: 1}}"
        );
        let repo = holding(format!("actions/{text}.json"), record);
        put(&repo.root, format!("foo/{text}.yaml"), "a: 1");
        put(&repo.root, format!("risks/{text}.yaml"), b"\xff\xfe");
        for format in ["human", "github"] {
            let ran = ismslint(&repo.root, &["check", "--as-of", "2026-11-02", "--format", format]);
            assert_eq!(ran.exit, 1, "{what}");
            let active = |character: char| {
                (character.is_control() && character != '\n')
                    || matches!(character, '\u{202e}' | '\u{2028}' | '\u{9b}' | '\u{feff}')
            };
            for line in ran.out.lines().chain(ran.err.lines()) {
                assert!(!line.contains(active) && !line.contains("##["), "{what}, {format}: {line:?}");
                let line = line.trim_start();
                let own = ["::error ", "::warning ", "::notice "].iter().any(|own| line.starts_with(own));
                assert!(!line.starts_with("::") || own, "{what}, {format}: {line:?}");
                let (properties, _) =
                    line.get(2..).and_then(|line| line.split_once("::")).unwrap_or_default();
                let titles = properties.split(',').filter(|property| property.starts_with("title=")).count();
                // A title of the whole run stands alone, without a file before it.
                let titles = titles + usize::from(properties.contains("error title="));
                assert!(!own || titles == 1, "{what}, {format}: {line:?}");
            }
        }
    }
}

#[test]
fn names_that_are_not_text_are_told_apart() {
    let long = [b"actions/".as_slice(), &[b'a'; 250], b".yaml"].concat();
    for name in [b"actions/\xff\xfe.yaml".as_slice(), b"actions/ .yaml", b"actions/--rev=x.yaml", &long] {
        let report = check(&holding(name, "id: A\ntitle: T\nstatus: nonsense\n").root, &[]).json();
        assert_eq!(rules(&report), ["value-not-allowed"], "{}", String::from_utf8_lossy(name));
    }
}

#[test]
fn hostile_settings_are_refused_at_their_place() {
    let cases = [
        ("nested without end", "people: ".to_owned() + &"[".repeat(100_000)),
        ("mappings without end", "{a: ".repeat(50_000)),
        ("lists in one line", "- ".repeat(100_000)),
        ("a list", "- a".to_owned()),
        ("text", "hello".to_owned()),
        ("a field that is not known", "x\u{1b}[31m: 1".to_owned()),
        ("a field of a megabyte", format!("{}: 1", "x".repeat(1 << 20))),
        ("two answers", "level: full\nlevel: essential".to_owned()),
        ("no such zone", "time_zone: ../../etc/passwd".to_owned()),
        ("no such day", "history_from: 2026-02-30".to_owned()),
        ("no such rule", "rules: {no-such-rule: {off: because}}".to_owned()),
        ("no such parameter", "rules: {waiver-expired: {params: {x: 1}}}".to_owned()),
        ("off without a reason", "rules: {waiver-expired: {off: ' '}}".to_owned()),
        ("no pattern", "ignore: ['[']".to_owned()),
        ("no kind", "mapping: [{files: '*', kind: nothing}]".to_owned()),
        ("an interval beyond the calendar", "intervals: {policy: 99999999999999999999 years}".to_owned()),
        ("UTF-16", "a\0".to_owned()),
        ("more than settings may hold", format!("# {}", "c".repeat(5 << 20))),
    ];
    for (what, settings) in cases {
        let repo = holding("isms.yaml", &settings);
        put(&repo.root, "actions/a.yaml", ACTION);
        let ran = check(&repo.root, &[]);
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{what}");
        assert!(ran.err.contains("isms.yaml") && !ran.err.contains('\u{1b}'), "{what}: {}", ran.err);
        assert!(ran.err.len() < 20_000, "{what}: {} bytes of words", ran.err.len());
    }
}

#[test]
fn patterns_that_multiply_are_refused_or_cheap() {
    for (what, pattern) in [
        ("alternatives of alternatives", "{a,b}".repeat(30)),
        ("nested alternatives", format!("{}b{}", "{a,".repeat(1_000), "}".repeat(1_000))),
        ("many stars", "*a".repeat(500)),
        ("many folders", "**/".repeat(1_000)),
        ("many classes", "[a-z]".repeat(5_000)),
    ] {
        let repo = holding("isms.yaml", format!("ignore: [\"{pattern}\"]\n"));
        put(&repo.root, format!("actions/{}.yaml", "a".repeat(200)), ACTION);
        let ran = check(&repo.root, &ONE_RULE);
        assert!(matches!(ran.exit, 0 | 2), "{what}: {}{}", ran.out, ran.err);
    }
}

/// Seconds of the faster of two runs.
fn seconds(path: &str, text: &str) -> f64 {
    let repo = holding(path, text);
    let run = || {
        let started = Instant::now();
        let ran = check(&repo.root, &[]);
        assert!(matches!(ran.exit, 0 | 1), "{}", ran.err);
        started.elapsed().as_secs_f64()
    };
    run().min(run())
}

#[test]
#[ignore = "it measures time: run it by hand on a machine that does nothing else"]
fn four_times_the_input_takes_about_four_times_as_long() {
    type Make<'m> = &'m dyn Fn(usize) -> String;
    let cases: [(&str, &str, Make<'_>); 9] = [
        ("records with one id", "actions.yaml", &|n| "- {id: A, title: T, status: planned}\n".repeat(n)),
        ("references to nothing", "actions.yaml", &|n| {
            lines(n, |at| format!("- {{id: A-{at}, title: T, status: planned, follow_up: B-{at}}}\n"))
        }),
        ("references in one record", "actions.yaml", &|n| {
            format!("- {ACTION}  links: {{action: [{}]}}\n", lines(n, |at| format!("Z{at},")))
                .replace("\ntitle", "\n  title")
                .replace("\nstatus", "\n  status")
        }),
        ("fields that are not known", "actions/a.yaml", &|n| {
            ACTION.to_owned() + &lines(n, |at| format!("f{at}: 1\n"))
        }),
        ("findings in one line", "actions.json", &|n| {
            let items = lines(n, |at| format!("{{\"id\":\"Ä{at}\",\"title\":\"T\",\"status\":\"x\"}},"));
            format!("[{}]", items.trim_end_matches(','))
        }),
        ("broken items", "actions.yaml", &|n| "- {id: A, title: ]\n".repeat(n)),
        ("rows of one metric", "metrics.yaml", &|n| {
            "- id: M\n  title: T\n  direction: higher_is_better\n  measurements:\n".to_owned()
                + &lines(n, |at| {
                    format!("  - {{period: {:04}-{:02}, value: -{at}}}\n", 1000 + at / 12, at % 12 + 1)
                })
        }),
        ("waivers and what they cover", "waivers.yaml", &|n| {
            lines(n, |at| {
                format!(
                    "- {{id: W-{at}, title: T, rule: waiver-expired, records: [W-{at}], reason: R, owner: O, \
                     approved: {{by: A, on: 2020-01-01}}, expires: 2020-01-02}}\n"
                )
            })
        }),
        ("documents of one file", "actions/a.yaml", &|n| {
            lines(n, |at| format!("---\nid: A{at}\ntitle: T\n"))
        }),
    ];
    for (what, path, make) in cases {
        let few = seconds(path, &make(250));
        let many = seconds(path, &make(1_000));
        // Quadratic work would be sixteen times; other tests run beside this one.
        assert!(many < few * 9.0 + 0.1, "{what}: {few:.3} s, and {many:.3} s for four times as much");
    }
}
