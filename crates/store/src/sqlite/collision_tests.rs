//! Tests of ids whose prefixes collide, with tags made by hand.

use jiff::Timestamp;
use jiff::civil::date;
use ring::rand::SystemRandom;
use rusqlite::Connection;
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::ids::PersonId;
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;

use super::migrate::migrate;
use super::person::{NewPerson, Place, insert, place};
use super::tx::{Tx, View};
use crate::keyring::{Keyring, person_id_of};
use crate::profile::Identity;

/// A tag with that first byte and that last byte: same first byte, same person id.
fn tag(first: u8, last: u8) -> [u8; 32] {
    let mut tag = [first; 32];
    tag[31] = last;
    tag
}

fn in_transaction(test: impl FnOnce(&Tx<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    #[allow(clippy::disallowed_methods, reason = "the test stands where the server's source stands")]
    let rng = SystemRandom::new();
    let (keys, _) = Keyring::open_or_create(folder.path(), &rng).unwrap();
    let mut sql = Connection::open_in_memory().unwrap();
    migrate(&mut sql).unwrap();
    let check_in_days = Default::default();
    test(&Tx { view: View { sql: &sql, keys: &keys }, rng: &rng, check_in_days: &check_in_days });
}

fn put(tx: &Tx<'_>, person: PersonId, tag: &[u8; 32]) {
    let document = Document::parse(DocumentKind::ResidentId, "11010519491231002X", date(2022, 1, 5)).unwrap();
    let name = PersonName::parse("王建国").unwrap();
    let identity = Identity { document: &document, name: &name, phone: None, birth_date: None, sex: None };
    let new = NewPerson {
        person,
        tag,
        seq: 1,
        sealed: &identity.seal(tx.keys, tx.rng, person).unwrap(),
        nationality: Nationality::CHN,
        community: None,
        household: None,
        now: Timestamp::UNIX_EPOCH,
    };
    insert(tx, &new).unwrap();
}

#[test]
fn tags_with_the_same_prefix_get_the_next_ids_and_are_found_again() {
    in_transaction(|tx| {
        let id = person_id_of(&tag(9, 0));
        for number in 0..4 {
            let next = PersonId::from_low_bits(id.get() + u64::from(number));
            assert_eq!(place(tx, &tag(9, number)).unwrap(), Place::Free(next));
            put(tx, next, &tag(9, number));
        }
        for number in 0..4 {
            let found = PersonId::from_low_bits(id.get() + u64::from(number));
            assert_eq!(place(tx, &tag(9, number)).unwrap(), Place::Known(found));
        }
    });
}

#[test]
fn the_search_goes_on_from_the_largest_id_to_the_smallest() {
    in_transaction(|tx| {
        assert_eq!(person_id_of(&tag(255, 0)), PersonId::MAX);
        put(tx, PersonId::MAX, &tag(255, 0));
        assert_eq!(place(tx, &tag(255, 1)).unwrap(), Place::Free(PersonId::from_low_bits(0)));
    });
}
