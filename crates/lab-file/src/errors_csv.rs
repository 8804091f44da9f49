//! The refused rows as a file that can be mended and sent again.

use crate::column::ERROR_COLUMN;

/// Whether a spreadsheet would run this text as a formula.
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// CSV with the columns of the file and one more that says why each row was refused. It begins with the mark of UTF-8, since
/// spreadsheets ask for it, and no cell is a formula to them.
#[must_use]
pub fn errors_csv<'a>(header: &[String], rows: impl IntoIterator<Item = (&'a [String], &'a str)>) -> String {
    let mut text = String::from('\u{feff}');
    write(&mut text, header.iter().map(String::as_str).chain([ERROR_COLUMN[0]]));
    for (cells, error) in rows {
        let missing = header.len().saturating_sub(cells.len());
        let cells = cells.iter().map(String::as_str).take(header.len());
        write(&mut text, cells.chain(std::iter::repeat_n("", missing)).chain([error]));
    }
    text
}

fn write<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push('"');
        if is_formula(cell) {
            text.push('\'');
        }
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_row_is_as_long_as_the_header() {
        let header = ["试管码".to_owned(), "备注".to_owned()];
        let formula = ["=cmd|' /C calc'!A0".to_owned(), "a \"b\", c".to_owned(), "left over".to_owned()];
        let short = ["T-1".to_owned()];
        let csv = errors_csv(&header, [(&formula[..], "@错"), (&short[..], "x")]);
        let expected = "\u{feff}\"试管码\",\"备注\",\"错误\"\r\n\
                        \"'=cmd|' /C calc'!A0\",\"a \"\"b\"\", c\",\"'@错\"\r\n\
                        \"T-1\",\"\",\"x\"\r\n";
        assert_eq!(csv, expected);
    }
}
