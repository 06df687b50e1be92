//! Writing small repositories, for the demonstration and for tests. Equal
//! input gives equal bytes on every machine; nothing here is used in a check.
//!
//! `git2` writes objects through a `Repository` only, and opening one would let
//! the user's configuration in. A loose object is a header and a deflate stream,
//! and deflate has a form without compression: that is written here.

use super::inflate::adler32;
use super::store::hash;
use super::{Instant, ObjectKind, Oid};
use crate::source::RepoPath;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The files of a commit, by their path from the root.
pub type Files = BTreeMap<RepoPath, Vec<u8>>;

/// Bytes of one block that deflate can store.
const STORED_BLOCK: usize = 0xffff;

/// Who commits, and when.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The name; without `<`, `>` and line ends.
    pub name: &'a str,
    /// The address; likewise.
    pub email: &'a str,
    /// The date that is written.
    pub when: Instant,
}

/// A repository under construction.
#[derive(Debug)]
pub struct Writer {
    root: PathBuf,
    git_dir: PathBuf,
    written: HashSet<Oid>,
}

impl Writer {
    /// Makes an empty repository in `root`, on the unborn branch `main`.
    /// Fails where there is one already.
    pub fn create(root: &Path) -> io::Result<Self> {
        let git_dir = root.join(".git");
        fs::create_dir_all(root)?;
        fs::create_dir(&git_dir)?;
        for folder in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
            fs::create_dir_all(git_dir.join(folder))?;
        }
        fs::write(git_dir.join("HEAD"), "ref: refs/heads/main\n")?;
        let config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tlogallrefupdates = true\n";
        fs::write(git_dir.join("config"), config)?;
        Ok(Self { root: root.to_path_buf(), git_dir, written: HashSet::new() })
    }

    /// Writes a file's content.
    pub fn blob(&mut self, content: &[u8]) -> io::Result<Oid> {
        self.object(ObjectKind::Blob, content)
    }

    /// Writes a commit of exactly `files`, with the folders that they need.
    pub fn commit(
        &mut self,
        files: &Files,
        parents: &[Oid],
        author: Person<'_>,
        committer: Person<'_>,
        message: &str,
    ) -> io::Result<Oid> {
        let tree = self.tree(files)?;
        let mut text = format!("tree {tree}\n");
        for parent in parents {
            text.push_str(&format!("parent {parent}\n"));
        }
        text.push_str(&format!("author {}\ncommitter {}\n\n", line(author)?, line(committer)?));
        text.push_str(message);
        if !message.ends_with('\n') {
            text.push('\n');
        }
        self.object(ObjectKind::Commit, text.as_bytes())
    }

    /// Points a branch at a commit.
    pub fn branch(&mut self, name: &str, commit: Oid) -> io::Result<()> {
        self.reference(&format!("refs/heads/{name}"), commit)
    }

    /// Points a lightweight tag at a commit.
    pub fn tag(&mut self, name: &str, commit: Oid) -> io::Result<()> {
        self.reference(&format!("refs/tags/{name}"), commit)
    }

    fn reference(&mut self, name: &str, commit: Oid) -> io::Result<()> {
        let path = self.git_dir.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&self.git_dir))?;
        fs::write(path, format!("{commit}\n"))
    }

    /// Writes `files` to the work tree and an index that stages just them, so
    /// that `git status` is clean on a branch whose commit holds them.
    pub fn checkout(&mut self, files: &Files) -> io::Result<()> {
        for (path, content) in files {
            let target = self.root.join(checked(path)?);
            fs::create_dir_all(target.parent().unwrap_or(&self.root))?;
            fs::write(target, content)?;
        }
        self.stage(files)
    }

    /// Writes an index that stages just `files`. Its time stamps are zero, so
    /// that it is the same everywhere; git refreshes them when it next looks.
    pub fn stage(&mut self, files: &Files) -> io::Result<()> {
        let mut index = git2::Index::open(&self.git_dir.join("index")).map_err(io::Error::other)?;
        index.clear().map_err(io::Error::other)?;
        for (path, content) in files {
            checked(path)?;
            let id = self.blob(content)?;
            let id = git2::Oid::from_bytes(id.as_bytes()).map_err(io::Error::other)?;
            let epoch = git2::IndexTime::new(0, 0);
            let entry = git2::IndexEntry {
                ctime: epoch,
                mtime: epoch,
                dev: 0,
                ino: 0,
                mode: 0o100_644,
                uid: 0,
                gid: 0,
                file_size: 0,
                id,
                flags: 0,
                flags_extended: 0,
                path: path.as_bytes().to_vec(),
            };
            index.add(&entry).map_err(io::Error::other)?;
        }
        index.write().map_err(io::Error::other)
    }

    /// Writes the folders that `files` need, the innermost first.
    fn tree(&mut self, files: &Files) -> io::Result<Oid> {
        // The folders that are open: their path, and the entries so far.
        let mut open: Vec<(RepoPath, Vec<u8>)> = vec![(RepoPath::new(b""), Vec::new())];
        // Files sort as `git` sorts: by their whole path.
        for (path, content) in files {
            checked(path)?;
            let folder = path.parent().unwrap_or_else(|| RepoPath::new(b""));
            while open.len() > 1 && !contains(&open[open.len() - 1].0, &folder) {
                self.close_folder(&mut open)?;
            }
            let depth = open.len() - 1;
            let steps: Vec<Vec<u8>> = path.parts().skip(depth).map(<[u8]>::to_vec).collect();
            for step in steps.split_last().map(|(_, folders)| folders).unwrap_or_default() {
                let inner = open[open.len() - 1].0.join(step);
                if files.contains_key(&inner) {
                    let why = format!("`{inner:?}` is a file and a folder");
                    return Err(io::Error::new(ErrorKind::InvalidInput, why));
                }
                open.push((inner, Vec::new()));
            }
            let id = self.blob(content)?;
            let last = open.len() - 1;
            push_entry(&mut open[last].1, "100644", path.file_name(), id);
        }
        while open.len() > 1 {
            self.close_folder(&mut open)?;
        }
        let (_, root) = open.pop().unwrap_or_else(|| (RepoPath::new(b""), Vec::new()));
        self.object(ObjectKind::Tree, &root)
    }

    fn close_folder(&mut self, open: &mut Vec<(RepoPath, Vec<u8>)>) -> io::Result<()> {
        if let Some((path, entries)) = open.pop() {
            let id = self.object(ObjectKind::Tree, &entries)?;
            if let Some((_, parent)) = open.last_mut() {
                push_entry(parent, "40000", path.file_name(), id);
            }
        }
        Ok(())
    }

    fn object(&mut self, kind: ObjectKind, content: &[u8]) -> io::Result<Oid> {
        let id = hash(kind, content)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "a crafted SHA-1 collision"))?;
        if !self.written.insert(id) {
            return Ok(id);
        }
        let hex = id.to_string();
        let (fan_out, name) = hex.split_at(2);
        let folder = self.git_dir.join("objects").join(fan_out);
        fs::create_dir_all(&folder)?;
        let mut bytes = format!("{} {}\0", kind.word(), content.len()).into_bytes();
        bytes.extend_from_slice(content);
        fs::write(folder.join(name), stored_zlib(&bytes))?;
        Ok(id)
    }
}

/// Whether `folder` is `outer` or lies in it.
fn contains(outer: &RepoPath, folder: &RepoPath) -> bool {
    outer == folder || folder.below(outer).is_some()
}

fn push_entry(tree: &mut Vec<u8>, mode: &str, name: &[u8], id: Oid) {
    tree.extend_from_slice(mode.as_bytes());
    tree.push(b' ');
    tree.extend_from_slice(name);
    tree.push(0);
    tree.extend_from_slice(id.as_bytes());
}

/// A path that stays in the work tree and outside of `.git`.
fn checked(path: &RepoPath) -> io::Result<&str> {
    let fine = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    path.as_str()
        .filter(|_| path.parts().all(fine))
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, format!("`{path:?}` cannot be written")))
}

fn line(person: Person<'_>) -> io::Result<String> {
    let Person { name, email, when } = person;
    if [name, email].iter().any(|text| text.contains(['<', '>', '\n', '\0'])) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "a name with `<`, `>` or a line end"));
    }
    let sign = if when.offset_minutes < 0 { '-' } else { '+' };
    let offset = when.offset_minutes.abs();
    Ok(format!("{name} <{email}> {} {sign}{:02}{:02}", when.seconds, offset / 60, offset % 60))
}

/// A zlib stream of stored blocks (RFC 1950 and RFC 1951, section 3.2.4).
fn stored_zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(STORED_BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a chunk is no longer than a block");
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
    }
    stream.extend_from_slice(&adler32(bytes).to_be_bytes());
    stream
}
