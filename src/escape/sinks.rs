//! One function for each place that interprets what is written to it.
//!
//! None of them shortens: a cap is the output's business, and said there.

use super::Raw;
use serde::Serialize;

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
    let blanks = shown.len() - shown.trim_start().len();
    match shown.split_at(blanks) {
        (blanks, text) if text.starts_with("::") => format!("{blanks}\\u{{3a}}{}", &text[1..]),
        _ => shown,
    }
}

/// Characters that a terminal acts on, or that reorder or hide text; and code
/// points that are none, which XML cannot hold.
fn is_active(character: char) -> bool {
    let code = character as u32;
    let is_no_character = code & 0xfffe == 0xfffe || matches!(code, 0xfdd0..=0xfdef);
    (character.is_control() && character != '\t')
        || is_no_character
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

/// A value as JSON, with a line end. A log in JSON is scanned for commands like
/// any other, and `##[` is one wherever it stands; and people look at it on a
/// terminal, where what reorders or hides text would. An escape inside the
/// string ends both and leaves the value as it is.
pub fn json(value: &impl Serialize) -> String {
    // What is given here are structures of text and numbers: nothing to fail at.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let text = text.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[");
    // Between strings there are line ends, blanks and ASCII only.
    let acts = |character: char| character != '\n' && is_active(character);
    if !text.contains(acts) {
        return text + "\n";
    }
    let mut shown = String::with_capacity(text.len() + 64);
    for character in text.chars() {
        if acts(character) {
            let units = &mut [0; 2];
            character.encode_utf16(units).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        } else {
            shown.push(character);
        }
    }
    shown + "\n"
}

/// Text and attribute values of XML 1.0: markup becomes entities, and what XML
/// cannot hold at all (control characters, U+FFFE, U+FFFF) becomes visible. Line
/// ends too, because a parser turns those of an attribute into spaces.
pub fn xml(raw: &Raw) -> String {
    html(raw).replace('\t', "&#9;")
}

/// Text and attribute values of HTML, on one line.
pub fn html(raw: &Raw) -> String {
    let mut shown = String::new();
    for character in plain(raw.unescaped()).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            other => shown.push(other),
        }
    }
    shown
}

/// Breaks what a reader of Markdown looks for in finished text.
const BREAK: char = '\u{200b}';

/// Text inside a line of Markdown as GitHub and `GitLab` read it: shown as it is
/// written, with no markup, HTML, formula, link or mention in it.
///
/// Markup is escaped with a backslash, HTML with entities. Addresses, mentions
/// and issue numbers are looked for in the finished text, where no escape is
/// left to see: a space without width behind `@`, `#`, `://`, `www` breaks
/// those. An id or a path that people copy is better shown by [`markdown_code`].
pub fn markdown(raw: &Raw) -> String {
    let text = plain(raw.unescaped()).replace("://", ":\u{200b}//");
    let text = without_www(&text);
    let mut shown = String::with_capacity(text.len() + 16);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, character) in text.char_indices() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '{' | '}' | '$' => {
                shown.extend(['\\', character]);
            }
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.extend(['@', BREAK]),
            '#' => shown.extend(['\\', '#', BREAK]),
            // Only at the start of a line they begin a block.
            '+' | '-' | '=' | ':' if at == 0 => shown.extend(['\\', character]),
            '.' | ')' if digits > 0 && at == digits => shown.extend(['\\', character]),
            '\t' => shown.push(' '),
            other => shown.push(other),
        }
    }
    shown
}

fn without_www(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.as_bytes().windows(4).position(|four| four.eq_ignore_ascii_case(b"www.")) {
        shown.push_str(&rest[..at + 3]);
        shown.push(BREAK);
        rest = &rest[at + 3..];
    }
    shown + rest
}

/// A code span of Markdown, longer fenced than any run of backticks in it. In a
/// table a `|` would end the cell even here, so it becomes visible.
pub fn markdown_code(raw: &Raw) -> String {
    let text = plain(raw.unescaped()).replace('|', "\\u{7c}");
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default() + 1);
    // A reader strips one space from each edge: they keep a backtick there apart.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{fence}{pad}{text}{pad}{fence}") }
}

/// A path as a relative URI reference: everything but unreserved characters and
/// `/` is percent-encoded, byte by byte, so that no part of it can be a scheme,
/// a host, a query or a fragment.
pub fn uri_path(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for part in bytes.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
        if !shown.is_empty() {
            shown.push('/');
        }
        for byte in part {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    shown.push(char::from(*byte));
                }
                other => shown.push_str(&format!("%{other:02X}")),
            }
        }
    }
    shown
}

/// Line ends stay (the protocol has an escape for them); all else that is
/// active becomes visible.
fn visible_in_command(raw: &Raw) -> String {
    raw.unescaped().split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{
        Raw, command_data, command_property, html, markdown, markdown_code, terminal, uri_path, xml,
    };

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        let cases = [
            ("plain ä 漢 😀\tx", "plain ä 漢 😀\tx"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("yes\u{202e}on", "yes\\u{202e}on"),
            ("c1 \u{9b}2J", "c1 \\u{9b}2J"),
            ("x ##[error]y", "x #\\u{23}[error]y"),
            ("  ::stop-commands::t", "  \\u{3a}:stop-commands::t"),
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

    #[test]
    fn xml_holds_what_it_can_and_shows_the_rest() {
        let cases = [
            ("a & b < c > d \"e\" 'f'", "a &amp; b &lt; c &gt; d &quot;e&quot; &#39;f&#39;"),
            ("]]> <![CDATA[", "]]&gt; &lt;![CDATA["),
            ("\u{0}\u{b}\u{1b}", "\\u{0}\\u{b}\\u{1b}"),
            ("\u{fffe}x\u{ffff}", "\\u{fffe}x\\u{ffff}"),
            ("a\tb\nc", "a&#9;b\\u{a}c"),
            ("ä 漢 😀", "ä 漢 😀"),
        ];
        for (raw, shown) in cases {
            assert_eq!(xml(&Raw::from(raw)), shown);
        }
        assert_eq!(html(&Raw::from("<a href='x'>")), "&lt;a href=&#39;x&#39;&gt;");
    }

    #[test]
    fn markdown_shows_text_as_text() {
        let cases = [
            ("plain text, 2026-11-02", "plain text, 2026-11-02"),
            ("[x](http://e.example)", "\\[x\\](http:\u{200b}//e.example)"),
            ("![x](y)", "!\\[x\\](y)"),
            ("<script>&amp;", "&lt;script&gt;&amp;amp;"),
            ("@team #12 WWW.e.example", "@\u{200b}team \\#\u{200b}12 WWW\u{200b}.e.example"),
            ("a | `b` *c* _d_ ~e~", "a \\| \\`b\\` \\*c\\* \\_d\\_ \\~e\\~"),
            ("# head", "\\#\u{200b} head"),
            ("- item", "\\- item"),
            ("12. item", "12\\. item"),
            ("1) item", "1\\) item"),
            ("a - b 1.", "a - b 1."),
            ("$x$", "\\$x\\$"),
            ("a\nb", "a\\\\u\\{a\\}b"),
        ];
        for (raw, shown) in cases {
            assert_eq!(markdown(&Raw::from(raw)), shown);
        }
    }

    #[test]
    fn a_code_span_outlasts_the_backticks_in_it() {
        let cases = [
            ("ACT-1", "`ACT-1`"),
            ("a`b", "``a`b``"),
            (" a", "`  a `"),
            ("``` x", "```` ``` x ````"),
            ("a|b", "`a\\u{7c}b`"),
            ("", ""),
        ];
        for (raw, shown) in cases {
            assert_eq!(markdown_code(&Raw::from(raw)), shown);
        }
    }

    #[test]
    fn a_path_stays_a_relative_path() {
        let cases: [(&[u8], &str); 7] = [
            (b"isms/a b.yaml", "isms/a%20b.yaml"),
            (b"https://e.example/x", "https%3A/e.example/x"),
            (b"//host/x", "host/x"),
            (b"a?b#c%2e", "a%3Fb%23c%252e"),
            ("ä".as_bytes(), "%C3%A4"),
            (b"\xff\n", "%FF%0A"),
            (b"a\\b", "a%5Cb"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(uri_path(bytes), shown);
        }
    }
}
