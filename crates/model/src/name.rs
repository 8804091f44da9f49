//! A person's name as registered, and its masked form for codes and screens.

use std::fmt;

use crate::normalise::half_width;

/// The longest name taken, in characters; passports go up to 39 per line, some national registers beyond.
const MAX_CHARS: usize = 80;

/// A name: Han or other letters with the marks that names have (`·`, space, hyphen, apostrophe, full stop).
///
/// `Debug` shows the masked name only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(Box<str>);

/// Why a text is not a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// Nothing but spaces.
    #[error("name: is empty; give the name as on the document")]
    Empty,
    /// More than 80 characters.
    #[error("name: is longer than 80 characters; give the name as on the document")]
    TooLong,
    /// A digit, control character or symbol at this character, counted from 1.
    #[error(
        "name: character {0} is not part of a name; use letters, spaces, hyphen, apostrophe, full stop or ·"
    )]
    Characters(usize),
}

impl NameError {
    /// The stable code for problem documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "length",
            Self::Characters(_) => "characters",
        }
    }

    /// The same as `Display`, in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Empty => "姓名不能为空，请按证件填写".into(),
            Self::TooLong => "姓名超过80个字，请按证件填写".into(),
            Self::Characters(at) => format!("姓名第{at}个字符无效，请按证件填写"),
        }
    }
}

impl PersonName {
    /// Reads a name: trims, turns full-width into half-width letters, unifies the many middle dots and apostrophes,
    /// and folds runs of spaces into one.
    ///
    /// # Errors
    /// [`NameError`] when it is empty, too long or has a character that names don't have.
    pub fn parse(input: &str) -> Result<Self, NameError> {
        let mut name = String::with_capacity(input.len().min(4 * MAX_CHARS));
        let mut chars = 0;
        for (at, c) in input.trim().chars().map(unify).enumerate() {
            if !may_be_in_a_name(c) {
                return Err(NameError::Characters(at + 1));
            }
            if c == ' ' && name.ends_with(' ') {
                continue;
            }
            chars += 1;
            if chars > MAX_CHARS {
                return Err(NameError::TooLong);
            }
            name.push(c);
        }
        if name.chars().any(char::is_alphabetic) { Ok(Self(name.into())) } else { Err(NameError::Empty) }
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// First and last letter with stars between: 张*三, 张*, A***n. Never more than 12 bytes of UTF-8.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut letters = self.0.chars().filter(|c| c.is_alphabetic());
        let first = letters.next().unwrap_or('*');
        let last = letters.next_back();
        let more = letters.next().is_some();
        match (is_han(first), last) {
            (true, Some(last)) if more => format!("{first}*{last}"),
            (true, _) => format!("{first}*"),
            (false, Some(last)) if more => format!("{first}***{last}"),
            (false, _) => format!("{first}***"),
        }
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

/// One spelling for the characters that keyboards and forms spell in several ways.
fn unify(c: char) -> char {
    match half_width(c) {
        // Katakana dot, hyphenation point, bullet, dot operator, half-width katakana dot.
        '\u{30fb}' | '\u{2027}' | '\u{2022}' | '\u{22c5}' | '\u{ff65}' => '·',
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c if c.is_whitespace() && !c.is_control() => ' ',
        c => c,
    }
}

fn may_be_in_a_name(c: char) -> bool {
    // U+0300.. are the combining accents that some phones send apart from their letter.
    c.is_alphabetic() || matches!(c, ' ' | '·' | '-' | '\'' | '.' | ',' | '\u{300}'..='\u{36f}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(name: &str) -> String {
        PersonName::parse(name).unwrap().masked()
    }

    #[test]
    fn a_name_is_masked_to_its_first_and_last_letter() {
        assert_eq!(masked("张小三"), "张*三");
        assert_eq!(masked("张三"), "张*");
        assert_eq!(masked("张"), "张*");
        assert_eq!(masked("欧阳娜娜"), "欧*娜");
        assert_eq!(masked("阿不都热依木·买买提"), "阿*提");
        assert_eq!(masked("Anna Johnson"), "A***n");
        assert_eq!(masked("Bo"), "B***");
        assert_eq!(masked("Ｌｉ"), "L***");
    }

    #[test]
    fn dots_apostrophes_and_spaces_have_one_spelling() {
        assert_eq!(PersonName::parse(" 买买提・吐尔逊 ").unwrap().as_str(), "买买提·吐尔逊");
        assert_eq!(PersonName::parse("Sinéad  O’Connor").unwrap().as_str(), "Sinéad O'Connor");
    }

    #[test]
    fn digits_markup_control_characters_and_nothing_are_refused() {
        assert_eq!(PersonName::parse("张3"), Err(NameError::Characters(2)));
        assert_eq!(PersonName::parse("<b>"), Err(NameError::Characters(1)));
        assert_eq!(PersonName::parse("张\n三"), Err(NameError::Characters(2)));
        assert_eq!(PersonName::parse(" \u{3000}"), Err(NameError::Empty));
        assert_eq!(PersonName::parse("··"), Err(NameError::Empty));
        assert_eq!(PersonName::parse(&"王".repeat(81)), Err(NameError::TooLong));
    }

    #[test]
    fn debug_output_does_not_show_the_name() {
        assert_eq!(format!("{:?}", PersonName::parse("张小三").unwrap()), "PersonName(张*三)");
    }

    proptest! {
        #[test]
        fn a_masked_name_has_at_most_12_bytes(text in "\\PC{1,90}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert!(name.masked().len() <= 12);
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
