//! For people: what was judged, a summary by rule, then the findings file by
//! file with a few lines of source, and what could not be determined.
//!
//! It shows few findings of a rule and says how many it hides.

use super::from_repository_root;
use super::snippet::Snippet;
use super::words::{counted, population, subject, undetermined_rules, verdict};
use crate::escape::{Raw, terminal};
use crate::finding::{Finding, Severity};
use crate::report::Report;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::collections::BTreeMap;
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
    let _ = writeln!(out, "ismslint {}: {}", env!("CARGO_PKG_VERSION"), subject(report));
    let _ = writeln!(out, "{}\n", population(report));
    summary(&mut out, report, style);
    findings(&mut out, report, style);
    undetermined(&mut out, report);
    remarks(&mut out, report);
    let _ = writeln!(out, "{}", verdict(report));
    out
}

/// The heading of a rule: severity, id, how many of how many.
fn summary(out: &mut String, report: &Report, style: Style) {
    let failing: Vec<_> =
        report.assessment.rules.iter().filter(|rule| rule.fails + rule.waived > 0).collect();
    if failing.is_empty() {
        return;
    }
    let width = failing.iter().map(|rule| rule.rule.id.len()).max().unwrap_or_default();
    for severity in Severity::ALL {
        for result in failing.iter().filter(|result| result.rule.severity == severity) {
            let clauses: Vec<_> = result.rule.clauses.iter().map(ToString::to_string).collect();
            let clauses =
                if clauses.is_empty() { String::new() } else { format!(" ({})", clauses.join(", ")) };
            let waived =
                if result.waived > 0 { format!(", {} waived", result.waived) } else { String::new() };
            let _ = writeln!(
                out,
                "{}  {:width$}  {:>3} of {}{waived}  {}{clauses}",
                paint(style, severity, &format!("{:<7}", severity.word())),
                result.rule.id,
                result.fails,
                result.subjects,
                terminal(&result.rule.title),
            );
        }
    }
    out.push('\n');
}

fn findings(out: &mut String, report: &Report, style: Style) {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        .with_context_lines(1)
        .without_cause_chain();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.assessment.findings {
        let count = shown.entry(&finding.rule).or_default();
        *count += 1;
        if *count > MOST_OF_A_RULE && !style.all {
            continue;
        }
        let drawn = Drawn::new(report, finding);
        if handler.render_report(out, &drawn).is_err() {
            // The renderer failed on this one: the finding is still told.
            let _ = writeln!(out, "{drawn}");
        }
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
    help: String,
}

impl<'f> Drawn<'f> {
    fn new(report: &Report, finding: &'f Finding) -> Self {
        let snippet = finding.place.as_ref().map(|place| {
            let name = terminal(&from_repository_root(report, place.file.path()));
            Snippet::new(place, name)
        });
        Self { finding, snippet, help: help(report, finding) }
    }
}

/// What to do, why it matters, and what shows it.
fn help(report: &Report, finding: &Finding) -> String {
    let mut help = terminal(&finding.fix);
    if !finding.why.unescaped().is_empty() {
        let _ = write!(help, "\nwhy: {}", terminal(&finding.why));
    }
    for related in &finding.related {
        let at = related.place.file.position(related.place.span.start);
        let path = terminal(&from_repository_root(report, related.place.file.path()));
        let _ = write!(help, "\nsee: {path}:{}:{} {}", at.line, at.column, terminal(&related.label));
    }
    for commit in &finding.commits {
        let _ = write!(
            help,
            "\ncommit: {} of {} by {}, arrived {}: {}",
            commit.id.get(..10).unwrap_or(&commit.id),
            commit.authored,
            terminal(&commit.author),
            commit.arrived,
            terminal(&commit.summary),
        );
    }
    help
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&terminal(&self.finding.message))
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

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (at, len) = self.snippet.as_ref()?.span();
        Some(Box::new(std::iter::once(LabeledSpan::new(None, at, len))))
    }
}

fn undetermined(out: &mut String, report: &Report) {
    let mut reasons: BTreeMap<(&Raw, Option<&Raw>), Vec<String>> = BTreeMap::new();
    for result in undetermined_rules(report) {
        for (reason, count) in &result.undetermined {
            let told = format!("{} ({} of {})", result.rule.id, count, result.subjects);
            reasons.entry((&reason.why, reason.remedy.as_ref())).or_default().push(told);
        }
    }
    for missing in &report.assessment.not_examined {
        reasons.entry((&missing.why, missing.remedy.as_ref())).or_default();
    }
    for ((why, remedy), rules) in &reasons {
        let _ = writeln!(out, "Not determined: {}", terminal(why));
        if !rules.is_empty() {
            let _ = writeln!(out, "  rules: {}", rules.join(", "));
        }
        if let Some(remedy) = remedy {
            let _ = writeln!(out, "  remedy: {}", terminal(remedy));
        }
        out.push('\n');
    }
}

fn remarks(out: &mut String, report: &Report) {
    let unrecognised = &report.assessment.unrecognised;
    if !unrecognised.is_empty() {
        let named: Vec<_> =
            unrecognised.iter().take(10).map(|path| terminal(&from_repository_root(report, path))).collect();
        let more = unrecognised.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(
            out,
            "Not recognised as records: {}: {}{more}\n",
            counted(unrecognised.len(), "file"),
            named.join(", ")
        );
    }
    for waived in &report.assessment.waived {
        let record = waived.finding.record.as_ref().map(|key| format!(" for {}", terminal(&key.id)));
        let _ = writeln!(
            out,
            "Waived: {}{} by {}: {}",
            waived.finding.rule,
            record.unwrap_or_default(),
            terminal(&waived.waiver),
            terminal(&waived.reason)
        );
    }
    for notice in &report.assessment.notices {
        let _ = writeln!(out, "Note: {}", terminal(notice));
    }
    if !report.assessment.waived.is_empty() || !report.assessment.notices.is_empty() {
        out.push('\n');
    }
}

fn paint(style: Style, severity: Severity, text: &str) -> String {
    if !style.colour {
        return text.to_owned();
    }
    let code = match severity {
        Severity::Error => "31",
        Severity::Warning => "33",
        Severity::Notice => "36",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
