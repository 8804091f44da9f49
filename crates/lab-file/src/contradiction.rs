//! Rows of a file that say different things of one tube: none of them is believed, since nobody knows which is true.

use yimatong_model::sampling::contradicted;

use crate::column::Column;
use crate::file::Line;
use crate::row::{Claim, Mistake};

/// Makes mistakes of them, at the outcome's place (from 0). A row with another mistake speaks too: mended, it would come too late.
pub(crate) fn refuse(lines: &mut [Line], claims: &[Option<Claim>], outcome_place: usize) {
    let told = claims.iter().flatten().map(|(tube, version, outcome)| ((tube, *version), *outcome));
    let doubtful = contradicted(told);
    for (line, claim) in lines.iter_mut().zip(claims) {
        let is_doubtful =
            claim.as_ref().is_some_and(|(tube, version, _)| doubtful.contains(&(tube, *version)));
        if is_doubtful && line.row.is_ok() {
            line.row = Err(vec![Mistake {
                line: line.number,
                place: outcome_place + 1,
                column: Column::Outcome,
                en: "the file gives this tube different results: keep only the right row",
                zh: "同一试管在本文件中有不同的结果，请只保留正确的一行",
            }]);
        }
    }
}
