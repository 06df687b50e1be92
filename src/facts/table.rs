//! The fact table: the one place to add a fact.

use super::{
    Context, acceptance, attention, audits, cause, coverage, cycles, dates, decisions, deleted, derived,
    events, evidence, links, mandatory, meetings, metric, people, programme, prose, raising, recurrence,
    references, register, review, risks, series, similarity, sources, standing, voices, weights,
};
use crate::expr::{Type, Value};
use std::sync::{Arc, PoisonError};

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A record of any kind.
    Record,
    /// A record of one of these kinds.
    Kinds(&'static [&'static str]),
    /// The whole set.
    Isms,
}

impl On {
    /// Whether the fact is about a record of `kind`, or about the whole set.
    pub fn includes(self, kind: Option<&str>) -> bool {
        match (self, kind) {
            (Self::Record, Some(_)) | (Self::Isms, None) => true,
            (Self::Kinds(kinds), Some(kind)) => kinds.contains(&kind),
            _ => false,
        }
    }
}

/// A row of the table.
pub struct Fact {
    /// The name, as rules write it behind `fact.`.
    pub name: &'static str,
    /// What it is about.
    pub on: On,
    /// Its type.
    pub ty: fn() -> Type,
    /// Whether it can be absent.
    pub optional: bool,
    /// Whether it is read from the git history.
    pub needs_history: bool,
    /// One sentence, with the unit.
    pub doc: &'static str,
    /// Whether it is the same for every record, and so computed once.
    of_the_set: bool,
    compute: fn(&Arc<Context>, usize) -> Value,
}

impl Fact {
    /// The fact about the record at a place of the inventory, or about the
    /// whole set.
    pub(super) fn of(&self, context: &Arc<Context>, record: usize) -> Value {
        if !(self.of_the_set || self.on == On::Isms) {
            return (self.compute)(context, record);
        }
        let of_the_set = || context.of_the_set.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = of_the_set().get(self.name) {
            return known.clone();
        }
        // Not under the lock: a fact may rest on others.
        let value = (self.compute)(context, record);
        of_the_set().entry(self.name).or_insert(value).clone()
    }
}

const DOCUMENT: On = On::Kinds(&["document"]);
const REVIEW: On = On::Kinds(&["review"]);
const AUDIT: On = On::Kinds(&["audit"]);
const RISK: On = On::Kinds(&["risk"]);
const REVIEWED: On = On::Kinds(&["document", "risk", "context"]);
const INTERVALED: On = On::Kinds(&["document", "risk", "context", "training", "supplier"]);
const MEASUREMENT: On = On::Kinds(&["measurement"]);
const METRIC: On = On::Kinds(&["metric"]);
const OBJECTIVE: On = On::Kinds(&["objective"]);
const ACTION: On = On::Kinds(&["action"]);
const RAISED: On = On::Kinds(&["action", "nonconformity"]);
const CAUSED: On = On::Kinds(&["action", "nonconformity", "incident"]);

const fn fact(
    name: &'static str,
    on: On,
    ty: fn() -> Type,
    compute: fn(&Arc<Context>, usize) -> Value,
    doc: &'static str,
) -> Fact {
    Fact { name, on, ty, optional: true, needs_history: false, doc, of_the_set: false, compute }
}

const fn always(mut fact: Fact) -> Fact {
    fact.optional = false;
    fact
}

const fn of_the_set(mut fact: Fact) -> Fact {
    fact.of_the_set = true;
    fact
}

const fn from_history(mut fact: Fact) -> Fact {
    fact.needs_history = true;
    fact
}

static TABLE: &[Fact] = &[
    always(fact(
        "happened",
        On::Record,
        dates::happened_type,
        dates::happened,
        "Every day on which the record says that something happened.",
    )),
    always(fact(
        "date_pairs",
        On::Record,
        dates::pairs_type,
        dates::pairs,
        "Pairs of days in the record of which the first cannot come after the second.",
    )),
    fact(
        "owner_person",
        On::Record,
        || Type::Text,
        people::owner,
        "The owner: the id of the person in isms.yaml, else the name as written.",
    ),
    fact(
        "approver_person",
        On::Kinds(&["document", "waiver", "review", "objective", "audit_programme"]),
        || Type::Text,
        people::approver,
        "The approver: the id of the person in isms.yaml, else the name as written.",
    ),
    always(fact(
        "evidence_files",
        On::Record,
        evidence::files_type,
        evidence::files,
        "The files of the repository that the record names as evidence.",
    )),
    fact(
        "owner_until",
        On::Record,
        || Type::Date,
        people::owner_until,
        "The last day of the owner with the organisation, by isms.yaml.",
    ),
    always(fact(
        "actions",
        On::Isms,
        sources::actions_type,
        sources::actions,
        "Every action of the register, open or closed.",
    )),
    always(fact(
        "sources",
        On::Isms,
        sources::sources_type,
        sources::sources,
        "The seven sources of improvement, with when each spoke and was heard.",
    )),
    always(fact(
        "closures",
        On::Isms,
        sources::closures_type,
        sources::closures,
        "Closed actions and nonconformities, each with the audit that came next.",
    )),
    fact(
        "busiest_owner",
        On::Isms,
        sources::busiest_type,
        sources::busiest,
        "Who owns the most open actions.",
    ),
    fact(
        "actions_looked_at",
        On::Isms,
        || Type::Date,
        sources::looked_at,
        "The day of the last review that looked at the state of actions.",
    ),
    fact(
        "risk_level",
        ACTION,
        || Type::Number,
        weights::risk_level,
        "The highest level today of the risks that the action serves.",
    ),
    fact(
        "acceptance",
        ACTION,
        || Type::Number,
        risks::acceptance,
        "The highest level of risk that is accepted without treatment, by isms.yaml.",
    ),
    fact(
        "latest_low",
        ACTION,
        weights::latest_type,
        weights::latest_low,
        "Of the open actions for risks within the acceptance level, the one due last.",
    ),
    always(from_history(fact(
        "documents_changed",
        ACTION,
        weights::documents_type,
        weights::documents,
        "The documents that the action says it changed, with the days on which their texts did.",
    ))),
    always(fact(
        "outcome_values",
        ACTION,
        || Type::List(Box::new(Type::Number)),
        weights::outcome_values,
        "Every value of the metric that the action names in its outcome or expects to move; in its unit.",
    )),
    fact(
        "outcome_metric",
        ACTION,
        || Type::Text,
        weights::outcome_metric,
        "The title of the metric that the action names in its outcome or expects to move.",
    ),
    always(fact(
        "recurring",
        On::Isms,
        recurrence::recurring_type,
        recurrence::recurring,
        "Nonconformities with something in common that were found in two or more audits running.",
    )),
    fact(
        "last_nonconformity",
        On::Isms,
        || Type::Date,
        recurrence::last_found,
        "The last day on which a nonconformity was found.",
    ),
    fact(
        "between_external_audits",
        On::Isms,
        recurrence::between_type,
        recurrence::between_external,
        "The time between the last two audits from outside, and the actions found effective in it.",
    ),
    fact(
        "source_finding",
        ACTION,
        || Type::Text,
        recurrence::source_finding,
        "The type of the audit finding that the action names as its source.",
    ),
    always(fact(
        "series",
        OBJECTIVE,
        series::points_type,
        metric::points,
        "The measurements of the objective's metric that count, oldest first.",
    )),
    always(fact(
        "series",
        METRIC,
        series::points_type,
        metric::own_points,
        "The measurements of the metric that count, oldest first.",
    )),
    always(fact(
        "at_baseline",
        OBJECTIVE,
        metric::at_baseline_type,
        metric::at_baseline,
        "Where the series stood on the day of the baseline: the period that had ended, and the one under way.",
    )),
    always(fact(
        "stated",
        OBJECTIVE,
        attention::stated_type,
        attention::stated,
        "The days and percentages that title and statement name.",
    )),
    fact(
        "looked_at",
        On::Kinds(&["objective", "metric", "risk"]),
        || Type::Date,
        attention::looked_at,
        "The day of the last review that looked at the record, or at all of its kind.",
    ),
    always(from_history(fact(
        "measured_together",
        On::Isms,
        attention::arrivals_type,
        attention::arrivals,
        "Measurements of several periods of one metric that arrived in one commit after the first.",
    ))),
    fact(
        "derived",
        MEASUREMENT,
        derived::figure_type,
        derived::figure,
        "What the records give for the period, where the metric is one that they give.",
    ),
    always(fact(
        "objectives",
        On::Isms,
        register::objectives_type,
        register::objectives,
        "Every objective, with its status and its dates.",
    )),
    always(fact(
        "leadership_metrics",
        On::Isms,
        register::leadership_type,
        register::leadership,
        "The metrics in use that leadership looks at.",
    )),
    of_the_set(always(fact(
        "review_cycle",
        OBJECTIVE,
        cycles::cycle_type,
        cycles::management_review,
        "The last management review and when the next is due.",
    ))),
    fact("period_end", MEASUREMENT, || Type::Date, series::period_end, "The last day of the period."),
    always(fact(
        "awaited",
        On::Kinds(&["audit", "audit_programme"]),
        programme::awaited_type,
        programme::awaited,
        "Planned audits that were not held: the audit itself, or entries of the programme without one.",
    )),
    always(fact(
        "audit_cycle",
        On::Isms,
        programme::cycle_type,
        programme::cycle,
        "What the internal audits of the cycle that ends today looked at.",
    )),
    always(fact(
        "audits",
        On::Isms,
        programme::held_type,
        programme::held,
        "The audits that were held, the last one first.",
    )),
    always(fact(
        "quarterly_check",
        On::Isms,
        cycles::cycle_type,
        cycles::quarterly_check,
        "The last review of any type, and when the next check is due.",
    )),
    always(fact(
        "repeated",
        REVIEW,
        similarity::repeated_type,
        similarity::repeated,
        "The notes of the inputs, with how much of each the last review of this type said already.",
    )),
    always(fact(
        "earlier_decisions",
        REVIEW,
        decisions::earlier_type,
        decisions::earlier,
        "The decisions with actions of the last review of this type.",
    )),
    always(fact(
        "quiet",
        REVIEW,
        || Type::Number,
        decisions::quiet,
        "How many reviews of this type running, this one included, decided nothing.",
    )),
    always(fact(
        "opportunities",
        REVIEW,
        decisions::opportunities_type,
        decisions::opportunities,
        "The records that the review names under opportunities.",
    )),
    always(from_history(fact(
        "decision_effects",
        REVIEW,
        decisions::effects_type,
        decisions::effects,
        "The decisions with actions, and what commits changed since.",
    ))),
    always(fact(
        "incident_categories",
        On::Isms,
        voices::categories_type,
        voices::categories,
        "Incidents by category, the last twelve months against the twelve before.",
    )),
    always(fact(
        "feedback_topics",
        On::Isms,
        voices::topics_type,
        voices::topics,
        "Feedback of all times by its topic.",
    )),
    fact(
        "staff_heard",
        On::Isms,
        || Type::Date,
        voices::staff,
        "The last day on which feedback or an action came from staff.",
    ),
    always(fact(
        "risks_touched",
        On::Kinds(&["incident"]),
        voices::touched_type,
        voices::touched,
        "The open risks that the incident concerns, by links or by a control that failed.",
    )),
    always(from_history(fact(
        "movement",
        On::Isms,
        standing::movement_type,
        standing::movement,
        "When documents, risks, controls and trainings last changed in git.",
    ))),
    fact("body", DOCUMENT, || Type::Text, standing::body, "The text below the front matter, as it stands."),
    fact(
        "above",
        DOCUMENT,
        standing::above_type,
        standing::above,
        "The document that it names as its parent.",
    ),
    fact(
        "approved_by_top_management",
        DOCUMENT,
        || Type::Bool,
        standing::approved_by_top,
        "Whether the approver belongs to top management; absent where isms.yaml does not know the approver.",
    ),
    always(fact(
        "documents_linked",
        On::Kinds(&["training"]),
        standing::linked_type,
        standing::linked,
        "The documents that it names in its links.",
    )),
    fact(
        "treatment_approver",
        RISK,
        || Type::Text,
        standing::treatment_approver,
        "Who approved the treatment: the id of the person in isms.yaml, else the name as written.",
    ),
    fact(
        "newest_risk",
        On::Isms,
        || Type::Date,
        standing::newest_risk,
        "The last day on which a risk was identified.",
    ),
    always(fact(
        "open_risks",
        On::Isms,
        || Type::Number,
        standing::open_risks,
        "How many risks are not closed.",
    )),
    always(fact(
        "has_acceptance",
        On::Isms,
        || Type::Bool,
        standing::has_criteria,
        "Whether isms.yaml says up to which level a risk is accepted.",
    )),
    always(fact(
        "mandatory",
        On::Isms,
        mandatory::list_type,
        mandatory::list,
        "The documented information that the standard asks for, with whether the repository shows it.",
    )),
    always(fact(
        "kinds",
        On::Isms,
        || Type::Number,
        mandatory::kinds,
        "How many kinds of record the repository keeps.",
    )),
    always(fact(
        "citations",
        On::Record,
        prose::citations_type,
        prose::citations,
        "Numbers that the record gives as clauses of the standard, in its text and its fields.",
    )),
    always(fact(
        "placeholders",
        DOCUMENT,
        prose::placeholders_type,
        prose::placeholders,
        "Marks in the text that a template may have left: braces, brackets, words in capitals.",
    )),
    always(fact(
        "inputs",
        REVIEW,
        meetings::inputs_type,
        meetings::inputs,
        "The inputs of a management review by letter of 9.3.2, and whether each is filled.",
    )),
    always(fact(
        "carried",
        REVIEW,
        meetings::carried_type,
        meetings::carried,
        "The actions that were open at the review before this one.",
    )),
    fact(
        "held_on",
        On::Kinds(&["review", "audit", "exercise", "training"]),
        || Type::Date,
        meetings::held_on,
        "The day it was held; absent while it is to come.",
    ),
    always(fact(
        "top_management_present",
        REVIEW,
        || Type::List(Box::new(Type::Text)),
        people::top_management_present,
        "Who of the top management in isms.yaml chaired or attended.",
    )),
    always(fact(
        "top_management",
        REVIEW,
        || Type::List(Box::new(Type::Text)),
        people::top_management,
        "Who belongs to the top management, by isms.yaml.",
    )),
    always(fact(
        "own_areas",
        AUDIT,
        audits::own_areas_type,
        audits::own_areas,
        "Audited areas that an auditor owns.",
    )),
    always(fact(
        "observed",
        AUDIT,
        audits::observed_type,
        audits::observed,
        "What the audit found, by clause or control, and the audits that found the same.",
    )),
    fact(
        "audited_in",
        On::Kinds(&["control"]),
        || Type::Text,
        risks::audited_in,
        "The last listed audit that looked at the control.",
    ),
    always(fact(
        "relying",
        On::Kinds(&["control"]),
        || Type::List(Box::new(Type::Text)),
        risks::relying,
        "The risks that rely on the control.",
    )),
    fact(
        "level",
        RISK,
        || Type::Number,
        risks::level,
        "The level today: as written, else by the formula of isms.yaml.",
    ),
    fact(
        "acceptance",
        RISK,
        || Type::Number,
        risks::acceptance,
        "The highest level that is accepted without treatment, by isms.yaml.",
    ),
    always(fact(
        "treatments",
        RISK,
        risks::treatments_type,
        risks::treatments,
        "Actions and controls for the risk, and whether work on them is to come.",
    )),
    always(fact(
        "level_steps",
        RISK,
        risks::steps_type,
        risks::steps,
        "How the residual level moved from one assessment to the next.",
    )),
    always(fact(
        "amendment_1",
        On::Kinds(&["context"]),
        || Type::Bool,
        prose::amendment_1,
        "Whether Amendment 1 of 2024 counts today, by the editions of isms.yaml.",
    )),
    fact(
        "operating_since",
        On::Isms,
        || Type::Date,
        dates::operating_since_value,
        "Since when the ISMS operates: `started`, else the first day that a record names.",
    ),
    always(fact(
        "management_review",
        On::Isms,
        cycles::cycle_type,
        cycles::management_review,
        "The last management review and when the next is due.",
    )),
    always(fact(
        "internal_audit",
        On::Isms,
        cycles::cycle_type,
        cycles::internal_audit,
        "The last internal audit and when the next is due.",
    )),
    always(fact(
        "open_actions",
        On::Isms,
        register::open_type,
        register::open_actions,
        "Actions that still need work.",
    )),
    fact(
        "last_closed",
        On::Isms,
        || Type::Date,
        register::last_closed,
        "The last day on which an action was completed or a nonconformity closed.",
    ),
    always(fact(
        "annex_a",
        On::Isms,
        risks::annex_a_type,
        risks::annex_a,
        "The statement of applicability against the controls of Annex A.",
    )),
    from_history(fact(
        "last_changed",
        On::Isms,
        || Type::Date,
        register::last_changed,
        "The last day on which a commit changed an action or a nonconformity.",
    )),
    always(from_history(fact(
        "redated",
        On::Isms,
        register::redated_type,
        register::redated,
        "Commits that moved the review dates of several documents without their text.",
    ))),
    always(fact(
        "references",
        On::Record,
        references::list_type,
        references::of_record,
        "Every reference to another record, with whether that record exists.",
    )),
    always(from_history(fact(
        "events",
        On::Record,
        events::list_type,
        events::of_record,
        "Every change of a field since the record first appeared, oldest first.",
    ))),
    from_history(fact(
        "first_recorded",
        On::Record,
        || Type::Date,
        events::first_recorded,
        "The day the record arrived on the main line.",
    )),
    always(from_history(fact(
        "text_changes",
        DOCUMENT,
        events::list_type,
        events::text_changes,
        "Changes of the text below the front matter, oldest first; white space does not count.",
    ))),
    always(fact(
        "referrers",
        On::Record,
        links::referrers_type,
        links::referrers,
        "The records that name this one, each with the field that does.",
    )),
    always(fact(
        "actions",
        On::Kinds(&["objective", "nonconformity", "metric"]),
        links::actions_type,
        links::actions,
        "The actions that name the record or that it names.",
    )),
    always(fact(
        "open_actions",
        OBJECTIVE,
        || Type::Number,
        links::open_actions,
        "How many open actions (proposed to blocked, or without a status) serve the objective or its metric.",
    )),
    fact("metric_title", OBJECTIVE, || Type::Text, metric::title, "The title of the objective's metric."),
    fact(
        "metric_direction",
        OBJECTIVE,
        || Type::Text,
        metric::direction,
        "Which way is better for the objective's metric.",
    ),
    fact(
        "metric_value",
        OBJECTIVE,
        || Type::Number,
        metric::value,
        "The newest value of the objective's metric; in the metric's unit.",
    ),
    fact(
        "metric_period",
        OBJECTIVE,
        || Type::Text,
        metric::period,
        "The period of the newest value of the objective's metric.",
    ),
    fact(
        "measured_until",
        OBJECTIVE,
        || Type::Date,
        metric::measured_until,
        "The last day of the period of the newest value of the objective's metric.",
    ),
    fact(
        "last_measurement",
        METRIC,
        coverage::last_type,
        coverage::last_measurement,
        "The measurement whose period ends last.",
    ),
    always(fact(
        "gaps",
        METRIC,
        coverage::gaps_type,
        coverage::gaps,
        "Stretches of days that no measurement covers, from `since` or the first measurement to the last.",
    )),
    fact(
        "cause",
        CAUSED,
        cause::cause_type,
        cause::stated,
        "The cause as stated, with the answers to why that led to it.",
    ),
    fact(
        "raised",
        RAISED,
        || Type::Date,
        raising::raised,
        "The day on which an action was raised, or a nonconformity found.",
    ),
    fact(
        "owner",
        ACTION,
        || Type::Text,
        raising::owner,
        "The owner: the id in isms.yaml of the person named, else the name as written.",
    ),
    fact(
        "verifier",
        ACTION,
        || Type::Text,
        raising::verifier,
        "Who verified: the id in isms.yaml of the person named, else the name as written.",
    ),
    always(from_history(fact(
        "creation",
        On::Record,
        events::list_type,
        events::creation,
        "What the record was created with: each field as an event that has no old value.",
    ))),
    from_history(fact(
        "history_began",
        On::Record,
        || Type::Date,
        events::history_began,
        "The day the first record of all arrived on the main line.",
    )),
    fact(
        "review_due",
        REVIEWED,
        || Type::Date,
        review::due,
        "The last day on which the record is within its review interval.",
    ),
    always(fact(
        "review_interval",
        INTERVALED,
        || Type::Duration,
        review::interval,
        "The interval in force: the record's own, the organisation's, or twelve months.",
    )),
    always(fact(
        "review_interval_source",
        INTERVALED,
        || Type::Text,
        review::interval_source,
        "Whose interval that is, in words.",
    )),
    always(fact(
        "metric_title",
        MEASUREMENT,
        || Type::Text,
        series::metric_title,
        "The title of the metric, or its id where the metric is not recorded.",
    )),
    fact(
        "value",
        MEASUREMENT,
        || Type::Number,
        series::value,
        "The value, or numerator by denominator; in the metric's unit.",
    ),
    fact(
        "previous_value",
        MEASUREMENT,
        || Type::Number,
        series::previous_value,
        "The value of the period before; in the metric's unit.",
    ),
    fact(
        "previous_period",
        MEASUREMENT,
        || Type::Text,
        series::previous_period,
        "The period before that has a value.",
    ),
    fact(
        "worsened_by",
        MEASUREMENT,
        || Type::Number,
        series::worsened_by,
        "How much worse the value is than the one before, by the metric's direction; negative when it is better.",
    ),
    fact(
        "tolerance",
        MEASUREMENT,
        || Type::Number,
        series::tolerance,
        "How much worse a value may get without an explanation; in the metric's unit.",
    ),
    always(from_history(fact(
        "acceptance_raised",
        On::Isms,
        acceptance::raised_type,
        acceptance::raised,
        "Each time that `risk.acceptance` in isms.yaml was raised, with what reviews decided.",
    ))),
    always(from_history(fact(
        "deleted",
        On::Isms,
        deleted::list_type,
        deleted::all,
        "Every record that was there once and is not any more.",
    ))),
];

/// The table, in an order of no meaning.
pub fn table() -> &'static [Fact] {
    TABLE
}

#[cfg(test)]
mod tests {
    use super::{On, table};

    #[test]
    fn each_fact_has_one_sentence_and_one_name_on_each_subject() {
        for (at, fact) in table().iter().enumerate() {
            assert!(fact.doc.ends_with('.') && fact.doc.len() > 20, "{}", fact.name);
            let clash = table()[at + 1..].iter().any(|other| {
                other.name == fact.name
                    && (other.on == fact.on || other.on == On::Record || fact.on == On::Record)
            });
            assert!(!clash, "{} stands twice", fact.name);
        }
    }
}
