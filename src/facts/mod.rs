//! Everything a rule may see beside the record itself: one table of facts,
//! each with a name, a type, a sentence and what it needs.
//!
//! A fact is a value (a series, a link, an age, a change), computed when a rule
//! asks for it. No fact is a verdict: what is acceptable stands in the rules.

mod acceptance;
mod attention;
mod audits;
mod cause;
mod coverage;
mod cycles;
mod dates;
mod decisions;
mod deleted;
mod derived;
mod events;
mod evidence;
mod links;
mod mandatory;
mod meetings;
mod metric;
mod people;
mod programme;
mod prose;
mod raising;
mod recurrence;
mod references;
mod register;
mod review;
mod risks;
mod series;
mod similarity;
mod sources;
mod standing;
mod table;
mod voices;
mod weights;

pub use series::{Measured, course};
pub use table::{Fact, On, table};

use crate::escape::Raw;
use crate::expr::{Duration, FieldRef, FieldType, Object, StructType, Text, Type, Value};
use crate::history::History;
use crate::inventory::Inventory;
use crate::settings::Settings;
use crate::source::Place;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

/// The common interval, where neither a record nor the organisation says
/// another: a convention, not a requirement.
pub const COMMON_INTERVAL: Duration = Duration { months: 12, days: 0 };

/// What recurs by an interval, as `intervals` in the settings names it;
/// documents go by their level or type too.
pub const INTERVALS: [&str; 5] = ["audit", "context", "document", "review", "risk"];

/// What facts are computed from.
pub struct Context {
    /// The records.
    pub inventory: Arc<Inventory>,
    /// Their history.
    pub history: Arc<History>,
    /// The organisation's settings.
    pub settings: Arc<Settings>,
    /// The day of judgement.
    pub as_of: NaiveDate,
    series: OnceLock<series::AllSeries>,
    operating_since: OnceLock<Option<NaiveDate>>,
    observations: OnceLock<audits::Observations>,
    audited_controls: OnceLock<BTreeMap<String, usize>>,
    serving: OnceLock<risks::Serving>,
    relying: OnceLock<risks::Serving>,
    reviews: OnceLock<Vec<(NaiveDate, usize)>>,
    removals: OnceLock<BTreeSet<String>>,
    coverage: OnceLock<coverage::Coverage>,
    links: OnceLock<links::Links>,
    /// Open actions of a metric, by its place in the inventory.
    open_actions: Mutex<BTreeMap<usize, usize>>,
    began: OnceLock<Option<NaiveDate>>,
    shared_evidence: OnceLock<evidence::Shared>,
    latest_low: OnceLock<weights::Latest>,
    looks: OnceLock<attention::Looks>,
    /// The last day on which a commit changed a record, by its id.
    changed_on: OnceLock<BTreeMap<String, NaiveDate>>,
    /// The days of the audits of a programme, by its id.
    audit_days: OnceLock<BTreeMap<String, BTreeSet<NaiveDate>>>,
    /// The open risks as facts show them, by their places.
    open_risks: OnceLock<BTreeMap<usize, Value>>,
    /// What is the same for every record, by the name of the fact.
    of_the_set: Mutex<BTreeMap<&'static str, Value>>,
}

impl Context {
    /// A context of these.
    pub fn new(
        inventory: Arc<Inventory>,
        history: Arc<History>,
        settings: Arc<Settings>,
        as_of: NaiveDate,
    ) -> Arc<Self> {
        Arc::new(Self {
            inventory,
            history,
            settings,
            as_of,
            series: OnceLock::new(),
            removals: OnceLock::new(),
            coverage: OnceLock::new(),
            links: OnceLock::new(),
            open_actions: Mutex::default(),
            began: OnceLock::new(),
            shared_evidence: OnceLock::new(),
            latest_low: OnceLock::new(),
            looks: OnceLock::new(),
            changed_on: OnceLock::new(),
            audit_days: OnceLock::new(),
            open_risks: OnceLock::new(),
            of_the_set: Mutex::default(),
            operating_since: OnceLock::new(),
            observations: OnceLock::new(),
            audited_controls: OnceLock::new(),
            serving: OnceLock::new(),
            relying: OnceLock::new(),
            reviews: OnceLock::new(),
        })
    }
}

/// The type of the facts about a record of `kind`, or about the whole set.
/// Facts that need the history are left out unless `history` is wanted.
pub fn facts_type(kind: Option<&str>, history: bool) -> Arc<StructType> {
    let fields = facts_on(kind, history).map(|fact| {
        let ty = FieldType { ty: (fact.ty)(), optional: fact.optional, doc: fact.doc.into() };
        (Arc::from(fact.name), ty)
    });
    Arc::new(StructType { name: "fact".into(), fields: fields.collect::<BTreeMap<_, _>>() })
}

fn facts_on(kind: Option<&str>, history: bool) -> impl Iterator<Item = &'static Fact> {
    table().iter().filter(move |fact| fact.on.includes(kind) && (history || !fact.needs_history))
}

/// The facts that a rule sees about records of one kind, in the order of their
/// names: found once, used for every record.
#[derive(Clone)]
pub struct Visible(Arc<[&'static Fact]>);

impl Visible {
    /// The facts about records of `kind`, or about the whole set.
    pub fn on(kind: Option<&str>, history: bool) -> Self {
        let mut known: Vec<&'static Fact> = facts_on(kind, history).collect();
        known.sort_by_key(|fact| fact.name);
        Self(known.into())
    }

    /// The facts about one subject, as the expressions see them. `record` is
    /// its place in the inventory; `None` for the whole set.
    pub fn of(&self, context: &Arc<Context>, record: Option<usize>) -> Value {
        let record = record.unwrap_or(usize::MAX);
        Value::Struct(Arc::new(Facts { context: context.clone(), record, known: self.0.clone() }))
    }
}

/// One fact by its name, about the record at a place of the inventory, or about
/// the whole set; absent where there is no such fact.
pub fn fact(context: &Arc<Context>, record: Option<usize>, name: &str) -> Value {
    let kind = record.and_then(|at| context.inventory.records().get(at)).map(|record| &*record.kind.name);
    let known = table().iter().find(|fact| fact.name == name && fact.on.includes(kind));
    known.map_or(Value::Absent, |fact| fact.of(context, record.unwrap_or(usize::MAX)))
}

struct Facts {
    context: Arc<Context>,
    record: usize,
    known: Arc<[&'static Fact]>,
}

impl Object for Facts {
    fn get(&self, field: &FieldRef) -> Value {
        self.known.get(field.index).map_or(Value::Absent, |fact| fact.of(&self.context, self.record))
    }

    fn place(&self) -> Option<Place> {
        self.context.inventory.records().get(self.record).map(|record| record.place.clone())
    }

    fn place_of(&self, field: &str) -> Option<Place> {
        let fact = self.known.iter().find(|fact| fact.name == field)?;
        match fact.of(&self.context, self.record) {
            Value::Struct(object) => object.place().or_else(|| self.place()),
            _ => self.place(),
        }
    }
}

/// A structure made of named values: an item of a list of facts.
pub(crate) struct Item {
    /// In the order of their names, as the type has them.
    fields: Vec<(&'static str, Value)>,
    place: Option<Place>,
    identity: Option<Text>,
}

impl Item {
    /// An item of these fields, in any order.
    fn value(mut fields: Vec<(&'static str, Value)>, place: Option<Place>, identity: Option<Text>) -> Value {
        fields.sort_by_key(|(name, _)| *name);
        Value::Struct(Arc::new(Self { fields, place, identity }))
    }
}

impl Object for Item {
    fn get(&self, field: &FieldRef) -> Value {
        match self.fields.get(field.index) {
            Some((name, value)) if **name == *field.name => value.clone(),
            _ => self
                .fields
                .iter()
                .find(|(name, _)| **name == *field.name)
                .map_or(Value::Absent, |(_, value)| value.clone()),
        }
    }

    fn place(&self) -> Option<Place> {
        self.place.clone()
    }

    fn identity(&self) -> Option<Text> {
        self.identity.clone()
    }
}

fn text(text: &str) -> Value {
    Value::Text(Text::from(text))
}

fn raw(raw: &Raw) -> Value {
    text(raw.unescaped())
}

/// The texts of a list.
fn texts(value: &Value) -> Vec<String> {
    value.as_items().iter().filter_map(Value::as_text).collect()
}

fn optional<T>(value: Option<T>, to: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Absent, to)
}

/// A structure type from rows of name, type, optional, doc.
fn structure(name: &str, rows: &[(&str, Type, bool, &str)]) -> Type {
    let fields = rows.iter().map(|(name, ty, optional, doc)| {
        (Arc::from(*name), FieldType { ty: ty.clone(), optional: *optional, doc: (*doc).into() })
    });
    Type::Struct(Arc::new(StructType { name: name.into(), fields: fields.collect() }))
}
