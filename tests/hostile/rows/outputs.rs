//! O1 to O8: text that wants to be a command, a link, an element or a formula in
//! what is written. The driver looks for what acts in every format; the module
//! `sinks` reads each format with a reader of its own.

use crate::table::{Expect, Input, input};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (row, payloads) in ROWS {
        for payload in *payloads {
            let quoted = serde_json::to_string(payload).expect("text");
            let record = format!(
                "{{\"id\": \"A\", \"title\": {quoted}, \"status\": {quoted}, \"owner\": {quoted}, {quoted}: 1}}"
            );
            // A word of blanks alone is none.
            let expect =
                if payload.trim().is_empty() { Expect::Told } else { Expect::Found("value-not-allowed") };
            inputs.push(input(row, format!("{payload:?} in values and keys"), expect, move |place| {
                place.put("actions/a.json", &record);
            }));
        }
    }
    inputs
}

const ROWS: &[(&str, &[&str])] = &[
    (
        "O1",
        &[
            "::error::x",
            "\n::error file=x::y",
            "\r::stop-commands::t",
            "##[error]x",
            "a ##[add-mask]b",
            "\u{a0}::set-output name=x::y",
            "::add-matcher::m.json",
            "%0A::error::x",
            "x%250A::y",
            "\u{2028}::error::x",
            "\u{85}::error::x",
            "##vso[task.complete]x",
        ],
    ),
    ("O2", &["EOF\nverdict=clean", "x<<EOF", "verdict=clean", "\r\nverdict=clean", "ghadelimiter_x"]),
    (
        "O3",
        &[
            "[a](http://x)",
            "![a](http://x)",
            "<http://x>",
            "@team",
            "#12",
            "| a | b |",
            "</details>",
            "# heading",
            "```\n",
            "$x$",
            "&#64;team",
            "- [x] a",
            "[^1]",
            "<!-- x",
            "GH-1",
            "\\",
        ],
    ),
    (
        "O4",
        &[
            "\u{1b}[2J",
            "\u{1b}]8;;http://x\u{7}y",
            "\u{1b}]52;c;eA==\u{7}",
            "\u{1b}P+q\u{1b}\\",
            "\u{9b}31m",
            "\u{7}",
            "\u{8}\u{8}",
            "\r",
            "\u{202e}x",
            "\u{1b}c",
            "\u{90}x\u{9c}",
        ],
    ),
    ("O5", &["[a](1)", "[a](file:///etc/passwd)", "{0}", "%2e%2e/x", "a#b?c", "{{x}}", "\u{fffe}"]),
    (
        "O6",
        &[
            "<script>alert(1)</script>",
            "\" onload=\"x",
            "javascript:alert(1)",
            "</style><img src=x onerror=y>",
            "<svg/onload=x>",
            "&lt;b&gt;",
            "{{7*7}}",
            "${7*7}",
            "<%= 7 %>",
            "]]>",
        ],
    ),
    (
        "O7",
        &[
            "=1+1",
            "+1",
            "-1+2",
            "@SUM(A1)",
            "=HYPERLINK(\"http://x\")",
            "+cmd|'/C calc'!A0",
            "\t=1",
            "\r=1",
            "＝1",
            ";=1",
            "\",=1",
            "\n=1",
        ],
    ),
    (
        "O8",
        &[
            "]]>",
            "]]><x/><![CDATA[",
            "&amp;",
            "<!DOCTYPE x>",
            "\u{b}",
            "\u{0}",
            "\u{fffe}",
            "\u{ffff}",
            "<?xml?>",
            "\" a=\"b",
            "&#0;",
        ],
    ),
];
