//! For people: what was judged, a summary by rule, then the findings file by
//! file with a few lines of source, and what could not be determined.
//!
//! It shows few findings of a rule and says how many it hides.

use super::from_repository_root;
use super::snippet::Snippet;
use super::words::{counted, population, reasons, subject, verdict};
use super::wrap::wrap;
use crate::check::RuleResult;
use crate::escape::{Raw, terminal};
use crate::finding::{CommitEvidence, Finding, Severity};
use crate::report::Report;
use crate::source::{Place, Span};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// How the human format is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colours.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Show every finding, whatever their number.
    pub all: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: 100, all: false }
    }
}

/// Findings of one rule that are shown with their source.
const MOST_OF_A_RULE: usize = 5;
/// Related places, and commits, shown of one finding.
const MOST_EVIDENCE: usize = 5;
/// Columns before the text under a finding.
const FOOTER: usize = 7;

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "ismslint {}: {}", env!("CARGO_PKG_VERSION"), subject(report));
    let _ = writeln!(out, "{}\n", population(report));
    summary(&mut out, report, style);
    findings(&mut out, report, style);
    undetermined(&mut out, report, style);
    remarks(&mut out, report, style);
    let _ = writeln!(out, "{}", verdict(report));
    out
}

/// A line for each failing rule: severity, id, how many of how many, clauses.
/// The title stands behind where the terminal has room for every one of them.
fn summary(out: &mut String, report: &Report, style: Style) {
    let failing: Vec<_> =
        report.assessment.rules.iter().filter(|rule| rule.fails + rule.waived > 0).collect();
    let widest = |length: &dyn Fn(&RuleResult) -> usize| {
        failing.iter().map(|result| length(result)).max().unwrap_or_default()
    };
    let id = widest(&|result| result.rule.id.chars().count());
    let fails = widest(&|result| result.fails.to_string().len());
    let rest = widest(&|result| rest(result).chars().count());
    let title = widest(&|result| result.rule.title.unescaped().chars().count());
    let titles = SEVERITY + 2 + id + 2 + fails + 1 + rest + 2 + title <= style.width;
    for severity in Severity::ALL {
        for result in failing.iter().filter(|result| result.rule.severity == severity) {
            let line =
                format!("{:id$}  {:>fails$} {:rest$}", result.rule.id, result.fails, self::rest(result));
            let title = if titles { terminal(&result.rule.title) } else { String::new() };
            let severity = paint(style, colour(severity), &format!("{:SEVERITY$}", severity.word()));
            let _ = writeln!(out, "{severity}  {}", format!("{line}  {title}").trim_end());
        }
    }
    if !failing.is_empty() {
        out.push('\n');
    }
}

/// Columns of the longest word for a severity.
const SEVERITY: usize = "warning".len();

/// What follows the number of findings in the summary.
fn rest(result: &RuleResult) -> String {
    let mut rest = format!("of {}", result.subjects);
    if result.waived > 0 {
        let _ = write!(rest, ", {} waived", result.waived);
    }
    let clauses: Vec<_> = result.rule.clauses.iter().map(ToString::to_string).collect();
    if !clauses.is_empty() {
        let _ = write!(rest, " ({})", clauses.join(", "));
    }
    rest
}

fn findings(out: &mut String, report: &Report, style: Style) {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        .with_context_lines(1)
        // Its own wrapping breaks dates and ids at their hyphens.
        .with_wrap_lines(false)
        .without_cause_chain();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told: BTreeSet<(&str, &Raw)> = BTreeSet::new();
    for finding in &report.assessment.findings {
        let count = shown.entry(&finding.rule).or_default();
        *count += 1;
        if *count > MOST_OF_A_RULE && !style.all {
            continue;
        }
        let drawn = Drawn::new(report, finding, style);
        if handler.render_report(out, &drawn).is_err() {
            // The renderer failed on this one: the finding is still told.
            let _ = writeln!(out, "{drawn}");
        }
        // One rule's reason is told once, at its first finding.
        footer(out, report, finding, told.insert((&finding.rule, &finding.why)), style);
        out.push('\n');
    }
    let hidden: Vec<String> = shown
        .iter()
        .filter(|(_, count)| **count > MOST_OF_A_RULE && !style.all)
        .map(|(rule, count)| format!("{} more of {rule}", *count - MOST_OF_A_RULE))
        .collect();
    if !hidden.is_empty() {
        let _ = writeln!(out, "Not shown: {} (`--all` shows every finding)\n", hidden.join(", "));
    }
}

/// A finding as the renderer wants it.
struct Drawn<'f> {
    finding: &'f Finding,
    snippet: Option<Snippet>,
    message: String,
}

impl<'f> Drawn<'f> {
    fn new(report: &Report, finding: &'f Finding, style: Style) -> Self {
        let snippet = finding.place.as_ref().filter(|place| !is_whole_file(place)).map(|place| {
            let name = terminal(&from_repository_root(report, place.file.path()));
            Snippet::new(place, name)
        });
        // Four columns hold the sign of the severity.
        let message = wrap(&terminal(&finding.message), style.width, 4).join("\n");
        Self { finding, snippet, message }
    }
}

/// The first line of a file says nothing about the file as a whole.
fn is_whole_file(place: &Place) -> bool {
    place.span == Span::at(0)
}

/// What to do, why it matters, and what shows it: words in one column, text in
/// the next.
fn footer(out: &mut String, report: &Report, finding: &Finding, with_why: bool, style: Style) {
    let mut lines = Vec::new();
    if let Some(place) = finding.place.as_ref().filter(|place| is_whole_file(place)) {
        lines.push(("in", terminal(&from_repository_root(report, place.file.path()))));
    }
    lines.push(("fix", terminal(&finding.fix)));
    if with_why {
        lines.push(("why", terminal(&finding.why)));
    }
    for related in finding.related.iter().take(MOST_EVIDENCE) {
        let at = related.place.file.position(related.place.span.start);
        let path = terminal(&from_repository_root(report, related.place.file.path()));
        lines.push(("see", format!("{path}:{}:{} {}", at.line, at.column, terminal(&related.label))));
    }
    for commit in finding.commits.iter().take(MOST_EVIDENCE) {
        lines.push(("git", evidence(commit)));
    }
    let more = finding.related.len().saturating_sub(MOST_EVIDENCE)
        + finding.commits.len().saturating_sub(MOST_EVIDENCE);
    if more > 0 {
        lines.push(("and", format!("{more} more, in the JSON report")));
    }
    for (word, text) in lines {
        for (at, line) in wrap(&text, style.width, FOOTER).into_iter().enumerate() {
            let word = if at == 0 { format!("{word}:") } else { String::new() };
            let word = paint(style, "36", &format!("{word:>width$}", width = FOOTER - 1));
            if !line.is_empty() {
                let _ = writeln!(out, "{word} {line}");
            }
        }
    }
}

/// A commit in a line. The address is left to the JSON report; the day of
/// arrival is told where it is another.
fn evidence(commit: &CommitEvidence) -> String {
    let id = commit.id.get(..10).unwrap_or(&commit.id);
    let author = terminal(&commit.author);
    let name = author.split(" <").next().filter(|name| !name.is_empty()).unwrap_or(&author);
    let arrived = if commit.arrived == commit.authored {
        String::new()
    } else {
        format!(" (arrived {})", commit.arrived)
    };
    format!("{id} {}{arrived} {name}: {}", commit.authored, terminal(&commit.summary))
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let record = match &self.finding.record {
            Some(key) => format!(" · {} {}", key.kind, terminal(&key.id)),
            None => String::new(),
        };
        Some(Box::new(format!("{}: {}{record}", self.finding.severity.word(), self.finding.rule)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Notice => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (at, len) = self.snippet.as_ref()?.span();
        Some(Box::new(std::iter::once(LabeledSpan::new(None, at, len))))
    }
}

fn undetermined(out: &mut String, report: &Report, style: Style) {
    for ((why, remedy), rules) in reasons(report) {
        hanging(out, "Not determined: ", &terminal(why), style);
        if !rules.is_empty() {
            hanging(out, "  rules: ", &rules.join(", "), style);
        }
        if let Some(remedy) = remedy {
            hanging(out, "  remedy: ", &terminal(remedy), style);
        }
        out.push('\n');
    }
}

/// A line behind a word of ours, its continuation two columns in.
fn hanging(out: &mut String, word: &str, text: &str, style: Style) {
    let indent = word.len() - word.trim_start().len() + 2;
    let told = wrap(&format!("{}{text}", word.trim_start()), style.width, indent);
    for (at, line) in told.iter().enumerate() {
        let indent = if at == 0 { indent - 2 } else { indent };
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

fn remarks(out: &mut String, report: &Report, style: Style) {
    let unrecognised = &report.assessment.unrecognised;
    if !unrecognised.is_empty() {
        let named: Vec<_> =
            unrecognised.iter().take(10).map(|path| terminal(&from_repository_root(report, path))).collect();
        let more = unrecognised.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let told = format!("{}: {}{more}", counted(unrecognised.len(), "file"), named.join(", "));
        hanging(out, "Not recognised as records: ", &told, style);
        out.push('\n');
    }
    for waived in &report.assessment.waived {
        let record = waived.finding.record.as_ref().map(|key| format!(" for {}", terminal(&key.id)));
        let told = format!(
            "{}{} by {}: {}",
            waived.finding.rule,
            record.unwrap_or_default(),
            terminal(&waived.waiver),
            terminal(&waived.reason)
        );
        hanging(out, "Waived: ", &told, style);
    }
    for notice in &report.assessment.notices {
        hanging(out, "Note: ", &terminal(notice), style);
    }
    if !report.assessment.waived.is_empty() || !report.assessment.notices.is_empty() {
        out.push('\n');
    }
}

const fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "31",
        Severity::Warning => "33",
        Severity::Notice => "36",
    }
}

fn paint(style: Style, code: &str, text: &str) -> String {
    if style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
