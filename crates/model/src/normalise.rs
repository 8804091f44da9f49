//! Canonical form of typed text: what people paste from phones and forms, before any rule looks at it.

/// Turns full-width ASCII (U+FF01..U+FF5E, ideographic space) into ASCII, as input methods in China produce both.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Trims, makes half-width and upper-case: the form in which document numbers are compared and stored.
///
/// Separators that people type inside a number (spaces, hyphens) are dropped, and so are zero-width characters that
/// come along with copied text.
pub(crate) fn document_number(input: &str) -> String {
    input
        .chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && *c != '-' && !matches!(*c, '\u{200b}'..='\u{200f}' | '\u{feff}'))
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_letters_digits_and_spaces_become_ascii() {
        assert_eq!(document_number(" 1101051949\u{3000}123100２x "), "11010519491231002X");
        assert_eq!(document_number("Ｅ１２３４５６７８"), "E12345678");
    }
}
