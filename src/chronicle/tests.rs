//! Every kind of block, of line and of fault, on documents of a few lines.

use super::{Arrival, Chronicle, Fault, Mistake, Step};
use crate::budget::Limits;
use crate::source::{RepoPath, SourceFile};

fn parse(text: &str) -> Result<Chronicle, Mistake> {
    Chronicle::parse(&SourceFile::new("story.md".into(), text), &Limits::STANDARD)
}

fn replay(text: &str) -> Result<Vec<Step>, Mistake> {
    parse(text)?.replay(&Limits::STANDARD)
}

/// The files of a step as `path=text` with `|` for line ends.
fn files(step: &Step) -> String {
    let show = |(path, text): (&RepoPath, &Vec<u8>)| {
        format!("{}={}", path.shown(), String::from_utf8_lossy(text).trim_end().replace('\n', "|"))
    };
    step.files.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// A first commit with the files `a` (one, two, three) and `d/b` (B).
const START: &str =
    "# T\n\n## 2025-01-01 Ana <a@x>: Start\n\n```text a\none\ntwo\nthree\n```\n\n```text d/b\nB\n```\n\n";

/// START, and a second commit with `blocks`.
fn second(blocks: &str) -> String {
    format!("{START}## 2025-01-02 Ana: Second\n\n{blocks}\n")
}

#[test]
fn each_kind_of_block() {
    let cases = [
        ("```text a\nnew\n```", "a=new d/b=B", "writes a file anew"),
        (
            "~~~~ text c/d\n```\n~~~\n~~~~",
            "a=one|two|three c/d=```|~~~ d/b=B",
            "a longer fence holds shorter ones",
        ),
        ("```edit a\n one\n-two\n+2\n```", "a=one|2|three d/b=B", "replaces a line"),
        ("```edit a\n-one\n@@\n-three\n+3\n+4\n```", "a=two|3|4 d/b=B", "two places"),
        ("```edit a\n three\n+four\n```", "a=one|two|three|four d/b=B", "adds behind the last line"),
        ("```append a\n\nfour\n```", "a=one|two|three||four d/b=B", "adds at the end"),
        ("```delete a\n```", "d/b=B", "deletes a file"),
        ("```delete d/\n```", "a=one|two|three", "deletes a folder"),
        ("```move a -> e/f\n```", "d/b=B e/f=one|two|three", "moves a file"),
        ("```move d/ -> e/\n```", "a=one|two|three e/b=B", "moves a folder"),
        (
            "```move a -> a2\n```\n```text a/x\nx\n```",
            "a/x=x a2=one|two|three d/b=B",
            "a file becomes a folder",
        ),
        (
            "```yaml\nid: 1\n```\n\n    ```text a\n    no\n    ```",
            "a=one|two|three d/b=B",
            "illustrations change nothing",
        ),
    ];
    for (blocks, expected, word) in cases {
        let steps = replay(&second(blocks)).unwrap_or_else(|mistake| panic!("{word}: {mistake:?}"));
        assert_eq!(files(&steps[1]), expected, "{word}");
        assert_eq!(steps[1].parents, [0], "{word}");
    }
}

#[test]
fn each_fault_in_a_block_is_told_with_its_line() {
    let path = RepoPath::from;
    let cases = [
        ("```text a\n", 17, Fault::FenceNotClosed, "an open fence"),
        (
            "```text ../a\n```",
            17,
            Fault::BadPath("../a".into(), "`.`, `..` and `.git` are no names"),
            "climbs out",
        ),
        (
            "```text .GIT/config\n```",
            17,
            Fault::BadPath(".GIT/config".into(), "`.`, `..` and `.git` are no names"),
            "git's own",
        ),
        ("```text /a\n```", 17, Fault::BadPath("/a".into(), "a part of it is empty"), "absolute"),
        ("```move a\n```", 17, Fault::BadMove, "no arrow"),
        ("```move d/ -> e\n```", 17, Fault::BadMove, "a folder to a file"),
        ("```delete a\none\n```", 17, Fault::TextInBlock, "text that would be lost"),
        ("```edit a\none\n```", 17, Fault::EditLine("one".into()), "no mark"),
        ("```edit a\n+four\n```", 17, Fault::EditWithoutPlace, "only an addition"),
        ("```edit a\n one\n```", 17, Fault::EditWithoutPlace, "no change"),
        ("```edit aa\n-one\n```", 17, Fault::NoSuchFile(path("aa"), None), "far from every name"),
        ("```append d/c\nx\n```", 17, Fault::NoSuchFile(path("d/c"), Some(path("d/b"))), "near another"),
        ("```delete x/\n```", 17, Fault::NoSuchFile(path("x"), None), "no such folder"),
        ("```move a -> d/b\n```", 17, Fault::AlreadyThere(path("d/b")), "target in the way"),
        ("```text a/b\nx\n```", 17, Fault::FileAndFolder(path("a")), "a file as folder"),
        ("```text d\nx\n```", 17, Fault::FileAndFolder(path("d")), "a folder as file"),
        (
            "```edit a\n-threee\n```",
            17,
            Fault::NotInFile(path("a"), Some("threee".into()), Some("three".into())),
            "misspelt",
        ),
        ("```edit a\n-wo\n```", 17, Fault::NotInFile(path("a"), Some("wo".into()), None), "half a line"),
        ("```edit a\n-one\n-three\n```", 17, Fault::NotInFile(path("a"), None, None), "not in sequence"),
        ("```append a\none\n```\n```edit a\n-one\n```", 20, Fault::NotUnique(path("a")), "twice"),
        (
            "```text a\nb\nab\nb\nab\nb\n```\n```edit a\n-b\n-ab\n-b\n+x\n```",
            24,
            Fault::NotUnique(path("a")),
            "twice, overlapping",
        ),
    ];
    for (blocks, line, fault, word) in cases {
        let mistake = replay(&second(blocks)).expect_err(word);
        assert_eq!(mistake.fault, fault, "{word}");
        assert_eq!(mistake.place.file.position(mistake.place.span.start).line, line, "{word}");
        assert!(!mistake.fault.fix().is_empty() && !mistake.fault.message().unescaped().contains('\n'));
    }
}

#[test]
fn each_fault_outside_blocks() {
    let on = "## 2025-01-02 Ana: Two\non x\n\n";
    let cases = [
        ("```text a\n```".to_owned(), Fault::ChangeBeforeCommit, "before every commit"),
        ("As of 2025-13-01.".to_owned(), Fault::NotADate("2025-13-01".into()), "no such month"),
        (
            format!("{START}## Why\n"),
            Fault::NotACommit("it does not begin with a date"),
            "a heading of prose",
        ),
        (
            second("").replace("Second\n", "Second\nmerge 2025-01-03 by Ana\n"),
            Fault::UnknownLine("merge".into(), Some("merged")),
            "misspelt",
        ),
        (
            second("").replace("Second\n", "Second\nSome prose\n"),
            Fault::UnknownLine("Some".into(), None),
            "prose without a gap",
        ),
        (second("").replace("Second\n", "Second\non x\nmerges x\n"), Fault::TwoArrivals, "two arrivals"),
        (
            second("").replace("Second\n", "Second\nmerged soon by Ana\n"),
            Fault::NotADate("soon by Ana".into()),
            "no day",
        ),
        (format!("{START}{on}"), Fault::NeverMerged("x".into()), "a loose end"),
        (
            format!("{START}{on}## 2025-01-03 Ana: M\nmerges xy\n"),
            Fault::UnknownBranch("xy".into(), Some("x".into())),
            "misspelt branch",
        ),
        ("## 2025-01-03 Ana <a@x>: M\non x\n".to_owned(), Fault::NoMainLine, "a branch from nothing"),
        (
            format!(
                "{START}{on}```text a\nX\n```\n## 2025-01-03 Ana: O\n```append a\nY\n```\n## 2025-01-04 Ana: M\nmerges x\n"
            ),
            Fault::MergeConflict("a".into()),
            "both sides changed it",
        ),
    ];
    for (text, fault, word) in cases {
        assert_eq!(replay(&text).expect_err(word).fault, fault, "{word}");
    }
}

#[test]
fn limits_are_met_before_memory_is_spent() {
    let file = SourceFile::new("story.md".into(), second("```edit a\n-one\n```"));
    let small = Limits { policy_bytes: 10, ..Limits::STANDARD };
    assert_eq!(Chronicle::parse(&file, &small).expect_err("too long").fault, Fault::TooLong(10));
    let small = Limits { chronicle_bytes: 200, ..Limits::STANDARD };
    let told = Chronicle::parse(&file, &small).expect("parses");
    assert_eq!(told.replay(&small).expect_err("too much").fault, Fault::TooMuch(200));
}

#[test]
fn head_of_a_document() {
    let told = parse("# The story\n\nAs of 2026-11-02.\n\n# Not this\n").unwrap();
    assert_eq!(
        (told.title.as_str(), told.as_of.map(|day| day.to_string())),
        ("The story", Some("2026-11-02".into()))
    );
    let both = told.then(parse("## 2025-01-01 A <a@x>: One\n").unwrap());
    assert_eq!((both.commits.len(), both.title.as_str(), both.as_of.is_some()), (1, "The story", true));
}

#[test]
fn a_merge_of_one_commit_arrives_later() {
    let text = second("```append a\nfour\n```").replace(
        "Second\n",
        "Second\ncommitted 2025-01-03 by Jon <j@x>\nmerged 2025-01-05 09:00 +01:00 by Jon: Merge it\n",
    );
    let steps = replay(&text).unwrap();
    assert_eq!(
        steps.iter().map(|step| step.parents.clone()).collect::<Vec<_>>(),
        [vec![], vec![0], vec![0, 1]]
    );
    assert_eq!((steps[1].author.who.name.as_str(), steps[1].committer.who.name.as_str()), ("Ana", "Jon"));
    assert_eq!(steps[1].committer.seconds - steps[1].author.seconds, 86_400);
    assert_eq!((steps[2].message.as_str(), steps[2].author.offset_minutes), ("Merge it\n", 60));
    assert_eq!(files(&steps[2]), files(&steps[1]));
}

#[test]
fn a_branch_is_merged_with_what_the_main_line_did_meanwhile() {
    let text = format!(
        "{START}## 2025-01-02 Jon <j@x>: B1\non topic\n\n```edit a\n-two\n+2\n```\n\n\
         ## 2025-01-03 Ana: Main\n\n```append a\nfour\n```\n\n\
         ## 2025-01-04 Jon: B2\non topic\n\n```move d/b -> c\n```\n\n\
         ## 2025-01-05 Ana: Merge topic\nmerges topic\n\n```append c\nalso\n```\n"
    );
    let steps = replay(&text).unwrap();
    let parents: Vec<_> = steps.iter().map(|step| step.parents.clone()).collect();
    assert_eq!(parents, [vec![], vec![0], vec![0], vec![1], vec![2, 3]]);
    assert_eq!(files(&steps[3]), "a=one|2|three c=B", "the branch does not see the main line");
    assert_eq!(files(&steps[4]), "a=one|2|three|four c=B|also", "the merge has both, and its own change");
}

#[test]
fn the_same_text_with_other_line_ends_tells_the_same() {
    let text = second("```edit a\n one\n-two\n+2\n```");
    let unix = replay(&text).unwrap();
    let dos = replay(&text.replace('\n', "\r\n")).unwrap();
    assert_eq!(files(&unix[1]), files(&dos[1]));
    assert_eq!(parse(&text).unwrap().commits[1].arrival, Arrival::Direct);
}

proptest::proptest! {
    /// Whatever a document holds, it is told or refused; it never panics.
    #[test]
    fn no_document_panics(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "## 2025-01-02 Ana <a@x>: B\n", "on x\n", "merges x\n", "merged 2025-01-03 by Ana\n", "\n", "```", "~~~",
        "text a\n", "edit a\n", "append a\n", "move a -> b\n", "move d/ -> a/\n", "delete d/\n", "-one\n", "+ö\n",
        " two\n", "@@\n", "\r", "ö", "As of 2025-01-01", "```\n", "## ", "-", " -> ", "/", "\u{feff}",
    ]), 0..60)) {
        let text = format!("{START}{}", pieces.concat());
        if let Err(mistake) = replay(&text) {
            assert!(!mistake.fault.message().unescaped().is_empty());
        }
    }
}
