//! Evaluation: one pass over the tree, three-valued, under a step budget.
//!
//! *Unknown* spreads through every operation except where the other side
//! decides alone (`false && unknown`); the first reason is kept. An error ends
//! the evaluation: the rule fails for that subject, and says so.

use super::arithmetic;
use super::compute;
use super::node::{Comparison, FieldNode, Logic, Node, WantedPath};
use super::value::{Object, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// The steps that an evaluation may still take. Each operation costs one, each
/// item of a loop one, and reading or building long text one for 64 bytes.
#[derive(Clone, Debug)]
pub struct Steps {
    left: u64,
    limit: u64,
}

impl Steps {
    /// A budget of `limit` steps.
    pub fn new(limit: u64) -> Self {
        Self { left: limit, limit }
    }

    /// Steps taken so far.
    pub fn spent(&self) -> u64 {
        self.limit - self.left
    }

    pub(super) fn spend(&mut self, steps: u64) -> Result<(), EvalError> {
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or(0);
        left.map(drop).ok_or(EvalError::Steps(self.limit))
    }

    pub(super) fn spend_on_items(&mut self, items: usize) -> Result<(), EvalError> {
        self.spend(items as u64)
    }

    pub(super) fn spend_on_text(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.spend(bytes as u64 / 64)
    }
}

/// Why an expression has no value for a subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The budget of steps is used up.
    #[error("the expression needs more than {0} steps: it loops over too much")]
    Steps(u64),
    /// A number or a date left its range; the text says which.
    #[error("the result is out of range: {0}")]
    Overflow(&'static str),
    /// A division by nothing.
    #[error("division by zero")]
    DivisionByZero,
    /// A text grew beyond the limit, in bytes.
    #[error("the text that the expression builds is longer than {0} bytes")]
    TooLong(usize),
    /// A fraction where a whole number is needed.
    #[error("{0} takes a whole number")]
    NotWhole(&'static str),
    /// A value is not of the type that its field declares.
    #[error("a value is not {0}, as its type says")]
    WrongType(&'static str),
    /// Fewer values were given than the environment has variables.
    #[error("the variable with index {0} has no value")]
    NoValue(usize),
}

/// A value on its way, borrowed where it stands still.
pub(super) type Outcome<'a> = Result<Cow<'a, Value>, EvalError>;

/// True, false, or why neither.
pub(super) enum Truth {
    Known(bool),
    Unknown(Arc<str>),
}

impl From<Truth> for Value {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Known(known) => Self::Bool(known),
            Truth::Unknown(why) => Self::Unknown(why),
        }
    }
}

/// One evaluation.
pub(super) struct Run<'a> {
    globals: &'a [Value],
    /// The items of the loops around this point.
    pub locals: Vec<Value>,
    pub steps: &'a mut Steps,
}

impl<'a> Run<'a> {
    pub(super) fn new(globals: &'a [Value], steps: &'a mut Steps) -> Self {
        Self { globals, locals: Vec::new(), steps }
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Outcome<'a> {
        self.steps.spend(1)?;
        let owned = match node {
            Node::Constant(value) => return Ok(Cow::Borrowed(value)),
            Node::Global(slot) => {
                return self.globals.get(*slot).map(Cow::Borrowed).ok_or(EvalError::NoValue(*slot));
            }
            Node::Local(depth) => self.locals.get(*depth).cloned().ok_or(EvalError::NoValue(*depth))?,
            Node::Field(field) => self.field(field)?,
            Node::Written(operand, unwritten) => {
                let value = self.value(operand)?;
                if !matches!(*value, Value::Absent) {
                    return Ok(value);
                }
                Value::Unknown(unwritten.clone())
            }
            Node::Has(operand) => match &*self.value(operand)? {
                Value::Unknown(why) => Value::Unknown(why.clone()),
                Value::Absent => Value::Bool(false),
                _ => Value::Bool(true),
            },
            Node::Default(pair) => {
                let [value, fallback] = &**pair;
                let written = self.value(value)?;
                if !matches!(*written, Value::Absent) {
                    return Ok(written);
                }
                return self.value(fallback);
            }
            Node::Not(operand) => match self.truth(operand)? {
                Truth::Known(known) => Value::Bool(!known),
                Truth::Unknown(why) => Value::Unknown(why),
            },
            Node::Logic(logic, pair) => self.logic(*logic, pair)?.into(),
            Node::Choose(parts) => {
                let [condition, first, second] = &**parts;
                match self.truth(condition)? {
                    Truth::Known(known) => return self.value(if known { first } else { second }),
                    Truth::Unknown(why) => Value::Unknown(why),
                }
            }
            Node::Compare(comparison, pair) => self.compare(*comparison, pair)?.into(),
            Node::Arithmetic(operator, pair) => {
                let (left, right) = (self.value(&pair[0])?, self.value(&pair[1])?);
                arithmetic::apply(*operator, &left, &right, self.steps)?
            }
            Node::Negate(operand) => arithmetic::negate(&*self.value(operand)?)?,
            Node::In(pair) => {
                let (item, list) = (self.value(&pair[0])?, self.value(&pair[1])?);
                self.contains(&item, &list)?.into()
            }
            Node::List(items) => self.list(items)?,
            Node::Each(each) => self.each(each)?,
            Node::Call(function, arguments) => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.value(argument)?);
                }
                compute::apply(*function, &values, self.steps)?
            }
            Node::Matches(text, pattern) => match &*self.value(text)? {
                Value::Unknown(why) => Value::Unknown(why.clone()),
                Value::Text(text) => {
                    self.steps.spend_on_text(text.as_str().len())?;
                    Value::Bool(pattern.is_match(text.as_str()))
                }
                _ => return Err(EvalError::WrongType("text")),
            },
            Node::Missing(structure, paths) => self.missing(structure, paths)?,
        };
        Ok(Cow::Owned(owned))
    }

    fn field(&mut self, read: &'a FieldNode) -> Result<Value, EvalError> {
        let found = match &*self.value(&read.operand)? {
            Value::Struct(object) => object.get(&read.field),
            Value::Unknown(why) => return Ok(Value::Unknown(why.clone())),
            Value::Absent => Value::Absent,
            _ => return Err(EvalError::WrongType("a structure")),
        };
        match (&found, &read.unwritten) {
            (Value::Absent, Some(why)) => Ok(Value::Unknown(why.clone())),
            _ => Ok(found),
        }
    }

    pub(super) fn truth(&mut self, node: &'a Node) -> Result<Truth, EvalError> {
        match &*self.value(node)? {
            Value::Bool(known) => Ok(Truth::Known(*known)),
            Value::Unknown(why) => Ok(Truth::Unknown(why.clone())),
            _ => Err(EvalError::WrongType("true or false")),
        }
    }

    fn logic(&mut self, logic: Logic, pair: &'a [Node; 2]) -> Result<Truth, EvalError> {
        let decisive = logic == Logic::Or;
        let left = match self.truth(&pair[0])? {
            Truth::Known(known) if known == decisive => return Ok(Truth::Known(decisive)),
            left => left,
        };
        Ok(match (left, self.truth(&pair[1])?) {
            (_, Truth::Known(known)) if known == decisive => Truth::Known(decisive),
            (Truth::Unknown(why), _) | (_, Truth::Unknown(why)) => Truth::Unknown(why),
            _ => Truth::Known(!decisive),
        })
    }

    fn compare(&mut self, comparison: Comparison, pair: &'a [Node; 2]) -> Result<Truth, EvalError> {
        let (left, right) = (self.value(&pair[0])?, self.value(&pair[1])?);
        let truth = match (&*left, &*right) {
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Truth::Unknown(why.clone()),
            (Value::List(_), _) => match self.equal(&left, &right)? {
                Truth::Known(equal) => Truth::Known(equal == (comparison == Comparison::Equal)),
                unknown @ Truth::Unknown(_) => unknown,
            },
            (left, right) => {
                let order = arithmetic::order(left, right).ok_or(EvalError::WrongType("comparable"))?;
                Truth::Known(comparison.holds(order))
            }
        };
        Ok(truth)
    }

    /// Equality of values of one type. Recursion ends with the type, which is
    /// as deep as the expression at most.
    fn equal(&mut self, left: &Value, right: &Value) -> Result<Truth, EvalError> {
        let (left, right) = match (left, right) {
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => return Ok(Truth::Unknown(why.clone())),
            (Value::List(left), Value::List(right)) => (left, right),
            (left, right) => {
                let order = arithmetic::order(left, right).ok_or(EvalError::WrongType("comparable"))?;
                return Ok(Truth::Known(order.is_eq()));
            }
        };
        if left.len() != right.len() {
            return Ok(Truth::Known(false));
        }
        self.steps.spend_on_items(left.len())?;
        let mut verdict = Truth::Known(true);
        for (left, right) in left.iter().zip(right.iter()) {
            match self.equal(left, right)? {
                Truth::Known(false) => return Ok(Truth::Known(false)),
                Truth::Unknown(why) if matches!(verdict, Truth::Known(_)) => verdict = Truth::Unknown(why),
                _ => {}
            }
        }
        Ok(verdict)
    }

    fn contains(&mut self, item: &Value, list: &Value) -> Result<Truth, EvalError> {
        let items = match (item, list) {
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => return Ok(Truth::Unknown(why.clone())),
            (_, Value::List(items)) => items,
            _ => return Err(EvalError::WrongType("a list")),
        };
        self.steps.spend_on_items(items.len() / 8)?;
        let mut verdict = Truth::Known(false);
        for known in items.iter() {
            match self.equal(item, known)? {
                Truth::Known(true) => return Ok(Truth::Known(true)),
                Truth::Unknown(why) if matches!(verdict, Truth::Known(_)) => verdict = Truth::Unknown(why),
                _ => {}
            }
        }
        Ok(verdict)
    }

    fn list(&mut self, nodes: &'a [Node]) -> Result<Value, EvalError> {
        let mut items = Vec::with_capacity(nodes.len());
        for node in nodes {
            match self.value(node)?.into_owned() {
                Value::Unknown(why) => return Ok(Value::Unknown(why)),
                item => items.push(item),
            }
        }
        Ok(Value::List(items.into()))
    }

    fn missing(&mut self, structure: &'a Node, paths: &'a [WantedPath]) -> Result<Value, EvalError> {
        let found = self.value(structure)?;
        let object = match &*found {
            Value::Struct(object) => object,
            Value::Unknown(why) => return Ok(Value::Unknown(why.clone())),
            _ => return Err(EvalError::WrongType("a structure")),
        };
        self.steps.spend_on_items(paths.len())?;
        let mut absent = Vec::new();
        for path in paths {
            match written(&**object, path) {
                Value::Unknown(why) => return Ok(Value::Unknown(why)),
                Value::Absent => absent.push(path.text.clone()),
                _ => {}
            }
        }
        Ok(Value::List(absent.into()))
    }
}

/// The value at a path, absent where a part on the way is.
fn written(object: &dyn Object, path: &WantedPath) -> Value {
    let mut fields = path.fields.iter();
    let mut value = fields.next().map_or(Value::Absent, |field| object.get(field));
    for field in fields {
        value = match value {
            Value::Struct(part) => part.get(field),
            other => return other,
        };
    }
    value
}
