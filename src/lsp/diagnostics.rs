//! What was found, as the client shows it: each finding at its place, in the
//! file that it is about; mistakes in settings and rules at theirs.

use super::documents::Document;
use super::isms::{Isms, Seen};
use super::position::{Encoding, range};
use super::uri;
use crate::escape::{Raw, plain};
use crate::finding::{Finding, Severity};
use crate::settings::{FILE_NAME, Mistake};
use crate::source::{Place, RepoPath, SourceFile, Span};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range, Uri,
};
use std::collections::BTreeMap;

/// The name under which the client shows us.
pub(super) const SOURCE: &str = "ismslint";

/// How places are told to a client.
pub(super) struct Teller<'t> {
    pub(super) isms: &'t Isms,
    /// The open documents of the ISMS, by path.
    pub(super) open: &'t BTreeMap<RepoPath, &'t Document>,
    pub(super) encoding: Encoding,
    /// Whether the client shows second places.
    pub(super) related: bool,
}

impl Teller<'_> {
    /// The address of a file: the client's own where it has it open.
    pub(super) fn uri(&self, path: &RepoPath) -> Option<Uri> {
        match self.open.get(path) {
            Some(document) => Some(document.uri.clone()),
            None => uri::of(self.isms.folder(), path),
        }
    }

    /// The range of a span in a file.
    pub(super) fn range(&self, file: &SourceFile, span: Span) -> Range {
        range(file, span, self.encoding, self.open.contains_key(file.path()))
    }

    /// A place with its address.
    pub(super) fn location(&self, place: &Place) -> Option<Location> {
        Some(Location::new(self.uri(place.file.path())?, self.range(&place.file, place.span)))
    }

    /// Everything that is to be told, by file. What has no place stands at the
    /// beginning of the settings; without them, of the first open document.
    pub(super) fn all(&self) -> BTreeMap<RepoPath, Vec<Diagnostic>> {
        let mut all: BTreeMap<RepoPath, Vec<Diagnostic>> = BTreeMap::new();
        for mistake in &self.isms.mistakes {
            all.entry(mistake.place.file.path().clone()).or_default().push(self.mistake(mistake));
        }
        let Some(seen) = &self.isms.seen else { return all };
        for finding in &seen.findings {
            let path = match &finding.place {
                Some(place) => place.file.path().clone(),
                None => self.elsewhere(seen),
            };
            all.entry(path).or_default().push(self.finding(finding));
        }
        for path in seen.unrecognised.iter().filter(|path| self.open.contains_key(path)) {
            all.entry(path.clone()).or_default().push(unrecognised());
        }
        all
    }

    fn elsewhere(&self, seen: &Seen) -> RepoPath {
        let settings = RepoPath::from(FILE_NAME);
        match self.open.keys().next() {
            Some(first) if seen.policy.settings.file.is_none() => first.clone(),
            _ => settings,
        }
    }

    /// A finding.
    pub(super) fn finding(&self, finding: &Finding) -> Diagnostic {
        let range = finding.place.as_ref().map(|place| self.range(&place.file, place.span));
        let related: Vec<DiagnosticRelatedInformation> = finding
            .related
            .iter()
            .filter_map(|related| {
                let message = shown(&related.label);
                Some(DiagnosticRelatedInformation { location: self.location(&related.place)?, message })
            })
            .collect();
        Diagnostic {
            range: range.unwrap_or_default(),
            severity: Some(severity(finding.severity)),
            code: Some(NumberOrString::String(finding.rule.to_string())),
            source: Some(SOURCE.to_owned()),
            message: format!("{}\n{}", shown(&finding.message), shown(&finding.fix)).trim_end().to_owned(),
            related_information: (self.related && !related.is_empty()).then_some(related),
            ..Diagnostic::default()
        }
    }

    fn mistake(&self, mistake: &Mistake) -> Diagnostic {
        let help = mistake.help.as_ref().map(|help| format!("\n{}", shown(help))).unwrap_or_default();
        Diagnostic {
            range: self.range(&mistake.place.file, mistake.place.span),
            severity: Some(DiagnosticSeverity::ERROR),
            code: Some(NumberOrString::String("mistake".to_owned())),
            source: Some(SOURCE.to_owned()),
            message: format!("{}{help}", shown(&mistake.message)),
            ..Diagnostic::default()
        }
    }
}

/// A file that its author may take for records.
fn unrecognised() -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::HINT),
        code: Some(NumberOrString::String("not-recognised".to_owned())),
        source: Some(SOURCE.to_owned()),
        message:
            "no record is read from this file: neither its name nor its folder is that of a kind, and no \
                  mapping in isms.yaml takes it"
                .to_owned(),
        ..Diagnostic::default()
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Notice => DiagnosticSeverity::INFORMATION,
    }
}

/// Plain text for the client, which shows it as it is: on one line, with
/// nothing hidden in it.
pub(super) fn shown(text: &Raw) -> String {
    plain(text.unescaped())
}
