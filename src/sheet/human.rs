//! A page for a terminal: columns side by side, the wide ones wrapped.

use super::{Cell, Figure, Gap, Page, Section, Table};
use crate::escape::{plain, terminal};

/// The least columns that a wrapped cell keeps.
const LEAST: usize = 8;
/// Columns that a sentence is given before other columns are left out.
const PROSE: usize = 20;

/// The page, `width` columns wide.
pub fn human(page: &Page, width: usize, colour: bool) -> String {
    let bold = |text: &str| if colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut shown = format!("{}\n", bold(&plain(&page.title)));
    shown.push_str(&wrapped(&terminal(&page.about), width, 0));
    for section in &page.sections {
        shown.push_str(&human_section(section, width, colour));
    }
    shown
}

/// A section of a larger page, under its heading.
pub fn human_section(section: &Section, width: usize, colour: bool) -> String {
    let clauses = match section.clauses.as_slice() {
        [] => String::new(),
        clauses => format!(" ({})", clauses.join(", ")),
    };
    let heading = format!("{}{clauses}", plain(&section.title));
    let (on, off) = if colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut shown = format!("\n{on}{heading}{off}\n");
    draw(&mut shown, section, width);
    shown
}

fn draw(shown: &mut String, section: &Section, width: usize) {
    for line in &section.observations {
        shown.push_str(&wrapped(&terminal(line), width, 2));
    }
    if let Some(blank) = &section.blank {
        shown.push_str(&wrapped(&format!("[ ] {}", terminal(blank)), width, 2));
    }
    for Gap { why, remedy } in &section.undetermined {
        let remedy = remedy.as_ref().map(|remedy| format!("; {}", terminal(remedy))).unwrap_or_default();
        shown.push_str(&wrapped(&format!("not determined: {}{remedy}", terminal(why)), width, 2));
    }
    for Figure { label, now, before, .. } in &section.figures {
        let before = match before {
            Cell::Nothing => String::new(),
            before => format!(" (before: {})", terminal(&before.plain())),
        };
        shown.push_str(&wrapped(&format!("{label}: {}{before}", terminal(&now.plain())), width, 2));
    }
    let several = section.tables.len() > 1;
    for table in &section.tables {
        if several {
            shown.push_str(&format!("\n  {}\n", plain(&table.caption)));
        }
        if table.rows.is_empty() {
            shown.push_str(&wrapped(&plain(&table.empty), width, 2));
        } else {
            draw_table(shown, table, width.saturating_sub(2));
        }
    }
}

fn draw_table(shown: &mut String, table: &Table, width: usize) {
    let rows =
        table.rows.iter().map(|row| row.iter().map(|cell| terminal(&cell.plain())).collect::<Vec<_>>());
    let rows: Vec<Vec<String>> = rows.collect();
    let (kept, left_out) = fitting(table, &rows, width);
    let head: Vec<String> = kept.iter().map(|at| table.columns[*at].title.to_string()).collect();
    let pick = |row: &Vec<String>| kept.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(pick).collect();
    let column = |at: usize| rows.iter().chain([&head]).filter_map(move |row| row.get(at));
    let mut widths: Vec<usize> =
        (0..head.len()).map(|at| column(at).map(|text| length(text)).max().unwrap_or(0)).collect();
    let words: Vec<usize> =
        (0..head.len()).map(|at| column(at).map(|text| longest_word(text)).max().unwrap_or(0)).collect();
    // The widest first, as long as its words stay whole; then whatever it takes.
    for least in [words, vec![LEAST; head.len()]] {
        while needed(&widths) > width {
            let roomy = (0..widths.len()).filter(|at| widths[*at] > least[*at].max(LEAST));
            let Some(widest) = roomy.max_by_key(|at| (widths[*at], *at)) else { break };
            widths[widest] -= 1;
        }
    }
    let number = |cell: &Cell| cell.is_number() || *cell == Cell::Nothing;
    let right: Vec<bool> =
        kept.iter().map(|at| table.rows.iter().all(|row| row.get(*at).is_none_or(number))).collect();
    draw_row(shown, &head, &widths, &right);
    let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    draw_row(shown, &rule, &widths, &right);
    for row in &rows {
        draw_row(shown, row, &widths, &right);
    }
    if !left_out.is_empty() {
        let left_out =
            format!("left out for want of width: {}; every other format has all", left_out.join(", "));
        shown.push_str(&wrapped(&left_out, width + 2, 2));
    }
}

/// The columns that fit when their words stay whole, and the titles of those
/// left out.
fn fitting<'t>(table: &'t Table, rows: &[Vec<String>], width: usize) -> (Vec<usize>, Vec<&'t str>) {
    let word = |at: usize| {
        // Prose gets some room; an id or a number needs no more than itself.
        let cells = rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|text| longest_word(text).max(length(text).min(PROSE)));
        cells.max().unwrap_or(0).max(longest_word(&table.columns[at].title))
    };
    let mut kept: Vec<usize> = (0..table.columns.len()).collect();
    let mut left_out = Vec::new();
    for key in table.aside.iter().rev() {
        let widths: Vec<usize> = kept.iter().map(|at| word(*at)).collect();
        if needed(&widths) <= width {
            break;
        }
        kept.retain(|at| table.columns[*at].key != *key);
        left_out
            .extend(table.columns.iter().filter(|column| column.key == *key).map(|column| &*column.title));
    }
    (kept, left_out)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(length).max().unwrap_or(0)
}

fn needed(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

fn draw_row(shown: &mut String, row: &[String], widths: &[usize], right: &[bool]) {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(text, width)| lines(text, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(1);
    for line in 0..height {
        let mut text = String::from("  ");
        for (at, cell) in cells.iter().enumerate() {
            let part = cell.get(line).map_or("", String::as_str);
            let pad = " ".repeat(widths[at].saturating_sub(part.chars().count()));
            let part = if right[at] { format!("{pad}{part}") } else { format!("{part}{pad}") };
            text.push_str(&part);
            text.push_str("  ");
        }
        shown.push_str(text.trim_end());
        shown.push('\n');
    }
}

/// Text in lines of at most `width` columns; a longer word is cut.
fn lines(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut column = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        if column > 0 && column + 1 + word.len() > width {
            lines.push(String::new());
            column = 0;
        } else if column > 0 {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
            column += 1;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.last_mut().into_iter().for_each(|line| line.extend(&word));
            lines.push(String::new());
            word = rest;
        }
        column += word.len();
        lines.last_mut().into_iter().for_each(|line| line.extend(&word));
    }
    lines
}

fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let lines = lines(text, width.saturating_sub(indent).max(20));
    lines.iter().fold(String::new(), |text, line| text + &" ".repeat(indent) + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::{human, lines};
    use crate::sheet::{Cell, Page, Section, Table};

    #[test]
    fn a_long_cell_is_wrapped_and_nothing_is_lost() {
        let words = "one two three four five six seven eight nine ten";
        let mut section = Section::new("s", "S");
        section.tables = vec![
            Table::new("t", "T", &[("id", "Id"), ("text", "Text")])
                .with([vec![Cell::text("A-1"), Cell::text(words)]]),
        ];
        let shown = human(&Page { sections: vec![section], ..Page::default() }, 40, false);
        assert!(shown.lines().all(|line| line.chars().count() <= 40), "{shown}");
        assert!(words.split(' ').all(|word| shown.contains(word)), "{shown}");
        assert_eq!(lines("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }
}
