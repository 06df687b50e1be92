//! Metrics: the course of each, its target, and where it got worse.

use super::View;
use crate::escape::Raw;
use crate::sheet::{Cell, Chart, Line, Point, Section, Shape, Table};
use crate::views::read::{cell, id, spoken, text, title, word};
use crate::views::{Course, Reach, courses};
use std::collections::BTreeMap;

pub(super) fn chapter(view: &View<'_>) -> Section {
    let mut section = Section::new("metrics", "Metrics").of(&["9.1"]);
    view.gaps(&mut section, &["metric", "measurement"], false);
    let all = courses(view.now, view.end());
    let steps = |period: crate::evidence::Period| {
        let steps = all.iter().flat_map(|course| &course.steps);
        steps.filter(move |step| period.holds(step.until)).collect::<Vec<_>>()
    };
    view.count(&mut section, "measured", "Values of periods that ended", |period| steps(period).len());
    view.count(&mut section, "regressions", "Regressions beyond tolerance", |period| {
        super::how_many(&steps(period), |step| step.regressed)
    });
    view.count(&mut section, "unexplained", "Regressions without an explanation", |period| {
        super::how_many(&steps(period), |step| step.regressed && step.explanation.is_none())
    });
    view.at_end(&mut section, "reached", "Metrics whose newest value reaches the target", |day| {
        Cell::Count(super::how_many(&all, |course| {
            let last = course.steps.iter().rfind(|step| step.until <= day);
            last.and_then(|last| course.reach(last.value)) == Some(Reach::Reached)
        }))
    });
    section.tables.push(by_category(&all));
    section.tables.push(metrics(view, &all));
    section.tables.push(regressions(view, &all));
    section.charts = all.iter().filter(|course| !course.steps.is_empty()).map(chart).collect();
    section
}

/// The periods as points.
pub(super) fn line(course: &Course<'_>) -> Vec<Point> {
    let point = |step: &crate::views::Step| Point {
        label: step.period.clone(),
        value: Some(step.value),
        mark: step.mark(),
    };
    course.steps.iter().map(point).collect()
}

fn chart(course: &Course<'_>) -> Chart {
    Chart {
        key: course.metric.key.id.clone(),
        title: title(course.metric),
        shape: Shape::Line,
        unit: text(course.metric, "unit"),
        target: course.target,
        lines: vec![Line { name: title(course.metric), points: line(course) }],
    }
}

fn by_category(all: &[Course<'_>]) -> Table {
    let mut categories: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
    for course in all {
        let category = word(course.metric, "category").unwrap_or_else(|| "none named".to_owned());
        let count = categories.entry(category.replace('_', " ")).or_default();
        count.0 += 1;
        match course.last().and_then(|last| course.reach(last.value)) {
            Some(Reach::Reached) => count.1 += 1,
            Some(Reach::Missed) => count.2 += 1,
            None => {}
        }
    }
    let columns = [
        ("category", "Category"),
        ("metrics", "Metrics"),
        ("reached", "Target reached"),
        ("missed", "Target missed"),
    ];
    let rows = categories.into_iter().map(|(category, (count, reached, missed))| {
        vec![Cell::text(category), Cell::Count(count), Cell::Count(reached), Cell::Count(missed)]
    });
    Table::new("categories", "Metrics by category", &columns).or("there is no metric").with(rows)
}

fn metrics(view: &View<'_>, all: &[Course<'_>]) -> Table {
    let columns = [
        ("id", "Metric"),
        ("title", "Title"),
        ("category", "Category"),
        ("direction", "Direction"),
        ("unit", "Unit"),
        ("before", "Before the period"),
        ("latest", "Latest"),
        ("period", "Of"),
        ("target", "Target"),
        ("reached", "Reached"),
    ];
    let rows = all.iter().map(|course| {
        let before = course.steps.iter().rfind(|step| step.until < view.period.from);
        let last = course.last();
        let reach = last.and_then(|last| course.reach(last.value)).map(|reach| match reach {
            Reach::Reached => Raw::from("yes"),
            Reach::Missed => Raw::from("no"),
        });
        vec![
            id(course.metric),
            Cell::Text(title(course.metric)),
            spoken(course.metric, "category"),
            spoken(course.metric, "direction"),
            cell(course.metric, "unit"),
            Cell::number(before.map(|step| step.value)),
            Cell::number(last.map(|step| step.value)),
            Cell::maybe(last.map(|step| step.period.clone())),
            Cell::number(course.target),
            Cell::maybe(reach),
        ]
    });
    Table::new("metrics", "Every metric, before the period and now", &columns)
        .or("there is no metric")
        .with(rows)
}

fn regressions(view: &View<'_>, all: &[Course<'_>]) -> Table {
    let columns = [
        ("id", "Metric"),
        ("period", "Period"),
        ("value", "Value"),
        ("worse_by", "Worse by"),
        ("explanation", "Explanation"),
    ];
    let steps = all.iter().flat_map(|course| course.steps.iter().map(move |step| (course, step)));
    let rows =
        steps.filter(|(_, step)| step.regressed && view.period.holds(step.until)).map(|(course, step)| {
            vec![
                id(course.metric),
                Cell::Text(step.period.clone()),
                Cell::Number(step.value),
                Cell::number(step.worsened_by),
                Cell::maybe(step.explanation.clone()),
            ]
        });
    Table::new("regressions", "Values that got worse beyond their tolerance", &columns)
        .or("none in the period")
        .with(rows)
}
