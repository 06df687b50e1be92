//! R1 to R6: streams that are closed or full, too little of everything, signals,
//! surroundings, and several runs at once.

use crate::place::{ACTION, Place};
use crate::table::{Expect, Input, input};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [full(), closed(), starved(), surroundings(), at_once()].into_iter().flatten().collect()
}

fn broken(place: &Place) {
    place.put("actions/a.yaml", "id: A\ntitle: T\nstatus: wrong\n");
}

fn sound(place: &Place) {
    place.put("actions/a.yaml", ACTION);
}

const ONE: [&str; 2] = ["--select", "action-overdue-without-rationale"];

/// R1.
fn full() -> Vec<Input> {
    let mut inputs = Vec::new();
    for format in ["human", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        for (name, make) in [("with findings", broken as fn(&Place)), ("without", sound)] {
            let typed = ["--format", format, ONE[0], ONE[1]];
            inputs.push(
                input("R1", format!("{format} to a full device, {name}"), Expect::Unwritten(""), make)
                    .around("exec \"$@\" > /dev/full")
                    .typed(&typed),
            );
        }
        inputs.push(
            input(
                "R1",
                format!("a file of {format} on a full device"),
                Expect::Unwritten("/dev/full"),
                sound,
            )
            .typed(&["--output", &format!("{format}=/dev/full"), ONE[0], ONE[1]]),
        );
    }
    inputs.push(
        input(
            "R1",
            "words of the second stream to a full device",
            Expect::Found("value-not-allowed"),
            broken,
        )
        .around("exec \"$@\" 2> /dev/full")
        .typed(&ONE),
    );
    inputs
}

/// R2.
fn closed() -> Vec<Input> {
    let found = || Expect::Found("value-not-allowed");
    [
        ("standard output closed", "exec \"$@\" >&-"),
        ("both streams closed", "exec \"$@\" >&- 2>&-"),
        ("all streams closed", "exec \"$@\" <&- >&- 2>&-"),
        ("standard input closed", "exec \"$@\" <&-"),
        (
            "a reader that leaves at once",
            "{ \"$@\"; echo $? > ../code; } | true; sleep 0.05; exit $(cat ../code)",
        ),
        ("a reader of one line", "{ \"$@\"; echo $? > ../code; } | head -1; sleep 0.05; exit $(cat ../code)"),
    ]
    .into_iter()
    .map(|(name, around)| input("R2", name, found(), broken).around(around).typed(&ONE))
    .collect()
}

/// R3 and R4: too little memory, stack or threads is no verdict.
fn starved() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, around) in [
        ("a stack of 512 KiB", "ulimit -s 512; exec \"$@\""),
        ("a stack of 1 MiB", "ulimit -s 1024; exec \"$@\""),
    ] {
        for depth in [1, 60, 5_000] {
            let expect = if depth > 64 { Expect::Found("limit-exceeded") } else { Expect::Clean };
            inputs.push(
                input("R4", format!("{name}, {depth} levels"), expect, move |place| {
                    place.put(
                        "actions/a.yaml",
                        format!("{ACTION}x-a: {}{}\n", "[".repeat(depth), "]".repeat(depth)),
                    );
                })
                .around(around)
                .typed(&ONE),
            );
        }
    }
    inputs
}

/// R5.
fn surroundings() -> Vec<Input> {
    let found = || Expect::Found("value-not-allowed");
    [
        "TZ=Pacific/Kiritimati",
        "TZ=:/etc/passwd",
        "TZ=nonsense",
        "LANG=tr_TR.UTF-8",
        "LC_ALL=C",
        "LC_ALL=nonsense",
        "HOME=/nowhere",
        "HOME=",
        "XDG_CONFIG_HOME=/etc",
        "TMPDIR=/nowhere",
        "RAYON_NUM_THREADS=1",
        "RAYON_NUM_THREADS=64",
        "RAYON_NUM_THREADS=x",
        "GIT_DIR=/nowhere",
        "GIT_WORK_TREE=/etc",
        "GIT_CONFIG_GLOBAL=/etc/passwd",
        "GIT_OBJECT_DIRECTORY=/nowhere",
        "GIT_INDEX_FILE=/nowhere",
        "RUST_BACKTRACE=full",
        "RUST_LOG=trace",
        "NO_COLOR=1",
        "COLUMNS=1",
        "COLUMNS=99999999999",
        "TERM=dumb",
        "PATH=",
    ]
    .into_iter()
    .map(|variable| {
        let around: &'static str = Box::leak(format!("exec env {variable} \"$@\"").into_boxed_str());
        // Without a path, `env` finds the program by its full name.
        let around = if variable == "PATH=" { "PATH= ; export PATH; exec \"$@\"" } else { around };
        input("R5", variable, found(), broken).around(around).typed(&ONE)
    })
    .collect()
}

/// R6.
fn at_once() -> Vec<Input> {
    [("two", "2"), ("four", "4"), ("eight", "8")]
        .into_iter()
        .map(|(name, count)| {
            let around: &'static str = Box::leak(
                format!("for i in $(seq {count}); do \"$@\" > ../said.$i 2>&1 & done; wait; for i in $(seq {count}); do cmp -s ../said.1 ../said.$i || exit 98; done; exec \"$@\"")
                    .into_boxed_str(),
            );
            input("R6", format!("{name} at once, into the same files"), Expect::Found("value-not-allowed"), broken).around(around).typed(&ONE).ceiling(3.0, 128)
        })
        .collect()
}
