//! `yimatong campaign preview`: who would be in a campaign, counted over a synthetic city.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use yimatong_model::campaign::{Campaign, Facts, Standing, Window, ZoneLevel};
use yimatong_model::city::City;
use yimatong_model::community::Community;
use yimatong_model::synthetic::{SyntheticCity, SyntheticPerson};

use super::campaign;
use super::campaign_contents::PlaceName;

#[derive(Debug, Args)]
pub(super) struct Preview {
    /// The document (TOML or JSON).
    file: PathBuf,
    /// How many people the synthetic city has.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    people: u32,
    /// The same seed makes the same city.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Print each community too; JSON always has them.
    #[arg(long)]
    communities: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// People of a place.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    people: u32,
    /// Those who are to take part.
    included: u32,
    /// Those of them who need not, by what is known before anybody has declared anything.
    exempt: u32,
}

impl Count {
    fn add(&mut self, standing: Standing) {
        self.people += 1;
        self.included += u32::from(standing != Standing::NotIncluded);
        self.exempt += u32::from(standing.is_exempt());
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    campaign: String,
    seed: u64,
    total: Count,
    areas: Vec<PlaceCount>,
    districts: Vec<PlaceCount>,
    communities: Vec<CommunityCount>,
}

#[derive(Debug, Serialize)]
struct PlaceCount {
    #[serde(flatten)]
    place: PlaceName,
    #[serde(flatten)]
    count: Count,
}

#[derive(Debug, Serialize)]
struct CommunityCount {
    code: u64,
    name: String,
    district: u32,
    #[serde(flatten)]
    count: Count,
}

impl Preview {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let campaign = match campaign::read(&self.file)? {
            Ok(campaign) => campaign,
            Err(problems) => return Ok(campaign::tell(&self.file, &problems, self.json)),
        };
        let city = SyntheticCity::new(campaign.city, self.people, self.seed)?;
        let counted = count(&campaign, &city, self.seed);
        if self.json {
            println!("{}", serde_json::to_string_pretty(&counted)?);
        } else {
            self.print(&counted);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, counted: &Counted) {
        let people = counted.total.people;
        println!("{}: 合成城市 synthetic city, {people} people, seed {}", counted.campaign, counted.seed);
        println!("人数 people, 参加 included, 其中免检 exempt of them:");
        line(counted.total, "全市 all");
        println!("按区域 by area");
        counted.areas.iter().for_each(|area| line(area.count, &area.place.line()));
        println!("按区县 by district");
        counted.districts.iter().for_each(|district| line(district.count, &district.place.line()));
        if self.communities {
            println!("按社区 by community");
            for community in &counted.communities {
                line(community.count, &format!("{} {}", community.code, community.name));
            }
        }
    }
}

fn line(count: Count, place: &str) {
    println!("{:>10} {:>10} {:>10}  {place}", count.people, count.included, count.exempt);
}

/// What is the same for everybody of a community.
struct Home<'a> {
    community: Community,
    area: Option<usize>,
    windows: &'a [Window],
    zone: Option<ZoneLevel>,
}

fn count(campaign: &Campaign, synthetic: &SyntheticCity, seed: u64) -> Counted {
    let home = |community: Community| Home {
        area: campaign.area_of(community.street),
        windows: campaign.windows_of(community.code, &[]),
        zone: campaign.zone_level(community.code),
        community,
    };
    let homes: Vec<Home<'_>> = synthetic.communities().map(home).collect();
    let mut by_home = vec![Count::default(); homes.len()];
    for person in synthetic.people(campaign.span().from) {
        // Communities are numbered from 1 in their order.
        let index = person.community.0 as usize - 1;
        by_home[index].add(standing(campaign, &homes[index], &person));
    }
    let mut total = Count::default();
    let mut by_area = vec![Count::default(); campaign.areas.len()];
    let mut by_district: BTreeMap<u32, Count> = BTreeMap::new();
    for (home, count) in homes.iter().zip(&by_home) {
        sum(&mut total, *count);
        sum(by_district.entry(home.community.district).or_default(), *count);
        if let Some(area) = home.area {
            sum(&mut by_area[area], *count);
        }
    }
    let city = synthetic.city();
    let areas = campaign.areas.iter().zip(by_area);
    Counted {
        campaign: campaign.id.clone(),
        seed,
        total,
        areas: areas
            .map(|(area, count)| PlaceCount { place: PlaceName::of(city, &area.place), count })
            .collect(),
        districts: by_district.into_iter().map(|(code, count)| district(city, code, count)).collect(),
        communities: homes
            .into_iter()
            .zip(by_home)
            .map(|(Home { community, .. }, count)| CommunityCount {
                code: community.code,
                name: community.name,
                district: community.district,
                count,
            })
            .collect(),
    }
}

fn standing(campaign: &Campaign, home: &Home<'_>, person: &SyntheticPerson) -> Standing {
    campaign.standing(&Facts {
        windows: home.windows,
        zone: home.zone,
        results: &person.results,
        vaccination: person.vaccination,
        ..Facts::default()
    })
}

fn sum(total: &mut Count, count: Count) {
    total.people += count.people;
    total.included += count.included;
    total.exempt += count.exempt;
}

fn district(city: &'static City, code: u32, count: Count) -> PlaceCount {
    PlaceCount { place: PlaceName::of(city, &yimatong_model::campaign::Place::District(code)), count }
}
