//! Lists the files of `rules/` for the catalogue, so that a rule is a file and
//! nothing else: no list to keep in step. Hands on the commit that the build is
//! told to come from.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

/// The commit that is built: who releases sets it, and a plain build has none.
/// No git is asked, so a build needs none and equal sources give equal bytes.
const COMMIT: &str = "ISMSLINT_COMMIT";

#[expect(clippy::disallowed_methods, reason = "a build script reads the sources")]
fn main() {
    println!("cargo:rerun-if-env-changed={COMMIT}");
    let commit = env::var(COMMIT).unwrap_or_default();
    let whole = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(whole || commit.is_empty(), "{COMMIT} is the full id of a commit");
    println!("cargo:rustc-env={COMMIT}={}", if whole { &commit } else { "unknown" });
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let rules = root.join("rules");
    println!("cargo:rerun-if-changed={}", rules.display());
    let mut names: Vec<String> = fs::read_dir(&rules)
        .expect("the folder `rules` is part of the sources")
        .map(|entry| entry.expect("can be listed").file_name().into_string().expect("rule ids are ASCII"))
        .filter(|name| PathBuf::from(name).extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    names.sort();
    let mut list =
        String::from("/// The rule files: name and text, by name.\nstatic RULES: &[(&str, &str)] = &[\n");
    for name in names {
        let path = rules.join(&name);
        println!("cargo:rerun-if-changed={}", path.display());
        let _ = writeln!(list, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("rules.rs"), list).expect("the build folder can be written");
}
