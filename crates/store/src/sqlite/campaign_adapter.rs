//! The verbs of campaigns and declarations, each sent to the writer or to a reader under its own name.

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::certificate_name::CertificateName;
use yimatong_model::ids::PersonId;

use super::open::SqliteStore;
use super::{campaign, campaign_given, declaration, person_file};
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
impl CampaignStore for SqliteStore {
    async fn draft_campaign(&self, draft: DraftCampaign, key: Option<Idempotency>) -> Result<CampaignRow> {
        self.write("draft_campaign", move |tx| campaign::draft(tx, &draft, key)).await
    }

    async fn campaign(&self, number: u16) -> Result<Option<CampaignFile>> {
        self.read("campaign", move |view| campaign::file(view, number)).await
    }

    async fn list_campaigns(&self, cursor: Option<String>, limit: usize) -> Result<Page<CampaignRow>> {
        self.read("list_campaigns", move |view| campaign::list(view, cursor.as_deref(), limit)).await
    }

    async fn campaign_marks(&self) -> Result<Vec<CampaignMark>> {
        self.read("campaign_marks", campaign::marks).await
    }

    async fn change_campaign(
        &self,
        change: CampaignChange,
        step: CampaignStep,
        key: Option<Idempotency>,
    ) -> Result<CampaignFile> {
        self.write("change_campaign", move |tx| campaign::change(tx, &change, &step, key)).await
    }

    async fn give_missed(
        &self,
        campaign: u16,
        people: Vec<PersonId>,
        now: Timestamp,
    ) -> Result<Vec<PersonState>> {
        self.write("give_missed", move |tx| campaign_given::give(tx, campaign, &people, now)).await
    }

    async fn take_back_missed(&self, campaign: u16, limit: usize, now: Timestamp) -> Result<TakenBack> {
        self.write("take_back_missed", move |tx| campaign_given::take_back(tx, campaign, limit, now)).await
    }

    async fn declare(&self, new: NewDeclaration, key: Option<Idempotency>) -> Result<DeclarationRow> {
        self.write("declare", move |tx| declaration::declare(tx, &new, key)).await
    }

    async fn declarations_of(&self, person: PersonId) -> Result<Vec<DeclarationRow>> {
        self.read("declarations_of", move |view| declaration::of_person(view, person)).await
    }

    async fn list_declarations(
        &self,
        query: DeclarationQuery,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        self.read("list_declarations", move |view| declaration::list(view, query, cursor.as_deref(), limit))
            .await
    }

    async fn declarations_since(
        &self,
        since: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<DeclarationRow>> {
        self.read("declarations_since", move |view| declaration::since(view, since, cursor.as_deref(), limit))
            .await
    }

    async fn name_fits(&self, person: PersonId, name: CertificateName) -> Result<bool> {
        self.read("name_fits", move |view| person_file::name_fits(view, person, &name)).await
    }

    async fn review_declaration(
        &self,
        review: ReviewDeclaration,
        key: Option<Idempotency>,
    ) -> Result<DeclarationRow> {
        self.write("review_declaration", move |tx| declaration::review(tx, &review, key)).await
    }

    async fn read_evidence(&self, person: PersonId, id: [u8; 16], access: Access) -> Result<Evidence> {
        self.write("read_evidence", move |tx| declaration::read_evidence(tx, person, &id, &access)).await
    }
}
