//! An entry keeps what a state says, in memory and in a snapshot.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::{CommunityId, PersonId, Slot};
use yimatong_model::person::Sex;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::PersonState;

use super::{ENTRY_BYTES, Entry};

fn time() -> impl Strategy<Value = Timestamp> {
    (1..=u32::MAX).prop_map(|second| Timestamp::from_second(i64::from(second)).unwrap())
}

/// Days that an entry can hold: 1900 to 2078.
fn day() -> impl Strategy<Value = Date> {
    (1900_i16..2079, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day))
}

fn slot() -> impl Strategy<Value = Option<Slot>> {
    prop::option::of((0..u32::MAX).prop_map(Slot))
}

fn result() -> impl Strategy<Value = TestResult> {
    (time(), time(), time(), 0_u8..4, 0_u8..2, 0_u8..2, any::<u16>()).prop_map(
        |(sampled, received, reported, outcome, tube, method, institution)| TestResult {
            sampled,
            received,
            reported,
            outcome: Outcome::from_u8(outcome).unwrap(),
            tube: Tube::from_u8(tube).unwrap(),
            method: Method::from_u8(method).unwrap(),
            institution,
        },
    )
}

fn reason() -> impl Strategy<Value = Reason> {
    let code = any::<u8>().prop_filter_map("a reason's number", ReasonCode::from_u8);
    (code, time(), prop::option::of(time()), prop::option::weighted(0.2, time()))
        .prop_map(|(code, since, until, released)| Reason { code, since, until, released })
}

prop_compose! {
    fn state()(
        id in any::<u64>(),
        seq in any::<u64>(),
        masked_name in "[A-Z]\\*{0,3}[a-z]{0,5}|[\u{4e00}-\u{9fff}]\\*[\u{4e00}-\u{9fff}]",
        document_tail in "[0-9A-Z]{4}",
        birth_date in prop::option::of(day()),
        sex in prop::option::of(prop::bool::ANY),
        community in prop::option::of(0..u32::MAX),
        slots in (slot(), slot()),
        vaccination in prop::option::of((any::<u8>(), day())),
        results in prop::collection::vec(result(), 0..3),
        reasons in prop::collection::vec(reason(), 0..6),
    ) -> PersonState {
        PersonState {
            person_id: PersonId::from_low_bits(id),
            seq,
            masked_name,
            document_tail,
            birth_date,
            sex: sex.map(|male| if male { Sex::Male } else { Sex::Female }),
            document_kind: DocumentKind::Passport,
            community: community.map(CommunityId),
            household: None,
            reasons,
            results,
            vaccination: vaccination.map(|(doses, last)| Vaccination { doses, last }),
            device_slot: slots.0,
            paper_slot: slots.1,
            relative_slots: Vec::new(),
            void_slots: Vec::new(),
        rounds: Vec::new(),
        }
    }
}

proptest! {
    #[test]
    fn an_entry_keeps_what_a_code_depends_on(state in state(), now in time()) {
        let (entry, more) = Entry::pack(&state, now);
        prop_assert_eq!(entry.person(), state.person_id);
        prop_assert_eq!(u64::from(entry.version()), state.seq & 0xFFFF_FFFF);
        prop_assert_eq!(entry.device_slot(), state.device_slot);
        prop_assert_eq!(entry.paper_slot(), state.paper_slot);
        prop_assert_eq!(entry.community(), state.community);
        prop_assert_eq!(entry.masked_name(), &state.masked_name);
        prop_assert_eq!(entry.document_tail(), &state.document_tail);
        prop_assert_eq!(entry.vaccination(), state.vaccination);
        prop_assert_eq!(entry.results().collect::<Vec<_>>(), state.results);
        // A release that lies ahead is one more end.
        let open: Vec<Reason> = state
            .reasons
            .iter()
            .filter(|reason| reason.released.is_none_or(|released| released > now))
            .map(|reason| {
                let until = [reason.until, reason.released].into_iter().flatten().min();
                Reason { until, released: None, ..*reason }
            })
            .collect();
        prop_assert_eq!(entry.has_more_reasons(), open.len() > 2);
        match more {
            Some(more) => prop_assert_eq!(&*more, &open[..]),
            None => {
                let (inside, count) = entry.reasons();
                prop_assert_eq!(&inside[..count], &open[..]);
            }
        }
    }

    #[test]
    fn what_was_written_is_read_again(state in state()) {
        let (entry, _) = Entry::pack(&state, Timestamp::UNIX_EPOCH);
        let mut bytes = Vec::new();
        entry.write(&mut bytes);
        let bytes: [u8; ENTRY_BYTES] = bytes.try_into().unwrap();
        prop_assert_eq!(Entry::read(&bytes), entry);
    }

    #[test]
    fn any_bytes_are_some_entry_and_no_panic(bytes in any::<[u8; 32]>(), from in 0_usize..65) {
        let mut room = [0; ENTRY_BYTES];
        room[from.min(64)..from.min(64) + 32].copy_from_slice(&bytes);
        let entry = Entry::read(&room);
        let _ = (entry.masked_name(), entry.document_tail(), entry.vaccination(), entry.reasons());
        prop_assert!(entry.results().count() <= 2);
    }

    #[test]
    fn times_and_days_beyond_an_entry_do_not_break_it(
        second in -377_705_023_201_i64..253_402_207_200,
        name in "\\PC{0,12}",
        (year, month, day) in (-9999_i16..9999, 1_i8..13, 1_i8..29),
    ) {
        let far = Timestamp::from_second(second).unwrap();
        let mut far_off = crate::registry::fixtures::state(1, 1, 1);
        far_off.masked_name = name;
        far_off.birth_date = Some(date(year, month, day));
        far_off.vaccination = Some(Vaccination { doses: 1, last: date(year, month, day) });
        far_off.reasons = vec![Reason { until: Some(far), ..Reason::new(ReasonCode::Symptoms, far) }];
        let (entry, _) = Entry::pack(&far_off, Timestamp::UNIX_EPOCH);
        prop_assert_eq!(entry.reasons().1, 1);
        prop_assert!(far_off.masked_name.starts_with(entry.masked_name()));
    }
}
