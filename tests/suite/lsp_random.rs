//! Random editing: whatever was typed, opened, saved, closed and changed behind
//! the editor's back, what is told in the end is what a check of the same files
//! finds, and what a fresh start tells.

use super::checking::DAY;
use super::editor::{Editor, code, edit_of, utf16};
use super::git_cli::{Dice, Repo};
use super::random_isms::Isms;
use ismslint::catalogue::{Choice, Own, Policy};
use ismslint::check::{Silencing, judge, silence};
use ismslint::history::History;
use ismslint::settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::{Place, RepoPath, SourceFile};
use lsp_types::{Position, Range};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const SETTINGS: &str = "organisation: Example\npeople:\n  - {id: ana}\n";

/// What authors type, and what nobody should.
const TYPED: [&str; 16] = [
    "\n",
    "- id: A-77\n  title: 😀\n",
    "due: 2026-01-01\n",
    "  ",
    "x",
    "😀",
    "e\u{301}",
    ": ",
    "\"",
    "{",
    "]",
    "#",
    "\r\n",
    "\t",
    "---\n",
    "status: planed\n",
];

/// The files as the author sees them: on disk, and open.
struct Desk {
    disk: BTreeMap<String, String>,
    open: BTreeMap<String, String>,
}

impl Desk {
    fn new(isms: &Isms) -> Self {
        let mut desk = Self { disk: BTreeMap::new(), open: BTreeMap::new() };
        desk.disk.insert("isms.yaml".to_owned(), SETTINGS.to_owned());
        desk.take(isms);
        desk
    }

    /// The files of an ISMS that are text, in the place of those before.
    fn take(&mut self, isms: &Isms) {
        self.disk.retain(|path, _| path == "isms.yaml");
        for (path, bytes) in isms.files() {
            let path = path.as_str().expect("UTF-8").to_owned();
            if let Ok(text) = String::from_utf8(bytes) {
                self.disk.insert(path, text);
            }
        }
    }

    fn write(&self, root: &Path) {
        for entry in std::fs::read_dir(root).expect("listed") {
            let entry = entry.expect("listed");
            let is_folder = entry.file_type().expect("known").is_dir();
            match () {
                () if entry.file_name() == ".git" => {}
                () if is_folder => std::fs::remove_dir_all(entry.path()).expect("removed"),
                () => std::fs::remove_file(entry.path()).expect("removed"),
            }
        }
        for (path, text) in &self.disk {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
    }

    fn texts(&self) -> BTreeMap<String, String> {
        let mut all = self.disk.clone();
        all.extend(self.open.clone());
        all
    }

    /// A few minutes of work.
    fn work(&mut self, dice: &mut Dice, isms: &mut Isms, editor: &mut Editor) {
        if dice.roll(8) == 0 {
            // Behind the editor's back: a checkout, another program.
            (0..=dice.roll(4)).for_each(|_| isms.change(dice));
            self.take(isms);
            self.write(&editor.folder);
            self.close_what_became_a_folder(editor);
            editor.say("workspace/didChangeWatchedFiles", json!({"changes": []}));
        }
        for _ in 0..=dice.roll(3) {
            match dice.roll(6) {
                0 => self.close(dice, editor),
                1 => self.save(dice, editor),
                _ => self.open_some(dice, editor),
            }
            for _ in 0..=dice.roll(4) {
                self.edit(dice, editor);
            }
        }
    }

    /// A file and a folder of one name cannot both be there.
    fn close_what_became_a_folder(&mut self, editor: &Editor) {
        let below = |one: &str, other: &str| one.starts_with(&format!("{other}/"));
        let disk = self.disk.clone();
        self.open.retain(|open, _| {
            let taken = disk.keys().any(|path| below(path, open) || below(open, path));
            if taken {
                editor.tell_of("textDocument/didClose", open);
            }
            !taken
        });
    }

    fn open_some(&mut self, dice: &mut Dice, editor: &mut Editor) {
        let closed: Vec<&String> =
            self.disk.keys().filter(|path| *path != "isms.yaml" && !self.open.contains_key(*path)).collect();
        if closed.is_empty() || self.open.len() > 3 {
            return;
        }
        let path = closed[dice.roll(closed.len())].clone();
        let text = self.disk[&path].clone();
        editor.open(&path, &text);
        self.open.insert(path, text);
    }

    fn any_open(&self, dice: &mut Dice) -> Option<String> {
        let paths: Vec<&String> = self.open.keys().collect();
        (!paths.is_empty()).then(|| paths[dice.roll(paths.len())].clone())
    }

    fn close(&mut self, dice: &mut Dice, editor: &mut Editor) {
        if let Some(path) = self.any_open(dice) {
            self.open.remove(&path);
            editor.tell_of("textDocument/didClose", &path);
        }
    }

    fn save(&mut self, dice: &mut Dice, editor: &mut Editor) {
        if let Some(path) = self.any_open(dice) {
            self.disk.insert(path.clone(), self.open[&path].clone());
            self.write(&editor.folder);
            editor.tell_of("textDocument/didSave", &path);
        }
    }

    /// Asks for everything that there is to ask, anywhere in whatever was typed.
    fn ask(&self, dice: &mut Dice, editor: &mut Editor) {
        let Some(path) = self.any_open(dice) else { return };
        let text = &self.open[&path];
        let at = utf16(text, text.floor_char_boundary(dice.roll(text.len() + 1)));
        editor.hover(&path, at);
        editor.definition(&path, at);
        editor.references(&path, at, true);
        editor.completions(&path, at);
        let all = Range::new(Position::new(0, 0), Position::new(u32::MAX, 0));
        for action in editor.actions(&path, all) {
            let (_, range, _) = edit_of(&action);
            assert!(range.start <= range.end, "{action:?}");
        }
    }

    fn edit(&mut self, dice: &mut Dice, editor: &mut Editor) {
        let Some(path) = self.any_open(dice) else { return };
        let text = self.open[&path].clone();
        let place = |dice: &mut Dice| {
            let at = text.floor_char_boundary(dice.roll(text.len() + 1));
            // A line end of two characters is one to an editor.
            if text[..at].ends_with('\r') { at - 1 } else { at }
        };
        let start = place(dice);
        let end =
            if dice.roll(2) == 0 { start } else { place(dice).clamp(start, (start + 40).min(text.len())) };
        let end = text.floor_char_boundary(end).max(start);
        let end = if text[..end].ends_with('\r') { (end - 1).max(start) } else { end };
        let range = Range::new(utf16(&text, start), utf16(&text, end));
        let typed = if dice.roll(3) == 0 { "" } else { TYPED[dice.roll(TYPED.len())] };
        editor.edit(&path, Some(range), typed);
        self.open.insert(path, format!("{}{typed}{}", &text[..start], &text[end..]));
    }
}

/// A finding as both sides tell it: file, place, rule and words.
type Told = (String, (u32, u32), (u32, u32), String, String);

/// What a check of these files finds.
fn found(texts: &BTreeMap<String, String>, policy: &Policy) -> Vec<Told> {
    let files = texts.iter().map(|(path, text)| (RepoPath::from(path.as_str()), text.clone().into_bytes()));
    let day = DAY.parse().expect("a day");
    let snapshot = Snapshot::of_files(files.collect());
    let judged = judge(&snapshot, policy, Arc::new(History::not_read()), day);
    let found = silence(judged, policy, day, &Silencing::default()).findings;
    let point = |place: Option<&Place>, end: bool| {
        let Some(Place { file, span }) = place else { return (0, 0) };
        let text = texts.get(&file.path().shown()).map_or("", String::as_str);
        let at = if end { span.end } else { span.start } as usize;
        let position = utf16(text, at.min(text.len()));
        (position.line, position.character)
    };
    let told = found.iter().map(|finding| {
        let place = finding.place.as_ref();
        let path = place.map_or_else(|| "isms.yaml".to_owned(), |place| place.file.path().shown());
        let words = ismslint::escape::plain(finding.message.unescaped());
        (path, point(place, false), point(place, true), finding.rule.to_string(), words)
    });
    let mut told: Vec<Told> = told.collect();
    told.sort();
    told
}

/// What the editor shows.
fn shown(editor: &Editor) -> Vec<Told> {
    let mut told = Vec::new();
    for (uri, diagnostics) in editor.everything() {
        let path = uri.strip_prefix(&editor.uri("")).expect("below the folder").to_owned();
        for one in diagnostics.iter().filter(|one| code(one) != "not-recognised") {
            let (start, end) = (one.range.start, one.range.end);
            let words = one.message.lines().next().unwrap_or_default().to_owned();
            told.push((
                path.clone(),
                (start.line, start.character),
                (end.line, end.character),
                code(one),
                words,
            ));
        }
    }
    told.sort();
    told
}

#[test]
fn after_any_editing_the_editor_shows_what_a_check_finds() {
    let settings = settings::load(&SourceFile::new("isms.yaml".into(), SETTINGS)).expect("settings");
    let policy = Policy::new(settings, &Own::default(), &Choice::default()).expect("a policy");
    let home = tempfile::tempdir().expect("a folder");
    let mut dice = Dice(20_261_102);
    let mut isms = Isms::new(&mut dice, false);
    let mut desk = Desk::new(&isms);
    desk.write(home.path());
    let mut editor = Editor::on(home.path());
    let mut findings = 0;
    for round in 0..300 {
        desk.work(&mut dice, &mut isms, &mut editor);
        editor.settle();
        let (found, shown) = (found(&desk.texts(), &policy), shown(&editor));
        let one: Vec<&Told> = shown.iter().filter(|told| !found.contains(told)).collect();
        let other: Vec<&Told> = found.iter().filter(|told| !shown.contains(told)).collect();
        assert!(shown == found, "round {round}: {one:#?} for {other:#?} in {:#?}", desk.open);
        findings += found.len();
        if round % 3 == 0 {
            desk.ask(&mut dice, &mut editor);
        }
    }
    assert!(findings > 1000, "{findings}");
    assert_eq!(editor.leave(), 0);
}

#[test]
fn with_a_history_the_editor_shows_what_a_fresh_start_shows() {
    for seed in 0..4 {
        let repo = Repo::new();
        let mut dice = Dice(seed);
        let mut isms = Isms::new(&mut dice, true);
        let mut desk = Desk::new(&isms);
        for number in 0..5 {
            isms.change(&mut dice);
            desk.take(&isms);
            desk.write(&repo.root);
            repo.git(&["add", "-A"]);
            repo.git(&["commit", "-q", "--allow-empty", "-m", &format!("step {number}")]);
        }
        let mut editor = Editor::on(&repo.root);
        editor.wait_for_history();
        for _ in 0..4 {
            desk.work(&mut dice, &mut isms, &mut editor);
            editor.settle();
        }
        let mut fresh = Editor::on(&repo.root);
        for (path, text) in &desk.open {
            fresh.open(path, text);
        }
        fresh.wait_for_history();
        assert_eq!(editor.everything(), fresh.everything(), "seed {seed}");
        assert_eq!((editor.leave(), fresh.leave()), (0, 0));
    }
}
