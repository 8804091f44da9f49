//! What can go wrong in a verb, in terms the server can turn into a problem document.

use crate::campaign::CampaignState;

/// Answer type of every verb.
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// Failure of a verb. After any of these nothing of the verb is in the store, except after
/// [`StoreError::Deadline`] and [`StoreError::Unavailable`], where a write may or may not have happened: repeat
/// it with the same idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The thing named by an argument does not exist.
    #[error("{0} not found")]
    NotFound(Noun),
    /// The write contradicts what is stored.
    #[error("{0}")]
    Conflict(Conflict),
    /// An argument can't be accepted; nothing stored would make it acceptable.
    #[error("{field}: {problem}")]
    Invalid {
        /// Field in the API's spelling (camelCase).
        field: &'static str,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The idempotency key was used before for another request.
    #[error("this idempotency key was used for a different request")]
    IdempotencyMismatch,
    /// The deadline of the request passed before the store reached it; nothing was done.
    #[error("the deadline passed before the store reached the request")]
    Deadline,
    /// The store can't serve now; a later attempt may succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(Outage),
    /// The store can't be used as it is configured; the text says what to change.
    #[error("{0}")]
    Unusable(String),
    /// The stored data can't be read: a damaged file, or rows sealed with a key that is not in the keyring.
    #[error("the stored data can't be read: {0}")]
    Corrupt(String),
    /// The database was written by a newer version of this program.
    #[error(
        "the database has schema version {found}, this program knows up to {known}: run the newer program, or restore a backup"
    )]
    NewerSchema {
        /// Version in the database.
        found: u32,
        /// Highest version this program has migrations for.
        known: u32,
    },
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    /// A person.
    Person,
    /// A community.
    Community,
    /// A venue.
    Venue,
    /// A staff member.
    Staff,
    /// A live slot of that person.
    Slot,
    /// A relative of that holder.
    Relative,
    /// A campaign.
    Campaign,
    /// A declaration of that person.
    Declaration,
    /// A sample of that tube.
    Sample,
    /// A sampling point.
    SamplingPoint,
    /// A box of tubes.
    Box,
    /// A problem with samples.
    SampleProblem,
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Person => "person",
            Self::Community => "community",
            Self::Venue => "venue",
            Self::Staff => "staff member",
            Self::Slot => "slot",
            Self::Relative => "relative",
            Self::Campaign => "campaign",
            Self::Declaration => "declaration",
            Self::Sample => "sample",
            Self::SamplingPoint => "sampling point",
            Self::Box => "box",
            Self::SampleProblem => "problem",
        })
    }
}

/// Why a write contradicts what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The document is registered; with `phone_matches` the caller may bind a device instead.
    #[error("this document is registered already")]
    AlreadyRegistered {
        /// The phone given is the one on file.
        phone_matches: bool,
    },
    /// The phone belongs to another person.
    #[error("this phone is registered for another person")]
    PhoneTaken,
    /// The name of a staff account is taken.
    #[error("this staff name is taken")]
    NameTaken,
    /// The name given is not the one on file for the document.
    #[error("the name does not match the document on file")]
    NameMismatch,
    /// The relative is linked to this holder already.
    #[error("this relative is linked already")]
    AlreadyLinked,
    /// The holder has as many relatives as allowed.
    #[error("a holder can have at most 8 relatives")]
    TooManyRelatives,
    /// The relative has as many holders as allowed.
    #[error("a relative can have at most 3 holders")]
    TooManyHolders,
    /// The person was given as many paper codes, or relative codes, within a day as allowed.
    #[error("a person can be given at most 20 codes of a kind within 24 h")]
    TooManyCodes,
    /// A second person is needed: who asked can't approve, and who recorded can't accept.
    #[error("another member of staff has to do this")]
    SamePerson,
    /// Not the version that was seen.
    #[error("somebody has changed this meanwhile")]
    ChangedMeanwhile,
    /// Not in this state of the campaign.
    #[error("this can't be done while the campaign is {0}")]
    WrongState(CampaignState),
    /// Another campaign, which was not withdrawn, has this id.
    #[error("this id is another campaign's")]
    CampaignIdTaken,
    /// Closing would give the reason to more people than were approved.
    #[error("more people than were approved would be given the reason")]
    MoreThanApproved,
    /// Somebody has decided about the declaration.
    #[error("this declaration has been reviewed")]
    AlreadyReviewed,
    /// The person has as many declarations waiting as allowed.
    #[error("a person can have at most 10 declarations waiting")]
    TooManyDeclarations,
    /// The tube of the sample has a result.
    #[error("the tube has a result already: have the result amended instead")]
    HasResult,
    /// Somebody else resolved the problem.
    #[error("somebody else has resolved this problem")]
    AlreadyResolved,
}

/// Why an argument can't be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Empty where something is needed.
    #[error("must not be empty")]
    Empty,
    /// Longer than the store keeps.
    #[error("is too long")]
    TooLong,
    /// Not of the form the field needs.
    #[error("is malformed")]
    Malformed,
    /// Does not match what is on file.
    #[error("does not match what is on file")]
    Mismatch,
    /// A relative must be at most 16 or at least 60 years old.
    #[error("a relative must be 0 to 16, or 60 and more, years old")]
    AgeNotEligible,
    /// The document does not tell the age and no birth date was given.
    #[error("the birth date is needed because the document does not tell it")]
    AgeUnknown,
    /// Holder and relative are the same person.
    #[error("is the holder's own document")]
    SamePerson,
    /// A number beyond what the store counts to.
    #[error("is too large")]
    TooLarge,
    /// More rows than one call takes.
    #[error("has more rows than one call takes")]
    TooManyRows,
    /// A time more than 5 minutes ahead.
    #[error("lies in the future")]
    InFuture,
}

/// Why the store can't serve now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// Too many writes are waiting.
    #[error("too many requests are waiting")]
    QueueFull,
    /// The store is shutting down.
    #[error("shutting down")]
    Closed,
    /// Another process holds the database.
    #[error("the database is locked by another process")]
    Locked,
    /// No space is left.
    #[error("the disk is full")]
    DiskFull,
    /// Reading or writing failed.
    #[error("input/output error: {0}")]
    Io(String),
    /// The transaction that held this write was not committed.
    #[error("the transaction was rolled back")]
    RolledBack,
}

impl StoreError {
    /// Shorthand for [`StoreError::Invalid`].
    pub(crate) fn invalid(field: &'static str, problem: Problem) -> Self {
        Self::Invalid { field, problem }
    }
}

/// A stored value that no version of this program wrote.
pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} has an unexpected value"))
}

impl From<Conflict> for StoreError {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}
