//! ismslint: policy-as-code checks for an ISMS (ISO/IEC 27001) kept in git.
//!
//! # The map
//!
//! One path from bytes to verdict: a [`snapshot`] lists files and reads them; an
//! [`inventory`] makes records of them, each value with its exact place; the
//! [`history`] logs every field of every record along the first-parent line;
//! [`facts`] are computed from both; a [`rule`] is data and says what is
//! acceptable; [`check::assess`] gives each subject one of five verdicts; a
//! [`report`] adds provenance; an [`output`] draws bytes from it.
//!
//! # The layers
//!
//! A module may use only those above it in this list; a test reads the list and
//! holds the order.
//!
//! ```text
//! source      paths, texts, byte spans, lines
//! escape      raw text, and the escape of each sink
//! finding     finding, severity, fingerprint
//! budget      every counted limit
//! clause      the table of clause numbers of the standard, by edition
//! sheet       sections, figures, tables and charts for people, and their drawing
//! expr        the expression language; knows no record and no git
//! git         objects, references, index; the only user of git2
//! snapshot    work tree, index, commit, memory; nothing else reads files
//! record      bytes -> trees with spans, in one parse
//! kind        JSON Schemas -> kinds, values, problems in our words
//! settings    isms.yaml
//! history     the field log; append-only, with arrival
//! extract     foreign layouts -> records, as the mapping describes them
//! inventory   which files hold records; the records of a snapshot
//! survey      what an existing repository has, and the mapping proposed for it
//! facts       what a rule may see beside the record
//! rule        rule file -> checked rule
//! catalogue   the built-in rules, and the policy of a run
//! check       assess(snapshot, policy, history, as_of) -> Assessment
//! change      what a change does to the ISMS, and which findings it brings in
//! report      an assessment with provenance, verdict and exit code
//! output      report -> bytes, a file for each format
//! publish     a check run and a comment at GitHub; the only user of a network
//! ci          which system runs the check, and what it says of the change
//! views       the records as people ask for them: due, register, trend, agenda
//! suggest     findings -> proposed improvement actions
//! evidence    the evidence pack of a period: chapters, page, manifest; its verification
//! chronicle   a repository's history told in Markdown
//! trial       a rule tried on its examples
//! demo        the demo ISMS and what is to be found in it
//! lsp         the editor: a language server
//! cli         as typed -> validated -> run; the only reader of the environment
//! ```
//!
//! # Invariants
//!
//! - *Never a silent pass.* Absent is a value; unknown is evidence that should be
//!   there and is not, and makes a verdict *undetermined*; not configured is *not
//!   applicable*. Every rule counts its subjects.
//! - *Engine in Rust, judgement in rules.* No fact is a verdict, no threshold
//!   stands in code but the conventions that a message names as such.
//! - *One parse.* A value and its place come from the same parse; a version in
//!   the history is read by the same code as the snapshot.
//! - *Same commit, same day, same bytes.* No clock, environment, cache or other
//!   program below `cli`; limits are counted, never timed. An editor's server
//!   holds in memory what did not change, and tells what a check finds.
//! - *No network in a check.* Only `publish` has one, only with the cargo feature
//!   `github`, and only for `--publish`; what it is answered changes no verdict,
//!   and only there is a wait timed.
//! - *Untrusted in, escaped out.* Repository text is [`escape::Raw`], which
//!   cannot be printed.
//! - *No repository is opened.* Git's configuration, hooks, grafts and
//!   replacements have no hold on a check.
//!
//! Where this differs from the first design: rules can name expressions (`let`)
//! and the events that show a fault (`commits`); `snapshot` stands below `git`,
//! and `settings` below `kind`, because each uses the other's words; records are
//! gathered in a module of their own (`inventory`) that snapshot and history
//! share; loose objects are inflated by our own code, because libgit2 loops on
//! one that was cut short.

pub mod budget;
pub mod catalogue;
pub mod change;
pub mod check;
pub mod chronicle;
pub mod ci;
pub mod clause;
pub mod cli;
pub mod demo;
pub mod escape;
pub mod evidence;
pub mod expr;
pub mod extract;
pub mod facts;
pub mod finding;
pub mod git;
pub mod history;
pub mod inventory;
pub mod kind;
pub mod lsp;
pub mod output;
pub mod publish;
pub mod record;
pub mod report;
pub mod rule;
pub mod settings;
pub mod sheet;
pub mod snapshot;
pub mod source;
pub mod suggest;
pub mod survey;
pub mod trial;
pub mod views;
