//! Whether a pack is what the repository gives: read what it claims to be made
//! from, and name every difference to what was built again.
//!
//! Bytes decide; the comparison of values only tells where to look.

use super::{Asked, MANIFEST, NAMES, Output, Period, STATEMENT, Sampling, manifest};
use crate::escape::Raw;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The files of a pack as they were found, by name.
pub type Pack = BTreeMap<String, Vec<u8>>;

/// Differences told for one file; the rest is counted.
const TOLD: usize = 20;
/// Characters of a value that are quoted.
const QUOTED: usize = 120;

/// What a manifest says that a pack was made from.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The commit; not yet looked for.
    pub commit: String,
    /// The root of the ISMS in the repository.
    pub root: String,
    /// The period, the day of judgement and what else was asked for.
    pub asked: Asked,
    /// The version of the program.
    pub version: String,
    /// Whether the whole history was there.
    pub complete: bool,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file of the pack.
    pub file: String,
    /// What differs, and how.
    pub what: Raw,
}

impl Difference {
    fn new(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), what: Raw::from(what.into()) }
    }
}

/// What the manifest of a pack claims.
///
/// # Errors
/// When there is no manifest that can be read as one.
pub fn claimed(pack: &Pack) -> Result<Claimed, Difference> {
    let name = MANIFEST;
    let wrong = |what: &str| Difference::new(name, what);
    let bytes = pack.get(name).ok_or_else(|| wrong("it is missing"))?;
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| wrong(&format!("it is no JSON: {error}")))?;
    let text = |pointer: &str| {
        let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| wrong(&format!("{pointer} is missing, or is no text")))
    };
    if value["format"] != 1 {
        return Err(wrong("its `format` is not 1, the only one that this version reads"));
    }
    let day = |pointer: &str| {
        let text = text(pointer)?;
        crate::kind::date::date(&text).ok_or_else(|| wrong(&format!("{pointer} is no date")))
    };
    let period = Period { from: day("/period/from")?, to: day("/period/to")? };
    if period.to < period.from {
        return Err(wrong("/period ends before it begins"));
    }
    let sampling = match &value["sample"] {
        Value::Null => None,
        sample => {
            let size = sample["asked"].as_u64().and_then(|size| usize::try_from(size).ok());
            let size = size.ok_or_else(|| wrong("/sample/asked is missing, or is no count"))?;
            Some(Sampling { size, seed: text("/sample/seed")? })
        }
    };
    Ok(Claimed {
        commit: text("/subject/commit")?,
        root: text("/subject/root")?,
        asked: Asked {
            period,
            as_of: day("/as_of/day")?,
            over_time: value["over_time"] == Value::Bool(true),
            sampling,
        },
        version: text("/tool/version")?,
        complete: value.pointer("/history/complete") == Some(&Value::Bool(true)),
    })
}

/// What is wrong with a pack by itself: files that are missing or that no pack
/// has, and digests that are not those of the files.
pub fn inner_differences(pack: &Pack) -> Vec<Difference> {
    let mut found = Vec::new();
    let manifest = pack.get(MANIFEST).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let outputs = manifest.as_ref().and_then(|manifest| manifest["outputs"].as_array());
    let named = outputs.into_iter().flatten().filter_map(|output| output["name"].as_str());
    let named: BTreeSet<&str> = named.chain([MANIFEST, STATEMENT]).collect();
    for name in named.iter().filter(|name| !pack.contains_key(**name)) {
        found.push(Difference::new(name, "it is missing"));
    }
    for name in pack.keys().filter(|name| !named.contains(name.as_str())) {
        let what = if NAMES.contains(&name.as_str()) {
            "the manifest does not name it"
        } else {
            "no pack has such a file"
        };
        found.push(Difference::new(name, what));
    }
    for output in outputs.into_iter().flatten() {
        let (Some(name), Some(sha256)) = (output["name"].as_str(), output["sha256"].as_str()) else {
            continue;
        };
        if pack.get(name).is_some_and(|bytes| manifest::digest(bytes) != sha256) {
            found.push(Difference::new(name, "its digest is not the one that manifest.json names"));
        }
    }
    found.extend(unstated(pack));
    found
}

/// Files whose digest is not the one of the statement.
fn unstated(pack: &Pack) -> Vec<Difference> {
    let statement = pack.get(STATEMENT).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let about = statement.as_ref().and_then(|statement| statement["subject"].as_array());
    let about = about.into_iter().flatten().filter_map(|about| {
        let bytes = pack.get(about["name"].as_str()?)?;
        (about["digest"]["sha256"].as_str()? != manifest::digest(bytes)).then(|| about["name"].as_str())?
    });
    about
        .map(|name| Difference::new(name, format!("its digest is not the one that {STATEMENT} names")))
        .collect()
}

/// Every difference between a pack and what the repository gives.
pub fn differences(pack: &Pack, built: &[Output]) -> Vec<Difference> {
    let mut found = inner_differences(pack);
    let is_built = |name: &str| built.iter().any(|(known, _)| *known == name);
    for name in pack.keys().filter(|name| NAMES.contains(&name.as_str()) && !is_built(name)) {
        found.push(Difference::new(name, "the repository gives no such file"));
    }
    for (name, expected) in built {
        let Some(bytes) = pack.get(*name) else {
            let missing = Difference::new(name, "it is missing");
            if !found.contains(&missing) {
                found.push(missing);
            }
            continue;
        };
        if bytes == expected {
            continue;
        }
        let before = found.len();
        if is_json(name)
            && let (Ok(claimed), Ok(built)) =
                (serde_json::from_slice(bytes), serde_json::from_slice(expected))
        {
            let mut told = Vec::new();
            compare("", &claimed, &built, &mut told);
            let more = told.len().saturating_sub(TOLD);
            found.extend(told.into_iter().take(TOLD).map(|what| Difference::new(name, what)));
            if more > 0 {
                found.push(Difference::new(name, format!("and {more} more differences")));
            }
        }
        if found.len() == before {
            found.push(Difference::new(name, first_difference(bytes, expected)));
        }
    }
    found
}

fn is_json(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "json")
}

/// The differences of two values, each with where it stands. The depth is that
/// of a file that was parsed within the limit of the parser.
fn compare(at: &str, claimed: &Value, built: &Value, told: &mut Vec<String>) {
    match (claimed, built) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            // What stands at this level comes before what lies deeper.
            let (deep, flat): (Vec<_>, Vec<_>) = keys
                .into_iter()
                .partition(|key| [one, other].iter().any(|map| map.get(*key).is_some_and(is_deep)));
            for key in flat.into_iter().chain(deep) {
                let at = format!("{at}/{key}");
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => compare(&at, one, other, told),
                    (Some(_), None) => {
                        told.push(format!("{at} is in the pack, and the repository gives no such thing"));
                    }
                    (None, _) => told.push(format!("{at} is missing in the pack")),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            if one.len() != other.len() {
                told.push(format!(
                    "{at} has {} items in the pack, the repository gives {}",
                    one.len(),
                    other.len()
                ));
            }
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{at}/{index}"), one, other, told);
            }
        }
        (claimed, built) if claimed != built => {
            told.push(format!(
                "{at} is {} in the pack, the repository gives {}",
                quoted(claimed),
                quoted(built)
            ));
        }
        _ => {}
    }
}

fn is_deep(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn quoted(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= QUOTED {
        return text;
    }
    text.chars().take(QUOTED).chain("…".chars()).collect()
}

/// Where two texts part.
fn first_difference(bytes: &[u8], expected: &[u8]) -> String {
    let at = bytes.iter().zip(expected).take_while(|(one, other)| one == other).count();
    let line = expected[..at].split(|byte| *byte == b'\n').count();
    let around = |bytes: &[u8]| {
        let part = &bytes[at.saturating_sub(20).min(bytes.len())..(at + 20).min(bytes.len())];
        format!("{:?}", String::from_utf8_lossy(part))
    };
    format!(
        "line {line}, byte {at}: {} in the pack, the repository gives {}; {} and {} bytes long",
        around(bytes),
        around(expected),
        bytes.len(),
        expected.len()
    )
}

#[cfg(test)]
mod tests {
    use super::{compare, first_difference};
    use serde_json::json;

    #[test]
    fn differences_are_named_by_their_place() {
        let mut told = Vec::new();
        compare(
            "",
            &json!({"a": [1, {"b": "x"}], "c": 1}),
            &json!({"a": [1, {"b": "y"}, 2], "d": 1}),
            &mut told,
        );
        let expected = [
            "/c is in the pack, and the repository gives no such thing",
            "/d is missing in the pack",
            "/a has 2 items in the pack, the repository gives 3",
            "/a/1/b is \"x\" in the pack, the repository gives \"y\"",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn texts_are_compared_to_the_end() {
        assert!(first_difference(b"a\nbc", b"a\nbd").starts_with("line 2, byte 3"));
        assert!(first_difference(b"", b"x").starts_with("line 1, byte 0"));
        assert!(first_difference(b"abc", b"ab").starts_with("line 1, byte 2"));
    }
}
