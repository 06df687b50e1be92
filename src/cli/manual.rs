//! `completions` and `man`: the command line told to shells and readers.

use super::args::{Args, CompletionsArgs, ManArgs};
use super::world::World;
use crate::report::Exit;
use clap::CommandFactory as _;

/// Prints the completions for a shell.
pub(super) fn completions(args: &CompletionsArgs, world: &mut World<'_>) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "ismslint", &mut script);
    world.print(&String::from_utf8_lossy(&script))
}

/// Prints the manual page, or writes one for each command.
pub(super) fn man(args: &ManArgs, world: &mut World<'_>) -> Exit {
    if let Some(dir) = &args.dir {
        let dir = world.folder.join(dir);
        return match clap_mangen::generate_to(Args::command(), &dir) {
            Ok(()) => Exit::Clean,
            Err(error) => {
                world.say(&format!("the manual cannot be written to {}: {error}", dir.display()));
                Exit::Output
            }
        };
    }
    let mut page = Vec::new();
    match clap_mangen::Man::new(Args::command()).render(&mut page) {
        Ok(()) => world.print(&String::from_utf8_lossy(&page)),
        Err(error) => {
            world.say(&format!("the manual page cannot be drawn: {error}"));
            Exit::Internal
        }
    }
}
