//! The tree against texts whose spans and losses are known.

use super::{Fault, NodeId, NodeKind, Style, Syntax, Tree, parse};
use crate::budget::Limits;
use crate::source::{SourceFile, Span};
use proptest::prelude::*;

fn tree_of(text: &str, syntax: Syntax) -> Tree {
    let file = SourceFile::new("records.yaml".into(), text);
    let end = u32::try_from(text.len()).expect("small");
    parse(&file, Span::new(0, end), syntax, &Limits::STANDARD)
}

fn yaml(text: &str) -> Tree {
    tree_of(text, Syntax::Yaml)
}

/// The tree as JSON-like text, to compare with what is wanted.
fn shown(tree: &Tree, node: NodeId) -> String {
    let lost = if tree.is_incomplete(node) { "…" } else { "" };
    match tree.kind(node) {
        NodeKind::Scalar(Style::Plain) => tree.text(node).to_owned(),
        NodeKind::Scalar(_) => format!("{:?}", tree.text(node)),
        NodeKind::Broken => "!".to_owned(),
        NodeKind::Sequence => {
            let items: Vec<_> = tree.items(node).map(|item| shown(tree, item)).collect();
            format!("[{}{lost}]", items.join(","))
        }
        NodeKind::Mapping => {
            let entries: Vec<_> = tree
                .entries(node)
                .map(|(key, value)| format!("{}:{}", tree.text(key), shown(tree, value)))
                .collect();
            format!("{{{}{lost}}}", entries.join(","))
        }
    }
}

fn all(tree: &Tree) -> String {
    tree.roots().iter().map(|root| shown(tree, *root)).collect::<Vec<_>>().join(" ")
}

fn faults(tree: &Tree) -> Vec<Fault> {
    tree.problems().iter().map(|problem| problem.fault).collect()
}

/// Every node of a tree, parents first.
fn nodes(tree: &Tree) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut open: Vec<NodeId> = tree.roots().iter().rev().copied().collect();
    while let Some(node) = open.pop() {
        found.push(node);
        open.extend(tree.items(node));
        open.extend(tree.entries(node).flat_map(|(key, value)| [key, value]));
    }
    found.sort_unstable();
    found
}

#[test]
fn the_span_of_a_value_is_what_an_editor_would_replace() {
    let cases: &[(&str, &str, &str)] = &[
        ("v: abc\n", "abc", "plain"),
        ("v: abc # why\n", "abc", "comment behind"),
        ("v: 'it''s'\r\nw: 1\r\n", "'it''s'", "single quotes, CRLF"),
        ("\u{feff}v: \"a\\tb\"\n", "\"a\\tb\"", "double quotes behind a byte order mark"),
        ("v: ä漢😀 x\n", "ä漢😀 x", "wide characters"),
        ("é: 1\nv: 漢字\n", "漢字", "wide characters before"),
        ("v: a\tb\n", "a\tb", "tab in a value"),
        ("v:\nw: 1\n", "", "left empty"),
        ("v: |\n  a\n  b\nw: 1\n", "|\n  a\n  b", "block with its header"),
        ("v: |- # note | here\n  a\n\n\nw: 1\n", "|- # note | here\n  a", "comment in the header"),
        ("v: &x >+\n  a\n\n  b\n\n", ">+\n  a\n\n  b", "folded, anchored, kept blank lines"),
        ("v: |\r\n  a\r\n  b\r\nw: 1\r\n", "|\r\n  a\r\n  b", "block with CRLF"),
        ("v: |\n", "|", "empty block"),
        ("v: |2\n   a\n", "|2\n   a", "indentation indicator"),
        ("v: a\n  b\n\n  c\nw: 1\n", "a\n  b\n\n  c", "plain text of several lines"),
        ("v: [a, 'b',\n  {c: d}]\nw: 1\n", "[a, 'b',\n  {c: d}]", "flow list"),
        ("v: {a: 1}\n", "{a: 1}", "flow mapping"),
        ("v:\n  a: 1\n  b: 2\nw: 3\n", "a: 1\n  b: 2", "block mapping ends at its last value"),
        ("v:\n  - a\n  - b # c\nw: 3\n", "- a\n  - b", "block list"),
        ("v:\n- a\n- b\nw: 3\n", "- a\n- b", "list that is not indented"),
        ("v: # c - d\n# - e\n-   a\n", "-   a", "list behind comments that hold hyphens"),
        ("v:\n- - a\n  - b\n", "- - a\n  - b", "list in a list"),
        ("v: &anchor abc\n", "abc", "anchor is not part of the value"),
        ("x: &a 1\nv: *a\n", "*a", "alias"),
        ("---\nv: abc\n...\n", "abc", "between document markers"),
    ];
    for (text, wanted, what) in cases {
        let tree = yaml(text);
        let value = tree.get(tree.roots()[0], "v").expect(what);
        assert_eq!(tree.file().slice(tree.span(value)), *wanted, "{what}");
        assert!(tree.problems().is_empty(), "{what}: {:?}", tree.problems());
    }
}

#[test]
fn texts_are_what_was_written_or_unescaped() {
    let cases = [
        ("v: 5.10", "5.10"),
        ("v: 'it''s'", "it's"),
        ("v: \"a\\u00e4\\n\"", "aä\n"),
        ("v: |\n  a\n  b\n", "a\nb\n"),
        ("v: >-\n  a\n  b\n", "a b"),
        ("v: a\n  b", "a b"),
        ("x: &a \"q\\\"\"\nv: *a", "q\""),
        ("v: ~", "~"),
        ("v:", ""),
    ];
    for (text, wanted) in cases {
        let tree = yaml(text);
        assert_eq!(tree.text(tree.get(tree.roots()[0], "v").expect(text)), wanted, "{text}");
    }
}

#[test]
fn an_anchored_block_in_a_list_keeps_its_own_header() {
    let tree = yaml("- a\n- &k|x !!str |\n  text\n-\n  - >\n    folded\n");
    let items: Vec<_> = tree.items(tree.roots()[0]).collect();
    assert_eq!(tree.file().slice(tree.span(items[1])), "|\n  text");
    let inner = tree.items(items[2]).next().expect("a nested item");
    assert_eq!(tree.file().slice(tree.span(inner)), ">\n    folded");
    assert_eq!(faults(&tree), [Fault::TagNotAllowed]);
}

#[test]
fn replacing_the_bytes_of_a_scalar_replaces_that_value_only() {
    let corpus = [
        "id: A-1\ntitle: 'x y'\nlist:\n- a\n- \"b\\n\"\nnested:\n  k: |\n    text\n\n  m: >-\n   folded\n   more\n",
        "- id: 漢\r\n  due: 2026-01-01 # c\r\n  t: |+\r\n    a\r\n\r\n- id: B\r\n  f: [1, 'two', {k: v}]\r\n",
        "\u{feff}---\na: plain\n  over lines\nb: &x anchored\nc: |2\n   keep\nd: last",
    ];
    for text in corpus {
        let tree = yaml(text);
        assert!(tree.problems().is_empty());
        let scalars = |tree: &Tree| -> Vec<NodeId> {
            nodes(tree).into_iter().filter(|node| matches!(tree.kind(*node), NodeKind::Scalar(_))).collect()
        };
        let before: Vec<_> = scalars(&tree).iter().map(|node| tree.text(*node).to_owned()).collect();
        for (at, node) in scalars(&tree).into_iter().enumerate() {
            for replacement in ["zz", "'q q'"] {
                let mut edited = text.to_owned();
                edited.replace_range(tree.span(node).range(), replacement);
                let tree = yaml(&edited);
                let after: Vec<_> = scalars(&tree).iter().map(|node| tree.text(*node).to_owned()).collect();
                let mut wanted = before.clone();
                wanted[at] = replacement.trim_matches('\'').to_owned();
                assert_eq!(after, wanted, "{edited:?}");
            }
        }
    }
}

#[test]
fn what_yaml_allows_and_a_record_does_not() {
    let cases: &[(&str, &[Fault], &str, &str)] = &[
        ("a: 1\na: 2", &[Fault::DuplicateKey], "a", "block"),
        ("\"a\": 1\na: 2", &[Fault::DuplicateKey], "a", "equal after unquoting"),
        ("x: {a: 1, 'a': 2}", &[Fault::DuplicateKey], "'a'", "flow"),
        ("a: &x [1]\nb: *x", &[Fault::AliasToACollection], "*x", "alias to a list"),
        ("a: &x [*x]", &[Fault::AliasToACollection], "*x", "alias to itself"),
        ("a: *nowhere", &[Fault::AnchorNotDefined], "*nowhere", "no anchor"),
        ("a: &x 1\n---\nb: *x", &[Fault::AnchorNotDefined], "*x", "anchor of another document"),
        ("x: &m 1\nb:\n  <<: *m\n  c: 1", &[Fault::MergeKey], "<<", "merge key"),
        ("a: !!binary aGk=", &[Fault::TagNotAllowed], "!!binary", "tag"),
        ("a: !include /etc/passwd", &[Fault::TagNotAllowed], "!include", "local tag"),
        ("? [a]\n: 1", &[Fault::KeyNotText], "[a]", "list as a key"),
        ("a:\n\tb: 1", &[Fault::TabIndentation], "\t", "tab"),
    ];
    for (text, wanted, at, what) in cases {
        let tree = yaml(text);
        assert_eq!(faults(&tree), *wanted, "{what}");
        let quoted = tree.file().slice(tree.problems()[0].span);
        assert!(quoted == *at || *what == "tab", "{what}: at {quoted:?}");
    }
    let merged = yaml("b:\n  <<: {c: 1}\n  d: 1");
    assert_eq!(all(&merged), "{b:{d:1…}}");
}

#[test]
fn a_node_is_small() {
    assert!(size_of::<super::tree::Node>() <= 24);
}

#[test]
fn a_quoted_merge_key_is_a_field_name() {
    assert!(yaml("'<<': 1").problems().is_empty());
}

#[test]
fn a_broken_record_does_not_lose_its_neighbours() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "- id: A\n  title: one\n- id: B\n  title: a: b\n  due: x\n- id: C\n",
            "[{id:A,title:one},{id:B,title:!,due:x…},{id:C}…]",
            "one field of one item",
        ),
        (
            "actions:\n  - id: A\n  - id: B\n    t: \"open\n  - id: C\n",
            "{actions:[{id:A},{id:B,t:!…},{id:C}…]…}",
            "open quote",
        ),
        (
            "actions:\n- id: A\n- id: [\n- id: C\nowner: x\n",
            "{actions:[{id:A},{id:!…},{id:C}…],owner:x…}",
            "open bracket",
        ),
        ("id: A\ntitle: a: b\ndue: x\n", "{id:A,title:!,due:x…}", "a field of a single record"),
        ("id: A\n---\nid: [\n---\nid: C\n", "{id:A} {id:!…} {id:C}", "one of several documents"),
        ("%YAML 1.2\n---\nid: A\n---\nx: 'y\n", "{id:A} {x:!…}", "directive"),
        (
            "- id: A\n  list:\n    - {k: 1}\n    - {k: 2\n    - {k: 3}\n",
            "[{id:A,list:[{k:1},{k:3}…]…}…]",
            "list in an item",
        ),
        ("- &a one\n- *a\n- 'x\n- *a\n", "[one,one,one…]", "anchors reach over pieces"),
        ("id: A\r\ntitle: a: b\r\ndue: x\r\n", "{id:A,title:!,due:x…}", "CRLF"),
        ("a: [\n", "{a:!…}", "nothing but a broken field"),
        ("'", "", "nothing at all"),
    ];
    for (text, wanted, what) in cases {
        let tree = yaml(text);
        assert_eq!(all(&tree), *wanted, "{what}: {:#?}", tree.problems());
        assert_eq!(tree.problems().len(), 1, "{what}: {:#?}", tree.problems());
    }
    let tree = yaml("- id: A\n- id: B\n  : : :\n  'x\n- id: C\n");
    assert!(tree.lost().iter().all(|lost| lost.first_line >= 2 && lost.last_line <= 4), "{:?}", tree.lost());
}

#[test]
fn a_lost_piece_says_which_lines() {
    let tree = yaml("- id: A\n- 'x: 1\n  y: 2\n- id: C\n");
    assert_eq!(all(&tree), "[{id:A},{y:2…},{id:C}…]");
    assert!(tree.problems()[0].message.unescaped().ends_with("line 2 is not read"));
    let tree = yaml("- id: A\n- 'x\n  y\n- id: C\n");
    assert_eq!(all(&tree), "[{id:A},{id:C}…]");
    let lost = tree.lost();
    assert_eq!((lost.len(), lost[0].first_line, lost[0].last_line), (1, 2, 3));
}

#[test]
fn comments_have_their_bytes() {
    let tree = yaml("# head\na: 1 # right\r\nb:\n  # inner\n  - c\n");
    let found: Vec<_> = tree.comments().iter().map(|span| tree.file().slice(*span)).collect();
    assert_eq!(found, ["# head", "# right", "# inner"]);
    let many = format!("a:\n{}  b: 1\n", "  # line\n".repeat(5000));
    assert!(yaml(&many).problems().is_empty(), "many comments in one place");
}

#[test]
fn json_is_read_strictly() {
    let good = [
        (
            "\u{feff}{\"a\": [1, -2.5e3, true, null], \"b\\u00e4\": \"\\ud83d\\ude00\"}",
            "{a:[1,-2.5e3,true,null],bä:\"😀\"}",
        ),
        ("[\n\t{\"a\":\t1}\n]\n", "[{a:1}]"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("", ""),
    ];
    for (text, wanted) in good {
        let tree = tree_of(text, Syntax::Json);
        assert!(tree.problems().is_empty(), "{text}: {:?}", tree.problems());
        assert_eq!(all(&tree), wanted);
    }
    let bad = [
        ("[1, 2,]", "]", "a comma stands"),
        ("{\"a\": 1,}", "}", "a comma stands"),
        ("{\"a\": NaN}", "N", "NaN"),
        ("{'a': 1}", "'", "a field name"),
        ("['a']", "'", "single quotes"),
        ("[1] // c", "/", "comments"),
        ("[1 /* c */]", "/", "comments"),
        ("{\"a\": 01}", "0", "this is not"),
        ("{\"a\": 1 \"b\": 2}", "\"", "a comma or }"),
        ("[1}", "}", "a bracket"),
        ("{} {}", "{", "a JSON file holds one"),
        ("[\"\\ud800\"]", "\\", "a backslash"),
        ("[\"a\nb\"]", "\n", "a control"),
        ("[1", "", "the file ends"),
    ];
    for (text, at, message) in bad {
        let tree = tree_of(text, Syntax::Json);
        assert_eq!(faults(&tree), [Fault::JsonSyntax], "{text}");
        let problem = &tree.problems()[0];
        assert_eq!(tree.file().slice(problem.span), at, "{text}");
        assert!(problem.message.unescaped().starts_with(message), "{text}: {:?}", problem.message);
    }
    let tree = tree_of("{\"actions\": [{\"id\": \"A\"}, {\"id\": \"B\", x}]}", Syntax::Json);
    assert_eq!(all(&tree), "{actions:[{id:\"A\"},{id:\"B\"…}…]…}", "what came before the fault stays");
    let tree = tree_of("{\"a\": 1, \"\\u0061\": 2}", Syntax::Json);
    assert_eq!(faults(&tree), [Fault::DuplicateKey]);
}

#[test]
fn hostile_texts_end_in_trees_no_larger_than_they_are() {
    let deep = |opening: &str, times: usize| opening.repeat(times);
    let mut bomb = String::from("a0: &a0 [x, x]\n");
    for level in 1..40 {
        let before = level - 1;
        bomb.push_str(&format!("a{level}: &a{level} [*a{before}, *a{before}]\n"));
    }
    let keys = (0..100_000).map(|key| format!("key{key}: v\n")).collect::<Vec<_>>().concat();
    let broken = (0..20_000).map(|item| format!("- id: I{item}\n  t: 'x\n")).collect::<Vec<_>>().concat();
    let staircase = (0..600).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<Vec<_>>().concat();
    let cases = [
        (deep("[", 100_000), "flow lists"),
        (deep("{a: ", 100_000), "flow mappings"),
        (deep("- ", 100_000), "block lists"),
        (deep("a: ", 100_000), "keys in one line"),
        (deep("? ", 100_000), "explicit keys"),
        (staircase, "block mappings"),
        (bomb, "alias bomb"),
        (keys, "many keys"),
        (broken, "many broken items"),
        (format!("a: {}", "x".repeat(1 << 20)), "long plain scalar"),
        (format!("a: \"{}", "x".repeat(1 << 20)), "long scalar that is not closed"),
        (format!("a: |\n{}", " x\n".repeat(300_000)), "long block"),
        (format!("{}: 1", "k".repeat(5000)), "long key"),
        (deep("---\n", 100_000), "many documents"),
        (deep("\n", 1 << 20), "blank lines"),
        (deep("#\n", 300_000), "comments"),
    ];
    for (text, what) in cases {
        for syntax in [Syntax::Yaml, Syntax::Json] {
            // Sizes at which a square would not end; what is counted is that the
            // tree never outgrows its text.
            let tree = tree_of(&text, syntax);
            assert!(tree.len() <= text.len() + 2, "{what}, {syntax:?}: {} nodes", tree.len());
        }
    }
    let small = Limits { nodes: 10, documents: 2, ..Limits::STANDARD };
    for text in ["[1,2,3,4,5,6,7,8,9,10,11]", "a: 1\n---\nb: 1\n---\nc: 1\n", "a: 1\n---\nb: '\n---\nc: 1\n"]
    {
        let file = SourceFile::new("a".into(), text);
        let tree =
            parse(&file, Span::new(0, u32::try_from(text.len()).expect("small")), Syntax::Yaml, &small);
        assert!(faults(&tree).contains(&Fault::LimitExceeded), "{text}");
        assert!(!tree.lost().is_empty(), "{text}: a limit says what is lost");
    }
}

/// Parents hold their children, everything lies in the file on character
/// borders, and every scalar can be read.
fn sound(tree: &Tree) {
    let text: &str = tree.file().text();
    for node in nodes(tree) {
        let span = tree.span(node);
        assert!(text.get(span.range()).is_some(), "{span:?} of {}", text.len());
        let inside = |inner: NodeId| {
            let inner = tree.span(inner);
            assert!(span.start <= inner.start && inner.end <= span.end, "{inner:?} in {span:?} of {text:?}");
        };
        tree.items(node).for_each(inside);
        for (key, value) in tree.entries(node) {
            inside(key);
            inside(value);
        }
        let _ = (tree.text(node), tree.shared_text(node));
    }
    for problem in tree.problems() {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}");
    }
    assert!(tree.lost().iter().all(|lost| text.get(lost.span.range()).is_some()));
}

const SEED: &str = "# head\n- id: A-1\n  title: 'it''s' # c\n  list: [a, \"b\\n\", {k: v}]\n  text: |-\n    one\n\n    two\n\
                    - id: &x 漢\n  same: *x\n  nested:\n  - a: 1\n    b:\n  -\n    - c\n---\nkey: >\n  folded\n  more\n\
                    plain: over\n  lines\n";

/// Texts near to real ones: a few edits of a seed.
fn near_yaml() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0..4usize, "[-:#&*!|>'\"%@`?,\\[\\]{} \n\r\tax1é]{0,3}");
    prop::collection::vec(edit, 0..6).prop_map(|edits| {
        let mut text = SEED.to_owned();
        for (at, length, insert) in edits {
            let start = text.floor_char_boundary(at.index(text.len().max(1)));
            let end = text.ceil_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, &insert);
        }
        text
    })
}

/// JSON and what is nearly JSON.
fn near_json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]?)?",
        any::<String>().prop_map(|text| serde_json::Value::String(text).to_string()),
        "[\"\\\\a/'u0dD8:,\\[\\]{}# ]{0,6}",
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((any::<u8>(), inner), 0..4).prop_map(|entries| {
                let entries: Vec<_> =
                    entries.iter().map(|(key, value)| format!("\"k{key}\" :\t{value}")).collect();
                format!("{{{}}}", entries.join(" ,\r\n"))
            }),
        ]
    })
}

fn as_json(tree: &Tree, node: NodeId) -> serde_json::Value {
    match tree.kind(node) {
        NodeKind::Scalar(Style::Plain) => serde_json::from_str(tree.text(node)).expect("a literal"),
        NodeKind::Scalar(_) => tree.text(node).into(),
        NodeKind::Sequence => tree.items(node).map(|item| as_json(tree, item)).collect(),
        _ => {
            tree.entries(node).map(|(key, value)| (tree.text(key).to_owned(), as_json(tree, value))).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_tree(text in near_yaml()) {
        sound(&yaml(&text));
        sound(&tree_of(&text, Syntax::Json));
    }

    #[test]
    fn json_agrees_with_another_reader(text in near_json()) {
        let tree = tree_of(&text, Syntax::Json);
        sound(&tree);
        let broken = faults(&tree).iter().any(|fault| *fault != Fault::DuplicateKey);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(value) if !faults(&tree).contains(&Fault::DuplicateKey) => {
                prop_assert!(!broken, "{:?}", tree.problems());
                prop_assert_eq!(as_json(&tree, tree.roots()[0]), value);
            }
            Ok(_) => prop_assert!(!broken),
            // Two differences are meant: an empty text is no fault, and a
            // number is judged where it is used.
            Err(error) => prop_assert!(broken || text.trim().is_empty() || error.to_string().contains("out of range"), "{}", error),
        }
    }

    #[test]
    fn a_replaced_scalar_changes_alone(text in near_yaml().prop_map(|text| text.replace(['&', '*'], "")), pick in any::<prop::sample::Index>()) {
        let tree = yaml(&text);
        let scalars = |tree: &Tree| -> Vec<NodeId> {
            nodes(tree).into_iter().filter(|node| matches!(tree.kind(*node), NodeKind::Scalar(_))).collect()
        };
        let before = scalars(&tree);
        // The anchor's target changes its aliases too, and an empty value
        // needs a space before what is put there.
        if !tree.problems().is_empty() || before.is_empty() || text.contains(['&', '*', '?', '!', '%']) {
            return Ok(());
        }
        let at = pick.index(before.len());
        if tree.span(before[at]).is_empty() {
            return Ok(());
        }
        let mut edited = text.clone();
        edited.replace_range(tree.span(before[at]).range(), "'replaced'");
        let after = yaml(&edited);
        let texts = |tree: &Tree| -> Vec<String> {
            scalars(tree).into_iter().map(|node| tree.text(node).to_owned()).collect()
        };
        let mut wanted = texts(&tree);
        wanted[at] = "replaced".to_owned();
        prop_assert_eq!(texts(&after), wanted, "{:?}", edited);
    }
}
