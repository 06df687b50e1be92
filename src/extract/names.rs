//! When two names of a key mean the same: case, punctuation, emoji and a
//! remark in parentheses do not count.

/// A text in lower case with its words and numbers alone.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.extend(letter.to_lowercase());
        } else {
            gap = true;
        }
    }
    folded
}

/// What stands before a remark in parentheses; all where there is none, or
/// nothing before it.
pub(super) fn without_remark(text: &str) -> &str {
    match text.find(['(', '[']) {
        Some(at) if !text[..at].trim().is_empty() => text[..at].trim_end(),
        _ => text,
    }
}

/// A name as it is written, and in the forms in which it is compared.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) written: String,
    folded: String,
    bare: String,
}

impl Name {
    pub(super) fn new(written: &str) -> Self {
        let written = written.trim();
        Self { written: written.to_owned(), folded: fold(written), bare: fold(without_remark(written)) }
    }

    /// How well a name that is asked for fits: 0 is best, `None` not at all.
    pub(super) fn fits(&self, asked: &Self) -> Option<u8> {
        if self.written == asked.written {
            Some(0)
        } else if asked.folded.is_empty() {
            None
        } else if self.folded == asked.folded {
            Some(1)
        } else {
            (self.bare == asked.folded).then_some(2)
        }
    }

    /// Whether `text` says this, among other words or alone.
    pub(super) fn is_in(&self, text: &str) -> bool {
        !self.folded.is_empty() && format!(" {} ", fold(text)).contains(&format!(" {} ", self.folded))
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, fold};

    #[test]
    fn names_fit_whatever_their_case_and_punctuation() {
        assert_eq!(fold("📅 Last-Reviewed_on:"), "last reviewed on");
        let cases = [
            ("Last Review", "last_review", Some(1)),
            ("Likelihood (1-5)", "likelihood", Some(2)),
            ("Likelihood (1-5)", "Likelihood (1-5)", Some(0)),
            ("Überprüft", "überprüft", Some(1)),
            ("#", "#", Some(0)),
            ("No.", "#", None),
            ("Owner", "Document Owner", None),
        ];
        for (written, asked, fits) in cases {
            assert_eq!(Name::new(written).fits(&Name::new(asked)), fits, "{written} for {asked}");
        }
        assert!(Name::new("Change History").is_in("7. Change history of this page"));
        assert!(!Name::new("Change").is_in("Exchange"));
    }
}
