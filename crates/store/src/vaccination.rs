//! Arguments and results of the verb about vaccinations.

use yimatong_model::document::Document;
use yimatong_model::vaccination::Vaccination;

use crate::row_outcome::RowOutcome;
use crate::state::PersonState;

/// Most vaccinations one call takes.
pub(crate) const MOST_VACCINATIONS: usize = 10_000;

/// A vaccination reported by a clinic. The one with more doses, then the later one, is kept.
#[derive(Clone)]
pub struct NewVaccination {
    /// Whose.
    pub document: Document,
    /// Doses so far and the day of the last.
    pub vaccination: Vaccination,
}

/// Outcome of a batch of vaccinations.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedVaccinations {
    /// One outcome per row, in the order of the batch.
    pub rows: Vec<RowOutcome>,
    /// Everyone whose state changed, by person.
    pub states: Vec<PersonState>,
}
