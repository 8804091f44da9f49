//! Registrations of several callers in one transaction.
//!
//! Nearly every registration is of a new person with a new phone. Those are written together by a few statements. Whatever
//! is not so plain (a known document, a taken phone, a repeated request) goes through `register_person` on its own, which
//! gives every refusal its reason.

use std::collections::HashSet;
use std::hash::Hash;
use std::time::Duration;

use futures_util::future::{BoxFuture, try_join, try_join3};
use futures_util::{StreamExt as _, stream};
use tokio_postgres::Row;
use yimatong_model::ids::{CommunityId, PersonId, Slot};

use super::attempt::{Attempts, Mode, transact};
use super::group::{Job, Turn};
use super::open::Shared;
use super::sql::{Sql, Values};
use super::tx::{Parameter, Tx, at};
use super::{bulk, change, community, idempotency, person, register_away, sequence};
use crate::codec::{ms, narrow};
use crate::error::{Outage, Result, StoreError};
use crate::idempotency::Idempotency;
use crate::keyring::person_id_of;
use crate::person::{RegisterPerson, Registered};
use crate::profile::{Identity, SealedIdentity};
use crate::sequence::Sequence;
use crate::slot::Kind;
use crate::state::PersonState;

/// Registrations worked on at once that are not plain.
const ALONE_AT_ONCE: usize = 4;
/// Longest statement of a group on a cluster: when a machine does not answer, time must be left to try each alone.
const ON_CLUSTER: Duration = Duration::from_secs(1);

const KEYS: Sql = Sql::coordinator("SELECT key FROM idempotency WHERE key = ANY($1) ORDER BY key");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[KEYS];

const PEOPLE: Values = Values {
    head:
        "INSERT INTO person (person_id, tag, seq, profile, document, name, phone, nationality, community_id,
                         registered_ms) VALUES",
    types: &["bigint", "bytea", "bigint", "bytea", "bytea", "bytea", "bytea", "text", "bigint", "bigint"],
    tail: "",
};
const PHONES: Values = Values {
    head: "INSERT INTO phone_claim (phone_tag, person_id) VALUES",
    types: &["bytea", "bigint"],
    tail: "ON CONFLICT DO NOTHING RETURNING phone_tag",
};
const SLOTS: Values = Values {
    head: "INSERT INTO slot (person_id, slot, kind, device_key, issued_ms) VALUES",
    types: &["bigint", "bigint", "bigint", "bytea", "bigint"],
    tail: "",
};
const OUTCOMES: Values = Values {
    head: "INSERT INTO idempotency (key, request, verb, outcome, at_ms) VALUES",
    types: &["bytea", "bytea", "text", "text", "bigint"],
    tail: "",
};

/// Its inserts of many rows, with the key of each; none on the coordinator.
pub(super) const ALL_VALUES: &[(&str, Values)] =
    &[("person_id", PEOPLE), ("phone_tag", PHONES), ("person_id", SLOTS), ("", OUTCOMES)];

/// The arguments of one call.
pub(super) struct Registration {
    pub(super) new: RegisterPerson,
    pub(super) key: Option<Idempotency>,
}

/// Registers what is plain together and the rest one by one, and answers every caller. All registrations of a city wait for
/// one row, the number of the change, so the next are taken when these are committed.
pub(super) fn run(
    shared: &Shared,
    jobs: Vec<Job<Registration, Registered>>,
    turn: Turn,
) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let (jobs, away) = register_away::part(shared, jobs).await;
        let mut answers = vec![None; jobs.len()];
        if !jobs.is_empty() {
            let all: Vec<&Registration> = jobs.iter().map(|job| &job.work).collect();
            let mut attempts = Attempts::new(shared, "register_person", Mode::Together);
            if shared.is_cluster() {
                attempts = attempts.bounded(ON_CLUSTER);
            }
            match transact!(&mut attempts, tx => register(tx, &all)) {
                Ok(registered) => answers = registered,
                Err(error) if may_have_happened(&error) => {
                    drop(turn);
                    unanswered(shared, jobs, &error).await;
                    return alone(shared, away, true).await;
                }
                // Nothing of it is there: each is tried on its own and gets its own answer.
                Err(_) => {
                    drop(turn);
                    alone(shared, jobs, false).await;
                    return alone(shared, away, true).await;
                }
            }
        }
        let mut others = Vec::new();
        for (job, answer) in jobs.into_iter().zip(answers) {
            match answer {
                Some(registered) => job.answer(Ok(registered)),
                None => others.push(job),
            }
        }
        drop(turn);
        one_by_one(shared, others).await;
        alone(shared, away, true).await;
    })
}

/// Whether a transaction that ended so may have been committed all the same.
fn may_have_happened(error: &StoreError) -> bool {
    matches!(error, StoreError::Deadline | StoreError::Unavailable(Outage::Io(_)))
}

/// Registrations of which nobody knows whether they happened. Under a key it is asked again and answers what happened;
/// without one a second try would call the caller's own registration somebody else's.
async fn unanswered(shared: &Shared, jobs: Vec<Job<Registration, Registered>>, error: &StoreError) {
    let (keyed, others): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.work.key.is_some());
    others.into_iter().for_each(|job| job.answer(Err(error.clone())));
    alone(shared, keyed, false).await;
}

/// After the group has failed, or kept them out: whose machine is away is told at once, and nobody waits behind them.
async fn alone(shared: &Shared, jobs: Vec<Job<Registration, Registered>>, asks_again: bool) {
    register_away::ask(shared, &jobs, asks_again).await;
    let (here, away) = register_away::part(shared, jobs).await;
    register_away::refuse(away);
    one_by_one(shared, here).await;
}

async fn one_by_one(shared: &Shared, jobs: Vec<Job<Registration, Registered>>) {
    let alone = jobs.into_iter().map(|job| one(shared, job));
    stream::iter(alone).buffer_unordered(ALONE_AT_ONCE).collect::<()>().await;
}

async fn one(shared: &Shared, job: Job<Registration, Registered>) {
    let Registration { new, key } = &job.work;
    let registered = job.in_time(async {
        transact!(shared, "register_person", idempotency::mode(*key), tx => person::register(tx, new, *key))
    });
    let registered = registered.await;
    job.answer(registered);
}

/// One that may be plain, with what is written of it.
struct Plain<'a> {
    index: usize,
    given: &'a Registration,
    person: PersonId,
    tag: [u8; 32],
    phone_tag: Option<[u8; 32]>,
}

/// Registers the plain ones; none for the others.
async fn register(tx: &Tx, all: &[&Registration]) -> Result<Vec<Option<Registered>>> {
    let mut plain = apart(tx, all);
    keep_unknown(tx, &mut plain).await?;
    claim_phones(tx, &mut plain).await?;
    let mut answers = vec![None; all.len()];
    if plain.is_empty() {
        return Ok(answers);
    }
    plain.sort_by_key(|plain| plain.person);
    for (index, registered) in write(tx, &plain).await? {
        answers[index] = Some(registered);
    }
    Ok(answers)
}

/// Those that have no person, phone or key in common with an earlier one.
fn apart<'a>(tx: &Tx, all: &[&'a Registration]) -> Vec<Plain<'a>> {
    let (mut people, mut phones, mut keys) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut plain = Vec::with_capacity(all.len());
    for (index, given) in all.iter().enumerate() {
        let tag = tx.keys.document_tag(&given.new.document);
        let phone_tag = given.new.phone.as_ref().map(|phone| tx.keys.phone_tag(phone));
        let person = person_id_of(&tag);
        let is_first = people.insert(person)
            & phone_tag.is_none_or(|tag| phones.insert(tag))
            & given.key.is_none_or(|key| keys.insert(key.key));
        if is_first {
            plain.push(Plain { index, given, person, tag, phone_tag });
        }
    }
    plain
}

/// Leaves those whose id and key nobody has, and whose community there is.
async fn keep_unknown(tx: &Tx, plain: &mut Vec<Plain<'_>>) -> Result<()> {
    let ids: Vec<i64> = plain.iter().map(|plain| plain.person.as_i64()).collect();
    let keys: Vec<Vec<u8>> =
        plain.iter().filter_map(|plain| plain.given.key).map(|key| key.key.to_vec()).collect();
    let (people, keys) = try_join(tx.rows(&bulk::TAGS, &[&ids]), rows_of(tx, &KEYS, &keys)).await?;
    let people: HashSet<i64> = column(&people)?;
    let keys: HashSet<Vec<u8>> = column(&keys)?;
    let mut communities = HashSet::new();
    for wanted in plain.iter().filter_map(|plain| plain.given.new.community).collect::<HashSet<CommunityId>>()
    {
        if community::exists(tx, wanted).await? {
            communities.insert(wanted);
        }
    }
    plain.retain(|plain| {
        !people.contains(&plain.person.as_i64())
            && plain.given.key.is_none_or(|key| !keys.contains(&key.key[..]))
            && plain.given.new.community.is_none_or(|community| communities.contains(&community))
    });
    Ok(())
}

/// Claims phones and leaves those who got theirs, or have none. Before the numbers: whoever claims the same phone at this moment is
/// waited for, and in order of tags, so that two groups never wait for each other.
async fn claim_phones(tx: &Tx, plain: &mut Vec<Plain<'_>>) -> Result<()> {
    let claim = |plain: &Plain<'_>| Some((plain.phone_tag?.to_vec(), plain.person.as_i64()));
    let mut claims: Vec<(Vec<u8>, i64)> = plain.iter().filter_map(claim).collect();
    claims.sort_unstable();
    let values: Vec<Parameter<'_>> =
        claims.iter().flat_map(|(tag, person)| [tag as Parameter<'_>, person]).collect();
    let claimed: HashSet<Vec<u8>> = column(&tx.insert(&PHONES, &values).await?)?;
    plain.retain(|plain| plain.phone_tag.is_none_or(|tag| claimed.contains(&tag[..])));
    Ok(())
}

/// Rows of keys; nothing is asked for none.
async fn rows_of(tx: &Tx, sql: &Sql, keys: &[Vec<u8>]) -> Result<Vec<Row>> {
    if keys.is_empty() { Ok(Vec::new()) } else { tx.rows(sql, &[&keys]).await }
}

fn column<T: Eq + Hash + for<'a> tokio_postgres::types::FromSql<'a>>(rows: &[Row]) -> Result<HashSet<T>> {
    rows.iter().map(|row| at(row, 0)).collect()
}

/// One as it is written.
struct Written<'a> {
    plain: &'a Plain<'a>,
    columns: Columns<'a>,
    sealed: SealedIdentity,
    seq: i64,
    slot: Option<i64>,
    outcome: String,
}

async fn write(tx: &Tx, plain: &[Plain<'_>]) -> Result<Vec<(usize, Registered)>> {
    let mut sealed = Vec::with_capacity(plain.len());
    for plain in plain {
        sealed.push(Identity::from(&plain.given.new).seal(&tx.keys, tx.rng.as_ref(), plain.person)?);
    }
    let columns: Vec<Columns<'_>> = plain.iter().map(Columns::of).collect();
    let devices = plain.iter().filter(|plain| plain.given.new.device.is_some()).count();
    // Sent at once and worked on in this order. From here on all other registrations wait.
    let (slot, seq) = try_join(
        sequence::take(tx, Sequence::Slot, devices),
        sequence::take(tx, Sequence::Change, plain.len()),
    )
    .await?;
    let mut slots = slot..;
    let mut written = Vec::with_capacity(plain.len());
    for (((plain, columns), sealed), seq) in plain.iter().zip(columns).zip(sealed).zip(seq..) {
        let slot = plain.given.new.device.and_then(|_| slots.next());
        let number = slot.map(|slot| narrow(slot, "the slot sequence").map(Slot)).transpose()?;
        let outcome = person::outcome_text(plain.person, number, true)?;
        written.push(Written { plain, columns, sealed, seq, slot, outcome });
    }
    insert(tx, &written).await?;
    written.iter().map(|written| Ok((written.plain.index, written.registered()?))).collect()
}

async fn insert(tx: &Tx, written: &[Written<'_>]) -> Result<()> {
    let mut people: Vec<Parameter<'_>> = Vec::with_capacity(written.len() * PEOPLE.types.len());
    let (mut slots, mut outcomes) = (Vec::new(), Vec::new());
    for Written { columns: row, sealed, seq, slot, outcome, .. } in written {
        people.extend([&row.person as Parameter<'_>, &row.tag, seq, &sealed.profile, &sealed.document]);
        people.extend([&sealed.name as Parameter<'_>, &sealed.phone, &row.nationality, &row.community]);
        people.push(&row.now_ms);
        if slot.is_some() {
            slots.extend([&row.person as Parameter<'_>, slot, &row.kind, &row.device, &row.now_ms]);
        }
        if row.key.is_some() {
            outcomes.extend([&row.key as Parameter<'_>, &row.request, &row.verb, outcome, &row.now_ms]);
        }
    }
    let seqs: Vec<i64> = written.iter().map(|written| written.seq).collect();
    let ids: Vec<i64> = written.iter().map(|written| written.columns.person).collect();
    let latest_ms = written.iter().map(|written| written.columns.now_ms).max().unwrap_or_default();
    let rows =
        try_join3(tx.insert(&PEOPLE, &people), tx.insert(&SLOTS, &slots), tx.insert(&OUTCOMES, &outcomes));
    try_join(rows, change::append(tx, &seqs, &ids, latest_ms)).await?;
    Ok(())
}

/// Values of columns that have to lie somewhere while they are sent.
struct Columns<'a> {
    person: i64,
    tag: &'a [u8],
    nationality: &'a str,
    community: Option<i64>,
    now_ms: i64,
    kind: i64,
    device: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    verb: &'static str,
}

impl<'a> Columns<'a> {
    fn of(plain: &'a Plain<'a>) -> Self {
        let Plain { given, person, tag, .. } = plain;
        let key = given.key.as_ref();
        Self {
            person: person.as_i64(),
            tag,
            nationality: given.new.nationality.as_str(),
            community: given.new.community.map(|community| i64::from(community.0)),
            now_ms: ms(given.new.now),
            kind: i64::from(Kind::Device as u8),
            device: given.new.device.as_ref().map(|device| &device.0[..]),
            key: key.map(|key| &key.key[..]),
            request: key.map(|key| &key.request[..]),
            verb: "register_person",
        }
    }
}

impl Written<'_> {
    /// The answer: everything of a new person is known here.
    fn registered(&self) -> Result<Registered> {
        let new = &self.plain.given.new;
        let slot = self.slot.map(|slot| narrow(slot, "the slot sequence").map(Slot)).transpose()?;
        let state = PersonState {
            person_id: self.plain.person,
            seq: narrow(self.seq, "a change number")?,
            masked_name: new.name.masked(),
            document_tail: new.document.tail().to_owned(),
            birth_date: new.document.birth_date().or(new.birth_date),
            sex: new.document.sex(),
            document_kind: new.document.kind(),
            community: new.community,
            household: None,
            reasons: Vec::new(),
            results: Vec::new(),
            vaccination: None,
            device_slot: slot,
            paper_slot: None,
            relative_slots: Vec::new(),
            void_slots: Vec::new(),
            rounds: Vec::new(),
        };
        Ok(Registered { state, slot, created: true })
    }
}
