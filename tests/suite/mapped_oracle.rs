//! The field log of mapped files held against its definition, on random
//! histories: tables, CSV, headings, lines and front matter that change in the
//! ways that people change them. And what the log ends in is what a check of
//! the last moment reads.

use crate::git_cli::Dice;
use crate::naive_log::{Files, Naive};
use chrono::{Days, NaiveDate};
use ismslint::budget::Limits;
use ismslint::history::{History, MemoryCommit, MemoryLine, build, build_with};
use ismslint::inventory::{Placing, Reader, load};
use ismslint::kind::Kinds;
use ismslint::settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::SourceFile;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

const MAPPING: &str = "\
mapping:
  - files: actions.md
    kind: action
    split: {table: {columns: [ID]}}
    preset: markdown-register
    dates: [DD.MM.YYYY]
  - files: actions.csv
    kind: action
    split: {csv: {separator: \";\", encoding: windows-1252}}
    preset: csv-register
    dates: [DD.MM.YYYY]
  - files: by-heading.md
    kind: action
    split: {headings: {level: 2}}
    fields: {id: {heading: \"^([A-Z]+-[0-9]+)\"}, title: {heading: \": (.*)\"}}
    dates: [DD.MM.YYYY]
    words: {status: {Offen: planned, Erledigt: completed}}
  - files: \"pages/*.md\"
    kind: document
    preset: [bold-header, german]
    fields: {id: {file: stem}, effective: {git: first_commit}}
";

#[derive(Clone)]
struct Row {
    number: usize,
    title: String,
    owner: &'static str,
    status: &'static str,
    due: String,
}

/// A few registers and a page, which change at random.
#[derive(Clone)]
struct Isms {
    registers: [Vec<Row>; 3],
    page: Option<(Row, usize)>,
    /// What is no record: a heading, an empty line, another order of columns.
    remark: usize,
    turned: bool,
    broken: bool,
    last: usize,
}

const STATUS: [&str; 6] = ["Open", "🟢 In Progress", "Erledigt", "CLOSED - done", "Ongoing", ""];
const OWNERS: [&str; 4] = ["ana", "Ben (lead)", "—", "@cleo"];

impl Isms {
    fn row(&mut self, dice: &mut Dice) -> Row {
        self.last += 1;
        Row {
            number: self.last,
            title: ["Patch", "Prüfen | oder nicht", "\"Lock\"; door", "**Bold** `code`"][dice.roll(4)]
                .to_owned(),
            owner: OWNERS[dice.roll(4)],
            status: STATUS[dice.roll(6)],
            due: due(dice),
        }
    }

    fn change(&mut self, dice: &mut Dice) {
        let at = dice.roll(3);
        match dice.roll(9) {
            0 | 1 => {
                let row = self.row(dice);
                let place = dice.roll(self.registers[at].len() + 1);
                self.registers[at].insert(place, row);
            }
            2 if !self.registers[at].is_empty() => {
                let gone = dice.roll(self.registers[at].len());
                self.registers[at].remove(gone);
            }
            3 if !self.registers[at].is_empty() => {
                // From one register to another.
                let moved = self.registers[at].remove(0);
                self.registers[(at + 1) % 3].push(moved);
            }
            4 => self.remark += 1,
            5 => self.turned = !self.turned,
            6 => self.broken = !self.broken,
            7 => {
                let row = self.row(dice);
                self.page = (dice.roll(4) > 0).then(|| (row, dice.roll(3)));
            }
            _ => {
                if let Some(row) = self.registers[at].first_mut() {
                    row.status = STATUS[dice.roll(6)];
                    row.due = due(dice);
                }
            }
        }
    }

    fn files(&self) -> Files {
        let mut table = format!("# Actions {}\n\n", self.remark);
        let header = if self.turned {
            "| Due | Status | Owner | Title | ID |"
        } else {
            "| ID | Title | Owner | Status | Due Date |"
        };
        let _ = writeln!(table, "{header}\n|---|---|---|---|---|");
        let mut csv = "ID;Title;Owner;Status;DueDate\r\n".to_owned();
        let mut sections = "# Actions\n\n".to_owned();
        for row in &self.registers[0] {
            let (title, id) = (row.title.replace('|', "\\|"), format!("A-{}", row.number));
            let mut cells = [id.as_str(), &title, row.owner, row.status, &row.due];
            if self.turned {
                cells.reverse();
            }
            let _ = writeln!(table, "| {} |", cells.join(" | "));
        }
        if self.broken {
            csv.push_str("A-999;\"open\r\n");
        }
        for row in &self.registers[1] {
            let title = format!("\"{}\"", row.title.replace('"', "\"\""));
            let status = row.status.trim_start_matches("🟢 ");
            let owner = row.owner.replace('—', "-");
            let _ = write!(csv, "A-{};{title};{owner};{status};{}\r\n", row.number, row.due);
        }
        for row in &self.registers[2] {
            let _ = write!(
                sections,
                "## A-{}: {}\n\n**Owner:** {} | **Status:** {}\n\n- Due: {}\n\n```\nStatus: fenced\n```\n\n",
                row.number, row.title, row.owner, row.status, row.due
            );
        }
        let csv: Vec<u8> =
            csv.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
        let mut files: Files = BTreeMap::from([
            ("actions.md".into(), table.into_bytes()),
            ("actions.csv".into(), csv),
            ("by-heading.md".into(), sections.into_bytes()),
        ]);
        if let Some((row, form)) = &self.page {
            let text = match form {
                0 => format!(
                    "# {}\n\n**Owner:** {}\n**Status:** Entwurf\n\nText {}.\n",
                    row.title, row.owner, self.remark
                ),
                1 => format!(
                    "---\nowner: {}\ntitle: x\n---\n\nText {}.\n",
                    row.owner.trim_start_matches('@'),
                    self.remark
                ),
                _ => format!(
                    "# Seite\n\n| Feld | Wert |\n|---|---|\n| Verantwortlich | {} |\n| Letzte Prüfung | {} |\n",
                    row.owner, row.due
                ),
            };
            files.insert("pages/page.md".into(), text.into_bytes());
        }
        files
    }
}

fn due(dice: &mut Dice) -> String {
    let (month, day) = (1 + dice.roll(12), 1 + dice.roll(28));
    match dice.roll(4) {
        0 => format!("{day:02}.{month:02}.2026"),
        1 => format!("2026-{month:02}"),
        2 => "soon".to_owned(),
        _ => format!("2026-{month:02}-{day:02}"),
    }
}

fn line(seed: u64, steps: usize) -> Vec<Files> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let registers = [Vec::new(), Vec::new(), Vec::new()];
    let mut isms = Isms { registers, page: None, remark: 0, turned: false, broken: false, last: 0 };
    let mut line = Vec::new();
    for _ in 0..steps {
        for _ in 0..=dice.roll(3) {
            isms.change(&mut dice);
        }
        line.push(isms.files());
    }
    line
}

fn memory(line: &[Files]) -> MemoryLine {
    let commit = |(number, files): (usize, &Files)| {
        let day = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day") + Days::new(number as u64);
        let mut commit = MemoryCommit::new(number, "Ana", "ana@example.org", day, "a change");
        commit.files = files.clone();
        commit
    };
    MemoryLine::new(line.iter().enumerate().map(commit).collect())
}

fn placing() -> Arc<Placing> {
    let file = SourceFile::new("isms.yaml".into(), MAPPING);
    let settings = settings::load(&file).unwrap_or_else(|wrong| panic!("{}", wrong[0].message.unescaped()));
    let placing = Placing::new(&settings, &Kinds::embedded());
    Arc::new(placing.unwrap_or_else(|wrong| panic!("{}", wrong[0].message.unescaped())))
}

/// The records of the last moment are those that the log ends in.
fn ends_as_checked(history: &History, placing: &Placing, last: &Files, what: &str) -> usize {
    let snapshot = Snapshot::of_files(last.clone());
    let inventory = load(&snapshot, placing, history);
    let mut compared = 0;
    for record in inventory.records().iter().filter(|record| record.identified) {
        let series = history.series.get(&record.key).unwrap_or_else(|| panic!("{what}: {:?}", record.key));
        let fields = series.replay().unwrap_or_else(|| panic!("{what}: {:?} is not deleted", record.key));
        for name in ["title", "owner", "status", "due", "reviewed"] {
            let (tree, node) = record.node();
            let here = tree
                .get(node, name)
                .map(|value| tree.text(value).split_whitespace().collect::<Vec<_>>().join(" "));
            assert_eq!(fields.get(name).map(ToString::to_string), here, "{what}: {:?} {name}", record.key);
            compared += usize::from(here.is_some());
        }
    }
    compared
}

#[test]
fn the_log_of_mapped_files_is_what_its_definition_says() {
    let placing = placing();
    let reader = Reader::new(placing.clone(), Limits::STANDARD);
    let (mut compared, mut gaps, mut touches) = (0, 0, 0);
    for seed in 0..60 {
        let line = line(seed, 14);
        let naive = Naive::of(&reader, &line);
        let history = build(&memory(&line), &reader, None);
        let whole = build_with(&memory(&line), &reader, None, false);
        for key in history.series.keys().chain(naive.series.keys()) {
            assert_eq!(history.series.get(key), naive.series.get(key), "seed {seed}: {key:?}");
            assert_eq!(history.series.get(key), whole.series.get(key), "seed {seed}: {key:?}");
        }
        gaps += history
            .series
            .values()
            .flat_map(|series| &series.changes)
            .filter(|change| change.unknown_since.is_some())
            .count();
        touches += history.touches.values().map(Vec::len).sum::<usize>();
        compared += ends_as_checked(&history, &placing, line.last().expect("steps"), &format!("seed {seed}"));
    }
    assert!(compared > 500, "{compared} fields were compared");
    assert!(gaps > 5, "{gaps} versions could not be read");
    assert!(touches > 60, "{touches} steps touched a file of which git is asked");
}
