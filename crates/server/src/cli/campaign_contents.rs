//! What a campaign's document contains, for the clerk who wrote it.

use jiff::Timestamp;
use serde::Serialize;
use yimatong_model::campaign::{
    Campaign, Exemption, Place, PointKind, PopulationGroup, Spared, Window, ZoneArea,
};
use yimatong_model::city::City;
use yimatong_model::clock::city_time;
use yimatong_model::rule::Text;

/// Everything the document says, with names for its codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contents<'a> {
    valid: bool,
    id: &'a str,
    city: u32,
    name: &'a Text,
    basis: &'a Text,
    areas: Vec<Area>,
    /// Districts with streets that no area holds.
    left_out: Vec<LeftOut>,
    population: &'a [PopulationGroup],
    points: &'a [PointKind],
    at_work_after_declaring: bool,
    exemptions: &'a [Exemption],
    zones: &'a [ZoneArea],
    reason: &'a str,
    spared: &'a [Spared],
    reminder_h: u16,
    notes: Vec<Text>,
}

#[derive(Debug, Serialize)]
struct Area {
    #[serde(flatten)]
    place: PlaceName,
    streets: usize,
    windows: Vec<LocalWindow>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    code: u32,
    name: &'static str,
    streets: usize,
}

/// A place with its names.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlaceName {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<String>,
    pub(super) name: &'static str,
    pub(super) name_en: &'static str,
}

impl PlaceName {
    pub(super) fn of(city: &'static City, place: &Place) -> Self {
        match place {
            Place::District(code) => {
                let names = city.district(*code).map(|district| (district.name, district.name_en));
                let (name, name_en) = names.unwrap_or_default();
                Self { code: Some(*code), zone: None, name, name_en }
            }
            Place::Zone(id) => {
                let known = city.zones.iter().find(|zone| zone.id == id);
                let (name, name_en) = known.map(|zone| (zone.name, zone.name_en)).unwrap_or_default();
                Self { code: None, zone: Some(id.clone()), name, name_en }
            }
        }
    }

    /// Code or short name, then the names.
    pub(super) fn line(&self) -> String {
        let id = self.code.map_or_else(|| self.zone.clone().unwrap_or_default(), |code| code.to_string());
        format!("{id} {} {}", self.name, self.name_en)
    }
}

/// Times of the city's clocks.
#[derive(Debug, Serialize)]
struct LocalWindow {
    from: String,
    to: String,
}

impl LocalWindow {
    fn of(window: &Window) -> Self {
        Self { from: local(window.from), to: local(window.to) }
    }
}

fn local(at: Timestamp) -> String {
    city_time(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

impl<'a> Contents<'a> {
    pub(super) fn of(campaign: &'a Campaign) -> Self {
        let city = campaign.city();
        let mut streets = vec![0; campaign.areas.len()];
        let mut left_out: Vec<LeftOut> = Vec::new();
        for street in city.streets() {
            match campaign.area_of(street.code) {
                Some(area) => streets[area] += 1,
                None => note_left_out(&mut left_out, city, street.district),
            }
        }
        let areas = campaign.areas.iter().zip(streets).map(|(area, streets)| Area {
            place: PlaceName::of(city, &area.place),
            streets,
            windows: area.windows.iter().map(LocalWindow::of).collect(),
        });
        Self {
            valid: true,
            id: &campaign.id,
            city: campaign.city,
            name: &campaign.name,
            basis: &campaign.basis,
            areas: areas.collect(),
            left_out,
            population: &campaign.population,
            points: &campaign.points,
            at_work_after_declaring: campaign.at_work_after_declaring,
            exemptions: &campaign.exemptions,
            zones: &campaign.zones,
            reason: campaign.consequence.reason.as_str(),
            spared: &campaign.consequence.spared,
            reminder_h: campaign.notices.reminder_h,
            notes: campaign.notes(),
        }
    }

    pub(super) fn print(&self) {
        println!("{} {}", self.id, self.city);
        println!("  {}\n  {}", self.name.zh, self.name.en);
        println!("区域 areas: {}", self.areas.len());
        for area in &self.areas {
            println!("  {} (街道 streets: {})", area.place.line(), area.streets);
            for window in &area.windows {
                println!("    {} - {}", window.from, window.to);
            }
        }
        if !self.left_out.is_empty() {
            println!("注意：以下区县有街道不在任何区域内。Note: no area holds these streets of districts:");
            for district in &self.left_out {
                println!("  {} {} (街道 streets: {})", district.code, district.name, district.streets);
            }
        }
        println!("人群 population: {}", list(self.population));
        println!("采样点 points: {}", list(self.points));
        println!("报备后可在单位检测 at work after declaring: {}", self.at_work_after_declaring);
        println!("免检 exemptions: {}", self.exemptions.len());
        for exemption in self.exemptions {
            println!("  {}", json_line(exemption));
        }
        println!("封闭区域 zones: {}", self.zones.len());
        for zone in self.zones {
            println!("  {}", json_line(zone));
        }
        println!("未参加者 who misses it: {}", self.reason);
        println!("不转码 spared: {}", list(self.spared));
        println!("提醒 reminder: {} h", self.reminder_h);
        for note in &self.notes {
            println!("注意：{}\nNote: {}", note.zh, note.en);
        }
    }
}

fn note_left_out(left_out: &mut Vec<LeftOut>, city: &'static City, code: u32) {
    match left_out.iter_mut().find(|district| district.code == code) {
        Some(district) => district.streets += 1,
        None => {
            let name = city.district(code).map_or("", |district| district.name);
            left_out.push(LeftOut { code, name, streets: 1 });
        }
    }
}

/// The stable names of some values.
fn list<T: Serialize>(values: &[T]) -> String {
    values.iter().map(|value| json_line(value).trim_matches('"').to_owned()).collect::<Vec<_>>().join(", ")
}

fn json_line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
