//! Y1 to Y5 and Y7: YAML that multiplies, nests, says two things, means two
//! things, runs or does not end.

use crate::table::{Expect, Input, file, input};

const FILE: &str = "actions/a.yaml";

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [aliases(), depth(), twice(), scalars(), tags(), sizes()].into_iter().flatten().collect()
}

/// A record with something behind it.
fn action(more: impl AsRef<str>) -> String {
    format!("id: ACT-1\ntitle: Patch\nstatus: planned\n{}", more.as_ref())
}

/// Y1.
fn aliases() -> Vec<Input> {
    let collection = Expect::Found("alias-to-a-collection");
    let mut inputs = Vec::new();
    for (levels, fan) in [(2, 2), (3, 10), (5, 5), (9, 9), (30, 2), (60, 3)] {
        for (form, open, close) in [("lists", "[", "]"), ("mappings", "{", "}")] {
            let mut text = action(format!("x-0: &a0 {open}{close}\n"));
            for level in 1..=levels {
                let one = |at: usize| {
                    if form == "lists" {
                        format!("*a{}", level - 1)
                    } else {
                        format!("k{at}: *a{}", level - 1)
                    }
                };
                let items: Vec<String> = (0..fan).map(one).collect();
                text.push_str(&format!("x-{level}: &a{level} {open}{}{close}\n", items.join(", ")));
            }
            inputs.push(file(
                "Y1",
                format!("{levels} levels of {fan} {form}"),
                FILE,
                text,
                collection.clone(),
            ));
        }
    }
    for count in [2, 100, 1_000, 10_000] {
        let text = action(format!("x-a: &a [x]\nx-b: [{}]\n", "*a, ".repeat(count)));
        inputs.push(file("Y1", format!("one list {count} times"), FILE, text, collection.clone()));
        let text = action(format!("x-a: &a {{k: v}}\n<<: [{}]\n", "*a, ".repeat(count)));
        inputs.push(file(
            "Y1",
            format!("one mapping merged {count} times"),
            FILE,
            text,
            Expect::Found("merge-key"),
        ));
    }
    for (length, count) in [(10_000, 1_000), (1_000, 10_000), (100_000, 100), (60_000, 60_000 / 60)] {
        let text = format!("id: A\ntitle: &a {}\ntags: [{}]\n", "x".repeat(length), "*a,".repeat(count));
        inputs.push(file(
            "Y1",
            format!("{length} bytes {count} times"),
            FILE,
            text,
            Expect::Found("limit-exceeded"),
        ));
    }
    for (name, text, rule) in [
        ("an alias of itself in a list", "id: A\ntitle: &a [*a]\n", "alias-to-a-collection"),
        ("an alias of itself in a mapping", "id: A\ntitle: &a {k: *a}\n", "alias-to-a-collection"),
        ("an alias of the record", "&a\nid: A\ntitle: T\nx-a: *a\n", "alias-to-a-collection"),
        ("an alias of nothing", "id: A\ntitle: *nowhere\n", "anchor-not-defined"),
        ("an alias of a later anchor", "id: A\ntitle: *b\nx-b: &b text\n", "anchor-not-defined"),
        ("an alias across documents", "id: A\ntitle: &t T\n---\nid: B\ntitle: *t\n", "anchor-not-defined"),
        ("a list as key by alias", "id: A\ntitle: T\nx-a: &a [x]\n*a : v\n", "alias-to-a-collection"),
        ("a merge of one alias", "id: A\ntitle: T\nx-a: &a {status: planned}\n<<: *a\n", "merge-key"),
        ("a merge in a list item", "- &a {id: A, title: T}\n- {<<: *a, id: B}\n", "merge-key"),
    ] {
        let path = if text.starts_with('-') { "actions.yaml" } else { FILE };
        inputs.push(file("Y1", name, path, text, Expect::Found(rule)));
    }
    for count in [1, 50, 1_000] {
        let keys: String = (0..count).map(|at| format!("x-{at}: *t\n")).collect();
        inputs.push(file(
            "Y1",
            format!("a short text {count} times"),
            FILE,
            format!("id: ACT-1\ntitle: &t Patch\nstatus: planned\n{keys}"),
            Expect::Clean,
        ));
    }
    inputs
}

/// Y2.
fn depth() -> Vec<Input> {
    let mut inputs = Vec::new();
    let limit = || Expect::Found("limit-exceeded");
    for depth in [70, 100, 1_000, 10_000, 100_000, 1_000_000] {
        for (name, open) in [
            ("flow lists", "["),
            ("flow mappings", "{a: "),
            ("flow keys", "{? "),
            ("lists in one line", "- "),
            ("keys of keys", "? "),
            ("both kinds in turn", "[{a: "),
        ] {
            if open.len() * depth > 4_000_000 {
                continue;
            }
            inputs.push(input("Y2", format!("{depth} {name}"), limit(), move |place| {
                place.repeat(FILE, "", open, depth, "");
            }));
            inputs.push(input("Y2", format!("{depth} {name} in a field"), limit(), move |place| {
                let head = if open.starts_with(['[', '{']) {
                    "id: A\ntitle: T\nx-a: "
                } else {
                    "id: A\ntitle: T\nx-a:\n  "
                };
                place.repeat(FILE, head, open, depth, "");
            }));
        }
        for (name, open) in [("lists", "["), ("objects", "{\"a\":"), ("both in turn", "[{\"a\":")] {
            if open.len() * depth <= 4_000_000 {
                inputs.push(input("Y2", format!("{depth} {name} of JSON"), limit(), move |place| {
                    place.repeat("actions/a.json", "", open, depth, "");
                }));
            }
        }
    }
    for depth in [70, 300, 1_000] {
        inputs.push(input("Y2", format!("{depth} indented mappings"), limit(), move |place| {
            let lines: String = (0..depth).map(|at| format!("{}a:\n", " ".repeat(at))).collect();
            place.put(FILE, lines);
        }));
        inputs.push(input("Y2", format!("{depth} levels in front matter"), limit(), move |place| {
            place.repeat("policies/p.md", "---\nid: P\nx-a: ", "[", depth, "\n---\n");
        }));
        inputs.push(input("Y2", format!("{depth} closed levels"), limit(), move |place| {
            place.put(FILE, action(format!("x-a: {}{}\n", "[".repeat(depth), "]".repeat(depth))));
        }));
    }
    for depth in [1, 10, 60] {
        inputs.push(input(
            "Y2",
            format!("{depth} levels, which is not too deep"),
            Expect::Clean,
            move |place| {
                place.put(FILE, action(format!("x-a: {}{}\n", "[".repeat(depth), "]".repeat(depth))));
            },
        ));
    }
    inputs
}

/// Y3.
fn twice() -> Vec<Input> {
    let mut inputs = Vec::new();
    let key = || Expect::Found("duplicate-key");
    for (name, first, second) in [
        ("plain", "status", "status"),
        ("double quotes", "status", "\"status\""),
        ("single quotes", "'status'", "status"),
        ("an escape", "status", "\"\\x73tatus\""),
        ("a wide escape", "\"\\u0073tatus\"", "status"),
        ("a question mark", "status", "? status\n"),
        ("a block text", "status", "? |-\n  status\n"),
        ("an anchor", "status", "&a status"),
    ] {
        let text = format!("id: A\ntitle: T\n{first}: planned\n{second}: completed\n");
        inputs.push(file("Y3", format!("keys alike: {name}"), FILE, text, key()));
    }
    for (name, text) in [
        ("in a flow mapping", "{id: A, title: T, status: planned, status: completed}"),
        ("in a nested mapping", "id: A\ntitle: T\nverification: {result: effective, result: ineffective}"),
        ("in a mapping of a list", "id: A\ntitle: T\nchanges:\n- {on: 2026-01-01, on: 2026-02-01}"),
        ("three times", "id: A\ntitle: T\nstatus: planned\nstatus: planned\nstatus: completed"),
        ("the same value", "id: A\ntitle: T\nstatus: planned\nstatus: planned"),
        ("the id", "id: A\nid: B\ntitle: T"),
        ("a field of our own prefix", "id: A\ntitle: T\nx-a: 1\nx-a: 2"),
        ("far apart", "id: A\ntitle: T\nstatus: planned\nplan: |\n  long\n\n\n  text\nstatus: completed"),
        ("in the second document", "id: A\ntitle: T\n---\nid: B\ntitle: T\ntitle: U"),
    ] {
        inputs.push(file("Y3", name, FILE, text, key()));
    }
    for (name, text) in [
        ("a field", r#"{"id":"A","title":"T","title":"U"}"#),
        ("an escaped field", r#"{"id":"A","title":"T","\u0074itle":"U"}"#),
        ("nested", r#"{"id":"A","title":"T","verification":{"result":"effective","result":"ineffective"}}"#),
        ("in a list", r#"[{"id":"A","title":"T"},{"id":"B","title":"T","title":"U"}]"#),
        ("the same value", r#"{"id":"A","title":"T","title":"T"}"#),
    ] {
        let path = if text.starts_with('[') { "actions.json" } else { "actions/a.json" };
        inputs.push(file("Y3", format!("JSON: {name}"), path, text, key()));
    }
    inputs.push(file("Y3", "front matter", "policies/p.md", "---\nid: P\nowner: a\nowner: b\n---\n", key()));
    for (name, text) in [
        ("two columns of one name", "id,title,status,status\nA,T,planned,completed\n"),
        ("names in two cases", "id,title,status,Status\nA,T,planned,completed\n"),
    ] {
        inputs.push(file("Y3", format!("CSV: {name}"), "actions.csv", text, Expect::Told));
    }
    for (name, text, rule) in [
        ("two records of one id", "- {id: A, title: T}\n- {id: A, title: U}\n", "duplicate-id"),
        ("two documents of one id", "---\nid: A\ntitle: T\n---\nid: A\ntitle: U\n", "duplicate-id"),
        ("a number and its text", "- {id: '1', title: T}\n- {id: \"1\", title: U}\n", "duplicate-id"),
    ] {
        inputs.push(file("Y3", name, "actions.yaml", text, Expect::Found(rule)));
    }
    for count in [10, 1_000, 20_000] {
        inputs.push(input("Y3", format!("{count} times one field"), key(), move |place| {
            place.repeat(FILE, "id: A\ntitle: T\n", "status: planned\n", count, "");
        }));
    }
    for (one, other) in
        [("1", "0x1"), ("1", "01"), ("~", "null"), ("true", "True"), ("1.0", "1"), ("yes", "on")]
    {
        let text = action(format!("x-m: {{{one}: a, {other}: b}}\n"));
        inputs.push(file(
            "Y3",
            format!("keys that resolve alike: {one} and {other}"),
            FILE,
            text,
            Expect::Ends,
        ));
    }
    let decomposed = action("x-caf\u{e9}: 1\nx-cafe\u{301}: 2\n");
    inputs.push(file("Y3", "composed and decomposed", FILE, decomposed, Expect::Ends));
    inputs
}

/// Y4: scalars that readers of YAML 1.1 and 1.2 take for different things.
fn scalars() -> Vec<Input> {
    let mut inputs = Vec::new();
    // Where text is wanted.
    let text = [
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "Yes",
        "NO",
        "On",
        "OFF",
        "Y",
        "N",
        "012",
        "0777",
        "1_000",
        "12:30:00",
        "1:20",
        "190:20:30",
        "0b101",
        "1_0.5",
        "2026-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "=",
    ];
    // Read as they are written, and by nobody as another text.
    let as_written = ["2026-01-01", "2001-12-14t21:59:43.10-05:00", "=", "1", "1.10", "-0"];
    let expect = |scalar: &str| if as_written.contains(&scalar) { Expect::Clean } else { Expect::Told };
    for scalar in text {
        inputs.push(file(
            "Y4",
            format!("{scalar} as a title"),
            FILE,
            format!("id: A\ntitle: {scalar}\n"),
            expect(scalar),
        ));
        let quoted = format!("id: A\ntitle: '{scalar}'\nstatus: planned\n");
        inputs.push(file("Y4", format!("{scalar} as a title, quoted"), FILE, quoted, Expect::Clean));
    }
    for scalar in [
        "true", "false", "null", "~", "1", "1.10", "0o14", "0x1F", ".inf", "-.INF", ".nan", "1e3", "-0",
        "[]", "{}", "",
    ] {
        let name = format!("{scalar:?}, which is no text, as a title");
        inputs.push(file("Y4", name, FILE, format!("id: A\ntitle: {scalar}\n"), expect(scalar)));
    }
    // Where a day is wanted.
    for scalar in [
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "2026-1-1",
        "26-01-01",
        "01.02.2026",
        "02/01/2026",
        "2026-01-01T00:00:00Z",
        "20260101",
        "2025-02-29",
        "2026-W05",
        "today",
        "0000-00-00",
        "10000-01-01",
        "-2026-01-01",
        "2026-01-01 ",
        "２０２６-01-01",
        "2026‐01‐01",
        "1767225600",
        "null",
    ] {
        let trimmed = scalar.trim_end() != scalar;
        let text = format!(
            "id: A\ntitle: T\nstatus: planned\nraised: {}\n",
            if trimmed { format!("'{scalar}'") } else { scalar.to_owned() }
        );
        let expect = if scalar == "null" { Expect::Ends } else { Expect::Told };
        inputs.push(file("Y4", format!("{scalar:?} as a day"), FILE, text, expect));
    }
    // Where a number is wanted.
    for scalar in [
        "1_000", "012", "0x10", "0o17", "1:30", "one", "1,5", "1.5.2", "+", "1e", "'5'", ".inf", ".nan",
        "true", "5 %", "٥", "1e999",
    ] {
        let text = format!("id: M\ntitle: T\ntarget: {{value: {scalar}}}\n");
        inputs.push(file("Y4", format!("{scalar} as a number"), "metrics/m.yaml", text, Expect::Told));
    }
    // Where a closed word is wanted.
    for scalar in [
        "on",
        "off",
        "True",
        "PLANNED",
        "planned.",
        "plаnned",
        "'planned '",
        "[planned]",
        "{planned: }",
        "!!str open",
    ] {
        let text = format!("id: A\ntitle: T\nstatus: {scalar}\n");
        inputs.push(file("Y4", format!("{scalar} as a status"), FILE, text, Expect::Told));
    }
    inputs
}

/// Y5.
fn tags() -> Vec<Input> {
    let mut inputs = Vec::new();
    for tag in [
        "!!python/object/apply:os.system",
        "!!python/name:os.system",
        "!!binary",
        "!!set",
        "!!omap",
        "!!pairs",
        "!!timestamp",
        "!include",
        "!ENV",
        "!vault",
        "!secret",
        "!Ref",
        "!<tag:yaml.org,2002:int>",
        "!<!x>",
        "!",
        "!!merge",
        "!!value",
        "!!js/function",
        "!ruby/object:Gem::Installer",
        "!!javax.script.ScriptEngineManager",
    ] {
        let text = format!("id: A\ntitle: {tag} /etc/passwd\n");
        let expect = if tag == "!" { Expect::Ends } else { Expect::Found("tag-not-allowed") };
        inputs.push(file("Y5", format!("{tag} at a text"), FILE, text, expect));
    }
    for (name, text) in [
        ("at a list", "id: A\ntitle: T\ntags: !!python/tuple [a]\n"),
        ("at a mapping", "id: A\ntitle: T\nverification: !x {result: effective}\n"),
        ("at a key", "id: A\n!x title: T\n"),
        ("at the record", "!x\nid: A\ntitle: T\n"),
        ("at an item", "id: A\ntitle: T\ntags: [!x a]\n"),
        ("of a declared handle", "%TAG ! tag:example.org,2000:\n---\nid: A\ntitle: !x T\n"),
        ("of a redefined core handle", "%TAG !! tag:example.org,2000:\n---\nid: A\ntitle: !!str T\n"),
    ] {
        inputs.push(file("Y5", format!("a tag {name}"), FILE, text, Expect::Found("tag-not-allowed")));
    }
    inputs.push(file(
        "Y5",
        "in front matter",
        "policies/p.md",
        "---\nid: !x P\n---\n",
        Expect::Found("tag-not-allowed"),
    ));
    for length in [1_000, 1 << 20] {
        let text = format!("id: A\ntitle: !{} T\n", "t".repeat(length));
        inputs.push(file("Y5", format!("a tag of {length} bytes"), FILE, text, Expect::Told));
    }
    for directive in ["%YAML 1.1", "%YAML 9.9", "%YAML 1.2\n%YAML 1.2", "%FOO bar", "%TAG ! x\n%TAG ! y"] {
        inputs.push(file(
            "Y5",
            format!("{directive:?}"),
            FILE,
            format!("{directive}\n---\nid: A\ntitle: T\n"),
            Expect::Ends,
        ));
    }
    inputs
}

/// Y7.
fn sizes() -> Vec<Input> {
    let mut inputs = Vec::new();
    for gibibytes in [1_u64, 64, 1024] {
        for (path, what) in
            [(FILE, "YAML"), ("actions/a.json", "JSON"), ("policies/p.md", "Markdown"), ("risks.csv", "CSV")]
        {
            let name = format!("{gibibytes} GiB of {what} with a hole");
            inputs.push(input("Y7", name, Expect::Unread("file-not-read"), move |place| {
                place.put(path, "id: A\n");
                let file = std::fs::File::options().write(true).open(place.at(path)).expect("open");
                file.set_len(gibibytes << 30).expect("a hole");
            }));
        }
    }
    // A finding holds some kilobytes until every report is written: this many do
    // not stay within what is wanted of a hostile file.
    let fields = |count: usize| {
        let name = format!("{count} fields that are not known");
        input("Y7", name, Expect::Found("unknown-field"), move |place| {
            place.put(FILE, action((0..count).map(|at| format!("f{at}: 1\n")).collect::<String>()));
        })
    };
    inputs.push(fields(100_000).ceiling(10.0, 1024));
    inputs.push(fields(2_000));
    for (name, expect, head, piece, times) in [
        ("documents without end", Expect::Told, "", "---\n", 1_000_000),
        ("documents of a list", Expect::Told, "", "--- []\n", 300_000),
        ("a text of 8 MiB in one line", Expect::Ends, "id: A\ntitle: ", "xxxxxxxxxxxxxxxx", 1 << 19),
        (
            "quotes that do not close",
            Expect::Found("yaml-syntax"),
            "id: A\ntitle: \"",
            "xxxxxxxxxxxxxxx\n",
            1 << 16,
        ),
        (
            "a block text of many lines",
            Expect::Ends,
            "id: A\ntitle: T\nplan: |\n",
            "  text text text\n",
            1 << 19,
        ),
        ("comments without end", Expect::Ends, "id: A\ntitle: T\nstatus: planned\n", "# comment\n", 1 << 20),
        ("blank lines without end", Expect::Ends, "id: A\ntitle: T\nstatus: planned\n", "\n", 1 << 22),
        ("a key of a megabyte", Expect::Told, "id: A\ntitle: T\n", "k", 1 << 20),
    ] {
        inputs.push(input("Y7", name, expect, move |place| {
            place.repeat(FILE, head, piece, times, "");
        }));
    }
    inputs
}
