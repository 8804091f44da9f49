//! A snapshot is the registry it was made of, or it is refused.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use yimatong_credential::Status;
use yimatong_model::ids::{HouseholdId, Slot};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_store::{Relation, RelativeSlot};

use crate::registry::Registry;
use crate::registry::fixtures::{self, KEY, at, person, reason, registry, state};
use crate::registry::part::Part;

/// 300 people: some yellow until second 100, some with many reasons, some relatives, one device moved.
fn city() -> Registry {
    filled(registry())
}

fn filled(registry: Registry) -> Registry {
    for n in 0..300 {
        let mut state = state(n * 30_000_000_000_000_001, n + 1, u32::try_from(n).unwrap());
        match n % 10 {
            1 => state.reasons = vec![Reason { until: Some(at(100)), ..reason(ReasonCode::Symptoms) }],
            2 => {
                let codes = [ReasonCode::Arrival, ReasonCode::Symptoms, ReasonCode::CloseContact];
                state.reasons = codes.map(reason).to_vec();
            }
            3 => {
                let slot = Slot(1_000 + u32::try_from(n).unwrap());
                let holder = person((n - 1) * 30_000_000_000_000_001);
                state.relative_slots = vec![RelativeSlot { slot, holder, relation: Relation::Child }];
            }
            5 => {
                state.household = HouseholdId::new(n);
                state.rounds = vec![1, u16::try_from(n).unwrap() + 1];
            }
            4 => state.void_slots = vec![Slot(2_000 + u32::try_from(n).unwrap())],
            _ => {}
        }
        registry.apply_all(&[state], 0, at(0));
    }
    registry.apply_all(&[], 300, at(0));
    registry
}

fn written(registry: &Registry) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.snapshot");
    registry.write_snapshot(&path).unwrap();
    (folder, path)
}

fn read(path: &std::path::Path, now_s: i64) -> anyhow::Result<Registry> {
    Registry::read_snapshot(path, Arc::clone(registry().rules()), KEY, Part::WHOLE, at(now_s))
}

#[test]
fn colours_links_and_statuses_come_back() {
    let before = city();
    let (_folder, path) = written(&before);
    let after = read(&path, 0).unwrap();
    assert_eq!((after.people(), after.sequence()), (before.people(), before.sequence()));
    for n in 0..300 {
        let id = person(n * 30_000_000_000_000_001);
        let (old, new) = (before.view(id, at(0)).unwrap(), after.view(id, at(0)).unwrap());
        assert_eq!((old.entry, old.reasons), (new.entry, new.reasons));
        assert_eq!(old.decision, new.decision);
        assert_eq!(before.relatives_of(id), after.relatives_of(id));
        assert_eq!(before.household(id), after.household(id));
        let rounds = |registry: &Registry| (0..=301).filter(|round| registry.has_round(id, *round)).count();
        assert_eq!(rounds(&after), if n % 10 == 5 { 2 } else { 0 });
        assert_eq!(rounds(&after), rounds(&before));
    }
    for slot in (0..3_000).map(Slot) {
        assert_eq!(before.board.get(slot), after.board.get(slot), "{slot:?}");
    }
    assert_eq!(after.board.get(Slot(2_004)), Status::Void);
}

#[test]
fn what_ended_while_the_server_was_off_has_ended_and_the_clock_goes_on() {
    let (_folder, path) = written(&city());
    let early = read(&path, 50).unwrap();
    assert_eq!(early.board.get(Slot(1)), Status::Yellow);
    assert_eq!(early.tick(at(100)), 30);
    assert_eq!(early.board.get(Slot(1)), Status::Green);
    let late = read(&path, 100).unwrap();
    assert_eq!((late.board.get(Slot(1)), late.board.get(Slot(2))), (Status::Green, Status::Red));
}

#[test]
fn a_snapshot_that_was_cut_short_is_refused() {
    let (_folder, path) = written(&city());
    let whole = std::fs::read(&path).unwrap();
    for part in 0..40 {
        std::fs::write(&path, &whole[..whole.len() * part / 40]).unwrap();
        assert!(read(&path, 0).is_err(), "{part}");
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(read(&path, 0).is_err());
}

#[test]
fn a_snapshot_with_one_changed_bit_is_refused() {
    let (_folder, path) = written(&city());
    let whole = std::fs::read(&path).unwrap();
    for part in 0..60 {
        let mut changed = whole.clone();
        let place = (whole.len() - 1) * part / 59;
        changed[place] ^= 1 << (part % 8);
        std::fs::write(&path, changed).unwrap();
        assert!(read(&path, 0).is_err(), "byte {place}");
    }
}

#[test]
fn a_snapshot_of_another_layout_is_refused_by_name() {
    let (_folder, path) = written(&city());
    let mut other = std::fs::read(&path).unwrap();
    other[..8].copy_from_slice(b"YMTREG99");
    std::fs::write(&path, other).unwrap();
    assert!(read(&path, 0).unwrap_err().to_string().contains("another layout"));
    assert!(read(std::path::Path::new("/nowhere"), 0).unwrap_err().to_string().contains("/nowhere"));
}

#[test]
fn a_snapshot_whose_status_indexes_have_another_key_is_refused() {
    let (_folder, path) = written(&city());
    let other = Registry::read_snapshot(&path, Arc::clone(registry().rules()), [8; 32], Part::WHOLE, at(0));
    assert!(other.unwrap_err().to_string().contains("checksum"));
}

#[test]
fn a_snapshot_is_for_its_owner_only_even_where_an_open_file_was_left() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.snapshot");
    std::fs::write(path.with_extension("partial"), "left by a crash").unwrap();
    city().write_snapshot(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_new_snapshot_replaces_the_old_one_whole() {
    let (folder, path) = written(&city());
    let more = city();
    more.apply_all(&[state(7, 301, 900)], 301, at(0));
    more.write_snapshot(&path).unwrap();
    assert_eq!(read(&path, 0).unwrap().people(), 301);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file is left");
}

#[test]
fn a_snapshot_of_a_part_is_good_for_that_part_alone() {
    let before = filled(fixtures::part("1/2"));
    let (_folder, path) = written(&before);
    let read = |part: &str, now_s: i64| {
        let rules = Arc::clone(registry().rules());
        Registry::read_snapshot(&path, rules, KEY, part.parse().unwrap(), at(now_s))
    };
    for other in ["2/2", "1/1", "1/4"] {
        let error = read(other, 0).unwrap_err().to_string();
        assert!(error.contains("is of part 1/2") && error.contains(other), "{error}");
    }
    let after = read("1/2", 0).unwrap();
    let counts = |registry: &Registry| (registry.people(), registry.foreign(), registry.sequence());
    assert_eq!(counts(&after), counts(&before));
    assert!(after.foreign() > 0, "some of the other half are kept for their reasons");
    assert_eq!(after.board.raw(), before.board.raw());

    // Whom the clock made unneeded while the file lay there goes at the next tick.
    let later = read("1/2", 200).unwrap();
    later.tick(at(200));
    before.tick(at(200));
    assert_eq!(counts(&later), counts(&before));
    assert!(later.foreign() < after.foreign());
}
