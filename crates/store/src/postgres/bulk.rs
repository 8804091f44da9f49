//! Bulk import by COPY: who is there already is found by key first, the rest is streamed in key order.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::Pin;

use bytes::Bytes;
use jiff::Timestamp;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use yimatong_model::ids::{CommunityId, HouseholdId, PersonId};
use yimatong_model::test_result::TestResult;

use super::sql::Sql;
use super::tx::{Parameter, Tx, at};
use super::{community, sequence};
use crate::bulk::{Prepared, imported_result_id};
use crate::codec::{day_number, ms};
use crate::error::Result;
use crate::keyring::person_id_of;
use crate::latest_results::encode_latest;
use crate::person::Imported;
use crate::profile::SealedIdentity;
use crate::sequence::{Fact, Sequence};

/// Most keys in one statement.
const CHUNK: usize = 1_000;

pub(super) const TAGS: Sql =
    Sql::keys("person_id", "SELECT person_id, tag FROM person WHERE person_id = ANY($1) ORDER BY person_id");
pub(super) const CLAIMED: Sql =
    Sql::keys("phone_tag", "SELECT phone_tag FROM phone_claim WHERE phone_tag = ANY($1) ORDER BY phone_tag");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[TAGS, CLAIMED];

const COPY_PEOPLE: &str =
    "COPY person (person_id, tag, seq, profile, document, name, phone, nationality, community_id,
     household_id, registered_ms, latest_results, doses, last_dose_day) FROM STDIN (FORMAT binary)";
const COPY_PHONES: &str = "COPY phone_claim (phone_tag, person_id) FROM STDIN (FORMAT binary)";
const COPY_RESULTS: &str =
    "COPY test_result (person_id, sampled_ms, result_id, received_ms, reported_ms, outcome,
     tube, method, institution) FROM STDIN (FORMAT binary)";
const COPY_REASONS: &str =
    "COPY reason (person_id, code, since_ms, until_ms, released_ms) FROM STDIN (FORMAT binary)";

/// A busy machine may take seconds to make so many rows between two statements. Nobody waits for them meanwhile: they are new.
const PATIENCE: &str = "SET LOCAL idle_in_transaction_session_timeout = '60s'";

/// The streams of this file, each with its key.
#[cfg(test)]
pub(super) const ALL_COPIES: &[(&str, &str)] = &[
    ("person_id", COPY_PEOPLE),
    ("phone_tag", COPY_PHONES),
    ("person_id", COPY_RESULTS),
    ("person_id", COPY_REASONS),
];

/// A number for people that are not in the feed. Taken in a transaction of its own: the lock on the sequence must not last as
/// long as an import.
pub(super) async fn take_number(tx: &Tx) -> Result<i64> {
    sequence::take(tx, Sequence::Change, 1).await
}

/// The verb `import_people`, with the number taken for it.
pub(super) async fn import(tx: &Tx, people: &[Prepared], seq: i64, now: Timestamp) -> Result<Imported> {
    tx.batch(PATIENCE).await?;
    if tx.is_cluster {
        tx.batch("SET LOCAL citus.multi_shard_modify_mode = 'sequential'").await?;
    }
    check_communities(tx, people).await?;
    let tags: Vec<[u8; 32]> = people.iter().map(|person| person.tag).collect();
    let placed = place_all(tx, &tags).await?;
    let new: Vec<(&Prepared, PersonId)> = people
        .iter()
        .zip(&placed)
        .filter(|(_, (_, new))| *new)
        .map(|(person, (id, _))| (person, *id))
        .collect();
    let phones = free_phones(tx, &new).await?;
    copy_people(tx, &new, &phones, seq, now).await?;
    copy_phones(tx, &phones).await?;
    copy_results(tx, &new).await?;
    copy_reasons(tx, &new).await?;
    // Followers that are not past this number load anew. Taken last, so that it is above every number given out before
    // these people can be seen.
    let floor = sequence::take(tx, Sequence::Change, 1).await?;
    sequence::raise_fact(tx, Fact::ChangeFloor, floor).await?;
    let mut ids = vec![PersonId::from_low_bits(0); people.len()];
    for (person, (id, _)) in people.iter().zip(&placed) {
        ids[person.index] = *id;
    }
    let with_phone = new.iter().filter(|(person, _)| person.phone_tag.is_some()).count();
    Ok(Imported { people: ids, created: new.len(), phones_taken: with_phone - phones.len() })
}

async fn check_communities(tx: &Tx, people: &[Prepared]) -> Result<()> {
    let named: BTreeSet<CommunityId> =
        people.iter().filter_map(|person| person.given.person.community).collect();
    for community in named {
        community::check(tx, Some(community)).await?;
    }
    Ok(())
}

/// The id of each tag's person, and whether that is a new person, the first time it comes; a second person of the batch with
/// the same prefix finds the id taken.
pub(super) async fn place_all(tx: &Tx, people: &[[u8; 32]]) -> Result<Vec<(PersonId, bool)>> {
    let mut tags: HashMap<i64, Option<Vec<u8>>> = HashMap::with_capacity(people.len());
    for chunk in people.chunks(CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|tag| person_id_of(tag).as_i64()).collect();
        tags.extend(ids.iter().map(|id| (*id, None)));
        for row in tx.rows(&TAGS, &[&ids]).await? {
            tags.insert(at(&row, 0)?, Some(at(&row, 1)?));
        }
    }
    let mut placed = Vec::with_capacity(people.len());
    for own in people {
        let mut id = person_id_of(own);
        loop {
            let number = id.as_i64();
            let there = match tags.entry(number) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let row = tx.row(&TAGS, &[&vec![number]]).await?;
                    unknown.insert(row.map(|row| at(&row, 1)).transpose()?)
                }
            };
            match there {
                Some(tag) if tag[..] == own[..] => {
                    placed.push((id, false));
                    break;
                }
                Some(_) => id = PersonId::from_low_bits(id.get() + 1),
                None => {
                    *there = Some(own.to_vec());
                    placed.push((id, true));
                    break;
                }
            }
        }
    }
    Ok(placed)
}

/// Phones of new people that nobody else has, by tag; the first person of the batch gets a phone.
async fn free_phones(tx: &Tx, new: &[(&Prepared, PersonId)]) -> Result<BTreeMap<[u8; 32], PersonId>> {
    let mut phones = BTreeMap::new();
    for (person, id) in new {
        if let Some(tag) = person.phone_tag {
            phones.entry(tag).or_insert(*id);
        }
    }
    let tags: Vec<Vec<u8>> = phones.keys().map(|tag| tag.to_vec()).collect();
    for chunk in tags.chunks(CHUNK) {
        for row in tx.rows(&CLAIMED, &[&chunk]).await? {
            if let Ok(taken) = <[u8; 32]>::try_from(at::<&[u8]>(&row, 0)?) {
                phones.remove(&taken);
            }
        }
    }
    Ok(phones)
}

async fn copy_people(
    tx: &Tx,
    new: &[(&Prepared, PersonId)],
    phones: &BTreeMap<[u8; 32], PersonId>,
    seq: i64,
    now: Timestamp,
) -> Result<()> {
    const BYTES: Type = Type::BYTEA;
    const NUMBER: Type = Type::INT8;
    let types = [
        NUMBER,
        BYTES,
        NUMBER,
        BYTES,
        BYTES,
        BYTES,
        BYTES,
        Type::TEXT,
        NUMBER,
        NUMBER,
        NUMBER,
        BYTES,
        NUMBER,
        Type::INT4,
    ];
    let mut copy = Copy::begin(tx, COPY_PEOPLE, &types).await?;
    for (prepared, id) in new {
        let sealed = prepared.sealed_for(&tx.keys, tx.rng.as_ref(), *id)?;
        let has_phone = prepared.phone_tag.is_some_and(|tag| phones.get(&tag) == Some(id));
        let given = &prepared.given;
        let SealedIdentity { document, name, phone, profile } = sealed.as_ref();
        let mut results: Vec<TestResult> = given.results.clone();
        results.sort_by_key(|result| std::cmp::Reverse(result.sampled));
        copy.row(&[
            &id.as_i64(),
            &&prepared.tag[..],
            &seq,
            profile,
            document,
            name,
            &phone.as_ref().filter(|_| has_phone),
            &given.person.nationality.as_str(),
            &given.person.community.map(|community| i64::from(community.0)),
            &given.person.household.map(HouseholdId::as_i64),
            &ms(now),
            &(!results.is_empty()).then(|| encode_latest(&results)),
            &given.vaccination.map(|vaccination| i64::from(vaccination.doses)),
            &given.vaccination.map(|vaccination| day_number(vaccination.last)),
        ])
        .await?;
    }
    copy.finish().await
}

async fn copy_phones(tx: &Tx, phones: &BTreeMap<[u8; 32], PersonId>) -> Result<()> {
    let mut copy = Copy::begin(tx, COPY_PHONES, &[Type::BYTEA, Type::INT8]).await?;
    for (tag, person) in phones {
        copy.row(&[&&tag[..], &person.as_i64()]).await?;
    }
    copy.finish().await
}

async fn copy_results(tx: &Tx, new: &[(&Prepared, PersonId)]) -> Result<()> {
    let mut types = vec![Type::INT8; 9];
    types[2] = Type::BYTEA;
    let mut copy = Copy::begin(tx, COPY_RESULTS, &types).await?;
    for (prepared, id) in new {
        let mut results: Vec<TestResult> = prepared.given.results.clone();
        results.sort_by_key(|result| std::cmp::Reverse(result.sampled));
        for (number, result) in (0..).zip(&results) {
            copy.row(&[
                &id.as_i64(),
                &ms(result.sampled),
                &&imported_result_id(*id, number)[..],
                &ms(result.received),
                &ms(result.reported),
                &i64::from(result.outcome.as_u8()),
                &i64::from(result.tube.as_u8()),
                &i64::from(result.method.as_u8()),
                &i64::from(result.institution),
            ])
            .await?;
        }
    }
    copy.finish().await
}

async fn copy_reasons(tx: &Tx, new: &[(&Prepared, PersonId)]) -> Result<()> {
    let mut copy = Copy::begin(tx, COPY_REASONS, &vec![Type::INT8; 5]).await?;
    for (prepared, id) in new {
        let mut seen = BTreeSet::new();
        for reason in &prepared.given.reasons {
            let (code, since_ms) = (reason.code.as_u8(), ms(reason.since));
            if seen.insert((code, since_ms)) {
                let (until, released) = (reason.until.map(ms), reason.released.map(ms));
                copy.row(&[&id.as_i64(), &i64::from(code), &since_ms, &until, &released]).await?;
            }
        }
    }
    copy.finish().await
}

/// One stream of rows into a table.
struct Copy<'a> {
    tx: &'a Tx,
    writer: Pin<Box<BinaryCopyInWriter>>,
}

impl<'a> Copy<'a> {
    async fn begin(tx: &'a Tx, text: &str, types: &[Type]) -> Result<Self> {
        let sink = tx.in_time(tx.lease.connection().client.copy_in::<_, Bytes>(text)).await?;
        Ok(Self { tx, writer: Box::pin(BinaryCopyInWriter::new(sink, types)) })
    }

    async fn row(&mut self, columns: &[Parameter<'_>]) -> Result<()> {
        let written = self.writer.as_mut().write(columns);
        self.tx.in_time(written).await
    }

    async fn finish(mut self) -> Result<()> {
        self.tx.in_time(self.writer.as_mut().finish()).await.map(drop)
    }
}
