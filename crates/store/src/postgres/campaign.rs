//! Campaigns and their refinements: few rows, on the coordinator of a cluster.

use tokio_postgres::Row;

use super::idempotency::{self, Once};
use super::sql::Sql;
use super::tx::{Tx, at};
use super::{audit, sequence};
use crate::access::AuditEntry;
use crate::campaign::{
    CampaignFile, CampaignMark, CampaignRow, DraftCampaign, RefinementRow, Signature, checked_id,
};
use crate::campaign_change::{CampaignChange, CampaignStep, MOST_REFINEMENTS};
use crate::campaign_rows::{CampaignColumns, campaign_columns};
use crate::codec::ms;
use crate::cursor;
use crate::error::{Conflict, Noun, Problem, Result, StoreError, corrupt};
use crate::idempotency::Idempotency;
use crate::page::{Page, page_size};
use crate::sequence::Sequence;

const INSERT: Sql = Sql::coordinator(
    "INSERT INTO campaign (number, id, document, state, version, drafted_by, drafted_ms, given, undone)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
);
const SAVE: Sql = Sql::coordinator(
    "UPDATE campaign SET id = $2, document = $3, state = $4, version = $5, drafted_by = $6, drafted_ms = $7,
         approved_by = $8, approved_ms = $9, started_by = $10, started_ms = $11, asked_by = $12, asked_ms = $13,
         counts = $14, most_given = $15, closing_by = $16, closing_ms = $17, closed_by = $18, closed_ms = $19,
         reversed_by = $20, reversed_ms = $21, withdrawn_by = $22, withdrawn_ms = $23, given = $24, undone = $25
     WHERE number = $1",
);
const FIND: Sql =
    Sql::coordinator(concat!("SELECT ", campaign_columns!(), " FROM campaign WHERE number = $1"));
const LOCK: Sql =
    Sql::coordinator(concat!("SELECT ", campaign_columns!(), " FROM campaign WHERE number = $1 FOR UPDATE"));
const LIST: Sql = Sql::coordinator(concat!(
    "SELECT ",
    campaign_columns!(),
    " FROM campaign WHERE number < $1 ORDER BY number DESC LIMIT $2"
));
const MARKS: Sql = Sql::coordinator(
    "SELECT number, version, state, given, undone FROM campaign WHERE state BETWEEN 1 AND 5 ORDER BY number",
);
const WITH_ID: Sql = Sql::coordinator(
    "SELECT number FROM campaign WHERE id = $1 AND state <> 6 AND number <> $2 ORDER BY number",
);
const LAST_REFINEMENT: Sql =
    Sql::coordinator("SELECT coalesce(max(refinement_no), 0) FROM campaign_refinement WHERE number = $1");
const REFINE: Sql = Sql::coordinator(
    "INSERT INTO campaign_refinement (number, refinement_no, scope, windows, refined_by, refined_ms)
     VALUES ($1, $2, $3, $4, $5, $6)",
);
const REFINEMENTS: Sql = Sql::coordinator(
    "SELECT refinement_no, scope, windows, refined_by, refined_ms FROM campaign_refinement
     WHERE number = $1 ORDER BY refinement_no",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] =
    &[INSERT, SAVE, FIND, LOCK, LIST, MARKS, WITH_ID, LAST_REFINEMENT, REFINE, REFINEMENTS];

/// The verb `draft_campaign`.
pub(super) async fn draft(tx: &Tx, new: &DraftCampaign, key: Option<Idempotency>) -> Result<CampaignRow> {
    let id = checked_id(&new.document)?;
    if let Once::Before(number) = idempotency::begin(tx, "draft_campaign", key, new.at).await? {
        return of(tx, number).await;
    }
    // Who holds the sequence is the only one to draft, so that an id is looked for and taken by one.
    let taken = sequence::take(tx, Sequence::Campaign, 1).await?;
    let number = u16::try_from(taken).map_err(|_| StoreError::invalid("document", Problem::TooManyRows))?;
    check_id_is_free(tx, &id, number).await?;
    let row = CampaignRow::drafted(number, id, new);
    let (state, version, by) = (row.state as i64, row.version as i64, i64::from(new.by.0));
    tx.execute(&INSERT, &[&taken, &row.id, &row.document, &state, &version, &by, &ms(new.at)]).await?;
    idempotency::finish(tx, key, &number).await?;
    let entry = AuditEntry {
        at: new.at,
        staff: Some(new.by),
        action: "draft-campaign".to_owned(),
        subject: None,
        purpose: Some(row.audit_purpose("")),
    };
    audit::append(tx, &entry).await?;
    of(tx, number).await
}

/// The verb `change_campaign`.
pub(super) async fn change(
    tx: &Tx,
    change: &CampaignChange,
    step: &CampaignStep,
    key: Option<Idempotency>,
) -> Result<CampaignFile> {
    let gone = StoreError::NotFound(Noun::Campaign);
    if let Once::Before(number) = idempotency::begin(tx, "change_campaign", key, step.at).await? {
        return file(tx, number).await?.ok_or(gone);
    }
    let mut row = lock(tx, step.number).await?;
    let id_before = row.id.clone();
    change.apply(&mut row, step)?;
    if row.id != id_before {
        check_id_is_free(tx, &row.id, row.number).await?;
    }
    save(tx, &row).await?;
    if let CampaignChange::Refine(refinement) = change {
        let scope = serde_json::to_string(&refinement.scope).map_err(|_| corrupt("a scope"))?;
        let windows = serde_json::to_string(&refinement.windows).map_err(|_| corrupt("windows"))?;
        refine(tx, step, &scope, &windows).await?;
    }
    idempotency::finish(tx, key, &step.number).await?;
    audit::append(tx, &step.audit(change, &row)).await?;
    file(tx, step.number).await?.ok_or(gone)
}

async fn check_id_is_free(tx: &Tx, id: &str, number: u16) -> Result<()> {
    match tx.row(&WITH_ID, &[&id, &i64::from(number)]).await? {
        Some(_) => Err(Conflict::CampaignIdTaken.into()),
        None => Ok(()),
    }
}

async fn refine(tx: &Tx, step: &CampaignStep, scope: &str, windows: &str) -> Result<()> {
    let number = i64::from(step.number);
    let row = tx.row(&LAST_REFINEMENT, &[&number]).await?;
    let last: i64 = row.map_or(Ok(0), |row| at(&row, 0))?;
    if last >= i64::from(MOST_REFINEMENTS) {
        return Err(StoreError::invalid("scope", Problem::TooManyRows));
    }
    let by = i64::from(step.by.0);
    tx.execute(&REFINE, &[&number, &(last + 1), &scope, &windows, &by, &ms(step.at)]).await?;
    Ok(())
}

/// Writes what changes in a campaign, which is locked.
pub(super) async fn save(tx: &Tx, row: &CampaignRow) -> Result<()> {
    let (by, at_ms) = (Signature::staff, Signature::time_ms);
    tx.execute(
        &SAVE,
        &[
            &i64::from(row.number),
            &row.id,
            &row.document,
            &(row.state as i64),
            &(row.version as i64),
            &i64::from(row.drafted.by.0),
            &ms(row.drafted.at),
            &by(row.approved),
            &at_ms(row.approved),
            &by(row.started),
            &at_ms(row.started),
            &by(row.closing_asked),
            &at_ms(row.closing_asked),
            &row.counts,
            &row.most_given.map(i64::from),
            &by(row.closing_approved),
            &at_ms(row.closing_approved),
            &by(row.closed),
            &at_ms(row.closed),
            &by(row.reversed),
            &at_ms(row.reversed),
            &by(row.withdrawn),
            &at_ms(row.withdrawn),
            &i64::from(row.given),
            &i64::from(row.undone),
        ],
    )
    .await?;
    Ok(())
}

/// A campaign that has to be there.
pub(super) async fn of(tx: &Tx, number: u16) -> Result<CampaignRow> {
    let row = tx.row(&FIND, &[&i64::from(number)]).await?;
    from_row(&row.ok_or(StoreError::NotFound(Noun::Campaign))?)
}

/// As [`of`]; nobody else changes it until this transaction is over.
pub(super) async fn lock(tx: &Tx, number: u16) -> Result<CampaignRow> {
    let row = tx.row(&LOCK, &[&i64::from(number)]).await?;
    from_row(&row.ok_or(StoreError::NotFound(Noun::Campaign))?)
}

/// The verb `campaign`.
pub(super) async fn file(tx: &Tx, number: u16) -> Result<Option<CampaignFile>> {
    let Some(row) = tx.row(&FIND, &[&i64::from(number)]).await? else { return Ok(None) };
    let mut refinements = Vec::new();
    for row in tx.rows(&REFINEMENTS, &[&i64::from(number)]).await? {
        let refined = Signature::from_columns(at(&row, 3)?, at(&row, 4)?)?;
        refinements.push(RefinementRow::from_columns(at(&row, 0)?, at(&row, 1)?, at(&row, 2)?, refined)?);
    }
    Ok(Some(CampaignFile { campaign: from_row(&row)?, refinements }))
}

/// The verb `campaign_marks`.
pub(super) async fn marks(tx: &Tx) -> Result<Vec<CampaignMark>> {
    let rows = tx.rows(&MARKS, &[]).await?;
    let mark = |row: &Row| [at(row, 0)?, at(row, 1)?, at(row, 2)?, at(row, 3)?, at(row, 4)?].try_into();
    rows.iter().map(mark).collect()
}

/// The verb `list_campaigns`.
pub(super) async fn list(tx: &Tx, cursor: Option<&str>, limit: usize) -> Result<Page<CampaignRow>> {
    let before = cursor::parse::<1>(cursor)?.map_or(i64::MAX, |[number]| number);
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&before, &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &CampaignRow| row.number.to_string()))
}

fn from_row(row: &Row) -> Result<CampaignRow> {
    let pair = |first: usize| Ok::<_, StoreError>((at(row, first)?, at(row, first + 1)?));
    CampaignColumns {
        number: at(row, 0)?,
        id: at(row, 1)?,
        document: at(row, 2)?,
        state: at(row, 3)?,
        version: at(row, 4)?,
        drafted: (at(row, 5)?, at(row, 6)?),
        approved: pair(7)?,
        started: pair(9)?,
        asked: pair(11)?,
        counts: at(row, 13)?,
        most_given: at(row, 14)?,
        closing: pair(15)?,
        closed: pair(17)?,
        reversed: pair(19)?,
        withdrawn: pair(21)?,
        given: at(row, 23)?,
        undone: at(row, 24)?,
    }
    .row()
}
