//! `explain`: a rule as a page, with the values that are in force here.

mod view;

use super::args::{CheckArgs, ExplainArgs, PageFormatArg};
use super::check::known_rules;
use super::page::Page;
use super::repository::Place;
use super::world::World;
use super::yaml;
use crate::catalogue::{Applied, Choice, Policy};
use crate::escape::plain;
use crate::expr::printed;
use crate::kind::words::nearest;
use crate::record::Fault;
use crate::report::Exit;
use crate::rule::told::{basis, cited, needed, spoken, subjects};
use crate::rule::{ExampleFile, ExamplesFile};
use crate::settings::Level;
use serde_json::{Value, json};
use view::{params, view};

/// Shows the page.
pub(super) fn run(args: &ExplainArgs, world: &mut World<'_>) -> Exit {
    match page(args, world) {
        Ok(text) => world.print(&text),
        Err(exit) => exit,
    }
}

fn page(args: &ExplainArgs, world: &mut World<'_>) -> Result<String, Exit> {
    if let Some(fault) = Fault::pages().iter().find(|page| page.name == args.rule) {
        return Ok(match args.shown.format {
            PageFormatArg::Human => form(fault, Page::new(world.style(args.shown.color, true))),
            PageFormatArg::Json => crate::escape::json(&json!({
                "id": fault.name, "title": fault.title, "severity": fault.severity,
                "why": fault.why, "fix": fault.fix, "form": true,
            })),
        });
    }
    let applied = in_force(args, world)?;
    let examples = world.told(applied.rule.examples(), args.shown.color)?;
    Ok(match args.shown.format {
        PageFormatArg::Human => human(&applied, &examples, Page::new(world.style(args.shown.color, true))),
        PageFormatArg::Json => crate::escape::json(&view(&applied, &examples)),
    })
}

/// The rule as the settings of this place have it; one of the repository's own
/// is a rule like the others.
fn in_force(args: &ExplainArgs, world: &mut World<'_>) -> Result<Applied, Exit> {
    let check = CheckArgs::of_folder(args.shown.root.clone());
    let place = Place::find(&check, world).map_err(|why| world.refuse(&why))?;
    let (snapshot, _) = place.snapshot(&check, world).map_err(|why| world.refuse(&why))?;
    let choice = Choice { select: vec![args.rule.clone()], ignore: Vec::new() };
    let (policy, own) = world.told(Policy::of_snapshot(&snapshot, &choice), args.shown.color)?;
    match policy.rules.into_iter().next() {
        Some(applied) => Ok(applied),
        None => Err(world.refuse(&unknown(&args.rule, &known_rules(&own)))),
    }
}

fn unknown(id: &str, rules: &[String]) -> String {
    let forms = Fault::pages().iter().map(|page| page.name);
    let known = rules.iter().map(String::as_str).chain(forms);
    let help = nearest(id, known).map_or_else(
        || "`ismslint rules list` names all".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    format!("there is no rule `{id}`: {help}")
}

fn form(fault: &crate::record::Page, mut page: Page) -> String {
    page.heading(fault.title);
    page.paragraph(
        0,
        &format!("{}, {}: a check of form, before any rule", fault.name, fault.severity.word()),
    );
    page.heading("Why it matters");
    page.paragraph(2, fault.why);
    page.heading("What to do");
    page.paragraph(2, fault.fix);
    page.finish()
}

fn human(applied: &Applied, examples: &ExamplesFile, mut page: Page) -> String {
    let (rule, words) = (&applied.rule, applied.rule.words());
    page.heading(&rule.title);
    page.paragraph(0, &format!("{}: {}", rule.id, standing(applied)));
    page.heading("What it rests on");
    page.labelled(rule.basis.word(), basis(rule.basis));
    for clause in &rule.clauses {
        page.labelled(&clause.to_string(), &cited(*clause));
    }
    page.heading("What it looks at");
    page.labelled("subjects", &subjects(&rule.each, words.over));
    for (name, is) in &words.lets {
        page.labelled(name, &format!("is {is}"));
    }
    if let Some(when) = words.when {
        page.labelled("where", when);
    }
    page.labelled("holds if", words.assert);
    if !rule.needs.is_empty() {
        page.labelled("needs", &rule.needs.iter().map(|need| needed(*need)).collect::<Vec<_>>().join("; "));
    }
    page.heading("What it says");
    page.paragraph(2, &spoken(words.message));
    page.heading("Why it matters");
    page.paragraph(2, &spoken(words.why));
    page.heading("What to do");
    page.paragraph(2, &spoken(words.fix));
    if !rule.params.is_empty() {
        page.heading("Parameters");
        for (param, default) in params(applied) {
            let value = plain(&printed(&param.value));
            let origin = match default {
                Some(default) => format!("set in isms.yaml; without it {default}"),
                None => "the default".to_owned(),
            };
            page.paragraph(2, &format!("{}: {value} ({origin}). {}", param.name, param.doc));
        }
    }
    page.heading("Waivers and settings");
    let waivable = if rule.waivable { "A waiver can silence it" } else { "No waiver can silence it" };
    let level = level(rule.level);
    page.paragraph(2, &format!("{waivable}. It belongs to level {level}, since catalogue {}.", rule.since));
    if !rule.references.is_empty() {
        page.paragraph(2, &format!("More: {}.", rule.references.join(", ")));
    }
    for (title, side) in
        [("Examples that conform", &examples.conforms), ("Examples that fail", &examples.fails)]
    {
        page.heading(&format!("{title}, as of {}", examples.today));
        for example in side {
            draw(&mut page, example);
        }
    }
    page.finish()
}

/// Severity, and what the settings made of it.
fn standing(applied: &Applied) -> String {
    let own = applied.rule.severity.word();
    let severity = match applied.severity.word() {
        same if same == own => own.to_owned(),
        here => format!("{here} here, {own} by itself"),
    };
    match &applied.off {
        Some(reason) => format!("switched off here ({}); {severity}", plain(reason.unescaped())),
        None => severity,
    }
}

pub(super) const fn level(level: Level) -> &'static str {
    match level {
        Level::Essential => "essential",
        Level::Full => "full",
    }
}

fn draw(page: &mut Page, example: &ExampleFile) {
    let day = example.today.map(|day| format!(" (as of {day})")).unwrap_or_default();
    page.line(2, &format!("# {}{day}", example.name));
    if let Some(settings) = &example.settings {
        block(page, &json!({"isms.yaml": settings}));
    }
    for state in &example.history {
        let by = state.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        page.line(4, &format!("# on {}{by}", state.on));
        block(page, &json!(state.records));
    }
    if !example.history.is_empty() {
        page.line(4, "# now");
    }
    block(page, &json!(example.records));
}

fn block(page: &mut Page, value: &Value) {
    for line in yaml::lines(value) {
        page.line(4, &line);
    }
}
