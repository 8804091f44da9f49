//! What became of one row of a batch.

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum RowProblem {
    /// Nobody is registered with this document.
    #[error("nobody is registered with this document")]
    UnknownPerson,
    /// The id was used for other content.
    #[error("this id was used for a row with other content")]
    IdReused,
    /// The three times are not sampled <= received <= reported.
    #[error("the times are not in order: sampled, received, reported")]
    TimesOutOfOrder,
    /// The time lies more than 5 minutes ahead of the server.
    #[error("the time lies in the future")]
    InFuture,
    /// The day is past retention and was dropped.
    #[error("the day is older than what is kept")]
    TooOld,
    /// The sample was taken more than 14 days ago.
    #[error("the sample was taken more than 14 days ago: check the device's clock")]
    SampledTooLongAgo,
    /// Nobody is registered with this document, and no name was given.
    #[error("nobody is registered with this document: give the name as well")]
    NameNeeded,
    /// Nobody has a sample in this tube.
    #[error(
        "no samples of this tube are known: wait for the sampling device to be synced, or check the barcode"
    )]
    UnknownTube,
    /// The tube has a result, and it is another one.
    #[error(
        "this tube has a result already that says something else (outcome, times or lab): say which version is amended"
    )]
    AlreadyReported,
    /// The version to be amended is not the latest one.
    #[error("the tube's latest result is another version than the one amended: read the tube again")]
    VersionDiffers,
    /// A negative is held because it is in doubt whose tube it is.
    #[error("this barcode was used twice: the result is held until the problem is resolved")]
    TubeInDoubt,
    /// Every sample of the tube was taken more than 5 minutes after the lab says that it had it.
    #[error("the tube was received before its samples were taken: check the lab's time of receipt")]
    ReceivedBeforeSampled,
}

impl RowProblem {
    /// Stable kebab-case code for APIs.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown-person",
            Self::IdReused => "id-reused",
            Self::TimesOutOfOrder => "times-out-of-order",
            Self::InFuture => "in-future",
            Self::TooOld => "too-old",
            Self::SampledTooLongAgo => "sampled-too-long-ago",
            Self::NameNeeded => "name-needed",
            Self::UnknownTube => "unknown-tube",
            Self::AlreadyReported => "already-reported",
            Self::VersionDiffers => "version-differs",
            Self::TubeInDoubt => "tube-in-doubt",
            Self::ReceivedBeforeSampled => "received-before-sampled",
        }
    }

    /// The same as the English message, in Chinese.
    #[must_use]
    pub const fn message_zh(self) -> &'static str {
        match self {
            Self::UnknownPerson => "该证件未登记",
            Self::IdReused => "该编号已用于其他内容",
            Self::TimesOutOfOrder => "时间顺序不对，应为采样、接收、报告",
            Self::InFuture => "时间晚于当前时间",
            Self::TooOld => "日期已超出保存期限",
            Self::SampledTooLongAgo => "采样时间在 14 天以前，请检查设备时间",
            Self::NameNeeded => "该证件未登记，请同时填写姓名",
            Self::UnknownTube => "没有该试管的采样记录，请等待采样设备同步，或核对试管码",
            Self::AlreadyReported => {
                "该试管已有结果，且与本行不同（结果、时间或机构），如需更正请写明更正的版本"
            }
            Self::VersionDiffers => "该试管的最新结果不是要更正的版本，请重新查询试管",
            Self::TubeInDoubt => "该试管码被重复使用，异常处理完之前暂不接受阴性结果",
            Self::ReceivedBeforeSampled => "接收时间早于采样时间，请核对接收时间",
        }
    }
}
