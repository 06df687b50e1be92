//! The real `git` as an oracle, and repositories made with it.

use ismslint::budget::Limits;
use ismslint::git::{Oid, Store, locate};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A repository in a folder that goes away with it.
pub(crate) struct Repo {
    /// Removes the folder in the end.
    _home: TempDir,
    /// The work tree.
    pub(crate) root: PathBuf,
}

impl Repo {
    /// An empty repository on `main`.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let root = home.path().canonicalize().expect("real").join("repo");
        std::fs::create_dir(&root).expect("new");
        git(&root, &["init", "-q", "-b", "main", "."]);
        Self { _home: home, root }
    }

    /// A repository with a few commits of one growing file.
    pub(crate) fn linear(commits: usize) -> Self {
        let repo = Self::new();
        for number in 0..commits {
            std::fs::write(repo.root.join("a.yaml"), format!("n: {number}\n")).expect("written");
            repo.git(&["add", "."]);
            repo.git(&["commit", "-qm", &format!("step {number}")]);
        }
        repo
    }

    /// Runs git in the work tree.
    pub(crate) fn git(&self, args: &[&str]) -> Vec<u8> {
        git(&self.root, args)
    }

    /// The same, one trimmed text.
    pub(crate) fn text(&self, args: &[&str]) -> String {
        text(&self.root, args)
    }

    /// An id that git prints.
    pub(crate) fn id(&self, name: &str) -> Oid {
        Oid::from_hex(self.text(&["rev-parse", name]).as_bytes()).expect("an id")
    }

    /// A folder beside the work tree.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.parent().expect("a home").join(name)
    }

    /// A file in `.git`.
    pub(crate) fn dot_git(&self, name: &str) -> PathBuf {
        self.root.join(".git").join(name)
    }

    /// The store of the repository.
    pub(crate) fn store(&self) -> Store {
        store(&self.root)
    }
}

/// Opens the store of the repository that `folder` lies in.
pub(crate) fn store(folder: &Path) -> Store {
    let place = locate(folder).expect("readable").expect("there is a repository");
    Store::open(&place, Limits::STANDARD).expect("opens")
}

/// Runs git without anyone's configuration, at a fixed time.
pub(crate) fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).args(args);
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("GIT_") {
            command.env_remove(key);
        }
    }
    command.envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ana"),
        ("GIT_AUTHOR_EMAIL", "ana@example.org"),
        ("GIT_AUTHOR_DATE", "1700000000 +0100"),
        ("GIT_COMMITTER_NAME", "Bo"),
        ("GIT_COMMITTER_EMAIL", "bo@example.org"),
        ("GIT_COMMITTER_DATE", "1700000100 -0330"),
    ]);
    command
}

/// Runs git and requires that it succeeds.
pub(crate) fn git(folder: &Path, args: &[&str]) -> Vec<u8> {
    feed(folder, args, b"")
}

/// The same, with something on its standard input.
pub(crate) fn feed(folder: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = command(folder, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git is installed");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // git may end before it has read everything; its exit code tells.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("wrote");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Trimmed output.
pub(crate) fn text(folder: &Path, args: &[&str]) -> String {
    String::from_utf8_lossy(&git(folder, args)).trim().to_owned()
}

/// A small generator of numbers: the same seed, the same repository.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }
}

/// A repository of random commits: side branches, merges of up to five
/// parents, second roots, moves, links, submodules, names that turn from file
/// to folder, names around git's sort order.
pub(crate) fn random(seed: u64, commits: usize) -> Repo {
    let repo = Repo::new();
    let mut dice = Dice(seed);
    let mut stream = Vec::new();
    for mark in 1..=commits {
        random_commit(&mut stream, &mut dice, mark);
    }
    feed(&repo.root, &["fast-import", "--quiet", "--force"], &stream);
    repo
}

fn random_commit(stream: &mut Vec<u8>, dice: &mut Dice, mark: usize) {
    let root = mark == 1 || dice.roll(40) == 0;
    let new_root = root && mark > 1;
    let branch = if !new_root && dice.roll(2) == 0 { "main".to_owned() } else { format!("side{mark}") };
    let when = 1_600_000_000 + mark * 1000 - dice.roll(3000);
    let zone = ["+0000", "+0530", "-0330", "+1400"][dice.roll(4)];
    let who = ["Ana <ana@x>", "Jörg Ä <j@x>", "Nobody <>", "A. \"B\" C <a b@x>"][dice.roll(4)];
    let message = ["one\n", "two\n\nlong\n", "", "no end"][dice.roll(4)];
    let header = format!(
        "commit refs/heads/{branch}\nmark :{mark}\nauthor {who} {when} {zone}\ncommitter {who} {} {zone}\ndata {}\n{message}\n",
        when + 50,
        message.len()
    );
    stream.extend_from_slice(header.as_bytes());
    if !root {
        // Branches begin near the tip, so that the main line is long.
        let back = |dice: &mut Dice| mark - 1 - dice.roll((mark - 1).min(9));
        if branch != "main" {
            stream.extend_from_slice(format!("from :{}\n", back(dice)).as_bytes());
        }
        let others = if dice.roll(2) == 0 { 1 + dice.roll(4) } else { 0 };
        let mut merged = Vec::new();
        for _ in 0..others {
            let other = back(dice);
            if !merged.contains(&other) {
                stream.extend_from_slice(format!("merge :{other}\n").as_bytes());
                merged.push(other);
            }
        }
    }
    for _ in 0..dice.roll(5) {
        random_change(stream, dice);
    }
    stream.push(b'\n');
}

fn random_change(stream: &mut Vec<u8>, dice: &mut Dice) {
    let path = random_path(dice);
    let line = match dice.roll(12) {
        0..=2 => format!("D {path}\n"),
        3 => format!("M 160000 {:040x} {path}\n", dice.roll(9) + 1),
        kind => {
            let mode = ["100644", "100755", "120000"][usize::from(kind == 4) + usize::from(kind == 5) * 2];
            let content = format!("v: {}\n", dice.roll(50));
            format!("M {mode} inline {path}\ndata {}\n{content}\n", content.len())
        }
    };
    stream.extend_from_slice(line.as_bytes());
}

fn random_path(dice: &mut Dice) -> String {
    let names = ["a", "a-", "a.b", "a0", "ab", "isms", "ä", "z z"];
    let depth = 1 + dice.roll(4);
    (0..depth).map(|_| names[dice.roll(names.len())]).collect::<Vec<_>>().join("/")
}
