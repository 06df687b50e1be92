//! The catalogue: its files keep the house rules, and its examples show what
//! they are to show.

use ismslint::catalogue::built_in;
use ismslint::kind::Kinds;
use ismslint::rule::Rule;
use ismslint::settings::Mistake;
use ismslint::trial::{self, Outcome};
use serde_json::Value;

fn catalogue() -> Vec<Rule> {
    built_in().unwrap_or_else(|mistakes| panic!("{}", told(&mistakes)))
}

fn told(mistakes: &[Mistake]) -> String {
    let told = mistakes.iter().map(|mistake| {
        let line = mistake.place.file.position(mistake.place.span.start).line;
        let help = mistake.help.as_ref().map_or("", |help| help.unescaped());
        let path = mistake.place.file.path().shown();
        format!("{path}:{line}: {}: {help}", mistake.message.unescaped())
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_rule_compiles_for_every_kind_it_speaks_of() {
    let kinds = Kinds::embedded();
    let mistakes: Vec<Mistake> = catalogue().iter().flat_map(|rule| rule.mistakes(&kinds)).collect();
    assert!(mistakes.is_empty(), "{}", told(&mistakes));
}

#[test]
fn each_rule_speaks_as_the_house_does() {
    for rule in catalogue() {
        let written: Value = serde_yaml::from_str(rule.file.text()).expect("was read as a rule");
        let text = |name: &str| written[name].as_str().unwrap_or_default().trim_end().to_owned();
        let id = &rule.id;
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}: kebab case");
        for (name, stop) in [("title", false), ("message", false), ("why", true), ("fix", true)] {
            let text = text(name);
            assert!(!text.is_empty(), "{id}: {name}");
            assert_eq!(text.ends_with('.'), stop, "{id}: `{name}` ends as such texts do: {text}");
        }
        for param in &rule.params {
            assert!(param.doc.ends_with('.'), "{id}: `{}` is told in a sentence", param.name);
        }
        let mut names: Vec<&str> = Vec::new();
        let examples = rule.examples().expect("examples can be read");
        for example in examples.conforms.iter().chain(&examples.fails) {
            assert!(!names.contains(&&*example.name), "{id}: two examples `{}`", example.name);
            names.push(&example.name);
        }
    }
}

/// The catalogue leaves the examples unread; with them the rule is the same.
#[test]
fn a_rule_is_the_same_without_its_examples() {
    for rule in catalogue() {
        let whole = Rule::load(&rule.file).unwrap_or_else(|mistakes| panic!("{}: {mistakes:?}", rule.id));
        assert_eq!(format!("{:?}", whole.words()), format!("{:?}", rule.words()), "{}", rule.id);
        assert_eq!(format!("{:?}", whole.params), format!("{:?}", rule.params), "{}", rule.id);
    }
}

/// Characters of a message, as an example draws it: what is longer is not read.
const LONGEST: usize = 200;

#[test]
fn each_example_shows_what_it_is_to_show() {
    let mut wrong = Vec::new();
    for rule in catalogue() {
        for trial in trial::examples(&rule, &Kinds::embedded()).expect("examples can be read") {
            for finding in &trial.findings {
                let length = finding.message.unescaped().chars().count();
                if length > LONGEST {
                    wrong.push(format!("{}: {}: a message of {length} characters", rule.id, trial.name));
                }
                for text in [&finding.message, &finding.why, &finding.fix] {
                    let text = text.unescaped();
                    assert!(is_well_set(text), "{}: {}: {text}", rule.id, trial.name);
                }
            }
            match &trial.outcome {
                Outcome::Validated | Outcome::Reported => {}
                outcome => {
                    let found: Vec<&str> =
                        trial.findings.iter().map(|finding| finding.message.unescaped()).collect();
                    wrong.push(format!("{}: {}: {outcome:?} {found:?}", rule.id, trial.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether blanks stand where they belong: a placeholder gives its value
/// without the blanks around it, which an author of a rule easily overlooks.
fn is_well_set(text: &str) -> bool {
    // Between backticks stands code.
    let prose = text.split('`').step_by(2);
    prose.into_iter().all(|part| {
        let pairs = part.chars().zip(part.chars().skip(1));
        let mut wrong = pairs.filter(|(one, next)| {
            matches!((one, next), (' ', ' ' | ',' | '.'))
                || (matches!(one, '?' | '!' | '.' | ',' | ';') && next.is_uppercase())
                || (one.is_alphanumeric() && *next == '(')
        });
        wrong.next().is_none()
    })
}
