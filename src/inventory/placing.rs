//! Which files hold records, and of which kind: by the mapping of `isms.yaml`
//! first, then by the names of registers and folders.

use crate::budget::Limits;
use crate::escape::cut;
use crate::extract::Layout;
use crate::kind::{Kind, Kinds};
use crate::settings::{self, Encoding, Mistake, Settings};
use crate::source::RepoPath;
use globset::{Glob, GlobSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the name of a file with records ends.
pub const EXTENSIONS: [&str; 6] = ["yaml", "yml", "json", "csv", "md", "markdown"];

/// What a file is taken for.
#[derive(Clone)]
pub enum Holds {
    /// Records of a kind, laid out as the checker expects.
    Records(Arc<Kind>),
    /// Records by a selection of the mapping.
    Mapped(Arc<Layout>),
}

impl Holds {
    /// The kind.
    pub fn kind(&self) -> &Arc<Kind> {
        match self {
            Self::Records(kind) => kind,
            Self::Mapped(layout) => &layout.kind,
        }
    }
}

/// Why a file holds no record, whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its name does not end as that of a file with records does.
    Extension,
    /// It, or a folder above it, begins with a full stop.
    Hidden,
    /// It lies in a folder of the repository's own rules or schemas.
    Own(RepoPath),
    /// It describes a folder: a readme, a licence, the settings.
    AboutTheFolder,
    /// The pattern with this number in `ignore` matches it.
    Ignored(usize),
    /// Its name says that a program made it from this file.
    Generated(RepoPath),
}

/// The rules by which files become records.
pub struct Placing {
    mapped: Vec<(GlobSet, Arc<Layout>)>,
    ignored: Vec<GlobSet>,
    /// Folders of the repository's own rules and schemas.
    own: Vec<RepoPath>,
    folders: BTreeMap<Arc<str>, Arc<Kind>>,
    registers: BTreeMap<Arc<str>, Arc<Kind>>,
    /// What reads the files that this one does not know.
    before: Option<Box<Placing>>,
}

impl Placing {
    /// The placing that `settings` and `kinds` make.
    ///
    /// # Errors
    /// Globs and kinds of the mapping that do not exist, at their place.
    pub fn new(settings: &Settings, kinds: &Kinds) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut mapped = Vec::new();
        if let Some(file) = &settings.file {
            for selection in &settings.mapping {
                match pattern(&selection.files.value) {
                    Ok(glob) => {
                        if let Some(kind) = kinds.get(&selection.kind.value) {
                            match Layout::new(selection, kind, file) {
                                Ok(layout) => mapped.push((glob, Arc::new(layout))),
                                Err(found) => mistakes.extend(found),
                            }
                        } else {
                            let known: Vec<_> = kinds.iter().map(|kind| &*kind.name).collect();
                            let place = settings::place(file, selection.kind.defined);
                            let message = format!("there is no kind `{}`", selection.kind.value);
                            let help = settings::nearest_help(&selection.kind.value, &known);
                            mistakes.push(Mistake::new(place, message).with_help(help));
                        }
                    }
                    Err(why) => {
                        let place = settings::place(file, selection.files.defined);
                        mistakes.push(Mistake::new(place, format!("no usable pattern: {why}")));
                    }
                }
            }
        }
        let mut ignored = Vec::new();
        for written in &settings.ignore {
            match (pattern(written), &settings.file) {
                (Ok(glob), _) => ignored.push(glob),
                (Err(why), Some(file)) => {
                    let (place, shown) = (settings::whole(file), cut(written, 60));
                    mistakes.push(Mistake::new(
                        place,
                        format!("`ignore`: `{shown}` is no usable pattern: {why}"),
                    ));
                }
                (Err(_), None) => {}
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let names = |names: fn(&Kind) -> &Vec<Arc<str>>| {
            kinds
                .iter()
                .flat_map(|kind| names(kind).iter().map(|name| (name.clone(), kind.clone())))
                .collect()
        };
        let own = settings.rules_from.iter().chain(&settings.kinds_from);
        let own = own.map(|folder| RepoPath::from(folder.value.trim_end_matches('/'))).collect();
        Ok(Self {
            mapped,
            ignored,
            own,
            folders: names(|kind| &kind.folders),
            registers: names(|kind| &kind.registers),
            before: None,
        })
    }

    /// This placing, and `before` for the files that it does not know: so that
    /// nothing falls out of sight by an edit of the mapping.
    #[must_use]
    pub fn or_as_before(mut self, before: Self) -> Self {
        self.before = Some(Box::new(before));
        self
    }

    /// The selections that may apply to a path, or its place by name; `None`
    /// where it is none of the checker's business.
    pub fn of(&self, path: &RepoPath) -> Vec<Holds> {
        let places = self.of_own(path);
        match &self.before {
            Some(before) if places.is_empty() => before.of(path),
            _ => places,
        }
    }

    fn of_own(&self, path: &RepoPath) -> Vec<Holds> {
        if self.refusal_of_own(path).is_some() {
            return Vec::new();
        }
        let shown = path.shown();
        let mut places: Vec<Holds> = self
            .mapped
            .iter()
            .filter(|(glob, _)| glob.is_match(&shown))
            .map(|(_, layout)| Holds::Mapped(layout.clone()))
            .collect();
        if places.is_empty() {
            places.extend(self.by_name(path).map(Holds::Records));
        }
        places
    }

    /// What the files of a folder without a `.` in its name would hold.
    pub fn inside(&self, folder: &RepoPath) -> Vec<Holds> {
        if folder.extension().is_empty() { self.of(&folder.join("record.yaml")) } else { Vec::new() }
    }

    /// Whether a file could hold records at all, by its name.
    pub fn is_candidate(&self, path: &RepoPath) -> bool {
        self.refusal(path).is_none()
    }

    /// Why a file cannot hold records, by its name.
    pub fn refusal(&self, path: &RepoPath) -> Option<Refusal> {
        let refusal = self.refusal_of_own(path)?;
        match &self.before {
            Some(before) => before.refusal(path).map(|_| refusal),
            None => Some(refusal),
        }
    }

    fn refusal_of_own(&self, path: &RepoPath) -> Option<Refusal> {
        if !EXTENSIONS.contains(&&*path.extension()) && !self.is_mapped(path) {
            return Some(Refusal::Extension);
        }
        if path.parts().any(|part| part.starts_with(b".")) {
            return Some(Refusal::Hidden);
        }
        if let Some(folder) = self.own.iter().find(|folder| path.below(folder).is_some()) {
            return Some(Refusal::Own(folder.clone()));
        }
        if is_about_the_folder(path) && !self.is_named(path) {
            return Some(Refusal::AboutTheFolder);
        }
        if self.ignored.is_empty() && self.mapped.is_empty() {
            return None;
        }
        let shown = path.shown();
        let ignored = self.ignored.iter().position(|glob| glob.is_match(&shown)).map(Refusal::Ignored);
        ignored.or_else(|| self.generated(path, &shown).map(Refusal::Generated))
    }

    /// Whether a glob of the mapping matches a path.
    fn is_mapped(&self, path: &RepoPath) -> bool {
        if self.mapped.is_empty() {
            return false;
        }
        let shown = path.shown();
        self.mapped.iter().any(|(glob, _)| glob.is_match(&shown))
    }

    /// Whether the mapping names a file by its name, without a wildcard in it:
    /// `services/*/README.md`.
    fn is_named(&self, path: &RepoPath) -> bool {
        let name = String::from_utf8_lossy(path.file_name()).into_owned();
        let last = |layout: &Layout| layout.selection.files.value.rsplit('/').next() == Some(&name);
        name != settings::FILE_NAME
            && self.mapped.iter().any(|(glob, layout)| last(layout) && glob.is_match(path.shown()))
    }

    /// The file that `policy.pdf.md` was made from, where a mapping would take
    /// it beside those that people write.
    fn generated(&self, path: &RepoPath, shown: &str) -> Option<RepoPath> {
        let original = RepoPath::new(path.stem());
        let made = ["pdf", "doc", "docx", "odt", "xlsx", "pptx"].contains(&&*original.extension());
        (made && self.mapped.iter().any(|(glob, _)| glob.is_match(shown))).then_some(original)
    }

    /// Whether a field of the mapping comes from git.
    pub fn asks_git(&self) -> bool {
        self.mapped.iter().any(|(_, layout)| layout.asks_git())
            || self.before.as_ref().is_some_and(|before| before.asks_git())
    }

    /// Whether a mapping takes files of the same folder whose names end as
    /// this one almost does: `note.mdxx` beside `*.md`.
    pub fn nearly_maps(&self, path: &RepoPath) -> bool {
        if self.mapped.is_empty() {
            return false;
        }
        let extension = path.extension();
        let near = |known: &&&str| extension.starts_with(**known) && extension != **known;
        let Some(known) = EXTENSIONS.iter().filter(near).max_by_key(|known| known.len()) else {
            return false;
        };
        if path.parts().any(|part| part.starts_with(b".")) {
            return false;
        }
        let stem = String::from_utf8_lossy(path.stem()).into_owned();
        let folder = path.parent().unwrap_or_else(|| RepoPath::new(b""));
        let meant = folder.join(format!("{stem}.{known}")).shown();
        let shown = path.shown();
        !self.ignored.iter().any(|glob| glob.is_match(&shown))
            && self.mapped.iter().any(|(glob, _)| glob.is_match(&meant))
    }

    /// How the bytes of a file are to be read.
    pub fn encoding(&self, path: &RepoPath) -> Encoding {
        if let Some(before) = self.before.as_ref().filter(|_| self.of_own(path).is_empty()) {
            return before.encoding(path);
        }
        let encodings = self.mapped.iter().filter(|(_, layout)| layout.encoding() != Encoding::Utf8);
        let mut encodings = encodings.peekable();
        if encodings.peek().is_none() {
            return Encoding::Utf8;
        }
        let shown = path.shown();
        encodings
            .find(|(glob, _)| glob.is_match(&shown))
            .map_or(Encoding::Utf8, |(_, layout)| layout.encoding())
    }

    /// The names of registers and of folders that records are recognised by.
    pub fn names(&self) -> (Vec<&str>, Vec<&str>) {
        fn keys(names: &BTreeMap<Arc<str>, Arc<Kind>>) -> Vec<&str> {
            names.keys().map(|name| &**name).collect()
        }
        (keys(&self.registers), keys(&self.folders))
    }

    fn by_name(&self, path: &RepoPath) -> Option<Arc<Kind>> {
        let markdown = matches!(&*path.extension(), "md" | "markdown");
        let stem = String::from_utf8_lossy(path.stem()).to_ascii_lowercase().replace('_', "-");
        let register = self.registers.get(&*stem).or_else(|| self.registers.get(&*stem.replace('-', "_")));
        if let Some(kind) = register.filter(|_| !markdown) {
            return Some(kind.clone());
        }
        let folders = path.parts().rev().skip(1);
        let kind = folders
            .filter_map(|part| std::str::from_utf8(part).ok())
            .find_map(|part| self.folders.get(part))?;
        // A Markdown file beside records of another kind is prose about them.
        (!markdown || kind.markdown).then(|| kind.clone())
    }
}

/// A pattern of paths. Its length is limited before it is parsed, and the
/// program that it becomes by the engine: nested alternatives multiply.
fn pattern(written: &str) -> Result<GlobSet, String> {
    let most = Limits::STANDARD.pattern_bytes;
    if written.len() > most {
        return Err(format!("it is longer than {most} bytes"));
    }
    let glob = Glob::new(written).map_err(|error| error.kind().to_string())?;
    let set = GlobSet::builder().add(glob).build();
    set.map_err(|_| "it becomes too large when its alternatives are written out".to_owned())
}

/// Files that describe a folder rather than hold a record.
fn is_about_the_folder(path: &RepoPath) -> bool {
    let name = String::from_utf8_lossy(path.file_name()).to_ascii_lowercase();
    let about = [
        "readme.md",
        "changelog.md",
        "contributing.md",
        "license.md",
        "code_of_conduct.md",
        "isms.yaml",
        "isms-baseline.yaml",
    ];
    about.contains(&&*name) || name.starts_with('_')
}
