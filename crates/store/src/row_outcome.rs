//! What became of one row of a batch.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Outcome of one row; the outcomes of a batch stand in the order of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowOutcome {
    /// The row is stored now.
    Recorded,
    /// The row was stored before; nothing changed.
    Duplicate,
    /// The row was refused; the other rows are not affected.
    Rejected(RowProblem),
}

/// Why a row was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowProblem {
    /// Nobody is registered with this document.
    UnknownPerson,
    /// The id was used for other content.
    IdReused,
    /// The three times are not sampled <= received <= reported.
    TimesOutOfOrder,
    /// The time lies more than 5 minutes ahead of the server.
    InFuture,
    /// The day is past retention and was dropped.
    TooOld,
    /// The sample was taken more than 14 days ago.
    SampledTooLongAgo,
    /// Nobody is registered with this document, and no name was given.
    NameNeeded,
    /// Nobody has a sample in this tube.
    UnknownTube,
    /// The tube has a result, and it is another one.
    AlreadyReported,
    /// The version to be amended is not the latest one.
    VersionDiffers,
    /// A negative is held because it is in doubt whose tube it is.
    TubeInDoubt,
}

impl RowProblem {
    /// Every problem.
    pub const ALL: [Self; 11] = [
        Self::UnknownPerson,
        Self::IdReused,
        Self::TimesOutOfOrder,
        Self::InFuture,
        Self::TooOld,
        Self::SampledTooLongAgo,
        Self::NameNeeded,
        Self::UnknownTube,
        Self::AlreadyReported,
        Self::VersionDiffers,
        Self::TubeInDoubt,
    ];

    /// The stable kebab-case code for APIs, and what is wrong and helps, in English and in Chinese.
    #[must_use]
    pub const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::UnknownPerson => {
                ("unknown-person", "nobody is registered with this document", "该证件没有登记信息")
            }
            Self::IdReused => (
                "id-reused",
                "this id was used for a row with other content",
                "该编号已用于内容不同的另一条记录",
            ),
            Self::TimesOutOfOrder => (
                "times-out-of-order",
                "the times are not in order: sampled, received, reported",
                "时间顺序有误：采样、接收、报告应依次不早于前者",
            ),
            Self::InFuture => (
                "in-future",
                "the time lies in the future: check the clock of the device",
                "时间晚于现在，请检查设备时钟",
            ),
            Self::TooOld => ("too-old", "the day is older than what is kept", "该日期已超过保存期限"),
            Self::SampledTooLongAgo => (
                "sampled-too-long-ago",
                "the sample was taken more than 14 days ago: check the device's clock",
                "采样时间早于 14 天前，请检查设备时钟",
            ),
            Self::NameNeeded => (
                "name-needed",
                "nobody is registered with this document: give the name as well",
                "该证件没有登记信息，请同时填写姓名",
            ),
            Self::UnknownTube => (
                "unknown-tube",
                "no samples of this tube are known: wait for the sampling device to be synced, or check the barcode",
                "没有该试管的采样记录：请等采样设备上传，或核对试管码",
            ),
            Self::AlreadyReported => (
                "already-reported",
                "this tube has another result already: say which version is amended",
                "该试管已有不同的结果：如需更正，请注明更正的版本",
            ),
            Self::VersionDiffers => (
                "version-differs",
                "the tube's latest result is another version than the one amended: read the tube again",
                "该试管的最新结果不是所更正的版本，请重新读取",
            ),
            Self::TubeInDoubt => (
                "tube-in-doubt",
                "this barcode was used twice: the result is held until the problem is resolved",
                "该试管码被使用过两次，异常处理完之前结果暂不发布",
            ),
        }
    }

    /// Stable kebab-case code for APIs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().0
    }
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().1)
    }
}

impl std::error::Error for RowProblem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_code_and_both_languages() {
        for problem in RowProblem::ALL {
            let (code, en, zh) = problem.row();
            assert_eq!(serde_json::to_value(problem).unwrap(), code);
            assert!(en.is_ascii() && !zh.is_ascii(), "{code}");
        }
    }
}
