//! Rules: from a file to a checked, compiled judgement.
//!
//! A rule is data: its expressions are checked against the types of the records
//! and facts it speaks of before anything is judged. What is acceptable, every
//! threshold and every severity stands in the rule file; this module judges
//! nothing.

mod body;
mod file;
pub mod told;

pub use crate::clause::Citation;
pub use body::{Body, Failure, Outcome, Subject};
pub use file::{
    Aspect, Basis, ExampleFile, ExampleRecords, ExampleState, ExamplesFile, Need, ParamType, Phase,
};

use crate::expr::{Duration, Template, Type, Value};
use crate::finding::Severity;
use crate::settings::{self, Level, Mistake};
use crate::source::{Place, SourceFile};
use chrono::NaiveDate;
use file::{OfExamples, RuleFile};
use std::sync::Arc;

/// The JSON Schema of a rule file, for editors.
pub const SCHEMA: &str = include_str!("../../schemas/rule.schema.json");

/// The version of the rule format that this build reads.
const FORMAT: u32 = 1;

/// What a rule makes subjects of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Each {
    /// Records of these kinds.
    Kinds(Vec<Arc<str>>),
    /// Records of every kind.
    Record,
    /// The whole set, once.
    Isms,
}

/// A parameter with its value in force.
#[derive(Clone, Debug)]
pub struct Param {
    /// The name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: ParamType,
    /// The value.
    pub value: Value,
    /// One sentence.
    pub doc: Arc<str>,
}

/// The expressions and the texts with placeholders of a rule file.
#[derive(Clone, Debug)]
pub struct Words<'r> {
    /// A kind, several, `record` or `isms`.
    pub each: &'r str,
    /// The list whose items are the subjects.
    pub over: Option<&'r str>,
    /// Named expressions, in order.
    pub lets: Vec<(&'r str, &'r str)>,
    /// Which subjects it is about.
    pub when: Option<&'r str>,
    /// What has to hold.
    pub assert: &'r str,
    /// Where it points.
    pub at: Option<&'r str>,
    /// What is wrong.
    pub message: &'r str,
    /// Why it matters.
    pub why: &'r str,
    /// What to do.
    pub fix: &'r str,
}

/// A rule as it was read: everything but its expressions, which are compiled
/// for each kind of subject by [`Rule::body`].
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file it was read from.
    pub file: Arc<SourceFile>,
    /// The id: the file's stem.
    pub id: Arc<str>,
    /// The fault, as a heading.
    pub title: Arc<str>,
    /// Severity before the repository's settings.
    pub severity: Severity,
    /// What the demand rests on.
    pub basis: Basis,
    /// Clauses and controls of the 2022 edition.
    pub clauses: Vec<Citation>,
    /// The aim it serves.
    pub aspect: Option<Aspect>,
    /// The phase of the cycle.
    pub phase: Option<Phase>,
    /// The level it belongs to.
    pub level: Level,
    /// What it makes subjects of.
    pub each: Each,
    /// Parameters, by name.
    pub params: Vec<Param>,
    /// What it cannot do without.
    pub needs: Vec<Need>,
    /// Whether a waiver can silence it.
    pub waivable: bool,
    /// The catalogue version that brought it.
    pub since: Arc<str>,
    /// Where to read more.
    pub references: Vec<String>,
    written: Arc<RuleFile>,
}

impl Rule {
    /// Reads a rule file; its expressions are checked by [`Self::body`].
    ///
    /// # Errors
    /// Every mistake, each at its place.
    pub fn load(file: &Arc<SourceFile>) -> Result<Self, Vec<Mistake>> {
        let mut written: RuleFile = settings::from_yaml(file).map_err(|mistake| vec![mistake])?;
        let Some(examples) = written.examples.take() else {
            return Err(vec![Mistake::new(settings::whole(file), "`examples` is missing")]);
        };
        if examples.conforms.is_empty() || examples.fails.is_empty() {
            let message = "a rule has examples on both sides: `conforms` and `fails`";
            let place = settings::place(file, written.id.defined);
            return Err(vec![Mistake::new(place, message)]);
        }
        Self::of(file, written)
    }

    /// Reads a rule file of the catalogue. Its examples, which stand last and
    /// are more than half of it, are left unread: a check has no use for them,
    /// and tests read them.
    ///
    /// # Errors
    /// As [`Self::load`], but for mistakes in examples.
    pub fn load_without_examples(file: &Arc<SourceFile>) -> Result<Self, Vec<Mistake>> {
        let text = file.text();
        let end = text.find("\nexamples:\n").map_or(text.len(), |at| at + 1);
        let head = SourceFile::new(file.path().clone(), &text[..end]);
        let written: RuleFile = settings::from_yaml(&head).map_err(|mistake| vec![mistake])?;
        Self::of(file, written)
    }

    fn of(file: &Arc<SourceFile>, written: RuleFile) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let at = |location| settings::place(file, location);
        if written.format.value != FORMAT {
            let message =
                format!("format {} is not known; this version reads {FORMAT}", written.format.value);
            mistakes.push(Mistake::new(at(written.format.defined), message));
        }
        if written.id.value.as_bytes() != file.path().stem() {
            let stem = String::from_utf8_lossy(file.path().stem()).into_owned();
            let message = format!("the id is `{}`, and the file is named for `{stem}`", written.id.value);
            mistakes.push(
                Mistake::new(at(written.id.defined), message).with_help("id and file stem are the same"),
            );
        }
        let mut clauses = Vec::new();
        for clause in &written.clauses {
            match Citation::parse(&clause.value) {
                Ok(citation) => clauses.push(citation),
                Err(message) => mistakes.push(Mistake::new(at(clause.defined), message)),
            }
        }
        let mut params = Vec::new();
        for (name, param) in &written.params {
            match param_value(param.ty, &param.default.value) {
                Ok(value) => params.push(Param {
                    name: name.as_str().into(),
                    ty: param.ty,
                    value,
                    doc: param.doc.as_str().into(),
                }),
                Err(message) => mistakes.push(Mistake::new(at(param.default.defined), message)),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        Ok(Self {
            file: file.clone(),
            id: written.id.value.as_str().into(),
            title: written.title.as_str().into(),
            severity: written.severity.unwrap_or_else(|| written.basis.severity()),
            basis: written.basis,
            clauses,
            aspect: written.aspect,
            phase: written.phase,
            level: written.level,
            each: each(&written.each.value),
            params,
            needs: written.needs.clone(),
            waivable: written.waivable,
            since: written.since.as_str().into(),
            references: written.references.clone(),
            written: Arc::new(written),
        })
    }

    /// The examples, read from the file at each call.
    ///
    /// # Errors
    /// Mistakes in them.
    pub fn examples(&self) -> Result<ExamplesFile, Vec<Mistake>> {
        let read: OfExamples = settings::from_yaml(&self.file).map_err(|mistake| vec![mistake])?;
        Ok(read.examples)
    }

    /// Where the rule says what it is about, for mistakes about that.
    pub fn each_place(&self) -> Place {
        settings::place(&self.file, self.written.each.defined)
    }

    /// The rule's expressions and texts as its author wrote them.
    pub fn words(&self) -> Words<'_> {
        let written = &self.written;
        Words {
            each: &written.each.value,
            over: written.over.as_ref().map(|field| field.value.as_str()),
            lets: written
                .lets
                .iter()
                .map(|named| (named.name.value.as_str(), named.is.value.as_str()))
                .collect(),
            when: written.when.as_ref().map(|field| field.value.as_str()),
            assert: &written.assert.value,
            at: written.at.as_ref().map(|field| field.value.as_str()),
            message: &written.message.value,
            why: &written.why.value,
            fix: &written.fix.value,
        }
    }

    /// Why an auditor cares, for any record: `…` where a finding has a value.
    pub fn why(&self) -> String {
        Template::outline(&self.written.why.value)
    }

    /// What to do, for any record: `…` where a finding has a value.
    pub fn fix(&self) -> String {
        Template::outline(&self.written.fix.value)
    }

    /// Whether the rule needs this.
    pub fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }

    /// Gives a parameter another value.
    ///
    /// # Errors
    /// When there is no such parameter, or the value is not of its type.
    pub fn set_param(&mut self, name: &str, value: &serde_json::Value) -> Result<(), String> {
        let known = self.params.iter().map(|param| param.name.to_string()).collect::<Vec<_>>();
        let Some(param) = self.params.iter_mut().find(|param| &*param.name == name) else {
            let known = if known.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", known.join(", "))
            };
            return Err(format!("rule {} has no parameter `{name}`: {known}", self.id));
        };
        param.value = param_value(param.ty, value)?;
        Ok(())
    }
}

fn each(text: &str) -> Each {
    match text.trim() {
        "isms" => Each::Isms,
        "record" => Each::Record,
        kinds => Each::Kinds(kinds.split(',').map(|kind| kind.trim().into()).collect()),
    }
}

impl ParamType {
    /// The type in expressions.
    pub fn expr_type(self) -> Type {
        match self {
            Self::Number => Type::Number,
            Self::Text => Type::Text,
            Self::Duration => Type::Duration,
            Self::Date => Type::Date,
            Self::Words => Type::List(Box::new(Type::Text)),
        }
    }
}

/// A value as YAML has it, as a value of the type.
fn param_value(ty: ParamType, value: &serde_json::Value) -> Result<Value, String> {
    let text = value.as_str();
    let found = match ty {
        ParamType::Number => value.as_f64().filter(|number| number.is_finite()).map(Value::Number),
        ParamType::Text => text.map(|text| Value::Text(text.into())),
        ParamType::Duration => text.and_then(duration).map(Value::Duration),
        ParamType::Date => {
            text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).map(Value::Date)
        }
        ParamType::Words => value.as_array().and_then(|items| {
            let words = items.iter().map(|item| item.as_str().map(|word| Value::Text(word.into())));
            words.collect::<Option<Vec<_>>>().map(|words| Value::List(words.into()))
        }),
    };
    found.ok_or_else(|| format!("`{value}` is not {}", ty.expr_type()))
}

fn duration(text: &str) -> Option<Duration> {
    crate::kind::scalar::duration(text)
}
