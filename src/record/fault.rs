//! What can be wrong with a file or a record before any rule looks at it, and
//! with what takes findings or records out of sight.
//!
//! The names are a promise (settings, waivers and baselines hold them). What
//! each one says to a reader is the table in `pages`.

use super::pages::PAGES;
use crate::escape::Raw;
use crate::finding::Severity;
use crate::source::Span;

/// A fault of form: of the text, or of a record against its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Text that is not YAML.
    YamlSyntax,
    /// Text that is not JSON.
    JsonSyntax,
    /// A tab where YAML wants spaces.
    TabIndentation,
    /// One key twice in one mapping.
    DuplicateKey,
    /// A key that is a list or a mapping.
    KeyNotText,
    /// An alias that stands for a list or a mapping.
    AliasToACollection,
    /// An alias whose anchor is not defined before it.
    AnchorNotDefined,
    /// The merge key `<<`.
    MergeKey,
    /// An explicit tag such as `!!binary`.
    TagNotAllowed,
    /// A counted limit.
    LimitExceeded,
    /// Front matter without its closing line.
    FrontMatterNotClosed,
    /// Front matter in another language than YAML and TOML.
    FrontMatterNotYaml,
    /// A field that the kind does not have.
    UnknownField,
    /// A word outside a closed vocabulary.
    ValueNotAllowed,
    /// A field without which the record is not a record.
    RequiredFieldMissing,
    /// Text where a number is wanted, and the like.
    WrongType,
    /// Not a day of the calendar as `YYYY-MM-DD`.
    NotADate,
    /// Not a span of time.
    NotADuration,
    /// Not a measuring period.
    NotAPeriod,
    /// Not usable as an id.
    NotAnId,
    /// A scalar that another YAML reader reads as something else.
    AmbiguousScalar,
    /// Any other disagreement with the schema.
    SchemaNotMet,
    /// A Markdown file in a folder of records without front matter.
    NoFrontMatter,
    /// A list item or document that has no fields.
    NotARecord,
    /// One id on two records of a kind.
    DuplicateId,
    /// A file that should hold records and was not read.
    FileNotRead,
    /// Text that is not CSV.
    CsvSyntax,
    /// Text that is not TOML.
    TomlSyntax,
    /// A row with more or fewer cells than the header.
    RaggedRow,
    /// Two places of a file that say different things about one field.
    SourcesDisagree,
    /// A month, quarter or year where a day is wanted.
    DateInPart,
    /// A waiver that names a rule that there is not, or that cannot be waived.
    WaiverOfNothing,
    /// A waiver in force under which nothing fails.
    WaiverUnused,
    /// An entry of the baseline that no finding answers to any more.
    BaselineStale,
    /// Records that a change takes out of the checker's sight.
    RecordLeftScope,
}

/// What `explain` shows for a [`Fault`].
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The fault that the page is about.
    pub fault: Fault,
    /// The stable name, in kebab case.
    pub name: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// One line.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Fault {
    /// The page about it.
    pub fn page(self) -> &'static Page {
        &PAGES[self as usize]
    }

    /// The stable name: `duplicate-key`.
    pub fn name(self) -> &'static str {
        self.page().name
    }

    /// Its weight, before the repository's settings.
    pub fn severity(self) -> Severity {
        self.page().severity
    }

    /// The pages of all faults, in a fixed order.
    pub fn pages() -> &'static [Page] {
        &PAGES
    }
}

/// One fault at one place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub fault: Fault,
    /// The bytes to change, or the nearest ones to something that is missing.
    pub span: Span,
    /// What is wrong here: one line, no final stop.
    pub message: Raw,
    /// What to do.
    pub help: Raw,
    /// Other places that belong to it, each with a word on what stands there.
    pub related: Vec<(Span, &'static str)>,
}

impl Problem {
    /// A problem whose help is the page's.
    pub fn new(fault: Fault, span: Span, message: impl Into<Raw>) -> Self {
        Self { fault, span, message: message.into(), help: Raw::from(fault.page().fix), related: Vec::new() }
    }

    /// With a help of its own.
    pub fn help(mut self, help: impl Into<Raw>) -> Self {
        self.help = help.into();
        self
    }

    /// With a second place.
    pub fn related(mut self, span: Span, label: &'static str) -> Self {
        self.related.push((span, label));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn each_fault_has_its_page_and_a_name_of_its_own() {
        let mut names = Vec::new();
        for (index, page) in Fault::pages().iter().enumerate() {
            assert_eq!(page.fault as usize, index, "{}: the table follows the enum", page.name);
            assert!(page.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", page.name);
            assert!(!page.title.ends_with('.'), "{}: a title has no final stop", page.name);
            assert!(page.why.ends_with('.') && page.fix.ends_with('.'), "{}", page.name);
            names.push(page.name);
        }
        assert_eq!(Fault::RecordLeftScope as usize + 1, names.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Fault::pages().len());
    }
}
