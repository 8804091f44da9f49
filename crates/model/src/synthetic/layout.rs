//! Where people live: communities spread over the real streets of the city.

use crate::city::{City, Street};
use crate::community::Community;
use crate::ids::CommunityId;

/// About how many people a community has.
const PEOPLE_PER_COMMUNITY: u32 = 3_000;
/// About how many people a group has.
const PEOPLE_PER_GROUP: u32 = 300;

/// One community before it is named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Its street.
    pub(super) street: &'static Street,
    /// Its number within the street, from 1.
    pub(super) number: u16,
    /// How many people live in it.
    pub(super) people: u32,
}

impl Plan {
    /// How many groups it has, at least one.
    pub(super) fn groups(&self) -> u16 {
        u16::try_from(self.people.div_ceil(PEOPLE_PER_GROUP).max(1)).unwrap_or(u16::MAX)
    }

    pub(super) fn community(&self, id: CommunityId) -> Community {
        // Towns and townships consist of villages.
        let noun = if is_urban(self.street) { "社区" } else { "村" };
        Community {
            id,
            code: u64::from(self.street.code) * 1000 + u64::from(self.number),
            name: format!("{}第{}{noun}", self.street.name, self.number),
            street: self.street.code,
            district: self.street.district,
            groups: self.groups(),
        }
    }
}

/// Splits the people into communities of almost equal size, in the order of the streets. A street gets four times the
/// share of a town or township.
pub(super) fn plan(city: &'static City, people: u32) -> Vec<Plan> {
    let streets: Vec<&'static Street> = city.streets().collect();
    let weight = |street: &Street| if is_urban(street) { 4u64 } else { 1 };
    let total: u64 = streets.iter().map(|street| weight(street)).sum();
    let count = ((people + PEOPLE_PER_COMMUNITY / 2) / PEOPLE_PER_COMMUNITY).max(1);
    let mut plans = Vec::with_capacity(count as usize);
    let (mut index, mut passed, mut number) = (0, 0, 0);
    for nth in 0..u64::from(count) {
        // The middle of the nth of `count` equal parts of the total weight lies in this street.
        let middle = (2 * nth + 1) * total;
        while (passed + weight(streets[index])) * 2 * u64::from(count) <= middle {
            passed += weight(streets[index]);
            index += 1;
            number = 0;
        }
        number += 1;
        let until = |n: u64| n * u64::from(people) / u64::from(count);
        let people = (until(nth + 1) - until(nth)) as u32;
        plans.push(Plan { street: streets[index], number, people });
    }
    plans
}

fn is_urban(street: &Street) -> bool {
    !street.name.ends_with('镇') && !street.name.ends_with('乡')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::city;

    #[test]
    fn communities_hold_everybody_in_about_equal_numbers_and_reach_every_street_of_a_large_city() {
        for code in [610_100, 410_100] {
            let city = city(code).unwrap();
            let plans = plan(city, 13_000_000);
            assert_eq!(plans.iter().map(|plan| u64::from(plan.people)).sum::<u64>(), 13_000_000);
            assert!(plans.iter().all(|plan| (2_900..3_100).contains(&plan.people)));
            let mut streets: Vec<u32> = plans.iter().map(|plan| plan.street.code).collect();
            streets.dedup();
            assert_eq!(streets.len(), city.streets().count());
        }
    }

    #[test]
    fn a_hamlet_has_one_community_with_one_group() {
        let plans = plan(city(610_100).unwrap(), 7);
        assert_eq!(plans.len(), 1);
        assert_eq!((plans[0].people, plans[0].groups()), (7, 1));
    }

    #[test]
    fn a_community_has_a_twelve_digit_code_and_the_name_of_its_street() {
        let plans = plan(city(610_100).unwrap(), 13_000_000);
        let community = plans[0].community(CommunityId(1));
        assert_eq!(community.code, 610_102_001_001);
        assert_eq!(community.name, "西一路街道第1社区");
    }
}
