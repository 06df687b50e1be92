//! A rule as JSON: what the page shows, for programs.

use crate::catalogue::Applied;
use crate::expr::printed;
use crate::rule::{ExampleFile, ExamplesFile, Param, Rule};
use serde_json::{Value, json};

/// The parameters, each with its default where the value in force is another.
pub(super) fn params(applied: &Applied) -> impl Iterator<Item = (&Param, Option<String>)> {
    let defaults = Rule::load(&applied.rule.file).ok();
    applied.rule.params.iter().map(move |param| {
        let known = defaults.as_ref().and_then(|rule| rule.params.iter().find(|own| own.name == param.name));
        let default = known.map(|own| printed(&own.value)).filter(|own| *own != printed(&param.value));
        (param, default)
    })
}

/// The rule with everything that its page shows.
pub(super) fn view(applied: &Applied, examples: &ExamplesFile) -> Value {
    let (rule, words) = (&applied.rule, applied.rule.words());
    let clauses = rule.clauses.iter().map(
        |clause| json!({"number": clause.to_string(), "topic": clause.topic(), "in_2013": clause.in_2013()}),
    );
    let params = params(applied).map(|(param, default)| {
        json!({"name": param.name, "type": param.ty, "value": printed(&param.value), "default": default, "doc": param.doc})
    });
    let lets = words.lets.iter().map(|(name, is)| json!({"name": name, "is": is}));
    let side = |side: &[ExampleFile]| {
        let view = |example: &ExampleFile| {
            let history = example.history.iter();
            let history =
                history.map(|state| json!({"on": state.on, "by": state.by, "records": state.records}));
            json!({
                "name": example.name, "today": example.today.unwrap_or(examples.today),
                "settings": example.settings, "history": history.collect::<Vec<_>>(), "records": example.records,
            })
        };
        side.iter().map(view).collect::<Vec<_>>()
    };
    json!({
        "id": rule.id, "title": rule.title, "severity": rule.severity, "severity_in_force": applied.severity,
        "off": applied.off, "basis": rule.basis, "clauses": clauses.collect::<Vec<_>>(),
        "aspect": rule.aspect, "phase": rule.phase, "level": rule.level,
        "each": words.each, "over": words.over, "params": params.collect::<Vec<_>>(), "needs": rule.needs,
        "let": lets.collect::<Vec<_>>(), "when": words.when, "assert": words.assert, "at": words.at,
        "message": words.message, "why": words.why, "fix": words.fix, "waivable": rule.waivable,
        "since": rule.since, "references": rule.references,
        "examples": {"conforms": side(&examples.conforms), "fails": side(&examples.fails)},
    })
}
