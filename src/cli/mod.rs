//! The command line: as typed, then validated, then run.
//!
//! The only place that reads the environment, the clock and the working folder,
//! and the only one that prints. What a command does stands in a file of its
//! name.

mod args;
mod baseline;
mod check;
mod compare;
mod config;
mod create;
mod demo;
mod evidence;
mod explain;
mod github;
mod ground;
mod history;
mod history_sheet;
mod import;
mod init;
mod lsp;
mod manual;
mod new_rule;
mod over_time;
mod page;
mod progress;
mod publish;
mod reference;
mod repository;
mod rules;
mod schema;
mod subject;
mod suggest;
mod verify;
mod view_args;
mod views;
mod world;
mod yaml;

pub use args::Args;
pub use demo::write as write_repository;
pub use lsp::Disk;
pub use world::{World, variables};

use crate::report::Exit;
use args::{BaselineCommand, Command, ConfigCommand, RulesCommand};

/// Runs a command to its exit code.
pub fn run(args: Args, world: &mut World<'_>) -> Exit {
    match args.command {
        Command::Check(args) => check::run(&args, world),
        Command::Demo(args) => demo::run(&args, world),
        Command::Init(args) => init::run(&args, world),
        Command::Import(args) => import::run(&args, world),
        Command::Explain(args) => explain::run(&args, world),
        Command::Rules(RulesCommand::Test(args)) => rules::test(&args, world),
        Command::Rules(RulesCommand::List(args)) => rules::list(&args, world),
        Command::Rules(RulesCommand::Matrix(args)) => views::matrix(&args, world),
        Command::Rules(RulesCommand::New(args)) => new_rule::run(&args, world),
        Command::Config(ConfigCommand::Show(args)) => config::show(&args, world),
        Command::Baseline(BaselineCommand::Write(args)) => baseline::run(&args, world),
        Command::Config(ConfigCommand::Preset(args)) => config::preset(&args, world),
        Command::History(args) => history::run(&args, world),
        Command::Due(args) => views::due(&args, world),
        Command::Register(args) => views::register(&args, world),
        Command::Trend(args) => views::trend(&args, world),
        Command::Agenda(args) => views::agenda(&args, world),
        Command::Coverage(args) => views::coverage(&args, world),
        Command::Suggest(args) => suggest::run(&args, world),
        Command::Evidence(args) => evidence::run(&args, world),
        Command::Verify(args) => verify::run(&args, world),
        Command::Lsp(args) => lsp::run(&args, world),
        Command::Schema(args) => schema::run(&args, world),
        Command::Completions(args) => manual::completions(&args, world),
        Command::Man(args) => manual::man(&args, world),
    }
}
