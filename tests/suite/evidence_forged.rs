//! `verify` names whatever was changed in a pack, and says where it cannot
//! know.

use super::checking::{clone, story};
use super::evidence::{pack, verify, whole_pack};
use super::outputs::ismslint;
use ismslint::evidence::{NAMES, Pack, STATEMENT, claimed, differences};
use ismslint::source::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % limit
    }
}

/// Flips one bit of one byte at a time, anywhere in the pack, and counts those
/// that are found. What the repository gives is built once; the comparison is
/// the program's. Where a flip changes what the manifest claims, the program
/// itself is run on it.
fn found_of(flips: usize, seed: u64) -> (usize, usize) {
    let whole = whole_pack();
    let built: Vec<(&'static str, Vec<u8>)> =
        NAMES.iter().map(|name| (*name, whole[*name].clone())).collect();
    assert!(differences(whole, &built).is_empty());
    let claims = |pack: &Pack| format!("{:?}", claimed(pack));
    let (bytes, known) = (built.iter().map(|(_, bytes)| bytes.len()).sum::<usize>(), claims(whole));
    let mut numbers = Numbers(seed);
    let (mut found, mut run) = (0, 0);
    for _ in 0..flips {
        let mut at = numbers.below(bytes);
        let (name, _) = built
            .iter()
            .find(|(_, bytes)| {
                let is_here = at < bytes.len();
                at -= if is_here { 0 } else { bytes.len() };
                is_here
            })
            .expect("within the pack");
        let mut changed = whole.clone();
        changed.get_mut(*name).expect("is there")[at] ^= 1 << numbers.below(8);
        let is_found = if claims(&changed) == known {
            differences(&changed, &built).iter().any(|difference| difference.file == *name)
        } else {
            run += 1;
            let ran = verify(&changed, story());
            ran.exit == 1 || (ran.exit == 3 && ran.err.contains("could not be determined"))
        };
        assert!(is_found, "{name} at {at}");
        found += 1;
    }
    (found, run)
}

#[test]
fn a_hundred_flipped_bytes_are_found() {
    assert_eq!(found_of(100, 7).0, 100);
}

#[test]
#[ignore = "takes minutes: cargo test --test suite two_thousand -- --ignored --nocapture"]
fn two_thousand_flipped_bytes_are_found() {
    let (found, run) = found_of(2000, 2027);
    println!("2000 flips: {found} found, {run} of them by a whole run of verify");
    assert_eq!(found, 2000);
}

#[test]
fn a_flip_in_what_a_manifest_claims_is_found_too() {
    let manifest = String::from_utf8(pack()["manifest.json"].clone()).expect("UTF-8");
    let mut numbers = Numbers(11);
    for claim in [
        "\"format\": 1",
        "\"version\": \"",
        "\"commit\": \"",
        "\"root\": \"",
        "\"day\": \"",
        "\"from\": \"",
        "\"to\": \"",
        "\"time_zone\": \"",
    ] {
        let at = manifest.find(claim).expect(claim) + claim.len() - 1;
        let mut changed = pack().clone();
        let bytes = changed.get_mut("manifest.json").expect("is there");
        bytes[at + usize::from(claim.ends_with('"'))] ^= 1 << numbers.below(3);
        let ran = verify(&changed, story());
        assert!(matches!(ran.exit, 1 | 3), "{claim}: {} {}{}", ran.exit, ran.out, ran.err);
    }
}

/// Sets a value in the manifest and writes it and the statement as the program
/// would, with every digest made again.
fn forge(pack: &mut Pack, set: impl FnOnce(&mut Value)) {
    let mut manifest: Value = serde_json::from_slice(&pack["manifest.json"]).expect("is JSON");
    set(&mut manifest);
    for output in manifest["outputs"].as_array_mut().expect("outputs") {
        let bytes = &pack[output["name"].as_str().expect("a name")];
        output["size"] = json!(bytes.len());
        output["sha256"] = json!(hex(&Sha256::digest(bytes)));
    }
    pack.insert("manifest.json".to_owned(), ismslint::escape::json(&manifest).into_bytes());
    let mut statement: Value = serde_json::from_slice(&pack[STATEMENT]).expect("is JSON");
    for about in statement["subject"].as_array_mut().expect("subjects") {
        if let Some(bytes) = pack.get(about["name"].as_str().expect("a name")) {
            about["digest"]["sha256"] = json!(hex(&Sha256::digest(bytes)));
        }
    }
    pack.insert(STATEMENT.to_owned(), ismslint::escape::json(&statement).into_bytes());
}

/// Writes another JSON file of a pack.
fn rewrite(pack: &mut Pack, name: &str, set: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&pack[name]).expect("is JSON");
    set(&mut value);
    pack.insert(name.to_owned(), ismslint::escape::json(&value).into_bytes());
}

#[test]
fn forgeries_of_what_was_asked_for_are_named() {
    let mut again = whole_pack().clone();
    forge(&mut again, |_| {});
    assert!(again == *whole_pack(), "a forgery differs in what it forges alone");
    let cases: [(&str, Forgery, &str); 7] = [
        (
            "a changed seed",
            |pack| forge(pack, |manifest| manifest["sample"]["seed"] = json!("another")),
            "manifest.json: /sample/drawn/2/id is",
        ),
        (
            "a record put into the sample, everywhere",
            |pack| {
                let drawn = |value: &mut Value| value["sample"]["drawn"][0]["id"] = json!("ACT-1");
                rewrite(pack, "evidence.json", drawn);
                forge(pack, drawn);
            },
            "manifest.json: /sample/drawn/0/id is \"ACT-1\" in the pack",
        ),
        (
            "a smaller sample",
            |pack| forge(pack, |manifest| manifest["sample"]["asked"] = json!(3)),
            "manifest.json: /sample/drawn has 12 items in the pack, the repository gives 3",
        ),
        (
            "a better past, everywhere",
            |pack| {
                rewrite(pack, "evidence.json", |document| {
                    document["over_time"]["moments"][0]["judged"]["errors"] = json!(0);
                });
                forge(pack, |_| {});
            },
            "evidence.json: /over_time/moments/0/judged/errors is 0 in the pack, the repository gives",
        ),
        (
            "a past that is left out",
            |pack| {
                pack.remove("compliance-over-time.csv");
                forge(pack, |manifest| {
                    manifest["over_time"] = json!(false);
                    let outputs = manifest["outputs"].as_array_mut().expect("outputs");
                    outputs.retain(|output| output["name"] != "compliance-over-time.csv");
                });
            },
            "manifest.json: /rerun",
        ),
        (
            "a statement about another commit",
            |pack| {
                rewrite(pack, STATEMENT, |statement| {
                    statement["subject"][0]["digest"]["gitCommit"] = json!("0".repeat(40));
                });
            },
            "statement.intoto.json: /subject/0/digest/gitCommit",
        ),
        (
            "a dropped statement",
            |pack| {
                pack.remove(STATEMENT);
            },
            "statement.intoto.json: it is missing",
        ),
    ];
    for (what, change, named) in cases {
        let mut changed = whole_pack().clone();
        change(&mut changed);
        let ran = verify(&changed, story());
        assert_eq!(ran.exit, 1, "{what}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(named), "{what}: {}", ran.out);
    }
}

fn replace(pack: &mut Pack, name: &str, old: &str, new: &str) {
    let text = String::from_utf8(pack[name].clone()).expect("UTF-8");
    assert!(text.contains(old), "{name} holds {old}");
    pack.insert(name.to_owned(), text.replacen(old, new, 1).into_bytes());
}

type Forgery = fn(&mut Pack);

#[test]
fn forgeries_with_every_hash_made_again_are_named() {
    forge(&mut pack().clone(), |_| {});
    let cases: [(&str, Forgery, &str); 9] = [
        (
            "a dropped file",
            |pack| {
                pack.remove("index.csv");
            },
            "index.csv: it is missing",
        ),
        (
            "an added file",
            |pack| {
                pack.insert("extra.html".to_owned(), b"x".to_vec());
            },
            "extra.html: no pack has such a file",
        ),
        (
            "a changed verdict",
            |pack| {
                replace(pack, "evidence.json", "10 errors, 2 warnings", "0 errors, 0 warnings");
                replace(pack, "evidence.html", "10 errors, 2 warnings", "0 errors, 0 warnings");
                forge(pack, |manifest| {
                    manifest["results"]["verdict"] = json!("clean");
                    manifest["results"]["fails"] = json!(0);
                });
                rewrite(pack, STATEMENT, |statement| statement["predicate"]["verdict"] = json!("clean"));
            },
            "manifest.json: /results/verdict is \"clean\" in the pack, the repository gives \"findings\"",
        ),
        (
            "an edited waiver",
            |pack| forge(pack, |manifest| manifest["waivers"][0]["reason"] = json!("Approved by the board")),
            "manifest.json: /waivers/0/reason",
        ),
        (
            "a dropped waiver",
            |pack| forge(pack, |manifest| manifest["waivers"] = json!([])),
            "manifest.json: /waivers has 0 items",
        ),
        (
            "a moved as-of",
            |pack| forge(pack, |manifest| manifest["as_of"]["day"] = json!("2026-11-30")),
            "evidence.json: /as_of",
        ),
        (
            "a swapped rules digest",
            |pack| forge(pack, |manifest| manifest["rules_digest"] = json!("0".repeat(64))),
            "manifest.json: /rules_digest",
        ),
        (
            "a shorter period",
            |pack| forge(pack, |manifest| manifest["period"]["from"] = json!("2026-05-01")),
            "manifest.json: /rerun",
        ),
        (
            "an author renamed",
            |pack| {
                forge(pack, |manifest| {
                    manifest["commits"][0]["author"] = json!("Somebody <else@example.org>");
                });
            },
            "manifest.json: /commits/0/author",
        ),
    ];
    for (what, change, named) in cases {
        let mut changed = pack().clone();
        change(&mut changed);
        let ran = verify(&changed, story());
        assert_eq!(ran.exit, 1, "{what}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(named), "{what}: {}", ran.out);
    }
}

#[test]
fn what_cannot_be_determined_is_neither_the_same_nor_different() {
    let mut older = pack().clone();
    forge(&mut older, |manifest| manifest["tool"]["version"] = json!("0.0.9"));
    let ran = verify(&older, story());
    assert!(ran.exit == 3 && ran.err.contains("use that version"), "{}{}", ran.out, ran.err);
    let mut unknown = pack().clone();
    forge(&mut unknown, |manifest| manifest["subject"]["commit"] = json!("0".repeat(40)));
    let ran = verify(&unknown, story());
    assert!(ran.exit == 3 && ran.err.contains("could not be determined"), "{}{}", ran.out, ran.err);
    let (_home, shallow) = clone(story(), &["--depth", "3"]);
    let ran = verify(pack(), &shallow);
    assert!(ran.exit == 3 && ran.err.contains("shallow"), "{}{}", ran.out, ran.err);
    // A pack that does not agree with itself differs, whatever the repository holds.
    let mut torn = pack().clone();
    replace(&mut torn, "index.csv", "glance", "glanze");
    assert_eq!(verify(&torn, &shallow).exit, 1);
    let ran = ismslint(story(), &["verify", "nowhere"]);
    assert_eq!(ran.exit, 2, "{}", ran.err);
    let mut headless = pack().clone();
    headless.remove("manifest.json");
    assert!(verify(&headless, story()).out.contains("manifest.json: it is missing"));
}
