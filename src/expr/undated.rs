//! A text without the dates in it, so that a number that is left counts
//! something. Days, months, weeks, quarters and years of our era, in figures
//! and with the names that English and German have for them.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

const MONTH: &str = "(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|mär|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\\.?";
const YEAR: &str = "(?:19|20)[0-9]{2}";

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let (on, of) = ("(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])");
    let day = "[0-9]{1,2}(?:\\.|st|nd|rd|th)?";
    let nth = "(?:first|second|third|fourth|last|1st|2nd|3rd|4th|[1-4]\\.|erste[nrs]?|zweite[nrs]?|dritte[nrs]?|vierte[nrs]?)";
    let patterns = [
        // 2026-12-31, 2026/12/31, 2026-12, 31.12.2026, bis 31. 12., 12/31/26.
        // Without a year it may be the end of a sentence: "above 12.5."
        format!("{YEAR}[-/.][0-9]{{1,2}}(?:[-/.][0-9]{{1,2}})?"),
        format!("{on}\\.\\s?{of}\\.\\s?(?:{YEAR}|[0-9]{{2}}\\b)"),
        format!("(?:bis|zum|am|vom|ab)\\s+{on}\\.\\s?{of}\\."),
        format!("[0-9]{{1,2}}[-/][0-9]{{1,2}}[-/](?:{YEAR}|[0-9]{{2}})"),
        format!("[0-9]{{1,2}}[./]{YEAR}"),
        // 31 December 2026, 31st of December, December 31st, 2026
        format!("{day}\\s*(?:of\\s+)?{MONTH}(?:,?\\s+{YEAR})?\\b"),
        format!("{MONTH}\\s+[0-9]{{1,2}}(?:st|nd|rd|th)?\\b(?:,?\\s+{YEAR})?"),
        // Q4 2026, 2026-Q4, H1, the third quarter, week 12, FY26
        format!("(?:{YEAR}\\s*[-/]?\\s*)?[qh][1-4](?:\\s*[-/]?\\s*{YEAR})?\\b"),
        format!("{nth}\\s+(?:quarter|half|quartal|halbjahr|week|woche)\\b"),
        "(?:quarter|quartal|week|kw|kalenderwoche)\\s+[0-9]{1,2}\\b".to_owned(),
        "(?:fy|gj)\\s?[0-9]{2,4}\\b".to_owned(),
        format!("{YEAR}\\b"),
    ];
    Regex::new(&format!("(?i)\\b(?:{})", patterns.join("|"))).expect("a valid pattern")
});

/// Where dates stand in the text.
pub(super) fn dates(text: &str) -> impl Iterator<Item = Range<usize>> {
    DATE.find_iter(text).map(|date| date.range())
}

/// The text with blanks for its dates.
pub(super) fn undated(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut from = 0;
    for date in dates(text) {
        left.push_str(&text[from..date.start]);
        left.push(' ');
        from = date.end;
    }
    left.push_str(&text[from..]);
    left
}
