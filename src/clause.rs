//! The one table of clause numbers: ISO/IEC 27001:2022 with Amendment 1 of
//! 2024, and beside each the number of the 2013 edition.
//!
//! Numbers and letters are facts; the topics are our own words. The table says
//! what exists and what moved: continual improvement is 10.1 and corrective
//! action 10.2 in 2022, the reverse in 2013, and 10.3 is in neither.

use std::fmt;

/// One numbered clause.
struct Clause {
    number: &'static str,
    topic: &'static str,
    /// Its lettered items, each with the letter of 2013, or `None` where 2013
    /// has no such item.
    letters: &'static [(char, Option<char>)],
    /// The clause of 2013; `None` where 2013 has none.
    in_2013: Option<&'static str>,
}

const fn plain(number: &'static str, topic: &'static str) -> Clause {
    Clause { number, topic, letters: &[], in_2013: Some(number) }
}

const fn lettered(
    number: &'static str,
    topic: &'static str,
    letters: &'static [(char, Option<char>)],
    in_2013: Option<&'static str>,
) -> Clause {
    Clause { number, topic, letters, in_2013 }
}

/// Letters that are the same in both editions.
const A_TO_G: &[(char, Option<char>)] = &[
    ('a', Some('a')),
    ('b', Some('b')),
    ('c', Some('c')),
    ('d', Some('d')),
    ('e', Some('e')),
    ('f', Some('f')),
    ('g', Some('g')),
];
const A_TO_F: &[(char, Option<char>)] = &[
    ('a', Some('a')),
    ('b', Some('b')),
    ('c', Some('c')),
    ('d', Some('d')),
    ('e', Some('e')),
    ('f', Some('f')),
];
const A_TO_E: &[(char, Option<char>)] =
    &[('a', Some('a')), ('b', Some('b')), ('c', Some('c')), ('d', Some('d')), ('e', Some('e'))];
const A_TO_D: &[(char, Option<char>)] =
    &[('a', Some('a')), ('b', Some('b')), ('c', Some('c')), ('d', Some('d'))];
const A_TO_C: &[(char, Option<char>)] = &[('a', Some('a')), ('b', Some('b')), ('c', Some('c'))];

const CLAUSES: &[Clause] = &[
    plain("4.1", "context of the organisation"),
    lettered("4.2", "interested parties", &[('a', Some('a')), ('b', Some('b')), ('c', None)], Some("4.2")),
    plain("4.3", "scope of the ISMS"),
    plain("4.4", "the ISMS and its processes"),
    plain("5.1", "leadership and commitment"),
    lettered("5.2", "information security policy", A_TO_G, Some("5.2")),
    plain("5.3", "roles, responsibilities and authorities"),
    plain("6.1", "risks and opportunities"),
    plain("6.1.1", "actions on risks and opportunities"),
    lettered("6.1.2", "risk assessment process", A_TO_E, Some("6.1.2")),
    lettered("6.1.3", "risk treatment, statement of applicability", A_TO_F, Some("6.1.3")),
    lettered(
        "6.2",
        "objectives and planning to achieve them",
        &[
            ('a', Some('a')),
            ('b', Some('b')),
            ('c', Some('c')),
            ('d', None),
            ('e', Some('d')),
            ('f', Some('e')),
            ('g', None),
            ('h', Some('f')),
            ('i', Some('g')),
            ('j', Some('h')),
            ('k', Some('i')),
            ('l', Some('j')),
        ],
        Some("6.2"),
    ),
    lettered("6.3", "planning of changes", &[], None),
    plain("7.1", "resources"),
    lettered("7.2", "competence", A_TO_D, Some("7.2")),
    lettered("7.3", "awareness", A_TO_C, Some("7.3")),
    plain("7.4", "communication"),
    plain("7.5", "documented information"),
    lettered(
        "7.5.1",
        "documented information that is needed",
        &[('a', Some('a')), ('b', Some('b'))],
        Some("7.5.1"),
    ),
    lettered("7.5.2", "creating and updating documented information", A_TO_C, Some("7.5.2")),
    lettered("7.5.3", "control of documented information", A_TO_F, Some("7.5.3")),
    plain("8.1", "operational planning and control"),
    plain("8.2", "risk assessments carried out"),
    plain("8.3", "risk treatment carried out"),
    lettered("9.1", "monitoring, measurement, analysis and evaluation", A_TO_F, Some("9.1")),
    plain("9.2", "internal audit"),
    lettered(
        "9.2.1",
        "internal audit at planned intervals",
        &[('a', Some('a')), ('b', Some('b'))],
        Some("9.2"),
    ),
    lettered(
        "9.2.2",
        "internal audit programme",
        &[('a', Some('d')), ('b', Some('e')), ('c', Some('f'))],
        Some("9.2 c"),
    ),
    plain("9.3", "management review"),
    lettered("9.3.1", "management review at planned intervals", &[], Some("9.3")),
    lettered(
        "9.3.2",
        "inputs of the management review",
        &[
            ('a', Some('a')),
            ('b', Some('b')),
            ('c', None),
            ('d', Some('c')),
            ('e', Some('d')),
            ('f', Some('e')),
            ('g', Some('f')),
        ],
        Some("9.3"),
    ),
    lettered("9.3.3", "results of the management review", &[], Some("9.3")),
    lettered("10.1", "continual improvement", &[], Some("10.2")),
    lettered("10.2", "nonconformity and corrective action", A_TO_G, Some("10.1")),
];

/// How many controls each theme of Annex A has in the 2022 edition: 93 in all.
const CONTROLS: &[(u8, u8)] = &[(5, 37), (6, 8), (7, 14), (8, 34)];

/// A clause (with its letter) or a control of Annex A, as the 2022 edition
/// numbers it. Only what exists can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Citation {
    /// A clause of the main part: its row in the table, and a letter.
    Clause(usize, Option<char>),
    /// A control: theme and number.
    Control(u8, u8),
}

impl Citation {
    /// Reads `6.2 b`, `6.2`, `A.5.1`.
    ///
    /// # Errors
    /// Says what does not exist.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(control) = text.strip_prefix("A.") {
            return parse_control(control)
                .ok_or_else(|| format!("Annex A of the 2022 edition has no control {text}"));
        }
        let (number, letter) = match text.split_once(' ') {
            Some((number, letter)) => (number, Some(letter)),
            None => (text, None),
        };
        let row = CLAUSES
            .iter()
            .position(|clause| clause.number == number)
            .ok_or_else(|| format!("ISO/IEC 27001:2022 has no clause {number}"))?;
        let Some(letter) = letter else { return Ok(Self::Clause(row, None)) };
        CLAUSES[row]
            .letters
            .iter()
            .find(|(known, _)| letter.chars().eq([*known]))
            .map(|(known, _)| Self::Clause(row, Some(*known)))
            .ok_or_else(|| format!("clause {number} of ISO/IEC 27001:2022 has no item {letter}"))
    }

    /// Our words for what it is about.
    pub fn topic(self) -> &'static str {
        match self {
            Self::Clause(row, _) => CLAUSES[row].topic,
            Self::Control(..) => "a control of Annex A",
        }
    }

    /// The number in the 2013 edition, where it has one that is printed: a
    /// control was numbered otherwise, and is not given.
    pub fn in_2013(self) -> Option<String> {
        let Self::Clause(row, letter) = self else { return None };
        let clause = &CLAUSES[row];
        let number = clause.in_2013?;
        let Some(letter) = letter else { return Some(number.to_owned()) };
        let (_, then) = clause.letters.iter().find(|(known, _)| *known == letter)?;
        // "9.2 c" is where 2013 puts the programme; its items are letters of 9.2.
        let number = number.split(' ').next().unwrap_or(number);
        then.map(|then| format!("{number} {then}"))
    }
}

/// An edition of ISO/IEC 27001, as far as its numbers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// ISO/IEC 27001:2013.
    Of2013,
    /// ISO/IEC 27001:2022.
    Of2022,
}

/// What the clause with this number (`10.1`) is about in an edition; `None`
/// where that edition has no such clause.
pub fn topic_of(number: &str, edition: Edition) -> Option<&'static str> {
    // 2013 has some clauses of 2022 as parts of one: the widest topic stands first.
    let named = |clause: &&Clause| match edition {
        Edition::Of2022 => clause.number == number,
        Edition::Of2013 => clause.in_2013.is_some_and(|then| then == number),
    };
    CLAUSES.iter().find(named).map(|clause| clause.topic)
}

/// The clauses of the 2022 edition that have a number, in their order, without
/// their letters.
pub fn clauses() -> impl Iterator<Item = Citation> {
    (0..CLAUSES.len()).map(|row| Citation::Clause(row, None))
}

/// The controls of Annex A in the 2022 edition, in their order.
pub fn controls() -> impl Iterator<Item = Citation> {
    CONTROLS.iter().flat_map(|(theme, last)| (1..=*last).map(|number| Citation::Control(*theme, number)))
}

fn parse_control(text: &str) -> Option<Citation> {
    let (theme, number) = text.split_once('.')?;
    let (theme, number): (u8, u8) = (theme.parse().ok()?, number.parse().ok()?);
    let (_, last) = CONTROLS.iter().find(|(known, _)| *known == theme)?;
    (1..=*last).contains(&number).then_some(Citation::Control(theme, number))
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clause(row, None) => f.write_str(CLAUSES[*row].number),
            Self::Clause(row, Some(letter)) => write!(f, "{} {letter}", CLAUSES[*row].number),
            Self::Control(theme, number) => write!(f, "A.{theme}.{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CLAUSES, CONTROLS, Citation, Edition, controls, topic_of};

    #[test]
    fn editions_side_by_side() {
        let cases = [
            ("10.1", Some("10.2")),
            ("10.2", Some("10.1")),
            ("10.2 c", Some("10.1 c")),
            ("6.2 b", Some("6.2 b")),
            ("6.2 d", None),
            ("6.2 e", Some("6.2 d")),
            ("6.2 g", None),
            ("6.2 k", Some("6.2 i")),
            ("6.2 l", Some("6.2 j")),
            ("6.3", None),
            ("9.2.1 a", Some("9.2 a")),
            ("9.2.2", Some("9.2 c")),
            ("9.2.2 b", Some("9.2 e")),
            ("9.3.2 a", Some("9.3 a")),
            ("9.3.2 c", None),
            ("9.3.2 d", Some("9.3 c")),
            ("9.3.2 g", Some("9.3 f")),
            ("7.5.2 c", Some("7.5.2 c")),
            ("A.5.1", None),
        ];
        for (number, then) in cases {
            let citation = Citation::parse(number).expect(number);
            assert_eq!(citation.to_string(), number);
            assert_eq!(citation.in_2013().as_deref(), then, "{number}");
        }
    }

    #[test]
    fn what_does_not_exist_cannot_be_cited() {
        for number in ["10.3", "9.1.1", "10.1 a", "6.2 m", "10.2 (c)", "A.5.38", "A.9.1", "A.8.0", "11", ""] {
            assert!(Citation::parse(number).is_err(), "{number}");
        }
        let swapped = Citation::parse("10.1").map(Citation::topic);
        assert_eq!(swapped, Ok("continual improvement"));
    }

    #[test]
    fn topics_by_edition() {
        let (improvement, correction) = ("continual improvement", "nonconformity and corrective action");
        let cases = [
            ("10.1", Some(correction), Some(improvement)),
            ("10.2", Some(improvement), Some(correction)),
            ("10.3", None, None),
            ("6.3", None, Some("planning of changes")),
            ("9.2", Some("internal audit"), Some("internal audit")),
            ("9.2.2", None, Some("internal audit programme")),
            ("9.3", Some("management review"), Some("management review")),
        ];
        for (number, of_2013, of_2022) in cases {
            assert_eq!(topic_of(number, Edition::Of2013), of_2013, "{number}");
            assert_eq!(topic_of(number, Edition::Of2022), of_2022, "{number}");
        }
        assert_eq!(controls().count(), 93);
        assert_eq!(controls().last().map(|last| last.to_string()).as_deref(), Some("A.8.34"));
    }

    #[test]
    fn annex_a_has_93_controls_and_no_clause_stands_twice() {
        assert_eq!(CONTROLS.iter().map(|(_, count)| u32::from(*count)).sum::<u32>(), 93);
        for (at, clause) in CLAUSES.iter().enumerate() {
            assert!(CLAUSES[at + 1..].iter().all(|other| other.number != clause.number), "{}", clause.number);
        }
    }
}
