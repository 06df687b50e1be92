//! The command line of the views, of the evidence pack and of its
//! verification, as typed.

use super::args::{CheckArgs, ColorArg};
use chrono::NaiveDate;
use clap::ValueEnum;
use std::path::PathBuf;

/// What `due` takes.
#[derive(Debug, clap::Args)]
pub(super) struct DueArgs {
    /// How far ahead: `30d`, `6w`, `3m`, `1y`, or a span as records write it.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = time_span)]
    pub(super) within: crate::expr::Duration,
    /// Of this person only: an id, name or role of `people` in isms.yaml, or as
    /// the records write it.
    #[arg(long, value_name = "PERSON")]
    pub(super) owner: Option<String>,
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `register` takes.
#[derive(Debug, clap::Args)]
pub(super) struct RegisterArgs {
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `trend` takes.
#[derive(Debug, clap::Args)]
pub(super) struct TrendArgs {
    /// The metric; without it all are shown, one on a line.
    pub(super) metric: Option<String>,
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `agenda` takes.
#[derive(Debug, clap::Args)]
pub(super) struct AgendaArgs {
    /// Of the quarterly check, since the last review of any type.
    #[arg(long)]
    pub(super) quarterly: bool,
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `coverage` takes.
#[derive(Debug, clap::Args)]
pub(super) struct CoverageArgs {
    /// The framework, as `maps` of the controls names it, such as
    /// `nist-csf-2.0`; without it the frameworks are listed.
    #[arg(long, value_name = "FRAMEWORK")]
    pub(super) against: Option<String>,
    /// A published map beside those of the controls: YAML with `framework`,
    /// `source`, `version`, `licence` and `numbers: {NUMBER: [A.5.1]}`. None
    /// comes with the program.
    #[arg(long, value_name = "FILE")]
    pub(super) map: Option<PathBuf>,
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `rules matrix` takes.
#[derive(Debug, clap::Args)]
pub(super) struct MatrixArgs {
    #[command(flatten)]
    pub(super) view: ViewArgs,
}

/// What `suggest` takes.
#[derive(Debug, clap::Args)]
pub(super) struct SuggestArgs {
    /// Only from these signals, such as `metric-got-worse`; the JSON names the
    /// signal of each proposal.
    #[arg(value_name = "SIGNAL")]
    pub(super) signals: Vec<String>,
    /// Write each proposal to a new file in the folder that holds actions here;
    /// nothing that is there is changed.
    #[arg(long, conflicts_with_all = ["rev", "format"])]
    pub(super) write: bool,
    /// From which day on it is looked for what got better without an action;
    /// else a year before the day of judgement.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) since: Option<NaiveDate>,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// The records of this commit (full id, branch or tag) instead of the files
    /// on disk.
    #[arg(long, value_name = "COMMIT")]
    pub(super) rev: Option<String>,
    /// The day of judgement instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<NaiveDate>,
    /// Without the git history; what it would say is not proposed.
    #[arg(long)]
    pub(super) no_history: bool,
    /// The output format.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: SuggestFormatArg,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// How proposals are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SuggestFormatArg {
    Human,
    Markdown,
    Json,
}

/// What `evidence` takes.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("time").required(true).args(["period", "since"])))]
pub(super) struct EvidenceArgs {
    /// The period, both days included: 2025-11-01..2026-10-31.
    #[arg(long, value_name = "FROM..TO")]
    pub(super) period: Option<crate::evidence::Period>,
    /// From the day after the last audit by others until the day of judgement.
    #[arg(long, value_name = "WHEN")]
    pub(super) since: Option<SinceArg>,
    /// The folder to write to: one that does not exist yet, or is empty.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// The day of judgement; else the last day of the period, which must not
    /// lie ahead; with `--since` today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<NaiveDate>,
    /// The commit (full id, branch or tag); else the last one of the main line
    /// that arrived by the day of judgement.
    #[arg(long, value_name = "COMMIT")]
    pub(super) rev: Option<String>,
    /// Judge the ISMS at each quarter end of its life too, by the policy of
    /// today.
    #[arg(long)]
    pub(super) over_time: bool,
    /// Draw so many records for an auditor to look at.
    #[arg(long, value_name = "N", requires = "seed")]
    pub(super) sample: Option<std::num::NonZeroUsize>,
    /// The seed that draws them: the same one draws the same records anywhere.
    #[arg(long, value_name = "TEXT", requires = "sample")]
    pub(super) seed: Option<String>,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// Since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SinceArg {
    /// The last audit of the type external, certification, surveillance or
    /// recertification.
    LastAudit,
}

/// What `verify` takes.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The folder of the pack.
    pub(super) pack: PathBuf,
    /// The repository: a clone with its whole history, or a bare one.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(super) repo: PathBuf,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// Which records, as of when, shown how.
#[derive(Debug, clap::Args)]
pub(super) struct ViewArgs {
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// The records of this commit (full id, branch or tag) instead of the files
    /// on disk.
    #[arg(long, value_name = "COMMIT")]
    pub(super) rev: Option<String>,
    /// The day of the view instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<NaiveDate>,
    /// Without the git history; what it would say is not shown.
    #[arg(long)]
    pub(super) no_history: bool,
    /// The output format.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ViewFormatArg,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// How a view is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewFormatArg {
    Human,
    #[value(alias = "md")]
    Markdown,
    Csv,
    Json,
}

/// A span of time as typed: `30d`, or as records write one.
fn time_span(text: &str) -> Result<crate::expr::Duration, String> {
    let short = text.split_at_checked(text.len().saturating_sub(1)).and_then(|(count, unit)| {
        let unit = match unit {
            "d" => "days",
            "w" => "weeks",
            "m" => "months",
            "y" => "years",
            _ => return None,
        };
        crate::kind::scalar::duration(&format!("{count} {unit}"))
    });
    short
        .or_else(|| crate::kind::scalar::duration(text))
        .ok_or_else(|| "write 30d, 6w, 3m or 1y, or a span such as `30 days` or quarterly".to_owned())
}

impl CheckArgs {
    /// What `check` does with a repository that has no work tree.
    pub(super) fn of_bare(git_dir: PathBuf) -> Self {
        Self { git_dir: Some(git_dir), ..Self::of_folder(None) }
    }

    /// What `check` does with what a view was asked for.
    pub(super) fn of_view(view: &ViewArgs) -> Self {
        let defaults = Self::of_folder(view.root.clone());
        let ViewArgs { rev, as_of, no_history, color, .. } = view;
        Self { rev: rev.clone(), as_of: *as_of, no_history: *no_history, color: *color, ..defaults }
    }
}
