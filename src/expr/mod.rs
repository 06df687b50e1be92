//! The expression language of rules: CEL syntax, checked against types before
//! it runs, evaluated with three-valued logic under a step budget.
//!
//! It knows no record and no git: rules give it types and values.

mod types;
mod value;

pub use types::{FieldType, StructType, Type};
pub use value::{Duration, FieldRef, Object, Text, Value};
