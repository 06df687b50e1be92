//! What an expression may name, and how its faults are told.

use super::types::Type;
use std::ops::Range;
use std::sync::Arc;

/// The variables that an expression may name. A variable's place in the order
/// of declaration is its index among the values given to an evaluation.
#[derive(Clone, Debug, Default)]
pub struct Env {
    variables: Vec<(Arc<str>, Type)>,
}

impl Env {
    /// An environment without variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variable behind the others; a name that is there already keeps
    /// its place and takes the new type.
    #[must_use]
    pub fn with(mut self, name: impl Into<Arc<str>>, ty: Type) -> Self {
        let name = name.into();
        match self.slot(&name) {
            Some(slot) => self.variables[slot].1 = ty,
            None => self.variables.push((name, ty)),
        }
        self
    }

    /// The index of a variable.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|(known, _)| &**known == name)
    }

    /// The variables, in the order of their values.
    pub fn variables(&self) -> impl ExactSizeIterator<Item = (&str, &Type)> {
        self.variables.iter().map(|(name, ty)| (&**name, ty))
    }

    pub(super) fn type_of(&self, slot: usize) -> Option<&Type> {
        self.variables.get(slot).map(|(_, ty)| ty)
    }
}

/// One fault of an expression, found when it is loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// The bytes of the expression's text that are at fault, on character
    /// borders.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ExprError {
    /// The same fault, for a text in which the expression starts at `offset`.
    #[must_use]
    pub fn shifted(mut self, offset: usize) -> Self {
        self.span = self.span.start + offset..self.span.end + offset;
        self
    }
}
