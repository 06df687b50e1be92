//! Made-up twins of layouts that real repositories have and that the mapping
//! once read wrongly or not at all.

use super::git_cli::Repo;
use super::outputs::ismslint;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn isms(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
        fs::write(path, text).expect("can be written");
    }
    folder
}

/// The fields of the records of a file, each as `name: value # source`.
fn fields(folder: &Path, path: &str) -> Vec<String> {
    let ran = ismslint(folder, &["config", "show", "--why", path, "--format", "json"]);
    let view: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    let records = view["records"].as_array().unwrap_or_else(|| panic!("no records: {view:#}"));
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    let of = |record: &Value| {
        let fields = record["fields"].as_array().expect("fields").clone();
        fields
            .iter()
            .map(|field| {
                format!("{}: {} # {}", word(&field["name"]), word(&field["value"]), word(&field["from"]))
            })
            .collect::<Vec<_>>()
    };
    records.iter().flat_map(of).collect()
}

fn findings(folder: &Path, rule: &str) -> Vec<String> {
    let ran = ismslint(folder, &["check", "--as-of", "2026-06-01", "--format", "concise"]);
    assert_ne!(ran.exit, 2, "{}", ran.err);
    ran.out.lines().filter(|line| line.contains(&format!("[{rule}]"))).map(str::to_owned).collect()
}

const PAGES: &str = "mapping:\n  - files: \"docs/**/*.md\"\n    kind: document\n    fields:\n      id: {file: stem}\n      owner: extra.owner\n      reviewed: revisions[-1].date\n      version: revisions[-1].number\n      approver: signatures[0]\n";

#[test]
fn front_matter_in_toml_and_the_last_of_a_list() {
    let folder = isms(&[
        ("isms.yaml", PAGES),
        (
            "docs/mail.md",
            "+++\ntitle = \"Mail\"\ntype = \"policy\"\nsignatures = [\"ana\", \"ben\"]\n\n[extra]\nowner = 'carla'\n\n[[revisions]]\nnumber = \"1.0\"\ndate = 2025-03-01\n\n[[revisions]]\nnumber = \"1.1\"\ndate = 2026-02-14\n+++\n# Mail\n",
        ),
        (
            "docs/keys.md",
            "---\ntitle: Keys\ntype: policy\nrevisions:\n  - {number: 1, date: 2024-01-01}\n  - {number: 2, date: 2025-05-05}\nsignatures: []\n---\n# Keys\n",
        ),
        ("docs/broken.md", "+++\ntitle = \"Broken\ntype = \"policy\"\n+++\n# Broken\n"),
    ]);
    assert_eq!(
        fields(folder.path(), "docs/mail.md"),
        [
            "title: Mail # at 2:1",
            "type: policy # at 3:1",
            "approver: ana # key `signatures[0]` at 4:1",
            "owner: carla # key `extra.owner` at 7:1",
            "version: 1.1 # key `revisions[-1].number` at 14:1",
            "reviewed: 2026-02-14 # key `revisions[-1].date` at 15:1",
            "id: mail # the path: the file's name without its ending",
        ]
    );
    let keys = fields(folder.path(), "docs/keys.md");
    assert!(
        keys.contains(&"reviewed: 2025-05-05 # key `revisions[-1].date` at 6:17".to_owned()),
        "{keys:#?}"
    );
    assert!(!keys.iter().any(|field| field.starts_with("approver")), "{keys:#?}");
    let broken = findings(folder.path(), "toml-syntax");
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("docs/broken.md:2:"), "{broken:?}");
}

#[test]
fn a_toml_document_needs_no_mapping() {
    let folder = isms(&[
        ("isms.yaml", "organisation: X\n"),
        (
            "policies/mail.md",
            "+++\nid = \"POL-1\"\ntitle = \"Mail\"\nreviewed = 2026-02-14\nonwer = \"ana\"\n+++\n# Mail\n",
        ),
    ]);
    let unknown = findings(folder.path(), "unknown-field");
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].starts_with("policies/mail.md:5:1: "), "{unknown:?}");
    let shown = fields(folder.path(), "policies/mail.md");
    assert!(shown.contains(&"reviewed: 2026-02-14 # at 4:1".to_owned()), "{shown:#?}");
}

#[test]
fn a_page_with_blanks_behind_its_fence_is_read() {
    let folder = isms(&[
        (
            "isms.yaml",
            "mapping:\n  - {files: \"docs/*.md\", kind: document, fields: {id: {file: stem}, type: {default: policy}, reviewed: last_reviewed_at}}\n",
        ),
        ("docs/a.md", "---\ntitle: A\nlast_reviewed_at: 2026-01-02\n--- \nText.\n"),
    ]);
    assert_eq!(findings(folder.path(), "front-matter-not-closed"), [""; 0]);
    assert_eq!(fields(folder.path(), "docs/a.md").len(), 4);
}

#[test]
fn a_file_that_is_named_is_a_reference_to_its_record() {
    let folder = isms(&[
        (
            "isms.yaml",
            "mapping:\n  - {files: \"std/*.md\", kind: document, fields: {id: {file: stem}, parent: \"supplements[0]\"}}\n",
        ),
        ("std/s-1.md", "---\ntitle: One\ntype: standard\n---\n"),
        ("std/s-2.md", "---\ntitle: Two\ntype: work_instruction\nsupplements:\n  - s-1.md\n---\n"),
        ("std/s-3.md", "---\ntitle: Three\ntype: work_instruction\nsupplements: [../std/s-9.md]\n---\n"),
    ]);
    let wrong = findings(folder.path(), "reference-to-nothing");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("`s-9` is no document"), "{wrong:?}");
}

#[test]
fn a_register_with_foreign_columns_is_one_finding() {
    let folder = isms(&[
        ("isms.yaml", "organisation: X\n"),
        (
            "registers/supplier-register.csv",
            "ID,Supplier,Criticality,Last Review\nS-1,Cloud,High,2026-01-01\nS-2,Mail,Low,2026-01-01\n",
        ),
    ]);
    let ran = ismslint(folder.path(), &["check", "--as-of", "2026-06-01", "--format", "concise"]);
    let of_file: Vec<&str> = ran.out.lines().filter(|line| line.contains("supplier-register.csv")).collect();
    assert_eq!(of_file.len(), 1, "{of_file:#?}");
    assert!(
        of_file[0].contains("[file-not-read] none of the columns is a field of a supplier"),
        "{of_file:?}"
    );
}

const OBJECTIVES: &str = "mapping:\n  - {files: \"*.csv\", kind: objective, split: {csv: {}}, fields: {id: ID, title: Objective, target: Target}}\n";

#[test]
fn a_cell_that_was_parted_says_nothing_of_the_cells_behind_it() {
    let folder = isms(&[
        ("isms.yaml", OBJECTIVES),
        (
            "aims.csv",
            "ID,Objective,Metric,Source,Target,Status\nO-1,Fewer clicks,share of staff, who click,Audit,<5%,in_progress\nO-2,More keys,share of keys,Audit 2026,100%,planned\n",
        ),
    ]);
    assert_eq!(findings(folder.path(), "ragged-row").len(), 1);
    for rule in ["value-not-allowed", "wrong-type", "reference-to-nothing"] {
        assert_eq!(findings(folder.path(), rule), [""; 0], "{rule}");
    }
    // A metric in words cannot be a reference, which is said once.
    let wrong = findings(folder.path(), "not-an-id");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].starts_with("aims.csv:3:15: "), "{wrong:?}");
}

#[test]
fn an_id_of_names_keeps_all_letters() {
    let folder = isms(&[
        (
            "isms.yaml",
            "mapping:\n  - {files: \"*.csv\", kind: training, split: {csv: {}}, fields: {id: {slug: [Person]}, title: Course}}\n",
        ),
        ("t.csv", "Person,Course\nThomas Krüger,Keys\nThomas Kräger,Keys\nŁukasz Groß,Keys\n"),
    ]);
    let ids: Vec<String> =
        fields(folder.path(), "t.csv").into_iter().filter(|field| field.starts_with("id: ")).collect();
    let begins = ["id: thomas-kruger #", "id: thomas-krager #", "id: ukasz-gross #"];
    assert_eq!(ids.len(), begins.len());
    assert!(ids.iter().zip(begins).all(|(id, begin)| id.starts_with(begin)), "{ids:?}");
}

#[test]
fn a_record_that_moves_with_its_number_is_the_same_record() {
    let repo = Repo::new();
    let write = |path: &str, text: &str| {
        let path = repo.root.join(path);
        fs::create_dir_all(path.parent().expect("has one")).expect("can be made");
        fs::write(path, text).expect("can be written");
    };
    let commit = |message: &str| {
        repo.git(&["add", "--all"]);
        repo.git(&["commit", "-qm", message]);
    };
    let record = |number: u32, status: &str| {
        format!(
            "title: Encrypt all backups\nnumber: {number}\nstatus: {status}\nowner: ana\nraised: 2024-01-02\n"
        )
    };
    write("isms.yaml", "mapping:\n  - {files: \"plans/**/plan.yaml\", kind: action, fields: {id: number}}\n");
    write("plans/12-backups/plan.yaml", &record(12, "planned"));
    write("plans/13-doors/plan.yaml", "title: New doors\nnumber: 13\nstatus: planned\nowner: ben\n");
    commit("Two plans");
    fs::remove_file(repo.root.join("plans/12-backups/plan.yaml")).expect("was there");
    fs::remove_file(repo.root.join("plans/13-doors/plan.yaml")).expect("was there");
    write("plans/120-backups/plan.yaml", &record(120, "in_progress"));
    write("plans/14-locks/plan.yaml", "title: New locks\nnumber: 14\nstatus: planned\nowner: ben\n");
    commit("Numbers of the register");
    let vanished = findings(&repo.root, "open-record-deleted");
    assert_eq!(vanished.len(), 1, "{vanished:?}");
    assert!(vanished[0].contains("action 13 (New doors)"), "{vanished:?}");
    let ran = ismslint(&repo.root, &["history", "120"]);
    assert!(ran.out.contains("got this id (it was 12)"), "{}", ran.out);
}

#[test]
fn a_statement_of_applicability_in_german_by_presets_alone() {
    let folder = isms(&[
        (
            "isms.yaml",
            "mapping:\n  - {files: \"r/*.csv\", kind: control, preset: [german, csv-register], split: {csv: {}}}\n",
        ),
        (
            "r/anwendbarkeit.csv",
            "Kontroll-ID,Kontrollname,Anwendbar,Begründung,Umsetzungsstatus\nA.5.1,Richtlinien,Ja,Gesetz,Teilweise umgesetzt\nA.7.4,Wachdienst,Nein,Kein Standort,\n",
        ),
    ]);
    assert_eq!(
        fields(folder.path(), "r/anwendbarkeit.csv"),
        [
            "id: A.5.1 # key `Kontroll-ID` at 2:1",
            "title: Richtlinien # key `Kontrollname` at 2:7",
            "applicable: true # key `Anwendbar` at 2:19",
            "justification: Gesetz # key `Begründung` at 2:22",
            "implementation: in_progress # key `Umsetzungsstatus` at 2:29",
            "id: A.7.4 # key `Kontroll-ID` at 3:1",
            "title: Wachdienst # key `Kontrollname` at 3:7",
            "applicable: false # key `Anwendbar` at 3:18",
            "justification: Kein Standort # key `Begründung` at 3:23",
        ]
    );
}
