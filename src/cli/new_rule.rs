//! `rules new`: a rule file to begin with, whose examples run as they stand.
//!
//! It writes one new file and changes none: which folders hold rules is said in
//! `isms.yaml`, by a person.

use super::args::{CheckArgs, RulesNewArgs};
use super::create::create;
use super::repository::Place;
use super::world::World;
use super::yaml;
use crate::catalogue::built_in;
use crate::report::Exit;
use crate::settings::{self, FILE_NAME, NEWEST_CATALOGUE};
use serde_json::Value;
use std::path::{Component, Path, PathBuf};

/// The longest id: it becomes the name of a file.
const MOST_CHARACTERS: usize = 80;

/// Writes the file and says where.
pub(super) fn run(args: &RulesNewArgs, world: &mut World<'_>) -> Exit {
    let stub = match stub(args, world) {
        Ok(stub) => stub,
        Err(exit) => return exit,
    };
    match create(&stub.root, Path::new(&stub.shown), &stub.text) {
        Ok(true) => {
            let told = format!(
                "wrote {}\nTry its examples with `ismslint rules test {}`.\n",
                crate::escape::plain(&stub.shown),
                args.id
            );
            world.print(&told)
        }
        Ok(false) => {
            world.say(&format!("{} was not written: something has this name", stub.shown));
            Exit::Output
        }
        Err(error) => {
            world.say(&format!("{} was not written: {error}", stub.shown));
            Exit::Output
        }
    }
}

/// A file to be written.
struct Stub {
    /// The folder of the ISMS.
    root: PathBuf,
    /// From the folder of the ISMS.
    shown: String,
    text: String,
}

fn stub(args: &RulesNewArgs, world: &mut World<'_>) -> Result<Stub, Exit> {
    let check = CheckArgs::of_folder(args.root.clone());
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, _) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let settings = world.told(settings::of(&snapshot), args.color)?;
    if let Err(why) = check_id(&args.id) {
        return Err(world.refuse(&why));
    }
    let Some(folder) = settings.rules_from.first() else {
        let advice = format!(
            "{FILE_NAME} names no folder for rules of your own: add `rules_from: [policy/rules]` to it, then call this again"
        );
        return Err(world.refuse(&advice));
    };
    let below = Path::new(folder.value.trim_end_matches('/')).to_owned();
    if below.as_os_str().is_empty() || !below.components().all(|part| matches!(part, Component::Normal(_))) {
        let why = format!("`rules_from: {}` is no folder below that of {FILE_NAME}", folder.value);
        return Err(world.refuse(&why));
    }
    let built_in = world.told(built_in(), args.color)?;
    if built_in.iter().any(|rule| *rule.id == *args.id) {
        let why = format!("there is a rule `{0}` already: `ismslint explain {0}` shows it", args.id);
        return Err(world.refuse(&why));
    }
    let folders: Vec<_> =
        settings.rules_from.iter().map(|folder| folder.value.trim_end_matches('/').into()).collect();
    let taken = snapshot.entries().keys().find(|path| {
        let rule = folders.iter().any(|folder| path.below(folder).is_some());
        rule && path.stem() == args.id.as_bytes() && matches!(&*path.extension(), "yaml" | "yml")
    });
    if let Some(path) = taken {
        return Err(world.refuse(&format!("there is a rule `{}` already, in {}", args.id, path.shown())));
    }
    // Of the catalogue that was agreed, so that it counts at once.
    let since = settings.policy.catalogue.as_deref().unwrap_or(NEWEST_CATALOGUE);
    Ok(Stub {
        root: place.folder.unwrap_or_else(|| world.folder.clone()),
        shown: format!("{}/{}.yaml", below.display(), args.id),
        text: text(&args.id, since),
    })
}

/// An id is a phrase in kebab case, as the schema of rule files says.
fn check_id(id: &str) -> Result<(), String> {
    let mut parts = id.split('-');
    let first = parts.next().unwrap_or_default();
    let well = !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    if well && id.len() <= MOST_CHARACTERS {
        return Ok(());
    }
    let why =
        "an id is a phrase of lower-case words with hyphens between them, such as `server-without-owner`";
    Err(format!("`{id}` is no id of a rule: {why}, of at most {MOST_CHARACTERS} characters"))
}

/// The rule: a complete one, to be changed line by line.
fn text(id: &str, since: &str) -> String {
    let phrase = id.replace('-', " ");
    // `null` and `yes` are words, and ids too.
    let word = |text: String| yaml::lines(&Value::String(text)).concat();
    let title = word(phrase[..1].to_uppercase() + &phrase[1..]);
    let written = word(id.to_owned());
    format!(
        r#"# A rule to begin with: it runs as it stands. Change it line by line, and try it with
# `ismslint rules test {id}`. All fields: `ismslint schema rule`; the fields of a
# record: `ismslint schema action`; a rule to learn from: `ismslint explain action-never-started`.
format: 1
id: {written} # the name of this file
title: {title}
basis: convention # requirement, evidence, expectation or convention; it decides the severity
clauses: [] # by the edition of 2022, such as 10.2 c or A.5.1
level: essential
each: action # a kind of record, `record` for every kind, or `isms` for the whole set
when: '!has(record.status) || record.status != "declined"' # which of them it is about
assert: has(record.owner) # what has to hold
message: '{{record.title}} has no owner' # what is wrong with this record
why: Say here why an auditor would ask.
fix: Say here what to do today; for this one, name an `owner`.
since: "{since}"
examples:
  today: 2026-03-01
  conforms:
    - name: somebody answers for it
      records:
        action: {{id: ACT-1, title: Patch the servers, owner: ana}}
    - name: nobody will do it
      records:
        action: {{id: ACT-2, title: Patch the servers, status: declined}}
  fails:
    - name: nobody answers for it
      records:
        action: {{id: ACT-3, title: Patch the servers}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::check_id;

    #[test]
    fn an_id_is_a_phrase() {
        let long = "a".repeat(81);
        for (id, well, what) in [
            ("server-without-owner", true, "a phrase"),
            ("tls-1-2-allowed", true, "numbers behind the first word"),
            ("owner", true, "one word"),
            ("Owner", false, "capitals"),
            ("no_owner", false, "an underscore"),
            ("../x", false, "a path"),
            ("-owner", false, "a hyphen in front"),
            ("owner-", false, "a hyphen behind"),
            ("", false, "nothing"),
            (&long, false, "too long for a file"),
            ("über-alles", false, "not ASCII"),
        ] {
            assert_eq!(check_id(id).is_ok(), well, "{what}");
        }
    }
}
