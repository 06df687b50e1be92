//! A page for a job summary: the verdict in a fixed first line, a table by rule,
//! what could not be determined, then the findings folded up file by file.
//!
//! A summary of more than 1 MiB is thrown away whole, so the page ends well
//! before and says what it left out. Repository text stands in code spans or
//! escaped, and always behind words of ours.

use super::change::{Section, is_shown, sections, since};
use super::from_repository_root;
use super::words::{counted, next_step, population, reasons, subject, verdict};
use crate::change::Comparison;
use crate::check::RuleResult;
use crate::escape::{self, Raw, html, markdown, markdown_code};
use crate::finding::{Finding, Severity};
use crate::report::{Report, Verdict};
use crate::rule::Citation;
use crate::sheet::markdown_section;
use crate::source::RepoPath;
use std::collections::BTreeMap;

/// Bytes of a page. GitHub takes 1 MiB for one step.
const MOST_BYTES: usize = 900 * 1024;
/// Kept free for the line that says what was cut.
const RESERVE: usize = 1024;
/// Lines shown of one section on a change.
const MOST_OF_A_SECTION: usize = 200;
/// Findings shown of one file.
const MOST_OF_A_FILE: usize = 50;
/// Related places, and commits, shown of one finding.
const MOST_OF_A_FINDING: usize = 10;
/// Characters shown of one text of the repository.
const MOST_CHARACTERS: usize = 1_000;

pub(super) fn render(report: &Report) -> String {
    page(report, true, MOST_BYTES)
}

/// The page within so many bytes; without `findings` they are only counted.
pub(super) fn page(report: &Report, findings: bool, most_bytes: usize) -> String {
    let mut page = Page::within(most_bytes);
    page.add(&format!("## ismslint: {}\n\n", heading(report)), 0);
    let about = [subject(report), population(report)].map(|line| markdown(&Raw::from(line)));
    page.add(&format!("Judged: {}.\n{}.\n\n", about[0], about[1]), 0);
    if let Some(compared) = &report.change {
        change(&mut page, report, compared);
    }
    if let Some(next) = next_step(report) {
        page.add(&format!("**Next**: {}\n\n", text(&Raw::from(next))), 0);
    }
    table(&mut page, report);
    undetermined(&mut page, report);
    if findings {
        for (path, findings) in by_file(report) {
            page.add(&of_file(report, path, &findings), findings.len().min(MOST_OF_A_FILE));
        }
        remarks(&mut page, report);
        for section in &report.outlook {
            page.add(&format!("\n{}", markdown_section(section)), 0);
        }
    }
    page.finish()
}

/// What the change does beside the findings that it brings in.
fn change(page: &mut Page, report: &Report, compared: &Comparison) {
    page.add(&format!("Judged: the change {}.\n\n", markdown(&Raw::from(since(compared)))), 0);
    for Section { heading, lines } in sections(report, compared) {
        let mut part = format!("### {heading}\n\n");
        for line in lines.iter().take(MOST_OF_A_SECTION) {
            part.push_str(&format!("- {}\n", text(line)));
        }
        if lines.len() > MOST_OF_A_SECTION {
            part.push_str(&format!("- and {} more\n", lines.len() - MOST_OF_A_SECTION));
        }
        part.push('\n');
        page.add(&part, 0);
    }
}

/// The verdict: words and numbers of ours only.
fn heading(report: &Report) -> String {
    let word = match report.verdict() {
        Verdict::Clean if report.assessment.findings.is_empty() => "clean",
        Verdict::Clean => "nothing that blocks",
        Verdict::Findings => "findings",
        Verdict::Incomplete => "not determined",
        Verdict::NothingRecognised => "nothing recognised",
    };
    format!("{word} ({})", verdict(report))
}

/// The page as far as it is written, and what found no room in it.
struct Page {
    most_bytes: usize,
    text: String,
    findings_cut: usize,
    parts_cut: usize,
}

impl Page {
    fn within(most_bytes: usize) -> Self {
        Self { most_bytes, text: String::new(), findings_cut: 0, parts_cut: 0 }
    }

    /// Adds a part as a whole or not at all, so that no markup stays open.
    fn add(&mut self, part: &str, findings: usize) {
        if self.text.len() + part.len() + RESERVE <= self.most_bytes {
            self.text.push_str(part);
        } else {
            self.findings_cut += findings;
            self.parts_cut += 1;
        }
    }

    fn finish(mut self) -> String {
        if self.parts_cut > 0 {
            self.text.push_str(&format!(
                "\n\n**Not shown**: {} with {} found no room on this page; the JSON report has all.\n",
                counted(self.parts_cut, "part"),
                counted(self.findings_cut, "finding")
            ));
        }
        self.text
    }
}

/// Text of a rule or of the repository, cut. What stands between backticks, as
/// rules write names of fields, becomes a code span.
fn text(raw: &Raw) -> String {
    let cut = cut(raw);
    let parts: Vec<&str> = cut.unescaped().split('`').collect();
    if parts.len().is_multiple_of(2) {
        return markdown(&cut);
    }
    let shown = parts.iter().enumerate().map(|(at, part)| {
        let part = Raw::from(*part);
        if at % 2 == 1 { markdown_code(&part) } else { markdown(&part) }
    });
    shown.collect()
}

fn code(raw: &Raw) -> String {
    markdown_code(&cut(raw))
}

fn cut(raw: &Raw) -> Raw {
    Raw::from(&*escape::cut(raw.unescaped(), MOST_CHARACTERS))
}

fn table(page: &mut Page, report: &Report) {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.assessment.findings.iter().filter(|finding| is_shown(finding)) {
        *found.entry(&finding.rule).or_default() += 1;
    }
    let told = |result: &&RuleResult| {
        let silent = result.waived + result.baselined + result.elsewhere;
        // What was there before a change stands in a section of its own.
        let fails = if report.change.is_some() { 0 } else { result.fails + silent };
        fails + result.undetermined_count() > 0 || found.contains_key(&*result.rule.id)
    };
    let told: Vec<&RuleResult> = report.assessment.rules.iter().filter(told).collect();
    if told.is_empty() {
        return;
    }
    page.add("| Severity | Rule | Found | Waived | Not determined | Subjects | ISO/IEC 27001:2022 |\n", 0);
    page.add("| --- | --- | ---: | ---: | ---: | ---: | --- |\n", 0);
    for severity in Severity::ALL {
        for result in told.iter().filter(|result| result.rule.severity == severity) {
            page.add(
                &format!(
                    "| {} | {} {} | {} | {} | {} | {} | {} |\n",
                    severity.word(),
                    code(&Raw::new(result.rule.id.clone())),
                    text(&result.rule.title),
                    found.get(&*result.rule.id).copied().unwrap_or_default(),
                    result.waived,
                    result.undetermined_count(),
                    result.subjects,
                    clauses(&result.rule.clauses)
                ),
                0,
            );
        }
    }
    page.add("\n", 0);
}

/// Clauses of the 2022 edition, and those of 2013 where they differ.
fn clauses(clauses: &[Citation]) -> String {
    let now = clauses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let then = clauses.iter().filter_map(|clause| clause.in_2013()).collect::<Vec<_>>().join(", ");
    if then.is_empty() || then == now { now } else { format!("{now} (2013: {then})") }
}

fn undetermined(page: &mut Page, report: &Report) {
    for ((why, remedy), rules) in reasons(report) {
        let mut told = format!("- **Not determined**: {}", text(why));
        if let Some(remedy) = remedy {
            told.push_str(&format!(" **Remedy**: {}", text(remedy)));
        }
        if !rules.is_empty() {
            told.push_str(&format!(" **Rules**: {}", text(&Raw::from(rules.join(", ")))));
        }
        page.add(&format!("{told}\n"), 0);
    }
    page.add("\n", 0);
}

/// The findings of each file, in their one order; first those without a file.
fn by_file(report: &Report) -> Vec<(Option<&RepoPath>, Vec<&Finding>)> {
    let mut files: Vec<(Option<&RepoPath>, Vec<&Finding>)> = Vec::new();
    for finding in report.assessment.findings.iter().filter(|finding| is_shown(finding)) {
        let path = finding.place.as_ref().map(|place| place.file.path());
        match files.last_mut() {
            Some((last, findings)) if *last == path => findings.push(finding),
            _ => files.push((path, vec![finding])),
        }
    }
    files
}

fn of_file(report: &Report, path: Option<&RepoPath>, findings: &[&Finding]) -> String {
    let name = path.map_or_else(
        || "the ISMS as a whole".to_owned(),
        |path| format!("<code>{}</code>", html(&cut(&from_repository_root(report, path)))),
    );
    let mut part = format!("<details><summary>{name}: {}</summary>\n\n", counted(findings.len(), "finding"));
    for finding in findings.iter().take(MOST_OF_A_FILE) {
        part.push_str(&item(report, finding));
    }
    let more = findings.len().saturating_sub(MOST_OF_A_FILE);
    if more > 0 {
        part.push_str(&format!("- and {more} more in this file; the JSON report has all\n"));
    }
    part + "\n</details>\n\n"
}

/// One finding: what, where, what to do, and the commits that show it.
fn item(report: &Report, finding: &Finding) -> String {
    let at = finding.place.as_ref().map_or_else(String::new, |place| {
        let position = place.file.position(place.span.start);
        format!(" line {}", position.line)
    });
    let record = finding.record.as_ref().map_or_else(String::new, |key| format!(" {}", code(&key.id)));
    let mut item = format!(
        "- **{}** {}{record}{at}: {}\n  - Fix: {}\n",
        finding.severity.word(),
        code(&Raw::new(finding.rule.clone())),
        text(&finding.message),
        text(&finding.fix)
    );
    for related in finding.related.iter().take(MOST_OF_A_FINDING) {
        let line = related.place.file.position(related.place.span.start).line;
        let path = code(&from_repository_root(report, related.place.file.path()));
        item.push_str(&format!("  - See {path} line {line}: {}\n", text(&related.label)));
    }
    for commit in finding.commits.iter().take(MOST_OF_A_FINDING) {
        item.push_str(&format!(
            "  - Commit {} of {} by {}: {}\n",
            code(&Raw::from(commit.short_id())),
            markdown(&Raw::new(commit.authored.clone())),
            text(&commit.author),
            text(&commit.summary)
        ));
    }
    let most = finding.related.len().max(finding.commits.len());
    if most > MOST_OF_A_FINDING {
        item.push_str("  - and more places or commits; the JSON report has all\n");
    }
    item
}

fn remarks(page: &mut Page, report: &Report) {
    for waived in &report.assessment.waived {
        let record = waived.finding.record.as_ref().map(|key| format!(" for {}", code(&key.id)));
        page.add(
            &format!(
                "- Waived: {}{} by {}: {}\n",
                code(&Raw::new(waived.finding.rule.clone())),
                record.unwrap_or_default(),
                code(&waived.waiver),
                text(&waived.reason)
            ),
            0,
        );
    }
    for notice in &report.assessment.notices {
        page.add(&format!("- Note: {}\n", text(notice)), 0);
    }
    let unrecognised = &report.assessment.unrecognised;
    if !unrecognised.is_empty() {
        let named = unrecognised.iter().take(10).map(|path| code(&from_repository_root(report, path)));
        let named = named.collect::<Vec<_>>().join(", ");
        let count = counted(unrecognised.len(), "file");
        page.add(&format!("- Not recognised as records: {count}, among them {named}\n"), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, Page, text};
    use crate::escape::Raw;

    #[test]
    fn a_page_ends_before_the_limit_and_says_what_it_left_out() {
        let mut page = Page::within(MOST_BYTES);
        let part = "x".repeat(1_000);
        for _ in 0..2_000 {
            page.add(&part, 3);
        }
        page.add("y", 0);
        let text = page.finish();
        assert!(text.len() <= MOST_BYTES && text.len() > MOST_BYTES - 10_000, "{}", text.len());
        let shown = text.matches('x').count() / 1_000;
        let (parts, findings) = (2_000 - shown, 3 * (2_000 - shown));
        assert!(
            text.contains(&format!("{parts} parts with {findings} findings")),
            "{}",
            &text[text.len() - 200..]
        );
        assert!(text.contains('y'), "what is small still finds room");
    }

    #[test]
    fn backticks_in_pairs_make_code_spans() {
        let cases = [
            ("set `due` or `by`", "set `due` or `by`"),
            ("`a|b` c", "`a\\u{7c}b` c"),
            ("one ` alone", "one \\` alone"),
            ("``", ""),
        ];
        for (raw, shown) in cases {
            assert_eq!(text(&Raw::from(raw)), shown);
        }
    }
}
