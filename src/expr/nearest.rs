//! "Did you mean": the known word that is closest to a misspelt one.

/// The candidate closest to `word`, where one is close enough to be meant;
/// the first in order where two are equally close.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long words are no misspellings, and the distance costs their product.
    if word.len() > 64 {
        return None;
    }
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two words; `inProgress`, `in-progress` and `in_progress` are
/// the same word.
fn distance(word: &str, candidate: &str) -> usize {
    let plain = |text: &str| text.replace(['-', '_', ' '], "").to_lowercase();
    strsim::damerau_levenshtein(&plain(word), &plain(candidate))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_word_that_was_meant() {
        let words = ["closed", "in_progress", "open", "verified"];
        let cases = [
            ("clsoed", Some("closed"), "two letters swapped"),
            ("in-progress", Some("in_progress"), "another separator"),
            ("Open", Some("open"), "a capital"),
            ("banana", None, "nothing near"),
            ("", None, "nothing written"),
        ];
        for (word, expected, why) in cases {
            assert_eq!(nearest(word, words), expected, "{why}");
        }
    }
}
