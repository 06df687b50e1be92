//! A selection of the mapping made ready: its patterns, date formats and words
//! checked against the kind, each mistake at its place in `isms.yaml`.

use super::dates::Format;
use super::markdown::Page;
use super::names::{Name, fold};
use super::sheet::Sheet;
use crate::budget::Limits;
use crate::kind::{Field, Kind, Shape};
use crate::settings::{self, Derivation, Encoding, FieldSource, KeyPlace, Mistake, Selection, Split};
use crate::source::SourceFile;
use regex::{Regex, RegexBuilder};
use serde_yaml::{Location, Spanned};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Bytes of a compiled pattern.
const PATTERN: usize = 1 << 20;

/// Signs that stand where nothing is known.
const BLANKS: [&str; 8] = ["-", "--", "---", "–", "—", "n/a", "N/A", "YYYY-MM-DD"];

/// How files of one layout become records of a kind.
#[derive(Debug)]
pub struct Layout {
    /// As the settings say it, with its presets.
    pub selection: Selection,
    /// The kind of the records.
    pub kind: Arc<Kind>,
    pub(super) plans: Vec<Plan>,
    pub(super) formats: Vec<Format>,
    pub(super) words: BTreeMap<String, Vec<(String, Vec<String>)>>,
    pub(super) people: Vec<(String, String)>,
    pub(super) blanks: BTreeSet<String>,
    pub(super) from: Vec<KeyPlace>,
    pub(super) footer: Vec<Name>,
    pub(super) heading: Option<Regex>,
}

/// Where one field comes from.
#[derive(Debug)]
pub(super) struct Plan {
    /// Its dotted path.
    pub(super) path: String,
    pub(super) field: Field,
    pub(super) source: FieldSource,
    /// The keys are its own name alone, which the mapping does not name.
    pub(super) by_own_name: bool,
    pub(super) keys: Vec<Name>,
    pub(super) or_keys: Vec<Name>,
    pub(super) slug: Vec<Name>,
    pub(super) history: Option<Name>,
    pub(super) badge: Option<Name>,
    pub(super) text: Option<Regex>,
    pub(super) heading: Option<Regex>,
    pub(super) path_pattern: Option<Regex>,
}

/// What is collected while a selection is made ready.
struct Making<'m> {
    file: &'m Arc<SourceFile>,
    kind: &'m Kind,
    mistakes: &'m mut Vec<Mistake>,
}

impl Layout {
    /// The layout that a selection of `file` describes.
    ///
    /// # Errors
    /// Fields that the kind does not have, patterns and date formats that are
    /// none, and the like.
    pub fn new(
        selection: &Selection,
        kind: &Arc<Kind>,
        file: &Arc<SourceFile>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut making = Making { file, kind, mistakes: &mut mistakes };
        let plans = making.plans(selection);
        let formats = making.formats(selection);
        let words = making.words(selection);
        let heading = making.split(selection);
        making.derivations(selection);
        let blanks = BLANKS.into_iter().chain(selection.blank.iter()).map(str::to_lowercase).collect();
        let names = |names: &settings::Names| names.iter().map(Name::new).collect::<Vec<_>>();
        let footer = names(&selection.footer);
        let layout = Self {
            kind: kind.clone(),
            plans,
            formats,
            words,
            people: selection.people.iter().map(|(name, person)| (fold(name), person.clone())).collect(),
            blanks,
            from: places(selection),
            footer: if footer.is_empty() { vec![Name::new("Document Control")] } else { footer },
            heading,
            selection: selection.clone(),
        };
        if mistakes.is_empty() { Ok(layout) } else { Err(mistakes) }
    }

    /// The page that a file is to this layout.
    pub(super) fn page<'s>(&self, sheet: &'s Sheet<'_>) -> &'s Page {
        sheet.page(self.from.contains(&KeyPlace::Loose))
    }

    /// How one file is divided into records; none where it is one.
    pub(super) fn split(&self) -> Option<&Split> {
        self.selection.split.as_ref().map(|split| &split.value)
    }

    /// How the bytes of the files are to be read.
    pub fn encoding(&self) -> Encoding {
        let csv = self.split().and_then(|split| split.csv.as_ref());
        csv.map_or(Encoding::Utf8, |csv| csv.encoding)
    }

    /// Whether files of this layout hold several records.
    pub fn splits(&self) -> bool {
        self.selection.split.is_some()
    }

    /// Whether a field comes from git.
    pub fn asks_git(&self) -> bool {
        self.plans.iter().any(|plan| plan.source.git.is_some())
    }
}

/// The places of keys: as the settings say, else those that go without saying.
fn places(selection: &Selection) -> Vec<KeyPlace> {
    if !selection.from.is_empty() {
        return selection.from.clone();
    }
    let split = selection.split.as_ref().map(|split| &split.value);
    if split.is_some_and(|split| split.headings.is_some()) {
        return vec![KeyPlace::Inline, KeyPlace::Table];
    }
    vec![KeyPlace::Keys]
}

impl Making<'_> {
    fn wrong(&mut self, at: Location, message: String, help: &str) {
        let mut mistake = Mistake::new(settings::place(self.file, at), message);
        if !help.is_empty() {
            mistake = mistake.with_help(help);
        }
        self.mistakes.push(mistake);
    }

    fn unknown_field(&mut self, at: Location, path: &str) {
        let known: Vec<&str> = self.kind.structure.fields.keys().map(|name| &**name).collect();
        let first = path.split('.').next().unwrap_or(path);
        let message = format!("the kind `{}` has no field `{path}`", self.kind.name);
        self.wrong(at, message, &settings::nearest_help(first, &known));
    }

    /// A plan for each field that is named, and for each other field of the
    /// kind by its own name.
    fn plans(&mut self, selection: &Selection) -> Vec<Plan> {
        let kind = self.kind;
        let mut plans = Vec::new();
        for (path, source) in &selection.fields {
            match kind.field(path) {
                Some(field) => plans.extend(self.plan(path, field, source)),
                // A preset serves several kinds.
                None if source.value.preset.is_some() => {}
                None => self.unknown_field(source.defined, path),
            }
        }
        for (name, field) in &kind.structure.fields {
            let is_named = selection.fields.keys().any(|path| path.split('.').next() == Some(&**name));
            if !is_named {
                let source = FieldSource::default();
                plans.push(Plan {
                    keys: vec![Name::new(name)],
                    by_own_name: true,
                    ..Plan::bare(name, field, source)
                });
            }
        }
        plans
    }

    fn plan(&mut self, path: &str, field: &Field, source: &Spanned<FieldSource>) -> Option<Plan> {
        let from = &source.value;
        let names = |names: &settings::Names| names.iter().map(Name::new).collect::<Vec<_>>();
        let own = from.key.is_none();
        Some(Plan {
            keys: from.key.as_ref().map_or_else(|| vec![Name::new(path)], names),
            by_own_name: own,
            or_keys: names(&from.or_key),
            slug: names(&from.slug),
            history: from.history.as_deref().map(Name::new),
            badge: from.badge.as_deref().map(Name::new),
            text: self.pattern(from.text.as_ref())?,
            heading: self.pattern(from.heading.as_ref())?,
            path_pattern: self.pattern(from.path.as_ref())?,
            ..Plan::bare(path, field, from.clone())
        })
    }

    /// A pattern; the outer `None` for one that is none.
    #[expect(clippy::option_option, reason = "no pattern is not the same as a wrong one")]
    fn pattern(&mut self, written: Option<&Spanned<String>>) -> Option<Option<Regex>> {
        let Some(written) = written else { return Some(None) };
        let most = Limits::STANDARD.pattern_bytes;
        if written.value.len() > most {
            self.wrong(written.defined, format!("the pattern is longer than {most} bytes"), "");
            return None;
        }
        match RegexBuilder::new(&written.value).size_limit(PATTERN).multi_line(true).build() {
            Ok(pattern) => Some(Some(pattern)),
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.wrong(written.defined, format!("no usable pattern: {why}"), "");
                None
            }
        }
    }

    fn formats(&mut self, selection: &Selection) -> Vec<Format> {
        let mut formats = Vec::new();
        for declared in &selection.dates {
            match Format::new(&declared.value) {
                Ok(format) => formats.push(format),
                Err(why) => {
                    let help = "write it with YYYY, YY, MM, M, Mon, Month, DD, D and Q, for example `DD.MM.YYYY`, `Mon D, YYYY` or `Q YYYY`";
                    self.wrong(declared.defined, why, help);
                }
            }
        }
        formats
    }

    fn words(&mut self, selection: &Selection) -> BTreeMap<String, Vec<(String, Vec<String>)>> {
        let mut all = BTreeMap::new();
        for (path, words) in &selection.words {
            let own = |word: &String| selection.own_words.contains(&(path.clone(), word.clone()));
            let field = self.kind.field(path);
            if field.is_none() && path != "*" && words.value.keys().any(own) {
                self.unknown_field(words.defined, path);
            }
            for (word, means) in words.value.iter().filter(|(word, _)| own(word)) {
                let Some(Shape::OneOf(vocabulary)) = field.map(|field| &field.shape) else { continue };
                if !means.iter().any(|word| vocabulary.word(word).is_some()) {
                    let known: Vec<&str> = vocabulary.words.iter().map(|word| &**word).collect();
                    let means = means.0.first().map_or("", String::as_str);
                    let message = format!("`{word}` cannot mean `{means}`: `{path}` has no such word");
                    self.wrong(words.defined, message, &settings::nearest_help(means, &known));
                }
            }
            let list: Vec<_> =
                words.value.iter().map(|(word, means)| (fold(word), means.0.clone())).collect();
            all.insert(path.clone(), list);
        }
        all
    }

    /// Checks how a file is divided; the pattern of its headings.
    fn split(&mut self, selection: &Selection) -> Option<Regex> {
        let split = selection.split.as_ref()?;
        let Split { table, csv, headings, list, tasks } = &split.value;
        let ways = [table.is_some(), csv.is_some(), headings.is_some(), list.is_some(), tasks.is_some()];
        if ways.into_iter().filter(|way| *way).count() != 1 {
            let help = "name one of table, csv, headings, list, tasks";
            self.wrong(split.defined, "`split` is to say one way of dividing a file".to_owned(), help);
        }
        let separator = csv.as_ref().and_then(|csv| csv.separator);
        if separator.is_some_and(|separator| !separator.is_ascii() || separator == '"') {
            let help = "write a comma, a semicolon, a bar or a tab";
            self.wrong(split.defined, "no usable separator of cells".to_owned(), help);
        }
        let pattern = headings.as_ref().and_then(|headings| headings.pattern.as_ref());
        self.pattern(pattern).flatten()
    }

    fn derivations(&mut self, selection: &Selection) {
        for (path, derivation) in &selection.derive {
            let Derivation { add, product, sum, matrix, when, value } = &derivation.value;
            let ways =
                [!add.is_empty(), !product.is_empty(), !sum.is_empty(), matrix.is_some(), when.is_some()];
            let wrong = ways.into_iter().filter(|way| *way).count() != 1
                || (!add.is_empty() && add.len() != 2)
                || when.is_some() != value.is_some();
            if wrong {
                let help = "write one of `add: [date, duration]`, `product: […]`, `sum: […]`, `matrix: …`, or `when: field` with `value: word`";
                let message = format!("`{path}` is to be worked out in one way");
                self.wrong(derivation.defined, message, help);
            }
            let cells = matrix.iter().flat_map(|matrix| [&matrix.rows, &matrix.columns]);
            let named = [add, product, sum].into_iter().flatten().chain(when).chain(cells);
            let unknown: Vec<String> = std::iter::once(path)
                .chain(named)
                .filter(|path| self.kind.field(path).is_none())
                .cloned()
                .collect();
            // A preset serves several kinds.
            let of_preset = selection.preset.is_some() && unknown.first() == Some(path);
            for path in unknown.iter().filter(|_| !of_preset) {
                self.unknown_field(derivation.defined, path);
            }
        }
    }
}

impl Plan {
    /// Whether nothing but keys can give the field.
    pub(super) fn is_bare(&self) -> bool {
        let FieldSource { history, badge, text, heading, file, path, git, default, .. } = &self.source;
        let patterns = [text, heading, path, default].into_iter().all(Option::is_none);
        let names = history.is_none() && badge.is_none() && self.slug.is_empty();
        patterns && names && file.is_none() && git.is_none()
    }

    fn bare(path: &str, field: &Field, source: FieldSource) -> Self {
        Self {
            path: path.to_owned(),
            field: field.clone(),
            source,
            by_own_name: false,
            keys: Vec::new(),
            or_keys: Vec::new(),
            slug: Vec::new(),
            history: None,
            badge: None,
            text: None,
            heading: None,
            path_pattern: None,
        }
    }
}
