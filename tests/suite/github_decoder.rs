//! What a runner of GitHub Actions makes of a log: which lines are commands,
//! and what becomes of the issues among them. Written from the grammar of
//! workflow commands alone, as an oracle for the annotations; it shares no code
//! with the program, and it does not know what the program writes.
//!
//! Where the grammar leaves a choice, the reading is taken that sees more
//! commands: names and property names in any case, every `##[` of a line.

/// The most issues of one type that a step keeps.
pub(crate) const KEPT: usize = 10;

/// The characters of a message that are kept.
pub(crate) const MESSAGE: usize = 4096;

/// A line with the form of a command, whether or not a runner knows its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// In lower case.
    pub(crate) name: String,
    /// Unescaped, in the order of the line.
    pub(crate) properties: Vec<(String, String)>,
    /// Unescaped.
    pub(crate) data: String,
    /// The form `##[name]data`.
    pub(crate) legacy: bool,
}

/// The type of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Error,
    Warning,
    Notice,
}

/// An error, warning or notice as it reaches the page of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) kind: Kind,
    pub(crate) file: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) end_line: Option<u32>,
    pub(crate) col: Option<u32>,
    pub(crate) end_column: Option<u32>,
    /// Cut at [`MESSAGE`].
    pub(crate) message: String,
    /// What the runner changed: properties that it dropped, filled in or does
    /// not know, and the cut.
    pub(crate) mended: Vec<String>,
}

/// A whole log, decoded.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The first ten of each type.
    pub(crate) issues: Vec<Issue>,
    /// Those beyond the ten.
    pub(crate) lost: Vec<Issue>,
    /// All other lines that have the form of a command and take effect if their
    /// name is known.
    pub(crate) others: Vec<Command>,
    /// Lines that would have been commands, had a token not stopped them.
    pub(crate) stopped: Vec<Command>,
    /// The rest, as people read it.
    pub(crate) text: Vec<String>,
}

const DATA: &[(&str, char)] = &[("%0D", '\r'), ("%0A", '\n'), ("%25", '%')];
const PROPERTY: &[(&str, char)] = &[("%0D", '\r'), ("%0A", '\n'), ("%3A", ':'), ("%2C", ','), ("%25", '%')];
const LEGACY: &[(&str, char)] = &[("%3B", ';'), ("%0D", '\r'), ("%0A", '\n'), ("%5D", ']'), ("%25", '%')];

fn unescape(text: &str, table: &[(&str, char)]) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some((escape, meant)) = table.iter().find(|(escape, _)| rest.starts_with(escape)) {
            plain.push(*meant);
            rest = &rest[escape.len()..];
        } else {
            plain.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    plain
}

/// The name and the properties between the marks; none without a name.
fn head(text: &str, separator: char, table: &[(&str, char)]) -> Option<(String, Vec<(String, String)>)> {
    let (name, properties) = text.split_once(' ').unwrap_or((text, ""));
    let properties = properties.trim().split(separator).filter_map(|property| property.split_once('='));
    let properties = properties.map(|(key, value)| (key.to_owned(), unescape(value, table))).collect();
    (!name.is_empty()).then(|| (name.to_ascii_lowercase(), properties))
}

/// `::name key=value,key=value::data`, after white space of any kind.
fn current(line: &str) -> Option<Command> {
    let (head_text, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head(head_text, ',', PROPERTY)?;
    Some(Command { name, properties, data: unescape(data, DATA), legacy: false })
}

/// `##[name key=value;key=value]data`, anywhere in the line.
fn legacy(line: &str) -> impl Iterator<Item = Command> {
    let starts = line.match_indices("##[").map(|(at, mark)| &line[at + mark.len()..]);
    starts.filter_map(|rest| {
        let (head_text, data) = rest.split_once(']')?;
        let (name, properties) = head(head_text, ';', LEGACY)?;
        Some(Command { name, properties, data: unescape(data, LEGACY), legacy: true })
    })
}

/// Whether runners have a command of this name; the last four are retired.
fn known(name: &str) -> bool {
    let names = "error warning notice debug group endgroup add-mask add-matcher remove-matcher echo \
                 stop-commands set-output save-state set-env add-path";
    names.split_whitespace().any(|known| known == name)
}

/// The command that a line is: the first that a runner knows, or else what has
/// the form of one. A token that ends a stop is known as well.
fn command(line: &str, token: Option<&str>) -> Option<Command> {
    let known = |command: &Command| known(&command.name) || Some(command.name.as_str()) == token;
    let mut found = current(line).into_iter().chain(legacy(line));
    let first = found.next()?;
    Some(if known(&first) { first } else { found.find(known).unwrap_or(first) })
}

/// What a runner makes of a log. A line ends at LF, at CR, and at both.
pub(crate) fn decode(log: &str) -> Log {
    let mut decoded = Log::default();
    let mut token: Option<String> = None;
    for line in log.split(['\n', '\r']) {
        let Some(command) = command(line, token.as_deref()) else {
            decoded.text.push(line.to_owned());
            continue;
        };
        if let Some(until) = &token {
            if command.name == *until {
                token = None;
                decoded.others.push(command);
            } else {
                decoded.stopped.push(command);
            }
            continue;
        }
        match command.name.as_str() {
            "error" => decoded.keep(Issue::of(Kind::Error, &command)),
            "warning" => decoded.keep(Issue::of(Kind::Warning, &command)),
            "notice" => decoded.keep(Issue::of(Kind::Notice, &command)),
            name => {
                if name == "stop-commands" {
                    token = Some(command.data.to_ascii_lowercase());
                }
                decoded.others.push(command);
            }
        }
    }
    decoded
}

impl Log {
    fn keep(&mut self, issue: Issue) {
        let before = self.issues.iter().filter(|kept| kept.kind == issue.kind).count();
        if before < KEPT { self.issues.push(issue) } else { self.lost.push(issue) }
    }
}

impl Issue {
    fn of(kind: Kind, command: &Command) -> Self {
        let mut mended = Vec::new();
        for (at, (key, _)) in command.properties.iter().enumerate() {
            let key = key.to_ascii_lowercase();
            if !["file", "line", "endline", "col", "endcolumn", "title"].contains(&key.as_str()) {
                mended.push(format!("{key} unknown"));
            }
            if command.properties[..at].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(&key)) {
                mended.push(format!("{key} repeated"));
            }
        }
        // Of a key that is repeated the last one counts.
        let text = |name: &str| {
            let mut found = command.properties.iter().rev().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.clone())
        };
        let mut number = |name: &str| {
            let given = text(name)?;
            let digits = !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_digit());
            let number = given.parse().ok().filter(|number: &u32| digits && *number > 0);
            if number.is_none() {
                mended.push(format!("{name} is no number"));
            }
            number
        };
        let (line, end_line) = (number("line"), number("endLine"));
        let (col, end_column) = (number("col"), number("endColumn"));
        let mut message: String = command.data.chars().take(MESSAGE).collect();
        if message.len() < command.data.len() {
            mended.push("message cut".to_owned());
        } else {
            message.clone_from(&command.data);
        }
        let (file, title) = (text("file"), text("title"));
        let mut issue = Self { kind, file, title, line, end_line, col, end_column, message, mended };
        issue.validate();
        issue
    }

    /// Lines and columns as the runner lets them pass.
    fn validate(&mut self) {
        let has_columns = self.col.is_some() || self.end_column.is_some();
        if has_columns && self.line.is_none() {
            self.drop_columns("columns without a line");
        }
        if self.line.is_none() && self.end_line.is_some() {
            self.line = self.end_line;
            self.mended.push("line filled in".to_owned());
        }
        if self.end_line.is_some() && self.line != self.end_line && has_columns {
            self.drop_columns("columns over several lines");
        }
        if self.end_line.is_some() && self.end_line < self.line {
            (self.line, self.end_line) = (None, None);
            self.mended.push("lines backwards".to_owned());
        }
        if self.end_column.is_some() && self.end_column < self.col {
            self.drop_columns("columns backwards");
        }
    }

    fn drop_columns(&mut self, why: &str) {
        (self.col, self.end_column) = (None, None);
        self.mended.push(why.to_owned());
    }
}

/// A line of one command, as its name, its properties and its data.
fn shown(line: &str) -> Option<String> {
    let command = command(line, None)?;
    let properties = command.properties.iter().map(|(key, value)| format!(" {key}={value}"));
    Some(format!("{}{}|{}", command.name, properties.collect::<String>(), command.data))
}

#[test]
fn a_line_is_a_command_as_the_grammar_has_it() {
    for (word, line, expected) in [
        ("no properties", "::error::x", Some("error|x")),
        ("no data", "::endgroup::", Some("endgroup|")),
        ("properties", "::error file=a,line=1::x", Some("error file=a line=1|x")),
        ("the first equals sign counts", "::error title=a=b::x", Some("error title=a=b|x")),
        ("a comma ends a property", "::error file=a,title=forged::x", Some("error file=a title=forged|x")),
        ("what has no equals sign is none", "::error file=a,b,::x", Some("error file=a|x")),
        ("the first double colon ends them", "::error title=a::b::x", Some("error title=a|b::x")),
        ("single colons do not", "::error title=a:b::x", Some("error title=a:b|x")),
        ("leading blanks", " \t::error::x", Some("error|x")),
        ("leading no-break space", "\u{a0}::error::x", Some("error|x")),
        ("leading line separator", "\u{2028}::error::x", Some("error|x")),
        ("leading next line and wide space", "\u{85}\u{3000}::error::x", Some("error|x")),
        ("zero width is no white space", "\u{200b}::error::x", None),
        ("in any case", "::Error::x", Some("error|x")),
        ("a name that nobody knows", "::frob::x", Some("frob|x")),
        ("no name", "::::x", None),
        ("no name but a blank", ":: error::x", None),
        ("no second mark", "::error x", None),
        ("inside a line", "a ::error::x", None),
        ("behind a colour", "\u{1b}[31m::error::x", None),
        ("escapes of data", "::error::a%0Ab%0Dc%25d", Some("error|a\nb\rc%d")),
        ("those of properties are none in data", "::error::%3A%2C", Some("error|%3A%2C")),
        ("escapes of properties", "::error title=%3A%2C%25%0A::x", Some("error title=:,%\n|x")),
        ("those of the old form are none", "::error title=%3B%5D::x", Some("error title=%3B%5D|x")),
        ("unescaped once", "::error title=%253A::%250A", Some("error title=%3A|%0A")),
        ("a per cent sign before an escape", "::error::%%0A", Some("error|%\n")),
        ("small letters are no escape", "::error::%0a", Some("error|%0a")),
        ("the old form", "##[error]x", Some("error|x")),
        ("the old form inside a line", "a: b ##[error]x", Some("error|x")),
        ("behind a colour, too", "\u{1b}[31m##[error]x", Some("error|x")),
        ("its properties", "##[error file=a;line=1]x", Some("error file=a line=1|x")),
        ("a comma does not part them", "##[error file=a,line=1]x", Some("error file=a,line=1|x")),
        ("its escapes", "##[error t=%3B%5D]%3B%0D%0A%5D%25", Some("error t=;]|;\r\n]%")),
        ("the first bracket ends it", "##[error t=a]b]c", Some("error t=a|b]c")),
        ("no bracket", "##[error x", None),
        ("a known name behind an unknown one", "##[a]##[error]x", Some("error|x")),
        ("the new form goes first", "::error::a ##[warning]b", Some("error|a ##[warning]b")),
        ("the old form where nobody knows the new name", "::a::##[warning]b", Some("warning|b")),
        ("the old form where the new one fails", "::error ##[warning]b", Some("warning|b")),
        ("a heading", "## [error] x", None),
        ("plain text", "error: a.yaml:1:1", None),
    ] {
        assert_eq!(shown(line).as_deref(), expected, "{word}: {line:?}");
    }
}

#[test]
fn lines_and_columns_pass_as_the_runner_lets_them() {
    let all = |issue: &Issue| {
        [issue.line, issue.end_line, issue.col, issue.end_column].map(Option::unwrap_or_default)
    };
    for (word, properties, expected, mends) in [
        ("all in order", "line=2,endLine=2,col=3,endColumn=5", [2, 2, 3, 5], 0),
        ("a line", "line=2", [2, 0, 0, 0], 0),
        ("a line and a column", "line=2,col=3", [2, 0, 3, 0], 0),
        ("several lines", "line=2,endLine=4", [2, 4, 0, 0], 0),
        ("the end alone", "endLine=2", [2, 2, 0, 0], 1),
        ("columns without a line", "col=3,endColumn=5", [0, 0, 0, 0], 1),
        ("columns over several lines", "line=2,endLine=3,col=3,endColumn=5", [2, 3, 0, 0], 1),
        ("lines backwards", "line=4,endLine=2", [0, 0, 0, 0], 1),
        ("columns backwards", "line=2,col=5,endColumn=3", [2, 0, 0, 0], 1),
        ("no number", "line=x", [0, 0, 0, 0], 1),
        ("numbers begin at one", "line=0", [0, 0, 0, 0], 1),
        ("a sign", "line=+2", [0, 0, 0, 0], 1),
        ("the last one counts", "line=2,line=3", [3, 0, 0, 0], 1),
        ("a property that issues do not have", "line=2,column=3", [2, 0, 0, 0], 1),
    ] {
        let log = decode(&format!("::error {properties}::x"));
        assert_eq!((all(&log.issues[0]), log.issues[0].mended.len()), (expected, mends), "{word}: {log:?}");
    }
}

#[test]
fn ten_of_each_type_are_kept_and_messages_are_cut() {
    let one = |kind: &str, text: &str| format!("::{kind} file=a::{text}\n");
    let log =
        decode(&(one("error", "x").repeat(12) + &one("warning", "w") + &one("notice", &"é".repeat(5000))));
    assert_eq!((log.issues.len(), log.lost.len()), (12, 2));
    assert_eq!(log.issues[11].message, "é".repeat(MESSAGE));
    assert_eq!(log.issues[11].mended, ["message cut"]);
}

#[test]
fn a_line_ends_at_either_end() {
    let log = decode("::error file=a\r##[error]b\r\n::error::c\u{2028}::error::d\n");
    let messages: Vec<&str> = log.issues.iter().map(|issue| &*issue.message).collect();
    assert_eq!(messages, ["b", "c\u{2028}::error::d"]);
    assert_eq!(log.text, ["::error file=a", "", ""]);
}

#[test]
fn a_token_stops_commands_until_it_comes_again() {
    let log = "::stop-commands::t\n::error::a\n##[error]b\n::other::\n::t::\n::error::c\n";
    let decoded = decode(log);
    assert_eq!(decoded.issues.iter().map(|issue| &*issue.message).collect::<Vec<_>>(), ["c"]);
    assert_eq!((decoded.stopped.len(), decoded.others.len()), (3, 2));
    // Without its second half it stops all that follows, in the old form, too.
    for stop in ["::stop-commands::t", "x ##[stop-commands]t"] {
        let decoded = decode(&format!("{stop}\n::error::a\n::error::b\n"));
        assert_eq!((decoded.issues.len(), decoded.stopped.len()), (0, 2), "{stop}");
    }
}
