//! The expressions of a rule, compiled for one kind of subject.

use super::file::RuleFile;
use super::{Each, Need, Rule};
use crate::expr::{
    Env, EvalError, Expected, ExprError, FieldType, PathRef, Presence, Program, Steps, StructType, Template,
    Type, Value,
};
use crate::facts;
use crate::kind::{Kind, Kinds};
use crate::settings::{self, Mistake};
use crate::source::{Place, SourceFile, Span};
use serde_yaml::Spanned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The types that a rule's expressions see.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The record's kind; `None` for the whole set.
    pub record: Option<Arc<StructType>>,
    /// The facts about it.
    pub fact: Arc<StructType>,
}

impl Subject {
    /// The types for records of `kind`, or for the whole set; with the facts
    /// from the history where they are wanted.
    pub fn of(kind: Option<&Kind>, history: bool) -> Self {
        Self {
            record: kind.map(|kind| kind.fields.clone()),
            fact: facts::facts_type(kind.map(|kind| &*kind.name), history),
        }
    }
}

/// A rule's expressions for one kind of subject.
#[derive(Debug)]
pub struct Body {
    over: Option<Program>,
    lets: Vec<Program>,
    when: Option<Program>,
    assert: Program,
    at: Option<PathRef>,
    related: Vec<(PathRef, Template)>,
    commits: Option<Program>,
    message: Template,
    why: Template,
    fix: Template,
}

/// What a rule says of a subject that fails.
pub struct Failure {
    /// What is wrong.
    pub message: crate::escape::Raw,
    /// Why it matters.
    pub why: crate::escape::Raw,
    /// What to do.
    pub fix: crate::escape::Raw,
    /// Where to point.
    pub place: Option<Place>,
    /// Further places with their labels.
    pub related: Vec<(Place, crate::escape::Raw)>,
    /// The events that show it.
    pub events: Value,
}

/// How the assertion came out.
pub enum Outcome {
    /// The rule is not about this subject.
    NotAbout,
    /// It holds.
    Holds,
    /// It does not.
    Fails(Box<Failure>),
    /// Evidence is missing that decides.
    Unknown(Arc<str>),
}

impl Rule {
    /// Compiles the rule's expressions for a kind of subject.
    ///
    /// # Errors
    /// Every mistake, at its place in the rule file.
    pub fn body(&self, subject: &Subject) -> Result<Body, Vec<Mistake>> {
        let mut compiler = Compiler { file: &self.file, mistakes: Vec::new() };
        let body = compiler.body(self, &self.written, subject);
        match body {
            Some(body) if compiler.mistakes.is_empty() => Ok(body),
            _ => Err(compiler.mistakes),
        }
    }

    /// Every mistake in the rule's expressions, for each kind that it speaks
    /// of, each mistake once.
    pub fn mistakes(&self, kinds: &Kinds) -> Vec<Mistake> {
        let history = self.needs(Need::History);
        let mut mistakes: Vec<Mistake> = Vec::new();
        let mut keep = |found: Result<Body, Vec<Mistake>>| {
            for mistake in found.err().into_iter().flatten() {
                let known = mistakes
                    .iter()
                    .any(|known| known.place == mistake.place && known.message == mistake.message);
                if !known {
                    mistakes.push(mistake);
                }
            }
        };
        match &self.each {
            Each::Isms => keep(self.body(&Subject::of(None, history))),
            Each::Record => kinds.iter().for_each(|kind| keep(self.body(&Subject::of(Some(kind), history)))),
            Each::Kinds(names) => {
                for name in names {
                    if let Some(kind) = kinds.get(name) {
                        keep(self.body(&Subject::of(Some(kind), history)));
                        continue;
                    }
                    let known: Vec<_> =
                        kinds.iter().map(|kind| &*kind.name).chain(["record", "isms"]).collect();
                    let mistake = Mistake::new(self.each_place(), format!("there is no kind `{name}`"));
                    keep(Err(vec![mistake.with_help(settings::nearest_help(name, &known))]));
                }
            }
        }
        mistakes
    }

    /// The parameters as a value for the expressions.
    pub fn params_value(&self) -> Value {
        Value::Struct(Arc::new(Params(self.params.iter().map(|param| param.value.clone()).collect())))
    }

    fn params_type(&self) -> Arc<StructType> {
        let fields = self.params.iter().map(|param| {
            let ty = FieldType { ty: param.ty.expr_type(), optional: false, doc: param.doc.clone() };
            (param.name.clone(), ty)
        });
        Arc::new(StructType { name: "params".into(), fields: fields.collect::<BTreeMap<_, _>>() })
    }
}

/// Parameter values in the order of their names, which is that of their type.
struct Params(Vec<Value>);

impl crate::expr::Object for Params {
    fn get(&self, field: &crate::expr::FieldRef) -> Value {
        self.0.get(field.index).cloned().unwrap_or(Value::Absent)
    }
}

struct Compiler<'f> {
    file: &'f Arc<SourceFile>,
    mistakes: Vec<Mistake>,
}

impl Compiler<'_> {
    fn body(&mut self, rule: &Rule, written: &RuleFile, subject: &Subject) -> Option<Body> {
        let mut env = Env::new();
        if let Some(record) = &subject.record {
            env = env.with("record", Type::Struct(record.clone()));
        }
        env = env
            .with("fact", Type::Struct(subject.fact.clone()))
            .with("params", Type::Struct(rule.params_type()))
            .with("today", Type::Date);
        let none = Presence::nothing();
        let mut over = None;
        if let Some(text) = &written.over {
            let (program, name, item) = self.over(text, &env)?;
            env = env.with(name, item);
            over = Some(program);
        }
        let mut lets = Vec::new();
        for named in &written.lets {
            let program = self.program(&named.is, &env, None, &none)?;
            env = env.with(named.name.value.as_str(), program.ty().clone());
            lets.push(program);
        }
        let when = match &written.when {
            Some(text) => Some(self.program(text, &env, Some(&Type::Bool), &none)?),
            None => None,
        };
        let about = when.as_ref().map_or_else(Presence::nothing, |when| when.when_true().clone());
        let assert = self.program(&written.assert, &env, Some(&Type::Bool), &about)?;
        let failing = about.and(assert.when_false());
        let at = match &written.at {
            Some(text) => Some(self.path(text, &env)?),
            None => None,
        };
        let mut related = Vec::new();
        for other in &written.related {
            related.push((self.path(&other.at, &env)?, self.template(&other.label, &env, &failing)?));
        }
        let commits = match &written.commits {
            Some(text) => Some(self.program(text, &env, None, &failing)?),
            None => None,
        };
        let message = self.template(&written.message, &env, &failing);
        let why = self.template(&written.why, &env, &failing);
        let fix = self.template(&written.fix, &env, &failing);
        Some(Body { over, lets, when, assert, at, related, commits, message: message?, why: why?, fix: fix? })
    }

    /// `record.measurements as m`: the list, the name, the type of an item.
    fn over(&mut self, text: &Spanned<String>, env: &Env) -> Option<(Program, String, Type)> {
        let Some((list, name)) = text.value.rsplit_once(" as ") else {
            let mistake =
                Mistake::new(settings::place(self.file, text.defined), "`over` has no name for an item");
            self.mistakes.push(mistake.with_help("write `record.measurements as m`"));
            return None;
        };
        let list = Spanned::new(list.trim().to_owned(), text.referenced, text.defined);
        let program = self.program(&list, env, None, &Presence::nothing())?;
        match program.ty().clone() {
            Type::List(item) => Some((program, name.trim().to_owned(), *item)),
            other => {
                let message = format!("`over` goes over a list, and this is {other}");
                self.mistakes.push(Mistake::new(settings::place(self.file, text.defined), message));
                None
            }
        }
    }

    fn program(
        &mut self,
        text: &Spanned<String>,
        env: &Env,
        expected: Option<&Type>,
        assumed: &Presence,
    ) -> Option<Program> {
        let result = match expected {
            Some(ty) => Program::compile(&text.value, env, Expected::Type(ty), assumed),
            None => Program::compile(&text.value, env, Expected::Any, assumed),
        };
        self.keep(result, text)
    }

    fn path(&mut self, text: &Spanned<String>, env: &Env) -> Option<PathRef> {
        let result = PathRef::compile(&text.value, env);
        self.keep(result, text)
    }

    fn template(&mut self, text: &Spanned<String>, env: &Env, assumed: &Presence) -> Option<Template> {
        let result = Template::compile(&text.value, env, assumed);
        self.keep(result, text)
    }

    fn keep<T>(&mut self, result: Result<T, Vec<ExprError>>, text: &Spanned<String>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(errors) => {
                for error in errors {
                    let place = within(self.file, text, error.span.clone());
                    let mistake = Mistake::new(place, error.message);
                    self.mistakes.push(match error.help {
                        Some(help) => mistake.with_help(help),
                        None => mistake,
                    });
                }
                None
            }
        }
    }
}

/// The place of a part of an expression inside the rule file. Exact where the
/// scalar stands in the file as it reads (plain, or quoted without escapes);
/// else the whole scalar.
fn within(file: &Arc<SourceFile>, text: &Spanned<String>, part: std::ops::Range<usize>) -> Place {
    let whole = settings::place(file, text.defined);
    let start = whole.span.start as usize;
    let near = file.text().get(start..).and_then(|rest| {
        let found = rest.find(text.value.as_str())?;
        // A quote or a dash may stand before it, nothing more.
        (found <= 2).then_some(start + found)
    });
    match near {
        Some(at) => {
            let short = |offset: usize| u32::try_from(at + offset).unwrap_or(u32::MAX);
            Place { file: file.clone(), span: Span::new(short(part.start), short(part.end)) }
        }
        None => whole,
    }
}

impl Body {
    /// The items to judge, one subject each; `None` where the record itself is
    /// the subject.
    ///
    /// # Errors
    /// When the budget is used up.
    pub fn items(&self, variables: &[Value], steps: &mut Steps) -> Result<Option<Value>, EvalError> {
        self.over.as_ref().map(|over| over.eval(variables, steps)).transpose()
    }

    /// Judges one subject. `variables` are record, fact, params, today and the
    /// item, as far as the rule has them; the named expressions are added here.
    ///
    /// # Errors
    /// When the budget is used up, or a value leaves its range.
    pub fn judge(&self, mut variables: Vec<Value>, steps: &mut Steps) -> Result<Outcome, EvalError> {
        for named in &self.lets {
            let value = named.eval(&variables, steps)?;
            variables.push(value);
        }
        if let Some(when) = &self.when {
            match when.eval(&variables, steps)? {
                Value::Bool(true) => {}
                Value::Unknown(why) => return Ok(Outcome::Unknown(why)),
                _ => return Ok(Outcome::NotAbout),
            }
        }
        match self.assert.eval(&variables, steps)? {
            Value::Bool(true) => Ok(Outcome::Holds),
            Value::Unknown(why) => Ok(Outcome::Unknown(why)),
            _ => Ok(Outcome::Fails(Box::new(self.failure(&variables, steps)?))),
        }
    }

    fn failure(&self, variables: &[Value], steps: &mut Steps) -> Result<Failure, EvalError> {
        let related = self.related.iter().filter_map(|(path, label)| Some((path.resolve(variables)?, label)));
        let related = related
            .map(|(place, label)| Ok((place, label.render(variables, steps)?)))
            .collect::<Result<Vec<_>, EvalError>>()?;
        Ok(Failure {
            message: self.message.render(variables, steps)?,
            why: self.why.render(variables, steps)?,
            fix: self.fix.render(variables, steps)?,
            place: self.at.as_ref().and_then(|at| at.resolve(variables)),
            related,
            events: self
                .commits
                .as_ref()
                .map_or(Ok(Value::Absent), |events| events.eval(variables, steps))?,
        })
    }

    /// The field that the rule points at, for fingerprints: `target.value`.
    pub fn field(&self) -> String {
        self.at.as_ref().map_or_else(String::new, |at| at.fields().collect::<Vec<_>>().join("."))
    }
}
