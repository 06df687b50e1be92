//! Objectives: their course, and what came out.

use super::View;
use super::metrics::line;
use crate::escape::Raw;
use crate::inventory::Record;
use crate::sheet::{Cell, Chart, Line, Point, Section, Shape, Table, natural};
use crate::views::Course;
use crate::views::read::{cell, day, id, number, spoken, title, word};

const COLUMNS: [(&str, &str); 11] = [
    ("id", "Id"),
    ("title", "Title"),
    ("owner", "Owner"),
    ("metric", "Metric"),
    ("baseline", "Baseline"),
    ("target", "Target"),
    ("latest", "Latest"),
    ("due", "Due"),
    ("status", "Status"),
    ("outcome", "Outcome"),
    ("explanation", "Explanation"),
];

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("objectives", "Objectives").of(&["6.2"]);
    view.gaps(&mut section, &["objective", "metric", "measurement"], false);
    let all = view.now.of_kind("objective");
    let set = |record: &Record| day(record, "approved.on").or_else(|| day(record, "baseline.on"));
    let with = |status: &'static str| {
        let all = &all;
        move |period: crate::evidence::Period| {
            super::how_many(all, |(_, record)| {
                word(record, "status").as_deref() == Some(status) && period.has(day(record, "outcome.on"))
            })
        }
    };
    view.count(&mut section, "set", "Set", |period| {
        super::how_many(&all, |(_, record)| period.has(set(record)))
    });
    view.count(&mut section, "achieved", "Achieved", with("achieved"));
    view.count(&mut section, "not_achieved", "Not achieved", with("not_achieved"));
    view.count(&mut section, "fell_due", "Fell due", |period| {
        super::how_many(&all, |(_, record)| period.has(day(record, "due")))
    });
    let mut rows = Vec::new();
    for (_, objective) in &all {
        let metric = word(objective, "metric");
        let metric = metric.and_then(|id| view.now.context.inventory.find("metric", &id));
        let course = metric.map(|metric| Course::of(view.now, metric, view.end()));
        let latest = course.as_ref().and_then(Course::last).map(|last| last.value);
        rows.push(vec![
            id(objective),
            Cell::Text(title(objective)),
            Cell::maybe(view.now.owner(objective)),
            cell(objective, "metric"),
            cell(objective, "baseline.value"),
            cell(objective, "target.value"),
            Cell::number(latest),
            cell(objective, "due"),
            spoken(objective, "status"),
            cell(objective, "outcome.value"),
            cell(objective, "outcome.explanation"),
        ]);
        match course {
            Some(course) if !course.steps.is_empty() => section.charts.push(chart(objective, &course)),
            _ => {
                let why = word(objective, "not_measurable_because").map_or_else(
                    || "no measurement belongs to it".to_owned(),
                    |_| "it says why it cannot be measured".to_owned(),
                );
                section.observe(format!("{}: no chart, because {why}.", objective.key.id.unescaped()));
            }
        }
    }
    section.charts.sort_by_cached_key(|chart| natural(chart.key.unescaped()));
    section.tables.push(
        Table::new("objectives", "All objectives", &COLUMNS).or("there is no objective").with(rows).sorted(),
    );
    section
}

/// From the baseline over the measurements to the target.
fn chart(objective: &Record, course: &Course<'_>) -> Chart {
    let mut points: Vec<Point> = line(course);
    if let (Some(value), Some(on)) = (number(objective, "baseline.value"), day(objective, "baseline.on")) {
        let at = course.steps.iter().take_while(|step| step.until < on).count();
        points.insert(
            at,
            Point { label: Raw::from(on.to_string()), value: Some(value), mark: Some("baseline") },
        );
    }
    Chart {
        key: objective.key.id.clone(),
        title: title(objective),
        shape: Shape::Line,
        unit: crate::views::read::text(course.metric, "unit"),
        target: number(objective, "target.value"),
        lines: vec![Line { name: title(course.metric), points }],
    }
}
