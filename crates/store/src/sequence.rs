//! Names of the numbers the application gives out, and of the single facts about the store.

/// Kinds of numbers. A transaction that takes several takes them in this order, so that two never wait for each
/// other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sequence {
    Slot,
    Venue,
    Staff,
    Institution,
    Campaign,
    SamplingPoint,
    SampleProblem,
    StaffChange,
    Audit,
    Change,
}

impl Sequence {
    /// The row's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Slot => "slot",
            Self::Change => "change",
            Self::Venue => "venue",
            Self::Staff => "staff",
            Self::StaffChange => "staff-change",
            Self::Audit => "audit",
            Self::Institution => "institution",
            Self::Campaign => "campaign",
            Self::SamplingPoint => "sampling-point",
            Self::SampleProblem => "sample-problem",
        }
    }
}

/// The fact that a copy into this database is unfinished (see `src/copy`); while it is there no node opens the database.
pub(crate) const COPY_FACT: &str = "copy";

/// Facts that are numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fact {
    /// Changes up to this number are not in the feed.
    ChangeFloor,
    /// First city day whose check-ins are accepted, as a day number.
    CheckInFloor,
}

impl Fact {
    /// The row's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ChangeFloor => "change-floor",
            Self::CheckInFloor => "check-in-floor",
        }
    }
}
