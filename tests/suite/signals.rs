//! The table of signals names every rule and no other; and rules that need
//! evidence or a setting give no verdict without it.

use ismslint::budget::Limits;
use ismslint::catalogue::{Choice, Policy, built_in};
use ismslint::check::{Assessment, assess};
use ismslint::history::History;
use ismslint::kind::Kinds;
use ismslint::rule::{Need, Rule};
use ismslint::settings::Settings;
use ismslint::snapshot::Snapshot;
use ismslint::source::SourceFile;
use ismslint::trial::literate::cases;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

const TABLE: &str = include_str!("../signals.md");

/// The signals with what stands beside each.
fn rows() -> Vec<(&'static str, &'static str)> {
    let rows =
        TABLE.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.filter(|(signal, _)| *signal != "signal").collect()
}

fn ids(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn the_table_of_signals_names_every_rule_and_no_other() {
    let rules: BTreeSet<String> = built_in().expect("reads").iter().map(|rule| rule.id.to_string()).collect();
    let named: BTreeSet<String> = rows().iter().flat_map(|(_, cell)| ids(cell)).map(str::to_owned).collect();
    let unknown: Vec<_> = named.difference(&rules).collect();
    let missing: Vec<_> = rules.difference(&named).collect();
    assert!(unknown.is_empty(), "tests/signals.md names what is no rule: {unknown:?}");
    assert!(missing.is_empty(), "tests/signals.md does not say which signal these are for: {missing:?}");
}

#[test]
fn a_signal_without_a_rule_says_why() {
    assert!(rows().len() > 80, "{}", rows().len());
    let mut known = BTreeSet::new();
    for (signal, cell) in rows() {
        assert!(known.insert(signal), "`{signal}` stands twice");
        let why = cell.strip_prefix("not judged: ").is_some_and(|why| why.len() > 20);
        assert!(why || ids(cell).count() > 0, "`{signal}` has neither a rule nor a reason");
    }
}

/// A rule on the end of each case of its document, with this history.
fn ends(rule: &Rule, history: &Arc<History>, settings: bool) -> Vec<Assessment> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/rules/{}.md", rule.id));
    let text = std::fs::read_to_string(path).expect("is text");
    let told = cases(&SourceFile::new("case.md".into(), text)).expect("parses");
    let choice = Choice { select: vec![rule.id.to_string()], ignore: Vec::new() };
    let judged = told.iter().map(|case| {
        let mut files = case.repository.commits.last().expect("a commit").files.clone();
        let own = files.remove(&"isms.yaml".into()).filter(|_| settings);
        let own = own.map(|bytes| String::from_utf8(bytes).expect("is text"));
        let own = own.map_or_else(Settings::default, |text| {
            ismslint::settings::load(&SourceFile::new("isms.yaml".into(), text)).expect("are right")
        });
        let policy = Policy::of(own, &choice, vec![rule.clone()], Kinds::embedded()).expect("is right");
        let _ = policy.reader(Limits::STANDARD);
        assess(&Snapshot::of_files(files), &policy, history.clone(), case.repository.today)
    });
    judged.collect()
}

#[test]
fn without_the_history_nothing_is_said_of_it() {
    let cut = Arc::new(History::incomplete("this clone is shallow", "fetch the rest"));
    let unasked = Arc::new(History::not_read());
    let rules = built_in().expect("reads");
    let wrong: Vec<String> = rules
        .par_iter()
        .filter(|rule| rule.needs(Need::History))
        .flat_map_iter(|rule| {
            let result =
                |history| ends(rule, history, true).into_iter().flat_map(|assessment| assessment.rules);
            let result =
                |history| result(history).filter(|result| result.rule.id == rule.id).collect::<Vec<_>>();
            let mut wrong = Vec::new();
            let cut = result(&cut);
            if cut.iter().any(|result| result.conforms + result.fails > 0)
                || cut.iter().all(|result| result.undetermined.is_empty())
                    && cut.iter().any(|result| result.subjects > result.not_applicable.values().sum())
            {
                wrong.push(format!("{} judges without the history", rule.id));
            }
            if result(&unasked)
                .iter()
                .any(|result| result.conforms + result.fails > 0 || !result.undetermined.is_empty())
            {
                wrong.push(format!("{} judges a history that nobody asked for", rule.id));
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_its_settings_a_rule_is_about_nothing() {
    let history = Arc::new(History::incomplete("this clone is shallow", "fetch the rest"));
    let rules = built_in().expect("reads");
    let settings = [Need::People, Need::Areas, Need::Risk, Need::Started, Need::Certification];
    for rule in rules.iter().filter(|rule| settings.iter().any(|need| rule.needs(*need))) {
        for assessment in ends(rule, &history, false) {
            let result =
                assessment.rules.iter().find(|result| result.rule.id == rule.id).expect("was applied");
            let told: usize = result.not_applicable.values().sum();
            assert_eq!((result.conforms, result.fails, told), (0, 0, result.subjects), "{}", rule.id);
            assert!(result.undetermined.is_empty(), "{}", rule.id);
        }
    }
}
