//! Why a code has its colour. A closed list: a colour without one of these reasons can't be expressed.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A kind of reason, with a stable number for storage and a stable kebab-case name for JSON and rule packs.
///
/// The list is closed on purpose: no reason outside the control of the epidemic has a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ReasonCode {
    /// 确诊病例
    Confirmed = 1,
    /// 无症状感染者
    Asymptomatic = 2,
    /// 疑似病例
    Suspected = 3,
    /// 密切接触者
    CloseContact = 4,
    /// 密接的密接
    SecondaryContact = 5,
    /// 一般接触者
    GeneralContact = 6,
    /// 混检阳性
    PooledPositive = 7,
    /// 时空伴随者
    Companion = 8,
    /// 有症状
    Symptoms = 9,
    /// 来自中高风险地区
    Arrival = 10,
    /// 未参加全员核酸
    MissedRound = 11,
    /// 解除隔离后健康监测
    ReleasedFromIsolation = 12,
    /// 单管阳性
    SinglePositive = 13,
}

impl ReasonCode {
    /// Every reason, in the order of the stable numbers.
    pub const ALL: [Self; 13] = [
        Self::Confirmed,
        Self::Asymptomatic,
        Self::Suspected,
        Self::CloseContact,
        Self::SecondaryContact,
        Self::GeneralContact,
        Self::PooledPositive,
        Self::Companion,
        Self::Symptoms,
        Self::Arrival,
        Self::MissedRound,
        Self::ReleasedFromIsolation,
        Self::SinglePositive,
    ];

    /// The stable number, 1 to 13; 0 is never a reason.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The reason of a stable number.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        usize::from(number).checked_sub(1).and_then(|index| Self::ALL.get(index)).copied()
    }

    /// The stable name, as in JSON and in rule packs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Asymptomatic => "asymptomatic",
            Self::Suspected => "suspected",
            Self::CloseContact => "close-contact",
            Self::SecondaryContact => "secondary-contact",
            Self::GeneralContact => "general-contact",
            Self::PooledPositive => "pooled-positive",
            Self::Companion => "companion",
            Self::Symptoms => "symptoms",
            Self::Arrival => "arrival",
            Self::MissedRound => "missed-round",
            Self::ReleasedFromIsolation => "released-from-isolation",
            Self::SinglePositive => "single-positive",
        }
    }

    /// The reason of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A reason that was given to a person. It counts from `since` (included) to the first of its ends (excluded).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reason {
    /// What it is.
    pub code: ReasonCode,
    /// From when it counts.
    pub since: Timestamp,
    /// Until when at most, if an end was set with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it was taken back or its way back was fulfilled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Timestamp>,
}

impl Reason {
    /// An open reason of this kind from `since` on.
    #[must_use]
    pub const fn new(code: ReasonCode, since: Timestamp) -> Self {
        Self { code, since, until: None, released: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_of_reasons_are_stable() {
        for (index, code) in ReasonCode::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(code.as_u8()), index + 1);
            assert_eq!(ReasonCode::from_u8(code.as_u8()), Some(code));
            assert_eq!(ReasonCode::from_name(code.as_str()), Some(code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
        assert_eq!(ReasonCode::from_u8(0), None);
        assert_eq!(ReasonCode::from_u8(14), None);
    }

    #[test]
    fn a_reason_that_is_not_about_the_epidemic_cannot_be_read() {
        let json = r#"{"code":"bank-depositor","since":"2022-06-13T00:00:00Z"}"#;
        assert!(serde_json::from_str::<Reason>(json).is_err());
    }
}
