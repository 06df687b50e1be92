//! G10, G11, G13, G14, G15 and G18: objects that are broken, too large, of
//! another day, or not what they say.

use super::git::{HISTORY, MOVED, day, honest};
use crate::place::Place;
use crate::table::{Expect, Input, input};
use git2::{ObjectType, Repository};
use std::fs;
use std::path::PathBuf;

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [broken(), bombs(), dates(), authors()].into_iter().flatten().collect()
}

/// The file of a loose object.
fn loose(place: &Place, name: &str) -> PathBuf {
    let id = place.git(&["rev-parse", name]);
    place.at(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
}

fn overwritten(path: &PathBuf, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).expect("written");
}

/// What a broken object may come to: the rule's finding where enough was
/// readable, or not determined; never clean.
fn broken() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (what, name) in [
        ("the newest commit", "HEAD"),
        ("an older commit", "HEAD~2"),
        ("the first commit", "HEAD~4"),
        ("the newest tree", "HEAD^{tree}"),
        ("an older tree", "HEAD~2^{tree}"),
        ("a folder", "HEAD~1:actions"),
        ("the newest file", "HEAD:actions/a.yaml"),
        ("an older file", "HEAD~2:actions/a.yaml"),
        ("the first file", "HEAD~4:actions/a.yaml"),
    ] {
        for (how, act) in [
            ("gone", (|path: &PathBuf| fs::remove_file(path).expect("removed")) as fn(&PathBuf)),
            ("empty", |path| overwritten(path, b"")),
            ("garbage", |path| overwritten(path, b"garbage")),
            ("cut short", |path| {
                let bytes = fs::read(path).expect("there");
                overwritten(path, &bytes[..bytes.len() / 2]);
            }),
            ("longer", |path| {
                let bytes = fs::read(path).expect("there");
                overwritten(path, &[&bytes[..], b"more"].concat());
            }),
            ("a folder", |path| {
                fs::remove_file(path).expect("removed");
                fs::create_dir(path).expect("made");
            }),
            ("of another byte", |path| {
                let mut bytes = fs::read(path).expect("there");
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
                overwritten(path, &bytes);
            }),
        ] {
            inputs.push(
                input("G10", format!("{what} is {how}"), Expect::Told, move |place| {
                    honest(place);
                    act(&loose(place, name));
                })
                .typed(&HISTORY),
            );
        }
    }
    for at in 0..80 {
        inputs.push(
            input(
                "G10",
                format!("a pack with another byte, {at} eightieths in"),
                Expect::Told,
                move |place| {
                    honest(place);
                    place.git(&["repack", "-qad"]);
                    let packs = fs::read_dir(place.at(".git/objects/pack"))
                        .expect("listed")
                        .map(|entry| entry.expect("one").path());
                    let end = if at % 4 == 3 { "idx" } else { "pack" };
                    let pack = packs
                        .filter(|path| path.extension().is_some_and(|extension| extension == end))
                        .last()
                        .expect("a pack");
                    let mut bytes = fs::read(&pack).expect("there");
                    let place_in_it = bytes.len() * at / 80;
                    bytes[place_in_it] ^= 0x55;
                    overwritten(&pack, &bytes);
                },
            )
            .typed(&HISTORY),
        );
    }
    // A file under the id of another one: its content is checked by its hash.
    for (name, forged, by) in [
        ("a file", "HEAD:actions/a.yaml", "HEAD~1:actions/a.yaml"),
        ("a tree", "HEAD~1^{tree}", "HEAD~2^{tree}"),
        ("a commit", "HEAD~1", "HEAD~2"),
    ] {
        inputs.push(
            input("G18", format!("{name} under the id of another"), Expect::Told, move |place| {
                honest(place);
                let bytes = fs::read(loose(place, by)).expect("there");
                overwritten(&loose(place, forged), &bytes);
            })
            .typed(&["--rev", "main", "--select", MOVED]),
        );
    }
    inputs
}

/// Writes an object as it stands, without a look at it.
fn object(place: &Place, kind: ObjectType, bytes: &[u8]) -> String {
    let repository = Repository::open(&place.root).expect("opens");
    repository.odb().expect("has objects").write(kind, bytes).expect("written").to_string()
}

fn hex(id: &str) -> Vec<u8> {
    (0..20).map(|at| u8::from_str_radix(&id[at * 2..at * 2 + 2], 16).expect("hex")).collect()
}

/// Commits a tree as HEAD.
fn head(place: &Place, tree: &str) {
    let parent = place.git(&["rev-parse", "HEAD"]);
    let commit = format!(
        "tree {tree}\nparent {parent}\nauthor A <a@b> 1770500000 +0000\ncommitter A <a@b> 1770500000 +0000\n\nx\n"
    );
    let id = object(place, ObjectType::Commit, commit.as_bytes());
    place.put(".git/refs/heads/main", format!("{id}\n"));
}

/// G11.
fn bombs() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (levels, fan) in [(9, 10), (12, 10), (40, 2)] {
        for at in ["actions", "other", ""] {
            inputs.push(
                input(
                    "G11",
                    format!("{levels} levels of {fan} folders in {at:?}"),
                    Expect::Told,
                    move |place| {
                        honest(place);
                        let blob = hex(&place.git(&["rev-parse", "HEAD:actions/a.yaml"]));
                        let mut inner = ("100644", blob);
                        for _ in 0..levels {
                            let entry = |name: usize| {
                                [format!("{} {name:02}.yaml\0", inner.0).as_bytes(), &inner.1].concat()
                            };
                            let tree: Vec<u8> = (0..fan).flat_map(entry).collect();
                            inner = ("40000", hex(&object(place, ObjectType::Tree, &tree)));
                        }
                        let id: String = inner.1.iter().map(|byte| format!("{byte:02x}")).collect();
                        if at.is_empty() {
                            head(place, &id);
                        } else {
                            let tree = [format!("40000 {at}\0").as_bytes(), &inner.1].concat();
                            let tree = object(place, ObjectType::Tree, &tree);
                            head(place, &tree);
                        }
                    },
                )
                .typed(&["--rev", "main", "--select", MOVED])
                .ceiling(10.0, 1024),
            );
        }
    }
    for mebibytes in [33, 70, 300] {
        inputs.push(
            input("G11", format!("a file of {mebibytes} MiB of nothing"), Expect::Told, move |place| {
                honest(place);
                place.repeat("actions/b.yaml", "", &"\0".repeat(1 << 20), mebibytes, "");
                place.git(&["add", "."]);
                place.git(&["commit", "-qm", "x"]);
                fs::remove_file(place.at("actions/b.yaml")).expect("removed");
            })
            .typed(&["--rev", "main", "--select", MOVED])
            .ceiling(2.0, 256),
        );
    }
    for (name, entry) in [
        ("a name with a slash", "100644 a/b.yaml"),
        ("a name of dots", "100644 .."),
        ("a name .git", "40000 .git"),
        ("no name", "100644 "),
        ("a mode that is none", "777777 a.yaml"),
        ("a mode of letters", "abc a.yaml"),
        ("the same name twice", "100644 actions"),
        ("a name with a line end", "100644 a\nb.yaml"),
        ("a name with an escape", "100644 \u{1b}[31m.yaml"),
    ] {
        inputs.push(
            input("G11", format!("a tree with {name}"), Expect::Told, move |place| {
                honest(place);
                let blob = hex(&place.git(&["rev-parse", "HEAD:actions/a.yaml"]));
                let folder = hex(&place.git(&["rev-parse", "HEAD:actions"]));
                let tree = [format!("{entry}\0").as_bytes(), &blob, b"40000 actions\0", &folder].concat();
                let tree = object(place, ObjectType::Tree, &tree);
                head(place, &tree);
            })
            .typed(&["--rev", "main", "--select", MOVED]),
        );
    }
    inputs
}

/// A commit written byte by byte on top of the honest ones; the files are HEAD's,
/// with the date moved once more.
fn commit(place: &Place, author: &[u8], committer: &[u8], rest: &[u8]) {
    honest(place);
    let text = &day(9)[0].1;
    let blob = hex(&object(place, ObjectType::Blob, text.as_bytes()));
    let folder = hex(&object(place, ObjectType::Tree, &[b"100644 a.yaml\0", &blob[..]].concat()));
    let tree = object(place, ObjectType::Tree, &[b"40000 actions\0", &folder[..]].concat());
    let parent = place.git(&["rev-parse", "HEAD"]);
    let start = format!("tree {tree}\nparent {parent}\nauthor ");
    let whole = [start.as_bytes(), author, b"\ncommitter ", committer, rest].concat();
    let id = object(place, ObjectType::Commit, &whole);
    place.put(".git/refs/heads/main", format!("{id}\n"));
    place.put("actions/a.yaml", text);
}

/// G13 and G14.
fn dates() -> Vec<Input> {
    let mut inputs = Vec::new();
    let plain: &[u8] = b"A <a@b> 1770500000 +0000";
    for when in [
        "",
        " ",
        "0 +0000",
        "-1 +0000",
        "1 +0000",
        "9223372036854775807 +0000",
        "9223372036854775808 +0000",
        "99999999999999999999 +0000",
        "1770500000 +9999",
        "1770500000 -9999",
        "1770500000 +1400",
        "1770500000 +1401",
        "1770500000 -1200",
        "1770500000",
        "1770500000 +00000",
        "1770500000 0000",
        "1770500000 +00",
        "1770500000 --0700",
        "1770500000 UTC",
        "soon +0000",
        "1.5 +0000",
        "0x10 +0000",
        "1770500000 +0000 +0000",
        "4102444800 +0000",
        "32503680000 +0000",
        "253402300800 +0000",
        "1770500000\t+0000",
        "١٧٧٠٥٠٠٠٠٠ +0000",
        "1e9 +0000",
        "+1770500000 +0000",
    ] {
        inputs.push(
            input("G13", format!("the committer's date is {when:?}"), Expect::Told, move |place| {
                commit(place, plain, format!("A <a@b> {when}").as_bytes(), b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
        inputs.push(
            input("G13", format!("the author's date is {when:?}"), Expect::Told, move |place| {
                commit(place, format!("A <a@b> {when}").as_bytes(), plain, b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
    }
    for (name, author, committer) in [
        ("written before it was committed", 1_600_000_000_i64, 1_770_500_000_i64),
        ("committed before it was written", 1_790_000_000, 1_770_500_000),
        ("older than its parent", 1_700_000_000, 1_700_000_000),
        ("of the day after the judgement", 1_793_700_000, 1_793_700_000),
        ("of a far future", 4_000_000_000, 4_000_000_000),
        ("of the first second", 0, 0),
    ] {
        let line = |when: i64| format!("A <a@b> {when} +0000").into_bytes();
        inputs.push(
            input("G14", format!("a commit {name}"), Expect::Told, move |place| {
                commit(place, &line(author), &line(committer), b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
    }
    for minutes in ["+0000", "+1400", "-1200", "+0545"] {
        let line = format!("A <a@b> 1770500000 {minutes}");
        inputs.push(
            input("G14", format!("a commit in the zone {minutes}"), Expect::Found(MOVED), move |place| {
                commit(place, line.as_bytes(), line.as_bytes(), b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
    }
    inputs
}

/// G15.
fn authors() -> Vec<Input> {
    let mut inputs = Vec::new();
    let plain: &[u8] = b"A <a@b> 1770500000 +0000";
    for (name, who) in [
        ("no text", &b"\xff\xfe <\xff> 1770500000 +0000"[..]),
        ("Latin-1", b"J\xf6rg <j@x> 1770500000 +0000"),
        ("no name", b" <a@b> 1770500000 +0000"),
        ("no address", b"A 1770500000 +0000"),
        ("no end of the address", b"A <a@b 1770500000 +0000"),
        ("two addresses", b"A <a@b> <c@d> 1770500000 +0000"),
        ("a command", b"::error::x <::error::x> 1770500000 +0000"),
        ("an escape", b"\x1b[31mA <a@b> 1770500000 +0000"),
        ("markup", b"<script>alert(1)</script> <a@b> 1770500000 +0000"),
        ("nothing", b""),
        ("a NUL", b"A\0B <a@b> 1770500000 +0000"),
        ("a carriage return", b"A\rB <a@b> 1770500000 +0000"),
        ("right to left", b"A\xe2\x80\xaeB <a@b> 1770500000 +0000"),
        ("a formula", b"=1+1 <a@b> 1770500000 +0000"),
        ("a mention", b"@team <a@b> 1770500000 +0000"),
    ] {
        inputs.push(
            input("G15", format!("the author is {name}"), Expect::Told, move |place| {
                commit(place, who, plain, b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
        inputs.push(
            input("G15", format!("the committer is {name}"), Expect::Told, move |place| {
                commit(place, plain, who, b"\n\nx\n");
            })
            .typed(&HISTORY),
        );
    }
    let huge = [b"\n\n".to_vec(), b"m".repeat(5 << 20)].concat();
    let lines = [b"\n\n".to_vec(), b"::error::x\n".repeat(10_000)].concat();
    let headers = [b"\nx-header ".to_vec(), b"h".repeat(1 << 20), b"\n\nx\n".to_vec()].concat();
    let many = [b"\nx 1".repeat(50_000), b"\n\nx\n".to_vec()].concat();
    for (name, rest) in [
        ("a message of no text", b"\n\n\xff\xfe\0x\n".to_vec()),
        ("an encoding that is none", b"\nencoding x-none\n\nx\n".to_vec()),
        ("an encoding of Latin-1", b"\nencoding ISO-8859-1\n\n\xe4\n".to_vec()),
        ("no message", b"\n".to_vec()),
        ("no end of the head", Vec::new()),
        ("a message of five megabytes", huge),
        ("a message of commands", lines),
        ("a signature that is none", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n\nx\n".to_vec()),
        ("a header of a megabyte", headers),
        ("fifty thousand headers", many),
        ("a second tree", b"\ntree 1111111111111111111111111111111111111111\n\nx\n".to_vec()),
        ("a parent behind", b"\nparent 1111111111111111111111111111111111111111\n\nx\n".to_vec()),
    ] {
        inputs.push(
            input("G15", name, Expect::Told, move |place| commit(place, plain, plain, &rest)).typed(&HISTORY),
        );
    }
    inputs
}
