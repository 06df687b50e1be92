//! What `check` takes, and the choices that other commands share with it.

use crate::finding::Severity;
use crate::output::Format;
use crate::settings;
use chrono::NaiveDate;
use clap::builder::PossibleValue;
use clap::{Args as _, FromArgMatches as _, ValueEnum};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What `check` takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CheckArgs {
    /// Report findings in these files and folders only; the whole ISMS is
    /// loaded and judged all the same.
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) root: Option<PathBuf>,
    /// A git folder to take a commit from, such as a bare repository.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["staged", "root"])]
    pub(in crate::cli) git_dir: Option<PathBuf>,
    /// Judge this commit (full id, branch or tag) instead of the files on disk.
    #[arg(long, value_name = "COMMIT", conflicts_with = "staged")]
    pub(in crate::cli) rev: Option<String>,
    /// Judge what is staged.
    #[arg(long)]
    pub(in crate::cli) staged: bool,
    /// Judge the change since this commit: what it brings in fails the run, what
    /// was there before is told. Rules and settings are those before the change.
    /// `auto` takes what the CI system says; the whole ISMS where it says none.
    #[arg(long, value_name = "COMMIT")]
    pub(in crate::cli) base: Option<String>,
    /// The day of judgement instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(in crate::cli) as_of: Option<NaiveDate>,
    /// Judge without the git history: rules that need it do not apply.
    #[arg(long)]
    pub(in crate::cli) no_history: bool,
    /// Apply these rules only.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(in crate::cli) select: Vec<String>,
    /// Leave these rules out.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(in crate::cli) ignore: Vec<String>,
    /// From which severity on findings fail the run.
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(in crate::cli) fail_on: FailOnArg,
    /// What a rule that could not be determined does to the run.
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    pub(in crate::cli) incomplete: IncompleteArg,
    /// The output format; `auto` is what the log of the system makes most of:
    /// `github` in GitHub Actions, else `human`.
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(in crate::cli) format: FormatArg,
    /// Write a report to a file as well; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(in crate::cli) output: Vec<OutputArg>,
    /// Publish the verdict as well: `github` makes a check run with annotations
    /// on the commit. In a workflow with `permissions: checks: write`, and
    /// `GITHUB_TOKEN` in the environment of the step.
    #[arg(long, value_name = "WHERE", conflicts_with = "staged")]
    pub(in crate::cli) publish: Option<PublishArg>,
    /// Sum the change up in a comment on the pull request too, one that is
    /// updated; needs `permissions: pull-requests: write`.
    #[arg(long, requires = "publish")]
    pub(in crate::cli) comment: bool,
    /// Show every finding, whatever their number.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Say on the second stream how long each part took.
    #[arg(long)]
    pub(in crate::cli) timings: bool,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(in crate::cli) color: ColorArg,
}

/// A format, or `auto`.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum FormatArg {
    Auto,
    Of(Format),
}

impl ValueEnum for FormatArg {
    fn value_variants<'a>() -> &'a [Self] {
        const VARIANTS: [FormatArg; Format::ALL.len() + 1] = {
            let mut variants = [FormatArg::Auto; Format::ALL.len() + 1];
            let mut at = 0;
            while at < Format::ALL.len() {
                variants[at + 1] = FormatArg::Of(Format::ALL[at]);
                at += 1;
            }
            variants
        };
        &VARIANTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Auto => Some(PossibleValue::new("auto").help("`github` in GitHub Actions, else `human`")),
            Self::Of(format) => format.to_possible_value(),
        }
    }
}

/// A report to a file, as typed: `sarif=isms.sarif`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct OutputArg {
    pub(in crate::cli) format: Format,
    pub(in crate::cli) file: PathBuf,
}

impl FromStr for OutputArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
        let Some((name, file)) = text.split_once('=') else {
            return Err(format!(
                "write FORMAT=FILE, such as sarif=isms.sarif; formats: {}",
                names.join(", ")
            ));
        };
        let Some(format) = Format::ALL.into_iter().find(|format| format.name() == name) else {
            return Err(format!("there is no format `{name}`: {}", settings::nearest_help(name, &names)));
        };
        match file {
            "" => Err("the name of the file is missing".to_owned()),
            "-" => Err("the report on standard output is chosen with `--format`".to_owned()),
            file => Ok(Self { format, file: PathBuf::from(file) }),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum FailOnArg {
    Error,
    Warning,
    Notice,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum IncompleteArg {
    Fail,
    Warn,
}

/// Where a verdict is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PublishArg {
    Github,
}

impl CheckArgs {
    /// What `check` does with the ISMS in this folder when nothing else is
    /// typed.
    pub(in crate::cli) fn of_folder(root: Option<PathBuf>) -> Self {
        let command = Self::augment_args(clap::Command::new("check"));
        let typed = command.get_matches_from(["check"]);
        let defaults = Self::from_arg_matches(&typed).expect("`check` has no argument that must be given");
        Self { root, ..defaults }
    }
}

impl OutputArg {
    /// A file that is named twice: one report would overwrite the other.
    pub(in crate::cli) fn named_twice(outputs: &[Self]) -> Option<&Path> {
        let mut files: Vec<&Path> = outputs.iter().map(|output| output.file.as_path()).collect();
        files.sort();
        files.windows(2).find(|two| two[0] == two[1]).map(|two| two[0])
    }
}

impl FormatArg {
    /// The format, where `auto` depends on where the program runs.
    pub(in crate::cli) fn resolve(self, auto: Format) -> Format {
        match self {
            Self::Auto => auto,
            Self::Of(format) => format,
        }
    }
}

impl FailOnArg {
    pub(in crate::cli) fn resolve(self) -> crate::report::FailOn {
        use crate::report::FailOn;
        match self {
            Self::Error => FailOn::Severity(Severity::Error),
            Self::Warning => FailOn::Severity(Severity::Warning),
            Self::Notice => FailOn::Severity(Severity::Notice),
            Self::Never => FailOn::Never,
        }
    }
}
