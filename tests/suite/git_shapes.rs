//! Repositories in every ordinary shape, and the ones that are cut short.

use crate::git_cli::{Repo, feed, git, store, text};
use ismslint::budget::Limits;
use ismslint::git::{Completeness, GitProblem, Head, Mode, ObjectProblem, Oid, RefProblem, Store};
use ismslint::git::{bare, index, locate};
use std::fs;

fn url(repo: &Repo) -> String {
    format!("file://{}", repo.root.display())
}

#[test]
fn no_repository_is_no_problem() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join(".git/empty")).expect("made");
    assert_eq!(locate(folder.path()), Ok(None), "a folder that only has the name");
}

#[test]
fn an_unborn_repository_has_a_complete_empty_history() {
    let repo = Repo::new();
    assert_eq!(repo.store().head(), Head::Unborn { branch: "main".into() });
    assert_eq!(repo.store().resolve("HEAD"), Err(RefProblem::Unborn));
    assert_eq!(index::read(&repo.root.join(".git"), None, &Limits::STANDARD), Ok(Vec::new()));
}

#[test]
fn heads_on_a_branch_detached_and_packed() {
    let repo = Repo::linear(3);
    let id = repo.id("HEAD");
    let on_main = Head::Commit { id, branch: Some("main".into()) };
    assert_eq!(repo.store().head(), on_main);
    repo.git(&["pack-refs", "--all"]);
    assert!(!repo.dot_git("refs/heads/main").exists(), "packed");
    assert_eq!(repo.store().head(), on_main);
    fs::create_dir_all(repo.dot_git("refs/heads/main")).expect("an empty folder left by a pruned branch");
    assert_eq!(repo.store().head(), on_main);
    repo.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    assert_eq!(repo.store().head(), Head::Commit { id: repo.id("HEAD"), branch: None });
}

#[test]
fn names_lead_to_commits() {
    let repo = Repo::linear(3);
    let (head, first) = (repo.id("HEAD"), repo.id("HEAD~2"));
    repo.git(&["branch", "feature/x", "HEAD~1"]);
    repo.git(&["tag", "light", "HEAD~2"]);
    repo.git(&["tag", "-a", "v1", "-m", "one", "HEAD~2"]);
    repo.git(&["tag", "-a", "v1-again", "-m", "tag of a tag", "v1"]);
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repo.git(&["tag", "both", "HEAD~2"]);
    repo.git(&["branch", "both", "HEAD"]);
    repo.git(&["tag", "-a", "folder", "-m", "tag of a tree", "HEAD^{tree}"]);
    for packed in [false, true] {
        let store = repo.store();
        for (name, id) in [
            ("HEAD", head),
            ("main", head),
            ("refs/heads/main", head),
            ("feature/x", repo.id("HEAD~1")),
            ("light", first),
            ("v1", first),
            ("v1-again", first),
            ("refs/tags/v1", first),
            ("origin/main", head),
            ("origin/HEAD", head),
            ("refs/tags/both", first),
        ] {
            assert_eq!(store.resolve(name), Ok(id), "{name}, packed: {packed}");
        }
        assert_eq!(store.resolve(&first.to_string()), Ok(first));
        assert_eq!(store.resolve(&repo.text(&["rev-parse", "v1"])), Ok(first), "id of a tag");
        assert!(matches!(store.resolve("both"), Err(RefProblem::Ambiguous { .. })));
        assert!(matches!(store.resolve("folder"), Err(RefProblem::Object(ObjectProblem::WrongType { .. }))));
        for (name, same) in [("HEAD~1", "HEAD~1"), ("main^", "HEAD~1"), ("@~2^0", "HEAD~2"), ("v1^0", "v1^0")]
        {
            assert_eq!(store.resolve(name), Ok(repo.id(same)), "{name}");
        }
        assert!(matches!(store.resolve("HEAD^3"), Err(RefProblem::NoParent { .. })));
        for name in ["HEAD~1x", "HEAD^{tree}", "HEAD~99999", "main@{1}"] {
            assert!(matches!(store.resolve(name), Err(RefProblem::NotAName { .. })), "{name}");
        }
        assert!(matches!(store.resolve("../HEAD"), Err(RefProblem::NotAName { .. })));
        let nearest = Some("feature/x".to_owned());
        assert_eq!(store.resolve("featur/x"), Err(RefProblem::Unknown { name: "featur/x".into(), nearest }));
        let absent = "1".repeat(40);
        assert!(matches!(store.resolve(&absent), Err(RefProblem::Object(ObjectProblem::Missing { .. }))));
        repo.git(&["pack-refs", "--all"]);
    }
}

#[test]
fn a_linked_work_tree_shares_objects_and_has_its_own_head() {
    let repo = Repo::linear(3);
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().expect("UTF-8"), "HEAD~1"]);
    let place = locate(&linked).expect("accepted").expect("found");
    assert_eq!(place.common_dir, repo.root.join(".git"));
    assert_eq!(place.work_root.as_deref(), Some(linked.as_path()));
    let head = Head::Commit { id: repo.id("HEAD~1"), branch: Some("side".into()) };
    assert_eq!(store(&linked).head(), head);
    assert_eq!(index::read(&place.git_dir, None, &Limits::STANDARD).expect("readable").len(), 1);
}

#[test]
fn a_pointer_that_is_not_acknowledged_is_refused() {
    let repo = Repo::linear(2);
    let linked = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", linked.to_str().expect("UTF-8"), "-b", "side"]);
    let thief = repo.beside("thief");
    fs::create_dir(&thief).expect("made");
    fs::copy(linked.join(".git"), thief.join(".git")).expect("copied");
    assert!(matches!(locate(&thief), Err(GitProblem::Foreign { .. })), "back-link names another folder");
    fs::write(thief.join(".git"), format!("gitdir: {}\n", repo.root.join(".git").display()))
        .expect("written");
    assert!(matches!(locate(&thief), Err(GitProblem::Foreign { .. })), "points at a main repository");
    fs::remove_file(thief.join(".git")).expect("removed");
    std::os::unix::fs::symlink(repo.root.join(".git"), thief.join(".git")).expect("linked");
    assert!(matches!(locate(&thief), Err(GitProblem::Foreign { .. })), "a link that leaves the folder");
    let inner = repo.root.join("inner");
    fs::create_dir(&inner).expect("made");
    fs::write(repo.dot_git("commondir"), thief.to_str().expect("UTF-8")).expect("written");
    assert!(matches!(locate(&repo.root), Err(GitProblem::Foreign { .. })), "a common folder elsewhere");
}

#[test]
fn a_submodule_is_its_own_repository() {
    let library = Repo::linear(2);
    let repo = Repo::linear(1);
    let from = library.root.to_str().expect("UTF-8");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "lib"]);
    let inner = repo.root.join("lib");
    let place = locate(&inner).expect("accepted").expect("found");
    assert_eq!(place.git_dir, repo.dot_git("modules/lib"));
    assert_eq!(store(&inner).first_parent_line(library.id("HEAD")).steps.len(), 2);
    let staged = index::read(&repo.root.join(".git"), None, &Limits::STANDARD).expect("readable");
    let lib = staged.iter().find(|entry| entry.path == "lib".into()).expect("staged");
    assert_eq!((lib.entry.mode, lib.entry.id), (Mode::Submodule, library.id("HEAD")));
}

#[test]
fn a_bare_repository_is_opened_only_when_it_is_named() {
    let repo = Repo::linear(3);
    let inside = repo.root.join("docs/evil");
    repo.git(&["clone", "-q", "--bare", &url(&repo), inside.to_str().expect("UTF-8")]);
    let found = locate(&inside).expect("readable").expect("found");
    assert_eq!(found.git_dir, repo.root.join(".git"), "the folder's own repository, not the embedded one");
    let named = bare(&inside).expect("named");
    assert_eq!(named.work_root, None);
    let store = Store::open(&named, Limits::STANDARD).expect("opens");
    assert_eq!(store.head(), Head::Commit { id: repo.id("HEAD"), branch: Some("main".into()) });
    assert!(matches!(bare(&repo.root), Err(GitProblem::NotGit { .. })));
}

#[test]
fn a_shallow_clone_says_where_it_ends() {
    let repo = Repo::linear(5);
    for depth in [1, 2] {
        let clone = repo.beside(&format!("depth{depth}"));
        let (depth_word, to) = (format!("--depth={depth}"), clone.to_str().expect("UTF-8").to_owned());
        repo.git(&["clone", "-q", &depth_word, &url(&repo), &to]);
        let store = store(&clone);
        assert!(store.is_shallow());
        let line = store.first_parent_line(repo.id("HEAD"));
        let boundary = repo.id(&format!("HEAD~{}", depth - 1));
        assert_eq!(line.steps.len(), depth);
        assert_eq!(line.completeness, Completeness::Shallow { boundary });
        assert!(line.completeness.to_string().contains("fetch-depth: 0"));
        assert!(line.steps[0].parents.len() == 1, "the raw header still names the parent");
        assert_eq!(store.merge_bases(boundary, repo.id("HEAD~4")), Err(Completeness::Shallow { boundary }));
        fs::remove_file(clone.join(".git/shallow")).expect("removed");
        let line = crate::git_cli::store(&clone).first_parent_line(repo.id("HEAD"));
        let object = repo.id(&format!("HEAD~{depth}"));
        assert_eq!(line.completeness, Completeness::Missing { object }, "without the file it is a gap");
    }
    let whole = repo.beside("whole");
    repo.git(&["clone", "-q", "--depth=5", &url(&repo), whole.to_str().expect("UTF-8")]);
    assert!(store(&whole).first_parent_line(repo.id("HEAD")).completeness.is_complete());
}

#[test]
fn a_partial_clone_has_the_line_but_not_the_files() {
    let repo = Repo::linear(4);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = repo.beside("partial");
    let to = clone.to_str().expect("UTF-8");
    repo.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &url(&repo), to]);
    let store = store(&clone);
    assert!(store.is_partial());
    let line = store.first_parent_line(repo.id("HEAD"));
    assert!(line.completeness.is_complete());
    let (first, second) = (line.steps[0].tree, line.steps[1].tree);
    let changes = store.changes(Some(first), Some(second), &"".into(), &|_| true).expect("trees are there");
    let id = changes[0].new.expect("changed").id;
    assert_eq!(store.blob(id), Err(ObjectProblem::Missing { id }));
    assert!(text(&clone, &["count-objects", "-v"]).contains("count: 0"), "nothing was fetched");
}

#[test]
fn foreign_storage_is_undetermined_not_empty() {
    let home = tempfile::tempdir().expect("a folder");
    git(home.path(), &["init", "-q", "--object-format=sha256", "wide"]);
    let place = locate(&home.path().join("wide")).expect("readable").expect("found");
    let problem = Store::open(&place, Limits::STANDARD).err().expect("refused");
    assert!(problem.to_string().contains("`sha256`"), "{problem}");

    git(home.path(), &["init", "-q", "-b", "main", "--ref-format=reftable", "table"]);
    let table = home.path().join("table");
    git(&table, &["commit", "-q", "--allow-empty", "-m", "one"]);
    let store = store(&table);
    assert!(matches!(store.head(), Head::Unreadable { why } if why.contains("reftable")));
    assert!(matches!(store.resolve("main"), Err(RefProblem::Unreadable { .. })));
    let id = text(&table, &["rev-parse", "HEAD"]);
    let head = store.resolve(&id).expect("a full id is enough");
    assert!(store.first_parent_line(head).completeness.is_complete());
}

#[test]
fn the_index_holds_what_is_staged() {
    let repo = Repo::linear(1);
    fs::write(repo.root.join("a.yaml"), "ours: 1\n").expect("written");
    fs::create_dir(repo.root.join("sub")).expect("made");
    fs::write(repo.root.join("sub/new.yaml"), "n: 1\n").expect("written");
    repo.git(&["add", "a.yaml"]);
    repo.git(&["add", "-N", "sub/new.yaml"]);
    let git_dir = repo.root.join(".git");
    let read =
        |own: Option<&std::path::Path>| index::read(&git_dir, own, &Limits::STANDARD).expect("readable");
    let entries = read(None);
    assert_eq!(entries.len(), 2);
    assert_eq!(repo.store().blob(entries[0].entry.id).expect("staged"), b"ours: 1\n");
    assert!(!entries[0].intent_to_add && entries[1].intent_to_add);
    repo.git(&["update-index", "--skip-worktree", "a.yaml"]);
    assert!(read(None)[0].skip_worktree);

    let other = repo.beside("other-index");
    fs::copy(git_dir.join("index"), &other).expect("copied");
    repo.git(&["rm", "-q", "--cached", "sub/new.yaml"]);
    assert_eq!((read(None).len(), read(Some(&other)).len()), (1, 2), "the file that a hook is given");

    let blob = repo.text(&["rev-parse", "HEAD:a.yaml"]);
    let conflict = format!("100644 {blob} 1\tc.yaml\n100644 {blob} 2\tc.yaml\n100644 {blob} 3\tc.yaml\n");
    feed(&repo.root, &["update-index", "--index-info"], conflict.as_bytes());
    let stages: Vec<u8> = read(None).iter().map(|entry| entry.stage).collect();
    assert_eq!(stages, [0, 1, 2, 3]);

    repo.git(&["update-index", "--split-index"]);
    let problem = index::read(&git_dir, None, &Limits::STANDARD).expect_err("a split index is not read");
    assert!(problem.to_string().contains("--no-split-index"), "{problem}");
}

#[test]
fn objects_come_from_alternates_too() {
    let repo = Repo::linear(3);
    let clone = repo.beside("borrowing");
    repo.git(&[
        "clone",
        "-q",
        "--shared",
        repo.root.to_str().expect("UTF-8"),
        clone.to_str().expect("UTF-8"),
    ]);
    let store = store(&clone);
    assert_eq!(store.alternates(), [repo.dot_git("objects")]);
    let head: Oid = repo.id("HEAD");
    assert_eq!(store.first_parent_line(head).steps.len(), 3);
}
