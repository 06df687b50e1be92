//! The tree that is evaluated: what the checker leaves of an expression.
//!
//! Everything that can be decided when a rule is loaded is decided: names are
//! indexes, constants are values, patterns are compiled, and each place that
//! reads a field knows whether absence is an answer there.

use super::function::Function;
use super::value::{FieldRef, Value};
use regex::Regex;
use std::sync::Arc;

/// One operation.
#[derive(Debug)]
pub(super) enum Node {
    /// A value known at load.
    Constant(Value),
    /// A variable of the environment.
    Global(usize),
    /// The variable of the macro at this depth.
    Local(usize),
    /// A field of a structure.
    Field(Box<FieldNode>),
    /// A value that is absent only where its guard was unknown; then it is
    /// unknown for the reason given.
    Written(Box<Node>, Arc<str>),
    /// Whether something is written.
    Has(Box<Node>),
    /// The first where it is written, otherwise the second.
    Default(Box<[Node; 2]>),
    /// `!`
    Not(Box<Node>),
    /// `&&`, `||`
    Logic(Logic, Box<[Node; 2]>),
    /// `condition ? first : second`
    Choose(Box<[Node; 3]>),
    /// `==` and its kin.
    Compare(Comparison, Box<[Node; 2]>),
    /// `+` and its kin.
    Arithmetic(Operator, Box<[Node; 2]>),
    /// `-x`
    Negate(Box<Node>),
    /// `item in list`
    In(Box<[Node; 2]>),
    /// A list with an item that is not constant.
    List(Box<[Node]>),
    /// A loop over a list.
    Each(Box<EachNode>),
    /// A function of the table.
    Call(Function, Box<[Node]>),
    /// `text.matches("pattern")`
    Matches(Box<Node>, Regex),
    /// `missing(structure, [paths])`
    Missing(Box<Node>, Box<[WantedPath]>),
}

/// A field read.
#[derive(Debug)]
pub(super) struct FieldNode {
    pub operand: Node,
    pub field: FieldRef,
    /// Why the value is unknown where the field is absent; without it, absence
    /// is the answer (under `has` and `default`). A field that the schema
    /// requires can be absent in a broken record.
    pub unwritten: Option<Arc<str>>,
}

/// A macro over a list.
#[derive(Debug)]
pub(super) struct EachNode {
    pub list: Node,
    pub kind: EachKind,
}

/// What a macro computes for each item.
#[derive(Debug)]
pub(super) enum EachKind {
    /// Every item meets the condition.
    All(Node),
    /// Some item meets the condition.
    Exists(Node),
    /// Exactly one item meets the condition.
    ExistsOne(Node),
    /// The items that meet the condition.
    Filter(Node),
    /// A value for each item that meets the condition, if there is one.
    Map(Option<Node>, Node),
}

/// A path that `missing` looks for.
#[derive(Debug)]
pub(super) struct WantedPath {
    /// As written, the value that is returned.
    pub text: Value,
    pub fields: Box<[FieldRef]>,
}

/// The two absorbing operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    /// The same comparison with its sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether two values in this order meet the comparison.
    pub(super) fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
