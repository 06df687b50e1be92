//! Finding the git folder of a work tree.
//!
//! Only `.git` is looked for: a bare repository committed under another name
//! is a forgery's favourite place and is never taken for the history. A `.git`
//! that is a file or a link is believed only when the repository it names
//! acknowledges this folder. No configuration is asked where the work tree is.

use super::GitProblem;
use super::files::{look, read, real};
use std::path::{Path, PathBuf};

/// Bytes of a pointer file (`.git`, `commondir`, `gitdir`).
const POINTER_BYTES: u64 = 8192;

/// Where a repository keeps what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitDir {
    /// `HEAD` and the index.
    pub git_dir: PathBuf,
    /// Objects, references and `shallow`: another folder for a linked work tree.
    pub common_dir: PathBuf,
    /// The folder that holds `.git`; `None` for a bare repository.
    pub work_root: Option<PathBuf>,
}

/// Looks for the repository that `start` (a folder or file) lies in, upward.
/// `None` where there is none; a `.git` that cannot be trusted is a problem,
/// not a reason to look further up.
pub fn locate(start: &Path) -> Result<Option<GitDir>, GitProblem> {
    let start = real(start)?;
    for folder in start.ancestors() {
        if let Some(found) = at(folder)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Opens a folder that was named as a git folder, bare or not.
pub fn bare(path: &Path) -> Result<GitDir, GitProblem> {
    let git_dir = real(path)?;
    if !looks_like_git(&git_dir)? {
        return Err(GitProblem::NotGit { path: path.to_path_buf() });
    }
    let common_dir = common_dir(&git_dir)?;
    Ok(GitDir { git_dir, common_dir, work_root: None })
}

/// The repository whose `.git` stands in `folder` (a real path).
fn at(folder: &Path) -> Result<Option<GitDir>, GitProblem> {
    let dot_git = folder.join(".git");
    let Some(found) = look(&dot_git)? else { return Ok(None) };
    if found.is_file() {
        return through_pointer(&dot_git, folder).map(Some);
    }
    if !found.is_dir() && !found.is_symlink() {
        return Err(GitProblem::unreadable(&dot_git, "it is a pipe, socket or device"));
    }
    let git_dir = real(&dot_git)?;
    if !git_dir.starts_with(folder) {
        let why = "outside of the folder that holds it";
        return Err(GitProblem::Foreign { pointer: dot_git, target: git_dir, why });
    }
    // Like git, pass by a folder that only has the name.
    if !looks_like_git(&git_dir)? {
        return Ok(None);
    }
    let common_dir = common_dir(&git_dir)?;
    Ok(Some(GitDir { git_dir, common_dir, work_root: Some(folder.to_path_buf()) }))
}

/// A `.git` file names the git folder of a linked work tree or a submodule.
fn through_pointer(dot_git: &Path, folder: &Path) -> Result<GitDir, GitProblem> {
    let target = pointer(dot_git, "gitdir:", folder)?
        .ok_or_else(|| GitProblem::unreadable(dot_git, "it does not begin with `gitdir:` and a path"))?;
    let git_dir = real(&target)?;
    if !looks_like_git(&git_dir)? {
        return Err(GitProblem::NotGit { path: git_dir });
    }
    let foreign = |why| GitProblem::Foreign { pointer: dot_git.to_path_buf(), target: git_dir.clone(), why };
    if look(&git_dir.join("commondir"))?.is_some() {
        let back = pointer(&git_dir.join("gitdir"), "", &git_dir)?;
        if back.map(|back| real(&back)).transpose()?.as_deref() != Some(dot_git) {
            return Err(foreign(
                "whose `gitdir` file does not name this folder (`git worktree repair` sets it right)",
            ));
        }
    } else if !is_submodule_of_parent(&git_dir, folder)? {
        return Err(foreign("which is neither a linked work tree nor a submodule of the folder above"));
    }
    let common_dir = common_dir(&git_dir)?;
    Ok(GitDir { git_dir, common_dir, work_root: Some(folder.to_path_buf()) })
}

/// Whether the nearest repository above `folder` keeps `git_dir` among its modules.
fn is_submodule_of_parent(git_dir: &Path, folder: &Path) -> Result<bool, GitProblem> {
    for above in folder.ancestors().skip(1) {
        // Each call looks further up only, so the path's depth ends it.
        if let Some(parent) = at(above)? {
            let modules = [parent.git_dir.join("modules"), parent.common_dir.join("modules")];
            return Ok(modules.iter().any(|modules| git_dir.starts_with(modules)));
        }
    }
    Ok(false)
}

/// The shared folder of a linked work tree, itself for all others.
fn common_dir(git_dir: &Path) -> Result<PathBuf, GitProblem> {
    let file = git_dir.join("commondir");
    let Some(target) = pointer(&file, "", git_dir)? else { return Ok(git_dir.to_path_buf()) };
    let common = real(&target)?;
    if git_dir.parent() != Some(common.join("worktrees").as_path()) {
        let why = "which does not keep this folder among its `worktrees`";
        return Err(GitProblem::Foreign { pointer: file, target: common, why });
    }
    Ok(common)
}

/// The path that a pointer file holds, relative to `base`.
fn pointer(file: &Path, prefix: &str, base: &Path) -> Result<Option<PathBuf>, GitProblem> {
    let Some(bytes) = read(file, POINTER_BYTES)? else { return Ok(None) };
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| GitProblem::unreadable(file, "the path in it is not UTF-8"))?;
    let path = text.strip_prefix(prefix).map(str::trim).filter(|path| !path.is_empty());
    Ok(path.map(|path| base.join(path)))
}

fn looks_like_git(folder: &Path) -> Result<bool, GitProblem> {
    let has = |name: &str| look(&folder.join(name)).map(|found| found.is_some());
    Ok(has("HEAD")? && (has("commondir")? || (has("objects")? && has("refs")?)))
}
