//! What tells a person that a result on file took the place of another one: the versions of the tube it came from.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_model::sampling::Barcode;
use yimatong_model::test_result::Outcome;

use crate::codec::instant;
use crate::error::Result;
use crate::result::{SampleTaken, StoredResult};
use crate::tube_result::{TubeResultRow, is_about, person_result_id};

/// A correction by the lab. The former result is the tube's: a person whose sample was told late may not have seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultCorrection {
    /// When it was posted.
    pub at: Timestamp,
    /// Number of the tube's version that counts now, from 2.
    pub version: u16,
    /// What the version before it said.
    pub former: Outcome,
}

/// The tubes whose versions [`find_corrected`] needs: none when no result came from a known one.
pub(crate) fn tubes_to_read<'a>(
    results: &[StoredResult],
    samples: &'a [(i64, SampleTaken)],
) -> BTreeSet<&'a Barcode> {
    let is_any_known = results.iter().any(|stored| stored.taken.is_some());
    let samples = if is_any_known { samples } else { &[] };
    samples.iter().map(|(_, taken)| &taken.barcode).collect()
}

/// Marks the results of a person that are the latest version of their tube, and not the first. It is the result's id that
/// tells the tube: two samples may be taken within minutes. `tubes` has all versions of each, oldest first.
pub(crate) fn find_corrected(
    results: &mut [StoredResult],
    person: PersonId,
    samples: &[(i64, SampleTaken)],
    tubes: &BTreeMap<Barcode, Vec<TubeResultRow>>,
) -> Result<()> {
    for (barcode, versions) in tubes {
        let [.., former, last] = versions.as_slice() else { continue };
        let id = person_result_id(&last.id, barcode, person);
        let Some(stored) = results.iter_mut().find(|stored| stored.id == id) else { continue };
        let own = samples.iter().filter(|(_, taken)| taken.barcode == *barcode);
        let Some(first_ms) = own.map(|(at_ms, _)| *at_ms).min() else { continue };
        // Who was sampled after the lab had the tube never got the former one.
        if is_about(former, instant(first_ms)?) {
            let (at, version, former) = (last.posted, last.version, former.outcome);
            stored.corrected = Some(ResultCorrection { at, version, former });
        }
    }
    Ok(())
}
