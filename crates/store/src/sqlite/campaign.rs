//! Campaigns and their refinements.

use rusqlite::{OptionalExtension, Row, params};

use super::idempotency::once;
use super::tx::{Tx, View};
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

/// The verb `draft_campaign`.
pub(super) fn draft(tx: &Tx<'_>, new: &DraftCampaign, key: Option<Idempotency>) -> Result<CampaignRow> {
    let id = checked_id(&new.document)?;
    let number = once(tx, "draft_campaign", key, new.at, || {
        let taken = sequence::take(tx, Sequence::Campaign, 1)?;
        let number =
            u16::try_from(taken).map_err(|_| StoreError::invalid("document", Problem::TooManyRows))?;
        check_id_is_free(tx, &id, number)?;
        let row = CampaignRow::drafted(number, id, new);
        tx.sql
            .prepare_cached(
                "INSERT INTO campaign (number, id, document, state, version, drafted_by, drafted_ms, given, undone)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
            )?
            .execute(params![
                row.number,
                row.id,
                row.document,
                row.state as u8,
                row.version as i64,
                new.by.0,
                ms(new.at)
            ])?;
        audit::append(
            tx,
            &AuditEntry {
                at: new.at,
                staff: Some(new.by),
                action: "draft-campaign".to_owned(),
                subject: None,
                purpose: Some(row.audit_purpose("")),
            },
        )?;
        Ok(number)
    })?;
    of(tx, number)
}

/// The verb `change_campaign`.
pub(super) fn change(
    tx: &Tx<'_>,
    change: &CampaignChange,
    step: &CampaignStep,
    key: Option<Idempotency>,
) -> Result<CampaignFile> {
    let number = once(tx, "change_campaign", key, step.at, || {
        let mut row = of(tx, step.number)?;
        let id_before = row.id.clone();
        change.apply(&mut row, step)?;
        if row.id != id_before {
            check_id_is_free(tx, &row.id, row.number)?;
        }
        save(tx, &row)?;
        if let CampaignChange::Refine(refinement) = change {
            let scope = serde_json::to_string(&refinement.scope).map_err(|_| corrupt("a scope"))?;
            let windows = serde_json::to_string(&refinement.windows).map_err(|_| corrupt("windows"))?;
            refine(tx, step, &scope, &windows)?;
        }
        audit::append(tx, &step.audit(change, &row))?;
        Ok(step.number)
    })?;
    file(tx, number)?.ok_or(StoreError::NotFound(Noun::Campaign))
}

fn check_id_is_free(view: &View<'_>, id: &str, number: u16) -> Result<()> {
    let taken = view
        .sql
        .prepare_cached("SELECT 1 FROM campaign WHERE id = ?1 AND state <> 6 AND number <> ?2")?
        .exists(params![id, number])?;
    if taken { Err(Conflict::CampaignIdTaken.into()) } else { Ok(()) }
}

fn refine(tx: &Tx<'_>, step: &CampaignStep, scope: &str, windows: &str) -> Result<()> {
    let last: u32 = tx
        .sql
        .prepare_cached("SELECT coalesce(max(refinement_no), 0) FROM campaign_refinement WHERE number = ?1")?
        .query_row([step.number], |row| row.get(0))?;
    if last >= MOST_REFINEMENTS {
        return Err(StoreError::invalid("scope", Problem::TooManyRows));
    }
    tx.sql
        .prepare_cached(
            "INSERT INTO campaign_refinement (number, refinement_no, scope, windows, refined_by, refined_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![step.number, last + 1, scope, windows, step.by.0, ms(step.at)])?;
    Ok(())
}

/// Writes what changes in a campaign.
pub(super) fn save(tx: &Tx<'_>, row: &CampaignRow) -> Result<()> {
    let (by, at_ms) = (Signature::staff, Signature::time_ms);
    tx.sql
        .prepare_cached(
            "UPDATE campaign SET id = ?2, document = ?3, state = ?4, version = ?5, drafted_by = ?6, drafted_ms = ?7,
                 approved_by = ?8, approved_ms = ?9, started_by = ?10, started_ms = ?11, asked_by = ?12, asked_ms = ?13,
                 counts = ?14, most_given = ?15, closing_by = ?16, closing_ms = ?17, closed_by = ?18, closed_ms = ?19,
                 reversed_by = ?20, reversed_ms = ?21, withdrawn_by = ?22, withdrawn_ms = ?23, given = ?24, undone = ?25
             WHERE number = ?1",
        )?
        .execute(params![
            row.number,
            row.id,
            row.document,
            row.state as u8,
            row.version as i64,
            row.drafted.by.0,
            ms(row.drafted.at),
            by(row.approved),
            at_ms(row.approved),
            by(row.started),
            at_ms(row.started),
            by(row.closing_asked),
            at_ms(row.closing_asked),
            row.counts,
            row.most_given,
            by(row.closing_approved),
            at_ms(row.closing_approved),
            by(row.closed),
            at_ms(row.closed),
            by(row.reversed),
            at_ms(row.reversed),
            by(row.withdrawn),
            at_ms(row.withdrawn),
            row.given,
            row.undone
        ])?;
    Ok(())
}

/// A campaign that has to be there.
pub(super) fn of(view: &View<'_>, number: u16) -> Result<CampaignRow> {
    let columns = view
        .sql
        .prepare_cached(concat!("SELECT ", campaign_columns!(), " FROM campaign WHERE number = ?1"))?
        .query_row([number], columns)
        .optional()?;
    columns.ok_or(StoreError::NotFound(Noun::Campaign))?.row()
}

/// The verb `campaign`.
pub(super) fn file(view: &View<'_>, number: u16) -> Result<Option<CampaignFile>> {
    let campaign = match of(view, number) {
        Err(StoreError::NotFound(_)) => return Ok(None),
        campaign => campaign?,
    };
    let mut statement = view.sql.prepare_cached(
        "SELECT refinement_no, scope, windows, refined_by, refined_ms FROM campaign_refinement
         WHERE number = ?1 ORDER BY refinement_no",
    )?;
    let mut rows = statement.query([number])?;
    let mut refinements = Vec::new();
    while let Some(row) = rows.next()? {
        let refined = Signature::from_columns(row.get(3)?, row.get(4)?)?;
        let (scope, windows): (String, String) = (row.get(1)?, row.get(2)?);
        refinements.push(RefinementRow::from_columns(row.get(0)?, &scope, &windows, refined)?);
    }
    Ok(Some(CampaignFile { campaign, refinements }))
}

/// The verb `campaign_marks`.
pub(super) fn marks(view: &View<'_>) -> Result<Vec<CampaignMark>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT number, version, state, given, undone FROM campaign WHERE state BETWEEN 1 AND 5 ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        marks.push([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?].try_into()?);
    }
    Ok(marks)
}

/// The verb `list_campaigns`.
pub(super) fn list(view: &View<'_>, cursor: Option<&str>, limit: usize) -> Result<Page<CampaignRow>> {
    let before = cursor::parse::<1>(cursor)?.map_or(i64::MAX, |[number]| number);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(concat!(
        "SELECT ",
        campaign_columns!(),
        " FROM campaign WHERE number < ?1 ORDER BY number DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![before, limit as i64 + 1], columns)?;
    let items = rows.map(|columns| columns?.row()).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &CampaignRow| row.number.to_string()))
}

fn columns(row: &Row<'_>) -> rusqlite::Result<CampaignColumns> {
    let pair = |first: usize| Ok::<_, rusqlite::Error>((row.get(first)?, row.get(first + 1)?));
    Ok(CampaignColumns {
        number: row.get(0)?,
        id: row.get(1)?,
        document: row.get(2)?,
        state: row.get(3)?,
        version: row.get(4)?,
        drafted: (row.get(5)?, row.get(6)?),
        approved: pair(7)?,
        started: pair(9)?,
        asked: pair(11)?,
        counts: row.get(13)?,
        most_given: row.get(14)?,
        closing: pair(15)?,
        closed: pair(17)?,
        reversed: pair(19)?,
        withdrawn: pair(21)?,
        given: row.get(23)?,
        undone: row.get(24)?,
    })
}
