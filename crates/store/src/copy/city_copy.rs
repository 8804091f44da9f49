//! The copy of a city, step by step: open, rows, verify, finish.

use std::path::Path;

use super::error::CopyError;
use super::progress::Progress;
use super::source::Source;
use super::table::Way;
use super::target::Target;
use super::unit::{self, Unit};
use super::verify::{self, Verified};
use crate::keyring::Keyring;

/// Rows of a chunk, as shipped.
const CHUNK_ROWS: usize = 20_000;

/// How a copy starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyStart {
    /// Goes on with an unfinished one, or begins in a database without rows.
    BeginOrGoOn,
    /// Goes on with an unfinished one only.
    GoOn,
    /// Empties the tables of an unfinished one first.
    Anew,
}

/// What a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyPhase {
    /// Writing rows.
    Copying,
    /// Comparing rows.
    Verifying,
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyStep<'a> {
    /// What it is doing.
    pub phase: CopyPhase,
    /// The table it is at.
    pub table: &'a str,
    /// Rows of this phase and run so far.
    pub rows: u64,
}

/// A copy of a city from a SQLite database, which nobody writes meanwhile, into a PostgreSQL database.
pub struct CityCopy {
    source: Source,
    target: Target,
    progress: Progress,
    chunk_rows: usize,
}

impl std::fmt::Debug for CityCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CityCopy").field("progress", &self.progress).finish_non_exhaustive()
    }
}

impl CityCopy {
    /// Opens both databases, migrates the target, and begins or goes on. The caller keeps everybody else from the source.
    ///
    /// # Errors
    /// What can't be copied from or to: see [`CopyError`].
    pub async fn open(source: &Path, url: &str, keys: &Keyring, start: CopyStart) -> Result<Self, CopyError> {
        let source = Source::open(source, keys)?;
        let target = Target::open(url).await?;
        let progress = match (target.progress(keys).await?, start) {
            (Some(_), CopyStart::Anew) => target.restart().await?,
            (Some(progress), _) => progress,
            (None, CopyStart::GoOn) => return Err(CopyError::NothingUnfinished),
            (None, _) => target.begin(keys).await?,
        };
        Ok(Self { source, target, progress, chunk_rows: CHUNK_ROWS })
    }

    /// With another number of rows per transaction.
    #[must_use]
    pub fn with_chunk_rows(self, chunk_rows: usize) -> Self {
        Self { chunk_rows: chunk_rows.max(1), ..self }
    }

    /// Whether rows were copied by an earlier run.
    pub fn goes_on(&self) -> bool {
        self.progress.unit.is_some()
    }

    /// Copies the rows that are not there yet; answers how many. `told` hears of every chunk, after it is committed.
    ///
    /// # Errors
    /// When a database fails; the next run goes on.
    pub async fn copy_rows(&mut self, told: &mut (dyn FnMut(CopyStep<'_>) + Send)) -> Result<u64, CopyError> {
        let units = unit::all(&self.source.days);
        for day in &self.source.days {
            self.target.make_day(day).await?;
        }
        let (mut rows, first) = (0, self.first_unit(&units)?);
        for unit in units[first..].iter().filter(|unit| unit.table.way != Way::AtOnce) {
            let after = match &self.progress {
                Progress { unit: Some(reached), key } if *reached == unit.name() => key.clone(),
                _ => Vec::new(),
            };
            let mut chunks = self.source.rows(unit, after, self.chunk_rows);
            while let Some(chunk) = chunks.recv().await.transpose()? {
                let Some(last) = chunk.last() else { continue };
                let progress = Progress::at(unit, last);
                self.target.add(unit, &chunk, &progress).await?;
                self.progress = progress;
                rows += chunk.len() as u64;
                told(CopyStep { phase: CopyPhase::Copying, table: &unit.name(), rows });
            }
        }
        rows += self.replace_small_tables(&units).await?;
        self.target.analyze().await?;
        Ok(rows)
    }

    /// The small tables, whose rows the migrations have made in part.
    async fn replace_small_tables(&self, units: &[Unit]) -> Result<u64, CopyError> {
        let mut rows = 0;
        for unit in units.iter().filter(|unit| unit.table.way == Way::AtOnce) {
            let mut chunks = self.source.rows(unit, Vec::new(), self.chunk_rows);
            let mut all = Vec::new();
            while let Some(chunk) = chunks.recv().await.transpose()? {
                all.extend(chunk);
            }
            self.target.replace(unit, &all).await?;
            rows += all.len() as u64;
        }
        Ok(rows)
    }

    /// The place of the unit that the copy has come to.
    fn first_unit(&self, units: &[Unit]) -> Result<usize, CopyError> {
        let Some(reached) = &self.progress.unit else { return Ok(0) };
        let place = units.iter().position(|unit| unit.name() == *reached);
        place.ok_or_else(|| CopyError::SourceChanged { unit: reached.clone() })
    }

    /// Compares every row of both sides by its SHA-256, in the order of the keys.
    ///
    /// # Errors
    /// When a database fails. Differences are no error: see [`Verified`].
    pub async fn verify(&self, told: &mut (dyn FnMut(CopyStep<'_>) + Send)) -> Result<Verified, CopyError> {
        let mut days = self.target.days().await?;
        days.extend(self.source.days.iter().cloned());
        days.sort();
        days.dedup();
        let mut found = Verified::default();
        for unit in unit::all(&days) {
            let in_source = unit.day.as_ref().is_none_or(|day| self.source.days.contains(day));
            let source = in_source.then(|| self.source.rows(&unit, Vec::new(), self.chunk_rows));
            let target = self.target.rows(&unit).await?;
            let table = unit.name();
            let mut told = |rows| told(CopyStep { phase: CopyPhase::Verifying, table: &table, rows });
            verify::compare(&unit, source, target, &mut found, &mut told).await?;
        }
        Ok(found)
    }

    /// Lets nodes open the target. Only after a verification without differences.
    ///
    /// # Errors
    /// When the target fails.
    pub async fn finish(self) -> Result<(), CopyError> {
        self.target.finish().await
    }
}
