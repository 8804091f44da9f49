//! Slots of codes: given out once, live until void, void for ever.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use yimatong_model::ids::{PersonId, Slot};

use super::codec::{ms, narrow};
use super::error::corrupt;
use super::sequence::{self, Sequence};
use super::tx::{Tx, View};
use crate::error::{Conflict, Result};
use crate::person::DeviceKey;
use crate::state::SlotCounts;

/// Most slots of one kind a person is given in [`LIMIT_MS`], for kinds that no text message limits: every slot takes
/// its place in the status lists and in the person's state for ever.
const MOST: i64 = 20;
const LIMIT_MS: i64 = 24 * 3_600_000;

/// What a slot's code is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Device = 0,
    Relative = 1,
    Paper = 2,
}

impl Kind {
    /// The kind of a stored number.
    pub(super) fn from_i64(number: i64) -> Result<Self> {
        match number {
            0 => Ok(Self::Device),
            1 => Ok(Self::Relative),
            2 => Ok(Self::Paper),
            _ => Err(corrupt("a slot's kind")),
        }
    }
}

/// A slot to give out.
pub(super) struct NewSlot<'a> {
    pub(super) person: PersonId,
    pub(super) kind: Kind,
    pub(super) holder: Option<PersonId>,
    pub(super) key: Option<&'a DeviceKey>,
    pub(super) now: Timestamp,
}

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
