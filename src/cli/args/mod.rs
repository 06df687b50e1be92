//! The command line as typed: names, help texts and defaults, no decisions.

mod check;

pub(super) use check::{CheckArgs, ColorArg, FailOnArg, FormatArg, IncompleteArg, OutputArg, PublishArg};

use super::view_args::{
    AgendaArgs, CoverageArgs, DueArgs, EvidenceArgs, MatrixArgs, RegisterArgs, SuggestArgs, TrendArgs,
    VerifyArgs, ViewFormatArg,
};
use crate::publish;
use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The version, and the commit it was built from where the build was told.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (commit ", env!("ISMSLINT_COMMIT"), ")");

/// Checks an information security management system (ISO/IEC 27001) that is
/// kept in git.
#[derive(Debug, Parser)]
#[command(name = "ismslint", version = VERSION, about, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the records of a repository against the catalogue of rules.
    ///
    /// Exit codes: 0 clean, 1 findings, 2 usage or settings, 3 something could
    /// not be determined, 4 output or publication failed, 70 internal error.
    Check(CheckArgs),
    /// Build the demo ISMS with two years of history, and check it.
    Demo(DemoArgs),
    /// Write a new ISMS to go on from: settings, first records, the workflow of
    /// the merge, the hook, schemas for the editor. Nothing that is there is
    /// changed.
    Init(InitArgs),
    /// Turn a register of a spreadsheet (CSV, or one sheet of .xlsx) into
    /// records. Without `--out` it shows what would be written.
    Import(ImportArgs),
    /// Show a rule or a check of form as a page: what it demands, why, and what
    /// to do, with the values in force here.
    Explain(ExplainArgs),
    /// The catalogue of rules.
    #[command(subcommand)]
    Rules(RulesCommand),
    /// The settings in force.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The findings that were there when checking began.
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Show the life of a record: every change of every field, with commit and
    /// author; or of the whole ISMS, judged at each quarter end.
    History(HistoryArgs),
    /// Show what falls due, by owner: actions, verifications, reviews, audits,
    /// assessments, measurements, waivers; what is overdue first.
    Due(DueArgs),
    /// Show every open action in one view, with its age, how often its due date
    /// moved and the risks it serves.
    Register(RegisterArgs),
    /// Show the course of the metrics against their targets; of one metric,
    /// every period.
    Trend(TrendArgs),
    /// Show the inputs of the next review (9.3.2 a to g), filled from what the
    /// records say since the last one.
    Agenda(AgendaArgs),
    /// Show the statement of applicability against another framework, by the
    /// numbers that the controls are mapped to.
    Coverage(CoverageArgs),
    /// Propose improvement actions from what the check finds: what keeps coming
    /// back, got worse without a word, is late in heaps or stands still; and
    /// show what got better although no action names it.
    ///
    /// Exit codes: 0 shown or written, 2 usage or settings, 3 something could
    /// not be determined, 4 a file could not be written.
    Suggest(SuggestArgs),
    /// Build the evidence pack of a period: a page, the same as JSON, an index
    /// and a manifest from which it can be built again.
    Evidence(EvidenceArgs),
    /// Build a pack again from the repository and name every difference.
    ///
    /// Exit codes: 0 the same, 1 it differs, 2 usage, 3 could not be determined.
    Verify(VerifyArgs),
    /// Serve an editor: a language server on standard input and output.
    ///
    /// Exit codes: 0 after the client's `shutdown` and `exit`, 1 where it leaves
    /// without, 2 where its messages break off, 4 where it takes none any more.
    Lsp(LspArgs),
    /// Print a JSON Schema: of a kind of record, of `isms.yaml`, of a rule file
    /// or of the JSON output.
    Schema(SchemaArgs),
    /// Print the completions for a shell.
    Completions(CompletionsArgs),
    /// Print the manual page, or write one page for each command.
    Man(ManArgs),
}

#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write the findings of today to isms-baseline.yaml, so that they are told
    /// and do not block; where there is one, take away what is mended.
    Write(BaselineWriteArgs),
}

/// What `baseline write` takes.
#[derive(Debug, clap::Args)]
pub(super) struct BaselineWriteArgs {
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// Take in what is not in the baseline yet.
    #[arg(long)]
    pub(super) add: bool,
    /// The day of judgement instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<NaiveDate>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// What `init` takes.
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// Where to write it; made where it does not exist. Without it the working
    /// folder.
    pub(super) dir: Option<PathBuf>,
    /// Look at the files that are there and propose a mapping for them; nothing
    /// is written.
    #[arg(long)]
    pub(super) propose: bool,
    /// Write the proposal as `isms.yaml`, where there is none yet.
    #[arg(long, requires = "propose")]
    pub(super) write: bool,
}

/// What `import` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The register: .csv or .xlsx.
    pub(super) file: PathBuf,
    /// The kind of its records, such as `risk` or `action`.
    #[arg(long)]
    pub(super) kind: String,
    /// Write the records to this new file; it ends in .yaml, and nothing that
    /// is there is changed.
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
    /// Presets that know the names of its columns and its words, such as
    /// `german`; `csv-register` is always among them.
    #[arg(long, value_name = "NAME")]
    pub(super) mapping: Vec<String>,
    /// How its dates are written beside YYYY-MM-DD, such as `DD/MM/YYYY`. Which
    /// number is the month is never guessed.
    #[arg(long, value_name = "FORMAT")]
    pub(super) dates: Vec<String>,
    /// The sheet of a workbook; without it the first.
    #[arg(long)]
    pub(super) sheet: Option<String>,
    /// The row with the names of the columns, from 1; without it the first of
    /// those with the most names.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(super) header_row: Option<u32>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// What `explain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule, or the check of form.
    pub(super) rule: String,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
}

/// What `lsp` takes.
#[derive(Debug, clap::Args)]
pub(super) struct LspArgs {
    /// The day of judgement instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<NaiveDate>,
    /// Many editors pass this; there is no other way to speak.
    #[arg(long, hide = true)]
    pub(super) stdio: bool,
}

/// What `history` takes.
#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// The record: its id, or `kind/id` where several kinds have that id.
    #[arg(required_unless_present = "over_time")]
    pub(super) record: Option<String>,
    /// The life of the whole ISMS instead: judged at each quarter end by the
    /// policy of today.
    #[arg(long, conflicts_with = "record")]
    pub(super) over_time: bool,
    /// The day that ends that life, instead of today.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "over_time")]
    pub(super) as_of: Option<NaiveDate>,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// The output format.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ViewFormatArg,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// Where to look and how to show it.
#[derive(Debug, clap::Args)]
pub(super) struct ShownArgs {
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// The output format.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: PageFormatArg,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// What `schema` takes.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// A kind of record, `isms`, `rule`, `report` or `shared`; without it the
    /// names are listed.
    pub(super) name: Option<String>,
}

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    pub(super) shell: clap_complete::Shell,
}

/// What `man` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// An existing folder for one page for each command.
    pub(super) dir: Option<PathBuf>,
}

/// How a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormatArg {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every setting with the line of isms.yaml that it comes from, or
    /// that it is a default; with `--why`, what becomes of one file.
    Show(ConfigShowArgs),
    /// Print a layout that comes with the checker, which an entry of `mapping`
    /// in isms.yaml names as its `preset`.
    Preset(PresetArgs),
}

/// What `config preset` takes.
#[derive(Debug, clap::Args)]
pub(super) struct PresetArgs {
    /// The preset; without it the names are listed.
    pub(super) name: Option<String>,
}

/// What `config show` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ConfigShowArgs {
    /// Show which records this file gave and where each field came from, or
    /// why it gave none; of a folder, what became of each file in it.
    #[arg(long, value_name = "FILE")]
    pub(super) why: Option<PathBuf>,
    #[command(flatten)]
    pub(super) shown: ShownArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Try rules on their examples, the repository's own rules too: exit 1
    /// where one does not show what it is to show.
    Test(RulesTestArgs),
    /// List the rules, the repository's own too: severity, basis, id, clauses
    /// and title.
    List(RulesListArgs),
    /// Show the clauses 4 to 10 and Annex A: which rules judge each on how many
    /// records with which verdicts, and where no rule does.
    Matrix(MatrixArgs),
    /// Write a rule of your own to begin with, into the first folder that
    /// `rules_from` in isms.yaml names.
    New(RulesNewArgs),
}

/// What `rules list` takes.
#[derive(Debug, clap::Args)]
pub(super) struct RulesListArgs {
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// The output format; as Markdown every rule with its reason, its remedy and
    /// its parameters.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: ListFormatArg,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// How the list of rules is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormatArg {
    Human,
    Markdown,
    Json,
}

/// What `rules new` takes.
#[derive(Debug, clap::Args)]
pub(super) struct RulesNewArgs {
    /// Its id: a phrase that names the fault, such as `server-without-owner`.
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// What `rules test` takes.
#[derive(Debug, clap::Args)]
pub(super) struct RulesTestArgs {
    /// These rules; without any, all.
    #[arg(value_name = "RULE")]
    pub(super) rules: Vec<String>,
    /// The folder of the ISMS; else the nearest one above with an `isms.yaml`,
    /// else the repository's.
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

/// What `demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// Where to build it: a folder that does not exist yet, or is empty. Without
    /// it the demo is built in a temporary folder and removed again.
    pub(super) dir: Option<PathBuf>,
    /// Build the tidy twin: the same company, in which nothing is to be found.
    #[arg(long)]
    pub(super) tidy: bool,
    /// The output format.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(super) format: FormatArg,
    /// Write a report to a file as well; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) output: Vec<OutputArg>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorArg,
}

impl Args {
    /// The environment variables that this command looks at beside those of
    /// every command. The token is among them only where it is needed.
    pub fn further_variables(&self) -> impl Iterator<Item = &'static str> + use<> {
        let publishes = matches!(&self.command, Command::Check(args) if args.publish.is_some());
        publish::VARIABLES.into_iter().chain(publish::TOKENS).filter(move |_| publishes)
    }
}
