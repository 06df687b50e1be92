//! What the README shows is tried: its files make an ISMS that is read without
//! a fault, and its commands exist.

use super::checking::ismslint;
use std::path::Path;

/// The fenced blocks of the README, with their language.
fn blocks() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("is there");
    let mut parts = text.split("```").skip(1);
    let mut blocks = Vec::new();
    while let Some(block) = parts.next() {
        let (language, body) = block.split_once('\n').expect("a line with the language");
        blocks.push((language.to_owned(), body.to_owned()));
        parts.next();
    }
    blocks
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, text).expect("written");
}

#[test]
fn the_files_of_the_readme_are_an_isms_without_a_fault() {
    let home = tempfile::tempdir().expect("a folder");
    let mut written = Vec::new();
    for (language, body) in blocks() {
        let named = body.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
        let is_record =
            matches!(&*language, "yaml" | "markdown") && named.contains('.') && !named.contains(' ');
        if is_record {
            put(home.path(), named, &body);
            written.push(named.to_owned());
        }
    }
    let expected = [
        "objectives/phishing.yaml",
        "metrics/phishing-clicks.yaml",
        "policies/access.md",
        "isms.yaml",
        "waivers.yaml",
    ];
    assert_eq!(written, expected);
    put(
        home.path(),
        "handbook/leave.md",
        "---\ntitle: Leave\npolicy: true\nlast_updated: 2026-05-01\n---\nText\n",
    );
    let rule = include_str!("../../rules/waiver-expired.yaml").replace("waiver-expired", "own-rule");
    put(home.path(), "checks/own-rule.yaml", &rule);
    put(
        home.path(),
        "actions.yaml",
        "- {id: ACT-9, title: Doors, owner: ana, source: {kind: observation}, due: 2026-05-01}\n",
    );
    let ran =
        ismslint(home.path(), &["check", "--no-history", "--as-of", "2026-06-01", "--format", "concise"]);
    assert!(ran.out.trim().ends_with("no findings, 1 waived"), "{}{}", ran.out, ran.err);
}

#[test]
fn the_commands_of_the_readme_are_understood() {
    use clap::Parser as _;
    let mut tried = 0;
    for (_, body) in blocks().into_iter().filter(|(language, _)| language == "sh") {
        for line in body.lines().filter(|line| line.starts_with("ismslint ")) {
            let words =
                line.split('#').next().and_then(|command| command.split('>').next()).unwrap_or_default();
            assert!(ismslint::cli::Args::try_parse_from(words.split_whitespace()).is_ok(), "{line}");
            tried += 1;
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[test]
fn the_workflows_of_the_readme_are_those_that_init_writes() {
    let home = tempfile::tempdir().expect("a folder");
    assert_eq!(ismslint(home.path(), &["init"]).exit, 0);
    let shown: Vec<String> = blocks()
        .into_iter()
        .filter(|(language, body)| language == "yaml" && body.starts_with("name: "))
        .map(|(_, body)| body)
        .collect();
    for (workflow, shown) in ["isms.yml", "isms-nightly.yml"].into_iter().zip(&shown) {
        let path = home.path().join(".github/workflows").join(workflow);
        assert_eq!(std::fs::read_to_string(path).expect("is there"), *shown, "{workflow}");
    }
    assert_eq!(shown.len(), 3, "the third needs a permission that not everybody has");
}

#[test]
fn every_file_names_the_same_version() {
    let version = env!("CARGO_PKG_VERSION");
    let read = |path: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("is there")
    };
    let package = read("pyproject.toml");
    assert!(package.contains(&format!("version = \"{version}\"\n")), "{package}");
    assert!(package.contains(&format!("dependencies = [\"ismslint=={version}\"]\n")), "{package}");
    let readme = read("README.md");
    let named = readme.match_indices("ismslint/ismslint@v").map(|(at, word)| &readme[at + word.len()..]);
    let named = named.chain(readme.split("rev: v").skip(1));
    let named: Vec<&str> = named.map(|rest| rest.split_whitespace().next().unwrap_or_default()).collect();
    assert!(named.len() >= 4 && named.iter().all(|named| *named == version), "{named:?}");
}

#[test]
fn the_mapping_of_the_readme_reads_an_existing_repository() {
    let blocks = blocks();
    let mapping = blocks.iter().find(|(_, body)| body.starts_with("# in isms.yaml, for a repository"));
    let home = tempfile::tempdir().expect("a folder");
    put(home.path(), "isms.yaml", &mapping.expect("is shown").1);
    put(
        home.path(),
        "policies/access.md",
        "# Access\n\n**Document ID:** POL-1 | **Status:** Active\n**Owner:** CISO **Approver:** Board\n\nText.\n",
    );
    put(
        home.path(),
        "registers/risks.md",
        "| Risk ID | Description | Likelihood (1-5) | Impact | Status |\n|---|---|---|---|---|\n| R-1 | Fire | 2 | 4 | ✅ Mitigated |\n",
    );
    put(
        home.path(),
        "registers/plan.csv",
        "Stand 2026\nNr;Maßnahme;Verantwortlich;Frist;Status\n1;Schlösser;Ben;30.06.2026;Offen\n",
    );
    let shown = |file: &str| ismslint(home.path(), &["config", "show", "--why", file]).out;
    for (file, lines) in [
        ("policies/access.md", ["document POL-1, line 1", "owner: ana ", "status: approved "]),
        ("registers/risks.md", ["risk R-1, line 3", "status: in_treatment ", "residual: 8 "]),
        ("registers/plan.csv", ["action 1, line 3", "due: 2026-06-30 ", "status: planned "]),
    ] {
        for line in lines {
            assert!(shown(file).contains(line), "{file}: {line}\n{}", shown(file));
        }
        assert!(!shown(file).contains("What is wrong"), "{}", shown(file));
    }
}
