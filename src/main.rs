//! The program: surroundings in, exit code out.

use clap::Parser;
use ismslint::cli::{Args, World, run};
use ismslint::escape::plain;
use ismslint::report::Exit;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

// Many small allocations on two threads: the system's allocator costs a tenth.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are asked for; all else is a usage error, which
            // clap ends with 2 as we do.
            let asked = !error.use_stderr();
            // What was typed is told again in a usage error, and a hook passes
            // file names that strangers chose.
            let told = error.render().to_string();
            let told = told.lines().map(plain).collect::<Vec<_>>().join("\n") + "\n";
            let _ =
                if asked { stdout().write_all(told.as_bytes()) } else { stderr().write_all(told.as_bytes()) };
            return ExitCode::from(if asked { Exit::Clean.code() } else { Exit::Usage.code() });
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        if ismslint::git::is_guarded() {
            return;
        }
        let at = panic.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        let _ = writeln!(
            stderr(),
            "ismslint: internal error{at}; please report it with the input that led to it"
        );
    }));
    let exit = catch_unwind(AssertUnwindSafe(|| surrounded(args))).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads environment, folder and clock")]
fn surrounded(args: Args) -> Exit {
    let environment = ismslint::cli::variables()
        .chain(args.further_variables())
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .collect();
    let folder = match std::env::current_dir() {
        Ok(folder) => folder,
        Err(error) => {
            let _ = writeln!(stderr(), "ismslint: the working folder cannot be read: {error}");
            return Exit::Usage;
        }
    };
    let terminal = stdout()
        .is_terminal()
        .then(|| terminal_size::terminal_size().map_or(100, |(width, _)| width.0.into()));
    let (mut out, mut err) = (stdout().lock(), stderr());
    let mut world =
        World { out: &mut out, err: &mut err, folder, environment, now: chrono::Utc::now(), terminal };
    run(args, &mut world)
}
