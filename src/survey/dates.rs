//! How the dates of a group are written, where that is beyond doubt.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Ways that can be read in one way only: pattern and format.
const CERTAIN: [(&str, &str); 6] = [
    (r"^\d{1,2}\.\d{1,2}\.\d{4}$", "D.M.YYYY"),
    (r"^\d{4}/\d{2}/\d{2}$", "YYYY/MM/DD"),
    (r"^\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}$", "D Mon YYYY"),
    (r"^\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4}$", "D-Mon-YYYY"),
    (r"^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}, \d{4}$", "Mon D, YYYY"),
    (r"^\d{1,2} [A-Z][a-z]{4,8} \d{4}$", "D Month YYYY"),
];

/// What was found of dates.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Dates {
    /// Formats for the mapping.
    pub(super) formats: Vec<&'static str>,
    /// A date whose day and month could be either.
    pub(super) either: Option<String>,
}

/// The formats of some texts; texts that are no dates do not count.
pub(super) fn dates<'t>(texts: impl Iterator<Item = &'t str>, presets: &[&str]) -> Dates {
    static WAYS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        CERTAIN.iter().filter_map(|(pattern, way)| Some((Regex::new(pattern).ok()?, *way))).collect()
    });
    static NUMBERS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(\d{1,2})([/-])(\d{1,2})[/-]\d{4}$").ok());
    let (mut formats, mut either) = (BTreeSet::new(), None);
    let (mut days_first, mut months_first, mut sign) = (false, false, "/");
    for text in texts {
        let text = text.trim();
        if let Some((_, way)) = WAYS.iter().find(|(pattern, _)| pattern.is_match(text)) {
            formats.insert(*way);
        } else if let Some(found) = NUMBERS.as_ref().and_then(|pattern| pattern.captures(text)) {
            let number = |at: usize| found.get(at).and_then(|part| part.as_str().parse().ok()).unwrap_or(0);
            let (first, second): (u8, u8) = (number(1), number(3));
            sign = if &found[2] == "/" { "/" } else { "-" };
            days_first |= first > 12;
            months_first |= second > 12;
            either.get_or_insert_with(|| text.to_owned());
        }
    }
    if presets.contains(&"german") {
        formats.remove("D.M.YYYY");
    }
    let declared = presets.contains(&"spanish") && sign == "/";
    match (days_first, months_first) {
        _ if declared => either = None,
        (true, false) => {
            formats.insert(if sign == "/" { "D/M/YYYY" } else { "D-M-YYYY" });
            either = None;
        }
        (false, true) => {
            formats.insert(if sign == "/" { "M/D/YYYY" } else { "M-D-YYYY" });
            either = None;
        }
        _ => {}
    }
    Dates { formats: formats.into_iter().collect(), either }
}

#[cfg(test)]
mod tests {
    use super::dates;

    #[test]
    fn which_number_is_the_month_is_never_guessed() {
        let of = |texts: &[&str]| dates(texts.iter().copied(), &[]);
        let both = of(&["03/04/2026", "05/06/2026"]);
        assert!(both.formats.is_empty() && both.either.as_deref() == Some("03/04/2026"), "{both:?}");
        assert_eq!(of(&["03/04/2026", "25/06/2026"]).formats, ["D/M/YYYY"]);
        assert_eq!(of(&["06/25/2026"]).formats, ["M/D/YYYY"]);
        let mixed = of(&["06/25/2026", "25/06/2026"]);
        assert!(mixed.formats.is_empty() && mixed.either.is_some(), "{mixed:?}");
        assert_eq!(
            of(&["30.06.2026", "4 Mar 2026", "2026-01-02", "soon"]).formats,
            ["D Mon YYYY", "D.M.YYYY"]
        );
        assert!(dates(["30.06.2026"].into_iter(), &["german"]).formats.is_empty());
    }
}
