//! Y6, Y8, Y9 and Y10: bytes that are no text, front matter that is none,
//! places between characters, and characters that are not what they look like.

use crate::table::{Expect, Input, file};

const FILE: &str = "actions/a.yaml";
const POLICY: &str = "policies/p.md";

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [encodings(), front_matter(), places(), lookalikes()].into_iter().flatten().collect()
}

/// A valid record in each form, as the encodings bend it.
const FORMS: [(&str, &str); 4] = [
    (FILE, "id: ACT-1\ntitle: Patch\nstatus: planned\n"),
    ("actions/a.json", "{\"id\":\"ACT-1\",\"title\":\"Patch\",\"status\":\"planned\"}\n"),
    ("actions.csv", "id,title,status\nACT-1,Patch,planned\n"),
    (POLICY, "---\nid: POL-1\ntitle: Access\n---\nText\n"),
];

/// Y6.
fn encodings() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (path, text) in FORMS {
        let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let wider =
            |order: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| order(u32::from(c))).collect::<Vec<u8>>();
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let within = |bytes: &[u8]| {
            let mut all = text.as_bytes().to_vec();
            let at = text.rfind("title").expect("has a title") + 2;
            all.splice(at..at, bytes.iter().copied());
            all
        };
        let behind = |bytes: &[u8]| [text.as_bytes(), bytes].concat();
        for (name, bytes) in [
            ("UTF-16LE with a mark", marked(b"\xff\xfe", wide(u16::to_le_bytes))),
            ("UTF-16BE with a mark", marked(b"\xfe\xff", wide(u16::to_be_bytes))),
            ("UTF-16LE", wide(u16::to_le_bytes)),
            ("UTF-16BE", wide(u16::to_be_bytes)),
            ("UTF-32LE", wider(u32::to_le_bytes)),
            ("UTF-32BE with a mark", marked(b"\0\0\xfe\xff", wider(u32::to_be_bytes))),
            ("a byte of Latin-1", within(b"\xe4")),
            ("a byte that never is", within(b"\xff")),
            ("an overlong slash", within(b"\xc0\xaf")),
            ("a surrogate in UTF-8", within(b"\xed\xa0\x80")),
            ("beyond Unicode", within(b"\xf4\x90\x80\x80")),
            ("half a character at the end", behind(b"\xe2\x82")),
            ("a NUL inside", within(b"\0")),
            ("a NUL at the end", behind(b"\0")),
            ("a mark of UTF-16 alone", b"\xff\xfe".to_vec()),
        ] {
            inputs.push(file(
                "Y6",
                format!("{name} in {path}"),
                path,
                bytes,
                Expect::Unread("file-not-read"),
            ));
        }
        for (name, bytes, expect) in [
            ("a byte order mark", marked(b"\xef\xbb\xbf", text.into()), Expect::Ends),
            ("two byte order marks", marked(b"\xef\xbb\xbf\xef\xbb\xbf", text.into()), Expect::Ends),
            ("CRLF", text.replace('\n', "\r\n").into(), Expect::Ends),
            ("CR alone", text.replace('\n', "\r").into(), Expect::Ends),
            ("ends mixed", text.replacen('\n', "\r\n", 1).into(), Expect::Ends),
            ("U+2028 for line ends", text.replace('\n', "\u{2028}").into(), Expect::Told),
            ("U+0085 for line ends", text.replace('\n', "\u{85}").into(), Expect::Told),
            ("a form feed", within(b"\x0c"), Expect::Told),
            ("an escape", within(b"\x1b[31m"), Expect::Told),
            ("a delete", within(b"\x7f"), Expect::Told),
            ("nothing at all", Vec::new(), Expect::Told),
            ("blanks alone", b"   \n \n".to_vec(), Expect::Told),
            ("zip", b"PK\x03\x04\x14\0\0\0".to_vec(), Expect::Unread("file-not-read")),
        ] {
            inputs.push(file("Y6", format!("{name} in {path}"), path, bytes, expect));
        }
    }
    for escape in ["\\uD800", "\\uDC00", "\\uD800\\uD800", "\\uDC00\\uD800", "\\U00110000", "\\xZZ", "\\u12"]
    {
        let text = format!("id: A\ntitle: \"{escape}\"\n");
        inputs.push(file("Y6", format!("{escape} in YAML"), FILE, text, Expect::Found("yaml-syntax")));
    }
    inputs
}

/// Y8.
fn front_matter() -> Vec<Input> {
    let mut inputs = Vec::new();
    let fields = "id: POL-1\ntitle: Access\n";
    for (name, opener, rule) in [
        ("js", "---js", "front-matter-not-yaml"),
        ("javascript with a blank", "--- javascript", "front-matter-not-yaml"),
        ("json", "---json", "front-matter-not-yaml"),
        ("toml", "---toml", "front-matter-not-yaml"),
        ("coffee", "---coffee", "front-matter-not-yaml"),
        ("yaml, spelt out", "---yaml", "front-matter-not-yaml"),
        ("plus signs", "+++", "front-matter-not-yaml"),
        ("semicolons", ";;;", "front-matter-not-yaml"),
        ("a trailing blank", "--- ", "front-matter-not-yaml"),
        ("a trailing tab", "---\t", "front-matter-not-yaml"),
        ("four hyphens", "----", "no-front-matter"),
        ("two hyphens", "--", "no-front-matter"),
        ("a leading blank", " ---", "no-front-matter"),
        ("a line before", "\n---", "no-front-matter"),
        ("a comment before", "<!-- x -->\n---", "no-front-matter"),
        ("em dashes", "\u{2014}\u{2014}\u{2014}", "no-front-matter"),
        ("fullwidth hyphens", "\u{ff0d}\u{ff0d}\u{ff0d}", "no-front-matter"),
        ("a zero-width space before", "\u{200b}---", "no-front-matter"),
    ] {
        let closer = if opener.starts_with(['+', ';']) { opener } else { "---" };
        let text = format!("{opener}\n{fields}{closer}\nText\n");
        inputs.push(file("Y8", format!("opened by {name}"), POLICY, text, Expect::Found(rule)));
    }
    for (name, closer) in [
        ("nothing", ""),
        ("trailing blanks", "---  "),
        ("a leading blank", " ---"),
        ("four hyphens", "----"),
        ("two hyphens", "--"),
        ("plus signs", "+++"),
        ("em dashes", "\u{2014}\u{2014}\u{2014}"),
        ("a no-break space behind", "---\u{a0}"),
    ] {
        let text = format!("---\n{fields}{closer}\nText\n");
        inputs.push(file(
            "Y8",
            format!("closed by {name}"),
            POLICY,
            text,
            Expect::Found("front-matter-not-closed"),
        ));
    }
    for (name, text, expect) in [
        ("a second block", format!("---\n{fields}---\n---\nowner: mallory\n---\n"), Expect::Clean),
        ("dots at the end", format!("---\n{fields}...\nText\n"), Expect::Clean),
        ("dots and hyphens", format!("---\n{fields}...\n---\nText\n"), Expect::Clean),
        ("hyphens in a block text", format!("---\n{fields}x-a: |\n  ---\n---\nText\n"), Expect::Clean),
        ("hyphens in a quoted text", format!("---\n{fields}x-a: \"\n---\n\"\n---\nText\n"), Expect::Told),
        ("an empty block", "---\n---\nText\n".to_owned(), Expect::Told),
        ("a list as front matter", "---\n- id: P\n---\n".to_owned(), Expect::Told),
        ("a text as front matter", "---\nhello\n---\n".to_owned(), Expect::Told),
        ("a document end inside", format!("---\n{fields}--- x\n---\nText\n"), Expect::Told),
        ("CRLF", format!("---\n{fields}---\nText\n").replace('\n', "\r\n"), Expect::Clean),
        ("a byte order mark", format!("\u{feff}---\n{fields}---\nText\n"), Expect::Clean),
        ("front matter alone", format!("---\n{fields}---"), Expect::Clean),
        ("tabs", "---\n\tid: P\n---\n".to_owned(), Expect::Told),
        ("a Setext heading", "Access\n---\nText\n".to_owned(), Expect::Found("no-front-matter")),
        ("a fence of code", "```yaml\n---\nid: P\n---\n```\n".to_owned(), Expect::Found("no-front-matter")),
        ("nothing", String::new(), Expect::Told),
        ("an opening line alone", "---".to_owned(), Expect::Found("front-matter-not-closed")),
        ("a thousand fences", "---\n".repeat(1000), Expect::Told),
    ] {
        inputs.push(file("Y8", name, POLICY, text, expect));
    }
    for size in [100, 5_000] {
        let text = format!("---\n{fields}x-a: {}\n---\nT\n", "x".repeat(size * 100));
        inputs.push(file("Y8", format!("more front matter than text: {size}"), POLICY, text, Expect::Ends));
    }
    inputs
}

/// Y9: findings next to characters of one to four bytes, of no width and of two.
fn places() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, character) in [
        ("ASCII", "a"),
        ("two bytes", "é"),
        ("three bytes", "風"),
        ("four bytes", "🛡"),
        ("joined emoji", "👩\u{200d}💻"),
        ("combining marks", "e\u{301}\u{323}"),
        ("a combining mark alone", "\u{301}"),
        ("a flag", "🇩🇪"),
        ("Arabic", "سلام"),
        ("a tab", "\t"),
        ("a variation selector", "☂\u{fe0f}"),
        ("beyond the first plane", "𝔘"),
        ("a private character", "\u{e000}"),
        ("a Hangul filler", "\u{3164}"),
    ] {
        let rule = || Expect::Found("value-not-allowed");
        let quoted = |text: &str| serde_json::to_string(text).expect("text");
        for (place, text) in [
            ("before", format!("x-a: {}\nid: A\ntitle: T\nstatus: wrong\n", quoted(character))),
            ("in the value", format!("id: A\ntitle: T\nstatus: {}\n", quoted(&format!("w{character}")))),
            ("behind", format!("id: A\ntitle: T\nstatus: wrong # {character}")),
            ("in the line", format!("{{id: A, title: {}, status: wrong}}", quoted(character))),
        ] {
            inputs.push(file("Y9", format!("{name} {place}"), FILE, text, rule()));
        }
        let ends = format!("id: A\r\ntitle: {}\r\nstatus: wrong", quoted(character));
        inputs.push(file("Y9", format!("{name}, CRLF, no last end"), FILE, ends, rule()));
        let many = format!(
            "id: A\ntitle: {}\nstatus: {}\n",
            quoted(&character.repeat(500)),
            quoted(&character.repeat(300))
        );
        // A word of tabs alone is blank, and fails as one that is missing.
        let expect = if character == "\t" { Expect::Told } else { rule() };
        inputs.push(file("Y9", format!("{name}, many of them"), FILE, many, expect));
        let broken = format!("id: A\ntitle: \"{}", character.repeat(3));
        inputs.push(file(
            "Y9",
            format!("{name} before the end of a text that does not close"),
            FILE,
            broken,
            Expect::Found("yaml-syntax"),
        ));
    }
    inputs
}

/// Y10.
fn lookalikes() -> Vec<Input> {
    let mut inputs = Vec::new();
    let hidden = [
        '\u{202a}',
        '\u{202b}',
        '\u{202c}',
        '\u{202d}',
        '\u{202e}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{2069}',
        '\u{200e}',
        '\u{200f}',
        '\u{61c}',
        '\u{200b}',
        '\u{2060}',
        '\u{feff}',
        '\u{ad}',
        '\u{e0041}',
    ];
    for character in hidden {
        let code = format!("U+{:04X}", u32::from(character));
        let id = format!("id: A{character}CT\ntitle: T\nstatus: planned\n");
        inputs.push(file("Y10", format!("{code} in an id"), FILE, id, Expect::Found("not-an-id")));
        let word = format!("id: A\ntitle: T\nstatus: plan{character}ned\n");
        inputs.push(file("Y10", format!("{code} in a word"), FILE, word, Expect::Found("value-not-allowed")));
        let key = format!("id: A\ntitle: T\nstat{character}us: planned\n");
        inputs.push(file("Y10", format!("{code} in a key"), FILE, key, Expect::Found("unknown-field")));
        let name = format!("actions/a{character}.yaml");
        inputs.push(file(
            "Y10",
            format!("{code} in a file name"),
            name,
            "id: A\ntitle: T\nstatus: wrong\n",
            Expect::Found("value-not-allowed"),
        ));
        let title = format!("id: A\ntitle: T{character}x\nstatus: wrong\n");
        inputs.push(file(
            "Y10",
            format!("{code} in a title"),
            FILE,
            title,
            Expect::Found("value-not-allowed"),
        ));
    }
    for (name, id) in [
        ("Cyrillic", "АCT-1"),
        ("Greek", "ΑCT-1"),
        ("fullwidth", "ＡCT-1"),
        ("a mathematical letter", "𝐀CT-1"),
    ] {
        let text = format!(
            "- {{id: ACT-1, title: T, status: planned}}\n- {{id: {id}, title: T, status: planned}}\n"
        );
        inputs.push(file("Y10", format!("an id with {name}"), "actions.yaml", text, Expect::Ends));
    }
    inputs
}
