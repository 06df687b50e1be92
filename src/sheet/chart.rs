//! A chart as data: what a drawing shows, and nothing that it does not.

use crate::escape::Raw;
use serde::Serialize;

/// How the points are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A line through the points.
    Line,
    /// Bars beside each other.
    Bars,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Its place on the axis: a period, a month.
    pub label: Raw,
    /// Its value; none where nothing was measured.
    pub value: Option<f64>,
    /// A word beside it, where it needs one: `regression, explained`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<&'static str>,
}

/// Points under one name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The name.
    pub name: Raw,
    /// The points, oldest first.
    pub points: Vec<Point>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// Its name for programs.
    pub key: Raw,
    /// What it shows.
    pub title: Raw,
    /// How.
    pub shape: Shape,
    /// The unit of the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Raw>,
    /// The value to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Its lines or bars.
    pub lines: Vec<Line>,
}
