//! The schemas that ship with the checker. A new kind is a file in `schemas/`
//! and a line here; a test holds the two together.

/// The shapes that several kinds share.
pub(super) const SHARED: &str = include_str!("../../schemas/shared.schema.json");

macro_rules! schemas {
    ($($name:literal),* $(,)?) => {
        /// Name and schema of each kind, by name.
        pub(super) const SCHEMAS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../schemas/", $name, ".schema.json")))),*];
    };
}

schemas![
    "action",
    "audit",
    "audit_programme",
    "change",
    "context",
    "control",
    "document",
    "exercise",
    "feedback",
    "incident",
    "measurement",
    "metric",
    "nonconformity",
    "objective",
    "removal",
    "review",
    "risk",
    "supplier",
    "training",
    "waiver",
];
