//! Field paths of a rule's `at` and `related`: where a finding points.

use super::env::{Env, ExprError};
use super::fields::fields_on;
use super::nearest::nearest;
use super::types::Type;
use super::value::{FieldRef, Value};
use crate::source::Place;

/// A path such as `record.target.value`, checked against the types.
#[derive(Clone, Debug)]
pub struct PathRef {
    text: String,
    slot: usize,
    fields: Vec<FieldRef>,
    ty: Type,
}

impl PathRef {
    /// Checks a path: a variable of `env`, then fields, with dots between them.
    /// The fields may be optional; a list can only stand at the end.
    ///
    /// # Errors
    /// The first part that does not exist, with the nearest name.
    pub fn compile(text: &str, env: &Env) -> Result<Self, Vec<ExprError>> {
        let (root, rest) = text.split_once('.').map_or((text, None), |(root, rest)| (root, Some(rest)));
        let fault =
            |message: String, help: Option<String>| vec![ExprError { span: 0..text.len(), message, help }];
        let variable = env.slot(root).and_then(|slot| Some((slot, env.type_of(slot)?)));
        let Some((slot, ty)) = variable else {
            let names: Vec<_> = env.variables().map(|(name, _)| name).collect();
            let help = match nearest(root, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a path begins with one of {}", names.join(", ")),
            };
            return Err(fault(format!("there is no variable `{root}`"), Some(help)));
        };
        if !matches!(ty, Type::Struct(_)) {
            return Err(fault(
                format!("`{root}` stands in no file"),
                Some("name a field of a record".to_owned()),
            ));
        }
        let (fields, ty) = match rest {
            Some(rest) => fields_on(ty, rest).map_err(|(message, help)| fault(message, help))?,
            None => (Vec::new(), ty.clone()),
        };
        Ok(Self { text: text.to_owned(), slot, fields, ty })
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The type of what it leads to.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The names of the fields behind the variable.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    /// Where it leads for `variables`: the value, or for what is not written
    /// the nearest thing on the way that is; nothing when none of it stands in
    /// a file.
    pub fn resolve(&self, variables: &[Value]) -> Option<Place> {
        let Value::Struct(object) = variables.get(self.slot)? else { return None };
        let mut object = object.clone();
        let mut place = object.place();
        for field in &self.fields {
            place = object.place_of(&field.name).or(place);
            match object.get(field) {
                Value::Struct(part) => object = part,
                _ => break,
            }
        }
        place
    }
}
