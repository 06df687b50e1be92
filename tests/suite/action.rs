//! The GitHub Action, run by an emulated runner over the checkouts that
//! workflows make of it: `action.yml` is read, its scripts are run, and the
//! program is the one under test.

use crate::action_runner::{Job, Used, executable, without_releases};
use crate::git_cli;
use crate::github_decoder::Kind;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ismslint");
/// The inputs of every use: judged on one day.
const DAY: (&str, &str) = ("as-of", "2023-12-01");
/// An action that is due one day.
const OPEN: &str = "- id: ACT-1\n  title: Patch the servers\n  owner: ana\n  source: { kind: observation }\n  \
                    raised: 2023-10-02\n  due: 2024-06-30\n  status: planned\n";
/// The same, late and without a word about it.
const LATE: &str = "- id: ACT-2\n  title: Lock the door\n  owner: ana\n  source: { kind: staff }\n  raised: \
                    2023-11-01\n  due: 2023-11-20\n  status: planned\n";

/// A place on a server: `main` with three commits, and a pull request whose
/// merge is `refs/pull/1/merge`.
struct Origin {
    _home: TempDir,
    path: PathBuf,
    merge: String,
    /// The merge queue's branch, which names the commit it is based on.
    queue: String,
}

fn git(folder: &Path, args: &[&str]) -> String {
    git_cli::text(folder, args)
}

fn origin() -> &'static Origin {
    static ORIGIN: OnceLock<Origin> = OnceLock::new();
    ORIGIN.get_or_init(|| {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().canonicalize().expect("real").join("origin");
        fs::create_dir(&path).expect("made");
        git(&path, &["init", "-q", "-b", "main"]);
        let commit = |message: &str, text: &str| {
            fs::write(path.join("actions.yaml"), text).expect("written");
            git(&path, &["add", "."]);
            git(&path, &["commit", "-qm", message]);
        };
        fs::write(path.join("isms.yaml"), "organisation: Example Ltd\n").expect("written");
        commit("Begin", &OPEN.replace("2024-06-30", "2024-05-31"));
        let moved = "  changes:\n    - { on: 2023-11-14, by: ana, field: due, from: 2024-05-31, to: 2024-06-30, \
                     why: The servers are replaced in May }\n";
        commit("A month later", &format!("{OPEN}{moved}"));
        let main = format!("{OPEN}{moved}# Looked through in November.\n");
        commit("A look at the register", &main);
        git(&path, &["checkout", "-q", "-b", "change"]);
        commit("One more action", &format!("{main}{LATE}"));
        git(&path, &["checkout", "-q", "--detach", "main"]);
        git(&path, &["merge", "-q", "--no-ff", "-m", "Merge change into main", "change"]);
        let merge = git(&path, &["rev-parse", "HEAD"]);
        git(&path, &["update-ref", "refs/pull/1/merge", &merge]);
        let queue = format!("refs/heads/gh-readonly-queue/main/pr-1-{}", git(&path, &["rev-parse", "main"]));
        git(&path, &["update-ref", &queue, &merge]);
        git(&path, &["checkout", "-q", "main"]);
        git(&path, &["config", "uploadpack.allowFilter", "true"]);
        git(&path, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        Origin { _home: home, path, merge, queue }
    })
}

/// Checks out `reference` as `actions/checkout` does: a fetch of that one
/// reference by its depth (0: the whole of it), and a detached HEAD.
fn checkout(reference: &str, depth: usize, blobless: bool) -> (TempDir, PathBuf) {
    let origin = origin();
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().canonicalize().expect("real").join("repository");
    fs::create_dir(&folder).expect("made");
    git(&folder, &["init", "-q"]);
    git(&folder, &["remote", "add", "origin", &format!("file://{}", origin.path.display())]);
    let depth = format!("--depth={depth}");
    let mut fetch = vec!["-c", "protocol.version=2", "fetch", "-q", "--no-tags"];
    if depth != "--depth=0" {
        fetch.push(&depth);
    }
    if blobless {
        fetch.push("--filter=blob:none");
    }
    fetch.extend(["origin", reference]);
    git(&folder, &fetch);
    git(&folder, &["checkout", "-q", "--detach", "FETCH_HEAD"]);
    (home, folder)
}

/// Tells the job of a pull request; nobody hands it a token.
fn pull_request(job: &mut Job, actor: &str) {
    job.event.extend([
        ("GITHUB_EVENT_NAME", "pull_request".to_owned()),
        ("GITHUB_REF", "refs/pull/1/merge".to_owned()),
        ("GITHUB_SHA", origin().merge.clone()),
        ("GITHUB_BASE_REF", "main".to_owned()),
        ("GITHUB_HEAD_REF", "$(touch${IFS}pwned)".to_owned()),
        ("GITHUB_ACTOR", actor.to_owned()),
    ]);
}

/// A release for Linux on a server of its own: an archive whose program hands
/// on to the one under test and leaves a mark, and the line for `sums.txt`, as
/// the release workflow writes it.
fn release(job: &Job) -> PathBuf {
    let folder = job.folder().join("releases");
    fs::create_dir(&folder).expect("made");
    let mark = job.folder().join("released");
    let archive = folder.join("ismslint-x86_64-unknown-linux-musl.tar.gz");
    pack(&archive, &mark);
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/list");
    let listed = Command::new(list).arg(&folder).arg(format!("file://{}", folder.display())).output();
    let line = String::from_utf8(listed.expect("runs").stdout).expect("UTF-8");
    assert!(line.contains("  x86_64-unknown-linux-musl  file://"), "{line}");
    let sums = job.action.join("action/sums.txt");
    let text = fs::read_to_string(&sums).expect("read");
    fs::write(&sums, text + &line).expect("written");
    archive
}

/// A `cargo` that puts the program under test where it is told to install, in
/// place of a build that takes minutes. It takes no other command.
fn cargo(job: &Job) {
    job.program(
        "cargo",
        &format!(
            "#!/bin/sh\nset -e\n[ \"$1 $2 $3 $4 $5 $6\" = 'install --quiet --locked --path . --root' ]\n\
             [ -f action.yml ]\ntouch '{}'\nmkdir -p \"$7/bin\"\ncp '{PROGRAM}' \"$7/bin/ismslint\"\n",
            job.folder().join("built").display()
        ),
    );
}

/// Nothing in the log is a command but annotations, and each is kept.
fn only_annotations(used: &Used) {
    assert!(used.log.others.is_empty(), "{:?}", used.log.others);
    assert!(used.log.lost.is_empty(), "{:?}", used.log.lost);
}

fn output<'u>(used: &'u Used, name: &str) -> &'u str {
    used.outputs.get(name).unwrap_or_else(|| panic!("no output {name}"))
}

fn counts(used: &Used) -> [&str; 5] {
    ["verdict", "exit-code", "errors", "waived", "undetermined"].map(|name| output(used, name))
}

#[test]
fn a_pull_request_is_judged_by_the_release_whoever_made_it() {
    for actor in ["somebody-with-a-fork", "a-colleague"] {
        let (_home, folder) = checkout("refs/pull/1/merge", 0, false);
        let mut job = Job::new(&folder);
        pull_request(&mut job, actor);
        release(&job);
        let used = job.uses(&[DAY]);
        assert!(!used.success);
        assert_eq!(counts(&used), ["findings", "1", "1", "0", "0"], "{}", used.text);
        only_annotations(&used);
        let [issue] = &used.log.issues[..] else { panic!("{:?}", used.log.issues) };
        assert_eq!((issue.kind, issue.file.as_deref()), (Kind::Error, Some("actions.yaml")));
        assert!(used.summary.starts_with("## ismslint: findings (1 error"), "{}", used.summary);
        let standing = ["introduced", "existing", "mended"].map(|name| output(&used, name));
        assert_eq!(standing, ["1", "0", "0"]);
        assert!(
            used.summary.contains("- action ACT-2 opened: Lock the door, due 2023-11-20"),
            "{}",
            used.summary
        );
        assert!(used.text.contains("(commit unknown), from release"), "{}", used.text);
        assert!(job.folder().join("released").exists() && !folder.join("pwned").exists());
        let report = fs::read_to_string(output(&used, "report-json")).expect("is there");
        let report: serde_json::Value = serde_json::from_str(&report).expect("is JSON");
        assert_eq!(report["counts"]["errors"], 1);
        let sarif = fs::read_to_string(output(&used, "report-sarif")).expect("is there");
        assert!(sarif.contains("action-overdue-without-rationale"));
        assert!(fs::read_to_string(output(&used, "report-markdown")).is_ok_and(|page| page == used.summary));
    }
}

#[test]
fn a_second_use_leaves_the_reports_of_the_first() {
    let (_home, folder) = checkout("refs/pull/1/merge", 0, false);
    let job = Job::new(&folder);
    release(&job);
    let first = job.uses(&[DAY]);
    let second = job.uses(&[DAY, ("fail-on", "never")]);
    assert_eq!((first.success, second.success), (false, true));
    assert_eq!(output(&second, "verdict"), "clean", "nothing that blocks");
    for name in ["report-json", "report-sarif", "report-markdown"] {
        assert_ne!(output(&first, name), output(&second, name));
        assert!(Path::new(output(&first, name)).exists(), "{name}");
    }
}

#[test]
fn a_queue_and_a_push_are_judged_too() {
    let cases = [
        ("merge_group", origin().queue.as_str(), ["findings", "1", "1", "0", "0"]),
        ("push", "refs/heads/main", ["clean", "0", "0", "0", "0"]),
        ("schedule", "refs/heads/main", ["clean", "0", "0", "0", "0"]),
    ];
    for (event, reference, expected) in cases {
        let (_home, folder) = checkout(reference, 0, false);
        let mut job = Job::new(&folder);
        job.event.extend([("GITHUB_EVENT_NAME", event.to_owned()), ("GITHUB_REF", reference.to_owned())]);
        release(&job);
        let used = job.uses(&[DAY]);
        assert_eq!(counts(&used), expected, "{event}: {}", used.text);
        assert_eq!(used.success, expected[0] == "clean");
        let introduced = if event == "merge_group" { "1" } else { "" };
        assert_eq!(output(&used, "introduced"), introduced, "{event}");
        assert!(used.summary.starts_with(&format!("## ismslint: {} (", expected[0])), "{}", used.summary);
        only_annotations(&used);
    }
}

#[test]
fn a_history_cut_short_is_undetermined_and_says_what_to_do() {
    let cases = [("depth 1", 1, false), ("depth 2", 2, false), ("without old texts", 0, true)];
    for (name, depth, blobless) in cases {
        let (_home, folder) = checkout("refs/heads/main", depth, blobless);
        let job = Job::new(&folder);
        release(&job);
        let used = job.uses(&[DAY]);
        assert_eq!(counts(&used)[..4], ["incomplete", "3", "0", "0"], "{name}: {}", used.text);
        assert_ne!(output(&used, "undetermined"), "0", "{name}");
        only_annotations(&used);
        assert!(used.log.issues.iter().any(|issue| issue.kind == Kind::Error), "{name}: {}", used.text);
        assert!(used.summary.starts_with("## ismslint: not determined"), "{name}: {}", used.summary);
        assert!(used.summary.contains("**Remedy**"), "{name}: {}", used.summary);
        if !blobless {
            assert!(used.summary.contains("fetch-depth: 0"), "{name}: {}", used.summary);
        }
        let lenient = job.uses(&[DAY, ("incomplete", "warn")]);
        assert!(lenient.success, "{name}: {}", lenient.text);
        assert_eq!(counts(&lenient)[..2], ["incomplete", "0"], "{name}");
    }
}

#[test]
fn a_change_in_a_clone_cut_short_is_judged_as_far_as_it_can_be() {
    let judged = |depth: usize, blobless: bool| {
        let (_home, folder) = checkout("refs/pull/1/merge", depth, blobless);
        let mut job = Job::new(&folder);
        pull_request(&mut job, "somebody");
        release(&job);
        job.uses(&[DAY])
    };
    // With the commit before it what comes with the change is known.
    let used = judged(2, false);
    assert_eq!(counts(&used)[..3], ["findings", "1", "1"], "{}", used.text);
    assert_eq!(output(&used, "introduced"), "1");
    // Without it nothing is, and the first line says what to do.
    let used = judged(1, false);
    assert_eq!(counts(&used)[..2], ["tool-failed", "2"], "{}", used.text);
    assert!(used.text.contains("fetch-depth: 0"), "{}", used.text);
    // Without the texts that it replaces nobody can tell what is new.
    let used = judged(0, true);
    assert_eq!(counts(&used)[..2], ["incomplete", "3"], "{}", used.text);
    assert_eq!(output(&used, "introduced"), "0");
    assert!(used.summary.contains("git fetch --refetch --no-filter"), "{}", used.summary);
}

#[test]
fn without_a_release_the_action_builds_from_its_own_source() {
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    for (system, architecture) in
        [("Linux", "X64"), ("Linux", "ARM64"), ("macOS", "ARM64"), ("Linux", "RISCV")]
    {
        let mut job = Job::new(&folder);
        // There is one for another platform.
        if architecture != "X64" {
            release(&job);
        }
        job.event.extend([("RUNNER_OS", system.to_owned()), ("RUNNER_ARCH", architecture.to_owned())]);
        cargo(&job);
        let used = job.uses(&[DAY]);
        assert_eq!(counts(&used)[..2], ["clean", "0"], "{system} {architecture}: {}", used.text);
        assert!(job.folder().join("built").exists() && !job.folder().join("released").exists());
        let version = output(&used, "version");
        assert_eq!(version, format!("{} (commit unknown)", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn a_release_that_is_not_the_one_named_is_never_run() {
    type Tamper = fn(&Job, &Path);
    let cases: [(&str, Tamper, &str); 5] = [
        (
            "another program",
            |job, archive| pack(archive, &job.folder().join("released")),
            "its SHA-256 differs",
        ),
        ("no archive", |_, archive| fs::remove_file(archive).expect("removed"), "could not be downloaded"),
        ("a sum of another length", |job, _| replace(&job.action, "  x86_64", "0  x86_64"), "is no SHA-256"),
        (
            "no list",
            |job, _| fs::remove_file(sums(&job.action)).expect("removed"),
            "the list of releases is missing",
        ),
        (
            "another protocol",
            |job, _| replace(&job.action, "file://", "http://localhost"),
            "could not be downloaded",
        ),
    ];
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    for (name, tamper, said) in cases {
        let job = Job::new(&folder);
        let archive = release(&job);
        cargo(&job);
        tamper(&job, &archive);
        let used = job.uses(&[DAY]);
        assert!(!used.success, "{name}");
        assert_eq!(output(&used, "verdict"), "tool-failed", "{name}");
        let issue = used.log.issues.first().unwrap_or_else(|| panic!("{name}: {}", used.text));
        assert!(issue.message.contains(said), "{name}: {}", issue.message);
        assert!(used.summary.starts_with("## ismslint: the tool failed\n"), "{name}: {}", used.summary);
        let ran = ["released", "built"].map(|mark| job.folder().join(mark).exists());
        assert_eq!(ran, [false, false], "{name}: nothing else is taken in its place");
    }
}

#[test]
fn a_tool_that_fails_says_so_in_every_place() {
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    let job = Job::new(&folder);
    release(&job);
    let hostile = "$(touch pwned)`touch pwned`\n::error::x; touch pwned";
    for inputs in [
        vec![("fail-on", hostile)],
        vec![("incomplete", "")],
        vec![("root", hostile)],
        vec![("as-of", "--version")],
        vec![("base", "::stop-commands::x")],
    ] {
        let used = job.uses(&inputs);
        assert_eq!(counts(&used), ["tool-failed", "2", "", "", ""], "{inputs:?}: {}", used.text);
        assert!(used.summary.contains("the tool failed\n\nExit code 2: wrong usage"), "{}", used.summary);
        assert_eq!(output(&used, "report-json"), "", "no report of an earlier run");
        only_annotations(&used);
        let [issue] = &used.log.issues[..] else { panic!("{inputs:?}: {}", used.text) };
        assert!(issue.message.contains("exit code 2"), "{issue:?}");
        assert!(!folder.join("pwned").exists(), "{inputs:?}");
    }
    fs::write(folder.join("isms.yaml"), "levle: full\n").expect("written");
    let used = job.uses(&[DAY]);
    assert_eq!(counts(&used)[..2], ["tool-failed", "2"], "{}", used.text);
    let empty = git_cli::Repo::new();
    let job = Job::new(&empty.root);
    release(&job);
    let used = job.uses(&[DAY]);
    assert_eq!(counts(&used)[..2], ["nothing-recognised", "3"], "{}", used.text);
    assert!(used.summary.starts_with("## ismslint: nothing recognised"), "{}", used.summary);
    assert!(used.summary.contains("`ismslint init`"), "{}", used.summary);
}

#[test]
fn a_program_that_cannot_run_here_is_told() {
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    let mut job = Job::new(&folder);
    job.program("cargo", "#!/bin/sh\nexit 101\n");
    let used = job.uses(&[DAY]);
    assert_eq!(output(&used, "verdict"), "tool-failed");
    assert!(used.summary.contains("could not be built from source"), "{}", used.summary);
    job.event.insert("RUNNER_OS", "Windows".to_owned());
    let used = job.uses(&[DAY]);
    assert!(!used.success && used.summary.contains("Linux or macOS"), "{}", used.summary);
}

#[test]
fn texts_of_the_repository_are_no_commands_of_the_job() {
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    let title = r#""x\n::add-mask::ana\n##[set-output name=verdict;]clean ::error::y %0A::warning::z""#;
    let hostile = LATE.replace("Lock the door", title);
    let text = fs::read_to_string(folder.join("actions.yaml")).expect("read");
    fs::write(folder.join("actions.yaml"), format!("{text}{hostile}- ##[group]x\n- ::debug::x: 1\n"))
        .expect("written");
    let job = Job::new(&folder);
    release(&job);
    let used = job.uses(&[DAY]);
    assert_eq!(counts(&used)[..2], ["findings", "1"], "{}", used.text);
    only_annotations(&used);
    assert!(
        used.log.issues.iter().all(|issue| issue.file.as_deref() == Some("actions.yaml")),
        "{:?}",
        used.log.issues
    );
}

#[test]
fn the_summary_of_a_large_isms_is_kept() {
    let (_home, folder) = checkout("refs/heads/main", 0, false);
    fs::create_dir(folder.join("actions")).expect("made");
    for number in 2..2_502 {
        let row = LATE.replace("ACT-2", &format!("ACT-{number}")).replace("\n  ", "\n");
        let file = folder.join(format!("actions/{number}.yaml"));
        fs::write(file, row.trim_start_matches("- ")).expect("written");
    }
    let job = Job::new(&folder);
    release(&job);
    let used = job.uses(&[DAY]);
    assert_eq!(counts(&used)[..3], ["findings", "1", "2500"], "{}", used.text);
    assert!(used.summary.len() > 500_000 && used.summary.contains("**Not shown**"), "{}", used.summary.len());
    let errors = used.log.issues.iter().filter(|issue| issue.kind == Kind::Error).count();
    assert!(errors == 10 && used.log.lost.is_empty(), "{errors}");
}

#[test]
fn the_commit_of_a_release_adds_the_sums_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    let sources = home.path().join("sources");
    let server = home.path().join("server.git");
    for folder in ["sources/action", "sources/release", "bin"] {
        fs::create_dir_all(home.path().join(folder)).expect("made");
    }
    git(home.path(), &["init", "-q", "--bare", "server.git"]);
    for file in ["Cargo.toml", "action/list", "action/sums.txt"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), sources.join(file)).expect("copied");
    }
    without_releases(&sources.join("action/sums.txt"));
    git(&sources, &["init", "-q", "-b", "main"]);
    git(&sources, &["remote", "add", "origin", &server.display().to_string()]);
    git(&sources, &["add", "."]);
    git(&sources, &["commit", "-qm", "Sources"]);
    for platform in ["aarch64-apple-darwin", "x86_64-unknown-linux-musl"] {
        fs::write(sources.join(format!("release/ismslint-{platform}.tar.gz")), platform).expect("written");
    }
    fs::write(sources.join("release/ismslint-0.1.0-py3-none-any.whl"), "").expect("written");
    executable(&home.path().join("bin/gh"), "#!/bin/sh\necho \"$@\" >> ../gh\n");
    let workflow = include_str!("../../.github/workflows/release.yml");
    let workflow: serde_json::Value = serde_yaml::from_str(workflow).expect("is YAML");
    let steps = workflow["jobs"]["publish"]["steps"].as_array().expect("steps");
    let script = steps.iter().find_map(|step| step["run"].as_str()).expect("a script");
    let path = format!("{}:{}", home.path().join("bin").display(), std::env::var("PATH").expect("is set"));
    let mut ran = Command::new("bash");
    ran.args(["-e", "-c", script]).current_dir(&sources).env("PATH", path).env("HOME", home.path());
    ran.env("GITHUB_SERVER_URL", "https://github.com").env("GITHUB_REPOSITORY", "ismslint/ismslint");
    let ran = ran.output().expect("bash is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(git(&server, &["diff", "--name-status", &format!("{tag}^"), &tag]), "M\taction/sums.txt");
    assert_eq!(git(&server, &["for-each-ref", "--format=%(refname)"]), format!("refs/tags/{tag}"));
    let sums = git(&server, &["show", &format!("{tag}:action/sums.txt")]);
    let lines: Vec<&str> = sums.lines().filter(|line| !line.starts_with('#')).collect();
    let address = format!("https://github.com/ismslint/ismslint/releases/download/{tag}");
    let expected = ["aarch64-apple-darwin", "x86_64-unknown-linux-musl"]
        .map(|platform| format!("  {platform}  {address}/ismslint-{platform}.tar.gz"));
    assert_eq!(lines.iter().map(|line| &line[64..]).collect::<Vec<_>>(), expected);
    let called = fs::read_to_string(home.path().join("gh")).expect("was called");
    assert!(called.contains(&format!("release create {tag} --verify-tag")), "{called}");
}

fn sums(action: &Path) -> PathBuf {
    action.join("action/sums.txt")
}

fn replace(action: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(sums(action)).expect("read");
    assert!(text.contains(from));
    fs::write(sums(action), text.replace(from, to)).expect("written");
}

/// Packs a program that leaves a mark and hands on to the one under test.
fn pack(archive: &Path, mark: &Path) {
    let folder = archive.parent().expect("a folder");
    let script = format!("#!/bin/sh\necho x >> '{}'\nexec '{PROGRAM}' \"$@\"\n", mark.display());
    // Two archives of one program differ by its time; a remark makes it certain.
    let remark = if archive.exists() { "# another one\n" } else { "" };
    executable(&folder.join("ismslint"), &(script + remark));
    let packed = Command::new("tar").arg("-czf").arg(archive).arg("-C").arg(folder).arg("ismslint").status();
    assert!(packed.expect("tar is installed").success());
}
