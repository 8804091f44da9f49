//! Every row of both sides against each other, by its hash, in the order of the key.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::TryStreamExt as _;
use tokio::sync::mpsc;
use tokio_postgres::RowStream;

use super::error::CopyError;
use super::source::key_text;
use super::target::{failed, values};
use super::unit::Unit;
use super::value::{Row, Value, digest};

/// Most differences that are named.
const NAMED: usize = 100;

/// A row that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowDifference {
    /// In SQLite only.
    Missing {
        /// Its table.
        table: String,
        /// Its primary key.
        key: String,
    },
    /// In PostgreSQL only.
    Extra {
        /// Its table.
        table: String,
        /// Its primary key.
        key: String,
    },
    /// In both, with another hash.
    Differs {
        /// Its table.
        table: String,
        /// Its primary key.
        key: String,
    },
}

impl std::fmt::Display for RowDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { table, key } => write!(f, "{table} {key}: missing in PostgreSQL"),
            Self::Extra { table, key } => write!(f, "{table} {key}: in PostgreSQL, but not in SQLite"),
            Self::Differs { table, key } => write!(f, "{table} {key}: differs"),
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Rows of SQLite that were compared.
    pub rows: u64,
    /// The first differences found.
    pub differences: Vec<RowDifference>,
    /// How many there are.
    pub differing: u64,
}

impl Verified {
    fn add(&mut self, difference: RowDifference) {
        self.differing += 1;
        if self.differences.len() < NAMED {
            self.differences.push(difference);
        }
    }
}

/// Key and hash of a row.
struct Hashed {
    key: Row,
    digest: [u8; 32],
}

impl Hashed {
    fn of(unit: &Unit, row: &[Value]) -> Self {
        Self { key: row[..unit.table.key].to_vec(), digest: digest(row) }
    }
}

/// Compares a unit; `told` hears of every so many rows.
pub(super) async fn compare(
    unit: &Unit,
    source: Option<mpsc::Receiver<Result<Vec<Row>, CopyError>>>,
    target: RowStream,
    found: &mut Verified,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<(), CopyError> {
    let mut source = SourceRows { unit, chunks: source, ready: VecDeque::new() };
    let mut target = TargetRows { unit, rows: Box::pin(target) };
    let (mut mine, mut theirs) = (source.next().await?, target.next().await?);
    loop {
        let order = match (&mine, &theirs) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(mine), Some(theirs)) => mine.key.cmp(&theirs.key),
        };
        let table = unit.name();
        match (order, &mine, &theirs) {
            (Ordering::Less, Some(mine), _) => {
                found.add(RowDifference::Missing { table, key: key_text(&mine.key) });
            }
            (Ordering::Greater, _, Some(theirs)) => {
                found.add(RowDifference::Extra { table, key: key_text(&theirs.key) });
            }
            (Ordering::Equal, Some(mine), Some(theirs)) if mine.digest != theirs.digest => {
                found.add(RowDifference::Differs { table, key: key_text(&mine.key) });
            }
            _ => {}
        }
        if order.is_le() {
            found.rows += 1;
            told(found.rows);
            mine = source.next().await?;
        }
        if order.is_ge() {
            theirs = target.next().await?;
        }
    }
}

/// The source's side; none: it has no such table.
struct SourceRows<'a> {
    unit: &'a Unit,
    chunks: Option<mpsc::Receiver<Result<Vec<Row>, CopyError>>>,
    ready: VecDeque<Row>,
}

impl SourceRows<'_> {
    async fn next(&mut self) -> Result<Option<Hashed>, CopyError> {
        if self.ready.is_empty() {
            let Some(chunks) = &mut self.chunks else { return Ok(None) };
            self.ready = chunks.recv().await.transpose()?.unwrap_or_default().into();
        }
        Ok(self.ready.pop_front().map(|row| Hashed::of(self.unit, &row)))
    }
}

struct TargetRows<'a> {
    unit: &'a Unit,
    rows: Pin<Box<RowStream>>,
}

impl TargetRows<'_> {
    async fn next(&mut self) -> Result<Option<Hashed>, CopyError> {
        let Some(row) = self.rows.try_next().await.map_err(failed)? else { return Ok(None) };
        Ok(Some(Hashed::of(self.unit, &values(self.unit, &row)?)))
    }
}
