//! Whether a version changed what a file says, or white space and front matter
//! alone.

use super::file_state::FileState;
use crate::record::front_matter;
use crate::source::SourceFile;

/// Whether the text below the front matter differs in more than white space. A
/// version that cannot be read counts as another text.
pub(super) fn is_content(before: Option<&FileState>, after: Option<&FileState>) -> bool {
    let file = |state: Option<&FileState>| state.and_then(|state| state.file.clone());
    match (file(before), file(after)) {
        (Some(before), Some(after)) => !words(&before).eq(words(&after)),
        _ => true,
    }
}

fn words(file: &SourceFile) -> impl Iterator<Item = &str> {
    body(file).split_whitespace()
}

/// The text of a page without its front matter; all of a file of keys alone.
pub(super) fn body(file: &SourceFile) -> &str {
    let has_keys_alone = matches!(&*file.path().extension(), "yaml" | "yml" | "json" | "csv");
    let parts = if has_keys_alone { None } else { front_matter::split_foreign(file).ok().flatten() };
    parts.map_or(&**file.text(), |parts| file.slice(parts.body))
}
