//! A rule in words for a reader: what a page about it says, on a terminal and
//! in an editor. The texts are ours or the rule file's; each sink escapes them.

use super::{Basis, Citation, Each, Need};

/// What a basis means.
pub const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Requirement => "the standard demands it",
        Basis::Evidence => "it is the proof of something that the standard demands",
        Basis::Expectation => "auditors expect it; the standard does not demand it in these words",
        Basis::Convention => "a common interval or habit, which an organisation can set otherwise",
    }
}

/// What a clause is about, and its number in the edition before.
pub fn cited(clause: Citation) -> String {
    match (clause, clause.in_2013()) {
        (Citation::Clause(..), Some(then)) => format!("{} (in the 2013 edition: {then})", clause.topic()),
        (Citation::Clause(..), None) => format!("{} (not in the 2013 edition)", clause.topic()),
        (Citation::Control(..), _) => clause.topic().to_owned(),
    }
}

/// What a rule looks at, one by one.
pub fn subjects(each: &Each, over: Option<&str>) -> String {
    let of = match each {
        Each::Isms => "the ISMS as a whole".to_owned(),
        Each::Record => "every record".to_owned(),
        Each::Kinds(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind.replace('_', " ")).collect();
            format!("every {}", kinds.join(", every "))
        }
    };
    match over {
        Some(over) => format!("{of}, each item of {over}"),
        None => of,
    }
}

/// What a rule cannot do without.
pub const fn needed(need: Need) -> &'static str {
    match need {
        Need::History => "the complete git history",
        Need::People => "`people` in isms.yaml",
        Need::Areas => "`areas` in isms.yaml",
        Need::Started => "`started` in isms.yaml",
        Need::Certification => "`certification` in isms.yaml",
        Need::Risk => "`risk` in isms.yaml",
    }
}

/// A text with placeholders for a reader: a path stands for its value, a longer
/// expression is left out.
pub fn spoken(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..];
        let end = brace.find('}');
        if brace.starts_with("{{") || brace.starts_with("}}") {
            text.push_str(&brace[..1]);
            rest = &brace[2..];
        } else if let (true, Some(end)) = (brace.starts_with('{'), end) {
            let inside = &brace[1..end];
            let path = inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            text.push_str(&if path { format!("‹{inside}›") } else { "‹…›".to_owned() });
            rest = &brace[end + 1..];
        } else {
            rest = &brace[1..];
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn placeholders_are_shown_as_what_they_stand_for() {
        let cases = [
            ("{record.title} is late", "‹record.title› is late"),
            ("{has(d.x) ? d.x : \"\"} gone", "‹…› gone"),
            ("write `[{{on: {today}}}]`", "write `[{on: ‹today›}]`"),
            ("no end {", "no end "),
        ];
        for (template, text) in cases {
            assert_eq!(spoken(template), text);
        }
    }
}
