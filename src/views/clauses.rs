//! The clauses 4 to 10 and Annex A: which rules judge each, how many subjects,
//! with which verdicts; and plainly where no rule judges.

use crate::check::RuleResult;
use crate::clause::{Citation, clauses, controls};
use crate::sheet::{Cell, Section, Table};

/// The matrix of a run, from what its rules counted.
pub fn clause_matrix(rules: &[RuleResult]) -> Section {
    let mut section = Section::new("clauses", "Clause by clause");
    let judged = |citations: &[Citation]| {
        citations.iter().filter(|citation| !judging(rules, **citation).is_empty()).count()
    };
    let (clauses, controls): (Vec<_>, Vec<_>) = (clauses().collect(), controls().collect());
    section.observe(format!(
        "Rules of this run judge something in {} of {} clauses and {} of {} controls of Annex A. Where none does, nothing is said about it here: that is for people to examine.",
        judged(&clauses),
        clauses.len(),
        judged(&controls),
        controls.len()
    ));
    section.tables.push(matrix("clauses", "Clauses 4 to 10", rules, &clauses));
    section.tables.push(matrix("controls", "Annex A", rules, &controls));
    section
}

/// The rules in force that cite a clause, or a letter of it.
pub fn judging(rules: &[RuleResult], citation: Citation) -> Vec<&RuleResult> {
    let cites = |cited: &Citation| match (cited, citation) {
        (Citation::Clause(cited, _), Citation::Clause(wanted, _)) => *cited == wanted,
        (cited, wanted) => *cited == wanted,
    };
    rules.iter().filter(|result| result.off.is_none() && result.rule.clauses.iter().any(cites)).collect()
}

fn matrix(key: &'static str, caption: &str, rules: &[RuleResult], citations: &[Citation]) -> Table {
    let columns = [
        ("clause", "Number"),
        ("topic", "About"),
        ("in_2013", "In 2013"),
        ("rules", "Judged by"),
        ("subjects", "Looked at"),
        ("conforms", "Conform"),
        ("fails", "Fail"),
        ("waived", "Waived"),
        ("baselined", "In the baseline"),
        ("not_applicable", "Not applicable"),
        ("undetermined", "Not determined"),
    ];
    let rows = citations.iter().map(|citation| {
        let judging = judging(rules, *citation);
        let sum = |of: fn(&RuleResult) -> usize| {
            if judging.is_empty() {
                Cell::Nothing
            } else {
                Cell::Count(judging.iter().map(|result| of(result)).sum())
            }
        };
        let names =
            judging.iter().map(|result| crate::escape::Raw::from(&*result.rule.id)).collect::<Vec<_>>();
        vec![
            Cell::text(citation.to_string()),
            Cell::text(citation.topic()),
            Cell::maybe(citation.in_2013().map(crate::escape::Raw::from)),
            if names.is_empty() { Cell::text("no rule judges this") } else { Cell::List(names) },
            sum(|result| result.subjects),
            sum(|result| result.conforms),
            sum(|result| result.fails),
            sum(|result| result.waived),
            sum(|result| result.baselined),
            sum(RuleResult::not_applicable_count),
            sum(RuleResult::undetermined_count),
        ]
    });
    Table::new(key, caption, &columns).aside(&["in_2013", "baselined", "waived", "not_applicable"]).with(rows)
}
