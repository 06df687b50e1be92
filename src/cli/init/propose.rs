//! `init --propose`: what the files that are there look like, a mapping that
//! makes records of them, and what the first check would say by it. Nothing is
//! written without `--write`, and nothing that is there is changed.

use crate::catalogue::{Choice, Policy};
use crate::check::{self, Assessment, Silencing};
use crate::cli::args::{CheckArgs, ColorArg, InitArgs};
use crate::cli::create::create;
use crate::cli::page::Page;
use crate::cli::repository::Place;
use crate::cli::world::World;
use crate::escape::plain;
use crate::history::History;
use crate::inventory::Placing;
use crate::kind::Kinds;
use crate::output::counted;
use crate::report::Exit;
use crate::settings::{FILE_NAME, Settings};
use crate::snapshot::Snapshot;
use crate::source::RepoPath;
use crate::survey::{Group, Passed, Shape, Sure, Survey, survey, text_of};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Files of a list that are named.
const MOST_NAMED: usize = 6;

/// Shows the proposal, and writes it where that is asked for.
pub(super) fn run(args: &InitArgs, folder: &Path, world: &mut World<'_>) -> Exit {
    match proposed(args, folder, world) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn proposed(args: &InitArgs, folder: &Path, world: &mut World<'_>) -> Result<Exit, Exit> {
    let check = CheckArgs { no_history: true, ..CheckArgs::of_folder(Some(folder.to_path_buf())) };
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, _) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let is_there = folder.join(FILE_NAME).symlink_metadata().is_ok();
    if is_there && args.write {
        return Err(world.refuse(&format!(
            "{FILE_NAME} is there and stays as it is: `init --propose` shows what is proposed, to be copied by hand"
        )));
    }
    let kinds = Kinds::embedded();
    let by_name = Placing::new(&Settings::default(), &kinds)
        .map_err(|mistakes| world.mistaken(&mistakes, ColorArg::Auto))?;
    let survey = survey(&snapshot, &by_name, &kinds);
    let as_of = world.today(chrono_tz::UTC);
    let essential = text_of(&survey.groups, "essential");
    let (first, snapshot) = judged(snapshot, &essential, as_of, world)?;
    let full = text_of(&survey.groups, "full");
    let (every, _) = judged(snapshot, &full, as_of, world)?;
    let level = if first.findings.is_empty() && !first.records.is_empty() { "full" } else { "essential" };
    let text = if level == "full" { full } else { essential };
    let mut page = Page::new(world.style(ColorArg::Auto, true));
    recognised(&mut page, &survey, &first);
    passed(&mut page, &survey);
    if survey.groups.is_empty() {
        page.heading("No mapping to propose");
        page.paragraph(2, "`ismslint init` writes a new ISMS to go on from, and the README says how files of other layouts become records");
        return Ok(world.print(&page.finish()));
    }
    page.heading(&format!("Proposed {FILE_NAME}"));
    text.lines().for_each(|line| page.line(2, &plain(line)));
    told(&mut page, &first, &every, level);
    let exit = if args.write { write(&mut page, folder, &text, world) } else { next(&mut page, is_there) };
    Ok(world.print(&page.finish()).or(exit))
}

/// What the check says of the files with this `isms.yaml` beside them.
fn judged(
    snapshot: Snapshot,
    text: &str,
    as_of: NaiveDate,
    world: &mut World<'_>,
) -> Result<(Assessment, Snapshot), Exit> {
    let path = RepoPath::from(FILE_NAME);
    let snapshot = snapshot.with(path, text.as_bytes().to_vec());
    let (policy, _) = world.told(Policy::of_snapshot(&snapshot, &Choice::default()), ColorArg::Auto)?;
    let judged = check::judge(&snapshot, &policy, Arc::new(History::not_read()), as_of);
    Ok((check::silence(judged, &policy, as_of, &Silencing::default()), snapshot))
}

fn recognised(page: &mut Page, survey: &Survey, first: &Assessment) {
    page.heading(&format!("Looked at {}", counted(survey.looked_at, "file")));
    if survey.groups.is_empty() {
        page.paragraph(2, "No layout was recognised that a mapping could make records of.");
    }
    for group in &survey.groups {
        let sure = match group.sure {
            Sure::Sure => "sure",
            Sure::Likely => "likely",
            Sure::Guess => "a guess",
        };
        let kind = group.kind.replace('_', " ");
        page.heading(&plain(&format!("{kind} ({sure}): {} in {}", layout(group), named(&group.files))));
        for sentence in group.evidence.iter().filter(|sentence| !sentence.is_empty()) {
            page.paragraph(2, &plain(sentence));
        }
    }
    let records: Vec<String> =
        first.records.iter().map(|(kind, count)| counted(*count, &kind.replace('_', " "))).collect();
    if !records.is_empty() {
        page.heading(&format!("Records by this proposal: {}", records.join(", ")));
    }
}

fn layout(group: &Group) -> String {
    match &group.shape {
        Shape::Page("front-matter") => "front matter".to_owned(),
        Shape::Page("last-reviewed-on") => "front matter with `last_reviewed_on`".to_owned(),
        Shape::Page(_) => "keys in lines or a table at the top".to_owned(),
        Shape::Table(column) => format!("rows of a table with the column `{column}`"),
        Shape::Csv(..) => "rows of CSV".to_owned(),
        Shape::Headings(_, letters) => format!("headings that begin with `{letters}`"),
        Shape::Tasks(_) => "a task list".to_owned(),
        Shape::List(path) => format!("the list at `{path}`"),
    }
}

fn named(files: &[RepoPath]) -> String {
    let names: Vec<String> = files.iter().take(MOST_NAMED).map(RepoPath::shown).collect();
    let more = files.len().saturating_sub(names.len());
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}

/// The files of no group, by reason.
fn passed(page: &mut Page, survey: &Survey) {
    let mut by_reason: BTreeMap<String, Vec<RepoPath>> = BTreeMap::new();
    for (path, why) in &survey.passed {
        let reason = match why {
            Passed::Native => "a record as the checker expects it".to_owned(),
            Passed::Nothing => "nothing in it looks like a record that is known".to_owned(),
            Passed::NoPattern => {
                "looks like a record, and no pattern of its names keeps others out".to_owned()
            }
            Passed::Unread(problem) => format!("not read: {problem}"),
            Passed::TooLarge => format!("not looked at: larger than {} bytes", crate::survey::MOST_BYTES),
            Passed::Enough => format!(
                "not looked at: {} files or {} bytes were looked at before it",
                crate::survey::MOST_FILES,
                crate::survey::MOST_IN_ALL
            ),
        };
        by_reason.entry(reason).or_default().push(path.clone());
    }
    if by_reason.is_empty() {
        return;
    }
    page.heading("In no group");
    for (reason, files) in by_reason {
        page.paragraph(2, &plain(&format!("{} ({reason}): {}", counted(files.len(), "file"), named(&files))));
    }
}

/// The first check, by rule.
fn told(page: &mut Page, first: &Assessment, every: &Assessment, level: &str) {
    page.heading("The first check with it, without history");
    let used = if level == "full" { every } else { first };
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    used.findings.iter().for_each(|finding| *rules.entry(&finding.rule).or_default() += 1);
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    for (rule, count) in &rules {
        page.line(2, &format!("{count:>5}  {rule}"));
    }
    if rules.is_empty() {
        page.paragraph(2, "No findings.");
    }
    if !used.unrecognised.is_empty() {
        page.paragraph(2, &plain(&format!("Not recognised as records: {}", named(&used.unrecognised))));
    }
    let (few, all) = (first.findings.len(), every.findings.len());
    let why = if level == "full" {
        format!(
            "Level `full`: at `essential` there would be nothing to do, at `full` there are {}.",
            counted(all, "finding")
        )
    } else {
        format!("Level `essential` to begin with: {}; at `full` it would be {all}.", counted(few, "finding"))
    };
    page.paragraph(2, &why);
}

fn write(page: &mut Page, folder: &Path, text: &str, world: &mut World<'_>) -> Exit {
    match create(folder, Path::new(FILE_NAME), text) {
        Ok(true) => {
            page.heading(&format!("Wrote {FILE_NAME}"));
            page.paragraph(2, "`ismslint config show --why FILE` says for each field where it came from");
            Exit::Clean
        }
        Ok(false) => world.refuse(&format!("{FILE_NAME} is there and stays as it is")),
        Err(error) => {
            world.say(&format!("{FILE_NAME} was not written: {error}"));
            Exit::Output
        }
    }
}

fn next(page: &mut Page, is_there: bool) -> Exit {
    page.heading("Nothing was written");
    let what = if is_there {
        format!(
            "{FILE_NAME} is there; it was not looked at and stays as it is. Copy from above what you want of it."
        )
    } else {
        format!("`ismslint init --propose --write` writes this {FILE_NAME}.")
    };
    page.paragraph(2, &what);
    Exit::Clean
}
