//! The folder in which an input is made, and how its files get there. Large
//! files are written in pieces: what the driver itself holds in memory counts
//! in what the system says of its children.

use ismslint::git::write::{Files, Person, Writer};
use ismslint::git::{Instant, Oid};
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Text that lies outside of the repository and must never be told.
pub(crate) const SECRET: &str = "CANARY-9c1f";

/// A record that nothing is wrong with.
pub(crate) const ACTION: &str = "id: ACT-1\ntitle: Patch\nstatus: planned\n";

/// The folder of one input.
pub(crate) struct Place {
    /// The repository.
    pub(crate) root: PathBuf,
    /// A folder beside it, which is not the repository's.
    pub(crate) outside: PathBuf,
}

impl Place {
    /// In a new folder.
    pub(crate) fn new(home: &Path) -> Self {
        let place = Self { root: home.join("repo"), outside: home.join("outside") };
        for folder in [&place.root, &place.outside] {
            fs::create_dir(folder).expect("new");
        }
        let secret = format!("id: {SECRET}\ntitle: {SECRET}\n{SECRET}: {SECRET}\n");
        fs::write(place.outside.join("secret.yaml"), secret).expect("written");
        place
    }

    /// A path, of bytes.
    pub(crate) fn at(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.root.join(OsStr::from_bytes(path.as_ref()))
    }

    /// The same, with the folder that it lies in.
    pub(crate) fn room(&self, path: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("below the root")).expect("made");
        path
    }

    /// Writes a file.
    pub(crate) fn put(&self, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) {
        fs::write(self.room(path), bytes).expect("written");
    }

    /// Writes a file of a head, a piece many times, and an end.
    pub(crate) fn repeat(&self, path: &str, head: &str, piece: &str, times: usize, end: &str) {
        let file = fs::File::create(self.room(path)).expect("new");
        let mut file = std::io::BufWriter::new(file);
        file.write_all(head.as_bytes()).expect("written");
        for _ in 0..times {
            file.write_all(piece.as_bytes()).expect("written");
        }
        file.write_all(end.as_bytes()).expect("written");
        file.flush().expect("written");
    }

    /// A symbolic link.
    pub(crate) fn link(&self, path: &str, to: impl AsRef<Path>) {
        std::os::unix::fs::symlink(to, self.room(path)).expect("linked");
    }

    /// A named pipe.
    pub(crate) fn pipe(&self, path: impl AsRef<[u8]>) {
        let path = self.room(path);
        let _ = fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    }

    /// Runs git without anybody's configuration.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(&self.root)
            .args(args)
            .env_clear()
            .envs(
                std::env::var_os("PATH")
                    .map(|path| ("PATH".into(), path))
                    .into_iter()
                    .collect::<Vec<(std::ffi::OsString, _)>>(),
            )
            .envs([
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_AUTHOR_NAME", "Ana"),
                ("GIT_AUTHOR_EMAIL", "ana@example.org"),
                ("GIT_AUTHOR_DATE", "1770000000 +0000"),
                ("GIT_COMMITTER_NAME", "Ana"),
                ("GIT_COMMITTER_EMAIL", "ana@example.org"),
                ("GIT_COMMITTER_DATE", "1770000000 +0000"),
            ])
            .output()
            .expect("git is installed");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A repository of these commits, a day apart, the last one checked out.
    pub(crate) fn commits(&self, versions: &[Vec<(&str, String)>]) -> Vec<Oid> {
        let mut writer = Writer::create(&self.root).expect("a repository");
        let mut line = Vec::new();
        let mut files = Files::new();
        for (day, version) in versions.iter().enumerate() {
            files = version.iter().map(|(path, text)| ((*path).into(), text.clone().into_bytes())).collect();
            let seconds = 1_770_000_000 + i64::try_from(day).expect("few") * 86_400;
            let ana = Person {
                name: "Ana",
                email: "ana@example.org",
                when: Instant { seconds, offset_minutes: 0 },
            };
            let parents: Vec<Oid> = line.last().copied().into_iter().collect();
            line.push(writer.commit(&files, &parents, ana, ana, &format!("day {day}")).expect("a commit"));
        }
        writer.branch("main", *line.last().expect("has commits")).expect("a branch");
        writer.checkout(&files).expect("a work tree");
        line
    }
}
