//! Identity documents, parsed into a type that can't hold a bad number.

mod check_digit;
mod error;
mod permanent_resident_card;
mod resident_id;
mod travel;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::check_digit::check_digit;
pub use self::error::DocumentError;
use crate::normalise;
use crate::person::Sex;

/// The longest input that is looked at, in bytes; full-width digits take three bytes each.
const MAX_INPUT_BYTES: usize = 128;

/// What people identify themselves with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum DocumentKind {
    /// 居民身份证 (GB 11643), and the residence permits of Hong Kong, Macao and Taiwan residents (81, 82, 83...).
    ResidentId = 1,
    /// 护照
    Passport = 2,
    /// 外国人永久居留身份证
    ForeignPermanentResidentCard = 3,
    /// 港澳居民来往内地通行证
    HkMacaoPermit = 4,
    /// 台湾居民来往大陆通行证
    TaiwanPermit = 5,
}

impl DocumentKind {
    /// Every kind, in the order of the stable numbers.
    pub const ALL: [Self; 5] = [
        Self::ResidentId,
        Self::Passport,
        Self::ForeignPermanentResidentCard,
        Self::HkMacaoPermit,
        Self::TaiwanPermit,
    ];

    /// The stable kebab-case name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResidentId => "resident-id",
            Self::Passport => "passport",
            Self::ForeignPermanentResidentCard => "foreign-permanent-resident-card",
            Self::HkMacaoPermit => "hk-macao-permit",
            Self::TaiwanPermit => "taiwan-permit",
        }
    }

    /// The stable number, 1 to 5.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The kind of a stable number.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        usize::from(number).checked_sub(1).and_then(|index| Self::ALL.get(index)).copied()
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something worth telling about a valid document.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum DocumentNote {
    /// The division of first registration no longer exists under this code. The number stays valid for life.
    RetiredDivision {
        /// The six digits.
        #[serde(rename = "division")]
        code: u32,
        /// Its last name.
        name: &'static str,
        /// The last year of the code, where known.
        last_year: Option<u16>,
    },
}

impl DocumentNote {
    /// What to tell the person, in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        let Self::RetiredDivision { code, name, last_year } = self;
        let until = last_year.map_or_else(String::new, |year| format!("（使用至{year}年）"));
        format!("证件号码开头的行政区划{code} {name}{until}已撤销，证件号码仍然有效")
    }
}

impl fmt::Display for DocumentNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::RetiredDivision { code, name, last_year } = self;
        write!(f, "division {code} {name} was abolished")?;
        if let Some(year) = last_year {
            write!(f, " after {year}")?;
        }
        f.write_str("; the number stays valid")
    }
}

/// A document whose number is canonical and passed every check of its kind.
///
/// `Debug` shows the kind and the last four characters only. There is no `Deserialize`: read kind and number, then
/// [`Document::parse`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Document {
    kind: DocumentKind,
    number: Box<str>,
    birth_date: Option<Date>,
    sex: Option<Sex>,
    notes: Vec<DocumentNote>,
}

/// What a number says about its holder, as the parsers of the kinds return it.
#[derive(Default)]
struct Facts {
    birth_date: Option<Date>,
    sex: Option<Sex>,
    notes: Vec<DocumentNote>,
}

impl Document {
    /// Reads a number of the given kind as people type it; `today` is the city's date, for birth dates.
    ///
    /// # Errors
    /// [`DocumentError`] with what is wrong and how to put it right.
    pub fn parse(kind: DocumentKind, input: &str, today: Date) -> Result<Self, DocumentError> {
        if input.len() > MAX_INPUT_BYTES {
            return Err(DocumentError::Length { kind, got: input.chars().count() });
        }
        let number = normalise::document_number(input);
        if let Some(at) = number.chars().position(|c| !c.is_ascii_alphanumeric()) {
            return Err(DocumentError::Characters { kind, position: at + 1 });
        }
        let facts = match kind {
            DocumentKind::ResidentId => resident_id::check(number.as_bytes(), today)?,
            DocumentKind::Passport => travel::check_passport(number.as_bytes())?,
            DocumentKind::ForeignPermanentResidentCard => {
                permanent_resident_card::check(number.as_bytes(), today)?
            }
            DocumentKind::HkMacaoPermit => travel::check_hk_macao_permit(number.as_bytes())?,
            DocumentKind::TaiwanPermit => travel::check_taiwan_permit(number.as_bytes())?,
        };
        let Facts { birth_date, sex, notes } = facts;
        Ok(Self { kind, number: number.into(), birth_date, sex, notes })
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The canonical number: half-width, upper-case, without separators.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The last four characters, for screens and codes.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.number[self.number.len() - 4..]
    }

    /// The birth date, where the number has it with its century.
    #[must_use]
    pub const fn birth_date(&self) -> Option<Date> {
        self.birth_date
    }

    /// The sex, where the number has it.
    #[must_use]
    pub const fn sex(&self) -> Option<Sex> {
        self.sex
    }

    /// What is worth telling about the document.
    #[must_use]
    pub fn notes(&self) -> &[DocumentNote] {
        &self.notes
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} …{})", self.kind, self.tail())
    }
}

#[cfg(test)]
mod tests;
