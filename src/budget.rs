//! Every limit in one table, each counted (bytes, nodes, objects, steps),
//! none timed: the same input meets the same limit on every machine.
//!
//! A limit that is met becomes a finding or an *undetermined* verdict at the
//! place where it is met; nothing is skipped in silence. The numbers leave room
//! for real registers (30 MB) and for our own benchmarks.

/// The counted limits of one run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one file of a work tree.
    pub file_bytes: u64,
    /// Bytes of one git blob that is read.
    pub blob_bytes: u64,
    /// Bytes of one git tree or commit object.
    pub object_bytes: u64,
    /// Bytes of the index file.
    pub index_bytes: u64,
    /// Files that a snapshot may list.
    pub files: usize,
    /// Bytes read from a snapshot in all.
    pub total_bytes: u64,
    /// Entries of trees read along the history, in all.
    pub tree_entries: u64,
    /// Commits whose headers are read.
    pub commits: usize,
    /// Levels of nesting in one YAML or JSON file.
    pub depth: usize,
    /// Nodes (scalars, lists, mappings) in one YAML or JSON file.
    pub nodes: usize,
    /// Documents in one YAML file.
    pub documents: usize,
    /// Bytes that the aliases of one YAML file stand for, in all.
    pub alias_bytes: usize,
    /// Bytes of one key.
    pub key_bytes: usize,
    /// Bytes of one pattern of paths in the settings.
    pub pattern_bytes: usize,
    /// Steps that one expression may take for one subject.
    pub steps: u64,
    /// Bytes of one rule, schema, settings or chronicle file.
    pub policy_bytes: u64,
    /// Bytes of all versions of all files that a chronicle replays to.
    pub chronicle_bytes: u64,
    /// Bytes of one path that a chronicle writes.
    pub path_bytes: usize,
}

impl Limits {
    /// The limits of every ordinary run.
    pub const STANDARD: Self = Self {
        file_bytes: 32 << 20,
        blob_bytes: 64 << 20,
        object_bytes: 32 << 20,
        index_bytes: 256 << 20,
        files: 500_000,
        total_bytes: 2 << 30,
        tree_entries: 200_000_000,
        commits: 5_000_000,
        depth: 64,
        nodes: 8_000_000,
        documents: 100_000,
        alias_bytes: 4 << 20,
        key_bytes: 1024,
        pattern_bytes: 1024,
        steps: 1_000_000,
        policy_bytes: 4 << 20,
        chronicle_bytes: 256 << 20,
        path_bytes: 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::STANDARD
    }
}
