//! Phrases looked for in a text, word by word, in whatever case: what `says`
//! finds and `restates` compares. It knows no language; which phrases mean
//! something stands in the rules.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// Words that `…` stands for at most.
const GAP: usize = 4;

/// A word of the text, in lower case.
struct Word<'t> {
    letters: Cow<'t, str>,
    place: Range<usize>,
    /// Whether a sentence begins with it.
    begins: bool,
}

/// Letters and digits; hyphens and apostrophes between them belong to the word.
fn words_of(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    let (mut begins, mut start) = (true, None);
    while let Some((at, sign)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let joins = matches!(sign, '-' | '\'' | '’') && next.is_some_and(char::is_alphanumeric);
        if sign.is_alphanumeric() || (joins && start.is_some()) {
            let from = *start.get_or_insert(at);
            let goes_on = next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '-' | '\'' | '’'));
            if !goes_on {
                let place = from..at + sign.len_utf8();
                words.push(Word { letters: in_lower_case(&text[place.clone()]), place, begins });
                (begins, start) = (false, None);
            }
        } else if let Some(from) = start.take() {
            // A hyphen with nothing behind it.
            words.push(Word { letters: in_lower_case(&text[from..at]), place: from..at, begins });
            begins = false;
        }
        // A full stop inside `99.5` ends nothing.
        begins |=
            matches!(sign, '\n' | ';' | '!' | '?') || (sign == '.' && next.is_none_or(char::is_whitespace));
    }
    words
}

/// The text in lower case, which most words and phrases are as they stand.
fn in_lower_case(word: &str) -> Cow<'_, str> {
    let is = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

/// The first bytes of words, as bits: what a word cannot begin with by these
/// need not be compared with any.
#[derive(Clone, Copy)]
struct Beginnings(u64);

impl Beginnings {
    fn of(words: &[Word]) -> Self {
        Self(words.iter().fold(0, |bits, word| bits | Self::bit(&word.letters)))
    }

    fn bit(letters: &str) -> u64 {
        letters.bytes().next().map_or(0, |byte| 1 << (byte % 64))
    }

    /// Whether the first part of a phrase lists a form that may fit, by its first
    /// byte; one that is no small letter of ASCII is to be looked at closely.
    fn may_begin(self, phrase: &str) -> bool {
        let mut is_first = true;
        for byte in phrase.bytes() {
            if is_first && (!byte.is_ascii_lowercase() || self.0 & (1 << (byte % 64)) != 0) {
                return true;
            }
            if byte.is_ascii_whitespace() {
                return false;
            }
            is_first = byte == b'|';
        }
        // An empty phrase begins with nothing.
        phrase.is_empty()
    }

    fn may_fit(self, form: &Form) -> bool {
        form.begins_open || self.0 & Self::bit(form.letters) != 0
    }
}

/// A part of a phrase.
enum Part<'p> {
    /// One of these.
    Word(Vec<Form<'p>>),
    /// Up to [`GAP`] words of one sentence.
    Gap,
    /// Where a sentence begins or ends.
    Edge,
}

/// A form of a word: `secur*`, `*risiko`.
struct Form<'p> {
    letters: &'p str,
    begins_open: bool,
    ends_open: bool,
}

impl Form<'_> {
    fn fits(&self, word: &str) -> bool {
        match (self.begins_open, self.ends_open) {
            (false, false) => word == self.letters,
            (false, true) => word.starts_with(self.letters),
            (true, false) => word.ends_with(self.letters),
            (true, true) => word.contains(self.letters),
        }
    }
}

/// The forms that a part of a phrase lists.
fn forms(part: &str) -> impl Iterator<Item = Form<'_>> {
    let form = |written| {
        let letters = str::trim_matches(written, '*');
        Form { letters, begins_open: written.starts_with('*'), ends_open: written.ends_with('*') }
    };
    part.split('|').map(form).filter(|form| !form.letters.is_empty())
}

/// Whether the phrase can begin anywhere in the text: most cannot, and are not
/// looked at any further.
fn may_begin(phrase: &str, words: &[Word], beginnings: Beginnings) -> bool {
    if !beginnings.may_begin(phrase) {
        return false;
    }
    let first = match phrase.split_whitespace().next() {
        None | Some("…" | "..." | ".") => return true,
        Some(first) => in_lower_case(first),
    };
    let found = |form: Form| beginnings.may_fit(&form) && words.iter().any(|word| form.fits(&word.letters));
    forms(&first).any(found)
}

fn parts(phrase: &str) -> Vec<Part<'_>> {
    phrase
        .split_whitespace()
        .map(|part| match part {
            "…" | "..." => Part::Gap,
            "." => Part::Edge,
            word => Part::Word(forms(word).collect()),
        })
        .collect()
}

/// Where the phrase ends that begins with the word at `start`, if it does. The
/// places reached are kept as a set, so that gaps multiply nothing.
fn end_of(parts: &[Part], words: &[Word], start: usize) -> Option<usize> {
    let begins = |at: usize| words.get(at).is_none_or(|word| word.begins);
    let mut reached = BTreeSet::from([start]);
    // A phrase goes on into the next sentence only where it says so.
    let mut crosses = true;
    for part in parts {
        reached = match part {
            Part::Word(forms) => {
                let fits = |word: &Word| {
                    (crosses || !word.begins) && forms.iter().any(|form| form.fits(&word.letters))
                };
                reached.into_iter().filter(|at| words.get(*at).is_some_and(fits)).map(|at| at + 1).collect()
            }
            Part::Edge => reached.into_iter().filter(|at| begins(*at)).collect(),
            Part::Gap => {
                let over = |from: usize| {
                    let goes_on =
                        move |at: &usize| *at == from || !begins(*at - 1) || (crosses && *at == from + 1);
                    (from..=from + GAP).take_while(goes_on)
                };
                reached.into_iter().flat_map(over).filter(|at| *at <= words.len()).collect()
            }
        };
        crosses = matches!(part, Part::Edge);
        if reached.is_empty() {
            return None;
        }
    }
    reached.first().copied().filter(|end| *end > start)
}

/// The first place of each phrase, in the order of the text; one inside another
/// is left out.
pub(super) fn said<'p>(text: &str, phrases: impl Iterator<Item = &'p str>) -> Vec<Range<usize>> {
    let words = words_of(text);
    let beginnings = Beginnings::of(&words);
    let mut found: Vec<Range<usize>> = phrases
        .filter(|phrase| may_begin(phrase, &words, beginnings))
        .filter_map(|phrase| {
            let phrase = in_lower_case(phrase);
            let parts = parts(&phrase);
            let end = |start| end_of(&parts, &words, start).map(|end| (start, end));
            let (start, end) = (0..words.len()).find_map(end)?;
            Some(words.get(start)?.place.start..words.get(end - 1)?.place.end)
        })
        .collect();
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut reach = 0;
    found.retain(|range| {
        let before = reach;
        reach = reach.max(range.end);
        before < range.end
    });
    found
}

/// Letters of a word that tell it from others; shorter words carry no meaning
/// of their own in most sentences.
const TELLING: usize = 4;
/// Letters of a word that are compared at most.
const LONGEST: usize = 40;

/// Whether the text has words of four letters or more and each stands in
/// `other` too, where an ending of up to three letters makes no difference.
pub(super) fn restates(text: &str, other: &str, small: &BTreeSet<&str>) -> bool {
    let stem = |word: &str| {
        let letters = word.chars().count();
        word.chars().take(letters.saturating_sub(3).clamp(TELLING, LONGEST)).collect::<String>()
    };
    let telling = |text: &str| -> Vec<String> {
        let words = words_of(text).into_iter().map(|word| word.letters.into_owned());
        words.filter(|word| word.chars().count() >= TELLING && !small.contains(word.as_str())).collect()
    };
    let known: BTreeSet<String> = telling(other).iter().map(|word| stem(word)).collect();
    let told = telling(text);
    // The other may have the shorter word ("tests", "testing") or the longer.
    let stands = |word: &String| {
        let stem = stem(word);
        let longer = known.range(stem.clone()..).next().is_some_and(|near| near.starts_with(&stem));
        let mut ends = stem.char_indices().map(|(at, _)| at).skip(TELLING);
        longer || ends.any(|end| known.contains(&stem[..end]))
    };
    !told.is_empty() && told.iter().all(stands)
}
