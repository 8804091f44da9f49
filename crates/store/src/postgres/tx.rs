//! What a verb works with: one transaction on one connection, with a time limit for every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Error, Row, Statement};

use super::error::{Trouble, store_error, trouble};
use super::pool::Lease;
use super::sql::{Sql, Values};
use crate::error::{Outage, Result, StoreError};
use crate::keyring::{Keyring, Random};

/// A parameter of a statement.
pub(super) type Parameter<'a> = &'a (dyn ToSql + Sync);

/// How much later than the server itself the client gives up: a frozen machine never answers.
const GRACE: Duration = Duration::from_millis(500);

/// No statement has failed.
const NO_TROUBLE: u8 = u8::MAX;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Deadline of the request.
    pub(super) deadline: Option<Instant>,
    /// Longest statement, whatever the deadline.
    pub(super) statement: Duration,
}

impl Limits {
    /// What a statement that begins now may take.
    pub(super) fn left(&self, now: Instant) -> Duration {
        self.deadline.map_or(self.statement, |deadline| {
            deadline.saturating_duration_since(now).min(self.statement).max(Duration::from_millis(1))
        })
    }
}

/// A transaction.
pub(super) struct Tx {
    pub(super) lease: Lease,
    pub(super) keys: Arc<Keyring>,
    pub(super) rng: Arc<Random>,
    pub(super) limits: Limits,
    pub(super) began: Instant,
    /// Whether the database is a cluster.
    pub(super) is_cluster: bool,
    trouble: AtomicU8,
}

impl Tx {
    pub(super) fn new(
        lease: Lease,
        keys: Arc<Keyring>,
        rng: Arc<Random>,
        limits: Limits,
        is_cluster: bool,
    ) -> Self {
        let trouble = AtomicU8::new(NO_TROUBLE);
        Self { lease, keys, rng, limits, began: Instant::now(), is_cluster, trouble }
    }

    /// Rows of a statement.
    pub(super) async fn rows(&self, sql: &Sql, parameters: &[Parameter<'_>]) -> Result<Vec<Row>> {
        self.in_time(async {
            let statement = self.prepare(sql.text).await?;
            self.lease.connection().client.query(&statement, parameters).await
        })
        .await
    }

    /// The row of a statement that gives at most one; the first of more.
    pub(super) async fn row(&self, sql: &Sql, parameters: &[Parameter<'_>]) -> Result<Option<Row>> {
        Ok(self.rows(sql, parameters).await?.into_iter().next())
    }

    /// Runs a statement; answers how many rows it wrote.
    pub(super) async fn execute(&self, sql: &Sql, parameters: &[Parameter<'_>]) -> Result<u64> {
        self.in_time(async {
            let statement = self.prepare(sql.text).await?;
            self.lease.connection().client.execute(&statement, parameters).await
        })
        .await
    }

    /// Inserts many rows, whose parameters follow each other, by statements that follow each other without waiting for
    /// answers; answers the rows that `RETURNING` gives.
    pub(super) async fn insert(&self, values: &Values, parameters: &[Parameter<'_>]) -> Result<Vec<Row>> {
        let mut chunks = Vec::new();
        let mut rest = parameters;
        for rows in Values::sizes(parameters.len() / values.types.len()) {
            let (chunk, later) = rest.split_at(rows * values.types.len());
            rest = later;
            chunks.push(self.in_time(async move {
                let connection = self.lease.connection();
                let statement = connection.prepare_rows(values, rows).await?;
                connection.client.query(&statement, chunk).await
            }));
        }
        Ok(try_join_all(chunks).await?.into_iter().flatten().collect())
    }

    /// Runs a statement without parameters and answers.
    pub(super) async fn batch(&self, text: &str) -> Result<()> {
        self.in_time(self.lease.connection().client.batch_execute(text)).await
    }

    /// What kind of trouble the transaction met first; none when every statement went well.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match self.trouble.load(Ordering::Acquire) {
            NO_TROUBLE => None,
            trouble if trouble == Trouble::Clash as u8 => Some(Trouble::Clash),
            trouble if trouble == Trouble::Lost as u8 => Some(Trouble::Lost),
            trouble if trouble == Trouble::Away as u8 => Some(Trouble::Away),
            trouble if trouble == Trouble::NoDay as u8 => Some(Trouble::NoDay),
            _ => Some(Trouble::Final),
        }
    }

    /// Nothing is done for a request whose deadline has passed.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.limits.deadline.is_some_and(|deadline| now >= deadline)
    }

    /// Somebody else did at this moment what this transaction was about to do: it is tried again.
    pub(super) fn clash(&self) -> StoreError {
        self.note(Trouble::Clash);
        StoreError::Unavailable(Outage::RolledBack)
    }

    async fn prepare(&self, text: &'static str) -> std::result::Result<Statement, Error> {
        self.lease.connection().prepare(text).await
    }

    /// Waits for an answer, but not for ever: the server's own limit does not help against a server that is frozen.
    pub(super) async fn in_time<T>(
        &self,
        answer: impl Future<Output = std::result::Result<T, Error>>,
    ) -> Result<T> {
        let now = Instant::now();
        if self.is_late(now) {
            self.note(Trouble::Final);
            return Err(StoreError::Deadline);
        }
        match timeout_at(now + self.limits.left(now) + GRACE, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                self.note(trouble(&error));
                Err(self.told(store_error(&error)))
            }
            Err(_) => {
                self.note(Trouble::Lost);
                Err(self.told(StoreError::Deadline))
            }
        }
    }

    /// A request without a deadline of its own is not told that it passed.
    fn told(&self, error: StoreError) -> StoreError {
        match (error, self.limits.deadline) {
            (StoreError::Deadline, None) => {
                StoreError::Unavailable(Outage::Io("the database does not answer in time".to_owned()))
            }
            (error, _) => error,
        }
    }

    fn note(&self, trouble: Trouble) {
        // The first trouble is the cause; what follows in an aborted transaction is its consequence.
        let _ = self.trouble.compare_exchange(NO_TROUBLE, trouble as u8, Ordering::AcqRel, Ordering::Acquire);
    }
}

/// A column of a row.
pub(super) fn at<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(|error| store_error(&error))
}
