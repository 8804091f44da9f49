//! Slots of codes: given out once, live until void, void for ever.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use yimatong_model::ids::{PersonId, Slot};

use super::sequence;
use super::tx::{Tx, View};
use crate::codec::{ms, narrow};
use crate::error::corrupt;
use crate::error::{Conflict, Result};
use crate::person::DeviceKey;
use crate::sequence::Sequence;
use crate::slot::{Kind, LIMIT_MS, MOST, NewSlot};
use crate::state::SlotCounts;

/// Gives out a slot, unless the person was given too many of the kind lately.
pub(super) fn issue(tx: &Tx<'_>, new: &NewSlot<'_>) -> Result<Slot> {
    if new.kind != Kind::Device && given_lately(tx, new)? >= MOST {
        return Err(Conflict::TooManyCodes.into());
    }
    give(tx, new)
}

/// Gives out a slot whose number something else limits.
pub(super) fn give(tx: &Tx<'_>, new: &NewSlot<'_>) -> Result<Slot> {
    let number = sequence::take(tx, Sequence::Slot, 1)?;
    tx.sql
        .prepare_cached(
            "INSERT INTO slot (person_id, slot, kind, holder_id, device_key, issued_ms, void_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)",
        )?
        .execute(params![
            new.person.as_i64(),
            number,
            new.kind as u8,
            new.holder.map(PersonId::as_i64),
            new.key.map(|key| &key.0[..]),
            ms(new.now)
        ])?;
    Ok(Slot(narrow(number, "the slot sequence")?))
}

/// Slots of the kind that the person was given within the limit's time.
fn given_lately(view: &View<'_>, new: &NewSlot<'_>) -> Result<i64> {
    Ok(view
        .sql
        .prepare_cached("SELECT count(*) FROM slot WHERE person_id = ?1 AND kind = ?2 AND issued_ms > ?3")?
        .query_row(params![new.person.as_i64(), new.kind as u8, ms(new.now) - LIMIT_MS], |row| row.get(0))?)
}

/// Voids a live slot; false when there is no such live slot of that person and kind.
pub(super) fn void(tx: &Tx<'_>, person: PersonId, kind: Kind, slot: Slot, now: Timestamp) -> Result<bool> {
    let changed = tx
        .sql
        .prepare_cached(
            "UPDATE slot SET void_ms = ?4, device_key = NULL
             WHERE person_id = ?1 AND slot = ?2 AND kind = ?3 AND void_ms IS NULL",
        )?
        .execute(params![person.as_i64(), slot.0, kind as u8, ms(now)])?;
    Ok(changed == 1)
}

/// Voids the person's live slots of a kind.
pub(super) fn void_all(tx: &Tx<'_>, person: PersonId, kind: Kind, now: Timestamp) -> Result<()> {
    tx.sql
        .prepare_cached(
            "UPDATE slot SET void_ms = ?3, device_key = NULL
             WHERE person_id = ?1 AND kind = ?2 AND void_ms IS NULL",
        )?
        .execute(params![person.as_i64(), kind as u8, ms(now)])?;
    Ok(())
}

/// The person's live device.
pub(super) fn device_of(view: &View<'_>, person: PersonId) -> Result<Option<(Slot, DeviceKey)>> {
    let found = view
        .sql
        .prepare_cached(
            "SELECT slot, device_key FROM slot WHERE person_id = ?1 AND kind = 0 AND void_ms IS NULL ORDER BY slot",
        )?
        .query_row([person.as_i64()], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    let Some((slot, key)) = found else { return Ok(None) };
    let key = <[u8; 65]>::try_from(key).map_err(|_| corrupt("a device key"))?;
    Ok(Some((Slot(slot), DeviceKey(key))))
}

/// How many slots there are.
pub(super) fn counts(view: &View<'_>) -> Result<SlotCounts> {
    let (all, void): (i64, i64) = view
        .sql
        .prepare_cached("SELECT count(*), count(void_ms) FROM slot")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(SlotCounts {
        next: narrow(sequence::next(view, Sequence::Slot)?, "the slot sequence")?,
        live: narrow(all - void, "a count")?,
        void: narrow(void, "a count")?,
    })
}
