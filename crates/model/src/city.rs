//! The cities that the system runs in: districts, streets, and the functional zones that have no place in GB/T 2260.

use std::sync::OnceLock;

/// Sources and licences of the three files: `data/NOTICE`.
const STREETS: &str = include_str!("../data/streets.csv");
const DISTRICTS: &str = include_str!("../data/districts.csv");
const ZONES: &str = include_str!("../data/zones.csv");

/// A street, town or township (街道、镇、乡).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Street {
    /// Nine digits of the statistical codes.
    pub code: u32,
    /// Name.
    pub name: &'static str,
    /// Six-digit code of the district it is listed under.
    pub district: u32,
}

/// A district, county or county-level city, or a development zone with a statistical code of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct District {
    /// Six digits.
    pub code: u32,
    /// Name.
    pub name: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Whether the code is statistical only and never begins an ID number.
    pub statistical: bool,
    /// Its streets by code.
    pub streets: Vec<Street>,
}

/// An area with an administration of its own across or inside districts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionalZone {
    /// Stable short name, unique in its city.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Its statistical code, where it has one.
    pub code: Option<u32>,
    /// Codes of the streets that are known to be its own; empty where that is not certain.
    pub streets: Vec<u32>,
}

/// A city.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct City {
    /// Six digits, ending in 00.
    pub code: u32,
    /// Name.
    pub name: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Its districts by code, among them the zones with a statistical code.
    pub districts: Vec<District>,
    /// The overlay of functional zones.
    pub zones: Vec<FunctionalZone>,
}

impl City {
    /// Every street of every district, by code.
    pub fn streets(&self) -> impl Iterator<Item = &Street> {
        self.districts.iter().flat_map(|district| &district.streets)
    }

    /// The district with this code.
    #[must_use]
    pub fn district(&self, code: u32) -> Option<&District> {
        self.districts.iter().find(|district| district.code == code)
    }

    /// The street with this code.
    #[must_use]
    pub fn street(&self, code: u32) -> Option<&Street> {
        self.streets().find(|street| street.code == code)
    }

    /// The functional zone that a street belongs to, where that is known.
    #[must_use]
    pub fn zone_of(&self, street: u32) -> Option<&FunctionalZone> {
        self.zones.iter().find(|zone| zone.streets.contains(&street))
    }
}

/// All cities with data: Xi'an (610100) and Zhengzhou (410100).
#[must_use]
pub fn cities() -> &'static [City] {
    static ALL: OnceLock<Vec<City>> = OnceLock::new();
    ALL.get_or_init(|| {
        [(610_100, "西安市", "Xi'an"), (410_100, "郑州市", "Zhengzhou")]
            .into_iter()
            .map(|(code, name, name_en)| {
                read_city(code, name, name_en).expect("the shipped city data are well-formed (tested)")
            })
            .collect()
    })
}

/// The city with this code, if there are data for it.
#[must_use]
pub fn city(code: u32) -> Option<&'static City> {
    cities().iter().find(|city| city.code == code)
}

/// The fields of the lines of a file below its heading.
fn rows<const N: usize>(csv: &'static str) -> impl Iterator<Item = Option<[&'static str; N]>> {
    csv.lines().skip(1).map(|line| {
        let mut fields = line.splitn(N, ',');
        let row = std::array::from_fn(|_| fields.next().unwrap_or("\0"));
        (!row.contains(&"\0")).then_some(row)
    })
}

fn read_city(code: u32, name: &'static str, name_en: &'static str) -> Option<City> {
    let mut districts = Vec::new();
    for row in rows(DISTRICTS) {
        let [district, name, name_en, kind] = row?;
        let district: u32 = district.parse().ok()?;
        if district / 100 == code / 100 {
            let streets = read_streets(district)?;
            districts.push(District {
                code: district,
                name,
                name_en,
                statistical: kind == "statistical",
                streets,
            });
        }
    }
    let mut zones = Vec::new();
    for row in rows(ZONES) {
        let [zone_city, id, name, name_en, zone_code, streets] = row?;
        if zone_city.parse() != Ok(code) {
            continue;
        }
        let code = if zone_code.is_empty() { None } else { Some(zone_code.parse().ok()?) };
        let mut own: Vec<u32> = streets.split_whitespace().map(|s| s.parse().ok()).collect::<Option<_>>()?;
        if let Some(code) = code {
            own.extend(read_streets(code)?.iter().map(|street| street.code));
        }
        zones.push(FunctionalZone { id, name, name_en, code, streets: own });
    }
    Some(City { code, name, name_en, districts, zones })
}

fn read_streets(district: u32) -> Option<Vec<Street>> {
    let mut streets = Vec::new();
    for row in rows(STREETS) {
        let [code, name, of] = row?;
        if of.parse() == Ok(district) {
            streets.push(Street { code: code.parse().ok()?, name, district });
        }
    }
    Some(streets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::division::division;

    #[test]
    fn every_street_of_the_data_is_in_one_of_the_cities() {
        let streets: usize = cities().iter().map(|city| city.streets().count()).sum();
        assert_eq!(streets, STREETS.lines().count() - 1);
        for street in cities().iter().flat_map(City::streets) {
            assert_eq!(street.code / 1000, street.district);
        }
    }

    #[test]
    fn xian_has_13_districts_and_zhengzhou_12_and_three_statistical_ones() {
        assert_eq!(city(610_100).unwrap().districts.len(), 13);
        let zhengzhou = city(410_100).unwrap();
        assert_eq!(zhengzhou.districts.iter().filter(|d| !d.statistical).count(), 12);
        assert_eq!(zhengzhou.districts.iter().filter(|d| d.statistical).count(), 3);
        assert_eq!(city(110_000), None);
    }

    #[test]
    fn every_district_is_a_current_division_of_the_same_name() {
        for district in cities().iter().flat_map(|city| &city.districts) {
            let division = division(district.code).unwrap();
            assert!(!division.is_retired());
            assert_eq!(division.is_in_ids(), !district.statistical);
            assert_eq!(division.name, district.name);
            assert!(!district.streets.is_empty());
        }
    }

    #[test]
    fn the_zones_overlay_streets_that_exist_and_no_street_is_in_two() {
        for city in cities() {
            let mut all: Vec<u32> = city.zones.iter().flat_map(|zone| zone.streets.clone()).collect();
            assert!(all.iter().all(|code| city.street(*code).is_some()));
            all.sort_unstable();
            assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn zhengdong_new_district_reaches_across_three_districts() {
        let zhengzhou = city(410_100).unwrap();
        assert_eq!(zhengzhou.zones.len(), 4);
        for (name, zone) in
            [("如意湖街道", "郑东新区"), ("圃田乡", "郑东新区"), ("白沙镇", "郑东新区"), ("九龙镇", "经开区")]
        {
            let street = zhengzhou.streets().find(|street| street.name == name).unwrap();
            assert_eq!(zhengzhou.zone_of(street.code).unwrap().name, zone);
        }
        assert_eq!(zhengzhou.zone_of(410_102_001), None);
    }

    #[test]
    fn xian_has_seven_zones_whose_streets_are_not_claimed() {
        let zones = &city(610_100).unwrap().zones;
        assert_eq!(zones.len(), 7);
        assert!(zones.iter().all(|zone| zone.streets.is_empty() && zone.code.is_none()));
    }
}
