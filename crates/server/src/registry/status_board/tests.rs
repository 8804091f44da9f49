//! Status lists are signed when they changed, again when they are old, and again after a failure.

use yimatong_credential::{KeyError, PublicKey, Signer, SoftwareKey, Status, verify_status_list};
use yimatong_credential::{KeySet, LIST_ENTRIES};
use yimatong_model::ids::Slot;

use super::{LIFETIME_S, RESIGN_AFTER_S, StatusBoard};

/// A key in a device that stopped answering.
struct Broken(SoftwareKey);

impl Signer for Broken {
    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn kid(&self) -> [u8; 8] {
        self.0.kid()
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], KeyError> {
        Err(KeyError::Signing)
    }
}

fn key() -> SoftwareKey {
    SoftwareKey::generate(crate::random::system()).unwrap().0
}

fn address(list: u32) -> String {
    format!("http://city.test/{list}")
}

#[test]
fn a_list_is_signed_when_it_changed_or_became_old() {
    let (board, key) = (StatusBoard::new([7; 32], false), key());
    let publish = |now_s| board.publish(&address, &key, now_s).unwrap();
    assert_eq!(publish(0), 1, "the first list is there from the start");
    assert_eq!(publish(1), 0);
    board.set(Slot(3), Status::Green);
    assert_eq!(publish(2), 0, "it was green before");
    board.set(Slot(3), Status::Red);
    assert_eq!((publish(3), publish(4)), (1, 0));
    assert_eq!((publish(3 + RESIGN_AFTER_S - 1), publish(3 + RESIGN_AFTER_S)), (0, 1));
    assert_eq!(board.published_count(), (1, Some(3 + RESIGN_AFTER_S)));
}

#[test]
fn a_slot_beyond_the_first_list_is_published_in_its_own() {
    let (board, key) = (StatusBoard::new([7; 32], false), key());
    let far = Slot((2 << 20) + 5);
    board.set(far, Status::Yellow);
    assert_eq!(board.publish(&address, &key, 0).unwrap(), 3);
    let (list, index) = board.place(far);
    let token = board.published(list as usize).unwrap();
    let read = verify_status_list(&token.token, &KeySet::new([key.public_key()])).unwrap();
    assert_eq!((list, read.get(index)), (2, Some(Status::Yellow)));
    assert_eq!(read.claims().uri, address(2));
    assert_eq!(read.claims().expires_at_s, Some(LIFETIME_S));
    assert!(board.published(3).is_none());
}

#[test]
fn a_change_that_could_not_be_signed_is_signed_later() {
    let (board, good, broken) = (StatusBoard::new([7; 32], false), key(), Broken(key()));
    board.publish(&address, &good, 0).unwrap();
    let before = board.published(0).unwrap().etag.clone();
    board.set(Slot(3), Status::Red);
    assert!(board.publish(&address, &broken, 1).is_err());
    assert_eq!(board.published(0).unwrap().etag, before, "the old list stays");
    assert_eq!(board.publish(&address, &good, 2).unwrap(), 1);
    assert_ne!(board.published(0).unwrap().etag, before);
}

#[test]
fn a_place_that_is_looked_up_is_the_place_that_is_computed() {
    let (computed, looked_up) = (StatusBoard::new([7; 32], false), StatusBoard::new([7; 32], true));
    for slot in [0, 1, 4_711, LIST_ENTRIES - 1, LIST_ENTRIES, 3 * LIST_ENTRIES + 5].map(Slot) {
        assert_eq!(looked_up.place(slot), computed.place(slot));
        assert_eq!(looked_up.place(slot), computed.place(slot), "also the second time");
    }
}
