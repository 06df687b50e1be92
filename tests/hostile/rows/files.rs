//! F1 to F7: what is no file, goes elsewhere, has a hostile name, cannot be
//! read or is written over.

use crate::place::{ACTION, SECRET};
use crate::table::{Expect, Input, file, input};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [links(), specials(), changing(), unreadable(), names(), trees(), outputs()]
        .into_iter()
        .flatten()
        .collect()
}

/// Places where records, settings or policy are looked for.
const RECORDS: [&str; 6] =
    ["actions/a.yaml", "actions.yaml", "risks.csv", "actions/a.json", "policies/p.md", "metrics"];

/// F1.
fn links() -> Vec<Input> {
    let mut inputs = Vec::new();
    for target in [
        "/etc/passwd",
        "../outside/secret.yaml",
        "../../outside/secret.yaml",
        "nowhere.yaml",
        "a.yaml",
        ".",
        "..",
        "/",
        "/proc/self/environ",
        "/dev/zero",
        "other.yaml",
    ] {
        for path in RECORDS {
            inputs.push(input(
                "F1",
                format!("{path} is a link to {target}"),
                Expect::Unread("file-not-read"),
                move |place| {
                    place.put("nonconformities/b.yaml", "id: NC-1\ntitle: T\n");
                    place.put("other.yaml", ACTION);
                    place.link(path, target);
                },
            ));
        }
        inputs.push(input(
            "F1",
            format!("the settings are a link to {target}"),
            Expect::Refused("isms.yaml"),
            move |place| {
                place.put("actions/b.yaml", ACTION);
                place.link("isms.yaml", target);
            },
        ));
        inputs.push(input(
            "F1",
            format!("the baseline is a link to {target}"),
            Expect::Refused("isms-baseline.yaml"),
            move |place| {
                place.put("actions/b.yaml", ACTION);
                place.link("isms-baseline.yaml", target);
            },
        ));
    }
    for (key, folder) in [("rules_from", "checks"), ("kinds_from", "kinds")] {
        for target in ["../outside", "/etc", "nowhere", "."] {
            inputs.push(input(
                "F1",
                format!("{key} is a link to {target}"),
                Expect::Refused(folder),
                move |place| {
                    place.put("isms.yaml", format!("{key}: [{folder}]\n"));
                    place.put("actions/b.yaml", ACTION);
                    place.link(folder, target);
                },
            ));
        }
        for outside in ["../outside", "/etc", "..", "a/../../outside"] {
            inputs.push(input(
                "F1",
                format!("{key} names {outside}"),
                Expect::Refused("isms.yaml"),
                move |place| {
                    place.put("isms.yaml", format!("{key}: ['{outside}']\n"));
                    place.put("actions/b.yaml", ACTION);
                },
            ));
        }
    }
    inputs.push(
        input("F1", "the repository itself is behind a link", Expect::Clean, |place| {
            place.put("actions/b.yaml", ACTION);
            std::os::unix::fs::symlink(&place.root, place.outside.join("link")).expect("linked");
        })
        .typed(&["--root", "../outside/link", "--select", "action-overdue-without-rationale"]),
    );
    inputs
}

/// F2.
fn specials() -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in RECORDS {
        inputs.push(input(
            "F2",
            format!("{path} is a pipe"),
            Expect::Unread("file-not-read"),
            move |place| place.pipe(path),
        ));
        inputs.push(input(
            "F2",
            format!("{path} is a socket"),
            Expect::Unread("file-not-read"),
            move |place| {
                drop(std::os::unix::net::UnixListener::bind(place.room(path)).expect("bound"));
            },
        ));
        inputs.push(input("F2", format!("{path} is a folder"), Expect::Ends, move |place| {
            place.put("audits/b.yaml", "id: AUD-1\ntitle: T\n");
            place.put(format!("{path}/x"), "x");
        }));
    }
    for path in ["isms.yaml", "isms-baseline.yaml"] {
        inputs.push(input("F2", format!("{path} is a pipe"), Expect::Refused(path), move |place| {
            place.put("actions/b.yaml", ACTION);
            place.pipe(path);
        }));
    }
    for path in ["checks/own.yaml", "kinds/x.schema.json"] {
        inputs.push(input("F2", format!("{path} is a pipe"), Expect::Refused(path), move |place| {
            place.put("actions/b.yaml", ACTION);
            place.put("isms.yaml", "rules_from: [checks]\nkinds_from: [kinds]\n");
            place.pipe("checks/own.yaml");
            place.pipe("kinds/x.schema.json");
        }));
    }
    for path in [".gitignore", ".git/info/exclude", "actions/.gitignore"] {
        let unknown = || Expect::Open("list of ignored files");
        let committed =
            |place: &crate::place::Place| drop(place.commits(&[vec![("actions/b.yaml", ACTION.to_owned())]]));
        inputs.push(input("F2", format!("{path} is a pipe"), unknown(), move |place| {
            committed(place);
            place.pipe(path);
        }));
        inputs.push(input("F2", format!("{path} is a link to a device"), unknown(), move |place| {
            committed(place);
            place.link(path, "/dev/zero");
        }));
        inputs.push(input("F2", format!("{path} has a terabyte"), unknown(), move |place| {
            committed(place);
            place.put(path, "x");
            let file = std::fs::File::options().write(true).open(place.at(path)).expect("open");
            file.set_len(1 << 40).expect("a hole");
        }));
    }
    inputs
}

/// F3: while it is read, something else writes.
fn changing() -> Vec<Input> {
    let line = |writer: &'static str| writer;
    [
        ("is exchanged", line("(while :; do cp x.yaml y.yaml; mv y.yaml actions/a.yaml; done) & w=$!; \"$@\"; e=$?; kill $w; wait $w 2>/dev/null; exit $e")),
        ("grows", line("(while :; do echo '# more' >> actions/a.yaml; done) & w=$!; \"$@\"; e=$?; kill $w; wait $w 2>/dev/null; exit $e")),
        ("is cut short", line("(while :; do : > actions/a.yaml; cp x.yaml actions/a.yaml; done) & w=$!; \"$@\"; e=$?; kill $w; wait $w 2>/dev/null; exit $e")),
        ("becomes a link", line("(while :; do ln -sf /etc/passwd actions/a.yaml; rm -f actions/a.yaml; cp x.yaml actions/a.yaml; done) 2>/dev/null & w=$!; \"$@\"; e=$?; kill $w; wait $w 2>/dev/null; exit $e")),
    ]
    .into_iter()
    .map(|(name, around)| {
        input("F3", format!("a file {name}"), Expect::Ends, |place| {
            place.put("x.yaml", format!("{ACTION}due: 2020-01-01\n"));
            place.put("actions/a.yaml", format!("{ACTION}due: 2020-01-01\n"));
        })
        .around(around)
        .ceiling(5.0, 128)
    })
    .collect()
}

/// F4. Who is root reads everything, so the program has to be somebody else,
/// or be given too little.
fn unreadable() -> Vec<Input> {
    let mut inputs = Vec::new();
    for files in [8, 9, 10, 12, 16] {
        let around: &'static str = match files {
            8 => "ulimit -n 8; exec \"$@\"",
            9 => "ulimit -n 9; exec \"$@\"",
            10 => "ulimit -n 10; exec \"$@\"",
            12 => "ulimit -n 12; exec \"$@\"",
            _ => "ulimit -n 16; exec \"$@\"",
        };
        inputs.push(
            input("F4", format!("{files} open files at most"), Expect::Ends, |place| {
                for at in 0..20 {
                    place.put(
                        format!("actions/d{at}/e/f/a.yaml"),
                        format!("id: A-{at}\ntitle: T\nstatus: planned\n"),
                    );
                }
            })
            .around(around)
            .typed(&["--select", "action-overdue-without-rationale", "--no-history"]),
        );
    }
    inputs.push(input("F4", "a loop of folders in the path", Expect::Ends, |place| {
        place.put("actions/a.yaml", ACTION);
        place.link("loop", ".");
    }));
    inputs
}

/// F5.
fn names() -> Vec<Input> {
    let mut inputs = Vec::new();
    let broken = "id: A\ntitle: T\nstatus: wrong\n";
    let found = || Expect::Found("value-not-allowed");
    let long = "n".repeat(250);
    for name in [
        "b\nc",
        "b\rc",
        "b\tc",
        "%0A::error::y",
        "##[error]z",
        "x,line=1",
        "x,title=forged::forged",
        "::error::x",
        "::stop-commands::x",
        "::add-mask::the",
        " leading",
        "trailing ",
        ".hidden",
        "-rf",
        "--rev=x",
        "-",
        "--",
        "con",
        "NUL",
        "a:b",
        "a*b?",
        "a\"b'c",
        "a\\b",
        "a|b",
        "<script>",
        "&amp;",
        "`code`",
        "[x](y)",
        "![x](y)",
        "@team",
        "#1",
        "$(id)",
        "${HOME}",
        ";id;",
        "=1+1",
        "+1",
        "@SUM(1)",
        "\u{202e}gpj",
        "\u{200b}",
        "\u{feff}",
        "\u{2028}",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{9b}31m",
        "é",
        "e\u{301}",
        "風",
        "🛡",
        "А",
        "%2e%2e%2f",
        "a%00b",
        "~",
        "~root",
        "file#frag",
        "file?q",
        "a b",
        "...",
        "a;b",
        "||",
        ">",
        "]]>",
        "-->",
        &long,
    ] {
        if name == ".hidden" || name == "..." {
            continue;
        }
        inputs.push(file(
            "F5",
            format!("a record in {name:?}"),
            format!("actions/{name}.yaml"),
            broken,
            found(),
        ));
    }
    for folder in ["x\ny", "::error::d", "-d", "\u{202e}d", "d e", "##[group]d"] {
        inputs.push(file(
            "F5",
            format!("in the folder {folder:?}"),
            format!("actions/{folder}/a.yaml"),
            broken,
            found(),
        ));
    }
    for (name, path) in [
        ("bytes that are no text", b"actions/a\xff\xfe.yaml".to_vec()),
        ("half a character", b"actions/a\xe2\x82.yaml".to_vec()),
        ("a surrogate", b"actions/\xed\xa0\x80.yaml".to_vec()),
    ] {
        inputs.push(file("F5", name, path, broken, found()));
    }
    for (name, one, other) in [
        ("two cases", "actions/A.yaml", "actions/a.yaml"),
        ("composed and decomposed", "actions/é.yaml", "actions/e\u{301}.yaml"),
        ("two endings", "actions/a.yaml", "actions/a.yml"),
        ("a folder and a register", "actions/a.yaml", "actions.yaml"),
        ("two formats", "actions/a.yaml", "actions/a.json"),
    ] {
        let record = move |place: &crate::place::Place| {
            for path in [one, other] {
                let json = "{\"id\":\"ACT-1\",\"title\":\"T\",\"status\":\"planned\"}";
                place.put(path, if path.ends_with("json") { json } else { ACTION });
            }
        };
        inputs.push(input("F5", format!("one record under {name}"), Expect::Found("duplicate-id"), record));
    }
    inputs
}

/// F6.
fn trees() -> Vec<Input> {
    let mut inputs = Vec::new();
    for depth in [100, 300, 500] {
        inputs.push(input("F6", format!("{depth} folders deep"), Expect::Told, move |place| {
            place.put(format!("actions/{}a.yaml", "d/".repeat(depth)), "id: A\ntitle: T\nstatus: wrong\n");
        }));
    }
    inputs.push(input("F6", "deeper than a path may be long", Expect::Told, |place| {
        let line = "cd actions && for i in $(seq 40); do mkdir -p $(printf 'd%.0s' $(seq 200)); cd $(printf 'd%.0s' $(seq 200)); done; \
                    printf 'id: A\\ntitle: T\\nstatus: wrong\\n' > a.yaml";
        place.put("actions/b.yaml", ACTION);
        let made = std::process::Command::new("bash").current_dir(&place.root).args(["-c", line]).status().expect("bash");
        assert!(made.success());
    }));
    for files in [2_000, 10_000] {
        inputs.push(
            input("F6", format!("{files} empty files"), Expect::Told, move |place| {
                for at in 0..files {
                    place.put(format!("actions/{at}.yaml"), "");
                }
            })
            .ceiling(4.0, 256),
        );
    }
    for pattern in ["*", "actions/", "*.yaml", "!README", "actions/a.yaml"] {
        inputs.push(input(
            "F6",
            format!("a committed record under the .gitignore {pattern}"),
            Expect::Found("value-not-allowed"),
            move |place| {
                place.commits(&[vec![
                    ("actions/a.yaml", "id: A\ntitle: T\nstatus: wrong\n".to_owned()),
                    (".gitignore", format!("{pattern}\n")),
                ]]);
            },
        ));
    }
    inputs
}

/// F7: reports are not written through what somebody has put in their place.
fn outputs() -> Vec<Input> {
    let mut inputs = Vec::new();
    for format in ["json", "sarif", "markdown", "junit", "human", "github", "gitlab", "concise"] {
        inputs.push(
            input(
                "F7",
                format!("{format} goes where a link to a file outside lies"),
                Expect::Unwritten("r.out"),
                move |place| {
                    place.put("actions/a.yaml", ACTION);
                    place.link("r.out", "../outside/victim");
                    place.link("../outside/victim", "secret.yaml");
                },
            )
            .typed(&["--output", &format!("{format}=r.out")]),
        );
    }
    for (name, target) in
        [("nothing", "nowhere"), ("itself", "r.out"), ("a folder", "actions"), ("a device", "/dev/null")]
    {
        inputs.push(
            input(
                "F7",
                format!("a report goes where a link to {name} lies"),
                Expect::Unwritten("r.out"),
                move |place| {
                    place.put("actions/a.yaml", ACTION);
                    place.link("r.out", target);
                },
            )
            .typed(&["--output", "json=r.out"]),
        );
    }
    for (name, make) in [
        ("a folder", (|place: &crate::place::Place| place.put("r.out/x", "x")) as fn(&crate::place::Place)),
        ("a pipe", |place| place.pipe("r.out")),
        ("no folder", |_| ()),
    ] {
        let target = if name == "no folder" { "json=nowhere/r.out" } else { "json=r.out" };
        inputs.push(
            input(
                "F7",
                format!("a report goes where {name} lies"),
                Expect::Unwritten("r.out"),
                move |place| {
                    place.put("actions/a.yaml", ACTION);
                    make(place);
                },
            )
            .typed(&["--output", target]),
        );
    }
    let _ = SECRET;
    inputs
}
