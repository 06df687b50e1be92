//! Inputs made to break the program: one table, one driver.
//!
//! Each input belongs to a row of the threat table (`Y1`: alias bombs, and so
//! on) and says what must become of it; the driver makes it in a folder of its
//! own, runs the real program with a report in every format, and requires that
//! no run hangs, dies, passes in silence or lets the input speak.
//!
//! `cargo test --test hostile` takes about every fortieth input, of each row
//! three at least. All of them, with the figures that are asked of a release build
//! (0.5 s, 128 MiB), one after the other:
//!
//! ```text
//! cargo test --release --test hostile -- --ignored --nocapture
//! ```
//!
//! `HOSTILE_ROW=G10` keeps to the rows that begin so, `HOSTILE_UNMEASURED=1`
//! measures nothing and runs several at a time, and `HOSTILE_PROGRAM` names a
//! program to run in the place of the one that was built for the test.

#![expect(clippy::disallowed_methods, reason = "tests read what was written, and their own switches")]
#![expect(clippy::format_collect, reason = "the texts are built once, for a test")]
#![expect(clippy::print_stdout, reason = "the figures by row are the result of a run")]

mod driver;
mod elsewhere;
mod faults;
#[path = "../suite/github_decoder.rs"]
mod github_decoder;
mod place;
mod rows;
mod sinks;
mod table;

use driver::Outcome;
use std::collections::BTreeMap;
use table::Input;

/// The inputs of the rows that were asked for.
fn asked() -> Vec<Input> {
    let row = std::env::var("HOSTILE_ROW").unwrap_or_default();
    table::all().into_iter().filter(|input| input.row.starts_with(&row)).collect()
}

/// The figures by row, and what went wrong.
fn summed_up(outcomes: &[Outcome]) {
    let mut rows = BTreeMap::<(&str, usize, &str), Vec<&Outcome>>::new();
    for outcome in outcomes {
        let (family, number) = outcome.row.split_at(1);
        rows.entry((family, number.parse().expect("a number"), outcome.row)).or_default().push(outcome);
    }
    println!("row   inputs  clean  findings  refused  incomplete  unwritten  slowest  largest");
    for ((.., row), of_row) in &rows {
        let ended = |code| of_row.iter().filter(|outcome| outcome.exit == Some(code)).count();
        let slowest = of_row.iter().map(|outcome| outcome.seconds).fold(0.0, f64::max);
        let largest = of_row.iter().map(|outcome| outcome.mebibytes).max().unwrap_or_default();
        println!(
            "{row:<5} {:>6} {:>6} {:>9} {:>8} {:>11} {:>10} {slowest:>6.2} s {largest:>4} MiB",
            of_row.len(),
            ended(0),
            ended(1),
            ended(2),
            ended(3),
            ended(4),
        );
    }
    println!("in all {}", outcomes.len());
    let faults: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.fault.is_some()).collect();
    for outcome in &faults {
        println!("{} {}: {}\n", outcome.row, outcome.name, outcome.fault.as_deref().unwrap_or_default());
    }
    assert!(faults.is_empty(), "{} of {} inputs", faults.len(), outcomes.len());
}

#[test]
fn some_of_every_row_end_as_they_must() {
    summed_up(&driver::all(&table::some(asked()), false));
}

#[test]
#[ignore = "all inputs, measured one by one: for a release build on a machine that does nothing else"]
fn every_input_ends_as_it_must_in_time_and_space() {
    let measured = std::env::var_os("HOSTILE_UNMEASURED").is_none();
    summed_up(&driver::all(&asked(), measured));
}

#[test]
fn every_input_has_a_name_of_its_own() {
    let inputs = table::all();
    let mut names: Vec<_> = inputs.iter().map(|input| (input.row, &input.name)).collect();
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
