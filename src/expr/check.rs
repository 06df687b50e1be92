//! From the syntax tree to the tree that is evaluated, with a type for every
//! part of it. All faults are collected; a part with a fault yields nothing
//! more, so that one mistake is told once.

use super::env::{Env, ExprError};
use super::eval::{Run, Steps};
use super::nearest::nearest;
use super::node::Node;
use super::presence::{Path, Presence};
use super::syntax::Source;
use super::types::Type;
use super::typing;
use super::value::{Text, Value};
use cel::common::ast::{Expr, IdedExpr, ListExpr, LiteralValue, operators};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Levels of operations inside operations.
const DEPTH: usize = 64;
/// Faults told for one expression.
const FAULTS: usize = 20;
/// Whole numbers beyond this are not exact (2^53).
const EXACT: i64 = 1 << 53;

/// A checked part of an expression.
#[derive(Debug)]
pub(super) struct Typed {
    pub node: Node,
    pub ty: Type,
    /// The variable, or the part of one, that it is.
    pub path: Option<Path>,
    /// That it may be absent.
    pub gap: Option<Gap>,
    /// What is known about its items, or those whose number it is.
    pub items: Items,
    /// What is known where it is true.
    pub when_true: Presence,
    /// What is known where it is false.
    pub when_false: Presence,
}

/// Why a value may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A field on its path is optional.
    Field,
    /// It is an item of a list that may be empty.
    Item,
}

/// What is known about the items of a list.
#[derive(Clone, Debug, Default)]
pub(super) struct Items {
    /// The value is their number, not the list.
    pub number: bool,
    /// There is at least one.
    pub some: bool,
    /// There is one if this list has one.
    pub of: Option<Path>,
    /// What is known where there is none.
    pub when_none: Presence,
}

/// Whether absence is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A value is needed.
    Strict,
    /// Under `has` and `default`.
    Lenient,
}

impl Typed {
    pub(super) fn new(node: Node, ty: Type) -> Self {
        Self {
            node,
            ty,
            path: None,
            gap: None,
            items: Items::default(),
            when_true: Presence::nothing(),
            when_false: Presence::nothing(),
        }
    }

    pub(super) fn truth(node: Node, when_true: Presence, when_false: Presence) -> Self {
        Self { when_true, when_false, ..Self::new(node, Type::Bool) }
    }
}

/// The check of one expression.
pub(super) struct Checker<'c> {
    pub env: &'c Env,
    pub source: Source<'c>,
    /// Variables of the macros around this point.
    pub locals: Vec<(String, Type)>,
    /// What is known to be written at this point.
    pub known: Presence,
    /// The guard of this point is at fault itself.
    pub forgiving: bool,
    depth: usize,
    faults: Vec<ExprError>,
}

impl<'c> Checker<'c> {
    pub(super) fn new(text: &'c str, env: &'c Env, known: Presence) -> Self {
        let source = Source::new(text);
        Self { env, source, locals: Vec::new(), known, forgiving: false, depth: 0, faults: Vec::new() }
    }

    /// The faults found, in the order of the text.
    pub(super) fn into_faults(mut self) -> Vec<ExprError> {
        self.faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
        self.faults.dedup();
        self.faults
    }

    pub(super) fn fault(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        if self.faults.len() < FAULTS {
            self.faults.push(ExprError { span, message: message.into(), help });
        }
    }

    /// A fault of a whole part.
    pub(super) fn fault_at(&mut self, expr: &IdedExpr, message: impl Into<String>, help: Option<String>) {
        let span = self.source.extent(expr);
        self.fault(span, message, help);
    }

    /// A part whose value is needed.
    pub(super) fn strict(&mut self, expr: &IdedExpr) -> Option<Typed> {
        let typed = self.check(expr, Reading::Strict)?;
        let Some(gap) = typed.gap else { return Some(typed) };
        if !self.forgiving {
            self.fault_of_absence(expr, gap);
        }
        None
    }

    /// A part that must be true or false.
    pub(super) fn condition(&mut self, expr: &IdedExpr) -> Option<Typed> {
        let typed = self.strict(expr)?;
        if typing::fits(&typed.ty, &Type::Bool) {
            return Some(typed);
        }
        let given = typing::named(&typed.ty);
        let help = (typed.ty == Type::Text || matches!(typed.ty, Type::List(_) | Type::Struct(_)))
            .then(|| "to ask whether a field is written, use `has(…)`".to_owned());
        self.fault_at(expr, format!("a condition is true or false, and this is {given}"), help);
        None
    }

    /// Checks a part that is reached only under a guard; without one, the
    /// guard is at fault.
    pub(super) fn given<R>(&mut self, guard: Option<&Presence>, check: impl FnOnce(&mut Self) -> R) -> R {
        let known = guard.map_or_else(|| self.known.clone(), |guard| self.known.and(guard));
        let known = std::mem::replace(&mut self.known, known);
        let forgiving = self.forgiving;
        self.forgiving |= guard.is_none();
        let result = check(self);
        (self.known, self.forgiving) = (known, forgiving);
        result
    }

    pub(super) fn check(&mut self, expr: &IdedExpr, reading: Reading) -> Option<Typed> {
        if self.depth >= DEPTH {
            let help = Some("use brackets to balance it, or split the rule".to_owned());
            self.fault_at(expr, format!("the expression nests more than {DEPTH} operations"), help);
            return None;
        }
        self.depth += 1;
        let typed = self.dispatch(expr, reading);
        self.depth -= 1;
        let mut typed = typed?;
        typed.node = self.folded(expr, typed.node);
        Some(typed)
    }

    fn dispatch(&mut self, expr: &IdedExpr, reading: Reading) -> Option<Typed> {
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal),
            Expr::Ident(name) => self.variable(expr, name),
            Expr::Select(select) if select.test => self.has(expr, select),
            Expr::Select(select) => self.select(expr, select, reading),
            Expr::List(list) => self.list(list),
            Expr::Comprehension(each) => self.each(expr, each),
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::INDEX, _) => {
                    let help = Some("use `first(…)` or `last(…)`, or a macro over the items".to_owned());
                    self.fault_at(expr, "lists have no index", help);
                    None
                }
                (operator, args) if call.target.is_none() && is_operator(operator) => {
                    self.operator(expr, operator, args)
                }
                (name, _) => self.call(expr, name, call, reading),
            },
            Expr::Map(_) | Expr::Struct(_) => {
                self.fault_at(expr, "there are no maps and structures to write", None);
                None
            }
            Expr::Unspecified => {
                self.fault_at(expr, "a value is missing here", None);
                None
            }
        }
    }

    fn literal(&mut self, expr: &IdedExpr, literal: &LiteralValue) -> Option<Typed> {
        let (value, ty) = match literal {
            LiteralValue::Boolean(value) => {
                let node = Node::Constant(Value::Bool(*value.inner()));
                let (held, never) = (Presence::nothing(), Presence::never());
                let (when_true, when_false) = if *value.inner() { (held, never) } else { (never, held) };
                return Some(Typed::truth(node, when_true, when_false));
            }
            LiteralValue::Int(value) if value.inner().unsigned_abs() <= EXACT.unsigned_abs() => {
                #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
                let value = *value.inner() as f64;
                (Value::Number(value), Type::Number)
            }
            LiteralValue::Int(_) => {
                self.fault_at(expr, "the number is too large to be exact", None);
                return None;
            }
            LiteralValue::Double(value) => (Value::Number(*value.inner()), Type::Number),
            LiteralValue::String(text) => {
                let text: Arc<str> = text.inner().into();
                (Value::Text(Text::from(text.clone())), Type::OneOf(Arc::from([text])))
            }
            LiteralValue::Null => {
                let help = Some("a field is written or it is not: ask `has(record.field)`".to_owned());
                self.fault_at(expr, "there is no `null`", help);
                return None;
            }
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                self.fault_at(expr, "write a plain number or text", None);
                return None;
            }
        };
        Some(Typed::new(Node::Constant(value), ty))
    }

    fn list(&mut self, list: &ListExpr) -> Option<Typed> {
        let items: Vec<_> = list.elements.iter().map(|element| self.strict(element)).collect();
        let mut ty = typing::nothing();
        // Words are gathered apart: one union for all of them.
        let mut words = BTreeSet::new();
        let mut nodes = Vec::with_capacity(items.len());
        for (element, item) in list.elements.iter().zip(items) {
            let item = item?;
            let common = match &item.ty {
                Type::OneOf(of) => {
                    words.extend(of.iter().cloned());
                    (typing::is_nothing(&ty) || typing::is_text(&ty)).then(|| ty.clone())
                }
                other => typing::common(&ty, other).filter(|ty| words.is_empty() || typing::is_text(ty)),
            };
            let Some(common) = common else {
                let (this, before) = (typing::named(&item.ty), typing::named(&ty));
                let before = if words.is_empty() { before } else { "text".to_owned() };
                let message = format!("a list holds one type: this is {this}, and before it stands {before}");
                self.fault_at(element, message, None);
                return None;
            };
            ty = common;
            nodes.push(item.node);
        }
        let ty = typing::common(&ty, &Type::OneOf(words.into_iter().collect()))?;
        let items = Items { some: !nodes.is_empty(), ..Items::default() };
        Some(Typed { items, ..Typed::new(Node::List(nodes.into()), Type::List(Box::new(ty))) })
    }

    fn variable(&mut self, expr: &IdedExpr, name: &str) -> Option<Typed> {
        if let Some(depth) = self.locals.iter().rposition(|(known, _)| known == name) {
            let path = Some(Path::of(self.env.variables().len() + depth));
            return Some(
                self.owner(Typed { path, ..Typed::new(Node::Local(depth), self.locals[depth].1.clone()) }),
            );
        }
        let slot = self.env.slot(name);
        if let Some((slot, ty)) = slot.and_then(|slot| Some((slot, self.env.type_of(slot)?))) {
            let path = Some(Path::of(slot));
            return Some(self.owner(Typed { path, ..Typed::new(Node::Global(slot), ty.clone()) }));
        }
        let help = self.variable_that_was_meant(name);
        self.fault_at(expr, format!("there is no variable `{name}`"), help);
        None
    }

    fn variable_that_was_meant(&self, name: &str) -> Option<String> {
        let locals = self.locals.iter().map(|(name, _)| name.as_str());
        let names: Vec<_> = self.env.variables().map(|(name, _)| name).chain(locals).collect();
        let holder = self.env.variables().find(|(_, ty)| match ty {
            Type::Struct(structure) => structure.fields.contains_key(name),
            _ => false,
        });
        if let Some((holder, _)) = holder {
            return Some(format!("did you mean `{holder}.{name}`?"));
        }
        if let Some(near) = nearest(name, names.iter().copied()) {
            return Some(format!("did you mean `{near}`?"));
        }
        (!names.is_empty()).then(|| format!("there are {}", names.join(", ")))
    }

    /// The value of an operation on constants, computed now.
    fn folded(&mut self, expr: &IdedExpr, node: Node) -> Node {
        if !on_constants(&node) {
            return node;
        }
        let mut steps = Steps::new(100_000);
        let outcome = Run::new(&[], &mut steps).value(&node).map(std::borrow::Cow::into_owned);
        match outcome {
            Ok(Value::Absent | Value::Unknown(_)) => node,
            Ok(value) => Node::Constant(value),
            Err(error) => {
                self.fault_at(expr, error.to_string(), None);
                node
            }
        }
    }
}

fn on_constants(node: &Node) -> bool {
    let constant = |node: &Node| matches!(node, Node::Constant(_));
    match node {
        Node::Not(operand) | Node::Negate(operand) | Node::Matches(operand, _) => constant(operand),
        Node::Compare(_, pair) | Node::Arithmetic(_, pair) | Node::In(pair) => pair.iter().all(constant),
        Node::List(items) | Node::Call(_, items) => items.iter().all(constant),
        _ => false,
    }
}

fn is_operator(name: &str) -> bool {
    name.starts_with(['_', '!', '-', '@'])
}
