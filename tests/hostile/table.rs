//! The table of inputs: what each one is, to which row of the threat table it
//! belongs, and what must become of it.

use crate::place::Place;
use crate::rows;

/// Makes an input.
pub(crate) type Make = Box<dyn Fn(&Place) + Send + Sync>;

/// One input.
pub(crate) struct Input {
    /// The row of the threat table.
    pub(crate) row: &'static str,
    /// What is particular about it.
    pub(crate) name: String,
    /// How it is made.
    pub(crate) make: Make,
    /// What is typed, in the place of [`FORM`].
    pub(crate) args: Vec<String>,
    /// Around the program, a line of the shell: `"$@"` is the program.
    pub(crate) around: Option<&'static str>,
    /// What must become of it.
    pub(crate) expect: Expect,
    /// What it may take in a release build.
    pub(crate) ceiling: Ceiling,
}

/// Seconds and MiB that a run may take in a release build.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ceiling {
    pub(crate) seconds: f64,
    pub(crate) mebibytes: u64,
}

/// What the project wants of every hostile file.
const WANTED: Ceiling = Ceiling { seconds: 0.5, mebibytes: 128 };

/// What must become of an input. The words must be told in every format that
/// the program writes.
#[derive(Clone, Debug)]
pub(crate) enum Expect {
    /// 1, with a finding of this rule.
    Found(&'static str),
    /// 1, with a finding of this rule, and not everything was examined.
    Unread(&'static str),
    /// 0: nothing is wrong with it, and everything was looked at.
    Clean,
    /// 3, and these words say why.
    Open(&'static str),
    /// 2, and these words say why; no report is written.
    Refused(&'static str),
    /// 4: the verdict stands, and these words say what was not written.
    Unwritten(&'static str),
    /// Anything that is no silence: 1, 2 or 3. For inputs such as a flipped
    /// byte, of which only this can be said.
    Told,
    /// Anything but a fault: hostile to the program itself, and either way of
    /// reading it is right.
    Ends,
}

/// What is typed for an input of form: one rule is enough beside it, and what
/// is only remarked on fails the run too.
pub(crate) const FORM: [&str; 4] = ["--select", "action-overdue-without-rationale", "--fail-on", "notice"];

/// An input that one file makes, or several.
pub(crate) fn input(
    row: &'static str,
    name: impl Into<String>,
    expect: Expect,
    make: impl Fn(&Place) + Send + Sync + 'static,
) -> Input {
    Input {
        row,
        name: name.into(),
        make: Box::new(make),
        args: FORM.map(str::to_owned).to_vec(),
        around: None,
        expect,
        ceiling: WANTED,
    }
}

/// An input of one file.
pub(crate) fn file(
    row: &'static str,
    name: impl Into<String>,
    path: impl AsRef<[u8]> + Send + Sync + 'static,
    bytes: impl Into<Vec<u8>>,
    expect: Expect,
) -> Input {
    let bytes = bytes.into();
    input(row, name, expect, move |place| place.put(path.as_ref(), &bytes))
}

impl Input {
    /// Typed as this.
    pub(crate) fn typed(mut self, args: &[&str]) -> Self {
        self.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self
    }

    /// Run in this line of the shell.
    pub(crate) fn around(mut self, line: &'static str) -> Self {
        self.around = Some(line);
        self
    }

    /// With a ceiling of its own, because of what the caller writes beside it.
    pub(crate) fn ceiling(mut self, seconds: f64, mebibytes: u64) -> Self {
        self.ceiling = Ceiling { seconds, mebibytes };
        self
    }
}

/// Every input.
pub(crate) fn all() -> Vec<Input> {
    let families = [
        rows::yaml::inputs,
        rows::text::inputs,
        rows::json::inputs,
        rows::policy::inputs,
        rows::expressions::inputs,
        rows::files::inputs,
        rows::git::inputs,
        rows::objects::inputs,
        rows::outputs::inputs,
        rows::change::inputs,
        rows::time::inputs,
        rows::process::inputs,
    ];
    families.into_iter().flat_map(|inputs| inputs()).collect()
}

/// Those that run by default: each row has three at least, and about every
/// fortieth is taken.
pub(crate) fn some(inputs: Vec<Input>) -> Vec<Input> {
    let mut of_row = std::collections::BTreeMap::<&str, usize>::new();
    for input in &inputs {
        *of_row.entry(input.row).or_default() += 1;
    }
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    let taken = |input: &Input| {
        let at = seen.entry(input.row).or_default();
        *at += 1;
        (*at - 1).is_multiple_of((of_row[input.row] / 3).clamp(1, 40))
    };
    inputs.into_iter().filter(taken).collect()
}
