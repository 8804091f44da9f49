//! Sampling points in memory, with how busy they are: read every few seconds by a job, so that whoever asks where it is quick
//! costs the store nothing.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use jiff::Timestamp;
use yimatong_model::ids::SamplingPointId;
use yimatong_store::{PointArea, PointLoad, SamplingPointRow, StoreError};

use crate::app::App;

/// Points read from the store at a time.
const PAGE: usize = 1_000;

/// All points, as they were read last.
#[derive(Debug, Default)]
pub struct SamplingPoints(RwLock<Board>);

/// The points of one moment.
#[derive(Debug, Default)]
pub struct Board {
    /// When they were read; none before the first time.
    pub as_of: Option<Timestamp>,
    points: BTreeMap<SamplingPointId, SamplingPointRow>,
    loads: BTreeMap<SamplingPointId, PointLoad>,
}

impl Board {
    /// The point with this number.
    #[must_use]
    pub fn point(&self, id: SamplingPointId) -> Option<&SamplingPointRow> {
        self.points.get(&id)
    }

    /// How busy a point is.
    #[must_use]
    pub fn load(&self, id: SamplingPointId) -> PointLoad {
        self.loads.get(&id).copied().unwrap_or_default()
    }

    /// Points of an area that are in use, by number.
    pub fn open_in(&self, area: PointArea) -> impl Iterator<Item = &SamplingPointRow> {
        self.points.values().filter(move |point| point.closed.is_none() && area.contains(point.area))
    }
}

impl SamplingPoints {
    /// What is known now.
    pub fn read(&self) -> RwLockReadGuard<'_, Board> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a point.
    #[must_use]
    pub fn name(&self, id: SamplingPointId) -> Option<String> {
        self.read().point(id).map(|point| point.name.clone())
    }

    /// Takes over what a verb answered of a point.
    pub fn put(&self, row: SamplingPointRow) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).points.insert(row.id, row);
    }
}

impl App {
    /// Reads the points and their loads from the store.
    pub async fn follow_sampling_points(&self) -> Result<(), StoreError> {
        let now = self.now();
        let loads = self.store.sampling_point_loads(now).await?;
        let mut points = BTreeMap::new();
        let mut cursor = None;
        loop {
            let page = self.store.list_sampling_points("", PointArea::CITY, cursor, PAGE).await?;
            points.extend(page.items.into_iter().map(|point| (point.id, point)));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let board = Board { as_of: Some(now), points, loads };
        *self.sampling_points.0.write().unwrap_or_else(PoisonError::into_inner) = board;
        Ok(())
    }
}
