//! The course of each metric: its periods, where it stands against its target,
//! and where it got worse beyond its tolerance.

use super::read::{Reading, cell, number, spoken, text, title, word};
use crate::escape::Raw;
use crate::expr::Value;
use crate::facts;
use crate::inventory::Record;
use crate::sheet::{Cell, Page, Section, Table};
use chrono::NaiveDate;

/// Whether a value reaches its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It does.
    Reached,
    /// It does not.
    Missed,
}

/// One period of a metric.
#[derive(Clone, Debug)]
pub struct Step {
    /// The period, as written.
    pub period: Raw,
    /// Its last day.
    pub until: NaiveDate,
    /// The value.
    pub value: f64,
    /// How much worse than the period before; none without a period before or
    /// a direction.
    pub worsened_by: Option<f64>,
    /// Whether that is beyond the metric's tolerance.
    pub regressed: bool,
    /// The explanation beside the value.
    pub explanation: Option<Raw>,
    /// The target as it stood, where the row writes one.
    pub target: Option<f64>,
}

impl Step {
    /// The mark of a step that got worse.
    pub fn mark(&self) -> Option<&'static str> {
        match (self.regressed, &self.explanation) {
            (false, _) => None,
            (true, Some(_)) => Some("regression, explained"),
            (true, None) => Some("regression, not explained"),
        }
    }
}

/// A metric and its periods, oldest first.
pub struct Course<'r> {
    /// The metric.
    pub metric: &'r Record,
    /// The periods that count.
    pub steps: Vec<Step>,
    /// The value to be reached.
    pub target: Option<f64>,
}

impl<'r> Course<'r> {
    /// The course of a metric until a day.
    pub fn of(reading: &Reading, metric: &'r Record, until: NaiveDate) -> Self {
        let measured = facts::course(&reading.context, metric.key.id.unescaped()).into_iter();
        let steps = measured.filter(|measured| measured.until <= until).filter_map(|measured| {
            let row = reading.context.inventory.records().get(measured.record)?;
            let fact = |name| match reading.fact(measured.record, name) {
                Value::Number(number) => Some(number),
                _ => None,
            };
            let worsened_by = fact("worsened_by");
            let regressed =
                worsened_by.zip(fact("tolerance")).is_some_and(|(worse, tolerance)| worse > tolerance);
            Some(Step {
                period: Raw::from(measured.period),
                until: measured.until,
                value: measured.value,
                worsened_by,
                regressed,
                explanation: text(row, "explanation"),
                target: number(row, "target"),
            })
        });
        Self { metric, steps: steps.collect(), target: number(metric, "target") }
    }

    /// The newest period.
    pub fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Whether a value reaches the target, by the metric's direction; none
    /// where there is no target or direction.
    pub fn reach(&self, value: f64) -> Option<Reach> {
        let reached = match word(self.metric, "direction")?.as_str() {
            "higher_is_better" => value >= self.target?,
            "lower_is_better" => value <= self.target?,
            "within" => {
                let (min, max) = (number(self.metric, "range.min"), number(self.metric, "range.max"));
                if min.is_none() && max.is_none() {
                    return None;
                }
                min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
            }
            _ => return None,
        };
        Some(if reached { Reach::Reached } else { Reach::Missed })
    }

    /// What the course since `since` is, in a word: better, worse or the same.
    pub fn change_since(&self, since: NaiveDate) -> Option<f64> {
        let before = self.steps.iter().rfind(|step| step.until < since).or_else(|| self.steps.first())?;
        Some(self.last()?.value - before.value)
    }
}

/// The courses of all metrics until a day, by id.
pub fn courses(reading: &Reading, until: NaiveDate) -> Vec<Course<'_>> {
    let metrics = reading.of_kind("metric").into_iter();
    let mut courses: Vec<Course<'_>> =
        metrics.map(|(_, metric)| Course::of(reading, metric, until)).collect();
    courses.sort_by(|one, other| one.metric.key.id.cmp(&other.metric.key.id));
    courses
}

/// Values as small bars, the least at the bottom.
pub fn sparkline(values: &[f64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |value: &f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        // Seven steps between eight bars; counted, so that no cast is needed.
        let step = (1..8).filter(|step| share * 7.0 >= f64::from(*step) - 0.5).count();
        BARS[step.min(7)]
    };
    values.iter().map(bar).collect()
}

const COLUMNS: [(&str, &str); 12] = [
    ("id", "Metric"),
    ("title", "Title"),
    ("category", "Category"),
    ("course", "Course"),
    ("period", "Period"),
    ("value", "Latest"),
    ("before", "Before"),
    ("unit", "Unit"),
    ("target", "Target"),
    ("target_reached", "Reached"),
    ("direction", "Direction"),
    ("mark", "Mark"),
];

/// The page: all metrics, or one with each of its periods. `Err` names the
/// metrics there are when the wanted one is none of them.
pub fn trend(reading: &Reading, wanted: Option<&str>) -> Result<Page, Vec<Raw>> {
    let today = reading.today();
    let all = courses(reading, today);
    let is_wanted = |course: &&Course<'_>| wanted.is_none_or(|id| course.metric.key.id.unescaped() == id);
    let shown: Vec<&Course<'_>> = all.iter().filter(is_wanted).collect();
    if shown.is_empty() && wanted.is_some() {
        return Err(all.iter().map(|course| course.metric.key.id.clone()).collect());
    }
    let mut section = Section::new("trend", "Metrics against their targets");
    let marked = shown.iter().filter_map(|course| course.last()?.mark()).count();
    section.observe(format!(
        "{} in all; the newest value of {marked} got worse beyond its tolerance",
        shown.len()
    ));
    section.undetermined.extend(reading.hidden(&["metric", "measurement"]));
    for course in &shown {
        if word(course.metric, "direction").is_none() {
            let why = format!(
                "{} has no `direction`, so nothing says whether it gets better or worse",
                course.metric.key.id.unescaped()
            );
            section.observe(why);
        }
    }
    section.tables.push(
        Table::new("metrics", "Metrics", &COLUMNS)
            .aside(&["unit", "before", "direction", "category"])
            .or("there is no metric")
            .with(shown.iter().map(|course| row(course))),
    );
    if wanted.is_some() {
        section.tables.extend(shown.iter().map(|course| periods(course)));
    }
    let about = Raw::from(format!("as of {today}"));
    Ok(Page { title: "The course of the metrics".to_owned(), about, sections: vec![section] })
}

fn row(course: &Course<'_>) -> Vec<Cell> {
    let values: Vec<f64> = course.steps.iter().map(|step| step.value).collect();
    let last = course.last();
    let before = course.steps.len().checked_sub(2).and_then(|at| course.steps.get(at));
    let reach = last.and_then(|last| course.reach(last.value)).map(|reach| match reach {
        Reach::Reached => Raw::from("yes"),
        Reach::Missed => Raw::from("no"),
    });
    vec![
        super::read::id(course.metric),
        Cell::Text(title(course.metric)),
        spoken(course.metric, "category"),
        Cell::text(sparkline(&values)),
        Cell::maybe(last.map(|last| last.period.clone())),
        Cell::number(last.map(|last| last.value)),
        Cell::number(before.map(|before| before.value)),
        cell(course.metric, "unit"),
        Cell::number(course.target),
        Cell::maybe(reach),
        spoken(course.metric, "direction"),
        Cell::maybe(last.and_then(Step::mark).map(Raw::from)),
    ]
}

fn periods(course: &Course<'_>) -> Table {
    let columns = [
        ("period", "Period"),
        ("value", "Value"),
        ("target", "Target"),
        ("worse_by", "Worse by"),
        ("mark", "Mark"),
        ("explanation", "Explanation"),
    ];
    let unit = course.metric.get("unit").as_text().map(|unit| format!(", in {unit}")).unwrap_or_default();
    let rows = course.steps.iter().map(|step| {
        vec![
            Cell::Text(step.period.clone()),
            Cell::Number(step.value),
            Cell::number(step.target.or(course.target)),
            Cell::number(step.worsened_by.filter(|worse| *worse > 0.0)),
            Cell::maybe(step.mark().map(Raw::from)),
            Cell::maybe(step.explanation.clone()),
        ]
    });
    Table::new("periods", format!("Periods{unit}"), &columns).or("nothing was measured").with(rows)
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn the_least_is_low_and_the_most_is_high() {
        assert_eq!(sparkline(&[0.0, 1.0, 2.0, 7.0]), "▁▂▃█");
        assert_eq!(sparkline(&[5.0, 5.0]), "▅▅");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[-1.0, 1.0]), "▁█");
    }
}
