//! New files in somebody's repository: nothing that is there is changed, and no
//! link is followed.

use super::publish::beside;
use std::fs::DirBuilder;
use std::io::{self, Write as _};
use std::path::{Component, Path};

/// Creates the file `below` the folder `root`, with the folders that it needs.
/// Says whether it did: where something has this name already, nothing changes.
///
/// # Errors
/// What the disk says, and a path that leaves `root` or goes through a link.
pub(super) fn create(root: &Path, below: &Path, text: &str) -> io::Result<bool> {
    let mut place = root.to_path_buf();
    let parts: Vec<_> = below.components().collect();
    let Some((name, folders)) = parts.split_last() else {
        return Err(io::Error::other("the path is empty"));
    };
    if !parts.iter().all(|part| matches!(part, Component::Normal(_))) {
        return Err(io::Error::other(format!("{} does not stay below its folder", below.display())));
    }
    for part in folders {
        place.push(part);
        match place.symlink_metadata() {
            Ok(there) if there.is_dir() => {}
            Ok(_) => return Err(io::Error::other(format!("{} is no folder", place.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => DirBuilder::new().create(&place)?,
            Err(error) => return Err(error),
        }
    }
    // Written beside its place and put there whole; a name that something has,
    // a link too, stays as it is.
    let mut file = beside(&place)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(place.join(name)) {
        Ok(_) => Ok(true),
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(refused) => Err(refused.error),
    }
}
