//! A small Zhengzhou of 5 January 2022: communities in nine of the notice's areas, and households in all of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yimatong_model::campaign::SHIPPED;
use yimatong_model::city::city;
use yimatong_model::community::Community;
use yimatong_model::ids::CommunityId;
use yimatong_model::role::Role;
use yimatong_model::synthetic::{SyntheticCity, SyntheticPerson};
use yimatong_server::clock::Clock as _;
use yimatong_server::config::Config;
use yimatong_store::{CommunityRow, ImportPerson, Store};

use crate::city::City;
use crate::resident::fields;

/// Streets of the first day (1 to 5 and 9) and of the second (6 to 8). The ninth is of a functional zone.
const STREETS: [&str; 9] = [
    "410102002",
    "410103001",
    "410105001",
    "410104001",
    "410108001",
    "410106001",
    "410181",
    "410183",
    "白沙镇",
];
/// The community that is sealed.
pub(crate) const SEALED: u32 = 4;
/// The community that is controlled.
pub(crate) const CONTROLLED: u32 = 5;

/// 5 January 2022, so many minutes after 09:00 in the city.
pub(crate) fn on_the_day(minutes: i64) -> Timestamp {
    "2022-01-05T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// The communities, numbered from 1.
pub(crate) fn communities() -> Vec<CommunityRow> {
    let zhengzhou = city(410_100).unwrap();
    let row = |(id, wanted): (u32, &&str)| {
        let begins = |code: u32| code.to_string().starts_with(*wanted);
        let street =
            zhengzhou.streets().find(|street| begins(street.code) || street.name == *wanted).unwrap();
        let district = zhengzhou.district(street.district).unwrap();
        CommunityRow {
            community: Community {
                id: CommunityId(id),
                code: u64::from(street.code) * 1_000 + 1,
                name: format!("{}第1社区", street.name),
                street: street.code,
                district: street.district,
                groups: 1,
            },
            street_name: street.name.to_owned(),
            district_name: district.name.to_owned(),
        }
    };
    (1..).zip(&STREETS).map(row).collect()
}

/// The twelve digits of a community.
pub(crate) fn code_of(community: u32) -> u64 {
    communities()[community as usize - 1].community.code
}

/// The shipped notice with a sealed and a controlled community.
pub(crate) fn notice() -> String {
    let zone = |level: &str, code| format!("[[zones]]\nlevel = \"{level}\"\ncodes = [{code}]\n\n");
    let zones = zone("sealed", code_of(SEALED)) + &zone("controlled", code_of(CONTROLLED));
    SHIPPED[0].1.replacen("[consequence]", &format!("{zones}[consequence]"), 1)
}

/// People of the city, in no community yet, healthy, untested and not vaccinated.
pub(crate) fn people(count: u32) -> Vec<SyntheticPerson> {
    let synthetic = SyntheticCity::new(410_100, count, 7).unwrap();
    let mut people: Vec<_> = synthetic.people(on_the_day(0)).collect();
    for person in &mut people {
        (person.results, person.reasons, person.vaccination) = (Vec::new(), Vec::new(), None);
        person.phone = None;
        // The members of a household live together.
        person.community = CommunityId(u32::try_from(person.household.get() % 9).unwrap() + 1);
    }
    people
}

/// A city with these people.
pub(crate) async fn zhengzhou(people: &[SyntheticPerson], configure: impl FnOnce(&mut Config)) -> City {
    let import: Vec<ImportPerson> = people
        .iter()
        .map(|person| ImportPerson {
            person: person.person(),
            reasons: person.reasons.clone(),
            results: person.results.clone(),
            vaccination: person.vaccination,
        })
        .collect();
    let own = |config: &mut Config| {
        of_zhengzhou(config);
        configure(config);
    };
    City::at(on_the_day(0), own, async |store: &dyn Store| {
        store.import_communities(communities()).await.unwrap();
        store.add_institution("郑州市第1核酸检测实验室").await.unwrap();
        if !import.is_empty() {
            store.import_people(import, on_the_day(0)).await.unwrap();
        }
    })
    .await
}

fn of_zhengzhou(config: &mut Config) {
    config.city.code = 410_100;
    config.city.rules = "zhengzhou-2022-01".to_owned();
}

impl City {
    /// Another node of this city.
    pub(crate) async fn another(&self) -> Self {
        self.node_with(of_zhengzhou).await
    }

    /// A step of a campaign, with the version it has now.
    pub(crate) async fn step(&self, number: u64, step: &str, role: Role) -> crate::client::Answer {
        let seen = self.campaign(number).await["version"].clone();
        let body = json!({ "version": seen, "remark": "test" });
        self.post(format!("/v1/campaigns/{number}/{step}"), &body).by(&self.staff(role)).send().await
    }

    /// A campaign as it is now.
    pub(crate) async fn campaign(&self, number: u64) -> Value {
        self.get(format!("/v1/campaigns/{number}")).by(&self.staff(Role::Lab)).send().await.ok(200)
    }

    /// A campaign with this document that runs.
    pub(crate) async fn running(&self, document: &str) -> u64 {
        let draft = json!({ "document": document });
        let drafted =
            self.post("/v1/campaigns", &draft).by(&self.staff(Role::Headquarters)).send().await.ok(201);
        let number = drafted["number"].as_u64().unwrap();
        self.step(number, "approve", Role::Approver).await.ok(200);
        self.step(number, "start", Role::Headquarters).await.ok(200);
        number
    }

    /// Samples these people for a campaign, ten to a tube, at the time of the clock.
    pub(crate) async fn sample(&self, campaign: u64, first: u32, people: &[&SyntheticPerson]) {
        let at = self.clock.now().to_string();
        let row = |(n, person): (u32, &&SyntheticPerson)| {
            json!({
                "id": format!("00000000-0000-4000-8000-{n:012}"), "tube": format!("ZZ-{:06}", n / 10), "size": 10,
                "household": false, "campaign": campaign, "sampled": at, "source": "id-card",
                "person": { "document": fields(&person.document), "name": person.name.as_str() },
            })
        };
        let rows: Vec<Value> = (first..).zip(people).map(row).collect();
        for rows in rows.chunks(500) {
            let batch =
                json!({ "device": "00000000-0000-4000-8000-00000000000a", "pointId": 1, "samples": rows });
            let told = self.post("/v1/samples", &batch).by(&self.staff(Role::Sampler)).send().await.ok(200);
            for item in told["items"].as_array().unwrap() {
                assert_eq!(item["status"], "recorded", "{item}");
            }
        }
    }

    /// How a campaign is going, counted anew.
    pub(crate) async fn coverage(&self, number: u64, query: &str) -> Value {
        self.clock.advance_s(6);
        self.app.follow_declarations().await.unwrap();
        let path = format!("/v1/campaigns/{number}/coverage?{query}");
        self.get(path).by(&self.staff(Role::CommunityWorker)).send().await.ok(200)
    }
}
