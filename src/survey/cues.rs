//! By what a kind is told: words of paths and headings, columns and keys, and
//! how ids begin. English, German and Spanish.

use crate::extract::bare_name;

/// What speaks for a kind.
struct Cue {
    kind: &'static str,
    /// Words of paths, headings and titles.
    words: &'static [&'static str],
    /// Names of columns and keys that hardly any other kind has.
    columns: &'static [&'static str],
    /// How ids begin.
    ids: &'static [&'static str],
}

/// The kinds that are proposed; of two that fit as well, the first.
const CUES: [Cue; 12] = [
    Cue {
        kind: "risk",
        words: &["risk", "risks", "risiko", "risiken", "riesgo", "riesgos"],
        columns: &[
            "risk",
            "risk id",
            "likelihood",
            "probability",
            "inherent",
            "residual",
            "treatment",
            "risk score",
            "risk owner",
            "risiko",
            "eintrittswahrscheinlichkeit",
            "wahrscheinlichkeit",
            "schadenshöhe",
            "auswirkung",
            "behandlung",
            "riesgo",
            "probabilidad",
            "impacto",
            "tratamiento",
        ],
        ids: &["R", "RISK", "RSK"],
    },
    Cue {
        kind: "objective",
        words: &["objective", "objectives", "goal", "goals", "okr", "okrs", "ziel", "ziele", "objetivos"],
        columns: &[
            "goal",
            "objective",
            "baseline",
            "target",
            "ziel",
            "zielwert",
            "ausgangswert",
            "objetivo",
            "meta",
        ],
        ids: &["OBJ", "GOAL", "O"],
    },
    Cue {
        kind: "nonconformity",
        words: &[
            "nonconformity",
            "nonconformities",
            "ncr",
            "ncrs",
            "abweichung",
            "abweichungen",
            "conformidades",
        ],
        columns: &[
            "ncr",
            "ncr id",
            "nc id",
            "nonconformity",
            "grade",
            "correction",
            "abweichung",
            "no conformidad",
        ],
        ids: &["NC", "NCR"],
    },
    Cue {
        kind: "incident",
        words: &[
            "incident",
            "incidents",
            "postmortem",
            "postmortems",
            "vorfall",
            "vorfälle",
            "sicherheitsvorfälle",
            "incidentes",
        ],
        columns: &[
            "incident",
            "incident id",
            "detected",
            "occurred",
            "resolved",
            "contained",
            "severity",
            "vorfall",
            "incidente",
        ],
        ids: &["INC"],
    },
    Cue {
        kind: "action",
        words: &[
            "action",
            "actions",
            "capa",
            "capas",
            "todo",
            "todos",
            "improvement",
            "improvements",
            "maßnahme",
            "maßnahmen",
            "massnahmen",
            "acciones",
        ],
        columns: &[
            "action",
            "action id",
            "capa",
            "capa id",
            "capaid",
            "due",
            "due date",
            "duedate",
            "due on",
            "deadline",
            "target date",
            "assigned to",
            "action owner",
            "date closed",
            "maßnahme",
            "frist",
            "termin",
            "fällig",
            "acción",
            "plazo",
            "fecha límite",
            "vencimiento",
        ],
        ids: &["A", "ACT", "CAPA", "M", "C"],
    },
    Cue {
        kind: "control",
        words: &["soa", "controls", "applicability", "anwendbarkeit", "aplicabilidad"],
        columns: &[
            "control",
            "control id",
            "applicable",
            "justification",
            "implementation",
            "anwendbar",
            "aplicable",
        ],
        ids: &[],
    },
    Cue {
        kind: "supplier",
        words: &["supplier", "suppliers", "lieferanten", "proveedores"],
        columns: &["supplier", "vendor", "tier", "lieferant", "proveedor"],
        ids: &["SUP", "VEN"],
    },
    Cue {
        kind: "training",
        words: &["training", "trainings", "schulungen", "formación"],
        columns: &["training", "audience", "schulung", "completion"],
        ids: &["TR", "TRN"],
    },
    Cue {
        kind: "audit",
        words: &["audits"],
        columns: &["audit", "audit id", "auditor", "auditors", "auditoría"],
        ids: &["AUD", "IA"],
    },
    Cue {
        kind: "feedback",
        words: &["feedback", "complaints", "beschwerden", "quejas"],
        columns: &["complaint", "received", "feedback"],
        ids: &["FB"],
    },
    Cue {
        kind: "measurement",
        words: &["measurements", "kpi", "kpis", "snapshots", "monitoring", "messwerte", "mediciones"],
        columns: &["metric", "kpi", "value", "kennzahl", "messwert", "indicador", "valor"],
        ids: &[],
    },
    Cue {
        kind: "document",
        words: &[
            "policy",
            "policies",
            "procedure",
            "procedures",
            "standard",
            "standards",
            "handbook",
            "guideline",
            "guidelines",
            "richtlinie",
            "richtlinien",
            "leitlinie",
            "verfahren",
            "política",
            "políticas",
            "politica",
            "politicas",
            "procedimiento",
            "procedimientos",
        ],
        columns: &[
            "approver",
            "approvers",
            "approved",
            "approved by",
            "approved on",
            "approval date",
            "approved date",
            "effective",
            "effective date",
            "version",
            "document owner",
            "policy owner",
            "document id",
            "doc id",
            "policy id",
            "classification",
            "reviewed",
            "last review",
            "last reviewed",
            "last reviewed on",
            "last reviewed at",
            "last updated",
            "last modified",
            "next review",
            "next review date",
            "review cycle",
            "review frequency",
            "review interval",
            "review in",
            "freigegeben von",
            "freigegeben am",
            "gültig ab",
            "letzte prüfung",
            "nächste prüfung",
            "prüfintervall",
            "klassifizierung",
            "aprobado por",
            "fecha de aprobación",
            "vigente desde",
            "última revisión",
            "próxima revisión",
            "clasificación",
            "frecuencia de revisión",
        ],
        ids: &["POL", "DOC", "PROC"],
    },
];

/// How well a kind fits, and by what.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) kind: &'static str,
    /// Columns or keys, ids and headings that speak for it.
    pub(super) by_content: usize,
    /// The columns or keys among them, as written.
    pub(super) columns: Vec<String>,
    /// The word of a name or heading that speaks for it.
    pub(super) word: Option<String>,
    score: usize,
}

/// The kind that columns, ids and words speak for most; none without a cue.
/// `words` are those of headings and of the path, nearest first.
pub(super) fn kind_of(columns: &[String], ids: &[&str], words: &[String]) -> Option<Fit> {
    fits(columns, ids, words).fold(None, |best: Option<Fit>, next| match best {
        Some(best) if best.score >= next.score => Some(best),
        _ => Some(next),
    })
}

/// The kind of a page or of a file that is one record. Words alone do not make
/// a record of a page: a handbook has pages about incidents. It is a document,
/// unless its keys are those of another kind, or its folder is named for one.
pub(super) fn kind_of_page(
    keys: &[String],
    ids: &[&str],
    words: &[String],
    folder: &[String],
) -> Option<Fit> {
    let all: Vec<Fit> = fits(keys, ids, words).collect();
    let document = all.iter().find(|fit| fit.kind == "document").filter(|fit| fit.by_content > 0);
    let known = document.map_or(0, |fit| fit.columns.len());
    let others = all.iter().filter(|fit| fit.kind != "document" && fit.columns.len() >= 2);
    let by_keys = others.filter(|fit| fit.columns.len() > known).max_by_key(|fit| fit.columns.len());
    by_keys.or(document).cloned().or_else(|| {
        let cue = CUES.iter().find(|cue| matches!(folder, [word] if cue.words.contains(&&**word)))?;
        all.into_iter().find(|fit| fit.kind == cue.kind)
    })
}

/// Every kind for which something speaks.
fn fits<'c>(columns: &'c [String], ids: &'c [&str], words: &'c [String]) -> impl Iterator<Item = Fit> + 'c {
    let fits = CUES.iter().map(move |cue| {
        let known = |name: &&String| cue.columns.contains(&&*bare_name(name));
        let columns: Vec<String> = columns.iter().filter(known).cloned().collect();
        let of_ids = ids.iter().filter(|id| cue.ids.contains(&prefix(id))).count();
        let is_id = of_ids > 0 && of_ids * 2 >= ids.len();
        let word = words.iter().position(|word| cue.words.contains(&&**word));
        // A word of the nearest heading or name says more than one further up.
        let by_word = word.map_or(0, |at| if at < 4 { 3 } else { 2 });
        let by_content = columns.len() + usize::from(is_id);
        let score = 2 * columns.len() + 2 * usize::from(is_id) + by_word;
        Fit { kind: cue.kind, by_content, columns, word: word.map(|at| words[at].clone()), score }
    });
    fits.filter(|fit| fit.score > 0)
}

/// The letters with which an id begins: `CAPA` of `CAPA-2026-1`.
fn prefix(id: &str) -> &str {
    let end = id.find(|letter: char| !letter.is_ascii_uppercase()).unwrap_or(id.len());
    if id[end..].contains(|letter: char| letter.is_ascii_digit()) { &id[..end] } else { "" }
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    bare_name(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The type of a document, by a word of its names and whether the word was
/// there.
pub(super) fn document_type(words: &[String]) -> Option<&'static str> {
    let types = [
        ("policy", ["policy", "policies", "richtlinie", "richtlinien", "política", "políticas", "politicas"]),
        (
            "procedure",
            [
                "procedure",
                "procedures",
                "verfahren",
                "procedimiento",
                "procedimientos",
                "runbook",
                "runbooks",
            ],
        ),
        ("process", ["process", "processes", "prozess", "prozesse", "proceso", "procesos", "procesos"]),
        ("standard", ["standard", "standards", "estándar", "estándares", "norm", "normen", "norma"]),
        ("plan", ["plan", "plans", "plan", "pläne", "planes", "plane", "plans"]),
    ];
    let of = |word: &String| types.iter().find(|(_, words)| words.contains(&&**word)).map(|(ty, _)| *ty);
    words.iter().find_map(of)
}
