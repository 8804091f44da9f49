//! Slots of codes: given out once, live until void, void for ever.

use futures_util::future::try_join_all;
use jiff::Timestamp;
use yimatong_model::ids::{PersonId, Slot};

use super::sequence;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::{ms, narrow};
use crate::error::{Conflict, Result, corrupt};
use crate::person::DeviceKey;
use crate::sequence::Sequence;
use crate::slot::{Kind, LIMIT_MS, MOST, NewSlot};
use crate::state::SlotCounts;

const INSERT: Sql = Sql::key(
    "person_id",
    "INSERT INTO slot (person_id, slot, kind, holder_id, device_key, issued_ms, void_ms)
     VALUES ($1, $2, $3, $4, $5, $6, NULL)",
);
const GIVEN_LATELY: Sql =
    Sql::key("person_id", "SELECT count(*) FROM slot WHERE person_id = $1 AND kind = $2 AND issued_ms > $3");
const VOID: Sql = Sql::key(
    "person_id",
    "UPDATE slot SET void_ms = $4, device_key = NULL
     WHERE person_id = $1 AND slot = $2 AND kind = $3 AND void_ms IS NULL",
);
const VOID_ALL: Sql = Sql::key(
    "person_id",
    "UPDATE slot SET void_ms = $3, device_key = NULL WHERE person_id = $1 AND kind = $2 AND void_ms IS NULL",
);
const DEVICE: Sql = Sql::key(
    "person_id",
    "SELECT slot, device_key FROM slot WHERE person_id = $1 AND kind = 0 AND void_ms IS NULL ORDER BY slot",
);
const COUNTS: Sql = Sql::everywhere(
    "a figure of the operators' page, asked for about once a minute",
    "SELECT count(*), count(void_ms) FROM slot",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[INSERT, GIVEN_LATELY, VOID, VOID_ALL, DEVICE, COUNTS];

/// Gives out a slot, unless the person, who is locked, was given too many of the kind lately.
pub(super) async fn issue(tx: &Tx, new: &NewSlot<'_>) -> Result<Slot> {
    if new.kind != Kind::Device && given_lately(tx, new).await? >= MOST {
        return Err(Conflict::TooManyCodes.into());
    }
    give(tx, std::slice::from_ref(new)).await?.pop().ok_or_else(|| corrupt("a slot"))
}

/// Gives out slots whose number something else limits, in the order of what is asked for. From the first one on whoever
/// else wants a slot waits.
pub(super) async fn give(tx: &Tx, new: &[NewSlot<'_>]) -> Result<Vec<Slot>> {
    let first = sequence::take(tx, Sequence::Slot, new.len()).await?;
    let inserts = new.iter().zip(first..).map(|(new, number)| insert(tx, new, number));
    try_join_all(inserts).await
}

async fn insert(tx: &Tx, new: &NewSlot<'_>, number: i64) -> Result<Slot> {
    let holder = new.holder.map(PersonId::as_i64);
    let key = new.key.map(|key| &key.0[..]);
    let kind = i64::from(new.kind as u8);
    tx.execute(&INSERT, &[&new.person.as_i64(), &number, &kind, &holder, &key, &ms(new.now)]).await?;
    Ok(Slot(narrow(number, "the slot sequence")?))
}

/// Slots of the kind that the person was given within the limit's time.
async fn given_lately(tx: &Tx, new: &NewSlot<'_>) -> Result<i64> {
    let kind = i64::from(new.kind as u8);
    let row = tx.row(&GIVEN_LATELY, &[&new.person.as_i64(), &kind, &(ms(new.now) - LIMIT_MS)]).await?;
    at(&row.ok_or_else(|| corrupt("a count"))?, 0)
}

/// Voids a live slot; false when there is no such live slot of that person and kind.
pub(super) async fn void(tx: &Tx, person: PersonId, kind: Kind, slot: Slot, now: Timestamp) -> Result<bool> {
    let (kind, slot) = (i64::from(kind as u8), i64::from(slot.0));
    Ok(tx.execute(&VOID, &[&person.as_i64(), &slot, &kind, &ms(now)]).await? == 1)
}

/// Voids the person's live slots of a kind.
pub(super) async fn void_all(tx: &Tx, person: PersonId, kind: Kind, now: Timestamp) -> Result<()> {
    tx.execute(&VOID_ALL, &[&person.as_i64(), &i64::from(kind as u8), &ms(now)]).await?;
    Ok(())
}

/// The person's live device.
pub(super) async fn device_of(tx: &Tx, person: PersonId) -> Result<Option<(Slot, DeviceKey)>> {
    let Some(row) = tx.row(&DEVICE, &[&person.as_i64()]).await? else { return Ok(None) };
    let key = <[u8; 65]>::try_from(at::<&[u8]>(&row, 1)?).map_err(|_| corrupt("a device key"))?;
    Ok(Some((Slot(narrow(at(&row, 0)?, "a slot")?), DeviceKey(key))))
}

/// How many slots there are.
pub(super) async fn counts(tx: &Tx) -> Result<SlotCounts> {
    let row = tx.row(&COUNTS, &[]).await?.ok_or_else(|| corrupt("a count"))?;
    let (all, void): (i64, i64) = (at(&row, 0)?, at(&row, 1)?);
    let next = sequence::next(tx, Sequence::Slot).await?;
    Ok(SlotCounts {
        next: narrow(next, "the slot sequence")?,
        live: narrow(all - void, "a count")?,
        void: narrow(void, "a count")?,
    })
}
