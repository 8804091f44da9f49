//! The stream of people: household by household, community by community.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::draw::Draw;
use super::health::{Health, draw_health};
use super::household::{Generation, Member, Members, draw_household};
use super::names::{self, Foreign, Surname};
use super::numbers::Numbers;
use super::origin::Origins;
use super::{SyntheticCity, SyntheticPerson};
use crate::document::Document;
use crate::ids::{CommunityId, HouseholdId};
use crate::name::PersonName;
use crate::person::{Nationality, Sex};

/// From this age on people have a phone of their own.
const PHONE_FROM_AGE: u32 = 12;
const ELDER_FROM_AGE: u32 = 60;
/// Elders without a phone, in a hundred thousand elders: about 2 % of all people.
const ELDER_WITHOUT_PHONE_PER_100K: u32 = 11_000;

/// Purposes of the streams of draws; the place of the person is added to the second.
const HOUSEHOLDS: u64 = 0x686f_7573_6500_0000;
const PERSON: u64 = 0x7065_7273_0000_0000;

/// Where a household comes from.
enum Origin {
    /// Registered at first with this division.
    Mainland {
        division: u32,
    },
    Foreign {
        country: &'static Foreign,
        surname: &'static str,
    },
    HkMacao,
    Taiwan,
}

/// A household whose members are being handed out.
struct Household {
    id: HouseholdId,
    group: u16,
    members: Members,
    handed_out: usize,
    origin: Origin,
    surname: Surname,
    head_sex: Sex,
}

/// Iterator over the people of a [`SyntheticCity`].
pub struct People<'a> {
    city: &'a SyntheticCity,
    as_of: Timestamp,
    today: Date,
    /// Draws what a household is.
    draw: Draw,
    /// Draws what a person is; seeded anew for each, so that a person stays the same whatever others drew.
    details: Draw,
    numbers: Numbers,
    origins: Origins,
    community: usize,
    in_community: u32,
    households: u64,
    handed_out: u32,
    household: Option<Household>,
}

impl<'a> People<'a> {
    pub(super) fn new(city: &'a SyntheticCity, as_of: Timestamp) -> Self {
        let today = crate::clock::city_day(as_of);
        Self {
            city,
            as_of,
            today,
            draw: Draw::new(city.seed, HOUSEHOLDS),
            details: Draw::new(city.seed, PERSON),
            numbers: Numbers::new(city.people, city.seed, today),
            origins: Origins::new(city.city.code),
            community: 0,
            in_community: 0,
            households: 0,
            handed_out: 0,
            household: None,
        }
    }

    /// Opens the next household, in the next community when this one is full.
    fn next_household(&mut self) -> Option<Household> {
        let mut plan = *self.city.plans.get(self.community)?;
        while self.in_community >= plan.people {
            self.community += 1;
            self.in_community = 0;
            plan = *self.city.plans.get(self.community)?;
        }
        let members = draw_household(&mut self.draw, plan.people - self.in_community);
        let per_group = plan.people.div_ceil(u32::from(plan.groups()));
        let group = 1 + (self.in_community / per_group) as u16;
        self.in_community += members.len() as u32;
        self.households += 1;
        let origin = self.draw_origin(plan.street.district);
        let head_sex = members.get(0).map_or(Sex::Male, |head| head.sex);
        let surname = names::draw_surname(&mut self.draw);
        let id = HouseholdId::from_low_bits(self.households);
        Some(Household { id, group, members, handed_out: 0, origin, surname, head_sex })
    }

    fn draw_origin(&mut self, district: u32) -> Origin {
        match self.draw.below(10_000) {
            0..60 => {
                let country = names::draw_foreign(&mut self.draw);
                Origin::Foreign { country, surname: country.draw_surname(&mut self.draw) }
            }
            60..72 => Origin::HkMacao,
            72..80 => Origin::Taiwan,
            _ => Origin::Mainland { division: self.origins.draw_home(&mut self.draw, district) },
        }
    }

    fn person(&mut self, household: &Household, member: Member) -> SyntheticPerson {
        self.details = Draw::new(self.city.seed, PERSON | u64::from(self.handed_out));
        let birth = birth_date(&mut self.details, member.age, self.today);
        let name = self.name(household, member);
        let phone = if member.age < PHONE_FROM_AGE
            || (member.age >= ELDER_FROM_AGE && self.details.chance(ELDER_WITHOUT_PHONE_PER_100K))
        {
            None
        } else {
            Some(self.numbers.phone(self.handed_out))
        };
        let Health { results, vaccination, reasons } =
            draw_health(&mut self.details, member.age, self.as_of, self.today);
        // Last, because how many draws it takes depends on the year.
        let document = self.document(household, member, birth);
        SyntheticPerson {
            birth_date: document.birth_date().unwrap_or(birth),
            document,
            name,
            phone,
            sex: member.sex,
            nationality: match household.origin {
                Origin::Foreign { country, .. } => country.nationality,
                _ => Nationality::CHN,
            },
            community: CommunityId(self.community as u32 + 1),
            group: household.group,
            household: household.id,
            results,
            vaccination,
            reasons,
        }
    }

    fn document(&mut self, household: &Household, member: Member, birth: Date) -> Document {
        match household.origin {
            Origin::Mainland { division } => {
                let division = self.origins.of_member(&mut self.details, division, birth.year());
                self.numbers.resident_id(division, birth, member.sex)
            }
            // One adult foreigner in eight has settled.
            Origin::Foreign { country, .. } if member.age >= 18 && self.details.chance(12_500) => {
                let province = self.city.city.code / 10_000;
                let Foreign { nationality, numeric, .. } = *country;
                self.numbers.permanent_resident_card(province, nationality, numeric, birth, member.sex)
            }
            Origin::Foreign { .. } => self.numbers.passport(self.handed_out),
            Origin::HkMacao => self.numbers.hk_macao_permit(self.handed_out),
            Origin::Taiwan => self.numbers.taiwan_permit(self.handed_out),
        }
    }

    /// Children bear the father's surname where there is a father, and so do fathers of men.
    fn name(&mut self, household: &Household, member: Member) -> PersonName {
        if let Origin::Foreign { country, surname } = household.origin {
            return country.draw_name(&mut self.details, surname, member.sex);
        }
        let shares_surname = match member.generation {
            Generation::Head | Generation::Child => true,
            Generation::Spouse => false,
            Generation::Parent => member.sex == household.head_sex && member.sex == Sex::Male,
        };
        let surname = if shares_surname { household.surname } else { names::draw_surname(&mut self.details) };
        names::draw_name(&mut self.details, surname, member.sex)
    }
}

impl Iterator for People<'_> {
    type Item = SyntheticPerson;

    fn next(&mut self) -> Option<SyntheticPerson> {
        let mut household = match self.household.take() {
            Some(household) => household,
            None => self.next_household()?,
        };
        let member = household.members.get(household.handed_out)?;
        let person = self.person(&household, member);
        household.handed_out += 1;
        self.handed_out += 1;
        if household.handed_out < household.members.len() {
            self.household = Some(household);
        }
        Some(person)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.city.people - self.handed_out) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for People<'_> {}

/// A birth date that makes `age` completed years on `today`.
fn birth_date(draw: &mut Draw, age: u32, today: Date) -> Date {
    // 365.25 days a year and one more are never too few for `age` years; 361 more are never too many.
    let days = i64::from(age) * 1461 / 4 + 1 + i64::from(draw.below(361));
    today.saturating_sub(SignedDuration::from_hours(24 * days))
}
