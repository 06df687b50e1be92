//! One function for each place that interprets what is written to it.
//!
//! None of them shortens: a cap is the output's business, and said there.

use super::Raw;

/// For a terminal or a log: everything that moves the cursor, changes colours
/// or the direction of text, or ends a line, becomes visible (`\u{1b}`); text
/// that a CI runner would read as a command is broken (see [`plain`]).
pub fn terminal(raw: &Raw) -> String {
    plain(raw.unescaped())
}

/// The same for text that is not `Raw` by type (source lines shown in a
/// snippet). Tabs stay; `##[`, `##vso[` and a leading `::` get a visible
/// escape, because the runner reads them even inside a log line.
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_active(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    let shown = shown.replace("##[", "#\\u{23}[").replace("##vso[", "#\\u{23}vso[");
    match shown.trim_start().strip_prefix("::") {
        Some(rest) => format!("\\u{{3a}}:{rest}"),
        None => shown,
    }
}

/// Characters that a terminal acts on, or that reorder or hide text.
fn is_active(character: char) -> bool {
    let code = character as u32;
    (character.is_control() && character != '\t')
        || matches!(code, 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0x061c | 0xfeff | 0xe0000..=0xe007f)
}

/// The data of a GitHub workflow command (behind the second `::`): `%`, CR and
/// LF are escaped as the runner unescapes them; the rest as in [`plain`], so
/// that neither command form can begin inside it.
pub fn command_data(raw: &Raw) -> String {
    visible_in_command(raw).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property value of a GitHub workflow command: as the data, and `:` and `,`.
pub fn command_property(raw: &Raw) -> String {
    command_data(raw).replace(':', "%3A").replace(',', "%2C")
}

/// Line ends stay (the protocol has an escape for them); all else that is
/// active becomes visible.
fn visible_in_command(raw: &Raw) -> String {
    raw.unescaped().split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Raw, command_data, command_property, terminal};

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        let cases = [
            ("plain ä 漢 😀\tx", "plain ä 漢 😀\tx"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("yes\u{202e}on", "yes\\u{202e}on"),
            ("c1 \u{9b}2J", "c1 \\u{9b}2J"),
            ("x ##[error]y", "x #\\u{23}[error]y"),
            ("  ::stop-commands::t", "\\u{3a}:stop-commands::t"),
        ];
        for (raw, shown) in cases {
            assert_eq!(terminal(&Raw::from(raw)), shown);
        }
    }

    #[test]
    fn commands_escape_what_the_runner_unescapes() {
        let raw = Raw::from("100% of a,b: c\n::error::x");
        assert_eq!(command_data(&raw), "100%25 of a,b: c%0A\\u{3a}:error::x");
        assert_eq!(command_property(&raw), "100%25 of a%2Cb%3A c%0A\\u{3a}%3Aerror%3A%3Ax");
    }
}
