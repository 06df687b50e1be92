//! What is known to be written at a point of an expression.
//!
//! The checker carries a [`Presence`] along the flow of an expression: behind
//! `has(record.due) &&` the field is known; behind `!has(record.due) ||` too.

use std::collections::BTreeSet;

/// One step from a value to a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The field with this index.
    Field(usize),
    /// The first item of a list.
    First,
    /// The last item of a list.
    Last,
}

/// A variable, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path {
    /// Index of a variable; those of macros follow those of the environment.
    pub root: usize,
    pub steps: Vec<Step>,
}

impl Path {
    pub(super) fn of(root: usize) -> Self {
        Self { root, steps: Vec::new() }
    }

    #[must_use]
    pub(super) fn then(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { root: self.root, steps }
    }
}

/// The parts of variables that are known to be written.
///
/// Taken from one expression by [`super::Program::when_true`] or
/// [`super::Program::when_false`] and given to the next: both must be compiled
/// for the same environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    paths: BTreeSet<Path>,
    /// This point is never reached, so that it says nothing against what is
    /// known on the other way.
    never: bool,
}

impl Presence {
    /// Nothing beyond what the types say.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// What is known where both hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let paths = self.paths.union(&other.paths).cloned().collect();
        Self { paths, never: self.never || other.never }
    }

    /// What is known where one of both holds.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        if self.never {
            return other.clone();
        }
        if other.never {
            return self.clone();
        }
        Self { paths: self.paths.intersection(&other.paths).cloned().collect(), never: false }
    }

    pub(super) fn never() -> Self {
        Self { paths: BTreeSet::new(), never: true }
    }

    /// A part is there, and so is all that it is a part of.
    pub(super) fn with(path: &Path) -> Self {
        let mut known = Self::default();
        known.insert(path);
        known
    }

    /// A list has an item.
    pub(super) fn with_items(list: &Path) -> Self {
        Self::with(&list.then(Step::First))
    }

    pub(super) fn insert(&mut self, path: &Path) {
        let mut prefix = Path::of(path.root);
        for step in &path.steps {
            // A list with a first item has a last one.
            if matches!(step, Step::First | Step::Last) {
                self.paths.insert(prefix.then(Step::First));
                self.paths.insert(prefix.then(Step::Last));
            }
            prefix = prefix.then(*step);
            self.paths.insert(prefix.clone());
        }
    }

    pub(super) fn contains(&self, path: &Path) -> bool {
        self.paths.contains(path)
    }

    pub(super) fn has_items(&self, list: &Path) -> bool {
        self.contains(&list.then(Step::First))
    }

    /// The known parts of one variable that are reached through fields alone.
    pub(super) fn fields_of(&self, root: usize) -> impl Iterator<Item = Vec<usize>> {
        self.paths.iter().filter(move |path| path.root == root).filter_map(|path| {
            let field = |step: &Step| match step {
                Step::Field(index) => Some(*index),
                Step::First | Step::Last => None,
            };
            path.steps.iter().map(field).collect()
        })
    }
}
