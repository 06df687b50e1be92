//! For people: what was judged, a summary by rule, then the findings file by
//! file with a few lines of source, and what could not be determined.
//!
//! It shows few findings of a rule and says how many it hides.

use super::change::{Section, is_shown, sections, since};
use super::footer::{MOST_TEXT, footer, is_whole_file};
use super::from_repository_root;
use super::snippet::Snippet;
use super::words::{counted, next_step, population, reasons, subject, verdict};
use super::wrap::wrap;
use crate::change::Comparison;
use crate::check::RuleResult;
use crate::escape::{Raw, terminal};
use crate::finding::{Finding, Severity};
use crate::report::Report;
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

pub(super) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    hanging(&mut out, "", &format!("ismslint {}: {}", env!("CARGO_PKG_VERSION"), subject(report)), style);
    hanging(&mut out, "", &population(report), style);
    out.push('\n');
    if let Some(compared) = &report.change {
        change(&mut out, report, compared, style);
    }
    summary(&mut out, report, style);
    findings(&mut out, report, style);
    undetermined(&mut out, report, style);
    remarks(&mut out, report, style);
    let _ = writeln!(out, "{}", verdict(report));
    if let Some(next) = next_step(report) {
        out.push('\n');
        hanging(&mut out, "Next: ", &terminal(&Raw::from(next)), style);
    }
    out
}

/// Lines of one section that are shown.
const MOST_OF_A_SECTION: usize = 25;

/// What the change does beside the findings that it brings in.
fn change(out: &mut String, report: &Report, compared: &Comparison, style: Style) {
    hanging(out, "", &format!("Judged: the change {}", since(compared)), style);
    out.push('\n');
    for Section { heading, lines } in sections(report, compared) {
        let _ = writeln!(out, "{}", paint(style, "1", heading));
        let most = if style.all { lines.len() } else { MOST_OF_A_SECTION };
        for line in lines.iter().take(most) {
            hanging(out, "  ", &terminal(line), style);
        }
        if lines.len() > most {
            let _ = writeln!(out, "  and {} more (`--all` shows them)", lines.len() - most);
        }
        out.push('\n');
    }
}

/// A line for each failing rule: severity, id, how many of how many, clauses.
/// The title stands behind where the terminal has room for every one of them.
fn summary(out: &mut String, report: &Report, style: Style) {
    // Of a change what was there before stands in a section of its own.
    let mut brought: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.assessment.findings.iter().filter(|finding| is_shown(finding)) {
        *brought.entry(&finding.rule).or_default() += 1;
    }
    let count = |result: &RuleResult| match report.change {
        Some(_) => brought.get(&*result.rule.id).copied().unwrap_or_default(),
        None => result.fails,
    };
    let is_told = |rule: &&RuleResult| {
        let silent = if report.change.is_some() { 0 } else { rule.waived + rule.baselined };
        count(rule) + silent > 0
    };
    let failing: Vec<_> = report.assessment.rules.iter().filter(is_told).collect();
    let widest = |length: &dyn Fn(&RuleResult) -> usize| {
        failing.iter().map(|result| length(result)).max().unwrap_or_default()
    };
    let id = widest(&|result| result.rule.id.chars().count());
    let fails = widest(&|result| count(result).to_string().len());
    let rest = widest(&|result| rest(result).chars().count());
    let title = widest(&|result| result.rule.title.unescaped().chars().count());
    let titles = SEVERITY + 2 + id + 2 + fails + 1 + rest + 2 + title <= style.width;
    for severity in Severity::ALL {
        for result in failing.iter().filter(|result| result.rule.severity == severity) {
            let line =
                format!("{:id$}  {:>fails$} {:rest$}", result.rule.id, count(result), self::rest(result));
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
    if result.baselined > 0 {
        let _ = write!(rest, ", {} in the baseline", result.baselined);
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
    for finding in report.assessment.findings.iter().filter(|finding| style.all || is_shown(finding)) {
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
        let message = wrap(&terminal(&finding.message), style.width.min(MOST_TEXT), 4).join("\n");
        Self { finding, snippet, message }
    }
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

pub(super) fn paint(style: Style, code: &str, text: &str) -> String {
    if style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
