//! Checking what reads fields: selections, `has`, and the paths of `missing`.

use super::check::{Checker, Gap, Items, Reading, Typed};
use super::nearest::nearest;
use super::node::{FieldNode, Node, WantedPath};
use super::presence::{Presence, Step};
use super::types::{FieldType, StructType, Type};
use super::typing;
use super::value::{FieldRef, Text, Value};
use cel::common::ast::{Expr, IdedExpr, LiteralValue, SelectExpr};
use std::sync::Arc;

impl Checker<'_> {
    /// A list that is, or is part of, a variable owns its items.
    pub(super) fn owner(&self, typed: Typed) -> Typed {
        match (&typed.ty, &typed.path) {
            (Type::List(_), Some(path)) => {
                let items =
                    Items { some: self.known.has_items(path), of: Some(path.clone()), ..Items::default() };
                Typed { items, ..typed }
            }
            _ => typed,
        }
    }

    pub(super) fn select(&mut self, expr: &IdedExpr, select: &SelectExpr, reading: Reading) -> Option<Typed> {
        let operand = self.check(&select.operand, reading)?;
        let (index, name, field, structure) = self.field_of(expr, &operand.ty, &select.field)?;
        let path = operand.path.as_ref().map(|path| path.then(Step::Field(index)));
        let known = path.as_ref().is_some_and(|path| self.known.contains(path));
        let gap = if known {
            None
        } else if field.optional {
            operand.gap.or(Some(Gap::Field))
        } else {
            operand.gap
        };
        let unwritten = (reading == Reading::Strict)
            .then(|| Arc::from(format!("`{name}` of the {} is not written", structure.name)));
        let field_ref = FieldRef { name, index };
        let node = Node::Field(Box::new(FieldNode { operand: operand.node, field: field_ref, unwritten }));
        Some(self.owner(Typed { path, gap, ..Typed::new(node, field.ty) }))
    }

    pub(super) fn has(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Option<Typed> {
        let typed = self.select(expr, select, Reading::Lenient)?;
        let when_true = typed.path.as_ref().map_or_else(Presence::nothing, Presence::with);
        Some(Typed::truth(Node::Has(Box::new(typed.node)), when_true, Presence::nothing()))
    }

    fn field_of(
        &mut self,
        expr: &IdedExpr,
        ty: &Type,
        name: &str,
    ) -> Option<(usize, Arc<str>, FieldType, Arc<StructType>)> {
        let Type::Struct(structure) = ty else {
            let help = matches!(ty, Type::List(_))
                .then(|| format!("look at its items: `list.exists(item, item.{name} …)`"));
            let span = self.source.field(expr);
            self.fault(span, format!("{} has no field `{name}`", typing::named(ty)), help);
            return None;
        };
        let found = structure.fields.iter().enumerate().find(|(_, (known, _))| &***known == name);
        if let Some((index, (name, field))) = found {
            return Some((index, name.clone(), field.clone(), structure.clone()));
        }
        let span = self.source.field(expr);
        self.fault(
            span,
            format!("the {} has no field `{name}`", structure.name),
            field_that_was_meant(structure, name),
        );
        None
    }

    /// Says that a value may be absent, and shows the guard to write.
    pub(super) fn fault_of_absence(&mut self, expr: &IdedExpr, gap: Gap) {
        let text = self.source.quoted(expr);
        let (message, help) = match (gap, list_of(expr)) {
            (Gap::Item, Some(list)) => {
                let list = self.source.quoted(list);
                (
                    format!("`{text}` is absent when the list is empty"),
                    format!("guard it: `size({list}) > 0 && …`, or give a fallback: `default({text}, …)`"),
                )
            }
            _ => (
                format!("`{text}` may not be written"),
                format!("guard it: `has({text}) && …`, or give a fallback: `default({text}, …)`"),
            ),
        };
        self.fault_at(expr, message, Some(help));
    }

    /// `missing(structure, ["field", "part.field"])`
    pub(super) fn missing(&mut self, structure: &IdedExpr, paths: &IdedExpr) -> Option<Typed> {
        let subject = self.strict(structure);
        let Expr::List(list) = &paths.expr else {
            self.fault_at(paths, "`missing` takes a list of field names, written as literals", None);
            return None;
        };
        let subject = subject?;
        let mut when_none = Presence::nothing();
        let mut wanted = Vec::new();
        for element in &list.elements {
            let Some((path, steps)) = self.wanted(element, &subject.ty) else { continue };
            wanted.push(path);
            if let Some(root) = &subject.path {
                when_none.insert(
                    &steps.into_iter().fold(root.clone(), |path, index| path.then(Step::Field(index))),
                );
            }
        }
        if wanted.len() < list.elements.len() {
            return None;
        }
        let node = Node::Missing(Box::new(subject.node), wanted.into());
        let items = Items { when_none, ..Items::default() };
        Some(Typed { items, ..Typed::new(node, Type::List(Box::new(Type::Text))) })
    }

    fn wanted(&mut self, element: &IdedExpr, ty: &Type) -> Option<(WantedPath, Vec<usize>)> {
        let Expr::Literal(LiteralValue::String(text)) = &element.expr else {
            self.fault_at(element, "a field name is written as a literal: \"due\"", None);
            return None;
        };
        match fields_on(ty, text.inner()) {
            Ok((fields, _)) => {
                let indexes = fields.iter().map(|field| field.index).collect();
                let text = Value::Text(Text::from(text.inner()));
                Some((WantedPath { text, fields: fields.into() }, indexes))
            }
            Err((message, help)) => {
                self.fault_at(element, message, help);
                None
            }
        }
    }
}

/// The fields on a dotted path below a type, and the type at its end.
pub(super) fn fields_on(ty: &Type, path: &str) -> Result<(Vec<FieldRef>, Type), (String, Option<String>)> {
    let mut fields = Vec::new();
    let mut ty = ty.clone();
    for name in path.split('.') {
        let Type::Struct(structure) = &ty else {
            return Err((format!("{} has no field `{name}`", typing::named(&ty)), None));
        };
        let Some((index, field)) = structure.field(name) else {
            let message = format!("the {} has no field `{name}`", structure.name);
            return Err((message, field_that_was_meant(structure, name)));
        };
        fields.push(FieldRef { name: name.into(), index });
        ty = field.ty.clone();
    }
    Ok((fields, ty))
}

fn field_that_was_meant(structure: &StructType, name: &str) -> Option<String> {
    let names = || structure.fields.keys().map(|name| &**name);
    if let Some(near) = nearest(name, names()) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!structure.fields.is_empty()).then(|| {
        let shown: Vec<_> = names().take(12).collect();
        let more = if structure.fields.len() > 12 { ", …" } else { "" };
        format!("it has {}{more}", shown.join(", "))
    })
}

/// The list whose item a part is, or is part of.
fn list_of(expr: &IdedExpr) -> Option<&IdedExpr> {
    let mut expr = expr;
    loop {
        match &expr.expr {
            Expr::Select(select) => expr = &select.operand,
            Expr::Call(call) => return call.target.as_deref().or_else(|| call.args.first()),
            _ => return None,
        }
    }
}
