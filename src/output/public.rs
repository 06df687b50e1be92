//! A report for everybody who can read a pull request: what findings mark as
//! withheld is replaced in every text of theirs.

use crate::escape::Raw;
use crate::finding::Finding;
use crate::report::Report;

/// What stands in the place of a sensitive value.
const WITHHELD: &str = "[withheld]";

/// The report as a public output shows it.
pub fn public(report: &Report) -> Report {
    without_sensitive(report).unwrap_or_else(|| report.clone())
}

/// The report without sensitive values; `None` where it has none.
pub(super) fn without_sensitive(report: &Report) -> Option<Report> {
    let all = &report.assessment;
    let mut findings = all.findings.iter().chain(all.waived.iter().map(|waived| &waived.finding));
    if findings.all(|finding| finding.withheld.is_empty()) {
        return None;
    }
    let mut public = report.clone();
    public.assessment.findings.iter_mut().for_each(mask);
    public.assessment.waived.iter_mut().for_each(|waived| mask(&mut waived.finding));
    Some(public)
}

/// A finding without sensitive values.
pub fn masked(mut finding: Finding) -> Finding {
    mask(&mut finding);
    finding
}

fn mask(finding: &mut Finding) {
    let withheld = std::mem::take(&mut finding.withheld);
    if withheld.is_empty() {
        return;
    }
    let masked = |text: &Raw| without(text.unescaped(), &withheld);
    finding.message = masked(&finding.message);
    finding.why = masked(&finding.why);
    finding.fix = masked(&finding.fix);
    for related in &mut finding.related {
        related.label = masked(&related.label);
    }
    for commit in &mut finding.commits {
        commit.summary = masked(&commit.summary);
    }
}

/// In one pass, so that no replacement is taken for a value.
fn without(text: &str, withheld: &[Raw]) -> Raw {
    let (mut masked, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(character) = rest.chars().next() {
        if let Some(part) = withheld.iter().find(|part| rest.starts_with(part.unescaped())) {
            masked.push_str(WITHHELD);
            rest = &rest[part.unescaped().len()..];
        } else {
            masked.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    Raw::from(masked)
}

#[cfg(test)]
mod tests {
    use super::without;
    use crate::escape::Raw;

    #[test]
    fn the_longest_value_goes_first_and_nothing_twice() {
        let cases = [
            ("a key lay open", &["key lay open", "key"][..], "a [withheld]"),
            ("with it", &["with", "held"], "[withheld] it"),
            ("äkey", &["key"], "ä[withheld]"),
            ("nothing", &["else"], "nothing"),
        ];
        for (text, parts, shown) in cases {
            let parts: Vec<Raw> = parts.iter().map(|part| Raw::from(*part)).collect();
            assert_eq!(without(text, &parts), Raw::from(shown), "{text}");
        }
    }
}
