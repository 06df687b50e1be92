//! `init`: a new ISMS to go on from. It writes what is not there, changes
//! nothing that is, and says what to fill in and what to type next.

mod editor;
mod propose;
mod starter;

use super::args::{CheckArgs, InitArgs};
use super::create::create;
use super::repository::Place;
use super::world::World;
use crate::escape::plain;
use crate::output;
use crate::report::{Exit, Report};
use crate::settings::FILE_NAME;
use crate::source::RepoPath;
use starter::{FILL_IN, Starter};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files that are named of a longer list.
const MOST_NAMED: usize = 5;
/// Where the README says how files of other layouts become records.
const MAPPING: &str = "https://github.com/ismslint/ismslint#where-records-live";

/// Writes the files and says what became of each.
pub(super) fn run(args: &InitArgs, world: &mut World<'_>) -> Exit {
    let folder = args.dir.as_ref().map_or_else(|| world.folder.clone(), |dir| world.folder.join(dir));
    if args.propose {
        return propose::run(args, &folder, world);
    }
    let is_new = folder.symlink_metadata().is_err();
    if let Err(error) = std::fs::create_dir_all(&folder) {
        return world.refuse(&format!("{} cannot be made: {error}", folder.display()));
    }
    match begun(&folder, world) {
        Ok(begun) => {
            let text = told(args, &begun);
            world.print(&text).or(begun.exit)
        }
        Err(exit) => {
            if is_new {
                // It is removed only while it is empty; where it stays, it is.
                let _ = std::fs::remove_dir(&folder);
            }
            exit
        }
    }
}

/// What was there, what was written, and what that comes to.
struct Begun {
    wrote: Vec<Starter>,
    kept: Vec<String>,
    /// Files that were left out, each with its reason.
    left_out: Vec<(String, String)>,
    /// Files that may hold records and that nothing recognises.
    unrecognised: Vec<RepoPath>,
    in_repository: bool,
    after: Report,
    exit: Exit,
}

fn begun(folder: &Path, world: &mut World<'_>) -> Result<Begun, Exit> {
    // Judged without history: what is there counts, and nothing is committed.
    let check = CheckArgs { no_history: true, ..CheckArgs::of_folder(Some(folder.to_path_buf())) };
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    if let Some(above) = isms_above(&place) {
        let why = format!(
            "the folder lies in the ISMS of {}, which would read the new records too: call this there",
            above.display()
        );
        return Err(world.refuse(&why));
    }
    let before = super::check::report(&check, world)?;
    let (mut wrote, mut kept, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let mut exit = Exit::Clean;
    for file in starter::files(world.today(chrono_tz::UTC)) {
        let there = folder.join(&file.path).symlink_metadata().is_ok();
        if there {
            kept.push(file.path);
        } else if let Some(reason) = no_need(&file, &before, &place.root) {
            left_out.push((file.path, reason));
        } else {
            match create(folder, Path::new(&file.path), &file.text) {
                Ok(true) => wrote.push(file),
                Ok(false) => kept.push(file.path),
                Err(error) => {
                    world.say(&format!("{} was not written: {error}", file.path));
                    exit = exit.or(Exit::Output);
                }
            }
        }
    }
    let after = super::check::report(&check, world)?;
    let in_repository = place.git.is_ok();
    let unrecognised = before.assessment.unrecognised;
    Ok(Begun { wrote, kept, left_out, unrecognised, in_repository, after, exit })
}

/// The ISMS of the same repository that a folder lies in, if it is not its own.
fn isms_above(place: &Place) -> Option<&Path> {
    let below = place.root.parts().filter(|part| !part.is_empty()).count();
    let mut folders = place.folder.as_deref()?.ancestors().skip(1).take(below);
    folders.find(|folder| folder.join(FILE_NAME).symlink_metadata().is_ok())
}

/// Why a file that is not there is not written either.
fn no_need(file: &Starter, before: &Report, root: &RepoPath) -> Option<String> {
    if let Some(kind) = file.kind.filter(|kind| before.assessment.records.contains_key(*kind)) {
        return Some(format!("there are {kind} records already"));
    }
    (file.at_the_root && !root.as_bytes().is_empty())
        .then(|| "only the root of the repository is the place for it, and this folder lies below".to_owned())
}

/// The page about it: files, what to fill in, the verdict, what next.
fn told(args: &InitArgs, begun: &Begun) -> String {
    let mut page = String::new();
    list(&mut page, "wrote", begun.wrote.iter().map(|file| file.path.as_str()));
    list(&mut page, "kept as it is", begun.kept.iter().map(String::as_str));
    for (path, reason) in grouped(&begun.left_out) {
        let _ = writeln!(page, "left out {path}: {reason}");
    }
    fill_in(&mut page, &begun.wrote);
    unrecognised(&mut page, &begun.unrecognised);
    let _ = writeln!(page, "\nFirst check, without history: {}.", output::verdict(&begun.after));
    let _ = writeln!(page, "\nNext:");
    for command in commands(args, begun) {
        let _ = writeln!(page, "  {command}");
    }
    page
}

/// One line for each file, and one for those of the editor together.
fn list<'p>(page: &mut String, word: &str, paths: impl Iterator<Item = &'p str>) {
    let (editor, others): (Vec<&str>, Vec<&str>) = paths.partition(|path| path.starts_with(".vscode/"));
    for path in others {
        let _ = writeln!(page, "{word} {path}");
    }
    if !editor.is_empty() {
        let _ =
            writeln!(page, "{word} .vscode/ (schemas and settings for the editor: {} files)", editor.len());
    }
}

/// The files that share a reason, in one line.
fn grouped(left_out: &[(String, String)]) -> Vec<(String, &str)> {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for (path, reason) in left_out {
        let path = if path.starts_with(".vscode/") { ".vscode/" } else { path };
        match groups.iter_mut().find(|(_, known)| known == reason) {
            Some((paths, _)) if paths.contains(&path) => {}
            Some((paths, _)) => paths.push(path),
            None => groups.push((vec![path], reason)),
        }
    }
    groups.into_iter().map(|(paths, reason)| (paths.join(", "), reason)).collect()
}

/// Every place that only the organisation can fill in.
fn fill_in(page: &mut String, wrote: &[Starter]) {
    let mut places = Vec::new();
    for file in wrote {
        for (at, line) in file.text.lines().enumerate() {
            if let Some((_, what)) = line.split_once(FILL_IN) {
                let what = what.trim_start_matches(':').trim();
                places.push(format!("  {}:{} {what}", file.path, at + 1));
            }
        }
    }
    if !places.is_empty() {
        let _ = writeln!(page, "\nTo fill in ({} places, marked `{FILL_IN}`):", places.len());
        let _ = writeln!(page, "{}", places.join("\n"));
    }
}

/// Files of other layouts, and how they become records.
fn unrecognised(page: &mut String, paths: &[RepoPath]) {
    let Some(first) = paths.first() else { return };
    let named: Vec<String> = paths.iter().take(MOST_NAMED).map(|path| plain(&path.shown())).collect();
    let more = paths.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let _ = writeln!(
        page,
        "\nThese files were here before and give no record: {}{more}.\n`ismslint config show --why {}` says why. \
         A few lines under `mapping` in isms.yaml make\nrecords of them where they are: {MAPPING}\n`ismslint init --propose` proposes them.",
        named.join(", "),
        quoted(&plain(&first.shown()))
    );
}

/// The three commands that come next.
fn commands(args: &InitArgs, begun: &Begun) -> [String; 3] {
    let mut add = String::new();
    if let Some(dir) = args.dir.as_ref().filter(|dir| *dir != &PathBuf::from(".")) {
        let _ = write!(add, "cd {} && ", quoted(&plain(&dir.display().to_string())));
    }
    if !begun.in_repository {
        add.push_str("git init --initial-branch main && ");
    }
    add.push_str("git add --all .");
    [add, "git commit --message \"Start the ISMS\"".to_owned(), "ismslint check".to_owned()]
}

/// A name as a shell reads it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if name.chars().all(plain) && !name.starts_with('-') {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}
