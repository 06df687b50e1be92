//! Workflow commands of GitHub Actions: one annotation a line.
//!
//! The runner keeps the first ten of each type in a step, so the tenth says how
//! many more there are. Every value is escaped as the runner unescapes it, and
//! hostile text is broken in both forms of command that the runner reads.

use super::change::{Section, is_shown, sections};
use super::from_repository_root;
use super::words::{counted, next_step, undetermined_rules, verdict};
use crate::escape::{Raw, command_data, command_property, cut, terminal};
use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::source::RepoPath;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the runner keeps of one type in one step.
const MOST_OF_A_TYPE: usize = 10;
/// The runner cuts a message at 4,096 characters; ours ends before, with a mark.
const MOST_CHARACTERS: usize = 4_000;
/// What GitHub keeps of a title.
const MOST_IN_TITLE: usize = 200;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for severity in Severity::ALL {
        let mut commands: Vec<String> = annotations(report, severity);
        commands.extend(undetermined(report, severity));
        if severity == Severity::Warning {
            // First: it is what a reviewer must not miss.
            commands.splice(0..0, judgement(report));
        }
        let total = commands.len();
        if total > MOST_OF_A_TYPE {
            commands.truncate(MOST_OF_A_TYPE - 1);
            let rest = total - commands.len();
            let told = format!(
                "{} not shown here: the job summary and the other reports have all",
                counted(rest, "more place")
            );
            commands.push(command(severity, &[("title", Raw::from("ismslint"))], &Raw::from(told)));
        }
        for command in commands {
            out.push_str(&command);
            out.push('\n');
        }
    }
    if let Some(compared) = &report.change {
        for Section { heading, lines } in sections(report, compared) {
            for line in lines {
                // A line of the log, behind words of ours: no command.
                let _ = writeln!(out, "{heading}: {}", terminal(&line));
            }
        }
    }
    let _ = writeln!(out, "ismslint: {}", verdict(report));
    out
}

/// What the change does to the judgement of records: one annotation a file.
fn judgement(report: &Report) -> Vec<String> {
    let Some(compared) = &report.change else { return Vec::new() };
    let mut files: BTreeMap<&RepoPath, Vec<String>> = BTreeMap::new();
    for change in &compared.policy {
        let told = format!("{} ({})", change.what.unescaped(), change.half.words());
        files.entry(&change.file).or_default().push(told);
    }
    let mut commands: Vec<String> = files
        .into_iter()
        .map(|(file, told)| {
            let file = from_repository_root(report, file);
            let text = format!("{}: {}", file.unescaped(), told.join("\n"));
            let title = Raw::from("ismslint: this change changes how records are judged");
            command(
                Severity::Warning,
                &[("file", file), ("title", title)],
                &Raw::from(&*cut(&text, MOST_CHARACTERS)),
            )
        })
        .collect();
    commands.extend(compared.remarks.iter().map(|remark| {
        command(
            Severity::Warning,
            &[("title", Raw::from("ismslint"))],
            &Raw::from(&*cut(remark.unescaped(), MOST_CHARACTERS)),
        )
    }));
    commands
}

/// One annotation for each line and type: several findings there share it.
fn annotations(report: &Report, severity: Severity) -> Vec<String> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let shown = report.assessment.findings.iter().filter(|finding| is_shown(finding));
    for finding in shown.filter(|finding| finding.severity == severity) {
        match groups.last_mut() {
            Some(group) if same_line(group[0], finding) => group.push(finding),
            _ => groups.push(vec![finding]),
        }
    }
    groups.iter().map(|group| annotation(report, severity, group)).collect()
}

fn same_line(one: &Finding, other: &Finding) -> bool {
    match (&one.place, &other.place) {
        (Some(one), Some(other)) => {
            one.file.path() == other.file.path()
                && one.file.position(one.span.start).line == other.file.position(other.span.start).line
        }
        _ => false,
    }
}

fn annotation(report: &Report, severity: Severity, group: &[&Finding]) -> String {
    let mut properties = Vec::new();
    if let Some(place) = &group[0].place {
        let (start, end) = (place.file.position(place.span.start), place.file.position(place.span.end));
        properties.push(("file", from_repository_root(report, place.file.path())));
        properties.push(("line", Raw::from(start.line.to_string())));
        properties.push(("endLine", Raw::from(end.line.to_string())));
        // The runner drops columns of a span over several lines.
        if start.line == end.line && !place.span.is_empty() {
            properties.push(("col", Raw::from(start.column.to_string())));
            properties.push(("endColumn", Raw::from(end.column.to_string())));
        }
    }
    let title = match group {
        [finding] => finding.rule.to_string(),
        _ => format!("{} and {}", group[0].rule, counted(group.len() - 1, "more finding")),
    };
    properties.push(("title", Raw::from(&*cut(&title, MOST_IN_TITLE))));
    let text = group.iter().map(|finding| told(report, finding)).collect::<Vec<_>>().join("\n\n");
    command(severity, &properties, &Raw::from(&*cut(&text, MOST_CHARACTERS)))
}

/// The log shows only the message, so it names the place and the rule again.
fn told(report: &Report, finding: &Finding) -> String {
    let at = finding.place.as_ref().map_or_else(String::new, |place| {
        let position = place.file.position(place.span.start);
        let path = from_repository_root(report, place.file.path());
        format!("{}:{}:{} ", path.unescaped(), position.line, position.column)
    });
    let mut told =
        format!("{at}{}: {}\n{}", finding.rule, finding.message.unescaped(), finding.fix.unescaped());
    for commit in &finding.commits {
        let id = commit.short_id();
        let _ = write!(told, "\ncommit {id} of {} by {}", commit.authored, commit.author.unescaped());
    }
    told
}

/// What could not be determined weighs as the rule would.
fn undetermined(report: &Report, severity: Severity) -> Vec<String> {
    let mut reasons: BTreeMap<&Raw, (Option<&Raw>, Vec<&str>)> = BTreeMap::new();
    for result in undetermined_rules(report).filter(|result| result.rule.severity == severity) {
        for reason in result.undetermined.keys() {
            let (_, rules) = reasons.entry(&reason.why).or_insert((reason.remedy.as_ref(), Vec::new()));
            rules.push(&result.rule.id);
        }
    }
    let mut commands = Vec::new();
    if let Some(next) = next_step(report).filter(|_| severity == Severity::Error) {
        let text = format!("{}. Next: {next}", verdict(report));
        let title = Raw::from("ismslint: nothing recognised");
        commands.push(command(severity, &[("title", title)], &Raw::from(&*cut(&text, MOST_CHARACTERS))));
    }
    if severity == Severity::Error {
        for missing in &report.assessment.not_examined {
            reasons.entry(&missing.why).or_insert((missing.remedy.as_ref(), Vec::new()));
        }
    }
    commands.extend(reasons.into_iter().map(|(why, (remedy, rules))| {
        let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
        let remedy = remedy.map_or_else(String::new, |remedy| format!("\n{}", remedy.unescaped()));
        let text = format!("not determined: {}{rules}{remedy}", why.unescaped());
        command(
            severity,
            &[("title", Raw::from("ismslint: not determined"))],
            &Raw::from(&*cut(&text, MOST_CHARACTERS)),
        )
    }));
    commands
}

fn command(severity: Severity, properties: &[(&str, Raw)], data: &Raw) -> String {
    let properties: Vec<_> =
        properties.iter().map(|(name, value)| format!("{name}={}", command_property(value))).collect();
    format!("::{} {}::{}", severity.word(), properties.join(","), command_data(data))
}
