//! Repositories that the writer makes are repositories to git.

#![expect(clippy::disallowed_methods, reason = "written bytes are compared")]

use crate::git_cli::{store, text};
use ismslint::git::write::{Files, Person, Writer};
use ismslint::git::{Head, Instant, Oid};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn files(pairs: &[(&str, &str)]) -> Files {
    pairs.iter().map(|(path, content)| ((*path).into(), content.as_bytes().to_vec())).collect()
}

fn person(name: &str, seconds: i64) -> Person<'_> {
    Person { name, email: "ana@example.org", when: Instant { seconds, offset_minutes: -90 } }
}

/// Two commits, a side branch and a merge; the last commit is checked out.
fn write(root: &Path) -> std::io::Result<Oid> {
    let mut writer = Writer::create(root)?;
    let one = files(&[("a", "1\n"), ("a.b/x", "1\n"), ("b/c/d.yaml", "id: d\n"), ("b.yaml", "")]);
    let mut two = one.clone();
    two.remove(&"a".into());
    two.insert("a/inner.yaml".into(), vec![b'x'; 200_000]);
    let first = writer.commit(&one, &[], person("Ana", 1_700_000_000), person("Bo", 1_700_000_001), "one")?;
    let side =
        writer.commit(&two, &[first], person("Çı", 1_700_000_002), person("Bo", 1_700_000_003), "two")?;
    let merge = writer.commit(
        &two,
        &[first, side],
        person("Bo", 1_700_000_004),
        person("Bo", 1_700_000_005),
        "m\n\nb",
    )?;
    writer.branch("main", merge)?;
    writer.branch("side/two", side)?;
    writer.tag("v1", first)?;
    writer.checkout(&two)?;
    Ok(merge)
}

fn bytes(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>, root: &Path) {
    for entry in fs::read_dir(folder).expect("listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            bytes(&path, found, root);
        } else {
            let name = path.strip_prefix(root).expect("below").to_path_buf();
            found.insert(name, fs::read(&path).expect("read"));
        }
    }
}

#[test]
fn what_is_written_is_a_clean_repository() {
    let home = tempfile::tempdir().expect("a folder");
    let root = home.path().join("demo");
    let merge = write(&root).expect("written");
    assert_eq!(text(&root, &["fsck", "--full", "--strict"]), "");
    assert_eq!(text(&root, &["status", "--porcelain"]), "", "the index and the files agree with HEAD");
    assert_eq!(
        text(&root, &["rev-parse", "HEAD", "side/two", "v1"]).lines().next(),
        Some(&*merge.to_string())
    );
    assert_eq!(
        text(&root, &["log", "-1", "--format=%an|%ad|%s|%b", "--date=iso", "side/two"]),
        "Çı|2023-11-14 20:43:22 -0130|two|"
    );
    assert_eq!(store(&root).head(), Head::Commit { id: merge, branch: Some("main".into()) });
    let line = store(&root).first_parent_line(merge);
    assert_eq!(line.steps.len(), 2);
    let changes = store(&root)
        .changes(Some(line.steps[0].tree), Some(line.steps[1].tree), &"".into(), &|_| true)
        .expect("readable");
    let paths: Vec<String> = changes.iter().map(|change| change.path.shown()).collect();
    assert_eq!(paths, ["a", "a/inner.yaml"], "a file became a folder");
}

#[test]
fn equal_input_gives_equal_bytes() {
    let home = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one", "two"].map(|name| {
        let root = home.path().join(name);
        write(&root).expect("written");
        let mut found = BTreeMap::new();
        bytes(&root, &mut found, &root);
        found
    });
    assert!(one.len() > 15);
    assert!(one == two);
}

#[test]
fn what_cannot_be_a_repository_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::create(home.path()).expect("made");
    assert!(Writer::create(home.path()).is_err(), "there is one already");
    let who = person("Ana", 1_700_000_000);
    for (pairs, why) in [
        (&[("a", ""), ("a/b", "")][..], "a file and a folder"),
        (&[("../x", "")][..], "climbs"),
        (&[("a/.GIT/config", "")][..], "into git's folder"),
        (&[("/etc/x", "")][..], "absolute"),
    ] {
        assert!(writer.commit(&files(pairs), &[], who, who, "m").is_err(), "{why}");
    }
    let forged = person("A> 1 +0000\nparent x <", 1);
    assert!(writer.commit(&files(&[]), &[], forged, who, "m").is_err(), "a name that forges a header");
}
