//! From the document to its commits: headings, the lines under them, fenced blocks.

use super::heading::{self, Addresses};
use super::mistake::{Fault, Mistake};
use super::{Arrival, Change, Chronicle, Commit, Deed, Hunk, Stamp};
use crate::budget::Limits;
use crate::source::{Place, RepoPath, SourceFile, Span};
use std::sync::Arc;

/// The words that begin a line under a heading.
const WORDS: [&str; 4] = ["committed", "merged", "on", "merges"];

/// Reads a whole document as one history.
pub(super) fn document(file: &Arc<SourceFile>, limits: &Limits) -> Result<Chronicle, Mistake> {
    Ok(told(file, limits, false)?.pop().unwrap_or_default())
}

/// Reads a document as one history for each level-1 heading.
pub(super) fn documents(file: &Arc<SourceFile>, limits: &Limits) -> Result<Vec<Chronicle>, Mistake> {
    let mut all = told(file, limits, true)?;
    // What stands before the first heading is about the document.
    all.retain(|told| !told.title.is_empty());
    Ok(all)
}

fn told(file: &Arc<SourceFile>, limits: &Limits, several: bool) -> Result<Vec<Chronicle>, Mistake> {
    if file.text().len() as u64 > limits.policy_bytes {
        let place = Place { file: Arc::clone(file), span: Span::at(0) };
        return Err(Mistake { place, fault: Fault::TooLong(limits.policy_bytes) });
    }
    let mut reader = Reader { file, limits, line: 1, addresses: Addresses::new() };
    let mut all = Vec::new();
    let mut told = Chronicle::default();
    while let Some(text) = reader.next_line() {
        let line = reader.line - 1;
        let place = reader.place(line);
        let at = |fault| Mistake { place: place.clone(), fault };
        if let Some(fence) = Fence::open(text) {
            let body = reader.body(&fence).ok_or_else(|| at(Fault::FenceNotClosed))?;
            let Some(change) = change(fence.info, body, limits) else { continue };
            let (path, deed) = change.map_err(at)?;
            let commit = told.commits.last_mut().ok_or_else(|| at(Fault::ChangeBeforeCommit))?;
            commit.changes.push(Change { place, path, deed });
        } else if let Some(heading) = text.strip_prefix("## ") {
            told.commits.push(reader.commit(line, heading.trim())?);
        } else if let Some(title) = text.strip_prefix("# ").filter(|_| several || told.title.is_empty()) {
            if several {
                all.push(std::mem::take(&mut told));
            }
            title.trim().clone_into(&mut told.title);
        } else if let Some(day) = text.strip_prefix("As of ").filter(|_| told.commits.is_empty()) {
            let day = day.trim_end().trim_end_matches('.');
            told.as_of = Some(heading::day(day).ok_or_else(|| at(Fault::NotADate(day.to_owned())))?);
        } else if several && !text.trim().is_empty() {
            told.prose.push(text.trim().to_owned());
        }
    }
    all.push(told);
    Ok(all)
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    limits: &'f Limits,
    /// The line to read next, from 1.
    line: u32,
    addresses: Addresses,
}

impl<'f> Reader<'f> {
    fn next_line(&mut self) -> Option<&'f str> {
        let lines = self.file.lines();
        if self.line > lines.count() {
            return None;
        }
        self.line += 1;
        let text = lines.text_of(self.line - 1, self.file.text());
        Some(if self.line == 2 { text.trim_start_matches('\u{feff}') } else { text })
    }

    fn place(&self, line: u32) -> Place {
        let lines = self.file.lines();
        let start = lines.start_of(line, self.file.text());
        let length = u32::try_from(lines.text_of(line, self.file.text()).len()).unwrap_or(u32::MAX);
        Place { file: Arc::clone(self.file), span: Span::new(start, start.saturating_add(length)) }
    }

    fn mistake(&self, line: u32, fault: Fault) -> Mistake {
        Mistake { place: self.place(line), fault }
    }

    /// The text of a block up to its closing line; `None` where there is none.
    fn body(&mut self, fence: &Fence<'_>) -> Option<String> {
        let mut body = String::new();
        loop {
            let text = self.next_line()?;
            if fence.closes(text) {
                return Some(body);
            }
            body.push_str(text);
            body.push('\n');
        }
    }

    /// The commit whose heading is on `line`, with the lines straight under it.
    fn commit(&mut self, line: u32, text: &str) -> Result<Commit, Mistake> {
        let told = heading::commit(text, &mut self.addresses);
        let (author, summary) = told.map_err(|fault| self.mistake(line, fault))?;
        let mut commit = Commit {
            place: self.place(line),
            committer: author.clone(),
            author,
            arrival: Arrival::Direct,
            summary,
            changes: Vec::new(),
        };
        while self.line <= self.file.lines().count() {
            let text = self.file.lines().text_of(self.line, self.file.text()).trim();
            if text.is_empty() || text.starts_with('#') || Fence::open(text).is_some() {
                break;
            }
            let at = self.line;
            self.line += 1;
            self.manner(text, &mut commit).map_err(|fault| self.mistake(at, fault))?;
        }
        Ok(commit)
    }

    /// One line about how the commit was made.
    fn manner(&mut self, text: &str, commit: &mut Commit) -> Result<(), Fault> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let arrival = match word {
            "committed" => {
                (commit.committer, _) = heading::by(rest, &mut self.addresses)?;
                return Ok(());
            }
            "merged" => {
                let (by, summary): (Stamp, _) = heading::by(rest, &mut self.addresses)?;
                let summary = summary.unwrap_or_else(|| format!("Merge \"{}\"", commit.summary));
                Arrival::Merged { by, summary }
            }
            "on" => Arrival::OnBranch(self.branch(rest)?),
            "merges" => Arrival::Merges(self.branch(rest)?),
            _ => {
                let near = WORDS.into_iter().find(|known| strsim::levenshtein(known, word) <= 2);
                return Err(Fault::UnknownLine(word.to_owned(), near));
            }
        };
        if commit.arrival != Arrival::Direct {
            return Err(Fault::TwoArrivals);
        }
        commit.arrival = arrival;
        Ok(())
    }

    fn branch(&self, name: &str) -> Result<String, Fault> {
        path(name, self.limits).map(|_| name.to_owned())
    }
}

/// The opening line of a fenced block.
struct Fence<'t> {
    mark: char,
    length: usize,
    info: &'t str,
}

impl<'t> Fence<'t> {
    fn open(line: &'t str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = text.trim_start_matches(mark);
        let length = text.len() - info.len();
        // Four spaces make an indented block, and a backtick behind it inline code.
        if length < 3 || line.len() - text.len() > 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        Some(Self { mark, length, info: info.trim() })
    }

    fn closes(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|c| c == self.mark)
    }
}

/// What a block does; `None` for an illustration.
fn change(info: &str, body: String, limits: &Limits) -> Option<Result<(RepoPath, Deed), Fault>> {
    let (word, target) = info.split_once(' ')?;
    let target = target.trim();
    let folder = target.ends_with('/');
    let told = |target: &str| path(target.strip_suffix('/').unwrap_or(target), limits);
    Some(match word {
        "edit" => path(target, limits).and_then(|path| Ok((path, Deed::Edit(hunks(&body)?)))),
        "append" => path(target, limits).map(|path| (path, Deed::Append(body))),
        "delete" | "move" if !body.trim().is_empty() => Err(Fault::TextInBlock),
        "delete" => told(target).map(|path| (path, Deed::Delete { folder })),
        "move" => match target.split_once(" -> ") {
            Some((from, to)) if from.trim().ends_with('/') == folder => {
                told(from.trim()).and_then(|from| Ok((from, Deed::Move { to: told(to.trim())?, folder })))
            }
            _ => Err(Fault::BadMove),
        },
        _ => path(target, limits).map(|path| (path, Deed::Write(body))),
    })
}

/// A relative path without empty parts, dots and `.git`, which git refuses.
fn path(text: &str, limits: &Limits) -> Result<RepoPath, Fault> {
    let shown = || text.chars().take(80).collect();
    let why = if text.is_empty() || text.split('/').any(str::is_empty) {
        "a part of it is empty"
    } else if text.len() > limits.path_bytes {
        "it is too long"
    } else if text.contains(['\0', '\\']) {
        "it has a character that no path here may have"
    } else if text.split('/').any(|part| matches!(part, "." | "..") || part.eq_ignore_ascii_case(".git")) {
        "`.`, `..` and `.git` are no names"
    } else {
        return Ok(RepoPath::from(text));
    };
    Err(Fault::BadPath(shown(), why))
}

/// The places of an `edit` block.
fn hunks(body: &str) -> Result<Vec<Hunk>, Fault> {
    let mut hunks = vec![Hunk { old: String::new(), new: String::new() }];
    for line in body.lines() {
        if line.starts_with("@@") {
            hunks.push(Hunk { old: String::new(), new: String::new() });
            continue;
        }
        let Some(hunk) = hunks.last_mut() else { continue };
        let (drop, add, text) = match line.split_at_checked(1) {
            Some((" ", text)) => (true, true, text),
            Some(("-", text)) => (true, false, text),
            Some(("+", text)) => (false, true, text),
            // An editor that trims lines takes the space of an empty one.
            None => (true, true, ""),
            Some(_) => return Err(Fault::EditLine(line.chars().take(80).collect())),
        };
        for (side, takes) in [(&mut hunk.old, drop), (&mut hunk.new, add)] {
            if takes {
                side.push_str(text);
                side.push('\n');
            }
        }
    }
    if hunks.iter().any(|hunk| hunk.old.is_empty() || hunk.old == hunk.new) {
        return Err(Fault::EditWithoutPlace);
    }
    Ok(hunks)
}
