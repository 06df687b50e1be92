//! What a job summary ends with: how the leadership metrics stand, and what
//! falls due next.

use super::due_dates::deadlines;
use super::read::Reading;
use super::trend::{Course, Reach, Step, courses, sparkline};
use crate::expr::Value;
use crate::sheet::{Cell, Section, Table};
use chrono::Days;

/// Days that are looked ahead.
const DAYS: u64 = 30;
/// Rows of a table.
const MOST: usize = 40;

const METRICS: [(&str, &str); 6] = [
    ("title", "Metric"),
    ("course", "Course"),
    ("value", "Latest"),
    ("target", "Target"),
    ("target_reached", "Reached"),
    ("mark", "Mark"),
];

const DUE: [(&str, &str); 5] =
    [("due", "Due"), ("what", "What"), ("id", "Id"), ("title", "Title"), ("owner", "Owner")];

/// The two sections; none where there is nothing to tell.
pub fn outlook(reading: &Reading) -> Vec<Section> {
    [leadership(reading), due(reading)].into_iter().flatten().collect()
}

fn leadership(reading: &Reading) -> Option<Section> {
    let all = courses(reading, reading.today());
    let led: Vec<&Course<'_>> =
        all.iter().filter(|course| matches!(course.metric.get("leadership"), Value::Bool(true))).collect();
    if led.is_empty() {
        return None;
    }
    let mut section = Section::new("leadership", "Leadership metrics");
    let missed = led.iter().filter(|course| reached(course) == Some(Reach::Missed)).count();
    let worse = led.iter().filter(|course| course.last().and_then(Step::mark).is_some()).count();
    section.observe(format!(
        "{} in all: {missed} miss their target, {worse} got worse beyond their tolerance in the newest period",
        led.len()
    ));
    section.undetermined.extend(reading.hidden(&["metric", "measurement"]));
    let rows = led.iter().take(MOST).map(|course| row(course));
    section.tables.push(Table::new("metrics", "Where they stand", &METRICS).with(rows));
    Some(section)
}

fn reached(course: &Course<'_>) -> Option<Reach> {
    course.last().and_then(|last| course.reach(last.value))
}

fn row(course: &Course<'_>) -> Vec<Cell> {
    let values: Vec<f64> = course.steps.iter().map(|step| step.value).collect();
    let last = course.last();
    let unit = course.metric.get("unit").as_text().map(|unit| format!(" {unit}")).unwrap_or_default();
    let latest = last.map(|last| format!("{}{unit} ({})", last.value, last.period.unescaped()));
    let reach = reached(course).map(|reach| if reach == Reach::Reached { "yes" } else { "no" });
    vec![
        Cell::Text(super::read::title(course.metric)),
        Cell::text(sparkline(&values)),
        latest.map_or_else(|| Cell::text("not measured"), Cell::text),
        Cell::number(course.target),
        reach.map_or(Cell::Nothing, Cell::text),
        last.and_then(Step::mark).map_or(Cell::Nothing, Cell::text),
    ]
}

fn due(reading: &Reading) -> Option<Section> {
    let today = reading.today();
    let until = today.checked_add_days(Days::new(DAYS)).unwrap_or(today);
    let found = deadlines(reading);
    let mut next: Vec<_> = found.dated.into_iter().filter(|deadline| deadline.on <= until).collect();
    if next.is_empty() && found.gaps.is_empty() {
        return None;
    }
    next.sort_by(|one, other| one.order().cmp(&other.order()));
    let overdue = next.iter().filter(|deadline| deadline.on < today).count();
    let mut section = Section::new("due", format!("Due in {DAYS} days, until {until}"));
    section.observe(format!("{} in all, {overdue} of them overdue", next.len()));
    section.undetermined = found.gaps;
    if next.len() > MOST {
        section.observe(format!("The first {MOST} are shown; `ismslint due` has all"));
    }
    let rows = next.into_iter().take(MOST).map(|deadline| {
        vec![
            Cell::Day(deadline.on),
            Cell::text(deadline.what),
            Cell::Text(deadline.id),
            Cell::Text(deadline.title),
            Cell::maybe(deadline.owner),
        ]
    });
    section.tables.push(Table::new("due", "What falls due", &DUE).or("nothing falls due").with(rows));
    Some(section)
}
