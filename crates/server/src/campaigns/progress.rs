//! How far running campaigns were, one point a minute: kept in memory by each node since it was started, for a chart.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::CampaignState;

use crate::app::App;
use crate::registry::round::Standings;

/// Points kept of a campaign: three days.
const MOST: usize = 3 * 24 * 60;

/// How far a campaign was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProgressPoint {
    /// When it was counted.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Of whom a sample was taken.
    pub sampled: u32,
    /// Still to be tested and not spared.
    pub open: u32,
}

/// The points of the campaigns of this node.
#[derive(Debug, Default)]
pub struct Progress(Mutex<HashMap<u16, VecDeque<ProgressPoint>>>);

impl Progress {
    fn kept(&self) -> MutexGuard<'_, HashMap<u16, VecDeque<ProgressPoint>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The points of a campaign, oldest first.
    #[must_use]
    pub fn of(&self, campaign: u16) -> Vec<ProgressPoint> {
        self.kept().get(&campaign).map(|points| points.iter().copied().collect()).unwrap_or_default()
    }

    fn add(&self, campaign: u16, point: ProgressPoint) {
        let mut kept = self.kept();
        let points = kept.entry(campaign).or_default();
        if points.len() == MOST {
            points.pop_front();
        }
        points.push_back(point);
    }
}

impl App {
    /// Adds a point for every campaign that runs. Goes through everybody, away from the event loop.
    pub async fn note_progress(self: &Arc<Self>) {
        if self.need_whole_city().is_err() {
            return;
        }
        for round in self.campaigns.rounds().iter() {
            if !matches!(round.row.state, CampaignState::Running | CampaignState::Closing) {
                continue;
            }
            let turn = Arc::clone(&self.campaigns.scanning).lock_owned().await;
            let (app, round, now) = (Arc::clone(self), Arc::clone(round), self.now());
            let counted = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                let mut all = Standings::default();
                app.registry.standings(&round.view, now).communities.values().for_each(|one| all.add(one));
                let point = ProgressPoint { at: now, sampled: all.sampled, open: all.open };
                app.campaigns.progress.add(round.row.number, point);
            });
            if let Err(error) = counted.await {
                tracing::error!(%error, "the progress of a campaign could not be counted");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_three_days_are_kept_by_campaign() {
        let progress = Progress::default();
        for n in 0..MOST + 5 {
            let at = Timestamp::from_second(i64::try_from(n).unwrap() * 60).unwrap();
            progress.add(1, ProgressPoint { at, sampled: 0, open: 0 });
        }
        let points = progress.of(1);
        assert_eq!((points.len(), points[0].at.as_second()), (MOST, 5 * 60));
        assert!(progress.of(2).is_empty());
    }
}
