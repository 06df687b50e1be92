//! Checking calls against the table of functions.

use super::check::{Checker, Gap, Items, Reading, Typed};
use super::function::{Function, Gives, MACROS, Row, Want, functions, row};
use super::nearest::nearest;
use super::node::Node;
use super::presence::{Presence, Step};
use super::types::Type;
use super::typing::{self, named};
use super::value::Value;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};
use chrono::{Datelike, NaiveDate};
use regex::RegexBuilder;

/// Bytes of a compiled pattern.
const PATTERN_BYTES: usize = 1 << 20;

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        call: &CallExpr,
        reading: Reading,
    ) -> Option<Typed> {
        let Some(row) = row(name) else {
            self.unknown_function(expr, name);
            return None;
        };
        let arguments: Vec<&IdedExpr> = call.target.as_deref().into_iter().chain(&call.args).collect();
        if arguments.len() != row.wants.len() {
            let message =
                format!("`{name}` takes {}, and here are {}", counted(row.wants.len()), arguments.len());
            let span = self.source.function(expr);
            self.fault(span, message, Some(format!("it is {}", row.doc.signature)));
            return None;
        }
        match (row.function, arguments.as_slice()) {
            (Function::Date, [day]) => self.date(day),
            (Function::Default, [value, fallback]) => self.default(expr, value, fallback),
            (Function::Missing, [structure, paths]) => self.missing(structure, paths),
            (Function::Matches, [text, pattern]) => self.matches(text, pattern),
            _ => self.ordinary(row, &arguments, reading),
        }
    }

    fn unknown_function(&mut self, expr: &IdedExpr, name: &str) {
        let span = self.source.function(expr);
        if let Some(known) = MACROS.iter().find(|known| known.name == name) {
            let message = format!("`{name}` is not used like this");
            return self.fault(span, message, Some(format!("it is {}", known.signature)));
        }
        let names = functions().map(|(_, doc)| doc.name).chain(MACROS.iter().map(|doc| doc.name));
        let help = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
        self.fault(span, format!("there is no function `{name}`"), help);
    }

    fn ordinary(&mut self, row: &Row, arguments: &[&IdedExpr], reading: Reading) -> Option<Typed> {
        let checked: Vec<_> = arguments
            .iter()
            .zip(row.wants)
            .map(|(argument, want)| self.argument(row, argument, *want))
            .collect();
        let mut checked: Vec<_> = checked.into_iter().collect::<Option<_>>()?;
        let (first_ty, items, path) = checked
            .first_mut()
            .map(|first| (first.ty.clone(), std::mem::take(&mut first.items), first.path.take()))?;
        let node = Node::Call(row.function, checked.into_iter().map(|typed| typed.node).collect());
        Some(match row.gives {
            Gives::Bool => Typed::new(node, Type::Bool),
            Gives::Number if row.function == Function::Size && matches!(first_ty, Type::List(_)) => {
                Typed { items: Items { number: true, ..items }, ..Typed::new(node, Type::Number) }
            }
            Gives::Number => Typed::new(node, Type::Number),
            Gives::Text => Typed::new(node, Type::Text),
            Gives::Date => Typed::new(node, Type::Date),
            Gives::Duration => Typed::new(node, Type::Duration),
            Gives::Texts => Typed::new(node, Type::List(Box::new(Type::Text))),
            Gives::Same => Typed { items, ..Typed::new(node, first_ty) },
            Gives::Item => {
                let Type::List(item) = first_ty else { return None };
                let written = items.some || items.of.as_ref().is_some_and(|of| self.known.has_items(of));
                let path = match row.function {
                    Function::First => path.map(|path| path.then(Step::First)),
                    Function::Last => path.map(|path| path.then(Step::Last)),
                    _ => None,
                };
                let node = match reading {
                    Reading::Strict => Node::Written(Box::new(node), "the list is empty".into()),
                    Reading::Lenient => node,
                };
                let gap = (!written).then_some(Gap::Item);
                self.owner(Typed { path, gap, ..Typed::new(node, *item) })
            }
            Gives::Special => return None,
        })
    }

    fn argument(&mut self, row: &Row, expr: &IdedExpr, want: Want) -> Option<Typed> {
        let typed = self.strict(expr)?;
        if accepts(want, &typed.ty) {
            return Some(typed);
        }
        let message =
            format!("`{}` wants {} here, and this is {}", row.doc.name, wanted(want), named(&typed.ty));
        self.fault_at(expr, message, Some(format!("it is {}", row.doc.signature)));
        None
    }

    fn date(&mut self, day: &IdedExpr) -> Option<Typed> {
        let Expr::Literal(LiteralValue::String(written)) = &day.expr else {
            let help = Some("fields that hold dates are dates already".to_owned());
            self.fault_at(day, "`date` takes a literal: date(\"2026-01-31\")", help);
            return None;
        };
        let written = written.inner();
        let date = NaiveDate::parse_from_str(written, "%Y-%m-%d").ok();
        // The parser also takes 2026-1-31 and signs.
        let Some(date) = date.filter(|date| (1..=9999).contains(&date.year()) && date.to_string() == written)
        else {
            self.fault_at(day, format!("`{written}` is no day"), Some("write YYYY-MM-DD".to_owned()));
            return None;
        };
        Some(Typed::new(Node::Constant(Value::Date(date)), Type::Date))
    }

    fn matches(&mut self, text: &IdedExpr, pattern: &IdedExpr) -> Option<Typed> {
        let read = self.strict(text);
        let Expr::Literal(LiteralValue::String(written)) = &pattern.expr else {
            self.fault_at(pattern, "a pattern is written as a literal", None);
            return None;
        };
        let compiled = match RegexBuilder::new(written.inner()).size_limit(PATTERN_BYTES).build() {
            Ok(compiled) => compiled,
            Err(error) => {
                let (message, help) = explained(&error);
                self.fault_at(pattern, message, help);
                return None;
            }
        };
        let read = read?;
        if !typing::is_text(&read.ty) {
            self.fault_at(text, format!("`matches` wants text here, and this is {}", named(&read.ty)), None);
            return None;
        }
        Some(Typed::new(Node::Matches(Box::new(read.node), compiled), Type::Bool))
    }

    fn default(&mut self, expr: &IdedExpr, value: &IdedExpr, fallback: &IdedExpr) -> Option<Typed> {
        let value = self.check(value, Reading::Lenient);
        let fallback = self.strict(fallback);
        let (value, fallback) = (value?, fallback?);
        let Some(ty) = typing::common(&value.ty, &fallback.ty) else {
            let message =
                format!("the value is {}, and the fallback is {}", named(&value.ty), named(&fallback.ty));
            self.fault_at(expr, message, Some("both must be of one type".to_owned()));
            return None;
        };
        // What the fallback is not, was written.
        let written = value.path.as_ref().map_or_else(Presence::nothing, Presence::with);
        let (when_true, when_false, of) = match &fallback.node {
            Node::Constant(Value::Bool(false)) => (written, Presence::nothing(), None),
            Node::Constant(Value::Bool(true)) => (Presence::nothing(), written, None),
            Node::Constant(Value::List(list)) if list.is_empty() => {
                (Presence::nothing(), Presence::nothing(), value.path.clone())
            }
            _ => (Presence::nothing(), Presence::nothing(), None),
        };
        let items = Items { of: of.filter(|_| matches!(ty, Type::List(_))), ..Items::default() };
        let node = Node::Default(Box::new([value.node, fallback.node]));
        Some(Typed { items, when_true, when_false, ..Typed::new(node, ty) })
    }
}

fn accepts(want: Want, ty: &Type) -> bool {
    let items = |accepted: fn(&Type) -> bool| match ty {
        Type::List(item) => typing::is_nothing(item) || accepted(item),
        _ => false,
    };
    match want {
        Want::Text => typing::is_text(ty),
        Want::Number => *ty == Type::Number,
        Want::Date => *ty == Type::Date,
        Want::Scalar => typing::is_scalar(ty),
        Want::TextOrList => typing::is_text(ty) || matches!(ty, Type::List(_)),
        Want::List => matches!(ty, Type::List(_)),
        Want::Texts => items(typing::is_text),
        Want::Numbers => items(|ty| *ty == Type::Number),
        Want::Scalars => items(typing::is_scalar),
        Want::Sortable => items(|ty| typing::is_text(ty) || matches!(ty, Type::Number | Type::Date)),
        Want::Measurable => items(|ty| matches!(ty, Type::Number | Type::Date)),
        Want::Special => false,
    }
}

fn wanted(want: Want) -> &'static str {
    match want {
        Want::Text => "text",
        Want::Number => "a number",
        Want::Date => "a date",
        Want::Scalar => "a single value",
        Want::TextOrList => "text or a list",
        Want::List => "a list",
        Want::Texts => "a list of text",
        Want::Numbers => "a list of numbers",
        Want::Scalars => "a list of single values",
        Want::Sortable => "a list of numbers, texts or dates",
        Want::Measurable => "a list of numbers or dates",
        Want::Special => "a literal",
    }
}

fn counted(arguments: usize) -> String {
    if arguments == 1 { "1 argument".to_owned() } else { format!("{arguments} arguments") }
}

/// The last line of the crate's report says what is wrong; the others draw it.
fn explained(error: &regex::Error) -> (String, Option<String>) {
    match error {
        regex::Error::CompiledTooBig(_) => {
            ("the pattern is too large".to_owned(), Some("use smaller repetitions".to_owned()))
        }
        other => {
            let report = other.to_string();
            let cause = report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let help = cause.contains("look-around").then(|| {
                "patterns are matched in linear time, without look-around: use a second `matches`".to_owned()
            });
            (format!("the pattern is not valid: {cause}"), help)
        }
    }
}
