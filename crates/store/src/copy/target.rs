//! The PostgreSQL side: its checks, the note of how far the copy has come, chunks of rows, and reading them back.

use std::pin::pin;

use bytes::Bytes;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, RowStream};

use super::error::CopyError;
use super::progress::Progress;
use super::table::Way;
use super::tables::TABLES;
use super::unit::{Day, Unit};
use super::value::{Row, Value, postgres_type};
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::postgres::check_in_day::{CHECK_IN_TABLES, partition};
use crate::postgres::connection::{Connection, Target as Address};
use crate::postgres::error::store_error;
use crate::postgres::{migrate, sequence};
use crate::sequence::COPY_FACT;

/// One copy at a time: held as long as the session, so also until the server has ended what a killed copy began.
const ONE_COPY: &str = "SET lock_timeout = '10s'; SELECT pg_advisory_lock(5140002); RESET lock_timeout";

const DAYS: &str = "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = to_regclass('venue_check_in') ORDER BY c.relname";

/// A database that takes a city.
pub(super) struct Target {
    connection: Connection,
}

impl Target {
    /// Connects, applies migrations, and keeps other copies out.
    pub(super) async fn open(url: &str) -> Result<Self, CopyError> {
        let connection = Address::parse(url).map_err(CopyError::target)?.connect().await;
        let connection = connection.map_err(CopyError::target)?;
        match connection.client.batch_execute(ONE_COPY).await {
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
                return Err(CopyError::AtWork);
            }
            locked => locked.map_err(failed)?,
        }
        migrate::migrate(&connection.client).await.map_err(CopyError::target)?;
        let (found, known) = migrate::versions(&connection.client).await.map_err(CopyError::target)?;
        if found != known {
            return Err(CopyError::TargetVersion { found, known });
        }
        Ok(Self { connection })
    }

    fn client(&self) -> &Client {
        &self.connection.client
    }

    /// How far a copy has come, if one was begun and is not finished. Refuses the database of another city.
    pub(super) async fn progress(&self, keys: &Keyring) -> Result<Option<Progress>, CopyError> {
        if self.fact("keyring").await?.is_some_and(|found| found != keys.fingerprint()) {
            return Err(CopyError::TargetKeyring);
        }
        let progress = self.fact(COPY_FACT).await?.map(|bytes| Progress::from_bytes(&bytes));
        progress.transpose().map_err(CopyError::target)
    }

    async fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, CopyError> {
        sequence::value_at(&self.connection, name).await.map_err(CopyError::target)
    }

    /// Begins a copy into a database without rows: from now on no node opens it.
    pub(super) async fn begin(&self, keys: &Keyring) -> Result<Progress, CopyError> {
        for table in TABLES.iter().filter(|table| table.way != Way::AtOnce) {
            let look = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
            let row = self.client().query_one(&look, &[]).await.map_err(failed)?;
            if row.try_get(0).map_err(failed)? {
                return Err(CopyError::NotEmpty { table: table.name });
            }
        }
        let progress = Progress::default();
        let note = "INSERT INTO store_fact (name, value) VALUES ('keyring', $1), ($2, $3)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let values: [&(dyn ToSql + Sync); 3] = [&&keys.fingerprint()[..], &COPY_FACT, &progress.to_bytes()];
        self.client().execute(note, &values).await.map_err(failed)?;
        Ok(progress)
    }

    /// Empties the tables of an unfinished copy.
    pub(super) async fn restart(&self) -> Result<Progress, CopyError> {
        let tables = TABLES.iter().filter(|table| table.way != Way::AtOnce).map(|table| table.name);
        let truncate: String = tables.map(|table| format!("; TRUNCATE {table}")).collect();
        let progress = Progress::default();
        // A cluster empties reference tables and distributed ones in one transaction only one after the other.
        let begin = "BEGIN; SET LOCAL citus.multi_shard_modify_mode = 'sequential'";
        self.client().batch_execute(&format!("{begin}{truncate}")).await.map_err(failed)?;
        self.note(&progress).await?;
        self.client().batch_execute("COMMIT").await.map_err(failed)?;
        Ok(progress)
    }

    /// Makes the partitions of a day of check-ins.
    pub(super) async fn make_day(&self, day: &Day) -> Result<(), CopyError> {
        for table in CHECK_IN_TABLES {
            let make = partition(table, &day.suffix, day.number);
            self.client().batch_execute(&make).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The days of check-ins that have partitions.
    pub(super) async fn days(&self) -> Result<Vec<Day>, CopyError> {
        let rows = self.client().query(DAYS, &[]).await.map_err(failed)?;
        let day = |row: &tokio_postgres::Row| {
            let name: &str = row.try_get(0).map_err(failed)?;
            Day::of_table(name).map_err(CopyError::target)
        };
        rows.iter().map(day).collect()
    }

    /// Adds a chunk and the note that it is there.
    pub(super) async fn add(&self, unit: &Unit, rows: &[Row], progress: &Progress) -> Result<(), CopyError> {
        self.client().batch_execute("BEGIN").await.map_err(failed)?;
        self.copy_in(unit, rows).await?;
        self.note(progress).await?;
        self.client().batch_execute("COMMIT").await.map_err(failed)
    }

    /// Puts rows in place of all that a table has.
    pub(super) async fn replace(&self, unit: &Unit, rows: &[Row]) -> Result<(), CopyError> {
        let only = unit.table.only.unwrap_or("true");
        let clear = format!("BEGIN; DELETE FROM {} WHERE {only}", unit.table.name);
        self.client().batch_execute(&clear).await.map_err(failed)?;
        self.copy_in(unit, rows).await?;
        self.client().batch_execute("COMMIT").await.map_err(failed)
    }

    async fn copy_in(&self, unit: &Unit, rows: &[Row]) -> Result<(), CopyError> {
        let copy =
            format!("COPY {} ({}) FROM STDIN (FORMAT binary)", unit.table.name, unit.table.column_names());
        let types: Vec<Type> = unit.table.columns.iter().map(|(_, kind)| postgres_type(*kind)).collect();
        let at_unit = |error: Error| CopyError::Store {
            place: format!("table {} of the PostgreSQL database", unit.name()),
            error: store_error(&error),
        };
        let sink = self.client().copy_in::<_, Bytes>(&copy).await.map_err(at_unit)?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        for row in rows {
            writer.as_mut().write_raw(row).await.map_err(at_unit)?;
        }
        writer.finish().await.map(drop).map_err(at_unit)
    }

    async fn note(&self, progress: &Progress) -> Result<(), CopyError> {
        let note = "UPDATE store_fact SET value = $2 WHERE name = $1";
        let noted = self.client().execute(note, &[&COPY_FACT, &progress.to_bytes()]).await.map_err(failed)?;
        if noted == 1 {
            return Ok(());
        }
        let gone = "the fact `copy` is gone: somebody else wrote into the database".to_owned();
        Err(CopyError::target(StoreError::Corrupt(gone)))
    }

    /// Lets the planner know the new rows.
    pub(super) async fn analyze(&self) -> Result<(), CopyError> {
        for table in TABLES {
            let analyze = format!("ANALYZE {}", table.name);
            self.client().batch_execute(&analyze).await.map_err(failed)?;
        }
        Ok(())
    }

    /// All rows of a unit, in the order of the key.
    pub(super) async fn rows(&self, unit: &Unit) -> Result<RowStream, CopyError> {
        let nothing: [i64; 0] = [];
        self.client().query_raw(&unit.postgres_select(), nothing).await.map_err(failed)
    }

    /// Ends the copy: nodes may open the database.
    pub(super) async fn finish(&self) -> Result<(), CopyError> {
        let forget = "DELETE FROM store_fact WHERE name = $1";
        self.client().execute(forget, &[&COPY_FACT]).await.map(drop).map_err(failed)
    }
}

/// The values of a row.
pub(super) fn values(unit: &Unit, row: &tokio_postgres::Row) -> Result<Row, CopyError> {
    let columns = unit.table.columns.iter().enumerate();
    let values = columns.map(|(at, (_, kind))| Value::of_postgres(row, at, *kind));
    values.collect::<Result<_, _>>().map_err(failed)
}

/// An error of the target.
#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
pub(super) fn failed(error: Error) -> CopyError {
    CopyError::target(store_error(&error))
}
