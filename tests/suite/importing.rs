//! `import`: registers of spreadsheets become records; each wrong cell is named
//! by its cell, and hostile workbooks end in an error that says which limit.

use super::outputs::ismslint;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use zip::write::SimpleFileOptions;

fn put(root: &Path, path: &str, bytes: &[u8]) {
    fs::write(root.join(path), bytes).expect("can be written");
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("is written");
    }
    zip.finish().expect("is closed").into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook whose one sheet has these cells, as XML.
fn workbook(sheet: &str, shared: &str, cells: &str) -> Vec<u8> {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"{sheet}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let of_book = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let of_package = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let sheet = format!("<worksheet xmlns=\"{MAIN}\">{cells}</worksheet>");
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    packed(&[
        ("[Content_Types].xml", types),
        ("_rels/.rels", &of_package),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &of_book),
        ("xl/styles.xml", &styles),
        ("xl/sharedStrings.xml", shared),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn row(number: u32, cells: &[&str]) -> String {
    let cell = |(at, text): (usize, &&str)| {
        let name = format!("{}{number}", char::from(b'A' + u8::try_from(at).expect("few")));
        match text.strip_prefix('=') {
            // A formula with the value that was worked out last.
            Some(value) => format!("<c r=\"{name}\"><f>1+1</f><v>{value}</v></c>"),
            None if text.starts_with('#') => format!("<c r=\"{name}\" t=\"e\"><v>{text}</v></c>"),
            None if text.starts_with('@') => format!("<c r=\"{name}\" s=\"1\"><v>{}</v></c>", &text[1..]),
            None if text.is_empty() => String::new(),
            None => format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    format!("<row r=\"{number}\">{}</row>", cells.iter().enumerate().map(cell).collect::<String>())
}

fn sheet(rows: &[(u32, &[&str])]) -> String {
    let rows: String = rows.iter().map(|(number, cells)| row(*number, cells)).collect();
    format!("<sheetData>{rows}</sheetData>")
}

#[test]
fn a_csv_register_becomes_records_that_the_checker_reads() {
    let home = tempfile::tempdir().expect("a folder");
    let text = "Register of risks,,,,,\nRisk ID,Risk,Likelihood,Impact,Risk Owner,Status,Colour\nR-1,\"Fire, in the office\",2,5,ana,Open,red\nR-2,Theft,3,4,ben,In Progress,blue\n";
    put(home.path(), "risks.csv", text.as_bytes());
    let shown = ismslint(home.path(), &["import", "risks.csv", "--kind", "risk"]);
    assert_eq!(shown.exit, 0, "{}", shown.err);
    for part in ["\"Fire, in the office\"", "likelihood: \"2\"", "status: identified", "status: in_treatment"]
    {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    assert!(
        shown.err.contains("left out: Colour") && shown.err.contains("2 records, shown and not written"),
        "{}",
        shown.err
    );
    assert_eq!(home.path().read_dir().expect("is listed").count(), 1, "nothing was written");
    let wrote = ismslint(home.path(), &["import", "risks.csv", "--kind", "risk", "--out", "risks.yaml"]);
    assert_eq!((wrote.exit, wrote.out.as_str()), (0, "wrote 2 records to risks.yaml\n"), "{}", wrote.err);
    assert_eq!(fs::read_to_string(home.path().join("risks.yaml")).expect("is there"), shown.out);
    fs::remove_file(home.path().join("risks.csv")).expect("goes");
    let args = ["config", "show", "--why", "risks.yaml", "--format", "json"];
    let view = super::outputs::json(&ismslint(home.path(), &args).out);
    assert_eq!(view["records"].as_array().map(Vec::len), Some(2), "{view:#}");
    assert_eq!(view["problems"].as_array().map(Vec::len), Some(0), "{view:#}");
    // Nothing is overwritten.
    put(home.path(), "risks.csv", text.as_bytes());
    let again = ismslint(home.path(), &["import", "risks.csv", "--kind", "risk", "--out", "risks.yaml"]);
    assert!(again.exit == 2 && again.err.contains("stays as it is"), "{}", again.err);
}

#[test]
fn each_wrong_cell_is_named_with_what_is_allowed() {
    let home = tempfile::tempdir().expect("a folder");
    let text = "ID,Title,Due,Status\nA-1,Patch,03/04/2026,Plannd\nA-2,Check,2026-05-01,Done\n";
    put(home.path(), "a.csv", text.as_bytes());
    let ran = ismslint(home.path(), &["import", "a.csv", "--kind", "action", "--out", "actions.yaml"]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.err.contains("a.csv:2:11: `due` is `03/04/2026`, which is not a date"), "{}", ran.err);
    assert!(
        ran.err.contains("a.csv:2:22: `status` cannot be `Plannd`. did you mean `planned`?"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("nothing was written: 2 things are wrong in 2 records"), "{}", ran.err);
    assert!(!home.path().join("actions.yaml").exists());
    let declared = ismslint(home.path(), &["import", "a.csv", "--kind", "action", "--dates", "DD/MM/YYYY"]);
    assert!(declared.out.contains("2026-04-03"), "{}", declared.out);
    for (args, said) in [
        (vec!["a.csv", "--kind", "acton"], "did you mean `action`?"),
        (vec!["a.csv", "--kind", "action", "--mapping", "germn"], "did you mean `german`?"),
        (vec!["a.csv", "--kind", "action", "--dates", "TT.MM.JJJJ"], "no way of writing dates"),
        (vec!["a.csv", "--kind", "action", "--out", "a.txt"], "ends in .yaml"),
        (vec!["b.csv", "--kind", "action"], "b.csv: "),
        (vec!["a.csv", "--kind", "action", "--sheet", "One"], "`--sheet` is for workbooks"),
    ] {
        let ran = ismslint(home.path(), &[&["import"], args.as_slice()].concat());
        assert!(ran.exit == 2 && ran.err.contains(said), "{args:?}: {} {}", ran.exit, ran.err);
    }
}

#[test]
fn a_workbook_is_read_by_its_values() {
    let home = tempfile::tempdir().expect("a folder");
    let cells = sheet(&[
        (2, &["Maßnahmen 2026"]),
        (4, &["Nummer", "Maßnahme", "Verantwortlich", "Frist", "Status"]),
        (5, &["M-1", "Schloss tauschen", "Ana", "@46203", "In Bearbeitung"]),
        (9, &["M-2", "Prüfen, ob", "Ben", "01.07.2026", "Erledigt"]),
    ]);
    put(home.path(), "m.xlsx", &workbook("Plan A", "<sst/>", &cells));
    let ran = ismslint(home.path(), &["import", "m.xlsx", "--kind", "action", "--mapping", "german"]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    for part in ["M-1", "2026-06-30", "in_progress", "M-2", "2026-07-01", "completed"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let cells = sheet(&[
        (1, &["ID", "Title", "Likelihood", "Impact", "Status"]),
        (2, &["R-1", "Fire", "=2", "#REF!", "Open"]),
        (4, &["R-2", "Flood", "=3", "=4", "Opn"]),
    ]);
    put(home.path(), "r.xlsx", &workbook("Plan A", "<sst/>", &cells));
    let ran = ismslint(home.path(), &["import", "r.xlsx", "--kind", "risk", "--sheet", "Plan A"]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.err.contains("'Plan A'!D2: `#REF!` is an error of the spreadsheet"), "{}", ran.err);
    assert!(ran.err.contains("'Plan A'!E4: `status` cannot be `Opn`. did you mean `Open`"), "{}", ran.err);
    assert!(ran.out.contains("likelihood: \"2\""), "a formula is its value: {}", ran.out);
    let ran = ismslint(home.path(), &["import", "r.xlsx", "--kind", "risk", "--sheet", "Plan B"]);
    assert!(ran.exit == 2 && ran.err.contains("did you mean `Plan A`?"), "{}", ran.err);
}

#[test]
fn hostile_workbooks_end_in_an_error_that_is_defined() {
    let home = tempfile::tempdir().expect("a folder");
    let good = sheet(&[(1, &["ID", "Title"]), (2, &["R-1", "Fire"])]);
    let bomb = " ".repeat(65 << 20);
    let wide = "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>1</v></c></row></sheetData>";
    let shared =
        |count: &str| workbook("S", &format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"{count}\"></sst>"), &good);
    for (name, bytes, said) in [
        ("no.xlsx", b"not a zip".to_vec(), "no .xlsx file"),
        ("empty.xlsx", packed(&[]), "no workbook"),
        ("bomb.xlsx", packed(&[("xl/workbook.xml", &bomb)]), "unpacks to more than"),
        ("shared.xlsx", shared("18446744073709551615"), "declares more than"),
        ("wide.xlsx", workbook("S", "<sst/>", wide), "more than 1024 columns"),
        ("cut.xlsx", workbook("S", "<sst/>", "<sheetData><row r=\"1\"><c r=\"A1\""), "cannot be read"),
    ] {
        put(home.path(), name, &bytes);
        let ran = ismslint(home.path(), &["import", name, "--kind", "risk"]);
        assert!(ran.exit == 2 && ran.err.contains(said), "{name}: {} {}", ran.exit, ran.err);
    }
    // A dimension that is declared and not there costs nothing.
    let huge = format!("<dimension ref=\"A1:XFD1048576\"/>{good}");
    put(home.path(), "huge.xlsx", &workbook("S", "<sst/>", &huge));
    let ran = ismslint(home.path(), &["import", "huge.xlsx", "--kind", "risk"]);
    assert!(ran.exit == 0 && ran.out.contains("R-1"), "{}", ran.err);
    // Whatever byte is wrong, it ends.
    let whole = workbook("S", "<sst/>", &good);
    for at in (0..whole.len()).step_by(37) {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        put(home.path(), "broken.xlsx", &broken);
        let ran = ismslint(home.path(), &["import", "broken.xlsx", "--kind", "risk"]);
        assert!([0, 1, 2].contains(&ran.exit), "{at}: {}", ran.err);
    }
}
