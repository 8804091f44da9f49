//! Samples told by devices: late, twice, in any order, by several devices; and undone.

use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::person::Nationality;
use yimatong_model::sampling::{Barcode, SampleFlag, SampleFlags, SampleSource, TubeSize};
use yimatong_store::{
    Changes, NewSample, Noun, Problem, RecordedSamples, RowProblem, SampleBatch, SampleOutcome,
    SampledPerson, Store, StoreError, TubeFile,
};

use crate::fixtures::*;

const DAY: i64 = 24 * 60;
const NONE: SampleOutcome = SampleOutcome::Recorded(SampleFlags::NONE);

pub(crate) fn tube(n: u32) -> Barcode {
    format!("ZZ-{n:06}").parse().unwrap()
}

/// The n-th sample of a person, in a tube for ten people of round 7.
pub(crate) fn sample(n: u8, barcode: u32, person: PersonId) -> NewSample {
    NewSample {
        id: [n; 16],
        barcode: tube(barcode),
        size: TubeSize::Ten,
        household: false,
        campaign: Some(7),
        person: SampledPerson::Known(person),
        sampled: minute(i64::from(n)),
        source: SampleSource::Code,
        undone: None,
    }
}

pub(crate) fn batch_of(device: u8, rows: Vec<NewSample>) -> SampleBatch {
    SampleBatch { device: [device; 16], point: SamplingPointId(4), staff: StaffId(3), rows }
}

pub(crate) async fn record(store: &dyn Store, rows: Vec<NewSample>) -> RecordedSamples {
    store.record_samples(batch_of(1, rows), minute(DAY)).await.unwrap()
}

fn flagged(flags: impl IntoIterator<Item = SampleFlag>) -> SampleOutcome {
    SampleOutcome::Recorded(flags.into_iter().collect())
}

pub(crate) async fn file(store: &dyn Store, n: u32) -> TubeFile {
    store.tube(tube(n), access("find a sample")).await.unwrap().unwrap()
}

pub(crate) async fn people(store: &dyn Store, count: u32) -> Vec<PersonId> {
    let mut people = Vec::new();
    for n in 1..=count {
        people.push(register(store, n).await);
    }
    people
}

pub(crate) async fn a_sample_stands_with_its_tube_and_its_person(store: &dyn Store) {
    let person = register(store, 1).await;
    let new = NewSample { source: SampleSource::Paper, ..sample(1, 1, person) };
    let recorded = record(store, vec![new.clone()]).await;
    assert_eq!(recorded.rows, [NONE]);
    assert_eq!(recorded.states.iter().map(|state| &state.rounds[..]).collect::<Vec<_>>(), [&[7]]);
    assert_eq!(store.load_states(None, 9).await.unwrap(), recorded.states);
    let seq = store.latest_seq().await.unwrap();
    let Changes::Page { states, .. } = store.changes_since(seq - 1, 9).await.unwrap() else { panic!() };
    assert_eq!(states, recorded.states);
    let file = file(store, 1).await;
    let opened = file.tube.opened.unwrap();
    assert_eq!((opened.size, opened.campaign, opened.device), (TubeSize::Ten, Some(7), [1; 16]));
    assert_eq!((opened.point, opened.staff, opened.at), (SamplingPointId(4), StaffId(3), minute(1)));
    assert_eq!((file.tube.people, file.tube.flags), (1, SampleFlags::NONE));
    let [kept] = &file.samples[..] else { panic!("{:?}", file.samples) };
    assert_eq!((kept.id, kept.person, kept.source), ([1; 16], person, SampleSource::Paper));
    let page = store.samples_of(person, None, 9).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].barcode.clone()), (1, tube(1)));
    assert_eq!((page.items[0].campaign, page.items[0].size), (Some(7), TubeSize::Ten));
}

pub(crate) async fn a_batch_may_be_sent_any_number_of_times(store: &dyn Store) {
    let people = people(store, 3).await;
    let rows: Vec<_> = (1..).zip(&people).map(|(n, person)| sample(n, 1, *person)).collect();
    assert_eq!(record(store, rows[..2].to_vec()).await.rows, [NONE; 2]);
    let again = record(store, rows.clone()).await;
    assert_eq!(again.rows, [SampleOutcome::Duplicate, SampleOutcome::Duplicate, NONE]);
    assert_eq!(again.states.len(), 1, "only who is new has changed");
    let whole = record(store, [rows.clone(), rows].concat()).await;
    assert_eq!((whole.rows, whole.states), (vec![SampleOutcome::Duplicate; 6], vec![]));
    assert_eq!((file(store, 1).await.samples.len(), file(store, 1).await.tube.people), (3, 3));
}

pub(crate) async fn an_id_with_other_content_is_refused(store: &dyn Store) {
    let people = people(store, 2).await;
    let first = sample(1, 1, people[0]);
    record(store, vec![first.clone()]).await;
    let other_person = sample(1, 1, people[1]);
    let other_time = NewSample { sampled: minute(9), ..first.clone() };
    let other_tube = sample(1, 2, people[0]);
    let rows = record(store, vec![other_person, other_time, other_tube, first]).await.rows;
    let reused = SampleOutcome::Rejected(RowProblem::IdReused);
    assert_eq!(rows, [reused, reused, reused, SampleOutcome::Duplicate]);
    assert_eq!(
        store.tube(tube(2), access("look")).await.unwrap(),
        None,
        "nothing is left of what was refused"
    );
    assert_eq!(store.samples_of(people[1], None, 9).await.unwrap().items, []);
}

pub(crate) async fn impossible_times_and_unknown_people_are_refused_alone(store: &dyn Store) {
    let person = register(store, 1).await;
    let at = |n, minutes| NewSample { sampled: minute(minutes), ..sample(n, 1, person) };
    let unknown = sample(3, 1, PersonId::from_low_bits(77));
    let rows = record(store, vec![at(1, DAY + 6), at(2, -13 * DAY - 1), unknown, at(4, DAY + 5)]).await.rows;
    let rejected = SampleOutcome::Rejected;
    assert_eq!(
        rows,
        [
            rejected(RowProblem::InFuture),
            rejected(RowProblem::SampledTooLongAgo),
            rejected(RowProblem::UnknownPerson),
            NONE
        ]
    );
    let many = (0..1_001).map(|_| sample(1, 1, person)).collect();
    let error = store.record_samples(batch_of(1, many), minute(DAY)).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "samples", problem: Problem::TooManyRows });
}

pub(crate) async fn who_is_not_known_is_registered_when_a_name_is_given(store: &dyn Store) {
    let by = |n, document, name: Option<&str>| NewSample {
        person: SampledPerson::Document { document, name: name.map(crate::fixtures::name) },
        source: SampleSource::Typed,
        ..sample(n, 1, PersonId::from_low_bits(0))
    };
    let rows = vec![
        by(1, resident(1), None),
        by(2, resident(1), Some("王建国")),
        by(3, resident(1), None),
        by(4, passport(), Some("JOHN SMITH")),
        by(5, passport(), Some("JANE SMITH")),
    ];
    let recorded = record(store, rows.clone()).await;
    assert_eq!(recorded.rows[..2], [SampleOutcome::Rejected(RowProblem::NameNeeded), NONE]);
    assert_eq!(recorded.rows[2], flagged([SampleFlag::AlreadySampled]));
    assert_eq!(recorded.rows[4], flagged([SampleFlag::AlreadySampled, SampleFlag::NameDiffers]));
    assert_eq!(recorded.states.len(), 2);
    let again = record(store, rows[1..].to_vec()).await;
    assert_eq!((again.rows, again.states), (vec![SampleOutcome::Duplicate; 4], vec![]));
    let person = store.find_person(&resident(1)).await.unwrap().unwrap();
    let read = store.read_person_file(person, access("check")).await.unwrap();
    assert_eq!((read.name.as_str(), read.phone, read.nationality), ("王建国", None, Nationality::CHN));
    let foreigner = store.find_person(&passport()).await.unwrap().unwrap();
    let read = store.read_person_file(foreigner, access("check")).await.unwrap();
    assert_eq!(read.nationality, Nationality::UNSPECIFIED);
    let registered = store.register_person(adult(1), None).await.unwrap();
    assert!(!registered.created && registered.state.rounds == [7], "the person completes the registration");
}

pub(crate) async fn a_person_twice_in_a_round_is_recorded_and_flagged(store: &dyn Store) {
    let people = people(store, 2).await;
    let twice = record(store, vec![sample(1, 1, people[0]), sample(2, 2, people[0])]).await;
    assert_eq!(twice.rows, [NONE, flagged([SampleFlag::AlreadySampled])]);
    assert_eq!(twice.states.len(), 1);
    let next_round = NewSample { campaign: Some(8), ..sample(3, 3, people[0]) };
    let outside = NewSample { campaign: None, ..sample(4, 4, people[0]) };
    let same_tube = NewSample { campaign: None, ..sample(5, 4, people[0]) };
    let rows = record(store, vec![next_round, outside, same_tube, sample(6, 4, people[1])]).await.rows;
    assert_eq!(rows, [NONE, NONE, flagged([SampleFlag::AlreadySampled]), NONE]);
    assert_eq!(file(store, 4).await.tube.people, 2, "a person counts once in a tube");
}

pub(crate) async fn the_last_eight_rounds_are_kept_and_older_ones_known(store: &dyn Store) {
    let person = register(store, 1).await;
    let of_round = |n: u8| NewSample { campaign: Some(u16::from(n)), ..sample(n, u32::from(n), person) };
    let recorded = record(store, (1..=10).rev().map(of_round).collect()).await;
    assert_eq!(recorded.states[0].rounds, [3, 4, 5, 6, 7, 8, 9, 10]);
    let again = |n: u8, round| NewSample { campaign: Some(round), ..sample(n, u32::from(n), person) };
    let rows = record(store, vec![again(11, 2), again(12, 10)]).await.rows;
    assert_eq!(rows, [flagged([SampleFlag::AlreadySampled]); 2]);
    let rows = record(store, vec![again(13, 0), again(14, 0)]).await.rows;
    assert_eq!(rows, [NONE, flagged([SampleFlag::AlreadySampled])], "a round before those that are kept");
    for n in [13, 14, 12, 10] {
        store.undo_sample(tube(n), [n as u8; 16], StaffId(3), "wrong person", minute(DAY)).await.unwrap();
    }
    let states = store.load_states(None, 9).await.unwrap();
    assert_eq!(
        states[0].rounds,
        [2, 3, 4, 5, 6, 7, 8, 9],
        "what is undone makes room for what was there before"
    );
}

pub(crate) async fn what_is_undone_is_somebodys_own_sample(store: &dyn Store) {
    let people = people(store, 2).await;
    let live = sample(1, 1, people[0]);
    // The same id, tube and time, but somebody else's: refused, and no reason to undo the first.
    let other = NewSample { undone: Some(minute(9)), ..sample(1, 1, people[1]) };
    let rows = record(store, vec![live.clone(), other]).await.rows;
    assert_eq!(rows, [NONE, SampleOutcome::Rejected(RowProblem::IdReused)]);
    assert_eq!(file(store, 1).await.tube.people, 1);
    let ahead = NewSample { undone: Some(minute(DAY + 6)), ..live };
    assert_eq!(record(store, vec![ahead]).await.rows, [SampleOutcome::Rejected(RowProblem::InFuture)]);
}

pub(crate) async fn a_tube_over_its_size_is_recorded_and_flagged(store: &dyn Store) {
    let people = people(store, 7).await;
    let five = |n: u8| NewSample { size: TubeSize::Five, ..sample(n, 1, people[usize::from(n) - 1]) };
    let rows = record(store, (1..=7).map(five).collect()).await.rows;
    assert_eq!(rows[..5], [NONE; 5]);
    assert_eq!(rows[5..], [flagged([SampleFlag::TubeOver]); 2]);
    let file = file(store, 1).await;
    assert_eq!((file.tube.people, file.samples.len()), (7, 7));
    assert_eq!(file.tube.flags, SampleFlags::from_iter([SampleFlag::TubeOver]));
}

pub(crate) async fn a_tube_told_by_two_devices_is_in_doubt(store: &dyn Store) {
    let people = people(store, 3).await;
    record(store, vec![sample(1, 1, people[0])]).await;
    let other = batch_of(2, vec![sample(2, 1, people[1])]);
    let recorded = store.record_samples(other, minute(DAY)).await.unwrap();
    assert_eq!(recorded.rows, [flagged([SampleFlag::BarcodeUsed])]);
    assert_eq!(record(store, vec![sample(3, 1, people[2])]).await.rows, [NONE], "the first device goes on");
    let file = file(store, 1).await;
    assert_eq!(file.tube.opened.unwrap().device, [1; 16]);
    assert_eq!(file.tube.flags, SampleFlags::from_iter([SampleFlag::BarcodeUsed]));
}

pub(crate) async fn a_sample_after_the_sealing_is_flagged_and_one_told_late_is_not(store: &dyn Store) {
    let people = people(store, 3).await;
    let staff = StaffId(3);
    let unknown = store.seal_tubes(vec![(tube(1), minute(5))], staff, minute(DAY)).await.unwrap();
    assert_eq!(unknown, [yimatong_store::RowOutcome::Rejected(RowProblem::UnknownTube)]);
    record(store, vec![sample(1, 1, people[0])]).await;
    let seals = vec![(tube(1), minute(5)), (tube(1), minute(6)), (tube(1), minute(DAY + 6))];
    let sealed = store.seal_tubes(seals, staff, minute(DAY)).await.unwrap();
    use yimatong_store::RowOutcome::{Duplicate, Recorded, Rejected};
    assert_eq!(sealed, [Recorded, Duplicate, Rejected(RowProblem::InFuture)]);
    let rows = record(store, vec![sample(5, 1, people[1]), sample(6, 1, people[2])]).await.rows;
    assert_eq!(rows, [NONE, flagged([SampleFlag::TubeSealed])]);
    let file = file(store, 1).await;
    assert_eq!((file.tube.sealed, file.tube.sealed_by), (Some(minute(5)), Some(staff)));
}

pub(crate) async fn a_tube_of_one_household_with_people_of_two_is_flagged(store: &dyn Store) {
    let mut batch: Vec<_> = (1..=3).map(imported).collect();
    for (n, one) in (1_u64..).zip(&mut batch) {
        one.person.household = yimatong_model::ids::HouseholdId::new(n / 3);
    }
    let imported = store.import_people(batch, minute(0)).await.unwrap().people;
    let stranger = register(store, 9).await;
    let people = [imported[0], imported[1], stranger, imported[2]];
    let row = |n: u8| NewSample { household: true, ..sample(n, 1, people[usize::from(n) - 1]) };
    let rows = record(store, (1..=4).map(row).collect()).await.rows;
    assert_eq!(rows[..3], [NONE; 3], "whose household is not known is no reason for doubt");
    assert_eq!(rows[3], flagged([SampleFlag::HouseholdMixed]));
}

pub(crate) async fn an_undone_sample_stays_on_file_and_counts_no_more(store: &dyn Store) {
    let person = register(store, 1).await;
    record(store, vec![sample(1, 1, person), sample(2, 2, person)]).await;
    let undo =
        |n: u8| store.undo_sample(tube(u32::from(n)), [n; 16], StaffId(5), "scanned twice", minute(DAY));
    assert_eq!(undo(2).await.unwrap(), None, "the round has another sample");
    let state = undo(1).await.unwrap().unwrap();
    assert!(state.rounds.is_empty());
    assert_eq!(undo(1).await.unwrap(), None, "undone before");
    assert_eq!(store.load_states(None, 9).await.unwrap(), [state]);
    let file = file(store, 1).await;
    assert_eq!((file.tube.people, file.samples[0].undone), (0, Some(minute(DAY))));
    assert_eq!(file.samples[0].undone_by, Some(StaffId(5)));
    let page = store.samples_of(person, None, 9).await.unwrap();
    assert!(page.items.iter().all(|sample| sample.undone.is_some()));
    let audit = store.list_audit(None, 9).await.unwrap().items;
    let undone: Vec<_> = audit.iter().filter(|row| row.action == "undo-sample").collect();
    assert_eq!((undone.len(), undone[0].subject), (2, Some(person)));
    assert_eq!(undone[0].purpose.as_deref(), Some("ZZ-000001: scanned twice"));
    assert_eq!(record(store, vec![sample(1, 1, person)]).await.rows, [SampleOutcome::Duplicate]);
    assert_eq!(record(store, vec![sample(3, 3, person)]).await.rows, [NONE], "the person may come again");
    let missing = store.undo_sample(tube(1), [9; 16], StaffId(5), "x", minute(DAY)).await.unwrap_err();
    assert_eq!(missing, StoreError::NotFound(Noun::Sample));
    let silent = store.undo_sample(tube(1), [1; 16], StaffId(5), " ", minute(DAY)).await.unwrap_err();
    assert_eq!(silent, StoreError::Invalid { field: "remark", problem: Problem::Empty });
}

pub(crate) async fn what_a_device_undid_ends_undone_whatever_comes_first(store: &dyn Store) {
    let person = register(store, 1).await;
    let live = |n: u8| sample(n, u32::from(n), person);
    let undone = |n: u8| NewSample { undone: Some(minute(30)), ..live(n) };
    // The end comes first, and the beginning is a repeat.
    let recorded = record(store, vec![undone(1)]).await;
    assert_eq!((recorded.rows, recorded.states), (vec![NONE], vec![]));
    assert_eq!(record(store, vec![live(1), undone(1)]).await.rows, [SampleOutcome::Duplicate; 2]);
    // The beginning comes first, and a correction with the end.
    let recorded = record(store, vec![live(2)]).await;
    assert_eq!((recorded.rows, &recorded.states[0].rounds[..]), (vec![NONE], &[7][..]));
    let corrected = record(store, vec![undone(2), live(3)]).await;
    assert_eq!(corrected.rows, [NONE, NONE], "what is undone is not in the way of what is right");
    assert_eq!(corrected.states[0].rounds, [7]);
    assert_eq!(record(store, vec![undone(2), live(2)]).await.rows, [SampleOutcome::Duplicate; 2]);
    // Both in one batch.
    let last = record(store, vec![live(4), undone(4), undone(3)]).await;
    assert_eq!(last.rows, [NONE, SampleOutcome::Duplicate, NONE]);
    assert!(last.states[0].rounds.is_empty());
    for n in 1..=4 {
        let file = file(store, n).await;
        assert_eq!((file.tube.people, file.samples[0].undone), (0, Some(minute(30))), "{n}");
    }
}

pub(crate) async fn samples_of_a_person_are_listed_newest_first_in_pages(store: &dyn Store) {
    let person = register(store, 1).await;
    let times = [(1, 5), (2, 9), (3, 9), (4, 1)];
    let rows = times.map(|(n, at)| NewSample { sampled: minute(at), ..sample(n, u32::from(n), person) });
    record(store, rows.to_vec()).await;
    let first = store.samples_of(person, None, 3).await.unwrap();
    let ids: Vec<u8> = first.items.iter().map(|sample| sample.id[0]).collect();
    assert_eq!(ids, [3, 2, 1]);
    let second = store.samples_of(person, first.next, 3).await.unwrap();
    assert_eq!((second.items[0].id[0], second.items.len(), second.next), (4, 1, None));
}

pub(crate) async fn reading_a_tube_needs_a_purpose_and_leaves_a_row(store: &dyn Store) {
    let person = register(store, 1).await;
    record(store, vec![sample(1, 1, person)]).await;
    let error = store.tube(tube(1), access(" ")).await.unwrap_err();
    assert_eq!(error, StoreError::Invalid { field: "purpose", problem: Problem::Empty });
    file(store, 1).await;
    assert_eq!(store.tube(tube(2), access("look")).await.unwrap(), None);
    let audit = store.list_audit(None, 9).await.unwrap().items;
    assert_eq!((audit.len(), audit[0].action.as_str()), (1, "read-tube"));
    assert_eq!(audit[0].purpose.as_deref(), Some("ZZ-000001: find a sample"));
}
