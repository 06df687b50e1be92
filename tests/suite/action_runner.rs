//! A runner of GitHub Actions, as far as a composite action needs one. It reads
//! `action.yml` and runs its steps by the runner's rules: inputs and their
//! defaults, expressions in `env`, `bash` with `-e -o pipefail`, the files behind
//! `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY`, commands on both streams, success
//! and failure. What it does not know it refuses, so that it never makes
//! something of the action that a runner would not.

use crate::github_decoder::{Log, decode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A summary above this is thrown away as a whole.
const MOST_SUMMARY: u64 = 1024 * 1024;

/// What a use of the action came to.
pub(crate) struct Used {
    /// Whether every step succeeded.
    pub(crate) success: bool,
    /// The outputs of the action.
    pub(crate) outputs: BTreeMap<String, String>,
    /// The job summary: what the steps wrote, in their order.
    pub(crate) summary: String,
    /// Both streams.
    pub(crate) text: String,
    /// What the runner makes of them.
    pub(crate) log: Log,
}

/// A job on a machine: what surrounds the action.
pub(crate) struct Job {
    home: TempDir,
    /// The action's own folder, as the runner would fetch it.
    pub(crate) action: PathBuf,
    /// The repository that is checked out.
    pub(crate) workspace: PathBuf,
    /// Variables of the event, such as `GITHUB_EVENT_NAME`.
    pub(crate) event: BTreeMap<&'static str, String>,
}

type Values = BTreeMap<String, String>;

impl Job {
    /// A job on Linux with this checkout; the action is that of the sources.
    pub(crate) fn new(workspace: &Path) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let action = home.path().join("_actions/ismslint");
        let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(action.join("action")).expect("made");
        for file in ["action.yml", "action/get", "action/check", "action/sums.txt"] {
            fs::copy(sources.join(file), action.join(file)).expect("copied");
        }
        without_releases(&action.join("action/sums.txt"));
        for folder in ["bin", "temp", "files", "user"] {
            fs::create_dir(home.path().join(folder)).expect("made");
        }
        let event = BTreeMap::from([("RUNNER_OS", "Linux".to_owned()), ("RUNNER_ARCH", "X64".to_owned())]);
        Self { home, action, workspace: workspace.to_owned(), event }
    }

    /// A program that the steps find before every other.
    pub(crate) fn program(&self, name: &str, script: &str) {
        executable(&self.home.path().join("bin").join(name), script);
    }

    /// A folder of the machine.
    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Uses the action with these inputs.
    pub(crate) fn uses(&self, given: &[(&str, &str)]) -> Used {
        let text = fs::read_to_string(self.action.join("action.yml")).expect("is text");
        let action: Value = serde_yaml::from_str(&text).expect("is YAML");
        assert_eq!(action["runs"]["using"], "composite");
        let inputs = inputs(&action, given);
        let mut used = Used {
            success: true,
            outputs: Values::new(),
            summary: String::new(),
            text: String::new(),
            log: Log::default(),
        };
        let mut outputs: BTreeMap<String, Values> = BTreeMap::new();
        for (number, step) in action["runs"]["steps"].as_array().expect("steps").iter().enumerate() {
            for key in step.as_object().expect("a step").keys() {
                let known = ["name", "id", "shell", "env", "run"].contains(&key.as_str());
                assert!(known, "a step with `{key}` is not emulated");
            }
            // Without `if`, a step runs while all before it succeeded.
            if !used.success {
                continue;
            }
            let told = self.step(step, number, &inputs, &outputs, &mut used);
            if let Some(id) = step["id"].as_str() {
                outputs.insert(id.to_owned(), told);
            }
        }
        for (name, output) in action["outputs"].as_object().expect("outputs") {
            let value = output["value"].as_str().expect("a value");
            used.outputs.insert(name.clone(), evaluated(value, &inputs, &outputs));
        }
        used.log = decode(&used.text);
        used
    }

    /// Runs a step and returns its outputs.
    fn step(
        &self,
        step: &Value,
        number: usize,
        inputs: &Values,
        outputs: &BTreeMap<String, Values>,
        used: &mut Used,
    ) -> Values {
        assert_eq!(step["shell"], "bash", "a composite step names its shell");
        let script = step["run"].as_str().expect("a script");
        assert!(!script.contains("${{"), "an expression pasted into a script: {script}");
        let files = self.home.path().join("files");
        let file = |name: &str| files.join(format!("{name}-{number}"));
        let [script_file, output, summary] = ["script.sh", "output", "summary"].map(file);
        fs::write(&script_file, script).expect("written");
        for path in [&output, &summary] {
            fs::write(path, "").expect("written");
        }
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&script_file);
        command.env_clear().current_dir(&self.workspace).stdin(Stdio::null());
        let path = std::env::var("PATH").expect("has a PATH");
        command.env("PATH", format!("{}:{path}", self.home.path().join("bin").display()));
        command.env("HOME", self.home.path().join("user")).env("CI", "true").env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_WORKSPACE", &self.workspace).env("GITHUB_ACTION_PATH", &self.action);
        command.env("RUNNER_TEMP", self.home.path().join("temp"));
        command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary);
        command.envs(&self.event);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = value.as_str().expect("text");
            command.env(name, evaluated(value, inputs, outputs));
        }
        let ran = command.output().expect("bash is installed");
        used.success = ran.status.success();
        used.text += &String::from_utf8(ran.stdout).expect("UTF-8");
        used.text += &String::from_utf8(ran.stderr).expect("UTF-8");
        assert!(
            fs::metadata(&summary).expect("is there").len() <= MOST_SUMMARY,
            "the summary is thrown away"
        );
        used.summary += &fs::read_to_string(&summary).expect("UTF-8");
        named(&fs::read_to_string(&output).expect("UTF-8"))
    }
}

/// The inputs: those that are given, and the defaults of the others.
fn inputs(action: &Value, given: &[(&str, &str)]) -> Values {
    let declared = action["inputs"].as_object().expect("inputs");
    for (name, _) in given {
        assert!(declared.contains_key(*name), "there is no input `{name}`");
    }
    let value = |name: &str, input: &Value| {
        let given = given.iter().find(|(given, _)| *given == name).map(|(_, value)| *value);
        given.or(input["default"].as_str()).unwrap_or_default().to_owned()
    };
    declared.iter().map(|(name, input)| (name.clone(), value(name, input))).collect()
}

/// A text with its expressions evaluated. Known are `inputs.name`,
/// `steps.id.outputs.name`, and such a value `|| 'a word'`.
fn evaluated(text: &str, inputs: &Values, outputs: &BTreeMap<String, Values>) -> String {
    let Some(expression) = text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")) else {
        assert!(!text.contains("${{"), "not emulated: {text}");
        return text.to_owned();
    };
    let operands = expression.split("||").map(|operand| {
        let parts: Vec<&str> = operand.trim().split('.').collect();
        match parts[..] {
            ["inputs", name] => inputs.get(name).unwrap_or_else(|| panic!("no input {name}")).clone(),
            ["steps", id, "outputs", name] => {
                outputs.get(id).and_then(|told| told.get(name)).cloned().unwrap_or_default()
            }
            [word] if word.len() > 1 && word.starts_with('\'') && word.ends_with('\'') => {
                word.trim_matches('\'').to_owned()
            }
            _ => panic!("not emulated: {operand}"),
        }
    });
    // An empty text counts as false.
    operands.fold(String::new(), |value, next| if value.is_empty() { next } else { value })
}

/// The lines `name=value` of a file behind `GITHUB_OUTPUT`; the last one of a
/// name counts.
fn named(text: &str) -> Values {
    let line = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no output: {line}"));
        assert!(!name.contains("<<"), "not emulated: {line}");
        (name.to_owned(), value.to_owned())
    };
    text.lines().filter(|text| !text.is_empty()).map(line).collect()
}

/// Takes the releases out of a list of sums: the tests make their own, also on
/// the commit of a release.
pub(crate) fn without_releases(sums: &Path) {
    let text = fs::read_to_string(sums).expect("is text");
    let remarks: String = text.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
    fs::write(sums, remarks).expect("written");
}

/// Writes a program.
pub(crate) fn executable(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, script).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("made executable");
}
