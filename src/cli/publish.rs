//! One report in several formats: one to standard output, the others to files.
//!
//! A file is written beside its place and put there in one step, so a reader
//! finds the old report or the new one, whole.

use super::args::OutputArg;
use super::world::World;
use crate::output::{self, Format, Style};
use crate::report::{Exit, Report};
use std::io::{self, Write};
use std::path::Path;

/// Prints the report and writes the files. Where one fails the others are still
/// written, and the verdict is told.
pub(super) fn publish(
    report: &Report,
    format: Format,
    files: &[OutputArg],
    style: Style,
    world: &mut World<'_>,
) -> Exit {
    let mut exit = world.print(&output::render(report, format, style));
    for OutputArg { format, file } in files {
        // A file has no terminal: no colours, a fixed width, and everything.
        let text = output::render(report, *format, Style { all: true, ..Style::default() });
        if let Err(error) = write(&world.folder.join(file), text.as_bytes()) {
            world.say(&format!("{} was not written: {error}", file.display()));
            exit = exit.or(Exit::Output);
        }
    }
    if exit != Exit::Clean {
        world.say(&format!("the verdict all the same: {}", output::verdict(report)));
    }
    exit
}

/// Puts `bytes` at `path` in one step.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(there) if there.is_file() => {}
        Ok(there) if there.is_symlink() => {
            return Err(io::Error::other("it is a symbolic link; name the file that it leads to"));
        }
        Ok(_) => return Err(io::Error::other("something other than a file has this name")),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = beside(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name is on the disk once the folder is. Some file systems do not
    // offer that for folders; the report itself is written by then.
    let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A file that is not finished yet, in the folder in which it is to be.
pub(super) fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: what the user's mask leaves.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".ismslint-").tempfile_in(folder)
}
