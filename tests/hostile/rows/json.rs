//! Y11: JSON at its edges. The cases follow those of the JSON parsing test
//! suite, each as the value of a field of a record that is valid without it.

use crate::table::{Expect, Input, file};

const FILE: &str = "actions/a.json";

/// Values that are none.
const BROKEN: &[&str] = &[
    "",
    "nul",
    "True",
    "TRUE",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "undefined",
    "None",
    "-",
    "+1",
    "++1",
    "-01",
    "01",
    "-1.0.",
    "1.",
    "-1.",
    ".5",
    "-.5",
    "1.e1",
    "1e",
    "1e+",
    "1E-",
    "1ee1",
    "0x1",
    "0b1",
    "1_000",
    "1 000",
    "1,5",
    "- 1",
    "1a",
    "0e",
    "0.e1",
    "9.e+",
    "1e1.5",
    "２",
    "-a",
    "1+2",
    "0.3e",
    "2.e-3",
    "[",
    "[1",
    "[1,",
    "[,1]",
    "[1,,2]",
    "[1,]",
    "[1 2]",
    "]",
    "[1]]",
    "[\"a\" \"b\"]",
    "[:1]",
    "[1:2]",
    "{",
    "{}}",
    "{,}",
    "{1:1}",
    "{a:1}",
    "{'a':1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{\"a\":1,}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\",1}",
    "{:1}",
    "{\"a\":1",
    "{null:1}",
    "\"",
    "\"a",
    "'a'",
    "`a`",
    "a",
    "\"a\\\"",
    "\"\\x41\"",
    "\"\\'\"",
    "\"\\u\"",
    "\"\\u00\"",
    "\"\\u00G0\"",
    "\"\\uD8\"",
    "\"\\u{41}\"",
    "\"\\q\"",
    "\"\\ \"",
    "\"\\",
    "\"a\nb\"",
    "\"a\tb\"",
    "\"a\u{1}b\"",
    "\"a\u{1b}b\"",
    "// c\n1",
    "/* c */ 1",
    "# c\n1",
    "1 // c",
    "1 /* c */",
    "1;",
    "<a>",
    "@",
    "\u{feff}1",
    "\u{a0}1",
    "\u{2060}1",
    "1\u{c}",
    "\\u0031",
    "(1)",
    "*",
    "&a 1",
    "!!int 1",
    "\"\\uD800\"",
    "\"\\uDC00\"",
    "\"\\uD800\\uD800\"",
    "\"\\uD800x\"",
    "\"\\uDC00\\uD800\"",
    "[\"\\uD834\"]",
    "{\"\\uD800\":1}",
];

/// Values that are some.
const SOUND: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "0e1",
    "0e+1",
    "1E22",
    "1e-2",
    "123.456789",
    "-1",
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "5e-324",
    "1e-400",
    "0.1e1",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[[[]]]",
    "\"\"",
    "\"\\u0041\"",
    "\"\\uD834\\uDD1E\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\u{7f}\"",
    "\"é風🛡\"",
    "\"\u{fffd}\"",
    "[1, 2 ,3]",
    "{\"a\":{\"b\":[null]}}",
    " 1 ",
    "\t1\r\n",
    "[\n1\n]",
    "{\"\":0}",
    "\"\\u0000\"",
    "\"\\uFFFF\"",
    "\"\\u2028\"",
];

/// Of the row.
pub(crate) fn inputs() -> Vec<Input> {
    let mut inputs = Vec::new();
    let around =
        |value: &str| format!("{{\"id\":\"ACT-1\",\"title\":\"T\",\"status\":\"planned\",\"x-v\":{value}}}");
    for value in BROKEN {
        inputs.push(file(
            "Y11",
            format!("no value: {value:?}"),
            FILE,
            around(value),
            Expect::Found("json-syntax"),
        ));
    }
    for value in SOUND {
        inputs.push(file("Y11", format!("a value: {value:?}"), FILE, around(value), Expect::Clean));
    }
    for value in ["1e400", "-1e400", "1e9999999999", "123123e100000"] {
        inputs.push(file("Y11", format!("beyond all numbers: {value}"), FILE, around(value), Expect::Ends));
        let target = format!("{{\"id\":\"M\",\"title\":\"T\",\"target\":{{\"value\":{value}}}}}");
        inputs.push(file(
            "Y11",
            format!("beyond all numbers, where one is wanted: {value}"),
            "metrics/m.json",
            target,
            Expect::Told,
        ));
    }
    for digits in [400, 10_000, 100_000] {
        inputs.push(file(
            "Y11",
            format!("a number of {digits} digits"),
            FILE,
            around(&"9".repeat(digits)),
            Expect::Ends,
        ));
        let fraction = format!("0.{}", "3".repeat(digits));
        inputs.push(file(
            "Y11",
            format!("a fraction of {digits} digits"),
            FILE,
            around(&fraction),
            Expect::Ends,
        ));
    }
    for (name, text) in [
        ("text behind", "{\"id\":\"A\",\"title\":\"T\"} x"),
        ("two objects", "{\"id\":\"A\",\"title\":\"T\"}{\"id\":\"B\",\"title\":\"T\"}"),
        ("lines of objects", "{\"id\":\"A\",\"title\":\"T\"}\n{\"id\":\"B\",\"title\":\"T\"}\n"),
        ("a comma behind", "{\"id\":\"A\",\"title\":\"T\"},"),
        ("a comment before", "// c\n{\"id\":\"A\",\"title\":\"T\"}"),
        ("a prefix against cross-site reading", ")]}',\n{\"id\":\"A\",\"title\":\"T\"}"),
        ("a call around", "f({\"id\":\"A\",\"title\":\"T\"})"),
        ("YAML", "id: A\ntitle: T\n"),
        ("single quotes", "{'id':'A','title':'T'}"),
        ("no end", "{\"id\":\"A\",\"title\":\"T\""),
    ] {
        inputs.push(file("Y11", name, FILE, text, Expect::Found("json-syntax")));
    }
    for (name, text) in [
        ("a text", "\"hello\""),
        ("a number", "1"),
        ("null", "null"),
        ("a list of numbers", "[1]"),
        ("an empty list", "[]"),
        ("an empty object", "{}"),
    ] {
        inputs.push(file("Y11", format!("{name} as a record"), FILE, text, Expect::Told));
    }
    inputs
}
