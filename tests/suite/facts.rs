//! Facts through the rules that use them: what is hidden is unknown, and which
//! links and periods count.

use ismslint::catalogue::built_in;
use ismslint::check::RuleResult;
use ismslint::rule::Rule;
use ismslint::source::SourceFile;
use ismslint::trial::judge;
use ismslint::trial::literate::case;

/// What `rule` makes of these files, committed on one day.
fn result(rule: &str, files: &[(&str, &str)]) -> RuleResult {
    let rules: Vec<Rule> =
        built_in().expect("the catalogue reads").into_iter().filter(|known| *known.id == *rule).collect();
    let mut told = "# A case\n\nAs of 2026-03-01.\n\n## 2026-01-10 Ana <ana@example.com>: All\n".to_owned();
    for (path, text) in files {
        told.push_str(&format!("\n```yaml {path}\n{text}\n```\n"));
    }
    let chronicle = ismslint::chronicle::Chronicle::parse(
        &SourceFile::new("case.md".into(), told),
        &ismslint::budget::Limits::STANDARD,
    );
    let case = case(&chronicle.expect("is a chronicle")).expect("replays");
    let assessment = judge(&rules, &case.repository).expect("is judged");
    assessment.rules.into_iter().find(|result| *result.rule.id == *rule).expect("was applied")
}

const BROKEN: &str = "- id: ACT-9\n  title: [";

#[test]
fn what_may_stand_in_an_unreadable_file_is_unknown_and_not_absent() {
    let behind = "id: OBJ-1\ntitle: Fewer clicks\nmetric: clicks\nbaseline: { value: 18, on: 2024-12-31 }\ntarget: { value: 6 }\ndue: 2026-12-31";
    let metric = "id: clicks\ntitle: Click rate\nfrequency: quarterly\ndirection: lower_is_better\nmeasurements:\n  - { period: 2025-Q2, value: 18 }\n  - { period: 2025-Q4, value: 18 }";
    let ineffective = "- id: ACT-1\n  title: Remind\n  status: verified\n  verification: { on: 2026-02-01, result: ineffective }";
    let objective = ("objectives/a.yaml", behind);
    let metric = ("metrics/a.yaml", metric);
    let cases = [
        ("objective-off-course", vec![objective, metric], "actions.yaml"),
        ("measurement-period-missing", vec![metric], "measurements.yaml"),
        ("ineffective-without-follow-up", vec![("actions.yaml", ineffective)], "improvements.yaml"),
    ];
    for (rule, files, hidden) in cases {
        let seen = result(rule, &files);
        assert_eq!((seen.fails, seen.undetermined.len()), (1, 0), "{rule}: all is read");
        let with_hidden: Vec<_> = files.into_iter().chain([(hidden, BROKEN)]).collect();
        let unseen = result(rule, &with_hidden);
        assert_eq!(unseen.fails, 0, "{rule}: the missing record may be there");
        assert!(!unseen.undetermined.is_empty(), "{rule}: and nobody knows");
    }
}

#[test]
fn what_a_series_covers() {
    let cases = [
        ("quarters in a row", "quarterly", "2025-Q1 2025-Q2 2025-Q3", 0),
        ("one is missing", "quarterly", "2025-Q1 2025-Q3", 1),
        ("two holes are one finding", "quarterly", "2025-Q1 2025-Q3 2026-Q1", 1),
        ("a year covers its quarters", "quarterly", "2024 2025 2026-Q1", 0),
        ("years hold months between them", "monthly", "2025 2025-03 2026-01", 0),
        ("weeks over the turn of the year", "weekly", "2025-W51 2025-W52 2026-W01 2026-W02", 0),
        ("a week is missing there", "weekly", "2025-W51 2026-W01", 1),
        ("single days stand for their interval", "quarterly", "2025-01-10 2025-05-02 2025-07-15", 0),
        ("two intervals without a day", "quarterly", "2025-01-10 2025-07-15", 1),
        ("months where quarters are asked for", "quarterly", "2025-03 2025-06 2025-09", 0),
    ];
    for (word, frequency, periods, fails) in cases {
        let rows: Vec<String> =
            periods.split(' ').map(|period| format!("  - {{ period: {period}, value: 1 }}")).collect();
        let rows = rows.join("\n");
        let metric = format!("id: m\ntitle: M\nfrequency: {frequency}\nmeasurements:\n{rows}");
        let result = result("measurement-period-missing", &[("metrics/m.yaml", &metric)]);
        assert_eq!((result.fails, result.conforms), (fails, 1 - fails), "{word}");
    }
}

#[test]
fn an_action_serves_an_objective_by_any_link_and_only_while_it_is_open() {
    let metric = "id: clicks\ntitle: Click rate\nmeasurements:\n  - { period: 2025-Q4, value: 18 }";
    let objective = "id: OBJ-1\ntitle: Fewer clicks\nmetric: clicks\nbaseline: { value: 18, on: 2024-12-31 }\ntarget: { value: 6 }\ndue: 2026-12-31";
    let cases = [
        ("none", "", "", 1),
        ("it names the objective", "links: { objective: [OBJ-1] }", "", 0),
        ("it names the metric", "expected: { metric: clicks }", "", 0),
        ("the objective names it", "effort: small", "links: { action: [ACT-1] }", 0),
        ("it names both", "links: { objective: [OBJ-1], metric: [clicks] }", "", 0),
        ("it is completed", "status: completed\nlinks: { objective: [OBJ-1] }", "", 1),
        ("it names another objective", "links: { objective: [OBJ-2] }", "", 1),
    ];
    for (word, action, link, fails) in cases {
        let action = format!("id: ACT-1\ntitle: Exercises\n{action}");
        let objective = format!("{objective}\n{link}");
        let files =
            [("metrics/m.yaml", metric), ("objectives/o.yaml", &objective), ("actions/a.yaml", &action)];
        assert_eq!(result("objective-off-course", &files).fails, fails, "{word}");
    }
}
