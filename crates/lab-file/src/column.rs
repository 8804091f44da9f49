//! The columns of a lab's file, by any of their names.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Barcode of the tube.
    Tube,
    /// What the lab found.
    Outcome,
    /// How it was tested; nucleic acid when not given.
    Method,
    /// When the lab received the tube.
    Received,
    /// When the lab reported.
    Reported,
    /// The lab's own name of the result.
    Id,
    /// The version that is corrected.
    Amends,
    /// Why it is corrected, or whatever the lab remarks.
    Remark,
}

impl Column {
    /// Every column, as it is best ordered.
    pub const ALL: [Self; 8] = [
        Self::Tube,
        Self::Outcome,
        Self::Method,
        Self::Received,
        Self::Reported,
        Self::Id,
        Self::Amends,
        Self::Remark,
    ];

    /// The name in Chinese and in English.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Tube => ("试管码", "tube"),
            Self::Outcome => ("结果", "outcome"),
            Self::Method => ("方法", "method"),
            Self::Received => ("接收时间", "received"),
            Self::Reported => ("报告时间", "reported"),
            Self::Id => ("编号", "id"),
            Self::Amends => ("更正版本", "amends"),
            Self::Remark => ("备注", "remark"),
        }
    }

    /// Whether every file must have it.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::Tube | Self::Outcome | Self::Received | Self::Reported)
    }

    /// The column of a name; capitals and spaces do not matter.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL.into_iter().find(|column| {
            let (zh, en) = column.names();
            name == zh || name == en
        })
    }

    /// All names in one line: for people, in Chinese or in English.
    pub(crate) fn list(in_chinese: bool) -> String {
        let name = |column: Self| if in_chinese { column.names().0 } else { column.names().1 };
        Self::ALL.map(name).join(if in_chinese { "、" } else { ", " })
    }
}

/// The column of a file of refused rows that says why; left out when it is read again.
pub(crate) const ERROR_COLUMN: [&str; 2] = ["错误", "error"];
