//! The driver: makes an input, runs the real program on it, and judges what
//! came of it by what the table wants and by what holds for every input.

use crate::place::{Place, SECRET};
use crate::table::{Expect, Input};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// The day of judgement.
pub(crate) const DAY: &str = "2026-11-02";

/// After this a run counts as one that hangs. No measure: a debug build on a
/// busy machine is far from it.
const HANGS: Duration = Duration::from_mins(1);

/// Every format.
pub(crate) const FORMATS: [&str; 8] =
    ["human", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"];

/// What a run came to.
pub(crate) struct Ran {
    /// The exit code; none where a signal ended it.
    pub(crate) exit: Option<i32>,
    /// Both streams.
    pub(crate) said: String,
    /// What was written, by format.
    pub(crate) reports: BTreeMap<&'static str, String>,
    pub(crate) seconds: f64,
    /// The largest part of memory that it ever held, in MiB.
    pub(crate) mebibytes: u64,
    hung: bool,
}

/// An input with what became of it.
pub(crate) struct Outcome {
    pub(crate) row: &'static str,
    pub(crate) name: String,
    pub(crate) exit: Option<i32>,
    pub(crate) seconds: f64,
    pub(crate) mebibytes: u64,
    /// What is wrong with that.
    pub(crate) fault: Option<String>,
}

/// Runs the program in a folder, writes of its streams beside it.
pub(crate) fn run(home: &Path, folder: &Path, around: Option<&str>, args: &[String]) -> Ran {
    let program =
        std::env::var_os("HOSTILE_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_ismslint").into());
    let mut command = match around {
        None => Command::new(&program),
        Some(line) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", line, "sh"]).arg(&program);
            shell
        }
    };
    let stream = |name: &str| fs::File::create(home.join(name)).expect("new");
    command.current_dir(folder).args(args).env_clear().env("PATH", "/usr/bin:/bin");
    // A child that is told who it is gets a memory of its own at once: else what
    // the system says of it begins with the most that the driver ever held.
    std::os::unix::process::CommandExt::uid(&mut command, rustix::process::getuid().as_raw());
    command.stdin(Stdio::null()).stdout(stream("out")).stderr(stream("err"));
    let started = Instant::now();
    let mut child = command.spawn().expect("starts");
    let id = rustix::process::Pid::from_child(&child);
    let (ended, waiting) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let hung = waiting.recv_timeout(HANGS).is_err();
        if hung {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
        hung
    });
    let used = child.wait4().expect("ends");
    let _ = ended.send(());
    let seconds = started.elapsed().as_secs_f64();
    let hung = watch.join().expect("watched");
    let text = |name: &str| String::from_utf8_lossy(&fs::read(home.join(name)).expect("there")).into_owned();
    let read = |format| Some((format, fs::read_to_string(home.join("reports").join(format)).ok()?));
    Ran {
        exit: used.status.code(),
        said: text("out") + &text("err"),
        reports: FORMATS.into_iter().filter_map(read).collect(),
        seconds,
        mebibytes: used.rusage.maxrss >> 20,
        hung,
    }
}

/// Makes an input and runs the check on it, with a report of each format.
pub(crate) fn tried(input: &Input) -> Ran {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path().canonicalize().expect("real");
    let place = Place::new(&home);
    (input.make)(&place);
    fs::create_dir(home.join("reports")).expect("new");
    let mut args = vec!["check".to_owned()];
    if !input.args.iter().any(|arg| arg == "--as-of") {
        args.extend(["--as-of", DAY].map(str::to_owned));
    }
    args.extend(FORMATS.map(|format| format!("--output={format}={}/reports/{format}", home.display())));
    args.extend(input.args.iter().cloned());
    let ran = run(&home, &place.root, input.around, &args);
    // What was made unreadable is made readable again, to be removed.
    let _ = Command::new("chmod").args(["-R", "u+rwX"]).arg(&place.root).stderr(Stdio::null()).status();
    ran
}

/// An input, tried and judged.
pub(crate) fn judged(input: &Input, measured: bool) -> Outcome {
    let mut ran = tried(input);
    let mut fault = wrong(input, &ran);
    if measured && fault.is_none() {
        // Other work on the machine makes a run slow, never fast.
        for _ in 0..4 {
            if ran.seconds <= input.ceiling.seconds {
                break;
            }
            ran.seconds = ran.seconds.min(tried(input).seconds);
        }
        if ran.seconds > input.ceiling.seconds || ran.mebibytes > input.ceiling.mebibytes {
            fault = Some(format!("took {:.2} s and {} MiB", ran.seconds, ran.mebibytes));
        }
    }
    Outcome {
        row: input.row,
        name: input.name.clone(),
        exit: ran.exit,
        seconds: ran.seconds,
        mebibytes: ran.mebibytes,
        fault,
    }
}

/// Every input, several at a time, or one after the other where it is measured.
pub(crate) fn all(inputs: &[Input], measured: bool) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    let workers =
        if measured { 1 } else { std::thread::available_parallelism().map_or(2, std::num::NonZero::get) };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = judged(input, measured);
                    outcomes.lock().expect("no panic").push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().expect("no panic")
}

/// What is wrong with what became of an input.
fn wrong(input: &Input, ran: &Ran) -> Option<String> {
    let said: String = ran.said.chars().take(1500).collect();
    let told = |what: &str| Some(format!("{what}; exit {:?}: {said}", ran.exit));
    if ran.hung {
        return told("hangs");
    }
    let Some(exit) = ran.exit else { return told("ended by a signal") };
    let wanted: &[i32] = match input.expect {
        Expect::Found(_) | Expect::Unread(_) => &[1],
        Expect::Clean => &[0],
        Expect::Open(_) => &[3],
        Expect::Refused(_) => &[2],
        Expect::Unwritten(_) => &[4],
        Expect::Told => &[1, 2, 3],
        Expect::Ends => &[0, 1, 2, 3],
    };
    if !wanted.contains(&exit) {
        return told(&format!("expected {:?}", input.expect));
    }
    if ran.said.contains(SECRET) || ran.reports.values().any(|report| report.contains(SECRET)) {
        return told("tells what lies outside");
    }
    if let Some(active) = std::iter::once(&ran.said).chain(ran.reports.values()).find_map(|text| active(text))
    {
        return told(&format!("active text {active:?}"));
    }
    match &input.expect {
        Expect::Refused(words) => {
            let silent = !ran.said.contains(words) || ran.said.len() > 40_000;
            return silent.then(|| told(&format!("without the words {words:?}"))).flatten();
        }
        Expect::Unwritten(words) => {
            return (!ran.said.contains(words))
                .then(|| told(&format!("without the words {words:?}")))
                .flatten();
        }
        _ if exit == 2 => return None,
        _ => {}
    }
    disagreement(ran, exit).or_else(|| unsaid(&input.expect, ran)).and_then(|what| told(&what))
}

/// A line with a character that acts on a terminal or hides what stands there.
fn active(text: &str) -> Option<String> {
    let acts = |character: char| {
        (character.is_control() && !matches!(character, '\n' | '\t'))
            || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.lines().find(|line| line.contains(acts)).map(|line| line.chars().take(200).collect())
}

/// Where the reports do not say the same, or are none.
fn disagreement(ran: &Ran, exit: i32) -> Option<String> {
    let missing = FORMATS.iter().find(|format| !ran.reports.contains_key(*format));
    if let Some(format) = missing {
        return Some(format!("no report in {format}"));
    }
    let parsed = |format: &str| serde_json::from_str::<Value>(&ran.reports[format]);
    let (json, sarif, gitlab) = match (parsed("json"), parsed("sarif"), parsed("gitlab")) {
        (Ok(json), Ok(sarif), Ok(gitlab)) => (json, sarif, gitlab),
        (json, sarif, gitlab) => {
            return Some(format!("{:?} {:?} {:?}", json.err(), sarif.err(), gitlab.err()));
        }
    };
    let junit = match roxmltree::Document::parse(&ran.reports["junit"]) {
        Ok(junit) => junit,
        Err(error) => return Some(format!("junit: {error}")),
    };
    let verdict = json["verdict"].as_str().unwrap_or_default();
    let right = match exit {
        0 => verdict == "clean" && json["complete"] == true,
        1 => verdict == "findings",
        _ => verdict == "incomplete" || verdict == "nothing-recognised",
    };
    if json["exit"] != exit || !right {
        return Some(format!(
            "exit {} and the verdict {verdict}, complete {}",
            json["exit"], json["complete"]
        ));
    }
    let properties = junit.descendants().filter(|node| node.has_tag_name("property"));
    let junit: Vec<_> = properties
        .filter(|node| node.attribute("name") == Some("verdict"))
        .filter_map(|node| node.attribute("value"))
        .collect();
    let sarif = &sarif["runs"][0];
    if junit != [verdict] || sarif["properties"]["verdict"] != verdict {
        return Some(format!("verdicts {verdict}, {junit:?} and {}", sarif["properties"]["verdict"]));
    }
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let findings = count(&json["findings"]);
    // Code scanning takes no more.
    if findings.min(25_000) != count(&sarif["results"]) || findings > count(&gitlab) {
        return Some(format!("{findings} findings, {} and {}", count(&sarif["results"]), count(&gitlab)));
    }
    let examined = sarif["invocations"][0]["executionSuccessful"] == true;
    let complete = json["complete"] == true;
    (complete && !examined && exit < 2).then(|| "complete, and no success in SARIF".to_owned())
}

/// What should be told, and is not, in one of the formats.
fn unsaid(expect: &Expect, ran: &Ran) -> Option<String> {
    let (words, rule) = match expect {
        Expect::Found(rule) | Expect::Unread(rule) => (*rule, true),
        Expect::Open(words) => (*words, false),
        _ => return None,
    };
    let json: Value = serde_json::from_str(&ran.reports["json"]).expect("was read");
    let mut findings = json["findings"].as_array().expect("a list").iter();
    if rule && !findings.any(|finding| finding["rule"] == words) {
        let rules: std::collections::BTreeSet<_> = json["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|finding| finding["rule"].to_string())
            .collect();
        return Some(format!("no finding of {words}, but {rules:?}"));
    }
    if matches!(expect, Expect::Unread(_)) && json["complete"] != false {
        return Some("not read, and complete".to_owned());
    }
    // A report may break its lines between words.
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let silent: Vec<_> =
        FORMATS.into_iter().filter(|format| !flat(&ran.reports[format]).contains(words)).collect();
    (!silent.is_empty()).then(|| format!("{words:?} is not told in {silent:?}"))
}
