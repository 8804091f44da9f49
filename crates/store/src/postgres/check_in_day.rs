//! The city days of check-ins: each is a partition of both tables, so that retention is a drop.
//!
//! Partitions are made before the transaction that needs them, in one of their own: making one takes a lock on the whole
//! table, which must not wait for anything else.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use yimatong_model::clock::city_day;
use yimatong_model::ids::VenueId;

use super::attempt::{Mode, transact};
use super::check_in;
use super::open::PostgresStore;
use super::sql::Sql;
use super::tx::{Tx, at};
use crate::check_in::CheckIn;
use crate::codec::day_number;
use crate::error::{Result, StoreError};
use crate::row_outcome::RowOutcome;

const PARTITIONS: Sql = Sql::coordinator(
    "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent IN (to_regclass('venue_check_in'), to_regclass('person_check_in')) ORDER BY c.relname",
);

/// The statements of this file; those that make and drop tables can't be prepared.
pub(super) const ALL: &[Sql] = &[PARTITIONS];

/// Partitioned tables, with the start of their partitions' names.
const TABLES: [&str; 2] = ["venue_check_in", "person_check_in"];

fn suffix(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// How often a batch is tried whose days another node drops meanwhile.
const TRIES: u32 = 3;

impl PostgresStore {
    /// The verb `record_check_ins`: makes the tables of its days where they are missing, then records.
    pub(super) async fn record_in_days(
        &self,
        venue: VenueId,
        check_ins: &[CheckIn],
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        check_in::check(check_ins)?;
        let mut tries = 0;
        loop {
            self.make_missing_days(check_ins, now).await?;
            let recorded = transact!(self, "record_check_ins", Mode::WriteAgain, tx => {
                check_in::record(tx, venue, check_ins, now)
            });
            tries += 1;
            match recorded {
                // Another node has dropped a day that this one believed to be there.
                Err(StoreError::Unavailable(_)) if tries < TRIES && self.has_forgotten_days() => {}
                recorded => return recorded,
            }
        }
    }

    /// Forgets which days have tables.
    pub(super) fn forget_days(&self) {
        self.days().clear();
    }

    fn has_forgotten_days(&self) -> bool {
        self.days().is_empty()
    }

    async fn make_missing_days(&self, check_ins: &[CheckIn], now: Timestamp) -> Result<()> {
        let wanted: BTreeSet<Date> = check_ins.iter().map(|check_in| city_day(check_in.at)).collect();
        if wanted.iter().all(|day| self.days().contains(&day_number(*day))) {
            return Ok(());
        }
        let mut days = transact!(self, "record_check_ins", Mode::Read, tx => {
            check_in::days(tx, check_ins, now)
        })?;
        if !days.is_empty() {
            // Tomorrow too, so that nobody waits for it at midnight.
            days.extend(city_day(now).checked_add(1.day()));
            transact!(self, "record_check_ins", Mode::WriteAgain, tx => create(tx, &days))?;
            self.days().extend(days.iter().map(|day| day_number(*day)));
        }
        Ok(())
    }

    fn days(&self) -> std::sync::MutexGuard<'_, BTreeSet<i32>> {
        self.check_in_days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the partitions of days unless they are there.
async fn create(tx: &Tx, days: &BTreeSet<Date>) -> Result<()> {
    for day in days {
        let (suffix, number) = (suffix(*day), day_number(*day));
        for table in TABLES {
            tx.batch(&format!(
                "CREATE TABLE IF NOT EXISTS {table}_{suffix} PARTITION OF {table}
                 FOR VALUES FROM ({number}) TO ({})",
                number + 1
            ))
            .await?;
        }
    }
    Ok(())
}

/// Drops the partitions of all days before one; answers how many days that were.
pub(super) async fn drop_before(tx: &Tx, day: Date) -> Result<usize> {
    let first_kept = suffix(day);
    let mut days = 0;
    for row in tx.rows(&PARTITIONS, &[]).await? {
        let partition: String = at(&row, 0)?;
        // Suffixes have one length, so text order is the order of days.
        let old = partition.rsplit('_').next().is_some_and(|suffix| suffix < first_kept.as_str());
        if old {
            tx.batch(&format!("DROP TABLE IF EXISTS {partition}")).await?;
            days += usize::from(partition.starts_with("venue"));
        }
    }
    Ok(days)
}
