//! Rows, or parts of rows, that are no input of a check: which test holds them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The row, the file of tests, and the test.
const HELD: &[(&str, &str, &str)] = &[
    ("A1", "tests/publish/command.rs", "a_fork_gets_its_annotations_from_the_log"),
    ("A2", "tests/publish/faults.rs", "a_fault_of_the_moment_is_passed_over_and_nothing_is_doubled"),
    ("A2", "tests/publish/published.rs", "what_was_interrupted_is_gone_on_with"),
    ("A3", "tests/publish/faults.rs", "what_is_published_in_part_ends_as_failed"),
    ("A4", "tests/publish/faults.rs", "a_wait_that_is_too_long_is_not_kept"),
    ("A4", "tests/publish/faults.rs", "who_is_told_to_wait_again_and_again_gives_up"),
    ("A5", "tests/publish/faults.rs", "no_server_is_waited_for_beyond_its_time"),
    ("A5", "tests/publish/faults.rs", "an_answer_without_an_end_is_not_kept"),
    ("A5", "tests/publish/faults.rs", "a_server_that_is_not_there_or_not_trusted_is_told"),
    ("A6", "tests/publish/faults.rs", "what_does_not_pass_ends_told_with_what_to_do"),
    ("O9", "tests/suite/action.rs", "texts_of_the_repository_are_no_commands_of_the_job"),
    ("O10", "tests/suite/action.rs", "a_pull_request_is_judged_by_the_release_whoever_made_it"),
    ("O11", "tests/publish/published.rs", "the_token_stands_in_the_header_only"),
    ("O12", "tests/suite/evidence_made.rs", "the_same_commit_gives_the_same_bytes_anywhere"),
    ("P1", "tests/suite/bending.rs", "no_attempt_passes_without_being_told"),
    ("R1", "tests/hostile/faults.rs", "a_file_that_may_not_grow_is_an_output_that_failed"),
    ("R3", "tests/hostile/faults.rs", "a_run_that_is_killed_leaves_no_part_of_an_output"),
    ("R7", "tests/suite/action.rs", "a_release_that_is_not_the_one_named_is_never_run"),
    ("R8", "tests/suite/layers.rs", "some_crates_are_named_in_one_module_only"),
];

/// The rows of the threat table.
const ROWS: [(&str, usize); 8] =
    [("Y", 11), ("S", 9), ("F", 7), ("G", 19), ("O", 12), ("A", 6), ("P", 8), ("R", 8)];

#[test]
fn every_row_has_three_inputs_or_a_test_elsewhere() {
    let inputs = crate::table::all();
    assert!(inputs.len() >= 1500, "{}", inputs.len());
    let held: BTreeSet<&str> = HELD.iter().map(|(row, ..)| *row).collect();
    for (family, count) in ROWS {
        for number in 1..=count {
            let row = format!("{family}{number}");
            let of_row = inputs.iter().filter(|input| input.row == row).count();
            assert!(of_row >= 3 || held.contains(row.as_str()), "{row}: {of_row} inputs");
        }
    }
}

#[test]
fn what_holds_a_row_elsewhere_is_there() {
    for (row, file, test) in HELD {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("there");
        assert!(text.contains(&format!("#[test]\nfn {test}()")), "{row}: {test} is not in {file}");
    }
}
