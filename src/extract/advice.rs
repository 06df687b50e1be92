//! What to do about a value that was not understood, where a line in the
//! mapping could mend it.

use super::dates;
use super::layout::Layout;
use crate::kind::words::nearest;
use crate::kind::{Field, Shape};
use crate::record::{Fault, Problem, Tree};

impl Layout {
    /// The problem with advice on the mapping.
    pub fn advise(&self, mut problem: Problem, tree: &Tree) -> Problem {
        let written = tree.file().slice(problem.span).trim();
        let written = written.trim_matches(['"', '\'']);
        // Messages begin with the field's path.
        let path = problem.message.unescaped().split('`').nth(1).unwrap_or_default().to_owned();
        let Some(field) = self.kind.field(&path) else { return problem };
        if let Some(help) = self.advice(&problem, &path, field, written) {
            problem.help = help.into();
        }
        problem
    }

    fn advice(&self, problem: &Problem, path: &str, field: &Field, written: &str) -> Option<String> {
        let help = problem.help.unescaped().trim_end_matches('.');
        match (problem.fault, &field.shape) {
            (Fault::NotADate, _) => Some(format!("{help}; or {}", dates::declaration(written)?)),
            (Fault::NotADuration, _) => {
                let stands_for = format!("`words: {{{path}: {{\"{written}\": annual}}}}`");
                Some(format!("{help}; or say in the mapping what it stands for: {stands_for}"))
            }
            (Fault::ValueNotAllowed, Shape::OneOf(vocabulary)) => {
                let words = [path, "*"].into_iter().filter_map(|path| self.selection.words.get(path));
                let words = words.flat_map(|words| words.value.keys().map(String::as_str));
                if let Some(near) = nearest(written, words) {
                    return Some(format!("did you mean `{near}`, which the mapping knows?"));
                }
                let word = vocabulary.words.first()?;
                let stands_for = format!("`words: {{{path}: {{\"{written}\": {word}}}}}`");
                Some(format!("{help}; or say in the mapping what it stands for, as in {stands_for}"))
            }
            (Fault::WrongType, Shape::Struct(structure)) if structure.fields.contains_key("value") => {
                Some("write one number with its unit, and a day or period behind it: `<5% by 2026-12-31`, `4.2% (2026-Q1)`".to_owned())
            }
            _ => None,
        }
    }
}
