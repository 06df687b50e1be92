//! Mistakes in `isms.yaml` and rule files, shown as findings are.

use super::human::Style;
use super::snippet::Snippet;
use crate::escape::{Raw, terminal};
use crate::settings::Mistake;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt;

/// Every mistake with its line.
pub fn mistakes(mistakes: &[Mistake], style: Style) -> String {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(style.width);
    let mut out = String::new();
    for mistake in mistakes {
        let name = terminal(&Raw::from(mistake.place.file.path().shown()));
        let drawn = Drawn { mistake, snippet: Snippet::new(&mistake.place, name) };
        if handler.render_report(&mut out, &drawn).is_err() {
            out.push_str(&format!("{drawn}\n"));
        }
    }
    out
}

struct Drawn<'f> {
    mistake: &'f Mistake,
    snippet: Snippet,
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&terminal(&self.mistake.message))
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.mistake.help.as_ref().map(|help| Box::new(terminal(help)) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.snippet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (at, len) = self.snippet.span();
        Some(Box::new(std::iter::once(LabeledSpan::new(None, at, len))))
    }
}
