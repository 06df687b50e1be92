//! A page for a person: headings, wrapped paragraphs, labelled lines.

use crate::output::Style;

/// A page as it is written, line by line.
pub(super) struct Page {
    text: String,
    style: Style,
}

impl Page {
    /// An empty page.
    pub(super) fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A heading, with an empty line before it where something stands there.
    pub(super) fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let (on, off) = if self.style.colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        self.text.push_str(&format!("{on}{text}{off}\n"));
    }

    /// A paragraph, wrapped and indented by `indent` columns.
    pub(super) fn paragraph(&mut self, indent: usize, text: &str) {
        self.hanging(indent, "", text);
    }

    /// A label, and text beside it that is wrapped below itself.
    pub(super) fn labelled(&mut self, label: &str, text: &str) {
        self.hanging(LABEL, label, text);
    }

    /// A line as it is, indented.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(&format!("{:indent$}{text}\n", ""));
    }

    /// `first` stands in the indentation of the first line.
    fn hanging(&mut self, indent: usize, first: &str, text: &str) {
        let width = self.style.width.saturating_sub(indent).max(20);
        let mut lead = format!("{first:indent$}");
        let mut column = 0;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                self.text.push('\n');
                column = 0;
            }
            if column == 0 {
                self.text.push_str(&lead);
                lead = " ".repeat(indent);
            } else {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(word);
            column += length;
        }
        self.text.push('\n');
    }
}

/// Columns of a label.
const LABEL: usize = 12;

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::output::Style;

    #[test]
    fn words_stay_whole_and_lines_within_the_width() {
        let mut page = Page::new(Style { colour: false, width: 40, all: true });
        page.heading("Title");
        page.labelled("Why", "one two three four five six seven eight nine ten");
        page.paragraph(2, &"long".repeat(20));
        page.heading("Next");
        let long = "long".repeat(20);
        assert_eq!(
            page.finish(),
            format!(
                "Title\nWhy         one two three four five six\n            seven eight nine ten\n  {long}\n\nNext\n"
            )
        );
    }
}
