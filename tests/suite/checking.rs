//! Runs of `ismslint check` in this process, and the demo as a repository.

use super::git_cli::text;
use clap::Parser as _;
use ismslint::cli::{Args, World, run, write_repository};
use ismslint::demo;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The day on which the demo is judged.
pub(crate) const DAY: &str = "2026-11-02";

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) exit: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The JSON report.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

/// Runs the program as if it had been called in `folder`.
pub(crate) fn ismslint(folder: &Path, args: &[&str]) -> Ran {
    let args = Args::try_parse_from(["ismslint"].iter().chain(args)).expect("usage");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut world = World {
        out: &mut out,
        err: &mut err,
        folder: folder.to_path_buf(),
        environment: BTreeMap::new(),
        now: chrono::DateTime::UNIX_EPOCH,
        terminal: None,
    };
    let exit = run(args, &mut world).code();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran { exit, out: text(out), err: text(err) }
}

/// `check --format json` in `folder` on [`DAY`].
pub(crate) fn check(folder: &Path, args: &[&str]) -> Ran {
    let fixed = ["check", "--format", "json", "--as-of", DAY];
    ismslint(folder, &fixed.into_iter().chain(args.iter().copied()).collect::<Vec<_>>())
}

/// The demo in which things go wrong, written once; not to be changed.
pub(crate) fn story() -> &'static Path {
    static STORY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &STORY.get_or_init(|| written(&demo::story().expect("told"))).1
}

/// The demo in which nothing is to be found; not to be changed.
pub(crate) fn tidy() -> &'static Path {
    static TIDY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &TIDY.get_or_init(|| written(&demo::tidy().expect("told"))).1
}

fn written(chronicle: &ismslint::chronicle::Chronicle) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().canonicalize().expect("real").join("isms");
    write_repository(chronicle, &root).expect("written");
    (home, root)
}

/// Runs `git clone` of `from` with these options.
pub(crate) fn clone(from: &Path, options: &[&str]) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let into = home.path().canonicalize().expect("real").join("clone");
    let source = format!("file://{}", from.display());
    let into_text = into.display().to_string();
    let mut args = vec!["clone", "-q"];
    args.extend(options);
    args.extend([source.as_str(), into_text.as_str()]);
    text(home.path(), &args);
    (home, into)
}
