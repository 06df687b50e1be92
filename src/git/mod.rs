//! Git as an object store: where a repository lies, what its references name,
//! and what its commits, folders and files hold.
//!
//! No repository is opened. Packed objects are read through libgit2's object
//! database alone (this module is the only user of `git2`); loose objects,
//! references, the `shallow` file and work tree pointers, and the bytes of
//! commits and trees are read here. So nothing in a repository that git itself would act upon
//! (configuration, includes, hooks, grafts, replacements, commit graphs) has a
//! hold on a check, and a gap is always told from a beginning.
//!
//! It knows no record, does not walk the work tree and asks nothing of a
//! network or another program. [`write`] makes repositories for demonstrations
//! and tests.
//!
//! - [`locate`], [`bare`]: from a folder to a [`GitDir`].
//! - [`Store`]: objects by id ([`Store::blob`], [`Store::commit`]), names
//!   ([`Store::head`], [`Store::resolve`]), folders ([`Store::tree_files`],
//!   [`Store::entry_at`], [`Store::changes`]) and the history
//!   ([`Store::first_parent_line`], [`Store::arrivals`], [`Store::merge_bases`]).
//! - [`index::read`]: what is staged.

mod base;
mod changes;
mod commit;
mod config;
mod files;
pub mod index;
mod inflate;
mod line;
mod locate;
mod loose;
mod objects;
mod oid;
mod problem;
mod refs;
mod store;
mod tree;
pub mod write;

pub use changes::{PathChange, TreeFile};
pub use commit::{Commit, Instant, Signature};
pub use line::{Arrivals, Completeness, Line};
pub use locate::{GitDir, bare, locate};
pub use oid::Oid;
pub use problem::{GitProblem, ObjectKind, ObjectProblem, RefProblem};
pub use refs::Head;
pub use store::{Store, is_guarded, verified_blob};
pub use tree::{Entry, Mode};
