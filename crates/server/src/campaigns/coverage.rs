//! Who took part in a campaign and who is missed, by area, community and household: counted at most once in a few seconds,
//! however many look at it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::campaign::Place;
use yimatong_model::ids::CommunityId;

use super::Round;
use crate::app::App;
use crate::overload::{leave_store, never_needed_store, outside_store};
use crate::problem::{Code, Problem};
use crate::registry::round::{AfterMissed, MissedPerson, Standings};

/// Counts this old are still given.
const FRESH: SignedDuration = SignedDuration::from_secs(5);
/// Most counts kept; then all are counted anew.
const MOST: usize = 1_024;

/// What is asked about a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// The city, by area of the notice.
    City,
    /// An area of the notice, by community.
    Area(Place),
    /// A community, by household.
    Community(CommunityId),
}

/// How a campaign is going.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoverageText {
    /// When it was counted.
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// The campaign.
    number: u16,
    total: Total,
    /// People without a community that is known; they are not included. Of the whole city only.
    #[serde(skip_serializing_if = "Option::is_none")]
    without_community: Option<u32>,
    items: Items,
}

/// Everybody together.
#[derive(Debug, Serialize, JsonSchema)]
struct Total {
    people: u32,
    #[serde(flatten)]
    standings: Standings,
}

impl From<Standings> for Total {
    fn from(standings: Standings) -> Self {
        Self { people: standings.people(), standings }
    }
}

/// Rows, by what was asked.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Items {
    Areas(Vec<AreaItem>),
    Communities(Vec<CommunityItem>),
    Households(Vec<HouseholdItem>),
}

/// An area of the notice.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AreaItem {
    /// How to ask for its communities: `district=410102` or `zone=zhengdong`.
    key: String,
    /// Division code, or the short name of a functional zone.
    code: String,
    name_zh: &'static str,
    name_en: &'static str,
    people: u32,
    standings: Standings,
}

/// A community.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CommunityItem {
    /// Twelve digits.
    code: u64,
    community_id: u32,
    name_zh: String,
    street_name: String,
    people: u32,
    /// Households with somebody whom the campaign reaches.
    households: u32,
    /// Those in which nobody is missed.
    households_done: u32,
    standings: Standings,
}

/// A household.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct HouseholdItem {
    /// Null for people whose household is not known.
    household_id: Option<String>,
    people: u32,
    standings: Standings,
}

/// The counts of one question.
#[derive(Debug, Default)]
struct Slot {
    last: RwLock<Option<Arc<CoverageText>>>,
    /// Held by whoever counts.
    counting: Arc<tokio::sync::Mutex<()>>,
}

impl Slot {
    fn last(&self) -> Option<Arc<CoverageText>> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<CoverageText>> {
        // Counts from the future are those of a clock that was put back.
        self.last().filter(|last| {
            let age = now.duration_since(last.as_of);
            !age.is_negative() && age < FRESH
        })
    }
}

/// The counts of all questions.
#[derive(Debug, Default)]
pub struct Coverage(Mutex<HashMap<(u16, Wanted), Arc<Slot>>>);

impl Coverage {
    fn slot(&self, campaign: u16, wanted: &Wanted) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST {
            slots.clear();
        }
        Arc::clone(slots.entry((campaign, wanted.clone())).or_default())
    }
}

impl App {
    /// How a campaign is going. While somebody counts, everybody else gets the counts before, and waits only if there are none.
    pub(crate) async fn coverage(
        self: &Arc<Self>,
        number: u16,
        wanted: Wanted,
    ) -> Result<Arc<CoverageText>, Problem> {
        self.need_whole_city()?;
        let slot = self.campaigns.coverage.slot(number, &wanted);
        if let Some(fresh) = slot.fresh(self.now()) {
            return Ok(fresh);
        }
        let turn = match (Arc::clone(&slot.counting).try_lock_owned(), slot.last()) {
            (Ok(turn), _) => turn,
            (Err(_), Some(last)) => return Ok(last),
            (Err(_), None) => outside_store(Arc::clone(&slot.counting).lock_owned()).await?,
        };
        if let Some(fresh) = slot.fresh(self.now()) {
            never_needed_store();
            return Ok(fresh);
        }
        let round = self.round(number).await?;
        let question = Question::of(self, &round, wanted)?;
        leave_store();
        let scan = Arc::clone(&self.campaigns.scanning).lock_owned().await;
        let app = Arc::clone(self);
        let counted = tokio::task::spawn_blocking(move || {
            // The turns end with the counting, also when the caller has gone away.
            let _turns = (turn, scan);
            let counted = Arc::new(question.count(&app, &round, app.now()));
            *slot.last.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&counted));
            counted
        });
        counted.await.map_err(|error| {
            tracing::error!(%error, "a campaign could not be counted");
            Problem::new(Code::Internal)
        })
    }
}

impl App {
    /// People of a community who have not been tested yet, behind the last of the page before.
    pub(crate) async fn missed(
        self: &Arc<Self>,
        number: u16,
        community: CommunityId,
        after: Option<AfterMissed>,
        limit: usize,
    ) -> Result<Vec<MissedPerson>, Problem> {
        self.need_whole_city()?;
        let round = self.round(number).await?;
        Question::of(self, &round, Wanted::Community(community))?;
        let (app, now) = (Arc::clone(self), self.now());
        let scanning = Arc::clone(&self.campaigns.scanning);
        let found = async move {
            let scan = scanning.lock_owned().await;
            let look = tokio::task::spawn_blocking(move || {
                let _scan = scan;
                app.registry.missed(&round.view, community, after, limit, now)
            });
            look.await
        };
        outside_store(found).await?.map_err(|error| {
            tracing::error!(%error, "a community could not be looked through");
            Problem::new(Code::Internal)
        })
    }
}

/// What is asked, with whatever has to be looked up for it.
enum Question {
    City,
    Communities(HashSet<CommunityId>),
    Households(CommunityId),
}

impl Question {
    /// Refuses an area that is not the campaign's, and a community that does not exist.
    fn of(app: &App, round: &Round, wanted: Wanted) -> Result<Self, Problem> {
        Ok(match wanted {
            Wanted::City => Self::City,
            Wanted::Area(place) => {
                let Some(area) = round.campaign().areas.iter().position(|area| area.place == place) else {
                    return Err(Problem::new(Code::InvalidParameter).at("district").because(
                        "is no area of this campaign; take the key of one of its rows",
                        "不是本轮检测的区域，请使用列表中的 key",
                    ));
                };
                let codes = app.communities.codes().into_iter();
                let inside = codes.filter(|(_, code)| area_of(round, *code) == Some(area));
                Self::Communities(inside.map(|(id, _)| id).collect())
            }
            Wanted::Community(id) if app.communities.get(id).is_some() => Self::Households(id),
            Wanted::Community(_) => {
                return Err(Problem::new(Code::InvalidParameter)
                    .at("community")
                    .because("there is no such community", "没有这个社区"));
            }
        })
    }

    fn count(&self, app: &App, round: &Round, now: Timestamp) -> CoverageText {
        let number = round.row.number;
        match self {
            Self::City => city(app, round, now),
            Self::Communities(ids) => {
                let counted = app.registry.standings_of(&round.view, ids, now);
                let mut total = Standings::default();
                let items = counted.into_iter().filter_map(|(id, counts)| {
                    total.add(&counts.standings);
                    let row = app.communities.get(id)?;
                    Some(CommunityItem {
                        code: row.community.code,
                        community_id: id.0,
                        name_zh: row.community.name.clone(),
                        street_name: row.street_name.clone(),
                        people: counts.standings.people(),
                        households: counts.households,
                        households_done: counts.households_done,
                        standings: counts.standings,
                    })
                });
                let items = Items::Communities(items.collect());
                CoverageText { as_of: now, number, total: total.into(), without_community: None, items }
            }
            Self::Households(community) => {
                let counted = app.registry.standings_of_households(&round.view, *community, now);
                let mut total = Standings::default();
                let items = counted.into_iter().map(|(household, standings)| {
                    total.add(&standings);
                    let household_id = household.map(|household| household.to_string());
                    HouseholdItem { household_id, people: standings.people(), standings }
                });
                let items = Items::Households(items.collect());
                CoverageText { as_of: now, number, total: total.into(), without_community: None, items }
            }
        }
    }
}

/// The area of the notice that a community lies in, by its place.
fn area_of(round: &Round, code: u64) -> Option<usize> {
    round.campaign().area_of(u32::try_from(code / 1_000).ok()?)
}

fn city(app: &App, round: &Round, now: Timestamp) -> CoverageText {
    let counted = app.registry.standings(&round.view, now);
    let codes: BTreeMap<CommunityId, u64> = app.communities.codes().into_iter().collect();
    let areas = &round.campaign().areas;
    let mut by_area = vec![Standings::default(); areas.len()];
    let mut total = Standings { not_included: counted.without_community, ..Standings::default() };
    for (community, standings) in &counted.communities {
        total.add(standings);
        if let Some(area) = codes.get(community).and_then(|code| area_of(round, *code)) {
            by_area[area].add(standings);
        }
    }
    let items = areas.iter().zip(by_area).map(|(area, standings)| {
        let (name_zh, name_en) = place_names(round.campaign().city(), &area.place);
        let (kind, code) = match &area.place {
            Place::District(code) => ("district", code.to_string()),
            Place::Zone(id) => ("zone", id.clone()),
        };
        let people = standings.people();
        AreaItem { key: format!("{kind}={code}"), code, name_zh, name_en, people, standings }
    });
    CoverageText {
        as_of: now,
        number: round.row.number,
        total: total.into(),
        without_community: Some(counted.without_community),
        items: Items::Areas(items.collect()),
    }
}

/// The names of an area in Chinese and English; empty for a place that the city does not have.
pub(crate) fn place_names(
    city: &'static yimatong_model::city::City,
    place: &Place,
) -> (&'static str, &'static str) {
    match place {
        Place::District(code) => city.district(*code).map(|district| (district.name, district.name_en)),
        Place::Zone(id) => city.zones.iter().find(|zone| zone.id == id).map(|zone| (zone.name, zone.name_en)),
    }
    .unwrap_or_default()
}
