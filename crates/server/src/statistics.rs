//! The city in numbers: counted from the registry at most once in ten seconds, however many ask.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Mutex;
use yimatong_model::ids::CommunityId;
use yimatong_store::{CommunityRow, Store, StoreError};

use crate::app::App;
use crate::overload::{leave_store, never_needed_store};
use crate::problem::{Code, Problem};
use crate::registry::census::Tally;

/// Numbers this old are still given.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// Communities read from the store at a time.
const PAGE: usize = 1_000;

/// The city in numbers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsText {
    /// When it was counted.
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// The part of the city that was counted, as `2/16`; none where one node keeps everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// People in the registry.
    people: u64,
    colours: Colours,
    tested: Tested,
    /// By district of residence, in order of codes. People without a community count in the city only.
    districts: Vec<DistrictText>,
}

/// People by colour.
#[derive(Debug, Serialize, JsonSchema)]
struct Colours {
    green: u64,
    yellow: u64,
    red: u64,
}

/// People by the age of their latest result, as the badge on the code reckons it.
#[derive(Debug, Serialize, JsonSchema)]
struct Tested {
    /// At most 24 h.
    h24: u64,
    /// At most 48 h, those of 24 h included.
    h48: u64,
    /// At most 72 h, likewise.
    h72: u64,
}

/// A district in numbers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DistrictText {
    /// Division code.
    code: u32,
    name_zh: String,
    people: u64,
    green: u64,
    yellow: u64,
    red: u64,
    /// People whose latest result is at most 48 h old.
    h48: u64,
}

/// The numbers counted last.
#[derive(Debug, Default)]
pub struct Statistics {
    last: RwLock<Option<Arc<StatisticsText>>>,
    /// Held by whoever counts.
    counting: Arc<Mutex<()>>,
}

impl Statistics {
    fn last(&self) -> Option<Arc<StatisticsText>> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<StatisticsText>> {
        // Numbers from the future are those of a clock that was put back.
        self.last().filter(|last| {
            let age = now.duration_since(last.as_of);
            !age.is_negative() && age < FRESH
        })
    }
}

impl App {
    /// The city in numbers. While somebody counts, everybody else gets the numbers before, and waits only if there are none.
    pub async fn statistics(self: &Arc<Self>) -> Result<Arc<StatisticsText>, Problem> {
        if let Some(fresh) = self.statistics.fresh(self.now()) {
            return Ok(fresh);
        }
        let counting = &self.statistics.counting;
        let turn = match (Arc::clone(counting).try_lock_owned(), self.statistics.last()) {
            (Ok(turn), _) => turn,
            (Err(_), Some(last)) => return Ok(last),
            (Err(_), None) => Arc::clone(counting).lock_owned().await,
        };
        if let Some(fresh) = self.statistics.fresh(self.now()) {
            never_needed_store();
            return Ok(fresh);
        }
        let districts = Districts::read(&*self.store).await?;
        leave_store();
        let app = Arc::clone(self);
        let counted = tokio::task::spawn_blocking(move || {
            // The turn ends with the counting, also when the caller has gone away.
            let _turn = turn;
            let counted = Arc::new(districts.count(&app, app.now()));
            *app.statistics.last.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&counted));
            counted
        });
        counted.await.map_err(|error| {
            tracing::error!(%error, "the city could not be counted");
            Problem::new(Code::Internal)
        })
    }
}

/// Which community lies in which district.
#[derive(Debug, Default)]
pub(crate) struct Districts {
    of_community: BTreeMap<CommunityId, u32>,
    names: BTreeMap<u32, String>,
}

impl FromIterator<CommunityRow> for Districts {
    fn from_iter<T: IntoIterator<Item = CommunityRow>>(rows: T) -> Self {
        let mut districts = Self::default();
        districts.extend(rows);
        districts
    }
}

impl Extend<CommunityRow> for Districts {
    fn extend<T: IntoIterator<Item = CommunityRow>>(&mut self, rows: T) {
        for CommunityRow { community, district_name, .. } in rows {
            self.of_community.insert(community.id, community.district);
            self.names.entry(community.district).or_insert(district_name);
        }
    }
}

impl Districts {
    pub(crate) async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        let mut districts = Self::default();
        let mut cursor = None;
        loop {
            let page = store.list_communities("", cursor, PAGE).await?;
            districts.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(districts);
            }
        }
    }

    /// People of communities by district, in order of codes: code, name, people. Who has no community is left out.
    pub(crate) fn sum(
        &self,
        people: impl IntoIterator<Item = (Option<CommunityId>, u64)>,
    ) -> Vec<(u32, &str, u64)> {
        let mut sums: BTreeMap<u32, u64> = BTreeMap::new();
        for (community, people) in people {
            if let Some(code) = community.and_then(|community| self.of_community.get(&community)) {
                *sums.entry(*code).or_default() += people;
            }
        }
        sums.into_iter().map(|(code, people)| (code, self.names[&code].as_str(), people)).collect()
    }

    fn count(&self, app: &App, now: Timestamp) -> StatisticsText {
        let mut city = Tally::default();
        let mut by_district: BTreeMap<u32, Tally> =
            self.names.keys().map(|code| (*code, Tally::default())).collect();
        for (community, tally) in app.registry.census(now) {
            city.add(&tally);
            let district = community.and_then(|community| self.of_community.get(&community));
            if let Some(of_district) = district.and_then(|code| by_district.get_mut(code)) {
                of_district.add(&tally);
            }
        }
        let (Tally { people, colours: [green, yellow, red], tested: [h24, h48, h72] }, districts) = (
            city,
            by_district
                .into_iter()
                .map(|(code, tally)| district_text(code, &self.names[&code], &tally))
                .collect(),
        );
        let (colours, tested) = (Colours { green, yellow, red }, Tested { h24, h48, h72 });
        let part = app.part_text();
        StatisticsText { as_of: now, part, people, colours, tested, districts }
    }
}

fn district_text(code: u32, name: &str, tally: &Tally) -> DistrictText {
    let Tally { people, colours: [green, yellow, red], tested: [_, h48, _] } = *tally;
    DistrictText { code, name_zh: name.to_owned(), people, green, yellow, red, h48 }
}
