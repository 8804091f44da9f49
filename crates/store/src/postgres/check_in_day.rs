//! The city days of check-ins: each is a partition of both tables, so that retention is a drop.
//!
//! Partitions are made before the transaction that needs them, in one of their own: making one takes a lock on the whole
//! table, which must not be held or waited for long.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use futures_util::future::BoxFuture;
use jiff::civil::Date;
use yimatong_model::clock::city_day;

use super::attempt::{Mode, transact};
use super::check_in::{self, Batch};
use super::group::{Job, Turn};
use super::open::Shared;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::day_number;
use crate::error::{Outage, Result, StoreError};
use crate::row_outcome::RowOutcome;

const PARTITIONS: Sql = Sql::coordinator(
    "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent IN (to_regclass('venue_check_in'), to_regclass('person_check_in')) ORDER BY c.relname",
);

/// The statements of this file; those that make and drop tables can't be prepared.
pub(super) const ALL: &[Sql] = &[PARTITIONS];

/// Partitioned tables, with the start of their partitions' names.
pub(crate) const CHECK_IN_TABLES: [&str; 2] = ["venue_check_in", "person_check_in"];

fn suffix(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Records batches of several callers in one transaction, after the tables of their days are made where missing.
pub(super) fn run(shared: &Shared, jobs: Vec<Job<Batch, Vec<RowOutcome>>>, turn: Turn) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        // Nothing that all check-ins share is locked: the next batches may come along.
        drop(turn);
        let batches: Vec<&Batch> = jobs.iter().map(|job| &job.work).collect();
        match record(shared, &batches).await {
            Ok(answers) => {
                for (job, answer) in jobs.into_iter().zip(answers) {
                    job.answer(answer);
                }
            }
            Err(error) if jobs.len() == 1 => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
            // One batch must not take the others down with it.
            Err(_) => {
                for job in jobs {
                    let alone = record(shared, &[&job.work]).await.map(|mut answers| answers.pop());
                    let lost = Err(StoreError::Unavailable(Outage::RolledBack));
                    job.answer(alone.and_then(|answer| answer.unwrap_or(lost)));
                }
            }
        }
    })
}

async fn record(shared: &Shared, batches: &[&Batch]) -> Result<Vec<Result<Vec<RowOutcome>>>> {
    let mut tries = 0;
    loop {
        shared.make_missing_days(batches).await?;
        let recorded = transact!(shared, "record_check_ins", Mode::WriteAgain, tx => {
            check_in::record(tx, batches)
        });
        tries += 1;
        match recorded {
            // Another node has dropped a day that this one believed to be there.
            Err(StoreError::Unavailable(_)) if tries < TRIES && shared.has_forgotten_days() => {}
            recorded => return recorded,
        }
    }
}

/// How often batches are tried whose days another node drops meanwhile.
const TRIES: u32 = 3;

impl Shared {
    /// Forgets which days have tables.
    pub(super) fn forget_days(&self) {
        self.days().clear();
    }

    fn has_forgotten_days(&self) -> bool {
        self.days().is_empty()
    }

    async fn make_missing_days(&self, batches: &[&Batch]) -> Result<()> {
        let wanted = batches.iter().flat_map(|batch| &batch.check_ins).map(|check_in| city_day(check_in.at));
        let wanted: BTreeSet<i32> = wanted.map(day_number).collect();
        if wanted.is_subset(&self.days()) {
            return Ok(());
        }
        let (there, acceptable) = transact!(self, "record_check_ins", Mode::Read, tx => async {
            Ok((there(tx).await?, check_in::days(tx, batches).await?))
        })?;
        for day in acceptable {
            if !there.contains(&suffix(day)) {
                transact!(self, "record_check_ins", Mode::WriteAgain, tx => create(tx, day))?;
            }
            self.days().insert(day_number(day));
        }
        let ahead =
            batches.iter().map(|batch| city_day(batch.now)).max().and_then(|today| today.tomorrow().ok());
        // Tomorrow too, so that nobody waits for it at midnight. When it can't be made now, the first of that day makes it.
        if let Some(ahead) = ahead.filter(|day| !there.contains(&suffix(*day))) {
            let _ = transact!(self, "record_check_ins", Mode::WriteAgain, tx => create(tx, ahead));
        }
        Ok(())
    }

    /// Drops the days before one; answers how many that were.
    pub(super) async fn drop_days_before(&self, day: Date) -> Result<usize> {
        let there = transact!(self, "drop_check_ins_before", Mode::Read, tx => there(tx))?;
        let first_kept = suffix(day);
        // Suffixes have one length, so text order is the order of days.
        let old: Vec<&String> = there.iter().filter(|suffix| **suffix < first_kept).collect();
        for suffix in &old {
            transact!(self, "drop_check_ins_before", Mode::WriteAgain, tx => drop_day(tx, suffix))?;
        }
        self.days().retain(|number| *number >= day_number(day));
        Ok(old.len())
    }

    fn days(&self) -> std::sync::MutexGuard<'_, BTreeSet<i32>> {
        self.check_in_days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Suffixes of the days that have tables.
async fn there(tx: &Tx) -> Result<BTreeSet<String>> {
    let rows = tx.rows(&PARTITIONS, &[]).await?;
    rows.iter().map(|row| Ok(at::<&str>(row, 0)?.rsplit('_').next().unwrap_or_default().to_owned())).collect()
}

/// Making and dropping a day locks the whole table, and whoever comes meanwhile waits behind: better soon again than long. On a
/// cluster, where check-ins commit in two phases and take longer, so soon would be never.
async fn hurry(tx: &Tx) -> Result<()> {
    let limit = if tx.is_cluster { "1s" } else { "200ms" };
    tx.batch(&format!("SET LOCAL lock_timeout = '{limit}'")).await
}

/// Makes the partitions of a day unless they are there.
async fn create(tx: &Tx, day: Date) -> Result<()> {
    hurry(tx).await?;
    let (suffix, number) = (suffix(day), day_number(day));
    for table in CHECK_IN_TABLES {
        tx.batch(&partition(table, &suffix, number)).await?;
    }
    Ok(())
}

/// Makes the partition of a day unless it is there.
pub(crate) fn partition(table: &str, suffix: &str, number: i32) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {table}_{suffix} PARTITION OF {table} FOR VALUES FROM ({number}) TO ({})",
        number + 1
    )
}

/// Drops the partitions of a day, in the order in which check-ins are written.
async fn drop_day(tx: &Tx, suffix: &str) -> Result<()> {
    hurry(tx).await?;
    for table in CHECK_IN_TABLES {
        tx.batch(&format!("DROP TABLE IF EXISTS {table}_{suffix}")).await?;
    }
    Ok(())
}
