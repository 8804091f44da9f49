//! People who need a single sample.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use yimatong_model::ids::{CommunityId, PersonId};

use super::sample_undo;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::{instant, ms, narrow};
use crate::cursor;
use crate::error::Result;
use crate::page::{Page, page_size};
use crate::sample_plan::OpenTask;
use crate::state_rows::person_id;
use crate::tube_columns::{barcode, campaign, id16};
use crate::tube_result::{ResampleTaskRow, TaskArea};
use crate::tube_result_plan::PersonWork;

const OPEN: Sql = Sql::keys(
    "person_id",
    "SELECT person_id, task_id, sampled_ms FROM resample_task WHERE person_id = ANY($1) AND done_ms IS NULL
     ORDER BY person_id, task_id",
);
const DONE_AT: Sql = Sql::key(
    "person_id",
    "SELECT person_id, task_id, sampled_ms FROM resample_task WHERE person_id = $1 AND done_ms = $2 ORDER BY task_id",
);
const SET_DONE: Sql =
    Sql::key("person_id", "UPDATE resample_task SET done_ms = $3 WHERE person_id = $1 AND task_id = $2");
const MAKE: Sql = Sql::key(
    "person_id",
    "INSERT INTO resample_task (person_id, task_id, barcode, campaign, sampled_ms, made_ms, done_ms, community_id)
     SELECT person_id, $2::bytea, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint, community_id
     FROM person WHERE person_id = $1
     ON CONFLICT DO NOTHING",
);
const WITHDRAW: Sql = Sql::key(
    "person_id",
    "UPDATE resample_task SET done_ms = $3 WHERE person_id = $1 AND task_id = $2 AND done_ms IS NULL",
);

/// Columns [`from_row`] reads, in its order.
macro_rules! columns {
    () => {
        "t.person_id, t.task_id, t.barcode, t.campaign, t.sampled_ms, t.made_ms, t.community_id"
    };
}

const LIST: Sql = Sql::everywhere(
    "a coordinator's list of the whole city, of open tasks only and by an index",
    concat!(
        "SELECT ",
        columns!(),
        " FROM resample_task t WHERE t.done_ms IS NULL AND (t.made_ms, t.task_id) > ($1, $2)
          ORDER BY t.made_ms, t.task_id LIMIT $3"
    ),
);
const LIST_OF_COMMUNITY: Sql = Sql::everywhere(
    "a community's people lie on all shards, open tasks only and by an index",
    concat!(
        "SELECT ",
        columns!(),
        " FROM resample_task t WHERE t.done_ms IS NULL AND (t.made_ms, t.task_id) > ($1, $2) AND t.community_id = $4
          ORDER BY t.made_ms, t.task_id LIMIT $3"
    ),
);
const LIST_OF_DISTRICT: Sql = Sql::everywhere(
    "a district's people lie on all shards, open tasks only and by an index",
    concat!(
        "SELECT ",
        columns!(),
        " FROM resample_task t JOIN community c ON c.community_id = t.community_id
          WHERE t.done_ms IS NULL AND (t.made_ms, t.task_id) > ($1, $2) AND c.district = $4
          ORDER BY t.made_ms, t.task_id LIMIT $3"
    ),
);

/// The statements of this file.
pub(super) const ALL: &[Sql] =
    &[OPEN, DONE_AT, SET_DONE, MAKE, WITHDRAW, LIST, LIST_OF_COMMUNITY, LIST_OF_DISTRICT];

/// Open tasks of people.
pub(super) async fn open_of(tx: &Tx, people: &[i64]) -> Result<BTreeMap<PersonId, Vec<OpenTask>>> {
    by_person(&tx.rows(&OPEN, &[&people]).await?)
}

/// Notes by which sample's time, if any, a task is done.
pub(super) async fn set_done(
    tx: &Tx,
    person: PersonId,
    task: &[u8; 16],
    done: Option<Timestamp>,
) -> Result<()> {
    tx.execute(&SET_DONE, &[&person.as_i64(), &&task[..], &done.map(ms)]).await?;
    Ok(())
}

/// Tasks of a person that a sample of that time did.
pub(super) async fn done_at(tx: &Tx, person: PersonId, sampled: Timestamp) -> Result<Vec<OpenTask>> {
    let rows = tx.rows(&DONE_AT, &[&person.as_i64(), &ms(sampled)]).await?;
    Ok(by_person(&rows)?.remove(&person).unwrap_or_default())
}

fn by_person(rows: &[Row]) -> Result<BTreeMap<PersonId, Vec<OpenTask>>> {
    let mut tasks: BTreeMap<PersonId, Vec<OpenTask>> = BTreeMap::new();
    for row in rows {
        let task = OpenTask { id: id16(at(row, 1)?)?, sampled: instant(at(row, 2)?)? };
        tasks.entry(person_id(at(row, 0)?)?).or_default().push(task);
    }
    Ok(tasks)
}

/// Makes a task that follows from a result, done already when a single sample was taken since.
pub(super) async fn make(
    tx: &Tx,
    person: PersonId,
    work: &PersonWork,
    id: &[u8; 16],
    now: Timestamp,
) -> Result<()> {
    let done = sample_undo::first_single_after(tx, person, work.sampled).await?;
    tx.execute(
        &MAKE,
        &[
            &person.as_i64(),
            &&id[..],
            &work.barcode.as_str(),
            &work.campaign.map(i64::from),
            &ms(work.sampled),
            &ms(now),
            &done.map(ms),
        ],
    )
    .await?;
    Ok(())
}

/// Ends the task that a result asked for, if it is open: the result was corrected.
pub(super) async fn withdraw(tx: &Tx, person: PersonId, id: &[u8; 16], now: Timestamp) -> Result<()> {
    tx.execute(&WITHDRAW, &[&person.as_i64(), &&id[..], &ms(now)]).await?;
    Ok(())
}

/// The verb `list_resample_tasks`.
pub(super) async fn list(
    tx: &Tx,
    area: TaskArea,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<ResampleTaskRow>> {
    let (made_ms, id) = cursor::time_and_id(cursor)?.unwrap_or((i64::MIN, [0; 16]));
    let limit = page_size(limit);
    let (id, most) = (&id[..], limit as i64 + 1);
    let rows = match area {
        TaskArea::City => tx.rows(&LIST, &[&made_ms, &id, &most]).await?,
        TaskArea::Community(community) => {
            tx.rows(&LIST_OF_COMMUNITY, &[&made_ms, &id, &most, &i64::from(community.0)]).await?
        }
        TaskArea::District(district) => {
            tx.rows(&LIST_OF_DISTRICT, &[&made_ms, &id, &most, &i64::from(district)]).await?
        }
    };
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |task: &ResampleTaskRow| cursor::of_time_and_id(ms(task.made), &task.id)))
}

fn from_row(row: &Row) -> Result<ResampleTaskRow> {
    let community: Option<i64> = at(row, 6)?;
    Ok(ResampleTaskRow {
        person: person_id(at(row, 0)?)?,
        id: id16(at(row, 1)?)?,
        barcode: barcode(at(row, 2)?)?,
        campaign: campaign(at(row, 3)?)?,
        sampled: instant(at(row, 4)?)?,
        made: instant(at(row, 5)?)?,
        community: community.map(|number| narrow(number, "a community").map(CommunityId)).transpose()?,
    })
}
