//! `demo`: build the demo ISMS as a real repository, check it, and compare what
//! was found with what was to be found.

use super::args::{CheckArgs, DemoArgs, FailOnArg, IncompleteArg, OutputArg};
use super::publish::publish;
use super::world::World;
use crate::chronicle::{Chronicle, Stamp};
use crate::demo::{self, Expected, ExpectedFinding};
use crate::finding::Finding;
use crate::git::Instant;
use crate::git::write::{Person, Writer};
use crate::report::{Exit, Report};
use std::io;
use std::path::{Path, PathBuf};

/// Builds, checks, compares.
pub(super) fn run(args: &DemoArgs, world: &mut World<'_>) -> Exit {
    if let Some(file) = OutputArg::named_twice(&args.output) {
        return world.refuse(&format!("`--output` names {} twice", file.display()));
    }
    let temporary;
    let folder = match &args.dir {
        Some(dir) => world.folder.join(dir),
        None => match tempfile::tempdir() {
            Ok(dir) => {
                temporary = dir;
                temporary.path().join("isms")
            }
            Err(error) => return world.refuse(&format!("no temporary folder can be made: {error}")),
        },
    };
    match build(args, &folder) {
        Ok(()) => {}
        Err(error) => return world.refuse(&format!("the demo cannot be built: {error}")),
    }
    let expected = match demo::expected() {
        Ok(expected) => expected,
        Err(error) => {
            world.say(&format!("the demo's own list cannot be read: {error}"));
            return Exit::Internal;
        }
    };
    let report = match super::check::report(&check_args(args, &folder, &expected), world) {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    let style = world.style(args.color, false);
    let format = args.format.resolve(world.own_format());
    let printed = publish(&report, format, &args.output, style, world);
    let differences = if args.tidy { unexpected(&report, &[]) } else { compare(&report, &expected) };
    for difference in &differences {
        world.say(difference);
    }
    if !differences.is_empty() {
        return Exit::Internal;
    }
    let told = if args.tidy { 0 } else { expected.findings.len() };
    let kept = if args.dir.is_some() {
        format!("it is kept in {}", folder.display())
    } else {
        "name a folder to keep it: `ismslint demo DIR`".to_owned()
    };
    world.say(&format!("the demo shows what it should: {told} findings; {kept}"));
    printed
}

/// Writes the story as a repository.
fn build(args: &DemoArgs, folder: &Path) -> io::Result<()> {
    // Creating it fails on anything that is there and is no empty folder.
    if folder.exists() && std::fs::remove_dir(folder).is_err() {
        let why = format!("{} is not empty", folder.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    let told = if args.tidy { demo::tidy() } else { demo::story() };
    write(&told.map_err(|mistake| io::Error::other(format!("{mistake:?}")))?, folder)
}

/// Writes a chronicle as a repository whose work tree is its last state.
///
/// # Errors
/// A chronicle that cannot be replayed, and what the disk says.
pub fn write(chronicle: &Chronicle, folder: &Path) -> io::Result<()> {
    let steps = chronicle
        .replay(&crate::budget::Limits::STANDARD)
        .map_err(|mistake| io::Error::other(format!("{mistake:?}")))?;
    let mut writer = Writer::create(folder)?;
    let mut written = Vec::with_capacity(steps.len());
    for step in &steps {
        let parents: Vec<_> = step.parents.iter().map(|parent| written[*parent]).collect();
        let commit = writer.commit(
            &step.files,
            &parents,
            person(&step.author),
            person(&step.committer),
            &step.message,
        )?;
        written.push(commit);
    }
    if let (Some(last), Some(commit)) = (steps.last(), written.last()) {
        writer.branch("main", *commit)?;
        writer.checkout(&last.files)?;
    }
    Ok(())
}

fn person(stamp: &Stamp) -> Person<'_> {
    let when = Instant { seconds: stamp.seconds, offset_minutes: stamp.offset_minutes };
    Person { name: &stamp.who.name, email: &stamp.who.email, when }
}

fn check_args(args: &DemoArgs, folder: &Path, expected: &Expected) -> CheckArgs {
    CheckArgs {
        paths: Vec::new(),
        root: Some(PathBuf::from(folder)),
        git_dir: None,
        rev: None,
        base: None,
        staged: false,
        as_of: Some(expected.as_of),
        no_history: false,
        select: Vec::new(),
        ignore: Vec::new(),
        fail_on: FailOnArg::Error,
        incomplete: IncompleteArg::Fail,
        format: args.format,
        output: Vec::new(),
        publish: None,
        comment: false,
        all: false,
        timings: false,
        color: args.color,
    }
}

/// What is missing, what is too much, and what was not determined.
fn compare(report: &Report, expected: &Expected) -> Vec<String> {
    let found: Vec<&Finding> = report.assessment.findings.iter().collect();
    let waived: Vec<&Finding> = report.assessment.waived.iter().map(|waived| &waived.finding).collect();
    let mut differences = unexpected(report, &expected.findings);
    for (list, wanted) in [(&found, &expected.findings), (&waived, &expected.waived)] {
        for wanted in wanted.iter().filter(|wanted| !list.iter().any(|finding| is(finding, wanted))) {
            differences
                .push(format!("not found: {} for {} {}", wanted.rule, wanted.record.kind, wanted.record.id));
        }
    }
    differences
}

fn unexpected(report: &Report, expected: &[ExpectedFinding]) -> Vec<String> {
    let findings = report.assessment.findings.iter();
    let mut differences: Vec<String> = findings
        .filter(|finding| !expected.iter().any(|wanted| is(finding, wanted)))
        .map(|finding| {
            let record = finding.record.as_ref().map(|key| format!("{} {}", key.kind, key.id.unescaped()));
            let quoted = finding.place.as_ref().map_or("", |place| place.quoted());
            let file = finding.place.as_ref().map(|place| place.file.path().shown()).unwrap_or_default();
            let record = record.unwrap_or_default();
            format!("not expected: {} for {record} at `{quoted}` in {file}", finding.rule)
        })
        .collect();
    if !report.complete() {
        differences.push("something was not determined".to_owned());
    }
    differences
}

fn is(finding: &Finding, wanted: &ExpectedFinding) -> bool {
    let record = finding
        .record
        .as_ref()
        .is_some_and(|key| *key.kind == *wanted.record.kind && key.id.unescaped() == wanted.record.id);
    let quoted = wanted.quoted.as_deref().is_none_or(|quoted| {
        finding
            .place
            .as_ref()
            .is_some_and(|place| place.quoted() == quoted && place.file.path().shown() == wanted.file)
    });
    let commit = wanted
        .commit
        .as_deref()
        .is_none_or(|summary| finding.commits.iter().any(|commit| commit.summary.unescaped() == summary));
    *finding.rule == *wanted.rule && record && quoted && commit
}
