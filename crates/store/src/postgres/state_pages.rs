//! Pages of states for a starting registry. A page is read in parts, each over a connection of its own and put together on a
//! core of its own: the database needs as long to find people as we to open what is sealed of them.

use std::sync::Arc;

use futures_util::future::try_join_all;
use yimatong_model::ids::PersonId;

use super::attempt::{Mode, transact};
use super::open::Shared;
use super::state;
use crate::deadline;
use crate::error::{Outage, Result, StoreError};
use crate::state::PersonState;

/// Parts of a page; others need connections meanwhile.
const PARTS: i64 = 3;
/// A page of fewer people is read by one statement.
const WORTH_PARTS: usize = 3_000;

/// The verb `load_states`. Each person comes by one statement, so parts need no common snapshot: who comes or changes meanwhile
/// is in the feed, which is followed from a number taken before.
pub(super) async fn load(
    store: &Arc<Shared>,
    after: Option<PersonId>,
    limit: usize,
) -> Result<Vec<PersonState>> {
    let (after, limit) = (after.map_or(-1, PersonId::as_i64), limit.max(1));
    let last = transact!(&**store, "load_states", Mode::Read, tx => state::page_end(tx, after, limit))?;
    let Some(last) = last else { return Ok(Vec::new()) };
    let parts = parts(after, last, if limit < WORTH_PARTS { 1 } else { PARTS });
    let parts = parts.into_iter().map(|(after, last)| read(Arc::clone(store), after, last));
    let mut states: Vec<PersonState> = try_join_all(parts).await?.into_iter().flatten().collect();
    // People may have come since the end of the page was found; they come again.
    states.truncate(limit);
    Ok(states)
}

/// Cuts the ids after one and up to another one into ranges of one size; ids are a keyed hash, so people are spread evenly.
fn parts(after: i64, last: i64, parts: i64) -> Vec<(i64, i64)> {
    let bound = |part: i64| if part == parts { last } else { after + (last - after) / parts * part };
    (0..parts).map(|part| (bound(part), bound(part + 1))).collect()
}

/// Reads a part in a task of its own, with the caller's deadline.
async fn read(store: Arc<Shared>, after: i64, last: i64) -> Result<Vec<PersonState>> {
    let deadline = deadline::current();
    let reading =
        async move { transact!(&*store, "load_states", Mode::Read, tx => state::range(tx, after, last)) };
    let task = match deadline {
        Some(deadline) => tokio::spawn(deadline::with_deadline(deadline, reading)),
        None => tokio::spawn(reading),
    };
    task.await.unwrap_or(Err(StoreError::Unavailable(Outage::Closed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_from_the_first_id_to_the_last() {
        assert_eq!(parts(-1, 8, 3), [(-1, 2), (2, 5), (5, 8)]);
        assert_eq!(parts(5, 6, 3), [(5, 5), (5, 5), (5, 6)]);
        assert_eq!(parts(-1, i64::MAX - 1, 1), [(-1, i64::MAX - 1)]);
        let all = parts(-1, i64::MAX - 1, 3);
        assert!(all.windows(2).all(|pair| pair[0].1 == pair[1].0) && all[2].1 == i64::MAX - 1);
    }
}
