//! Venues of the city: one for about a hundred people, of the types that people check in at.

use super::draw::Draw;
use super::layout::Plan;
use crate::ids::VenueId;

/// A venue to create.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntheticVenue {
    /// The venue, numbered from 1.
    pub id: VenueId,
    /// Name on the sign; unique within the city.
    pub name: String,
    /// Type in the API's words, such as `market`.
    pub venue_type: &'static str,
    /// Six-digit code of the district.
    pub district: u32,
    /// Nine-digit code of the street.
    pub street: u32,
}

/// Type, what the sign says, and how often in a hundred.
const TYPES: [(&str, &str, u32); 14] = [
    ("gate", "小区", 34),
    ("restaurant", "餐厅", 16),
    ("office", "写字楼", 12),
    ("school", "学校", 8),
    ("market", "农贸市场", 6),
    ("supermarket", "超市", 6),
    ("pharmacy", "药店", 4),
    ("bus", "公交站", 3),
    ("metro", "地铁站", 2),
    ("hospital", "医院", 2),
    ("clinic", "卫生服务中心", 2),
    ("hotel", "酒店", 2),
    ("mall", "商场", 2),
    ("card-room", "棋牌室", 1),
];

/// The fewest venues of a city; the first of them have one of each type.
const FEWEST: u32 = 20;

/// How many venues a city of so many people has.
pub(super) fn count(people: u32) -> u32 {
    (people / 100).max(FEWEST)
}

/// The venue with this place in the stream, near the people of one of the communities.
pub(super) fn venue(nth: u32, plans: &[Plan], seed: u64) -> SyntheticVenue {
    let mut draw = Draw::new(seed, 0x7665_6e75_6500_0000 | u64::from(nth));
    let street = draw.pick(plans).street;
    let (venue_type, sign, _) = match TYPES.get(nth as usize) {
        Some(first) => *first,
        None => drawn_type(draw.below(TYPES.iter().map(|(_, _, weight)| weight).sum())),
    };
    let stem = street.name.trim_end_matches("街道").trim_end_matches(['镇', '乡']);
    let number = nth + 1;
    let name = match venue_type {
        "gate" => format!("{stem}{number}号小区门岗"),
        "bus" | "metro" => format!("{stem}{sign}{number}号口"),
        _ => format!("{stem}第{number}{sign}"),
    };
    SyntheticVenue { id: VenueId(number), name, venue_type, district: street.district, street: street.code }
}

fn drawn_type(at: u32) -> (&'static str, &'static str, u32) {
    let mut passed = 0;
    let found = TYPES.into_iter().find(|(_, _, weight)| {
        passed += weight;
        at < passed
    });
    found.unwrap_or(TYPES[0])
}
