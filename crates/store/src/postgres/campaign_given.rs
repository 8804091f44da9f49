//! The reason of a campaign: given when it is closed, taken back when that is reversed.
//!
//! The campaign is locked first, so that batches of one campaign follow each other, then its people in order of ids.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_model::reason::ReasonCode;

use super::result::AT_ONCE;
use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{audit, campaign, change, sample_people, state};
use crate::campaign::{MOST_PEOPLE, TakenBack, batch_audit};
use crate::codec::ms;
use crate::error::{Noun, Problem, Result, StoreError};
use crate::rounds::Rounds;
use crate::state::PersonState;
use crate::state_rows::person_id;

/// Most people in one statement.
const CHUNK: usize = 1_000;

const GIVEN: Values = Values {
    head: "INSERT INTO campaign_given (person_id, campaign, since_ms) VALUES",
    types: &["bigint", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING RETURNING person_id",
};
const REASONS: Values = Values {
    head: "INSERT INTO reason (person_id, code, since_ms) VALUES",
    types: &["bigint", "bigint", "bigint"],
    tail: "ON CONFLICT DO NOTHING",
};
const STILL_GIVEN: Sql = Sql::everywhere(
    "a campaign that is reversed takes its people page by page, wherever they lie",
    "SELECT person_id, since_ms FROM campaign_given WHERE campaign = $1 AND undone_ms IS NULL
     ORDER BY person_id LIMIT $2",
);
/// Only people with samples: most batches have none of them.
const ROUNDS: Sql = Sql::keys(
    "person_id",
    "SELECT person_id, rounds FROM person WHERE person_id = ANY($1) AND rounds IS NOT NULL ORDER BY person_id",
);
/// A test may have released the reason before; that stays. It also ends now for good: a test that is corrected later must
/// not bring it back.
const RELEASE: Sql = Sql::keys(
    "person_id",
    "UPDATE reason SET released_ms = least(coalesce(reason.released_ms, $4), $4),
         until_ms = least(coalesce(reason.until_ms, $4), $4)
     FROM unnest($1::bigint[], $2::bigint[]) AS given (person_id, since_ms)
     WHERE reason.person_id = given.person_id AND reason.person_id = ANY($1) AND reason.code = $3
       AND reason.since_ms = given.since_ms",
);
/// Only for people who are still given it: with that condition again, the index of the whole campaign would be read.
const UNDO: Sql = Sql::keys(
    "person_id",
    "UPDATE campaign_given SET undone_ms = $3 WHERE person_id = ANY($1) AND campaign = $2",
);

/// Nearly nobody: most samples come before their round is closed.
const GIVEN_TO: Sql = Sql::keys(
    "person_id",
    "SELECT person_id, campaign, since_ms FROM campaign_given WHERE person_id = ANY($1) ORDER BY person_id, campaign",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[STILL_GIVEN, ROUNDS, RELEASE, UNDO, GIVEN_TO];
/// Its inserts of many rows, with the key of each.
pub(super) const ALL_VALUES: &[(&str, Values)] = &[("person_id", GIVEN), ("person_id", REASONS)];

/// The verb `give_missed`.
pub(super) async fn give(
    tx: &Tx,
    number: u16,
    people: &[PersonId],
    now: Timestamp,
) -> Result<Vec<PersonState>> {
    if people.len() > MOST_PEOPLE {
        return Err(StoreError::invalid("people", Problem::TooManyRows));
    }
    let mut row = campaign::lock(tx, number).await?;
    let by = row.check_giving()?;
    let mut people: BTreeSet<PersonId> = people.iter().copied().collect();
    lock_all(tx, &people).await?;
    leave_out_sampled(tx, number, &mut people).await?;
    let new = insert(tx, number, &people, now).await?;
    if new.is_empty() {
        return Ok(Vec::new());
    }
    row.count_given(new.len())?;
    campaign::save(tx, &row).await?;
    audit::append(tx, &batch_audit(&row, by, "give-missed", new.len(), now)).await?;
    change::note(tx, &new, now).await
}

/// Locks people in order of ids; refuses people whom nobody knows.
async fn lock_all(tx: &Tx, people: &BTreeSet<PersonId>) -> Result<()> {
    let mut work = Vec::with_capacity(people.len());
    for person in people {
        work.push(state::lock(tx, *person));
    }
    let there: Vec<bool> = stream::iter(work).buffered(AT_ONCE).try_collect().await?;
    if there.contains(&false) {
        return Err(StoreError::NotFound(Noun::Person));
    }
    Ok(())
}

/// Leaves out people, who are locked, of whom a sample was taken in this campaign after all.
async fn leave_out_sampled(tx: &Tx, number: u16, people: &mut BTreeSet<PersonId>) -> Result<()> {
    let ids: Vec<i64> = people.iter().map(|person| person.as_i64()).collect();
    for row in tx.rows(&ROUNDS, &[&ids]).await? {
        let person = person_id(at(&row, 0)?)?;
        let is_sampled = match Rounds::decode(at(&row, 1)?)?.contain(number) {
            Some(is_sampled) => is_sampled,
            None => sample_people::rounds_of(tx, person).await?.contains(&number),
        };
        if is_sampled {
            people.remove(&person);
        }
    }
    Ok(())
}

/// Gives the reason to those who do not have it from this campaign; answers them.
async fn insert(
    tx: &Tx,
    number: u16,
    people: &BTreeSet<PersonId>,
    now: Timestamp,
) -> Result<BTreeSet<PersonId>> {
    let (campaign, code) = (i64::from(number), i64::from(ReasonCode::MissedRound.as_u8()));
    let since_ms = ms(now);
    let ids: Vec<i64> = people.iter().map(|person| person.as_i64()).collect();
    let mut parameters: Vec<Parameter<'_>> = Vec::with_capacity(ids.len() * GIVEN.types.len());
    for id in &ids {
        parameters.extend([id as Parameter<'_>, &campaign, &since_ms]);
    }
    let mut new = BTreeSet::new();
    for row in tx.insert(&GIVEN, &parameters).await? {
        new.insert(person_id(at(&row, 0)?)?);
    }
    let ids: Vec<i64> = new.iter().map(|person| person.as_i64()).collect();
    let mut parameters: Vec<Parameter<'_>> = Vec::with_capacity(ids.len() * REASONS.types.len());
    for id in &ids {
        parameters.extend([id as Parameter<'_>, &code, &since_ms]);
    }
    tx.insert(&REASONS, &parameters).await?;
    Ok(new)
}

/// The verb `take_back_missed`.
pub(super) async fn take_back(tx: &Tx, number: u16, limit: usize, now: Timestamp) -> Result<TakenBack> {
    let limit = limit.clamp(1, MOST_PEOPLE);
    let mut row = campaign::lock(tx, number).await?;
    let by = row.check_taking_back()?;
    let (mut ids, mut since) = (Vec::new(), Vec::new());
    for row in tx.rows(&STILL_GIVEN, &[&i64::from(number), &(limit as i64)]).await? {
        ids.push(at::<i64>(&row, 0)?);
        since.push(at::<i64>(&row, 1)?);
    }
    if ids.is_empty() {
        return Ok(TakenBack { states: Vec::new(), done: true });
    }
    let people = ids.iter().map(|id| person_id(*id)).collect::<Result<BTreeSet<_>>>()?;
    lock_all(tx, &people).await?;
    let (campaign, code) = (i64::from(number), i64::from(ReasonCode::MissedRound.as_u8()));
    for (ids, since) in ids.chunks(CHUNK).zip(since.chunks(CHUNK)) {
        tx.execute(&RELEASE, &[&ids, &since, &code, &ms(now)]).await?;
        tx.execute(&UNDO, &[&ids, &campaign, &ms(now)]).await?;
    }
    row.undone += u32::try_from(people.len()).unwrap_or(u32::MAX);
    campaign::save(tx, &row).await?;
    audit::append(tx, &batch_audit(&row, by, "take-back-missed", people.len(), now)).await?;
    Ok(TakenBack { states: change::note(tx, &people, now).await?, done: people.len() < limit })
}

/// Takes the reason of a campaign back from people, who are locked, of whom a sample was taken before it was given, which a device
/// told only now. It ends for good; answers whose it was.
pub(super) async fn release_sampled(
    tx: &Tx,
    taken: &[(PersonId, u16, Timestamp)],
    now: Timestamp,
) -> Result<BTreeSet<PersonId>> {
    let mut first: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for (person, campaign, sampled) in taken {
        let sampled_ms = first.entry((person.as_i64(), i64::from(*campaign))).or_insert(i64::MAX);
        *sampled_ms = ms(*sampled).min(*sampled_ms);
    }
    let asked: BTreeSet<i64> = first.keys().map(|(person, _)| *person).collect();
    let asked: Vec<i64> = asked.into_iter().collect();
    let (mut ids, mut since) = (Vec::new(), Vec::new());
    for asked in asked.chunks(CHUNK) {
        for row in tx.rows(&GIVEN_TO, &[&asked]).await? {
            let (person, campaign, given_ms): (i64, i64, i64) = (at(&row, 0)?, at(&row, 1)?, at(&row, 2)?);
            if first.get(&(person, campaign)).is_some_and(|sampled_ms| *sampled_ms < given_ms) {
                ids.push(person);
                since.push(given_ms);
            }
        }
    }
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let code = i64::from(ReasonCode::MissedRound.as_u8());
    tx.execute(&RELEASE, &[&ids, &since, &code, &ms(now)]).await?;
    ids.into_iter().map(person_id).collect()
}
