//! Checking the operators: truth, comparison, arithmetic, membership, choice.

use super::check::{Checker, Items, Typed};
use super::nearest::nearest;
use super::node::{Comparison, Logic, Node, Operator};
use super::presence::Presence;
use super::types::Type;
use super::typing::{self, named};
use super::value::Value;
use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};
use std::cmp::Ordering;

impl Checker<'_> {
    pub(super) fn operator(&mut self, expr: &IdedExpr, name: &str, args: &[IdedExpr]) -> Option<Typed> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        match (name, args) {
            (operators::LOGICAL_AND, [left, right]) => self.logic(Logic::And, left, right),
            (operators::LOGICAL_OR, [left, right]) => self.logic(Logic::Or, left, right),
            (operators::LOGICAL_NOT, [operand]) => {
                let operand = self.condition(operand)?;
                Some(Typed::truth(Node::Not(Box::new(operand.node)), operand.when_false, operand.when_true))
            }
            (operators::CONDITIONAL, [condition, first, second]) => self.choice(condition, first, second),
            (operators::EQUALS, [left, right]) => self.comparison(expr, Equal, left, right),
            (operators::NOT_EQUALS, [left, right]) => self.comparison(expr, NotEqual, left, right),
            (operators::LESS, [left, right]) => self.comparison(expr, Less, left, right),
            (operators::LESS_EQUALS, [left, right]) => self.comparison(expr, LessOrEqual, left, right),
            (operators::GREATER, [left, right]) => self.comparison(expr, Greater, left, right),
            (operators::GREATER_EQUALS, [left, right]) => self.comparison(expr, GreaterOrEqual, left, right),
            (operators::ADD, [left, right]) => self.arithmetic(expr, Operator::Add, left, right),
            (operators::SUBSTRACT, [left, right]) => self.arithmetic(expr, Operator::Subtract, left, right),
            (operators::MULTIPLY, [left, right]) => self.arithmetic(expr, Operator::Multiply, left, right),
            (operators::DIVIDE, [left, right]) => self.arithmetic(expr, Operator::Divide, left, right),
            (operators::MODULO, [left, right]) => self.arithmetic(expr, Operator::Remainder, left, right),
            (operators::NEGATE, [operand]) => self.negation(expr, operand),
            (operators::IN, [item, list]) => self.membership(expr, item, list),
            _ => {
                self.fault_at(expr, "this operator is not part of the language", None);
                None
            }
        }
    }

    /// What stands behind `&&` is reached where the left side is true, behind
    /// `||` where it is false.
    fn logic(&mut self, logic: Logic, left: &IdedExpr, right: &IdedExpr) -> Option<Typed> {
        let left = self.condition(left);
        let guard = left.as_ref().map(|left| match logic {
            Logic::And => &left.when_true,
            Logic::Or => &left.when_false,
        });
        let right = self.given(guard, |checker| checker.condition(right));
        let (left, right) = (left?, right?);
        let (when_true, when_false) = match logic {
            Logic::And => (left.when_true.and(&right.when_true), left.when_false.or(&right.when_false)),
            Logic::Or => (left.when_true.or(&right.when_true), left.when_false.and(&right.when_false)),
        };
        Some(Typed::truth(Node::Logic(logic, Box::new([left.node, right.node])), when_true, when_false))
    }

    fn choice(&mut self, condition: &IdedExpr, first: &IdedExpr, second: &IdedExpr) -> Option<Typed> {
        let at_second = second;
        let condition = self.condition(condition);
        let guards = condition.as_ref().map(|condition| (&condition.when_true, &condition.when_false));
        let first = self.given(guards.map(|guards| guards.0), |checker| checker.strict(first));
        let second = self.given(guards.map(|guards| guards.1), |checker| checker.strict(second));
        let (condition, first, second) = (condition?, first?, second?);
        let Some(ty) = typing::common(&first.ty, &second.ty) else {
            let message = format!(
                "both branches give one type: the first is {}, and this is {}",
                named(&first.ty),
                named(&second.ty)
            );
            self.fault_at(at_second, message, None);
            return None;
        };
        let when_true =
            condition.when_true.and(&first.when_true).or(&condition.when_false.and(&second.when_true));
        let when_false =
            condition.when_true.and(&first.when_false).or(&condition.when_false.and(&second.when_false));
        let node = Node::Choose(Box::new([condition.node, first.node, second.node]));
        Some(Typed { when_true, when_false, ..Typed::new(node, ty) })
    }

    fn comparison(
        &mut self,
        expr: &IdedExpr,
        comparison: Comparison,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Option<Typed> {
        let (left_expr, right_expr) = (left, right);
        let (left, right) = (self.strict(left), self.strict(right));
        let (left, right) = (left?, right?);
        if comparison.is_equality() {
            self.can_be_equal(expr, (left_expr, &left.ty), (right_expr, &right.ty))?;
        } else {
            self.have_an_order(expr, (left_expr, &left.ty), (right_expr, &right.ty))?;
        }
        let (when_true, when_false) = known_of_items(comparison, &left, &right);
        Some(Typed::truth(
            Node::Compare(comparison, Box::new([left.node, right.node])),
            when_true,
            when_false,
        ))
    }

    fn can_be_equal(
        &mut self,
        expr: &IdedExpr,
        (left_expr, left): (&IdedExpr, &Type),
        (right_expr, right): (&IdedExpr, &Type),
    ) -> Option<()> {
        if !typing::can_be_equal(left, right) {
            let message = match (left, right) {
                (Type::Duration, Type::Duration) => {
                    "durations are not compared: a month has no fixed length".to_owned()
                }
                (Type::Struct(_), Type::Struct(_)) => {
                    "structures are not compared: compare a field of each".to_owned()
                }
                _ => format!("{} is never equal to {}", named(left), named(right)),
            };
            self.fault_at(expr, message, hint(left, right));
            return None;
        }
        match (word(left_expr), word(right_expr)) {
            (None, Some(_)) => self.is_a_word_of(right_expr, left_expr, left),
            (Some(_), None) => self.is_a_word_of(left_expr, right_expr, right),
            (None, None) if typing::share_no_word(left, right) => {
                let message = format!("{} is never {}", named(left), named(right));
                self.fault_at(expr, message, Some("the two vocabularies have no word in common".to_owned()));
                None
            }
            _ => Some(()),
        }
    }

    /// A literal that is compared with a word of a vocabulary is one of them.
    fn is_a_word_of(&mut self, literal: &IdedExpr, subject: &IdedExpr, ty: &Type) -> Option<()> {
        let (Some(written), Type::OneOf(words)) = (word(literal), ty) else { return Some(()) };
        if words.is_empty() || words.iter().any(|word| **word == *written) {
            return Some(());
        }
        let allowed = words.join(", ");
        let help = match nearest(written, words.iter().map(|word| &**word)) {
            Some(near) => format!("did you mean `{near}`? allowed are {allowed}"),
            None => format!("allowed are {allowed}"),
        };
        let subject = self.source.quoted(subject);
        self.fault_at(literal, format!("`{subject}` is never `{written}`"), Some(help));
        None
    }

    fn have_an_order(
        &mut self,
        expr: &IdedExpr,
        (left_expr, left): (&IdedExpr, &Type),
        (right_expr, right): (&IdedExpr, &Type),
    ) -> Option<()> {
        let vocabulary = |expr: &IdedExpr, ty: &Type| matches!(ty, Type::OneOf(_)) && word(expr).is_none();
        let message = match (left, right) {
            (Type::Number, Type::Number) | (Type::Date, Type::Date) => return Some(()),
            (left, right) if typing::is_text(left) && typing::is_text(right) => {
                if !vocabulary(left_expr, left) && !vocabulary(right_expr, right) {
                    return Some(());
                }
                let help = Some("list the words that you mean: `x in [\"high\", \"critical\"]`".to_owned());
                self.fault_at(expr, "the words of a vocabulary have no order", help);
                return None;
            }
            (Type::Duration, Type::Duration) => {
                let help = Some("add both to a date and compare the dates".to_owned());
                self.fault_at(expr, "durations have no order: a month has no fixed length", help);
                return None;
            }
            (left, right) => format!("{} and {} have no order", named(left), named(right)),
        };
        self.fault_at(expr, message, hint(left, right));
        None
    }

    fn arithmetic(
        &mut self,
        expr: &IdedExpr,
        operator: Operator,
        left: &IdedExpr,
        right: &IdedExpr,
    ) -> Option<Typed> {
        use Operator::{Add, Subtract};
        let (left, right) = (self.strict(left), self.strict(right));
        let (left, right) = (left?, right?);
        let ty = match (operator, &left.ty, &right.ty) {
            (_, Type::Number, Type::Number) => Type::Number,
            (Add, Type::Date, Type::Duration) | (Add, Type::Duration, Type::Date) => Type::Date,
            (Subtract, Type::Date, Type::Duration) => Type::Date,
            (Subtract, Type::Date, Type::Date) => Type::Number,
            (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
            (Add, left, right) if typing::is_text(left) && typing::is_text(right) => Type::Text,
            (Add, Type::List(_), Type::List(_)) if typing::common(&left.ty, &right.ty).is_some() => {
                typing::common(&left.ty, &right.ty)?
            }
            (_, left, right) => {
                let (sign, what) = (sign(operator), (named(left), named(right)));
                let help = calculation_hint(operator, left, right);
                self.fault_at(expr, format!("`{sign}` cannot join {} and {}", what.0, what.1), help);
                return None;
            }
        };
        let items = Items { some: left.items.some || right.items.some, ..Items::default() };
        let items = if matches!(ty, Type::List(_)) { items } else { Items::default() };
        Some(Typed { items, ..Typed::new(Node::Arithmetic(operator, Box::new([left.node, right.node])), ty) })
    }

    fn negation(&mut self, expr: &IdedExpr, operand: &IdedExpr) -> Option<Typed> {
        let operand = self.strict(operand)?;
        if !matches!(operand.ty, Type::Number | Type::Duration) {
            self.fault_at(expr, format!("`-` cannot stand before {}", named(&operand.ty)), None);
            return None;
        }
        Some(Typed::new(Node::Negate(Box::new(operand.node)), operand.ty))
    }

    fn membership(&mut self, expr: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Option<Typed> {
        let (item_expr, list_expr) = (item, list);
        let (item, list) = (self.strict(item), self.strict(list));
        let (item, list) = (item?, list?);
        let Type::List(of) = &list.ty else {
            let help = typing::is_text(&list.ty)
                .then(|| "to look into a text, use `text.contains(part)`".to_owned());
            self.fault_at(
                list_expr,
                format!("`in` looks into a list, and this is {}", named(&list.ty)),
                help,
            );
            return None;
        };
        if let (Expr::List(literals), None) = (&list_expr.expr, word(item_expr)) {
            let elements = &literals.elements;
            let mut sound = Some(());
            for element in elements.iter().filter(|element| word(element).is_some()) {
                sound = self.is_a_word_of(element, item_expr, &item.ty).and(sound);
            }
            sound?;
        }
        self.can_be_equal(expr, (item_expr, &item.ty), (list_expr, of))?;
        let when_true = list.items.of.as_ref().map_or_else(Presence::nothing, Presence::with_items);
        Some(Typed::truth(Node::In(Box::new([item.node, list.node])), when_true, Presence::nothing()))
    }
}

/// The text of a literal.
fn word(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

/// What a comparison says about the items of a list: `size(xs) > 0` that there
/// is one, `missing(x, […]) == []` that there is none.
fn known_of_items(comparison: Comparison, left: &Typed, right: &Typed) -> (Presence, Presence) {
    let (comparison, items, other) = if let Node::Constant(constant) = &right.node {
        (comparison, &left.items, constant)
    } else if let Node::Constant(constant) = &left.node {
        (comparison.mirrored(), &right.items, constant)
    } else {
        return Default::default();
    };
    let bound = match other {
        Value::Number(bound) if items.number => *bound,
        Value::List(list) if list.is_empty() && !items.number => 0.0,
        _ => return Default::default(),
    };
    let holds = |size: f64| comparison.holds(size.partial_cmp(&bound).unwrap_or(Ordering::Equal));
    let some = items.of.as_ref().map_or_else(Presence::nothing, Presence::with_items);
    let none = &items.when_none;
    // The comparisons are monotonous, so that these sizes stand for all.
    let (for_none, for_one, for_many) = (holds(0.0), holds(1.0), holds(f64::MAX));
    let (mut when_true, mut when_false) = (Presence::nothing(), Presence::nothing());
    if for_none {
        when_false = when_false.and(&some);
        if !for_one && !for_many {
            when_true = when_true.and(none);
        }
    } else {
        when_true = when_true.and(&some);
        if for_one && for_many {
            when_false = when_false.and(none);
        }
    }
    (when_true, when_false)
}

fn hint(left: &Type, right: &Type) -> Option<String> {
    match (left, right) {
        (Type::Date, text) | (text, Type::Date) if typing::is_text(text) => {
            Some("write a day as `date(\"2026-01-31\")`".to_owned())
        }
        (Type::Number, Type::Duration) | (Type::Duration, Type::Number) => {
            Some("two dates differ by a number of days: compare it with a number".to_owned())
        }
        (Type::Number, text) | (text, Type::Number) if typing::is_text(text) => {
            Some("write a number without quotes".to_owned())
        }
        (Type::List(_), _) => Some("use `in`, `exists` or `all` for the items of a list".to_owned()),
        (_, Type::List(_)) => Some("use `in` to look into a list".to_owned()),
        _ => None,
    }
}

fn calculation_hint(operator: Operator, left: &Type, right: &Type) -> Option<String> {
    match (operator, left, right) {
        (Operator::Add | Operator::Subtract, Type::Date, Type::Number) => {
            Some("say which unit: `days(…)`, `weeks(…)`, `months(…)` or `years(…)`".to_owned())
        }
        (Operator::Add, text, _) | (Operator::Add, _, text) if typing::is_text(text) => {
            Some("turn the value into text: `text(…)`".to_owned())
        }
        _ => None,
    }
}

fn sign(operator: Operator) -> char {
    match operator {
        Operator::Add => '+',
        Operator::Subtract => '-',
        Operator::Multiply => '*',
        Operator::Divide => '/',
        Operator::Remainder => '%',
    }
}
