//! Checking the macros over lists. The parser has turned each into a fold; the
//! fold's shape says which macro it was.

use super::check::{Checker, Items, Typed};
use super::node::{EachKind, EachNode, Node};
use super::presence::Presence;
use super::types::Type;
use super::typing::{self, named};
use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

/// A macro as it was written.
enum Shape<'e> {
    All(&'e IdedExpr),
    Exists(&'e IdedExpr),
    ExistsOne(&'e IdedExpr),
    Filter(&'e IdedExpr),
    Map(Option<&'e IdedExpr>, &'e IdedExpr),
}

impl Checker<'_> {
    pub(super) fn each(&mut self, expr: &IdedExpr, fold: &ComprehensionExpr) -> Option<Typed> {
        let list = self.strict(&fold.iter_range);
        let Some(shape) = shape(fold) else {
            self.fault_at(expr, "this macro is not part of the language", None);
            return None;
        };
        let list = list?;
        let Type::List(item) = &list.ty else {
            let message = format!("a macro goes over a list, and this is {}", named(&list.ty));
            self.fault_at(&fold.iter_range, message, None);
            return None;
        };
        let name = &fold.iter_var;
        if self.env.slot(name).is_some() || self.locals.iter().any(|(local, _)| local == name) {
            self.fault_at(
                expr,
                format!("the name `{name}` is taken"),
                Some("choose another name for the item".to_owned()),
            );
            return None;
        }
        let item = (**item).clone();
        let root = self.env.variables().len() + self.locals.len();
        self.locals.push((name.clone(), item.clone()));
        let typed = self.of_shape(&shape, list, item, root);
        self.locals.pop();
        typed
    }

    fn of_shape(&mut self, shape: &Shape, list: Typed, item: Type, root: usize) -> Option<Typed> {
        let some = list.items.of.as_ref().map_or_else(Presence::nothing, Presence::with_items);
        let of_each = |kind| Node::Each(Box::new(EachNode { list: list.node, kind }));
        match *shape {
            Shape::All(condition) => {
                let condition = self.condition(condition)?;
                Some(Typed::truth(of_each(EachKind::All(condition.node)), Presence::nothing(), some))
            }
            Shape::Exists(condition) => {
                let condition = self.condition(condition)?;
                Some(Typed::truth(of_each(EachKind::Exists(condition.node)), some, Presence::nothing()))
            }
            Shape::ExistsOne(condition) => {
                let condition = self.condition(condition)?;
                Some(Typed::truth(of_each(EachKind::ExistsOne(condition.node)), some, Presence::nothing()))
            }
            Shape::Filter(condition) => {
                let condition = self.condition(condition)?;
                let known = condition.when_true.fields_of(root);
                let item = known.fold(item, |item, path| typing::narrowed(&item, &path));
                Some(Typed::new(of_each(EachKind::Filter(condition.node)), Type::List(Box::new(item))))
            }
            Shape::Map(None, value) => {
                let value = self.strict(value)?;
                let node = of_each(EachKind::Map(None, value.node));
                let items = Items { some: list.items.some, of: list.items.of, ..Items::default() };
                Some(Typed { items, ..Typed::new(node, Type::List(Box::new(value.ty))) })
            }
            Shape::Map(Some(condition), value) => {
                let condition = self.condition(condition);
                let guard = condition.as_ref().map(|condition| &condition.when_true);
                let value = self.given(guard, |checker| checker.strict(value));
                let (condition, value) = (condition?, value?);
                let node = of_each(EachKind::Map(Some(condition.node), value.node));
                Some(Typed::new(node, Type::List(Box::new(value.ty))))
            }
        }
    }
}

fn shape(fold: &ComprehensionExpr) -> Option<Shape<'_>> {
    if fold.iter_var2.is_some() {
        return None;
    }
    let Expr::Call(step) = &fold.loop_step.expr else { return None };
    let (step, args) = (step.func_name.as_str(), step.args.as_slice());
    match (&fold.accu_init.expr, step, args) {
        (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_AND, [_, condition]) => {
            Some(Shape::All(condition))
        }
        (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_OR, [_, condition]) => {
            Some(Shape::Exists(condition))
        }
        (Expr::Literal(LiteralValue::Int(_)), operators::CONDITIONAL, [condition, ..]) => {
            Some(Shape::ExistsOne(condition))
        }
        (Expr::List(_), operators::ADD, [_, collected]) => Some(Shape::Map(None, only(collected)?)),
        (Expr::List(_), operators::CONDITIONAL, [condition, added, _]) => {
            let Expr::Call(added) = &added.expr else { return None };
            let value = only(added.args.get(1)?)?;
            match &value.expr {
                Expr::Ident(name) if *name == fold.iter_var => Some(Shape::Filter(condition)),
                _ => Some(Shape::Map(Some(condition), value)),
            }
        }
        _ => None,
    }
}

/// The only element of a list.
fn only(list: &IdedExpr) -> Option<&IdedExpr> {
    match &list.expr {
        Expr::List(list) => list.elements.first().filter(|_| list.elements.len() == 1),
        _ => None,
    }
}
