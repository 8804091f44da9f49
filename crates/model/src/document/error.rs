//! What can be wrong with a document number, and how to put it right.

use std::fmt;

use super::DocumentKind;

/// Why a number is refused. `Display` is English, [`message_zh`](DocumentError::message_zh) Chinese; neither repeats
/// the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentError {
    /// The kind has no numbers of this many characters.
    Length {
        /// The kind that was asked for.
        kind: DocumentKind,
        /// Characters found after normalisation.
        got: usize,
    },
    /// A character that numbers of the kind don't have there, counted from 1.
    Characters {
        /// The kind that was asked for.
        kind: DocumentKind,
        /// Place of the first bad character.
        position: usize,
    },
    /// A 15-digit resident ID number from before 1999.
    OldNumber,
    /// No division ever had the first six digits.
    UnknownDivision {
        /// The six digits.
        code: u32,
    },
    /// The first six digits are a statistical area, which no ID number begins with.
    StatisticalDivision {
        /// The six digits.
        code: u32,
    },
    /// The birth date does not exist.
    ImpossibleDate,
    /// The birth date is after today.
    FutureBirthDate,
    /// The birth date is too long ago for a living person.
    AncientBirthDate,
    /// The last character does not fit the others: a digit was mistyped.
    CheckDigit,
}

impl DocumentError {
    /// The stable kebab-case code for problem documents.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
            Self::Characters { .. } => "characters",
            Self::OldNumber => "old-number",
            Self::UnknownDivision { .. } => "unknown-division",
            Self::StatisticalDivision { .. } => "statistical-division",
            Self::ImpossibleDate => "impossible-date",
            Self::FutureBirthDate => "future-birth-date",
            Self::AncientBirthDate => "ancient-birth-date",
            Self::CheckDigit => "check-digit",
        }
    }

    /// The same as `Display`, in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Length { kind, got } => format!("证件号码有{got}位，{}", form_zh(*kind)),
            Self::Characters { kind, position } => {
                format!("证件号码第{position}位字符无效，{}", form_zh(*kind))
            }
            Self::OldNumber => "这是15位旧身份证号码，请填写现行18位公民身份号码".into(),
            Self::UnknownDivision { code } => format!("证件号码前6位{code:06}不是行政区划代码，请核对"),
            Self::StatisticalDivision { code } => {
                format!("证件号码前6位{code}是统计用区划代码，不会出现在身份证号码中，请核对")
            }
            Self::ImpossibleDate => "证件号码中的出生日期不存在，请核对".into(),
            Self::FutureBirthDate => "证件号码中的出生日期晚于今天，请核对".into(),
            Self::AncientBirthDate => "证件号码中的出生日期过早，请核对".into(),
            Self::CheckDigit => "证件号码校验位不符，可能有一位填错，请核对".into(),
        }
    }
}

impl std::error::Error for DocumentError {}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("document number: ")?;
        match self {
            Self::Length { kind, got } => write!(f, "has {got} characters; {}", form_en(*kind)),
            Self::Characters { kind, position } => {
                write!(f, "character {position} is not possible there; {}", form_en(*kind))
            }
            Self::OldNumber => {
                f.write_str("is a 15-digit number from before 1999; give the present one with 18 characters")
            }
            Self::UnknownDivision { code } => {
                write!(f, "no division has or had the code {code:06}; check the first six digits")
            }
            Self::StatisticalDivision { code } => {
                write!(
                    f,
                    "{code} is a statistical area and never begins an ID number; check the first six digits"
                )
            }
            Self::ImpossibleDate => f.write_str("the birth date does not exist; check digits 7 to 14"),
            Self::FutureBirthDate => f.write_str("the birth date is after today; check digits 7 to 14"),
            Self::AncientBirthDate => f.write_str("the birth date is too long ago; check digits 7 to 14"),
            Self::CheckDigit => f.write_str(
                "the last character does not fit the others, so one was mistyped; compare with the document",
            ),
        }
    }
}

const fn form_en(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::ResidentId => "a resident ID number has 17 digits and a digit or X",
        DocumentKind::Passport => "a passport number has 5 to 12 letters and digits, with at least one digit",
        DocumentKind::ForeignPermanentResidentCard => {
            "a permanent resident card number has 3 letters and 12 digits, or 17 digits from 9 on and a digit or X"
        }
        DocumentKind::HkMacaoPermit => {
            "a permit number for Hong Kong and Macao has H or M and 8 or 10 digits"
        }
        DocumentKind::TaiwanPermit => {
            "a permit number for Taiwan has 8 digits, or on old permits 10 digits and possibly a letter"
        }
    }
}

const fn form_zh(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::ResidentId => "居民身份证号码为17位数字加1位数字或X",
        DocumentKind::Passport => "护照号码为5至12位字母和数字，至少含1位数字",
        DocumentKind::ForeignPermanentResidentCard => {
            "永久居留身份证号码为3位字母加12位数字，或以9开头的18位号码"
        }
        DocumentKind::HkMacaoPermit => "港澳居民来往内地通行证号码为H或M加8位或10位数字",
        DocumentKind::TaiwanPermit => "台湾居民来往大陆通行证号码为8位数字，旧证为10位数字（可带1位字母）",
    }
}
