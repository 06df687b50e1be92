//! A small ISMS that changes at random, in all the ways that people change
//! one: records edited, moved, renamed, broken and mended, registers split and
//! joined, files reformatted, names that turn from file to folder.

use crate::git_cli::Dice;
use crate::naive_log::Files;
use crate::random_text::{Breach, Form, Style, render};
use ismslint::source::RepoPath;
use std::collections::BTreeMap;

/// A record as its author thinks of it.
#[derive(Clone)]
pub(crate) struct Rec {
    pub(crate) id: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// A file as its author thinks of it.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) form: Form,
    pub(crate) style: Style,
    pub(crate) records: Vec<Rec>,
    pub(crate) breach: Breach,
    pub(crate) remark: usize,
}

/// The whole ISMS, and the ids that were ever given away.
#[derive(Clone)]
pub(crate) struct Isms {
    files: BTreeMap<String, File>,
    last_id: usize,
    gone: Vec<Rec>,
    readme: usize,
}

const FIELDS: [&str; 9] = ["title", "owner", "status", "due", "notes", "plan", "effort", "expected", "tags"];
const WORDS: [&str; 8] =
    ["access", "backup", "Prüfung", "keys", "- id: A-3", "log: off", "of # two", "'quoted'"];

fn words(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| WORDS[dice.roll(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn value(dice: &mut Dice, field: &str) -> String {
    match field {
        "status" => ["proposed", "planned", "in_progress", "completed"][dice.roll(4)].to_owned(),
        "due" => format!("2026-{:02}-{:02}", 1 + dice.roll(12), 1 + dice.roll(28)),
        "expected" => ["3", "3.0", "3.50", "40"][dice.roll(4)].to_owned(),
        "tags" => {
            (0..=dice.roll(3)).map(|tag| format!("t{}", tag + dice.roll(3))).collect::<Vec<_>>().join(" ")
        }
        "notes" | "plan" => {
            let lines = 1 + dice.roll(4);
            (0..lines).map(|_| words(dice, 3)).collect::<Vec<_>>().join("\n")
        }
        _ => {
            let count = 1 + dice.roll(4);
            words(dice, count)
        }
    }
}

impl Isms {
    /// A few files; with `large` a register worth a window.
    pub(crate) fn new(dice: &mut Dice, large: bool) -> Self {
        let mut isms = Self { files: BTreeMap::new(), last_id: 0, gone: Vec::new(), readme: 0 };
        for (path, form, count) in [
            ("actions.yaml", Form::Register, if large { 30 } else { 3 }),
            ("actions/one.yaml", Form::One, 1),
            ("actions/list.json", Form::Json, 2),
            ("metrics/m.yaml", Form::Metric, 3),
            ("policies/p.md", Form::Markdown, 1),
        ] {
            let mut file = File {
                form,
                style: Style::random(dice),
                records: Vec::new(),
                breach: Breach::None,
                remark: 0,
            };
            for _ in 0..count {
                let record = isms.new_record(dice);
                file.records.push(record);
            }
            isms.files.insert(path.to_owned(), file);
        }
        isms
    }

    /// The files as bytes.
    pub(crate) fn files(&self) -> Files {
        let mut files: Files = self
            .files
            .iter()
            .map(|(path, file)| (RepoPath::from(path.as_str()), render(path, file)))
            .collect();
        files.insert("README.md".into(), format!("{}\n", self.readme).into_bytes());
        files
    }

    /// What a merge of `side`, begun at `base`, makes of this: the side's where
    /// it changed a file, else ours.
    pub(crate) fn merge(&mut self, base: &Self, side: &Self) {
        let paths: Vec<String> = base.files.keys().chain(side.files.keys()).cloned().collect();
        for path in paths {
            let bytes = |isms: &Self| isms.files.get(&path).map(|file| render(&path, file));
            if bytes(base) != bytes(side) {
                match side.files.get(&path) {
                    Some(file) if !self.is_taken(&path) => {
                        self.files.insert(path, file.clone());
                    }
                    Some(_) => {}
                    None => {
                        self.files.remove(&path);
                    }
                }
            }
        }
        self.last_id = self.last_id.max(side.last_id);
    }

    /// Whether a file stands where `path` needs a folder, or the other way.
    fn is_taken(&self, path: &str) -> bool {
        let inside =
            |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        self.files.keys().any(|known| inside(known, path) || inside(path, known))
    }

    fn new_record(&mut self, dice: &mut Dice) -> Rec {
        self.last_id += 1;
        let mut fields = vec![("title", value(dice, "title"))];
        for field in &FIELDS[1..] {
            if dice.roll(3) > 0 {
                fields.push((field, value(dice, field)));
            }
        }
        Rec { id: format!("A-{}", self.last_id), fields }
    }

    fn pick(&self, dice: &mut Dice, wanted: impl Fn(&File) -> bool) -> Option<String> {
        // The largest file is the likeliest to be worked on.
        let largest = self.files.iter().max_by_key(|(_, file)| file.records.len());
        if let Some((path, _)) = largest.filter(|(_, file)| wanted(file) && dice.roll(2) == 0) {
            return Some(path.clone());
        }
        let paths: Vec<&String> =
            self.files.iter().filter(|(_, file)| wanted(file)).map(|(path, _)| path).collect();
        (!paths.is_empty()).then(|| paths[dice.roll(paths.len())].clone())
    }

    fn free_path(&self, dice: &mut Dice, extension: &str) -> Option<String> {
        let folder = ["actions/", "actions/sub/", "improvements/", ""][dice.roll(4)];
        let name = if folder.is_empty() { "improvements".to_owned() } else { format!("f{}", dice.roll(6)) };
        let path = format!("{folder}{name}.{extension}");
        (!self.files.contains_key(&path) && !self.is_taken(&path)).then_some(path)
    }

    /// One change of one of the many sorts.
    pub(crate) fn change(&mut self, dice: &mut Dice) {
        if dice.roll(4) == 0 {
            self.mend();
        }
        match dice.roll(26) {
            0..=4 => self.edit(dice),
            5 | 6 => self.append_field(dice),
            7 | 8 => self.add(dice),
            9 => self.remove(dice),
            10 => self.move_record(dice),
            11 => self.split(dice),
            12 => self.join(dice),
            13 => self.turn_form(dice),
            14 | 15 => self.break_it(dice),
            16 | 17 => self.mend(),
            18 => self.turn_to_folder(dice),
            19 => self.duplicate(dice),
            20 => self.rename(dice),
            21 => self.reformat(dice),
            22 => self.remark(dice),
            23 => self.move_file(dice),
            24 => self.delete_file(dice),
            _ => self.readme += 1,
        }
    }

    /// Often at the first or the last record: there the window has its edges.
    fn any_record(dice: &mut Dice, file: &File) -> usize {
        match dice.roll(4) {
            0 => 0,
            1 => file.records.len() - 1,
            _ => dice.roll(file.records.len()),
        }
    }

    fn edit(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| !file.records.is_empty()) else { return };
        let file = self.files.get_mut(&path).expect("picked");
        let at = Self::any_record(dice, file);
        let fields = &mut file.records[at].fields;
        let field = dice.roll(fields.len());
        if field > 0 && dice.roll(5) == 0 {
            fields.remove(field);
        } else {
            fields[field].1 = value(dice, fields[field].0);
        }
    }

    fn append_field(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| !file.records.is_empty()) else { return };
        let file = self.files.get_mut(&path).expect("picked");
        let at = Self::any_record(dice, file);
        let fields = &mut file.records[at].fields;
        if let Some(field) = FIELDS.iter().find(|field| fields.iter().all(|(name, _)| name != *field)) {
            fields.push((field, value(dice, field)));
        }
    }

    fn add(&mut self, dice: &mut Dice) {
        let record = match self.gone.pop().filter(|_| dice.roll(2) == 0) {
            Some(record) => record,
            None => self.new_record(dice),
        };
        if dice.roll(3) == 0
            && let Some(path) = self.free_path(dice, "yaml")
        {
            let (style, breach) = (Style::random(dice), Breach::None);
            let form = [Form::One, Form::Register][dice.roll(2)];
            self.files.insert(path, File { form, style, records: vec![record], breach, remark: 0 });
        } else if let Some(path) = self.pick(dice, |file| file.form.holds_many()) {
            let file = self.files.get_mut(&path).expect("picked");
            let at = [0, file.records.len(), dice.roll(file.records.len() + 1)][dice.roll(3)];
            file.records.insert(at, record);
        }
    }

    fn take(&mut self, dice: &mut Dice) -> Option<Rec> {
        let path = self.pick(dice, |file| !file.records.is_empty() && file.form.moves())?;
        let file = self.files.get_mut(&path).expect("picked");
        let at = Self::any_record(dice, file);
        let record = file.records.remove(at);
        if file.records.is_empty() && (file.form == Form::One || dice.roll(2) == 0) {
            self.files.remove(&path);
        }
        Some(record)
    }

    fn remove(&mut self, dice: &mut Dice) {
        let gone = self.take(dice);
        self.gone.extend(gone);
    }

    fn move_record(&mut self, dice: &mut Dice) {
        let Some(record) = self.take(dice) else { return };
        if let Some(path) = self.pick(dice, |file| file.form.holds_many()) {
            let file = self.files.get_mut(&path).expect("picked");
            let at = dice.roll(file.records.len() + 1);
            file.records.insert(at, record);
        }
    }

    fn split(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| file.form.holds_many() && file.records.len() > 1) else {
            return;
        };
        let Some(other) = self.free_path(dice, "yaml") else { return };
        let file = self.files.get_mut(&path).expect("picked");
        let at = 1 + dice.roll(file.records.len() - 1);
        let records = file.records.split_off(at);
        let (form, style) = (Form::Register, Style::random(dice));
        self.files.insert(other, File { form, style, records, breach: Breach::None, remark: 0 });
    }

    fn join(&mut self, dice: &mut Dice) {
        let Some(from) = self.pick(dice, |file| file.form.moves()) else { return };
        let Some(into) = self.pick(dice, |file| file.form.holds_many()).filter(|into| *into != from) else {
            return;
        };
        let records = self.files.remove(&from).expect("picked").records;
        self.files.get_mut(&into).expect("picked").records.extend(records);
    }

    /// A file for each record becomes a register, and a register of one a file.
    fn turn_form(&mut self, dice: &mut Dice) {
        let Some(path) = self
            .pick(dice, |file| matches!(file.form, Form::One | Form::Register) && file.records.len() == 1)
        else {
            return;
        };
        let file = self.files.get_mut(&path).expect("picked");
        file.form = if file.form == Form::One { Form::Register } else { Form::One };
    }

    fn break_it(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| file.breach == Breach::None) else { return };
        let file = self.files.get_mut(&path).expect("picked");
        file.breach = Breach::random(dice, file.records.len());
    }

    fn mend(&mut self) {
        if let Some(file) = self.files.values_mut().find(|file| file.breach != Breach::None) {
            file.breach = Breach::None;
        }
    }

    /// `a.yaml` becomes `a.yaml/in.yaml`, and back.
    fn turn_to_folder(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| file.form.moves()) else { return };
        let file = self.files.remove(&path).expect("picked");
        let outer = path.strip_suffix("/in.yaml").filter(|outer| outer.contains('.'));
        let other = match outer {
            Some(outer) => outer.to_owned(),
            None if path.contains('/')
                && path.rsplit_once('.').is_some_and(|(_, extension)| extension == "yaml") =>
            {
                format!("{path}/in.yaml")
            }
            None => path.clone(),
        };
        let free = !self.files.contains_key(&other) && !self.is_taken(&other);
        self.files.insert(if free { other } else { path }, file);
    }

    fn duplicate(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| !file.records.is_empty() && file.form.moves()) else {
            return;
        };
        let file = &self.files[&path];
        let mut record = file.records[Self::any_record(dice, file)].clone();
        if dice.roll(2) == 0 {
            record.fields[0].1 = value(dice, "title");
        }
        if let Some(path) = self.pick(dice, |file| file.form.holds_many()) {
            let file = self.files.get_mut(&path).expect("picked");
            let at = dice.roll(file.records.len() + 1);
            file.records.insert(at, record);
        }
    }

    fn rename(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| !file.records.is_empty()) else { return };
        self.last_id += 1;
        let id = format!("A-{}", self.last_id);
        let file = self.files.get_mut(&path).expect("picked");
        let at = Self::any_record(dice, file);
        file.records[at].id = id;
        if dice.roll(2) == 0 {
            let title = value(dice, "title");
            file.records[at].fields[0].1 = title;
        }
    }

    fn reformat(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |_| true) else { return };
        self.files.get_mut(&path).expect("picked").style = Style::random(dice);
    }

    fn remark(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |_| true) else { return };
        self.files.get_mut(&path).expect("picked").remark = dice.roll(9);
    }

    fn move_file(&mut self, dice: &mut Dice) {
        let Some(path) = self.pick(dice, |file| file.form.moves()) else { return };
        let extension = path.rsplit('.').next().unwrap_or_default().to_owned();
        let Some(to) = self.free_path(dice, &extension) else { return };
        let file = self.files.remove(&path).expect("picked");
        self.files.insert(to, file);
    }

    fn delete_file(&mut self, dice: &mut Dice) {
        if self.files.len() > 3
            && let Some(path) = self.pick(dice, |file| file.form.moves() && file.records.len() < 20)
        {
            let file = self.files.remove(&path).expect("picked");
            self.gone.extend(file.records);
        }
    }
}
