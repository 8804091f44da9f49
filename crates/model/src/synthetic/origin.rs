//! Where people were first registered: mostly in the city, else anywhere in China, in a division that existed then.

use super::draw::Draw;
use crate::division::{Division, DivisionLevel, DivisionStatus, divisions, history};

/// ID numbers have been given out since the middle of the 1980s; older people got theirs then.
const FIRST_REGISTRATION_YEAR: u16 = 1985;

/// People of a hundred thousand whose household is from the city.
const LOCAL_PER_100K: u32 = 78_000;
/// Locals from the district they live in.
const SAME_DISTRICT_PER_100K: u32 = 60_000;
/// Members of a household who were registered with its head.
const WITH_HEAD_PER_100K: u32 = 85_000;

/// The divisions to draw from.
pub(super) struct Origins {
    prefix: u32,
    local: Vec<&'static Division>,
    everywhere: Vec<&'static Division>,
}

impl Origins {
    /// For the city with this code.
    pub(super) fn new(city: u32) -> Self {
        let counties = || {
            divisions().iter().filter(|division| {
                division.level == DivisionLevel::County
                    && matches!(division.status, DivisionStatus::Current | DivisionStatus::Abolished)
            })
        };
        let prefix = city / 100;
        Self {
            prefix,
            local: counties().filter(|d| d.code / 100 == prefix).collect(),
            everywhere: counties().collect(),
        }
    }

    /// The division that a household in this district calls home.
    pub(super) fn draw_home(&self, draw: &mut Draw, district: u32) -> u32 {
        if !draw.chance(LOCAL_PER_100K) {
            return draw.pick(&self.everywhere).code;
        }
        let in_ids = history(district).iter().any(Division::is_in_ids);
        if in_ids && draw.chance(SAME_DISTRICT_PER_100K) { district } else { draw.pick(&self.local).code }
    }

    /// The division in the number of a member born in this year, of a household from `home`.
    pub(super) fn of_member(&self, draw: &mut Draw, home: u32, birth_year: i16) -> u32 {
        let year = u16::try_from(birth_year).unwrap_or(0).max(FIRST_REGISTRATION_YEAR);
        if draw.chance(WITH_HEAD_PER_100K) && history(home).iter().any(|division| existed(division, year)) {
            return home;
        }
        let choices = if home / 100 == self.prefix { &self.local } else { &self.everywhere };
        // Some of the choices exist without end, so a few draws find one that fits.
        loop {
            let division = draw.pick(choices);
            if existed(division, year) {
                return division.code;
            }
        }
    }
}

fn existed(division: &Division, year: u16) -> bool {
    division.first_year.is_none_or(|first| first <= year)
        && division.last_year.is_none_or(|last| year <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_code_goes_only_to_those_born_in_its_years() {
        let origins = Origins::new(610_100);
        let mut draw = Draw::new(5, 5);
        for _ in 0..10_000 {
            let code = origins.of_member(&mut draw, 610_118, 2000);
            assert_ne!(code, 610_118, "鄠邑区 has its code since 2016");
            let code = origins.of_member(&mut draw, 610_125, 2020);
            assert_ne!(code, 610_125, "户县 ended in 2015");
        }
    }

    #[test]
    fn development_zones_are_nobodys_home() {
        let origins = Origins::new(410_100);
        let mut draw = Draw::new(5, 5);
        assert!((0..10_000).all(|_| origins.draw_home(&mut draw, 410_171) != 410_171));
    }
}
