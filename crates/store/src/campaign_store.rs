//! The part of the trait that is about rounds of testing: campaigns and what people declare in them.

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::certificate_name::CertificateName;
use yimatong_model::ids::PersonId;

use crate::access::Access;
use crate::campaign::{CampaignFile, CampaignMark, CampaignRow, DraftCampaign, TakenBack};
use crate::campaign_change::{CampaignChange, CampaignStep};
use crate::declaration::{DeclarationQuery, DeclarationRow, NewDeclaration, ReviewDeclaration};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::idempotency::Idempotency;
use crate::page::Page;
use crate::state::PersonState;

/// A round from its draft to the colours it gave and took back, each change with its audit row.
///
/// Errors are as in [`Store`](crate::Store), of which this is a part.
#[async_trait]
pub trait CampaignStore: Send + Sync {
    /// Writes a campaign down, as a draft, and the audit row (`draft-campaign`).
    ///
    /// Errors: `Invalid(document)` for one that `Campaign::parse` refuses or of more than 256 KiB,
    /// `Conflict(CampaignIdTaken)`.
    async fn draft_campaign(
        &self,
        draft: DraftCampaign,
        idempotency: Option<Idempotency>,
    ) -> Result<CampaignRow>;

    /// A campaign and its refinements.
    async fn campaign(&self, number: u16) -> Result<Option<CampaignFile>>;

    /// Campaigns, newest first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_campaigns(&self, cursor: Option<String>, limit: usize) -> Result<Page<CampaignRow>>;

    /// A mark of every campaign that was approved and not withdrawn, by number: what a node that keeps campaigns in memory
    /// looks at to see what changed.
    async fn campaign_marks(&self) -> Result<Vec<CampaignMark>>;

    /// Changes a campaign and writes the audit row in the same transaction. Approvals need another person than who
    /// drafted, or asked to close, and the version that person has seen.
    ///
    /// Errors: `NotFound(Campaign)`, `Conflict(WrongState | SamePerson | ChangedMeanwhile | CampaignIdTaken)`,
    /// `Invalid(document | scope | windows | counts | version | remark)`.
    async fn change_campaign(
        &self,
        change: CampaignChange,
        step: CampaignStep,
        idempotency: Option<Idempotency>,
    ) -> Result<CampaignFile>;

    /// Gives at most 10,000 people the reason of a campaign whose closing is approved; those who were given it before are
    /// left out, so a batch may be sent any number of times, and so are those who have a sample in this campaign by now.
    /// Answers whose state changed. One audit row (`give-missed`) per batch.
    ///
    /// Errors: `NotFound(Campaign | Person)`, `Conflict(WrongState | MoreThanApproved)`, `Invalid(people, TooManyRows)`.
    async fn give_missed(
        &self,
        campaign: u16,
        people: Vec<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<PersonState>>;

    /// Takes the reason back from at most `limit` (10,000) more people of a reversed campaign: call until it is done.
    /// What a test has released before stays as it is. One audit row (`take-back-missed`) per batch.
    ///
    /// Errors: `NotFound(Campaign)`, `Conflict(WrongState)`.
    async fn take_back_missed(&self, campaign: u16, limit: usize, now: Timestamp) -> Result<TakenBack>;

    /// Records a declaration, with its evidence sealed, and the audit row (`declare`).
    ///
    /// Errors: `NotFound(Person | Campaign)`, `Invalid(evidence | sampled)`, `Conflict(WrongState | TooManyDeclarations)`.
    async fn declare(
        &self,
        declaration: NewDeclaration,
        idempotency: Option<Idempotency>,
    ) -> Result<DeclarationRow>;

    /// The declarations of a person, newest first.
    async fn declarations_of(&self, person: PersonId) -> Result<Vec<DeclarationRow>>;

    /// Declarations, oldest first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_declarations(
        &self,
        query: DeclarationQuery,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>>;

    /// Declarations that were made or reviewed at this time or later, in that order; whoever follows them asks again from a
    /// little before the last one, since times are those of nodes.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn declarations_since(
        &self,
        since: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>>;

    /// Whether the name on a certificate is this person's. The name itself does not leave the store.
    ///
    /// Errors: `NotFound(Person)`.
    async fn name_fits(&self, person: PersonId, name: CertificateName) -> Result<bool>;

    /// Accepts or refuses a declaration and writes the audit row (`accept-declaration`, `refuse-declaration`). Nobody
    /// reviews what they recorded themselves.
    ///
    /// Errors: `NotFound(Declaration)`, `Conflict(AlreadyReviewed | SamePerson)`, `Invalid(remark)`.
    async fn review_declaration(
        &self,
        review: ReviewDeclaration,
        idempotency: Option<Idempotency>,
    ) -> Result<DeclarationRow>;

    /// Opens the evidence of a declaration and writes the audit row (`read-evidence`) in the same transaction.
    ///
    /// Errors: `NotFound(Declaration)`, `Invalid(purpose)`.
    async fn read_evidence(
        &self,
        person: PersonId,
        declaration: [u8; 16],
        access: Access,
    ) -> Result<Evidence>;
}
