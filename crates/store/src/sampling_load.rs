//! How busy sampling points are: counts that are written with the samples, so that nobody has to read these for it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use yimatong_model::clock::{at_city_time, city_day};
use yimatong_model::ids::SamplingPointId;

use crate::codec::ms;

/// Length of a row that counts a minute.
pub(crate) const MINUTE: i64 = 1;
/// Length of a row that counts a day of the city, in minutes.
pub(crate) const DAY: i64 = 1_440;
/// What is recent.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// Rows of minutes are kept for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// How busy a sampling point is. A sample that was undone later stays counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointLoad {
    /// People sampled there in the last 10 minutes, by the devices' clocks.
    pub people_10_min: u32,
    /// People sampled there today.
    pub people_today: u32,
    /// Tubes opened there today.
    pub tubes_today: u32,
}

/// Names a row: its length in minutes, where it begins, and the point.
pub(crate) type Row = (i64, i64, SamplingPointId);

/// What samples add to the counts, in the order of the rows.
#[derive(Debug, Default)]
pub(crate) struct Counts(BTreeMap<Row, (i64, i64)>);

impl Counts {
    /// Counts a sample and whether it opened its tube.
    pub(crate) fn add(
        &mut self,
        point: SamplingPointId,
        sampled: Timestamp,
        opened_tube: bool,
        now: Timestamp,
    ) {
        let minute = ms(sampled).div_euclid(60_000) * 60_000;
        let recent = (minute > recent_after(now)).then_some((MINUTE, minute));
        for (span, start) in [Some((DAY, day_start(sampled))), recent].into_iter().flatten() {
            let (people, tubes) = self.0.entry((span, start, point)).or_default();
            *people += 1;
            *tubes += i64::from(opened_tube);
        }
    }

    /// The rows with people and tubes to add.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Row, (i64, i64))> {
        self.0.iter().map(|(row, counts)| (*row, *counts))
    }
}

/// Minutes that begin after this are recent.
pub(crate) fn recent_after(now: Timestamp) -> i64 {
    ms(now.saturating_sub(RECENT).unwrap_or(now))
}

/// Minutes that begin before this are removed.
pub(crate) fn purged_before(now: Timestamp) -> i64 {
    ms(now.saturating_sub(KEPT).unwrap_or(now))
}

/// When the city's day of a moment began.
pub(crate) fn day_start(at: Timestamp) -> i64 {
    at_city_time(city_day(at).at(0, 0, 0, 0)).map_or_else(|| ms(at), ms)
}

/// Loads of rows as both databases give them: length of the row, point, people and tubes.
pub(crate) fn loads(
    rows: impl IntoIterator<Item = (i64, SamplingPointId, i64, i64)>,
) -> BTreeMap<SamplingPointId, PointLoad> {
    let mut loads = BTreeMap::<SamplingPointId, PointLoad>::new();
    let number = |count: i64| u32::try_from(count).unwrap_or(0);
    for (span, point, people, tubes) in rows {
        let load = loads.entry(point).or_default();
        if span == DAY {
            (load.people_today, load.tubes_today) = (number(people), number(tubes));
        } else {
            load.people_10_min += number(people);
        }
    }
    loads
}
