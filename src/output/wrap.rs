//! Breaking text into lines of a width, at spaces only: a date, an id or a path
//! stays whole, so that it can be read and copied.

/// The lines of `text` in `width` columns of which `taken` are not to be had; at
/// least twenty are used. A word that is too long has a line alone.
pub(super) fn wrap(text: &str, width: usize, taken: usize) -> Vec<String> {
    let room = width.saturating_sub(taken).max(20);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for word in paragraph.split_whitespace() {
            let columns = columns(word);
            if used > 0 && used + 1 + columns > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += columns;
        }
        lines.push(line);
    }
    lines
}

/// The columns that a text takes: East Asian wide characters and emoji take two.
fn columns(text: &str) -> usize {
    text.chars().map(|character| if is_wide(character) { 2 } else { 1 }).sum()
}

const fn is_wide(character: char) -> bool {
    matches!(
        character as u32,
        0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd
    )
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn words_stay_whole() {
        let cases: [(&str, &str, &[&str]); 5] = [
            ("fits", "one two", &["one two"]),
            (
                "breaks at a space",
                "moved from 2026-05-29 to 2026-11-30",
                &["moved from 2026-05-29", "to 2026-11-30"],
            ),
            (
                "a long word is not broken",
                "a https://long.example/path/that/is b",
                &["a", "https://long.example/path/that/is", "b"],
            ),
            (
                "wide characters take two columns",
                "漢字漢字漢字 漢字漢字漢字",
                &["漢字漢字漢字", "漢字漢字漢字"],
            ),
            ("paragraphs", "one\ntwo", &["one", "two"]),
        ];
        for (what, text, lines) in cases {
            assert_eq!(wrap(text, 26, 4), lines, "{what}");
        }
    }
}
