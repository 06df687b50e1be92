//! A file as it was parsed once, for every selection that may want it: its
//! keys as a tree, the text below them, and the page that the text is.

use super::loose;
use super::markdown::{self, Page};
use crate::budget::Limits;
use crate::record::{self, Problem, Syntax, Tree, csv, front_matter};
use crate::settings::CsvRows;
use crate::source::{SourceFile, Span};
use std::sync::{Arc, OnceLock};

/// A file that selections look at.
pub struct Sheet<'s> {
    pub(super) file: &'s Arc<SourceFile>,
    pub(super) limits: &'s Limits,
    /// The front matter, or all of a YAML or JSON file.
    pub(super) tree: Arc<Tree>,
    pub(super) body: Option<Span>,
    page: OnceLock<Page>,
    /// The page behind misplaced front matter, which is no prose.
    behind: OnceLock<Page>,
    loose: OnceLock<Option<(Arc<Tree>, u32)>>,
}

impl<'s> Sheet<'s> {
    /// Parses a file.
    ///
    /// # Errors
    /// Front matter that is not closed or in another language.
    pub fn open(file: &'s Arc<SourceFile>, limits: &'s Limits) -> Result<Self, Problem> {
        let whole = Span::new(0, u32::try_from(file.text().len()).unwrap_or(u32::MAX));
        let (fields, body, syntax) = match &*file.path().extension() {
            "yaml" | "yml" => (whole, None, Syntax::Yaml),
            "json" => (whole, None, Syntax::Json),
            // Rows are read as a selection says.
            "csv" => (Span::at(0), None, Syntax::Yaml),
            // Whatever else a mapping takes is a page: `.md`, `.html.md.erb`.
            _ => match front_matter::split_foreign(file)? {
                Some(parts) => (parts.fields, Some(parts.body), parts.syntax),
                None => (Span::at(0), None, Syntax::Yaml),
            },
        };
        let tree = Arc::new(record::parse(file, fields, syntax, limits));
        Ok(Self {
            file,
            limits,
            tree,
            body,
            page: OnceLock::new(),
            behind: OnceLock::new(),
            loose: OnceLock::new(),
        })
    }

    pub(super) fn is_markdown(&self) -> bool {
        !matches!(&*self.file.path().extension(), "yaml" | "yml" | "json" | "csv")
    }

    pub(super) fn end(&self) -> u32 {
        u32::try_from(self.file.text().len()).unwrap_or(u32::MAX)
    }

    /// The text of a page: what stands below its front matter.
    pub(super) fn text(&self) -> Span {
        self.body.unwrap_or(Span::new(0, if self.is_markdown() { self.end() } else { 0 }))
    }

    /// The page that the text is; for who reads misplaced front matter what
    /// stands behind it.
    pub(super) fn page(&self, reads_loose: bool) -> &Page {
        // Behind a heading or in a fence it does not end the page above it.
        let is_first = |tree: &Tree| tree.roots().first().is_some_and(|root| tree.span(*root).start == 0);
        match self.loose().filter(|(tree, _)| reads_loose && is_first(tree)) {
            Some((_, start)) => {
                self.behind.get_or_init(|| markdown::page(self.file, Span::new(*start, self.end())))
            }
            None => self.all(),
        }
    }

    fn all(&self) -> &Page {
        self.page.get_or_init(|| markdown::page(self.file, self.text()))
    }

    /// Front matter that is not where it should be, and where the text behind
    /// it begins.
    pub(super) fn loose(&self) -> Option<&(Arc<Tree>, u32)> {
        let find = || {
            let (fields, body) = loose::find(self.file, self.all()).filter(|_| self.body.is_none())?;
            Some((Arc::new(record::parse(self.file, fields, Syntax::Yaml, self.limits)), body))
        };
        if self.is_markdown() { self.loose.get_or_init(find).as_ref() } else { None }
    }

    /// The rows of a CSV file.
    pub(super) fn rows(&self, rows: &CsvRows) -> Tree {
        let separator = rows.separator.and_then(|separator| u8::try_from(separator).ok());
        let above = rows.header_row.unwrap_or(1).saturating_sub(1);
        csv::parse_as(self.file, self.limits, csv::Way { separator, above, flat: true }, &|_| false)
    }
}
