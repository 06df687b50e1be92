//! The expression language of rules: CEL syntax, checked against types before
//! it runs, evaluated with three-valued logic under a step budget.
//!
//! It knows no record and no git: rules give it types and values.
//!
//! What differs from CEL, and why. Whole numbers and decimals are one type.
//! There is no `null`, map, bytes or index: a field that is not written is
//! absent, and [`Program::compile`] refuses to use it where nothing shows that
//! it is there (`has()`, `default()`, the size of a list). Every function can be
//! called in both ways, `size(xs)` and `xs.size()`.

mod arithmetic;
mod calls;
mod check;
mod compute;
mod each;
mod env;
mod eval;
mod fields;
mod function;
mod loops;
mod nearest;
mod node;
mod operators;
mod path;
mod phrases;
mod presence;
mod print;
mod program;
mod syntax;
mod template;
mod types;
mod typing;
mod undated;
mod value;

#[cfg(test)]
mod tests;

pub use env::{Env, ExprError};
pub use eval::{EvalError, Steps};
pub use function::{Function, FunctionDoc, MACROS, functions};
pub use path::PathRef;
pub use presence::Presence;
pub use print::printed;
pub use program::{Expected, Program};
pub use template::Template;
pub use types::{FieldType, StructType, Type};
pub use value::{Duration, FieldRef, Object, Text, Value};
