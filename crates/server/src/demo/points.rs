//! Sampling points of the demo: two in every district, and two where the demo's people live.

use anyhow::Context as _;
use jiff::Timestamp;
use yimatong_model::synthetic::SyntheticCity;
use yimatong_store::{NewSamplingPoint, PointKind, Store};

/// People that wait at the points, one after the other.
const WAITING: [u16; 5] = [4, 26, 0, 61, 12];

/// Adds the points, each with a queue.
pub async fn add(store: &dyn Store, city: &SyntheticCity, now: Timestamp) -> anyhow::Result<()> {
    for (point, waiting) in points(city, now).into_iter().zip(WAITING.into_iter().cycle()) {
        let added = store.add_sampling_point(point, None).await.context("cannot add a sampling point")?;
        store.tell_queue(added.id, waiting, now).await.context("cannot tell a queue")?;
    }
    Ok(())
}

fn points(city: &SyntheticCity, now: Timestamp) -> Vec<NewSamplingPoint> {
    let point = |kind, area, name: String, address: String| NewSamplingPoint {
        name,
        kind,
        area,
        address,
        opens: None,
        closes: None,
        at: now,
    };
    let mut points = Vec::new();
    for community in city.communities() {
        let (code, name) = (community.code, &community.name);
        let address = format!("{name}文化广场");
        points.push(point(PointKind::Fixed, code, format!("{name}采样点"), address));
        let address = format!("{name}第1组");
        points.push(point(PointKind::DoorToDoor, code, format!("{name}上门采样组"), address));
    }
    for district in &city.city().districts {
        let places =
            [(PointKind::Fixed, "体育场", "体育场采样点"), (PointKind::Mobile, "广场", "流动采样车")];
        for (street, (kind, place, name)) in district.streets.iter().zip(places) {
            let (area, street) = (u64::from(street.code), street.name);
            points.push(point(kind, area, format!("{street}{name}"), format!("{street}{place}")));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{PEOPLE, SEED};

    #[test]
    fn every_district_has_points_and_there_is_one_of_each_kind() {
        let city = SyntheticCity::new(610_100, PEOPLE, SEED).unwrap();
        let points = points(&city, Timestamp::UNIX_EPOCH);
        for district in &city.city().districts {
            let there = points.iter().filter(|point| {
                point.area / 1_000 == u64::from(district.code)
                    || point.area / 1_000_000 == u64::from(district.code)
            });
            assert!(there.count() >= district.streets.len().min(2), "{}", district.name);
        }
        for kind in [PointKind::Fixed, PointKind::Mobile, PointKind::DoorToDoor] {
            assert!(points.iter().any(|point| point.kind == kind));
        }
        assert!(points.iter().all(|point| point.name.len() <= 200 && point.address.len() <= 200));
    }
}
