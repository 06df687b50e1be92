//! Evaluation of the macros over lists.

use super::eval::{EvalError, Run, Truth};
use super::node::{EachKind, EachNode, Node};
use super::value::Value;
use std::borrow::Cow;

impl<'a> Run<'a> {
    pub(super) fn each(&mut self, each: &'a EachNode) -> Result<Value, EvalError> {
        let list = self.value(&each.list)?;
        let items = match &*list {
            Value::List(items) => items.clone(),
            Value::Unknown(why) => return Ok(Value::Unknown(why.clone())),
            _ => return Err(EvalError::WrongType("a list")),
        };
        let depth = self.locals.len();
        // Holds the place of the item, so that it is written without growing.
        self.locals.push(Value::Absent);
        let result = match &each.kind {
            EachKind::All(condition) => self.decide(&items, depth, condition, false).map(Value::from),
            EachKind::Exists(condition) => self.decide(&items, depth, condition, true).map(Value::from),
            EachKind::ExistsOne(condition) => self.exactly_one(&items, depth, condition).map(Value::from),
            EachKind::Filter(condition) => self.collect(&items, depth, Some(condition), None),
            EachKind::Map(condition, value) => self.collect(&items, depth, condition.as_ref(), Some(value)),
        };
        self.locals.truncate(depth);
        result
    }

    /// Takes an item into the variable of the macro at `depth`.
    fn enter(&mut self, depth: usize, item: &Value) -> Result<(), EvalError> {
        self.steps.spend(1)?;
        if let Some(local) = self.locals.get_mut(depth) {
            *local = item.clone();
        }
        Ok(())
    }

    /// Whether one item decides (`decisive`), or none does.
    fn decide(
        &mut self,
        items: &[Value],
        depth: usize,
        condition: &'a Node,
        decisive: bool,
    ) -> Result<Truth, EvalError> {
        let mut verdict = Truth::Known(!decisive);
        for item in items {
            self.enter(depth, item)?;
            match self.truth(condition)? {
                Truth::Known(known) if known == decisive => return Ok(Truth::Known(decisive)),
                Truth::Unknown(why) if matches!(verdict, Truth::Known(_)) => verdict = Truth::Unknown(why),
                _ => {}
            }
        }
        Ok(verdict)
    }

    fn exactly_one(
        &mut self,
        items: &[Value],
        depth: usize,
        condition: &'a Node,
    ) -> Result<Truth, EvalError> {
        let (mut met, mut unknown) = (0, None);
        for item in items {
            self.enter(depth, item)?;
            match self.truth(condition)? {
                Truth::Known(true) => met += 1,
                Truth::Known(false) => {}
                Truth::Unknown(why) => unknown = unknown.or(Some(why)),
            }
            // Two are too many, whatever the unknown ones are.
            if met > 1 {
                return Ok(Truth::Known(false));
            }
        }
        Ok(unknown.map_or(Truth::Known(met == 1), Truth::Unknown))
    }

    fn collect(
        &mut self,
        items: &[Value],
        depth: usize,
        condition: Option<&'a Node>,
        value: Option<&'a Node>,
    ) -> Result<Value, EvalError> {
        let mut collected = Vec::new();
        for item in items {
            self.enter(depth, item)?;
            match condition.map_or(Ok(Truth::Known(true)), |condition| self.truth(condition))? {
                Truth::Known(true) => {}
                Truth::Known(false) => continue,
                Truth::Unknown(why) => return Ok(Value::Unknown(why)),
            }
            match value.map_or_else(|| Ok(Cow::Owned(item.clone())), |value| self.value(value))?.into_owned()
            {
                Value::Unknown(why) => return Ok(Value::Unknown(why)),
                item => collected.push(item),
            }
        }
        Ok(Value::List(collected.into()))
    }
}
