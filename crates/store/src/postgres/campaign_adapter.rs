//! The verbs of campaigns and declarations, each in a transaction under its own name.

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::certificate_name::CertificateName;
use yimatong_model::ids::PersonId;

use super::attempt::{Mode, transact};
use super::open::PostgresStore;
use super::{campaign, campaign_given, declaration, idempotency, person_file};
use crate::access::Access;
use crate::campaign::{CampaignFile, CampaignMark, CampaignRow, DraftCampaign, TakenBack};
use crate::campaign_change::{CampaignChange, CampaignStep};
use crate::campaign_store::CampaignStore;
use crate::declaration::{DeclarationQuery, DeclarationRow, NewDeclaration, ReviewDeclaration};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::idempotency::Idempotency;
use crate::page::Page;
use crate::state::PersonState;

#[async_trait]
impl CampaignStore for PostgresStore {
    async fn draft_campaign(&self, draft: DraftCampaign, key: Option<Idempotency>) -> Result<CampaignRow> {
        transact!(self, "draft_campaign", idempotency::mode(key), tx => campaign::draft(tx, &draft, key))
    }

    async fn campaign(&self, number: u16) -> Result<Option<CampaignFile>> {
        transact!(self, "campaign", Mode::Read, tx => campaign::file(tx, number))
    }

    async fn list_campaigns(&self, cursor: Option<String>, limit: usize) -> Result<Page<CampaignRow>> {
        transact!(self, "list_campaigns", Mode::Read, tx => campaign::list(tx, cursor.as_deref(), limit))
    }

    async fn campaign_marks(&self) -> Result<Vec<CampaignMark>> {
        transact!(self, "campaign_marks", Mode::Read, tx => campaign::marks(tx))
    }

    async fn change_campaign(
        &self,
        change: CampaignChange,
        step: CampaignStep,
        key: Option<Idempotency>,
    ) -> Result<CampaignFile> {
        transact!(self, "change_campaign", idempotency::mode(key), tx => campaign::change(tx, &change, &step, key))
    }

    async fn give_missed(
        &self,
        campaign: u16,
        people: Vec<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<PersonState>> {
        transact!(self, "give_missed", Mode::Write, tx => campaign_given::give(tx, campaign, &people, now))
    }

    async fn take_back_missed(&self, campaign: u16, limit: usize, now: Timestamp) -> Result<TakenBack> {
        transact!(self, "take_back_missed", Mode::Write, tx => campaign_given::take_back(tx, campaign, limit, now))
    }

    async fn declare(&self, new: NewDeclaration, key: Option<Idempotency>) -> Result<DeclarationRow> {
        transact!(self, "declare", idempotency::mode(key), tx => declaration::declare(tx, &new, key))
    }

    async fn declarations_of(&self, person: PersonId) -> Result<Vec<DeclarationRow>> {
        transact!(self, "declarations_of", Mode::Read, tx => declaration::of_person(tx, person))
    }

    async fn list_declarations(
        &self,
        query: DeclarationQuery,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        transact!(self, "list_declarations", Mode::Read, tx => declaration::list(tx, query, cursor.as_deref(), limit))
    }

    async fn declarations_since(
        &self,
        since: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        transact!(self, "declarations_since", Mode::Read, tx => declaration::since(tx, since, cursor.as_deref(), limit))
    }

    async fn name_fits(&self, person: PersonId, name: CertificateName) -> Result<bool> {
        transact!(self, "name_fits", Mode::Read, tx => person_file::name_fits(tx, person, &name))
    }

    async fn review_declaration(
        &self,
        review: ReviewDeclaration,
        key: Option<Idempotency>,
    ) -> Result<DeclarationRow> {
        transact!(self, "review_declaration", idempotency::mode(key), tx => declaration::review(tx, &review, key))
    }

    async fn read_evidence(&self, person: PersonId, id: [u8; 16], access: Access) -> Result<Evidence> {
        transact!(self, "read_evidence", Mode::Write, tx => declaration::read_evidence(tx, person, &id, &access))
    }
}
