//! An expression that is ready to run.

use super::check::Checker;
use super::env::{Env, ExprError};
use super::eval::{EvalError, Run, Steps};
use super::node::Node;
use super::presence::Presence;
use super::syntax;
use super::types::Type;
use super::typing;
use super::value::Value;

/// What an expression must give.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'t> {
    /// A value of this type.
    Type(&'t Type),
    /// A single value, or a list of them: what a message can show.
    Printable,
    /// Whatever it is: the caller looks at the type.
    Any,
}

impl Expected<'_> {
    /// A condition.
    pub const TRUTH: Expected<'static> = Expected::Type(&Type::Bool);

    fn accepts(self, ty: &Type) -> bool {
        match self {
            Self::Type(expected) => typing::fits(ty, expected),
            Self::Printable => typing::is_printable(ty),
            Self::Any => true,
        }
    }

    fn named(self) -> String {
        match self {
            Self::Type(expected) => typing::named(expected),
            Self::Printable => "something to print".to_owned(),
            Self::Any => "a value".to_owned(),
        }
    }
}

/// A checked expression.
#[derive(Debug)]
pub struct Program {
    node: Node,
    ty: Type,
    when_true: Presence,
    when_false: Presence,
}

impl Program {
    /// Parses and checks `text` for the variables of `env`; `assumed` is known
    /// to be written (by an expression that was met before).
    ///
    /// # Errors
    /// Every fault that was found, in the order of the text; at least one.
    pub fn compile(
        text: &str,
        env: &Env,
        expected: Expected<'_>,
        assumed: &Presence,
    ) -> Result<Self, Vec<ExprError>> {
        let tree = syntax::parse(text)?;
        let mut checker = Checker::new(text, env, assumed.clone());
        let typed = checker.strict(&tree);
        if let Some(typed) = &typed
            && !expected.accepts(&typed.ty)
        {
            let message =
                format!("{} is expected, and this is {}", expected.named(), typing::named(&typed.ty));
            checker.fault_at(&tree, message, None);
        }
        let faults = checker.into_faults();
        match typed {
            Some(typed) if faults.is_empty() => {
                let (when_true, when_false) = (assumed.and(&typed.when_true), assumed.and(&typed.when_false));
                Ok(Self { node: typed.node, ty: typed.ty, when_true, when_false })
            }
            _ if faults.is_empty() => Err(vec![ExprError {
                span: 0..text.len(),
                message: "the expression has no meaning".into(),
                help: None,
            }]),
            _ => Err(faults),
        }
    }

    /// The type of its values.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// What is known to be written where the expression is true: for a rule's
    /// `when`, what its `assert` can rely on.
    pub fn when_true(&self) -> &Presence {
        &self.when_true
    }

    /// What is known to be written where the expression is false: for a rule's
    /// `assert`, what its message can rely on.
    pub fn when_false(&self) -> &Presence {
        &self.when_false
    }

    /// The value for `variables`, one for each of the environment, in its
    /// order. [`Value::Unknown`] where evidence is missing that decides.
    ///
    /// # Errors
    /// When the budget is used up, a number or date leaves its range, or a
    /// value is not of the type that was declared.
    pub fn eval(&self, variables: &[Value], steps: &mut Steps) -> Result<Value, EvalError> {
        Run::new(variables, steps).value(&self.node).map(std::borrow::Cow::into_owned)
    }
}
