//! `lsp`: the ground that the language server stands on, and its streams.

use super::args::LspArgs;
use super::repository::{Nothing, Place};
use super::world::World;
use crate::budget::Limits;
use crate::catalogue::Policy;
use crate::history::{Followed, Gap};
use crate::lsp::{Ground, Site, over};
use crate::report::Exit;
use crate::settings::FILE_NAME;
use crate::snapshot::Snapshot;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Serves the client at standard input and output.
pub(super) fn run(args: &LspArgs, world: &mut World<'_>) -> Exit {
    let ground = Arc::new(Disk { as_of: args.as_of });
    let (exit, why) = over(std::io::stdin(), world.out, ground);
    if let Some(why) = why {
        world.say(&why);
    }
    exit
}

/// The files and repositories of this machine, and its clock.
pub struct Disk {
    /// The day of judgement instead of today.
    pub as_of: Option<NaiveDate>,
}

impl Ground for Disk {
    fn site(&self, folder: &Path) -> Result<Arc<dyn Site>, String> {
        let place = Place::at(folder, false)?;
        let folder = place.folder.ok_or("a bare repository has no files to edit")?;
        Ok(Arc::new(Folder { folder, is_in_repository: place.git.is_ok() }))
    }

    #[expect(clippy::disallowed_methods, reason = "an editor stays open for days: each judgement asks anew")]
    fn today(&self, zone: Tz) -> NaiveDate {
        self.as_of.unwrap_or_else(|| chrono::Utc::now().with_timezone(&zone).date_naive())
    }
}

/// The folder of an ISMS. What git has is looked at anew each time.
struct Folder {
    folder: PathBuf,
    is_in_repository: bool,
}

impl Site for Folder {
    fn folder(&self) -> &Path {
        &self.folder
    }

    fn has_settings(&self) -> bool {
        self.folder.join(FILE_NAME).symlink_metadata().is_ok()
    }

    fn is_in_repository(&self) -> bool {
        self.is_in_repository
    }

    fn snapshot(&self) -> Result<Snapshot, String> {
        Place::at(&self.folder, true)?.work_tree(None)
    }

    fn head(&self) -> String {
        match Place::at(&self.folder, true).map(|place| place.git) {
            Ok(Ok(git)) => format!("{:?}", git.head),
            Ok(Err(why)) | Err(why) => why,
        }
    }

    fn follow(&self, policy: &Policy, zone: Tz) -> Result<Followed, Gap> {
        let place = Place::at(&self.folder, true)
            .map_err(|why| Gap { why: why.into(), remedy: "open the folder again".into() })?;
        let reader = policy.reader(Limits::STANDARD);
        match place.line(zone)? {
            Some(line) => Followed::new(&line, &reader),
            None => Followed::new(&Nothing, &reader),
        }
    }
}
