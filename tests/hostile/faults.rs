//! Runs that are cut short: killed at any instant, or writing where no file may
//! grow beyond a size. What stands in the place of an output afterwards is what
//! was there before, or the whole new one; never a part of it.
//!
//! A limit on the size of files (`ulimit -f`, in blocks of the shell) makes every
//! write fail from some byte on, as a full disk does; its signal is ignored, so
//! that the program is told by the failed write.

use crate::place::{ACTION, Place};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What stood in the outputs before.
const BEFORE: &str = "what was there before\n";

/// An ISMS with so many findings that its reports fill several blocks.
fn isms(home: &Path) -> Place {
    let place = Place::new(home);
    place.put("isms.yaml", "organisation: Example\n");
    for number in 0..200 {
        let record = ACTION.replace("ACT-1", &format!("ACT-{number}"));
        place.put(format!("actions/a{number}.yaml"), format!("{record}unknown{number}: yes\n"));
    }
    place
}

fn program() -> String {
    std::env::var("HOSTILE_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_ismslint").to_owned())
}

/// A format, and whether a text in it is whole.
type Report = (&'static str, fn(&str) -> bool);

/// The reports that a run writes.
const REPORTS: [Report; 3] = [
    ("json", |text| serde_json::from_str::<serde_json::Value>(text).is_ok()),
    ("sarif", |text| serde_json::from_str::<serde_json::Value>(text).is_ok()),
    ("junit", |text| text.trim_end().ends_with("</testsuites>")),
];

/// A check that writes all reports into the folder beside the repository.
fn arguments(place: &Place) -> Vec<String> {
    let mut arguments = vec!["check".to_owned(), "--as-of=2026-03-01".to_owned()];
    for (format, _) in REPORTS {
        let file = place.outside.join(format);
        std::fs::write(&file, BEFORE).expect("written");
        arguments.push(format!("--output={format}={}", file.display()));
    }
    arguments
}

/// How many outputs are new; panics where one is neither old nor whole, or where
/// something else was left behind.
fn replaced(place: &Place, told: &str) -> usize {
    let mut new = 0;
    for (format, is_whole) in REPORTS {
        let text = std::fs::read_to_string(place.outside.join(format)).expect("it is there");
        if text != BEFORE {
            assert!(is_whole(&text), "{told}: a part of {format}: {} bytes", text.len());
            new += 1;
        }
    }
    new
}

fn leftovers(place: &Place) -> Vec<String> {
    let known = |name: &str| name == "secret.yaml" || REPORTS.iter().any(|(format, _)| *format == name);
    let entries = std::fs::read_dir(&place.outside).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| !known(name)).collect()
}

/// Runs are killed after so many microseconds more each time.
fn killed(times: u32) {
    let home = tempfile::tempdir().expect("a folder");
    let place = isms(home.path());
    let whole = {
        let begun = std::time::Instant::now();
        let ended = Command::new(program()).args(arguments(&place)).current_dir(&place.root).output();
        assert_eq!(ended.expect("runs").status.code(), Some(1));
        assert_eq!(replaced(&place, "a whole run"), REPORTS.len());
        begun.elapsed()
    };
    let (mut before, mut after) = (0, 0);
    for number in 0..times {
        let mut child = Command::new(program())
            .args(arguments(&place))
            .current_dir(&place.root)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        // Up to the length of a whole run and a fifth more.
        let wait: Duration = whole.mul_f64(1.2 * f64::from(number) / f64::from(times));
        std::thread::sleep(wait);
        child.kill().expect("killed, or ended");
        child.wait().expect("ended");
        match replaced(&place, &format!("killed after {wait:?}")) {
            0 => before += 1,
            _ => after += 1,
        }
    }
    println!("killed {times} times: {before} before the first output, {after} later, none left a part");
}

#[test]
fn a_run_that_is_killed_leaves_no_part_of_an_output() {
    killed(40);
}

#[test]
#[ignore = "as the one above, five hundred times"]
fn five_hundred_killed_runs_leave_no_part_of_an_output() {
    killed(500);
}

/// Every run may write files of so many blocks at most.
fn limited(most: usize, step: usize) {
    let home = tempfile::tempdir().expect("a folder");
    let place = isms(home.path());
    let (mut failed, mut whole) = (0, 0);
    for blocks in (0..most).step_by(step) {
        let arguments = arguments(&place);
        let ended = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"", "sh"])
            .arg(blocks.to_string())
            .arg(program())
            .args(&arguments)
            .current_dir(&place.root)
            .output()
            .expect("runs");
        let told = format!("{blocks} blocks: {}", String::from_utf8_lossy(&ended.stderr));
        let new = replaced(&place, &told);
        assert_eq!(leftovers(&place), Vec::<String>::new(), "{told}");
        // The verdict of the run is told where everything could be written.
        let expected = if new == REPORTS.len() { 1 } else { 4 };
        assert_eq!(ended.status.code(), Some(expected), "{told}");
        if new == REPORTS.len() { whole += 1 } else { failed += 1 }
    }
    assert!(failed > 0 && whole > 0, "the limits lie on both sides: {failed} failed, {whole} did not");
    println!("{} limits: {failed} runs failed to write, {whole} wrote all", failed + whole);
}

#[test]
fn a_file_that_may_not_grow_is_an_output_that_failed() {
    limited(1_000, 80);
}

#[test]
#[ignore = "as the one above, one thousand limits"]
fn a_thousand_limits_leave_no_part_of_an_output() {
    limited(1_000, 1);
}
