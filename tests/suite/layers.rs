//! The architecture, read from the sources: the order of the modules, their
//! headers, and the crates that only one of them may name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("can be listed") {
        let path = entry.expect("can be listed").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file of the library with the name of its top module, without
/// the unit tests at its end.
fn modules() -> Vec<(String, PathBuf, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.sort();
    files
        .into_iter()
        .filter(|path| !["lib.rs", "main.rs", "build.rs"].iter().any(|name| src.join(name) == **path))
        .map(|path| {
            let below = path.strip_prefix(&src).expect("below src");
            let first = below.components().next().expect("has a part").as_os_str();
            let module = Path::new(first).file_stem().expect("has a stem").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("is text");
            (module, path, text)
        })
        .collect()
}

/// The order, from the list in `src/lib.rs`.
fn order() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("is text");
    let list = text.split("```text").nth(1).and_then(|rest| rest.split("```").next()).expect("has the list");
    list.lines()
        .filter_map(|line| line.trim_start_matches("//!").split_whitespace().next().map(str::to_owned))
        .collect()
}

/// The top modules that a text names by `crate::`.
fn used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let names = group.split('}').next().unwrap_or_default().split(',');
            used.extend(names.map(|name| name.trim().split("::").next().unwrap_or_default().to_owned()));
        } else {
            used.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    used
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn each_module_uses_only_those_above_it() {
    let order = order();
    let rank: BTreeMap<&str, usize> =
        order.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let modules = modules();
    let named: BTreeSet<&str> = modules.iter().map(|(module, ..)| module.as_str()).collect();
    assert_eq!(named, rank.keys().copied().collect(), "the list in src/lib.rs names every module");
    for (module, path, text) in &modules {
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        for other in used(without_tests(text)) {
            let Some(above) = rank.get(other.as_str()) else { continue };
            assert!(
                *above <= rank[module.as_str()],
                "{} uses `{other}`, which stands below `{module}`",
                path.display()
            );
        }
    }
}

#[test]
fn each_file_says_what_it_is_for() {
    for (_, path, text) in modules() {
        assert!(text.starts_with("//! "), "{} has no opening paragraph", path.display());
    }
}

#[test]
fn only_a_publication_that_was_asked_for_is_sent() {
    for (_, path, text) in &modules() {
        let below = path.strip_prefix(root().join("src")).expect("below src");
        let sends = text.contains("publish::publish(");
        assert_eq!(sends, below == Path::new("cli/github.rs"), "{}", path.display());
        let wants = text.contains("Wanted::of(");
        assert_eq!(wants, below == Path::new("cli/check.rs"), "{}", path.display());
        assert!(!wants || text.contains("args.publish.map(|PublishArg::Github| Wanted::of("));
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("is text");
    let network = ["octocrab", "http", "http-body-util", "tokio"];
    for name in network {
        let line = manifest.lines().find(|line| line.starts_with(&format!("{name} = "))).expect("is named");
        assert!(line.contains("optional = true"), "{line}");
    }
    assert!(!manifest.lines().any(|line| line.starts_with("default = ")), "the feature is off by default");
}

#[test]
fn some_crates_are_named_in_one_module_only() {
    let fences = [
        ("git2::", "git"),
        ("granit_parser", "record"),
        ("jsonschema::", "kind"),
        ("cel::", "expr"),
        ("miette::", "output"),
        ("clap::", "cli"),
        // The network, and what stands on it: in a check without `--publish`
        // nothing of it is ever reached.
        ("octocrab", "publish"),
        ("tokio", "publish"),
        ("http::", "publish"),
        ("http_body_util", "publish"),
        ("hyper", "publish"),
        ("std::net", "publish"),
        ("unix::net", "publish"),
        ("TcpStream", "publish"),
        ("TcpListener", "publish"),
        ("UdpSocket", "publish"),
        ("UnixStream", "publish"),
        ("UnixListener", "publish"),
        ("lsp_server::", "lsp"),
        ("lsp_types::", "lsp"),
    ];
    for (_, path, text) in &modules() {
        for (word, home) in fences {
            let module = path.strip_prefix(root().join("src")).expect("below src");
            // The enum of formats is read from the command line as it is.
            let excepted = word == "clap::" && module == Path::new("output/mod.rs");
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            assert!(
                !code.contains(word) || module.starts_with(home) || excepted,
                "{} names {word}, which belongs to `{home}` alone",
                path.display()
            );
        }
    }
}
