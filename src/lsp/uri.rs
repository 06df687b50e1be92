//! Addresses of the protocol and paths of this machine.

use crate::escape::uri_path;
use crate::source::RepoPath;
use lsp_types::Uri;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The path that a `file:` address names; none for any other address, and for
/// one with a host.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let is_file = uri.scheme().is_some_and(|scheme| scheme.eq_lowercase("file"));
    let local = uri.authority().is_none_or(|host| matches!(host.as_str(), "" | "localhost"));
    if !is_file || !local {
        return None;
    }
    let bytes = uri.path().as_estr().decode().into_bytes();
    (bytes.starts_with(b"/") && !bytes.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(&bytes)))
}

/// The address of a file below a folder.
pub(super) fn of(folder: &Path, path: &RepoPath) -> Option<Uri> {
    let folder = uri_path(folder.as_os_str().as_bytes());
    let path = uri_path(path.as_bytes());
    let between = if folder.is_empty() { "" } else { "/" };
    format!("file:///{folder}{between}{path}").parse().ok()
}

/// The path with no link among its folders, whether or not the file is there.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let mut missing = Vec::new();
    let mut folder = path.parent()?;
    loop {
        if let Ok(found) = folder.canonicalize() {
            let folder = missing.iter().rev().fold(found, |folder, name| folder.join(name));
            return Some(folder.join(name));
        }
        missing.push(folder.file_name()?);
        folder = folder.parent()?;
    }
}

#[cfg(test)]
mod tests {
    use super::{of, path};
    use crate::source::RepoPath;
    use std::path::Path;

    #[test]
    fn addresses_and_paths_are_each_others() {
        for name in ["a.yaml", "Übersicht der Risiken.yaml", "50% #1?.yaml", "a:b.yaml"] {
            let uri = of(Path::new("/home/ana/my isms"), &RepoPath::from(name)).expect("an address");
            assert_eq!(path(&uri).as_deref(), Some(Path::new("/home/ana/my isms").join(name).as_path()));
        }
    }

    #[test]
    fn other_addresses_are_no_paths() {
        for uri in [
            "untitled:Untitled-1",
            "http://e.example/a.yaml",
            "file://host/a.yaml",
            "file:a.yaml",
            "file:///a%00b",
        ] {
            assert_eq!(path(&uri.parse().expect("an address")), None, "{uri}");
        }
    }
}
