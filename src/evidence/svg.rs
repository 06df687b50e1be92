//! Charts as inline SVG: lines with a target, and bars side by side. What is
//! drawn is in the data of the chart; nothing is smoothed or left out.

use crate::escape::{Raw, html};
use crate::sheet::{Chart, Line, Shape, shown};
use std::collections::BTreeSet;

const WIDTH: f64 = 680.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 52.0;
/// Room for the name of the target beside its line.
const RIGHT: f64 = 76.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 34.0;
/// More points than these get no number beside them; the table has them all.
const NUMBERED: usize = 16;

/// The chart, with `number` to tell its ids from those of others.
pub(super) fn draw(chart: &Chart, number: usize) -> String {
    let scale = Scale::of(chart);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"chart-{number}-title chart-{number}-words\" class=\"chart\">\n\
         <title id=\"chart-{number}-title\">{}</title>\n<desc id=\"chart-{number}-words\">{}</desc>\n",
        html(&chart.title),
        html(&Raw::from(words(chart)))
    );
    grid(&mut svg, &scale);
    labels(&mut svg, chart, &scale);
    unjudged(&mut svg, chart, &scale);
    match chart.shape {
        Shape::Line => chart.lines.iter().for_each(|line| draw_line(&mut svg, line, &scale)),
        Shape::Bars => draw_bars(&mut svg, chart, &scale),
    }
    if let Some(target) = chart.target {
        let y = scale.y(target);
        svg.push_str(&format!(
            "<line class=\"target\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n<text class=\"target-name\" x=\"{}\" y=\"{:.1}\">target {}</text>\n",
            WIDTH - RIGHT,
            WIDTH - RIGHT + 5.0,
            y + 4.0,
            shown(target)
        ));
    }
    svg + "</svg>"
}

/// What the chart shows, in words for who cannot see it.
fn words(chart: &Chart) -> String {
    let unit = chart.unit.as_ref().map(|unit| format!(" in {}", unit.unescaped())).unwrap_or_default();
    let line = |line: &Line| {
        let known: Vec<_> =
            line.points.iter().filter_map(|point| Some((&point.label, point.value?))).collect();
        match (known.first(), known.last()) {
            (Some(first), Some(last)) => format!(
                "{}{unit}: {} values, from {} ({}) to {} ({})",
                line.name.unescaped(),
                known.len(),
                shown(first.1),
                first.0.unescaped(),
                shown(last.1),
                last.0.unescaped()
            ),
            _ => format!("{}: no value", line.name.unescaped()),
        }
    };
    let marks: BTreeSet<&str> = chart.lines.iter().flat_map(marks_without_value).collect();
    let without = marks.into_iter().map(|mark| {
        let places =
            chart.lines.iter().map(|line| marks_without_value(line).filter(|of| *of == mark).count());
        format!("; {} {mark}", places.max().unwrap_or(0))
    });
    let without: String = without.collect();
    let lines: Vec<String> = chart.lines.iter().map(line).collect();
    let target = chart.target.map(|target| format!("; target {}", shown(target))).unwrap_or_default();
    format!("{}{target}{without}.", lines.join("; "))
}

/// The words that stand in the place of values.
fn marks_without_value(line: &Line) -> impl Iterator<Item = &'static str> {
    line.points.iter().filter(|point| point.value.is_none()).filter_map(|point| point.mark)
}

/// From values and places to coordinates.
struct Scale {
    least: f64,
    most: f64,
    step: f64,
    places: usize,
}

impl Scale {
    fn of(chart: &Chart) -> Self {
        let points = chart.lines.iter().flat_map(|line| &line.points).filter_map(|point| point.value);
        let values = points.chain(chart.target).chain((chart.shape == Shape::Bars).then_some(0.0));
        let (mut least, mut most) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
                (least.min(value), most.max(value))
            });
        if least > most {
            (least, most) = (0.0, 1.0);
        }
        // A scale of a share or a count that begins near nothing begins there.
        if least > 0.0 && least < most * 0.6 {
            least = 0.0;
        }
        if most - least < 1e-9 {
            (least, most) = (least - 1.0, most + 1.0);
        }
        // Half an action is none: counts have whole steps.
        let least_step = if chart.shape == Shape::Bars { 1.0 } else { 0.0 };
        let step = nice((most - least) / 4.0).max(least_step);
        let places = chart.lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
        Self { least: (least / step).floor() * step, most: (most / step).ceil() * step, step, places }
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.least) / (self.most - self.least);
        HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
    }

    /// The middle of a place, counted from 0.
    fn x(&self, at: usize) -> f64 {
        let width = (WIDTH - LEFT - RIGHT) / count(self.places.max(1));
        LEFT + width * (count(at) + 0.5)
    }
}

fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The least of 1, 2, 2.5, 5 times a power of ten that is not below.
fn nice(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let of = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|of| of * power >= step - 1e-12);
    of.unwrap_or(10.0) * power
}

fn grid(svg: &mut String, scale: &Scale) {
    let mut value = scale.least;
    // At most a dozen lines, whatever rounding does.
    for _ in 0..12 {
        if value > scale.most + scale.step / 2.0 {
            break;
        }
        let y = scale.y(value);
        svg.push_str(&format!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n<text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
            shown(value)
        ));
        value += scale.step;
    }
}

fn labels(svg: &mut String, chart: &Chart, scale: &Scale) {
    let Some(line) = chart.lines.iter().max_by_key(|line| line.points.len()) else { return };
    // A label takes about seven units for each character.
    let longest = line.points.iter().map(|point| point.label.unescaped().chars().count()).max().unwrap_or(0);
    let room = (WIDTH - LEFT - RIGHT) / count(scale.places.max(1));
    let each = (1..=line.points.len())
        .find(|each| count(longest) * 7.0 + 6.0 <= room * count(*each))
        .unwrap_or(line.points.len().max(1));
    for (at, point) in line.points.iter().enumerate().filter(|(at, _)| at % each == 0) {
        svg.push_str(&format!(
            "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
            scale.x(at),
            HEIGHT - BOTTOM + 18.0,
            html(&point.label)
        ));
    }
}

/// Places that have a word and no value: a band, so that nobody takes them for
/// nothing found.
fn unjudged(svg: &mut String, chart: &Chart, scale: &Scale) {
    let width = (WIDTH - LEFT - RIGHT) / count(scale.places.max(1));
    for at in 0..scale.places {
        let points = || chart.lines.iter().filter_map(|line| line.points.get(at));
        let Some((label, mark)) = points().find_map(|point| Some((&point.label, point.mark?))) else {
            continue;
        };
        if points().any(|point| point.value.is_some()) {
            continue;
        }
        svg.push_str(&format!(
            "<rect class=\"unjudged\" x=\"{:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{}\"><title>{}: {mark}</title></rect>\n",
            scale.x(at) - width / 2.0,
            HEIGHT - BOTTOM - TOP,
            html(label)
        ));
    }
}

fn draw_line(svg: &mut String, line: &Line, scale: &Scale) {
    let at: Vec<(f64, f64)> = line
        .points
        .iter()
        .enumerate()
        .filter_map(|(at, point)| Some((scale.x(at), scale.y(point.value?))))
        .collect();
    let path: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    svg.push_str(&format!("<polyline class=\"line\" points=\"{}\"/>\n", path.join(" ")));
    let numbered = line.points.len() <= NUMBERED;
    for (at, point) in line.points.iter().enumerate() {
        let Some(value) = point.value else { continue };
        let (x, y) = (scale.x(at), scale.y(value));
        let mark = point.mark.map(|mark| format!(" ({mark})")).unwrap_or_default();
        let name = format!("<title>{}: {}{mark}</title>", html(&point.label), shown(value));
        // A mark is a shape of its own, not a colour alone.
        svg.push_str(&match point.mark {
            None => {
                format!("<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\">{name}</circle>\n")
            }
            Some("baseline") => format!(
                "<rect class=\"point\" x=\"{:.1}\" y=\"{:.1}\" width=\"8\" height=\"8\">{name}</rect>\n",
                x - 4.0,
                y - 4.0
            ),
            Some(_) => format!(
                "<path class=\"worse\" d=\"M{:.1} {:.1}h14l-7 12z\">{name}</path>\n",
                x - 7.0,
                y - 5.0
            ),
        });
        if numbered {
            svg.push_str(&format!(
                "<text class=\"value\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                y - 8.0,
                shown(value)
            ));
        }
    }
}

fn draw_bars(svg: &mut String, chart: &Chart, scale: &Scale) {
    let groups = count(scale.places.max(1));
    let width = (WIDTH - LEFT - RIGHT) / groups * 0.7 / count(chart.lines.len().max(1));
    for (series, line) in chart.lines.iter().enumerate() {
        for (at, point) in line.points.iter().enumerate() {
            let Some(value) = point.value else { continue };
            let x = scale.x(at) + width * (count(series) - count(chart.lines.len()) / 2.0);
            let (y, zero) = (scale.y(value), scale.y(0.0));
            svg.push_str(&format!(
                "<rect class=\"bar bar-{series}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{}, {}: {}</title></rect>\n",
                zero - y,
                html(&point.label),
                html(&line.name),
                shown(value)
            ));
            if value > 0.0 && line.points.len() <= NUMBERED {
                svg.push_str(&format!(
                    "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                    x + width / 2.0,
                    y - 3.0,
                    shown(value)
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{draw, nice};
    use crate::escape::Raw;
    use crate::sheet::{Chart, Line, Point, Shape};

    fn chart(values: &[f64], target: Option<f64>, title: &str) -> Chart {
        let point = |value: &f64| Point { label: Raw::from("2026"), value: Some(*value), mark: None };
        Chart {
            key: Raw::from("k"),
            title: Raw::from(title),
            shape: Shape::Line,
            unit: None,
            target,
            lines: vec![Line { name: Raw::from(title), points: values.iter().map(point).collect() }],
        }
    }

    #[test]
    fn steps_are_round() {
        for (step, round) in
            [(0.9, 1.0), (1.2, 2.0), (2.1, 2.5), (3.0, 5.0), (7.0, 10.0), (0.013, 0.02), (240.0, 250.0)]
        {
            assert!((nice(step) - round).abs() < 1e-9, "{step}");
        }
    }

    #[test]
    fn hostile_and_odd_values_give_a_drawing() {
        let odd: [&[f64]; 7] =
            [&[], &[0.0], &[5.0, 5.0], &[-3.0, 4.0], &[1e300, -1e300], &[1e-300], &[f64::MAX]];
        for values in odd {
            let svg = draw(&chart(values, Some(1.0), "</svg><script>alert(1)</script>"), 1);
            assert!(!svg.contains("<script") && svg.ends_with("</svg>"), "{svg}");
            roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
        }
    }
}
