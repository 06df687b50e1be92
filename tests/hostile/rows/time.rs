//! P6 to P8: the day of judgement, zones, and periods over leap days and ends of
//! months. What is due when is worked out here by a calculation of its own.

use crate::table::{Expect, Input, input};
use ismslint::git::Instant;
use ismslint::git::write::{Files, Person, Writer};

/// Of all rows.
pub(crate) fn inputs() -> Vec<Input> {
    [day_of_judgement(), zones(), periods()].into_iter().flatten().collect()
}

const OVERDUE: &str = "action-overdue-without-rationale";

/// P6.
fn day_of_judgement() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (due, day, late) in [
        ("2026-11-02", "2026-11-01", false),
        ("2026-11-02", "2026-11-02", false),
        ("2026-11-02", "2026-11-03", true),
        ("2026-12-31", "2027-01-01", true),
        ("2024-02-28", "2024-02-29", true),
        ("2024-02-29", "2024-02-29", false),
        ("2024-02-29", "2024-03-01", true),
        ("1999-12-31", "2000-01-01", true),
        ("2038-01-19", "2038-01-20", true),
        ("2100-02-28", "2100-03-01", true),
        ("9999-12-31", "9999-12-31", false),
        ("2026-11-02", "1970-01-01", false),
        ("2026-11-02", "0001-01-01", false),
        ("0001-01-01", "2026-11-02", true),
    ] {
        let expect = if late { Expect::Found(OVERDUE) } else { Expect::Clean };
        inputs.push(
            input("P6", format!("due {due}, judged on {day}"), expect, move |place| {
                place.put("actions/a.yaml", format!("id: ACT-1\ntitle: T\nstatus: planned\ndue: {due}\n"));
            })
            .typed(&["--as-of", day, "--select", OVERDUE]),
        );
    }
    for day in [
        "2026-02-30",
        "2026-13-01",
        "tomorrow",
        "",
        "20260101",
        "2026-11-02T00:00:00Z",
        "99999999-01-01",
        "\u{661}",
    ] {
        inputs.push(
            input("P6", format!("judged on {day:?}"), Expect::Refused("as-of"), |place| {
                place.put("actions/a.yaml", crate::place::ACTION);
            })
            .typed(&["--as-of", day]),
        );
    }
    inputs
}

/// P7: a review dated the day on which it was committed, by the declared zone.
fn zones() -> Vec<Input> {
    const RULE: &str = "review-date-later-than-its-commit";
    let mut inputs = Vec::new();
    // A commit of 2026-02-02 at 11:30 UTC. The rule lets a day pass, so two days
    // ahead of it are too many.
    for (zone, minutes) in [
        ("UTC", 0),
        ("Pacific/Auckland", 780),
        ("Pacific/Kiritimati", 840),
        ("Pacific/Pago_Pago", -660),
        ("Asia/Kolkata", 330),
        ("America/St_Johns", -210),
        ("Europe/Berlin", 60),
        ("Pacific/Chatham", 825),
        ("Asia/Kathmandu", 345),
        ("America/Los_Angeles", -480),
    ] {
        for hour in [0_i64, 11, 23] {
            // 2026-02-02T00:00Z
            let seconds = 1_769_990_400 + hour * 3600 + 1800;
            let arrived = (hour * 60 + 30 + minutes).div_euclid(1440) + 2;
            for reviewed in 2..=5_i64 {
                let late = reviewed - arrived > 1;
                let expect = if late { Expect::Found(RULE) } else { Expect::Clean };
                inputs.push(input("P7", format!("committed at {hour}:30 UTC, {zone}, reviewed on 2026-02-0{reviewed}"), expect, move |place| {
                    let mut writer = Writer::create(&place.root).expect("a repository");
                    let mut files = Files::new();
                    files.insert("isms.yaml".into(), format!("time_zone: {zone}\nlevel: full\n").into_bytes());
                    let when = Instant { seconds, offset_minutes: 0 };
                    let ana = Person { name: "Ana", email: "ana@example.org", when };
                    // A first state, so that the review is an event.
                    files.insert("policies/p.md".into(), b"---\nid: P\ntitle: T\ntype: policy\n---\nText\n".to_vec());
                    let first = writer.commit(&files, &[], ana, ana, "first").expect("a commit");
                    files.insert("policies/p.md".into(), format!("---\nid: P\ntitle: T\ntype: policy\nreviewed: 2026-02-0{reviewed}\n---\nText\n").into_bytes());
                    let second = writer.commit(&files, &[first], ana, ana, "second").expect("a commit");
                    writer.branch("main", second).expect("a branch");
                    writer.checkout(&files).expect("a work tree");
                }).typed(&["--select", RULE]));
            }
        }
    }
    for zone in ["Mars/Olympus", "../../etc/passwd", "utc", "", "UTC+25", "Europe/berlin", "\u{1b}[31m"] {
        let quoted = serde_json::to_string(zone).expect("text");
        inputs.push(input("P7", format!("the zone {zone:?}"), Expect::Ends, move |place| {
            place.put("isms.yaml", format!("time_zone: {quoted}\n"));
            place.put("actions/a.yaml", crate::place::ACTION);
        }));
    }
    inputs
}

/// A day of the calendar as people count: year, month, day.
type Day = (i64, i64, i64);

fn length(year: i64, month: i64) -> i64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        [usize::try_from(month - 1).expect("a month")]
}

/// The same day so many months later, or the last of that month.
fn later((year, month, day): Day, months: i64) -> Day {
    let count = year * 12 + month - 1 + months;
    let (year, month) = (count / 12, count % 12 + 1);
    (year, month, day.min(length(year, month)))
}

fn next((year, month, day): Day) -> Day {
    if day < length(year, month) {
        (year, month, day + 1)
    } else if month < 12 {
        (year, month + 1, 1)
    } else {
        (year + 1, 1, 1)
    }
}

fn written((year, month, day): Day) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// P8.
fn periods() -> Vec<Input> {
    const RULE: &str = "policy-review-overdue";
    let mut inputs = Vec::new();
    let reviewed = [
        (2024, 2, 29),
        (2023, 2, 28),
        (2024, 1, 31),
        (2023, 1, 31),
        (2023, 12, 31),
        (2099, 2, 28),
        (2096, 2, 29),
        (2024, 8, 31),
        (2000, 2, 29),
        (2025, 6, 15),
    ];
    for start in reviewed {
        for (interval, months) in [
            ("1 month", 1),
            ("3 months", 3),
            ("6 months", 6),
            ("12 months", 12),
            ("1 year", 12),
            ("4 years", 48),
            ("18 months", 18),
            ("100 years", 1200),
        ] {
            let due = later(start, months);
            for (day, late) in [(due, false), (next(due), true)] {
                let expect = if late { Expect::Found(RULE) } else { Expect::Clean };
                let (start, day) = (written(start), written(day));
                inputs.push(input("P8", format!("reviewed {start}, every {interval}, judged on {day}"), expect, move |place| {
                    let fields = format!("id: P\ntitle: T\ntype: policy\nstatus: approved\nreviewed: {start}\nreview_interval: {interval}\n");
                    place.put("policies/p.md", format!("---\n{fields}---\nText\n"));
                }).typed(&["--as-of", &day, "--select", RULE]));
            }
        }
    }
    inputs
}
