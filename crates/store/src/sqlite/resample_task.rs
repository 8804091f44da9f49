//! People who need a single sample.

use jiff::Timestamp;
use rusqlite::params;
use yimatong_model::ids::{CommunityId, PersonId};

use super::sample_undo;
use super::state::person_id;
use super::tx::{Tx, View};
use crate::codec::{instant, ms};
use crate::cursor;
use crate::error::{Result, corrupt};
use crate::page::{Page, page_size};
use crate::sample_plan::OpenTask;
use crate::tube_columns::barcode;
use crate::tube_result::{ResampleTaskRow, TaskArea};
use crate::tube_result_plan::PersonWork;

/// Open tasks of a person.
pub(super) fn open_of(view: &View<'_>, person: PersonId) -> Result<Vec<OpenTask>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT task_id, sampled_ms FROM resample_task WHERE person_id = ?1 AND done_ms IS NULL ORDER BY task_id",
    )?;
    let mut rows = statement.query([person.as_i64()])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        tasks.push(OpenTask { id: row.get(0)?, sampled: instant(row.get(1)?)? });
    }
    Ok(tasks)
}

/// Notes by which sample's time, if any, a task is done.
pub(super) fn set_done(
    tx: &Tx<'_>,
    person: PersonId,
    task: &[u8; 16],
    done: Option<Timestamp>,
) -> Result<()> {
    tx.sql
        .prepare_cached("UPDATE resample_task SET done_ms = ?3 WHERE person_id = ?1 AND task_id = ?2")?
        .execute(params![person.as_i64(), task, done.map(ms)])?;
    Ok(())
}

/// Tasks of a person that a sample of that time did.
pub(super) fn done_at(view: &View<'_>, person: PersonId, sampled: Timestamp) -> Result<Vec<OpenTask>> {
    let mut statement = view.sql.prepare_cached(
        "SELECT task_id, sampled_ms FROM resample_task WHERE person_id = ?1 AND done_ms = ?2 ORDER BY task_id",
    )?;
    let mut rows = statement.query(params![person.as_i64(), ms(sampled)])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        tasks.push(OpenTask { id: row.get(0)?, sampled: instant(row.get(1)?)? });
    }
    Ok(tasks)
}

/// Makes a task that follows from a result, done already when a single sample was taken since.
pub(super) fn make(
    tx: &Tx<'_>,
    person: PersonId,
    work: &PersonWork,
    id: &[u8; 16],
    now: Timestamp,
) -> Result<()> {
    let done = sample_undo::first_single_after(tx, person, work.sampled)?;
    tx.sql
        .prepare_cached(
            "INSERT INTO resample_task (person_id, task_id, barcode, campaign, sampled_ms, made_ms, done_ms, community_id)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, community_id FROM person WHERE person_id = ?1
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            person.as_i64(),
            id,
            work.barcode.as_str(),
            work.campaign,
            ms(work.sampled),
            ms(now),
            done.map(ms)
        ])?;
    Ok(())
}

/// Ends the task that a result asked for, if it is open: the result was corrected.
pub(super) fn withdraw(tx: &Tx<'_>, person: PersonId, id: &[u8; 16], now: Timestamp) -> Result<()> {
    tx.sql
        .prepare_cached(
            "UPDATE resample_task SET done_ms = ?3 WHERE person_id = ?1 AND task_id = ?2 AND done_ms IS NULL",
        )?
        .execute(params![person.as_i64(), id, ms(now)])?;
    Ok(())
}

/// The verb `list_resample_tasks`.
pub(super) fn list(
    view: &View<'_>,
    area: TaskArea,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<ResampleTaskRow>> {
    let (made_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let (only, number) = match area {
        TaskArea::City => ("?4 IS NULL", None),
        TaskArea::Community(community) => ("community_id = ?4", Some(community.0)),
        TaskArea::District(district) => {
            ("community_id IN (SELECT c.community_id FROM community c WHERE c.district = ?4)", Some(district))
        }
    };
    let mut statement = view.sql.prepare_cached(&format!(
        "SELECT person_id, task_id, barcode, campaign, sampled_ms, made_ms, community_id FROM resample_task
         WHERE done_ms IS NULL AND (made_ms, task_id) > (?1, ?2) AND {only} ORDER BY made_ms, task_id LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![made_ms, id, limit as i64 + 1, number])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(ResampleTaskRow {
            person: person_id(row.get(0)?)?,
            id: row.get(1)?,
            barcode: barcode(row.get_ref(2)?.as_str().map_err(|_| corrupt("a barcode"))?)?,
            campaign: row.get(3)?,
            sampled: instant(row.get(4)?)?,
            made: instant(row.get(5)?)?,
            community: row.get::<_, Option<u32>>(6)?.map(CommunityId),
        });
    }
    Ok(Page::cut(items, limit, |task| cursor::of_time_and_id(ms(task.made), &task.id)))
}
