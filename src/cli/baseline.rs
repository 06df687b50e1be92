//! `baseline write`: the findings of today become those that do not block.
//!
//! Where there is a baseline it only takes away what is mended; taking in more
//! must be asked for. What could not be determined is taken for not mended.

use super::args::{BaselineWriteArgs, CheckArgs};
use super::check;
use super::publish::write;
use super::repository::Place;
use super::world::World;
use crate::check::Baseline;
use crate::check::baseline::{self, Entry};
use crate::report::{Exit, Report};
use crate::snapshot::ReadProblem;
use crate::source::RepoPath;

/// Writes the baseline and says what became of it.
pub(super) fn run(args: &BaselineWriteArgs, world: &mut World<'_>) -> Exit {
    let check_args =
        CheckArgs { as_of: args.as_of, color: args.color, ..CheckArgs::of_folder(args.root.clone()) };
    let report = match check::report(&check_args, world) {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    let place = match Place::find(&check_args, world) {
        Ok(place) => place,
        Err(why) => return world.refuse(&why),
    };
    let Some(folder) = place.folder else { return world.refuse("a bare repository has no file to write") };
    let old = match before(&folder) {
        Ok(old) => old,
        Err(why) => return world.refuse(&why),
    };
    let now = Baseline::of(&report.assessment, report.provenance.as_of);
    let new = match &old {
        None => now.clone(),
        Some(old) => merged(old, &now, &report, args.add),
    };
    let path = folder.join(baseline::FILE_NAME);
    if let Err(error) = write(&path, new.text().as_bytes()) {
        world.say(&format!("{} was not written: {error}", path.display()));
        return Exit::Output;
    }
    let left = now.len()
        - new
            .counts()
            .iter()
            .map(|(finding, count)| now.counts().get(finding).copied().unwrap_or_default().min(*count))
            .sum::<usize>();
    let told = told(old.as_ref(), &new, left);
    world.print(&told)
}

fn before(folder: &std::path::Path) -> Result<Option<Baseline>, String> {
    let limits = crate::budget::Limits::STANDARD;
    let path = RepoPath::from(baseline::FILE_NAME);
    let snapshot = crate::snapshot::Snapshot::of_work_tree(folder, vec![path.clone()], limits)
        .map_err(|problem| problem.to_string())?;
    match snapshot.text(&path) {
        Ok(file) => Baseline::load(&file).map(Some).map_err(|mistakes| {
            let what = mistakes.first().map_or("", |mistake| mistake.message.unescaped());
            format!("{}: {what}", baseline::FILE_NAME)
        }),
        Err(ReadProblem::NotThere) => Ok(None),
        Err(problem) => Err(format!("{}: {problem}", baseline::FILE_NAME)),
    }
}

/// The old baseline without what is mended; with what is new where that was
/// asked for.
fn merged(old: &Baseline, now: &Baseline, report: &Report, add: bool) -> Baseline {
    let here = now.counts();
    let open = |rule: &str| {
        let result = report.assessment.rules.iter().find(|result| *result.rule.id == *rule);
        result.is_some_and(|result| result.off.is_some() || !result.undetermined.is_empty())
    };
    let mut entries: Vec<Entry> = old
        .entries
        .iter()
        .filter_map(|entry| {
            let count = here.get(entry.finding.as_str()).copied().unwrap_or_default();
            let count = if open(&entry.rule) { entry.count } else { entry.count.min(count) };
            (count > 0).then(|| Entry { count, ..entry.clone() })
        })
        .collect();
    if add {
        for entry in &now.entries {
            match entries.iter_mut().find(|known| known.finding == entry.finding) {
                Some(known) => known.count = known.count.max(entry.count),
                None => entries.push(entry.clone()),
            }
        }
        entries.sort();
    }
    Baseline { file: None, written: old.written, entries }
}

/// What became of it; `left` findings are not in it.
fn told(old: Option<&Baseline>, new: &Baseline, left: usize) -> String {
    let file = baseline::FILE_NAME;
    let findings =
        |count: usize| if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    let left = match left {
        0 => String::new(),
        left => format!("; beside it: {}, which block as before (`--add` takes them in)", findings(left)),
    };
    match old {
        None => format!(
            "wrote {file}: {} of today, told from now on and no obstacle\n\
             Commit it. It only shrinks: run the command again when something is mended.\n",
            findings(new.len())
        ),
        Some(old) => format!("wrote {file}: {}, it was {}{left}\n", findings(new.len()), old.len()),
    }
}
