//! G1 to G9, G12, G16, G17 and G19: a git folder that runs, lies, lies elsewhere
//! or is not all there. The honest repository is found to have moved a date
//! without a reason; whatever is done to its git folder, this never passes in
//! silence.

use crate::place::Place;
use crate::table::{Expect, Input, input};
use std::fs;

/// The rule that looks at the history.
pub(crate) const MOVED: &str = "due-date-moved-without-rationale";

/// Typed to apply it.
pub(crate) const HISTORY: [&str; 2] = ["--select", MOVED];

/// The files of one day, the action due in this month.
pub(crate) fn day(month: usize) -> Vec<(&'static str, String)> {
    let action =
        format!("id: ACT-1\ntitle: Patch\nstatus: planned\nraised: 2026-01-01\ndue: 2027-{month:02}-01\n");
    vec![("actions/a.yaml", action), ("README.md", format!("Day {month}\n"))]
}

/// The honest repository: five days, and the date moves on each.
pub(crate) fn honest(place: &Place) {
    place.commits(&(1..=5).map(day).collect::<Vec<_>>());
}

fn git(
    row: &'static str,
    name: impl Into<String>,
    expect: Expect,
    bend: impl Fn(&Place) + Send + Sync + 'static,
) -> Input {
    input(row, name, expect, move |place| {
        honest(place);
        bend(place);
    })
    .typed(&HISTORY)
}

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [
        configured(),
        included(),
        elsewhere(),
        embedded(),
        owned(),
        shallow(),
        rewritten(),
        borrowed(),
        shapes(),
        states(),
        revisions(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// G1: nothing that a configuration names is run.
fn configured() -> Vec<Input> {
    let mut inputs = Vec::new();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.hooksPath",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "merge.x.driver",
        "credential.helper",
        "gpg.program",
        "gpg.ssh.program",
        "uploadpack.packObjectsHook",
        "sequence.editor",
        "alias.status",
        "trailer.x.command",
    ] {
        inputs.push(
            git("G1", format!("{key} names a program"), Expect::Found(MOVED), move |place| {
                let (section, name) = key.rsplit_once('.').expect("a key");
                let section = section
                    .split_once('.')
                    .map_or_else(|| format!("[{section}]"), |(one, two)| format!("[{one} \"{two}\"]"));
                let trap = place.outside.join("ran");
                let script = place.outside.join("trap.sh");
                fs::write(&script, format!("#!/bin/sh\necho > {}\n", trap.display())).expect("written");
                place.put(
                    ".git/config",
                    format!(
                        "[core]\n\trepositoryformatversion = 0\n{section}\n\t{name} = sh {}\n",
                        script.display()
                    ),
                );
                place.put(".gitattributes", "* filter=x diff=x merge=x\n");
            })
            .around("\"$@\"; e=$?; test ! -e ../outside/ran || exit 99; exit $e"),
        );
    }
    for hook in
        ["post-checkout", "pre-commit", "post-index-change", "fsmonitor-watchman", "reference-transaction"]
    {
        inputs.push(
            git("G1", format!("the hook {hook}"), Expect::Found(MOVED), move |place| {
                place.put(format!(".git/hooks/{hook}"), "#!/bin/sh\ntouch ../outside/ran\n");
                let _ = std::process::Command::new("chmod")
                    .arg("+x")
                    .arg(place.at(format!(".git/hooks/{hook}")))
                    .status();
            })
            .around("\"$@\"; e=$?; test ! -e ../outside/ran || exit 99; exit $e"),
        );
    }
    inputs
}

/// G2.
fn included() -> Vec<Input> {
    let config = |line: &str| format!("[core]\n\trepositoryformatversion = 0\n{line}\n");
    let mut inputs = Vec::new();
    for (name, line) in [
        ("a pipe", "[include]\n\tpath = trap"),
        ("zeros without end", "[include]\n\tpath = /dev/zero"),
        ("itself", "[include]\n\tpath = config"),
        ("a condition with a pipe", "[includeIf \"gitdir:/**\"]\n\tpath = trap"),
        ("a branch with a pipe", "[includeIf \"onbranch:main\"]\n\tpath = trap"),
        (
            "a credentials file",
            "[includeIf \"gitdir:/**\"]\n\tpath = /github/runner_temp/git-credentials-x.config",
        ),
        ("the password file", "[include]\n\tpath = /etc/passwd"),
    ] {
        let text = config(line);
        inputs.push(git(
            "G2",
            format!("the configuration includes {name}"),
            Expect::Found(MOVED),
            move |place| {
                place.pipe(".git/trap");
                place.put(".git/config", &text);
            },
        ));
    }
    for (name, text, expect) in [
        ("a megabyte of comments", "# comment\n".repeat(100_000), Expect::Ends),
        ("no text", "\u{0}\u{1}".repeat(100), Expect::Ends),
        ("nothing", String::new(), Expect::Found(MOVED)),
        ("open brackets", "[".repeat(10_000), Expect::Ends),
        ("a key a thousand times", config(&"\tbare = true\n".repeat(1000)), Expect::Ends),
    ] {
        inputs.push(git("G2", format!("the configuration is {name}"), expect, move |place| {
            place.put(".git/config", &text);
        }));
    }
    inputs.push(git("G2", "the configuration is a pipe", Expect::Told, |place| place.pipe(".git/config")));
    inputs
}

/// G3.
fn elsewhere() -> Vec<Input> {
    let mut inputs = Vec::new();
    for target in ["/etc", "/", "..", "../outside", "/nowhere"] {
        inputs.push(git("G3", format!("core.worktree is {target}"), Expect::Found(MOVED), move |place| {
            place.put(
                ".git/config",
                format!("[core]\n\trepositoryformatversion = 0\n\tworktree = {target}\n\tbare = true\n"),
            );
        }));
    }
    for target in ["../outside/other", "/nowhere", "/etc", ".git", "", "../outside", "\u{0}", "gitdir: x"] {
        inputs.push(
            input("G3", format!(".git is a file that leads to {target:?}"), Expect::Told, move |place| {
                honest(place);
                fs::rename(place.at(".git"), place.outside.join("other")).expect("moved");
                place.put(".git", format!("gitdir: {target}\n"));
            })
            .typed(&HISTORY),
        );
    }
    inputs.push(
        input("G3", ".git is a link to another repository", Expect::Told, |place| {
            honest(place);
            fs::rename(place.at(".git"), place.outside.join("other")).expect("moved");
            place.link(".git", "../outside/other");
        })
        .typed(&HISTORY),
    );
    inputs.push(
        input("G3", ".git is a link to nothing", Expect::Told, |place| {
            honest(place);
            fs::rename(place.at(".git"), place.outside.join("other")).expect("moved");
            place.link(".git", "nowhere");
        })
        .typed(&HISTORY),
    );
    for (name, text) in [
        ("is a text", "hello"),
        ("is empty", ""),
        ("is half a line", "gitdir"),
        ("is a megabyte", "gitdir: "),
    ] {
        inputs.push(
            input("G3", format!(".git {name}"), Expect::Told, move |place| {
                honest(place);
                fs::rename(place.at(".git"), place.outside.join("other")).expect("moved");
                place.put(
                    ".git",
                    if name == "is a megabyte" {
                        text.to_owned() + &"x".repeat(1 << 20)
                    } else {
                        text.to_owned()
                    },
                );
            })
            .typed(&HISTORY),
        );
    }
    inputs
}

/// G4: a bare repository among the files forges no history.
fn embedded() -> Vec<Input> {
    let mut inputs = Vec::new();
    for folder in ["isms", "actions", "docs/evil", "."] {
        inputs.push(
            input("G4", format!("a bare repository in {folder}"), Expect::Found(MOVED), move |place| {
                honest(place);
                // The forged history knows one state only.
                let forged = Place { root: place.outside.join("forged"), outside: place.outside.clone() };
                fs::create_dir(&forged.root).expect("new");
                forged.commits(&[day(5)]);
                let into = place.room(format!("{folder}/x"));
                let into = into.parent().expect("a folder").to_path_buf();
                let copied = std::process::Command::new("cp")
                    .arg("-r")
                    .arg(forged.root.join(".git/."))
                    .arg(into)
                    .status();
                assert!(copied.expect("cp").success());
            })
            .typed(&HISTORY),
        );
    }
    inputs.push(
        git("G4", "called in a folder that looks like a bare repository", Expect::Told, |place| {
            for file in ["HEAD", "config"] {
                let text = fs::read(place.at(format!(".git/{file}"))).expect("there");
                place.put(format!("evil/{file}"), text);
            }
            place.put("evil/objects/x", "");
            place.put("evil/refs/x", "");
        })
        .around("cd evil && \"$@\""),
    );
    inputs
}

/// G5: who owns the repository changes nothing.
fn owned() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (what, path) in [
        ("everything", "."),
        ("the git folder", ".git"),
        ("HEAD", ".git/HEAD"),
        ("the configuration", ".git/config"),
    ] {
        inputs.push(git(
            "G5",
            format!("{what} belongs to somebody else"),
            Expect::Found(MOVED),
            move |place| {
                // Only root can give files away; elsewhere the input is the honest one.
                let _ = std::process::Command::new("chown")
                    .args(["-R", "65534"])
                    .arg(place.at(path))
                    .stderr(std::process::Stdio::null())
                    .status();
            },
        ));
    }
    inputs
}

/// G6 and G7.
fn shallow() -> Vec<Input> {
    let mut inputs = Vec::new();
    let words = || Expect::Open("history");
    for (name, args) in [("depth 1", vec!["--depth=1"]), ("since a day", vec!["--shallow-since=1770300000"])]
    {
        let typed = args.clone();
        inputs.push(
            input("G6", format!("cloned with {name}"), words(), move |place| cloned(place, &typed))
                .typed(&HISTORY),
        );
    }
    for depth in 2..=4 {
        inputs.push(
            input("G6", format!("cloned with depth {depth}"), Expect::Open("history"), move |place| {
                cloned(place, &[&format!("--depth={depth}")]);
            })
            .typed(&HISTORY),
        );
    }
    inputs.push(
        input("G6", "cloned with depth 5, which is all", Expect::Found(MOVED), |place| {
            cloned(place, &["--depth=5"]);
        })
        .typed(&HISTORY),
    );
    for filter in ["blob:none", "tree:0", "blob:limit=1"] {
        inputs.push(
            input("G7", format!("cloned without {filter}"), Expect::Told, move |place| {
                cloned(place, &[&format!("--filter={filter}")]);
            })
            .typed(&HISTORY),
        );
        inputs.push(
            input(
                "G7",
                format!("cloned without {filter}, and nothing checked out"),
                Expect::Told,
                move |place| {
                    cloned(place, &[&format!("--filter={filter}"), "--no-checkout"]);
                },
            )
            .typed(&["--rev", "main", "--select", MOVED]),
        );
    }
    inputs
}

/// A clone takes the place of the repository.
fn cloned(place: &Place, options: &[&str]) {
    let origin = Place { root: place.outside.join("origin"), outside: place.outside.clone() };
    fs::create_dir(&origin.root).expect("new");
    honest(&origin);
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", origin.root.display());
    let mut args = vec!["clone", "-q"];
    args.extend(options);
    args.extend([from.as_str(), "."]);
    place.git(&args);
}

/// G8 and G9: parents are those that the commits name.
fn rewritten() -> Vec<Input> {
    let mut inputs = Vec::new();
    for back in 1..=4 {
        inputs.push(git("G8", format!("a graft over {back}"), Expect::Found(MOVED), move |place| {
            let (head, other) =
                (place.git(&["rev-parse", "HEAD"]), place.git(&["rev-parse", &format!("HEAD~{back}")]));
            place.put(".git/info/grafts", format!("{head} {other}\n"));
        }));
        inputs.push(git("G8", format!("a replacement over {back}"), Expect::Found(MOVED), move |place| {
            if back > 1 {
                place.git(&["replace", "--graft", "HEAD", &format!("HEAD~{back}")]);
            } else {
                place.git(&["replace", "--graft", "HEAD"]);
            }
        }));
        inputs.push(git("G8", format!("a forged boundary at {back}"), Expect::Told, move |place| {
            let id = place.git(&["rev-parse", &format!("HEAD~{}", back - 1)]);
            place.put(".git/shallow", format!("{id}\n"));
        }));
    }
    inputs.push(git("G8", "a graft that makes HEAD a root", Expect::Found(MOVED), |place| {
        let head = place.git(&["rev-parse", "HEAD"]);
        place.put(".git/info/grafts", format!("{head}\n"));
    }));
    inputs.push(git("G8", "the file of HEAD replaced", Expect::Found(MOVED), |place| {
        let (new, old) = (
            place.git(&["rev-parse", "HEAD:actions/a.yaml"]),
            place.git(&["rev-parse", "HEAD~4:actions/a.yaml"]),
        );
        place.git(&["replace", &old, &new]);
    }));
    for at in [0, 200, 500, 900, 1040] {
        inputs.push(git(
            "G9",
            format!("a commit-graph with another byte at {at}"),
            Expect::Found(MOVED),
            move |place| {
                place.git(&["commit-graph", "write", "--reachable"]);
                let path = place.at(".git/objects/info/commit-graph");
                let mut bytes = fs::read(&path).expect("there");
                let at = at.min(bytes.len() - 1);
                bytes[at] ^= 0x55;
                fs::remove_file(&path).expect("removed");
                fs::write(&path, bytes).expect("written");
            },
        ));
    }
    inputs.push(git("G9", "a commit-graph of garbage", Expect::Found(MOVED), |place| {
        place.put(".git/objects/info/commit-graph", "CGPH".repeat(1000));
    }));
    inputs.push(git("G9", "an index of several packs that is garbage", Expect::Ends, |place| {
        place.put(".git/objects/pack/multi-pack-index", "MIDX".repeat(1000));
    }));
    inputs
}

/// G12.
fn borrowed() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, line) in [
        ("nothing", "/nowhere/objects".to_owned()),
        ("the root", "/".to_owned()),
        ("itself", ".".to_owned()),
        ("a thousand places", "/nowhere\n".repeat(1000)),
        ("no text", "\u{0}\u{1}".to_owned()),
        ("a device", "/dev/zero".to_owned()),
        ("a comment", "# x".to_owned()),
        ("quotes", "\"/x\\n\"".to_owned()),
    ] {
        inputs.push(git("G12", format!("objects borrowed from {name}"), Expect::Ends, move |place| {
            place.put(".git/objects/info/alternates", format!("{line}\n"));
        }));
    }
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    for path in ["actions/a.yaml", "risks.csv", "policies/p.md", "actions/a.json"] {
        inputs.push(input("G12", format!("{path} is a pointer of LFS"), Expect::Told, move |place| {
            place.put(path, pointer);
        }));
    }
    for path in ["actions", "risks", "policies", "actions/vendored.yaml"] {
        inputs.push(
            git("G12", format!("{path} is a submodule"), Expect::Told, move |place| {
                let head = place.git(&["rev-parse", "HEAD"]);
                if path == "actions" {
                    place.git(&["rm", "-rqf", "--cached", "actions"]);
                }
                place.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},{path}")]);
                place.git(&["commit", "-qm", "submodule"]);
            })
            .typed(&["--rev", "main", "--select", MOVED]),
        );
    }
    inputs
}

/// G16.
fn shapes() -> Vec<Input> {
    let mut inputs = Vec::new();
    let stream = |name: &'static str, text: String, expect: Expect| {
        input("G16", name, expect, move |place| {
            place.git(&["init", "-q", "-b", "main", "."]);
            place.put("stream", &text);
            let path = place.at("stream");
            let fed = std::process::Command::new("git")
                .current_dir(&place.root)
                .args(["fast-import", "--quiet", "--force"])
                .stdin(fs::File::open(&path).expect("there"))
                .status();
            assert!(fed.expect("git").success());
            fs::remove_file(path).expect("removed");
            place.git(&["reset", "-q", "--hard", "main"]);
        })
        .typed(&HISTORY)
    };
    let commit = |branch: &str, mark: usize, from: &str, month: usize| {
        let text = &day(month)[0].1;
        format!(
            "commit refs/heads/{branch}\nmark :{mark}\ncommitter A <a@b> {} +0000\ndata 1\nx\n{from}M 100644 inline actions/a.yaml\ndata {}\n{text}\n",
            1_770_000_000 + mark * 3600,
            text.len()
        )
    };
    let mut many = commit("main", 1, "", 1);
    for mark in 2..=70 {
        many.push_str(&commit(&format!("b{mark}"), mark, "from :1\n", 2));
    }
    let merges: String = (2..=70).map(|mark| format!("merge :{mark}\n")).collect();
    many.push_str(&commit("main", 71, &format!("from :1\n{merges}"), 3));
    inputs.push(stream("a merge of seventy", many, Expect::Found(MOVED)));
    let two =
        commit("main", 1, "", 1) + &commit("other", 2, "", 1) + &commit("main", 3, "from :1\nmerge :2\n", 4);
    inputs.push(stream("two roots", two, Expect::Found(MOVED)));
    let crossed = commit("main", 1, "", 1)
        + &commit("a", 2, "from :1\n", 2)
        + &commit("b", 3, "from :1\n", 3)
        + &commit("a", 4, "from :2\nmerge :3\n", 4)
        + &commit("b", 5, "from :3\nmerge :2\n", 5)
        + &commit("main", 6, "from :4\nmerge :5\n", 6);
    inputs.push(stream("merges that cross", crossed, Expect::Found(MOVED)));
    let long: String = (1..=3_000).map(|mark| commit("main", mark, "", mark % 12 + 1)).collect();
    inputs.push(stream("three thousand moves", long, Expect::Open("65536 bytes")).ceiling(2.0, 128));
    inputs
}

/// G17.
fn states() -> Vec<Input> {
    let mut inputs = Vec::new();
    let record = |place: &Place| place.put("actions/a.yaml", &day(1)[0].1);
    inputs.push(input("G17", "no repository", Expect::Told, record).typed(&HISTORY));
    inputs.push(
        input("G17", "no commit yet", Expect::Ends, move |place| {
            place.git(&["init", "-q", "-b", "main", "."]);
            record(place);
        })
        .typed(&HISTORY),
    );
    inputs.push(git("G17", "HEAD without a branch", Expect::Found(MOVED), |place| {
        drop(place.git(&["checkout", "-q", "--detach"]));
    }));
    inputs.push(git("G17", "refs in one file", Expect::Found(MOVED), |place| {
        drop(place.git(&["pack-refs", "--all"]));
    }));
    inputs.push(git("G17", "all in one pack", Expect::Found(MOVED), |place| drop(place.git(&["gc", "-q"]))));
    inputs.push(
        input("G17", "objects by SHA-256", Expect::Told, move |place| {
            place.git(&["init", "-q", "-b", "main", "--object-format=sha256", "."]);
            record(place);
            place.git(&["add", "."]);
            place.git(&["commit", "-qm", "x"]);
        })
        .typed(&HISTORY),
    );
    inputs.push(git("G17", "refs in tables", Expect::Told, |place| {
        place.put(
            ".git/config",
            "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
        );
        place.put(".git/reftable/tables.list", "");
        place.put(".git/HEAD", "ref: refs/heads/.invalid\n");
    }));
    for (name, head) in [
        ("names itself", "ref: HEAD\n"),
        ("names nothing", "ref: refs/heads/nowhere\n"),
        ("goes out", "ref: ../../outside/secret.yaml\n"),
        ("is no id", "xyz\n"),
        ("is empty", ""),
        ("is an id of nothing", "1111111111111111111111111111111111111111\n"),
        ("is half an id", "1111\n"),
        ("is long", "ref: refs/heads/"),
        ("is not text", "\u{0}\u{1}\n"),
        ("is absolute", "ref: /etc/passwd\n"),
    ] {
        inputs.push(git("G17", format!("HEAD {name}"), Expect::Told, move |place| {
            place.put(
                ".git/HEAD",
                if name == "is long" { head.to_owned() + &"x".repeat(1 << 20) } else { head.to_owned() },
            );
        }));
    }
    for (name, text) in [
        ("is a text", "hello"),
        ("is the id of a file", ""),
        ("names HEAD", "ref: HEAD\n"),
        ("names itself", "ref: refs/heads/main\n"),
    ] {
        inputs.push(git("G17", format!("the branch {name}"), Expect::Told, move |place| {
            let text =
                if text.is_empty() { place.git(&["rev-parse", "HEAD:README.md"]) } else { text.to_owned() };
            place.put(".git/refs/heads/main", text);
        }));
    }
    inputs
}

/// G19: no grammar of revisions.
fn revisions() -> Vec<Input> {
    let mut inputs = Vec::new();
    for revision in [
        ":/((((((((((",
        ":/x",
        "HEAD^{/x}",
        "HEAD^{/((((}",
        "@{99999999999}",
        "HEAD@{1}",
        "HEAD@{yesterday}",
        "main@{u}",
        "HEAD~1000000000",
        "HEAD^^^^^^^^^^",
        "..",
        "main..HEAD",
        "^main",
        "-x",
        "--help",
        "",
        " ",
        "refs/../HEAD",
        "../HEAD",
        "refs/heads/../../config",
        "/etc/passwd",
        "HEAD:actions/a.yaml",
        ":actions/a.yaml",
        "main^{tree}",
        "1111",
        "\u{1b}[31m",
        "a\nb",
        "refs/heads/",
        "*",
        "main.lock",
        "{",
        "a\\b",
        "a:b",
    ] {
        for option in ["--rev", "--base"] {
            let typed = [&format!("{option}={revision}"), "--select", MOVED];
            inputs.push(input("G19", format!("{option} {revision:?}"), Expect::Told, honest).typed(&typed));
        }
    }
    inputs
}
