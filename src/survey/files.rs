//! Which files are looked at, and what each has.

use super::{MOST_BYTES, Passed};
use crate::extract::{Observed, Rows, Sheet, bare_name};
use crate::inventory::{EXTENSIONS, Holds, Placing, decode};
use crate::settings::{CsvRows, Encoding, KeyPlace};
use crate::snapshot::{Entry, Snapshot};
use crate::source::{RepoPath, SourceFile};

/// Lines at the top of a CSV file in which its header may stand.
const HEADER_LINES: usize = 10;

/// A file that was looked at.
pub(super) struct Seen {
    pub(super) path: RepoPath,
    pub(super) shown: String,
    pub(super) observed: Observed,
    /// For CSV how it is written, and its rows.
    pub(super) csv: Option<(CsvRows, Rows)>,
    pub(super) bytes: u64,
    /// Whether the checker reads it as it is.
    pub(super) native: bool,
}

/// Files that may hold records, in the order of their paths.
pub(super) fn candidates(snapshot: &Snapshot) -> Vec<RepoPath> {
    let files = snapshot.entries().iter().filter(|(_, entry)| **entry == Entry::File);
    files.map(|(path, _)| path).filter(|path| may_hold(path)).cloned().collect()
}

fn may_hold(path: &RepoPath) -> bool {
    let name = String::from_utf8_lossy(path.file_name()).to_lowercase();
    let ends = EXTENSIONS.contains(&&*path.extension()) || name.contains(".md.");
    let about = ["changelog.md", "contributing.md", "license.md", "code_of_conduct.md", "readme.md"];
    let tools = ["package.json", "package-lock.json", "composer.json", "tsconfig.json"];
    let settings = name.starts_with("isms") && path.extension() == "yaml";
    let hidden = path.parts().any(|part| part.starts_with(b".") || part == b"node_modules");
    ends && !hidden
        && !settings
        && !name.starts_with('_')
        && !about.contains(&&*name)
        && !tools.contains(&&*name)
}

/// Reads a file and says what it has.
pub(super) fn look(snapshot: &Snapshot, placing: &Placing, path: &RepoPath) -> Result<Seen, Passed> {
    let bytes = snapshot.bytes(path).map_err(Passed::Unread)?;
    let size = bytes.len() as u64;
    if size > MOST_BYTES {
        return Err(Passed::TooLarge);
    }
    let is_csv = path.extension() == "csv";
    let encoding = if is_csv { encoding_of(&bytes) } else { Encoding::Utf8 };
    let text = decode(encoding, bytes).map_err(Passed::Unread)?;
    let file = SourceFile::new(path.clone(), text);
    let limits = snapshot.limits();
    let Ok(sheet) = Sheet::open(&file, limits) else { return Err(Passed::Nothing) };
    let observed = if is_csv { Observed::default() } else { sheet.observe() };
    let csv = is_csv.then(|| {
        let way = way_of(file.text(), encoding);
        let rows = sheet.observe_rows(&way);
        (way, rows)
    });
    let shown = path.shown();
    let mut seen = Seen { path: path.clone(), shown, observed, csv, bytes: size, native: false };
    let by_name = placing.of(path).iter().any(|holds| matches!(holds, Holds::Records(_)));
    seen.native = by_name && is_native(&seen);
    Ok(seen)
}

/// Whether the checker reads a file as it is: it has an id and a title where
/// they are expected. YAML and JSON are read by their own names.
fn is_native(seen: &Seen) -> bool {
    if let Some((way, rows)) = &seen.csv {
        let has = |name: &str| rows.columns.iter().any(|column| column == name);
        let usual = way.encoding == Encoding::Utf8 && way.header_row.is_none();
        return usual && has("id") && has("title");
    }
    if ["yaml", "yml", "json"].contains(&&*seen.path.extension()) {
        return true;
    }
    let has =
        |name: &str| seen.observed.keys.iter().any(|key| key.place == KeyPlace::Keys && key.name == name);
    has("id") && has("title")
}

/// How the bytes of a CSV file are to be read.
pub fn encoding_of(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        Encoding::Utf16
    } else if std::str::from_utf8(bytes).is_ok() {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    }
}

/// How a CSV file is written: the first of its lines that has the most cells
/// with words in them is the header.
pub fn way_of(text: &str, encoding: Encoding) -> CsvRows {
    let mut best: (usize, usize, char) = (0, 0, ',');
    for (number, line) in text.lines().take(HEADER_LINES).enumerate() {
        for separator in [',', ';', '\t'] {
            let names = line.split(separator).filter(|cell| is_name(cell)).count();
            if names > best.0 {
                best = (names, number, separator);
            }
        }
    }
    let header_row = u32::try_from(best.1 + 1).ok().filter(|row| *row > 1);
    CsvRows { separator: (best.2 != ',').then_some(best.2), header_row, encoding }
}

/// Which of the first rows is the header: the first of those with the most
/// cells that could be names.
pub fn header_of<'r>(rows: impl Iterator<Item = &'r [String]>) -> usize {
    let names = rows.take(HEADER_LINES).map(|row| row.iter().filter(|cell| is_name(cell)).count());
    let best =
        names.enumerate().fold((0, 0), |best, (at, names)| if names > best.1 { (at, names) } else { best });
    best.0
}

/// Whether a cell could be the name of a column: words, no date and no number.
fn is_name(cell: &str) -> bool {
    let cell = bare_name(cell.trim_matches('"'));
    cell.starts_with(char::is_alphabetic) && cell.chars().count() <= 40
}
