//! Whose samples a batch brings, and what is known of these people.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use subtle::ConstantTimeEq;
use yimatong_model::document::Document;
use yimatong_model::ids::{HouseholdId, PersonId};
use yimatong_model::name::PersonName;

use super::person::{self, NewPerson};
use super::result::AT_ONCE;
use super::sql::Sql;
use super::tx::{Tx, at};
use super::{bulk, resample_task};
use crate::codec::{ms, narrow};
use crate::error::{Result, StoreError, corrupt};
use crate::profile::Identity;
use crate::rounds::Rounds;
use crate::row_outcome::RowProblem;
use crate::sample::{NewSample, SampledPerson, nationality_by};
use crate::sample_plan::{Found, PersonFacts};
use crate::state_rows::person_id;
use crate::tube_columns::{barcode, id16};

const NAMES: Sql =
    Sql::keys("person_id", "SELECT person_id, name FROM person WHERE person_id = ANY($1) ORDER BY person_id");
const LOCK: Sql =
    Sql::key("person_id", "SELECT rounds, household_id FROM person WHERE person_id = $1 FOR UPDATE");
const THERE: Sql = Sql::keys(
    "person_id",
    "SELECT person_id, sampled_ms, sample_id, barcode FROM sample
     WHERE person_id = ANY($1) AND sampled_ms = ANY($2) AND sample_id = ANY($3)
     ORDER BY person_id, sampled_ms, sample_id",
);
const ROUNDS: Sql = Sql::key(
    "person_id",
    "SELECT DISTINCT campaign FROM sample WHERE person_id = $1 AND undone_ms IS NULL AND campaign IS NOT NULL
     ORDER BY campaign",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[NAMES, LOCK, THERE, ROUNDS];

/// Whose each row is, or why it is refused.
pub(super) struct People<'a> {
    pub(super) found: Vec<std::result::Result<Found, RowProblem>>,
    /// Who has to be registered: tag, document and name.
    pub(super) new: BTreeMap<PersonId, ([u8; 32], &'a Document, &'a PersonName)>,
}

/// Finds whose rows are; nothing is locked.
pub(super) async fn find<'a>(tx: &Tx, rows: &[(&'a NewSample, Timestamp)]) -> Result<People<'a>> {
    let documents = rows.iter().filter_map(|(row, _)| match &row.person {
        SampledPerson::Document { document, .. } => Some(tx.keys.document_tag(document)),
        SampledPerson::Known(_) => None,
    });
    let tags: Vec<[u8; 32]> = documents.collect();
    let places: HashMap<[u8; 32], PersonId> =
        tags.iter().copied().zip(bulk::place_all(tx, &tags).await?).map(|(tag, (id, _))| (tag, id)).collect();
    let wanted: BTreeSet<i64> = rows
        .iter()
        .filter_map(|(row, _)| match &row.person {
            SampledPerson::Known(person) => Some(*person),
            SampledPerson::Document { document, .. } => places.get(&tx.keys.document_tag(document)).copied(),
        })
        .map(PersonId::as_i64)
        .collect();
    let wanted: Vec<i64> = wanted.into_iter().collect();
    let mut names: BTreeMap<PersonId, Vec<u8>> = BTreeMap::new();
    for row in tx.rows(&NAMES, &[&wanted]).await? {
        names.insert(person_id(at(&row, 0)?)?, at(&row, 1)?);
    }
    let mut people = People { found: Vec::with_capacity(rows.len()), new: BTreeMap::new() };
    for (row, now) in rows {
        let found = match row.check(*now) {
            Err(problem) => Err(problem),
            Ok(()) => one(tx, row, &places, &names, &mut people.new)?,
        };
        people.found.push(found);
    }
    Ok(people)
}

fn one<'a>(
    tx: &Tx,
    row: &'a NewSample,
    places: &HashMap<[u8; 32], PersonId>,
    names: &BTreeMap<PersonId, Vec<u8>>,
    new: &mut BTreeMap<PersonId, ([u8; 32], &'a Document, &'a PersonName)>,
) -> Result<std::result::Result<Found, RowProblem>> {
    let (document, name) = match &row.person {
        SampledPerson::Known(person) => {
            let found = Found { person: *person, name_differs: false };
            return Ok(if names.contains_key(person) { Ok(found) } else { Err(RowProblem::UnknownPerson) });
        }
        SampledPerson::Document { document, name } => (document, name.as_ref()),
    };
    let tag = tx.keys.document_tag(document);
    let person = *places.get(&tag).ok_or_else(|| corrupt("a place"))?;
    let known = match names.get(&person) {
        Some(sealed) => Some(tx.keys.open(person, "name", sealed)?),
        None => new.get(&person).map(|(_, _, name)| name.as_str().as_bytes().to_vec()),
    };
    Ok(match (known, name) {
        (None, None) => Err(RowProblem::NameNeeded),
        (None, Some(name)) => {
            new.insert(person, (tag, document, name));
            Ok(Found { person, name_differs: false })
        }
        (Some(known), name) => {
            let is_same = name.is_none_or(|name| known.ct_eq(name.as_str().as_bytes()).into());
            Ok(Found { person, name_differs: !is_same })
        }
    })
}

/// Locks the people of rows by their ids, registers who is new among them, and reads what the plan needs.
pub(super) async fn lock(
    tx: &Tx,
    people: &People<'_>,
    now: Timestamp,
) -> Result<BTreeMap<PersonId, PersonFacts>> {
    let wanted: BTreeSet<PersonId> = people.found.iter().flatten().map(|found| found.person).collect();
    let locks: Vec<_> = wanted
        .iter()
        .map(|person| async move {
            let facts = match people.new.get(person) {
                Some((tag, document, name)) => create(tx, *person, tag, document, name, now).await?,
                None => lock_one(tx, *person).await?,
            };
            Ok::<_, StoreError>((*person, facts))
        })
        .collect();
    stream::iter(locks).buffered(AT_ONCE).try_collect().await
}

/// Locks a person and reads the first facts.
pub(super) async fn lock_one(tx: &Tx, person: PersonId) -> Result<PersonFacts> {
    let row = tx.row(&LOCK, &[&person.as_i64()]).await?.ok_or_else(|| corrupt("a person"))?;
    let household: Option<i64> = at(&row, 1)?;
    Ok(PersonFacts {
        rounds: Rounds::decode(at(&row, 0)?)?,
        household: household.and_then(HouseholdId::from_i64),
        ..PersonFacts::default()
    })
}

async fn create(
    tx: &Tx,
    person: PersonId,
    tag: &[u8; 32],
    document: &Document,
    name: &PersonName,
    now: Timestamp,
) -> Result<PersonFacts> {
    let identity = Identity { document, name, phone: None, birth_date: None, sex: None };
    let sealed = identity.seal(&tx.keys, tx.rng.as_ref(), person)?;
    let nationality = nationality_by(document);
    let new = NewPerson {
        person,
        tag,
        seq: 0,
        sealed: &sealed,
        nationality,
        community: None,
        household: None,
        now,
    };
    if person::insert(tx, &new).await? {
        return Ok(PersonFacts::default());
    }
    // Registered by somebody else at this very moment: asked again, the person is known.
    Err(tx.clash())
}

/// Adds to the facts of locked people what their samples and tasks tell.
pub(super) async fn add_facts(
    tx: &Tx,
    facts: &mut BTreeMap<PersonId, PersonFacts>,
    rows: &[(&NewSample, Found)],
) -> Result<()> {
    let people: Vec<i64> = facts.keys().map(|person| person.as_i64()).collect();
    let times: Vec<i64> = rows.iter().map(|(row, _)| ms(row.sampled)).collect();
    let ids: Vec<&[u8]> = rows.iter().map(|(row, _)| &row.id[..]).collect();
    for row in tx.rows(&THERE, &[&people, &times, &ids]).await? {
        if let Some(facts) = facts.get_mut(&person_id(at(&row, 0)?)?) {
            facts.there.insert((at(&row, 1)?, id16(at(&row, 2)?)?), barcode(at(&row, 3)?)?);
        }
    }
    for (person, tasks) in resample_task::open_of(tx, &people).await? {
        if let Some(facts) = facts.get_mut(&person) {
            facts.tasks = tasks;
        }
    }
    for (row, found) in rows {
        let Some(facts) = facts.get_mut(&found.person) else { continue };
        let is_too_old = row.campaign.is_some_and(|campaign| facts.rounds.contain(campaign).is_none());
        if is_too_old && facts.older.is_empty() {
            facts.older = rounds_of(tx, found.person).await?.into_iter().collect();
        }
    }
    Ok(())
}

/// All rounds that a person has a live sample in.
pub(super) async fn rounds_of(tx: &Tx, person: PersonId) -> Result<Vec<u16>> {
    let rows = tx.rows(&ROUNDS, &[&person.as_i64()]).await?;
    rows.iter().map(|row| narrow(at(row, 0)?, "a campaign")).collect()
}
