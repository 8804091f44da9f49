//! The sampling points nearest to a community: its own, then its street's, then its district's. Worked out once for each
//! community and reading of the points, since everybody who looks at a schedule asks.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use yimatong_model::ids::SamplingPointId;
use yimatong_store::PointArea;

use crate::sampling_points::Board;

/// Most points that a schedule names.
const MOST: usize = 5;

/// Points by community, of one reading.
#[derive(Debug, Default)]
pub(super) struct Nearest(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    as_of: Option<Timestamp>,
    by_community: HashMap<u64, Arc<[SamplingPointId]>>,
}

impl Nearest {
    /// The nearest points of a community (twelve digits) that are in use.
    pub(super) fn of(&self, community: u64, board: &Board) -> Arc<[SamplingPointId]> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_of != board.as_of {
            *kept = Kept { as_of: board.as_of, by_community: HashMap::new() };
        }
        Arc::clone(kept.by_community.entry(community).or_insert_with(|| find(community, board)))
    }
}

/// In order of nearness; among equals the shortest queue first, those without a known queue last.
fn find(community: u64, board: &Board) -> Arc<[SamplingPointId]> {
    let mut found: Vec<SamplingPointId> = Vec::new();
    let mut seen = BTreeSet::new();
    for code in [community, community / 1_000, community / 1_000_000] {
        let Some(area) = PointArea::of(code) else { continue };
        let mut here: Vec<_> = board.open_in(area).filter(|point| seen.insert(point.id)).collect();
        here.sort_by_key(|point| (point.area != community, point.waiting.unwrap_or(u16::MAX), point.id));
        found.extend(here.iter().map(|point| point.id));
        if found.len() >= MOST {
            break;
        }
    }
    found.truncate(MOST);
    found.into()
}
