//! A page as GitHub and GitLab read Markdown: tables with headings.

use super::{Cell, Figure, Gap, Page, Section, Table};
use crate::escape::{Raw, markdown as text};

/// Sections of a larger page, each under a heading of the third level.
pub fn markdown_section(section: &Section) -> String {
    let mut shown = String::new();
    draw(&mut shown, section);
    shown.replacen("\n## ", "### ", 1) + "\n"
}

/// The page.
pub fn markdown(page: &Page) -> String {
    let mut shown = format!("# {}\n\n{}\n", text(&Raw::from(page.title.as_str())), text(&page.about));
    for section in &page.sections {
        draw(&mut shown, section);
    }
    shown
}

fn draw(shown: &mut String, section: &Section) {
    let clauses = match section.clauses.as_slice() {
        [] => String::new(),
        clauses => format!(" ({})", clauses.join(", ")),
    };
    shown.push_str(&format!("\n## {}{clauses}\n", text(&Raw::from(section.title.as_str()))));
    for line in &section.observations {
        shown.push_str(&format!("\n{}\n", text(line)));
    }
    if let Some(blank) = &section.blank {
        shown.push_str(&format!("\n- [ ] {}\n", text(blank)));
    }
    for Gap { why, remedy } in &section.undetermined {
        let remedy = remedy.as_ref().map(|remedy| format!("; {}", text(remedy))).unwrap_or_default();
        shown.push_str(&format!("\n**Not determined:** {}{remedy}\n", text(why)));
    }
    if !section.figures.is_empty() {
        shown.push_str("\n| | now | before |\n|---|---:|---:|\n");
        for Figure { label, now, before, .. } in &section.figures {
            shown.push_str(&format!("| {label} | {} | {} |\n", cell(now), cell(before)));
        }
    }
    for table in &section.tables {
        draw_table(shown, table);
    }
}

fn draw_table(shown: &mut String, table: &Table) {
    shown.push_str(&format!("\n**{}**\n\n", text(&Raw::from(table.caption.as_str()))));
    if table.rows.is_empty() {
        shown.push_str(&format!("{}\n", text(&Raw::from(table.empty.as_str()))));
        return;
    }
    let number = |at: usize| table.rows.iter().all(|row| row.get(at).is_none_or(is_number));
    let titles: Vec<&str> = table.columns.iter().map(|column| &*column.title).collect();
    let rules = (0..titles.len()).map(|at| if number(at) { "---:" } else { "---" });
    shown.push_str(&format!("| {} |\n|{}|\n", titles.join(" | "), rules.collect::<Vec<_>>().join("|")));
    for row in &table.rows {
        shown.push_str(&format!("| {} |\n", row.iter().map(cell).collect::<Vec<_>>().join(" | ")));
    }
}

fn is_number(cell: &Cell) -> bool {
    cell.is_number() || *cell == Cell::Nothing
}

fn cell(cell: &Cell) -> String {
    text(&cell.plain())
}
