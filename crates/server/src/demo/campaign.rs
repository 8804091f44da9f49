//! A campaign of the demo, written down and seen by nobody else yet: tomorrow for the first half of the districts, the day after
//! for the others.

use anyhow::Context as _;
use jiff::{Timestamp, ToSpan as _};
use yimatong_model::city::City;
use yimatong_model::clock::city_day;
use yimatong_model::ids::StaffId;
use yimatong_model::role::Role;
use yimatong_store::{DraftCampaign, Store};

/// Drafts the campaign in the name of headquarters.
pub async fn draft(store: &dyn Store, city: &City, now: Timestamp) -> anyhow::Result<()> {
    let draft = DraftCampaign { document: document(city, now), by: headquarters(store).await?, at: now };
    store.draft_campaign(draft, None).await.context("cannot draft the campaign of the demo")?;
    Ok(())
}

async fn headquarters(store: &dyn Store) -> anyhow::Result<StaffId> {
    let staff = store.list_staff(None, 1_000).await.context("cannot read the staff")?;
    let found = staff.items.iter().find(|row| row.role == Role::Headquarters);
    Ok(found.context("the demo has no account for headquarters")?.id)
}

fn document(city: &City, now: Timestamp) -> String {
    let (name, name_en) = (city.name, city.name_en);
    let today = city_day(now);
    let half = city.districts.len().div_ceil(2);
    let areas: String = (0..)
        .zip(&city.districts)
        .map(|(place, district)| {
            let day = today.saturating_add((if place < half { 1 } else { 2 }).days());
            let windows = format!("[{{ from = \"{day}T09:00\", to = \"{day}T20:00\" }}]");
            format!("[[areas]] # {}\ncode = {}\nwindows = {windows}\n\n", district.name, district.code)
        })
        .collect();
    format!(
        r#"# A round of testing in the demo. Areas and times, who takes part, who need not, and what follows.
id = "demo-{today}"
city = {code}
name = {{ zh = "{name}全员核酸检测（演示）", en = "{name_en}, city-wide testing (demo)" }}
basis = {{ zh = "{name}关于开展全员核酸检测的通告（演示）", en = "notice of {name_en} on testing all residents (demo)" }}

{areas}[population]
groups = ["permanent", "temporary", "floating", "foreign"]

[points]
kinds = ["fixed", "mobile", "door-to-door"]
at_work_after_declaring = true

[[exemptions]]
kind = "vaccinated"
within_h = 48

[[exemptions]]
kind = "outside-city"
negative_within_h = 48

[[exemptions]]
kind = "tested"
within_h = 24

[consequence]
reason = "missed-round"
spared = ["sealed-zone", "isolation"]

[notices]
start = {{ zh = "全员核酸检测开始，请按您的时间到就近采样点，带好身份证件，戴口罩", en = "Testing begins. Come to a point near you at your time; bring your identity document and wear a mask" }}
reminder = {{ zh = "您所在区域的检测即将结束，您尚未采样", en = "Testing in your area ends soon, and you have not been sampled yet" }}
reminder_h = 3
missed = {{ zh = "您未参加本轮核酸检测，健康码转为黄码；完成一次检测且结果阴性后自动恢复", en = "You did not take part in this round, so your code is yellow; one negative test turns it green again" }}
"#,
        code = city.code
    )
}

#[cfg(test)]
mod tests {
    use yimatong_model::campaign::Campaign;
    use yimatong_model::city::cities;

    use super::*;

    #[test]
    fn the_demo_of_every_city_has_a_campaign_that_is_valid_and_leaves_no_street_out() {
        let now: Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
        for city in cities() {
            let campaign = Campaign::parse(&document(city, now)).unwrap();
            assert_eq!((campaign.city, campaign.id.as_str()), (city.code, "demo-2026-11-23"));
            assert!(city.streets().all(|street| campaign.area_of(street.code).is_some()));
            assert!(campaign.span().from > now && campaign.notes().is_empty());
        }
    }
}
