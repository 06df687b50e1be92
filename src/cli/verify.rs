//! `verify`: read a pack, build it again from a repository, name every
//! difference.

use super::args::CheckArgs;
use super::evidence::entries;
use super::repository::Place;
use super::subject::gather;
use super::view_args::VerifyArgs;
use super::world::World;
use crate::escape::{plain, terminal};
use crate::evidence::{self, Claimed, Difference, Pack};
use crate::git::Oid;
use crate::report::{Exit, HistoryState};
use crate::snapshot::lock;
use crate::source::RepoPath;
use std::io::Read;
use std::path::Path;

/// The most bytes that a file of a pack may have.
const FILE_BYTES: u64 = 256 << 20;
/// The most files that are looked at.
const FILES: usize = 1000;

/// Compares a pack with what its repository gives.
pub(super) fn run(args: &VerifyArgs, world: &mut World<'_>) -> Exit {
    let pack = match read(&world.folder.join(&args.pack)) {
        Ok(pack) => pack,
        Err(why) => return world.refuse(&format!("{}: {why}", args.pack.display())),
    };
    let claimed = match evidence::claimed(&pack) {
        Ok(claimed) => claimed,
        Err(difference) => return differs(world, &[difference]),
    };
    let inner = evidence::inner_differences(&pack);
    match built(args, &claimed, world) {
        Ok(outputs) => {
            let found = evidence::differences(&pack, &outputs);
            if found.is_empty() { same(world, &claimed) } else { differs(world, &found) }
        }
        Err(Unbuilt::Told(exit)) if inner.is_empty() => exit,
        Err(Unbuilt::Because(why)) if inner.is_empty() => {
            world.say(&format!(
                "whether the pack is what the repository gives could not be determined: {why}"
            ));
            Exit::Incomplete
        }
        // Whatever the repository may say, the pack does not agree with itself.
        Err(_) => differs(world, &inner),
    }
}

enum Unbuilt {
    Told(Exit),
    Because(String),
}

fn built(
    args: &VerifyArgs,
    claimed: &Claimed,
    world: &mut World<'_>,
) -> Result<Vec<evidence::Output>, Unbuilt> {
    let because = |why: String| Unbuilt::Because(why);
    if claimed.version != env!("CARGO_PKG_VERSION") {
        return Err(because(format!(
            "the manifest names version {} of ismslint, this is {}; use that version",
            claimed.version,
            env!("CARGO_PKG_VERSION")
        )));
    }
    let mut place = Place::find(&CheckArgs::of_folder(Some(args.repo.clone())), world).map_err(because)?;
    if place.git.is_err() {
        let bare = CheckArgs::of_bare(args.repo.clone());
        if let Ok(found) = Place::find(&bare, world) {
            place = found;
        }
    }
    // Everything comes from the commit: no folder on disk is looked at.
    place.folder = None;
    place.root = RepoPath::from(claimed.root.as_str());
    let store = place.store().map_err(because)?;
    let commit = Oid::from_hex(claimed.commit.as_bytes())
        .ok_or_else(|| because(format!("`{}` is no id of a commit", claimed.commit)))?;
    lock(&store)
        .commit(commit)
        .map_err(|problem| because(format!("the commit of the manifest: {problem}")))?;
    let subject = gather(&place, commit, &claimed.asked, args.color, world).map_err(Unbuilt::Told)?;
    if let (HistoryState::Incomplete { why, remedy }, true) =
        (&subject.now.report.provenance.history, claimed.complete)
    {
        return Err(because(format!("the pack was made from a complete history, and here {why}; {remedy}")));
    }
    evidence::build(&subject).map_err(|why| {
        world.say(&why);
        Unbuilt::Told(Exit::Internal)
    })
}

fn same(world: &mut World<'_>, claimed: &Claimed) -> Exit {
    let text = format!(
        "the same: commit {}, period {}, as of {} give this pack, byte for byte\n",
        plain(&claimed.commit),
        claimed.asked.period,
        claimed.asked.as_of
    );
    world.print(&text)
}

fn differs(world: &mut World<'_>, found: &[Difference]) -> Exit {
    let line =
        |difference: &Difference| format!("{}: {}\n", plain(&difference.file), terminal(&difference.what));
    let text: String = found.iter().map(line).collect();
    let count =
        if found.len() == 1 { "1 difference".to_owned() } else { format!("{} differences", found.len()) };
    world.print(&format!("{text}the pack differs: {count}\n")).or(Exit::Findings)
}

/// The files of the folder; only regular files are read.
fn read(folder: &Path) -> Result<Pack, String> {
    let names = entries(folder).map_err(|error| error.to_string())?;
    if names.len() > FILES {
        return Err(format!("it holds {} files, and a pack has {}", names.len(), evidence::NAMES.len()));
    }
    let mut pack = Pack::new();
    for name in names {
        let path = folder.join(&name);
        let there = path.symlink_metadata().map_err(|error| error.to_string())?;
        let name = name.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        // Something that is no file cannot be equal to one: it counts as empty.
        if there.is_file() {
            let file = std::fs::File::open(&path).map_err(|error| format!("{name}: {error}"))?;
            file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
            if bytes.len() as u64 > FILE_BYTES {
                return Err(format!("{name} has more than {FILE_BYTES} bytes"));
            }
        }
        pack.insert(name, bytes);
    }
    Ok(pack)
}
