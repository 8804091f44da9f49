//! What results of tubes do to people who only get more of them: nearly everybody. They are read and written many at a time;
//! whom a correction concerns goes alone (`tube_result_person`).

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use super::result::AT_ONCE;
use super::tx::Tx;
use super::{case_file, reason, resample_task, result, state};
use crate::error::Result;
use crate::more_results::MoreResults;
use crate::tube_result::{needs_sample, opens_case};
use crate::tube_result_plan::PersonWork;

/// People whose results are in memory at once.
const CHUNK: usize = 1_000;

/// Locks people, in the order given: that of their ids.
pub(super) async fn lock_all(tx: &Tx, people: impl Iterator<Item = &PersonId>) -> Result<()> {
    let locks: Vec<_> = people.map(|person| state::lock(tx, *person)).collect();
    stream::iter(locks).buffered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await
}

/// Gives results to people who are locked.
pub(super) async fn add(
    tx: &Tx,
    works: &[(PersonId, &Vec<PersonWork>)],
    rules: &RulePack,
    now: Timestamp,
) -> Result<()> {
    for works in works.chunks(CHUNK) {
        let people: Vec<i64> = works.iter().map(|(person, _)| person.as_i64()).collect();
        let mut tests = result::newest_of_many(tx, &people).await?;
        let mut reasons = reason::in_force_of_many(tx, &people, now).await?;
        let mut judged = BTreeMap::new();
        for (person, works) in works {
            let (tests, reasons) = (tests.remove(person), reasons.remove(person));
            let mut more = MoreResults::new(tests.unwrap_or_default(), reasons.unwrap_or_default());
            for (id, new) in added(works) {
                more.add(*id, *new, rules, now)?;
            }
            judged.insert(*person, more);
        }
        write(tx, works, &judged).await?;
        follow_up(tx, works, now).await?;
    }
    Ok(())
}

fn added(works: &[PersonWork]) -> impl Iterator<Item = &([u8; 16], TestResult)> {
    works.iter().filter_map(|work| work.add.as_ref())
}

async fn write(
    tx: &Tx,
    works: &[(PersonId, &Vec<PersonWork>)],
    judged: &BTreeMap<PersonId, MoreResults>,
) -> Result<()> {
    let new = works.iter().flat_map(|(person, works)| added(works).map(|(id, new)| (*person, id, new)));
    result::insert_many(tx, new.collect()).await?;
    let given = judged.iter().flat_map(|(person, more)| more.given().iter().map(|reason| (*person, reason)));
    reason::add_many(tx, given.collect()).await?;
    let changed: Vec<_> = judged
        .iter()
        .flat_map(|(person, more)| {
            more.changed().map(|(code, since, end)| reason::set_end(tx, *person, code, since, end))
        })
        .collect();
    stream::iter(changed).buffered(AT_ONCE).try_collect::<()>().await?;
    result::project_many(tx, judged.iter().map(|(person, more)| (*person, more.newest()))).await
}

/// Tasks and case files, which few results ask for.
async fn follow_up(tx: &Tx, works: &[(PersonId, &Vec<PersonWork>)], now: Timestamp) -> Result<()> {
    for (person, works) in works {
        for (work, (id, new)) in works.iter().filter_map(|work| Some((work, work.add.as_ref()?))) {
            if needs_sample(new) {
                resample_task::make(tx, *person, work, id, now).await?;
            }
            if opens_case(new) {
                case_file::open(tx, *person, id, Some(&work.barcode), now).await?;
            }
        }
    }
    Ok(())
}
