//! The windows of a community equal a slow definition, whatever was refined.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

/// Streets of 中原区, of 中牟县 within 郑东新区 and outside of it, one of another city, and a number of none.
const STREETS: [u32; 5] = [410_102_002, 410_122_105, 410_122_100, 610_102_001, 999];

fn community() -> impl Strategy<Value = u64> {
    (proptest::sample::select(&STREETS[..]), 0..3_u64)
        .prop_map(|(street, nth)| u64::from(street) * 1000 + nth)
}

fn scope() -> impl Strategy<Value = Scope> {
    let places = [
        Place::District(410_102),
        Place::District(410_122),
        Place::District(610_102),
        Place::Zone("zhengdong".into()),
        Place::Zone("qujiang".into()),
    ];
    prop_oneof![
        proptest::sample::select(places.to_vec()).prop_map(Scope::Area),
        proptest::sample::select(&STREETS[..]).prop_map(Scope::Street),
        community().prop_map(Scope::Community),
    ]
}

fn refinement() -> impl Strategy<Value = Refinement> {
    (scope(), 0..1_000_i64).prop_map(|(scope, minutes)| {
        let from = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        Refinement { scope, windows: vec![Window { from, to: from + SignedDuration::from_mins(1) }] }
    })
}

/// From the narrowest scope to the widest, the last refinement of exactly that scope, else the notice.
fn slowly(campaign: &Campaign, community: u64, refinements: &[Refinement]) -> Vec<Window> {
    let street = u32::try_from(community / 1000).unwrap();
    let zone = campaign.city().zones.iter().find(|zone| zone.streets.contains(&street));
    let mut places: Vec<Place> = zone.map(|zone| Place::Zone(zone.id.to_owned())).into_iter().collect();
    places.push(Place::District(street / 1000));
    let Some(area) = places.iter().find_map(|place| campaign.areas.iter().find(|area| area.place == *place))
    else {
        return Vec::new();
    };
    let scopes = [Scope::Community(community), Scope::Street(street), Scope::Area(area.place.clone())];
    for scope in scopes {
        if let Some(last) = refinements.iter().rev().find(|refinement| refinement.scope == scope) {
            return last.windows.clone();
        }
    }
    area.windows.clone()
}

proptest! {
    #[test]
    fn windows_are_those_of_the_narrowest_and_latest_refinement(
        community in community(),
        refinements in proptest::collection::vec(refinement(), 0..12),
    ) {
        let campaign = Campaign::shipped("zhengzhou-2022-01-05").unwrap();
        let found = campaign.windows_of(community, &refinements).to_vec();
        prop_assert_eq!(found, slowly(&campaign, community, &refinements));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", cut in 0..2_000_usize) {
        let _ = Campaign::parse(&text);
        // A real document with something else from a place on.
        let (_, real) = SHIPPED[0];
        let cut = (0..=cut).rev().find(|at| real.is_char_boundary(*at)).unwrap_or(0);
        let _ = Campaign::parse(&format!("{}{text}{}", &real[..cut], &real[cut..]));
    }
}
