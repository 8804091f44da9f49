//! Tests of the keyring.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use jiff::civil::date;
use ring::rand::SystemRandom;
use yimatong_model::document::DocumentKind;

use super::*;

fn random() -> SystemRandom {
    #[allow(clippy::disallowed_methods, reason = "tests need a source of keys, not a repeatable one")]
    SystemRandom::new()
}

fn person(id: u64) -> PersonId {
    PersonId::from_low_bits(id)
}

fn document(number: &str) -> Document {
    Document::parse(DocumentKind::ResidentId, number, date(2022, 1, 5)).unwrap()
}

#[test]
fn a_new_keyring_is_for_its_owner_only_and_gives_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    let (_, warnings) = Keyring::open_or_create(&directory, &random()).unwrap();
    assert_eq!(warnings, []);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&file::path_in(&directory)), 0o600);
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 1, "nothing is left beside the key file");
}

#[test]
fn wider_permissions_give_a_warning_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    Keyring::open_or_create(folder.path(), &random()).unwrap();
    fs::set_permissions(file::path_in(folder.path()), Permissions::from_mode(0o644)).unwrap();
    let (_, warnings) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let text = warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(text.contains("mode 0644") && text.contains("chmod 0600"), "{text}");
}

#[test]
fn a_keyring_opened_again_finds_and_opens_what_the_first_one_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let (second, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let sealed = first.seal(&random(), person(7), "name", "张三".as_bytes()).unwrap();
    assert_eq!(second.open_text(person(7), "name", &sealed).unwrap(), "张三");
    let id = document("11010519491231002X");
    assert_eq!(first.document_tag(&id), second.document_tag(&id));
    assert_eq!(first.fingerprint(), second.fingerprint());
}

#[test]
fn a_value_moved_to_another_person_or_column_or_changed_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let mut sealed = keys.seal(&random(), person(7), "name", b"Anna").unwrap();
    assert!(keys.open(person(8), "name", &sealed).is_err());
    assert!(keys.open(person(7), "phone", &sealed).is_err());
    assert!(keys.open(person(7), "name", &sealed[..10]).is_err());
    *sealed.last_mut().unwrap() ^= 1;
    assert!(keys.open(person(7), "name", &sealed).is_err());
}

#[test]
fn values_sealed_before_a_rotation_stay_readable() {
    let folder = tempfile::tempdir().unwrap();
    let (old, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let sealed = old.seal(&random(), person(7), "name", b"Anna").unwrap();
    let new = Keyring::rotate(folder.path(), &random()).unwrap();
    assert_eq!(new.current_key_id(), old.current_key_id() + 1);
    assert_eq!(new.open(person(7), "name", &sealed).unwrap(), b"Anna");
    let sealed = new.seal(&random(), person(7), "name", b"Anna").unwrap();
    assert!(old.open(person(7), "name", &sealed).is_err(), "the old keyring lacks the new key");
}

#[test]
fn a_secret_opens_under_its_own_context_only() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    let sealed = keys.seal_secret(&random(), "totp:li", b"secret").unwrap();
    assert_eq!(keys.open_secret("totp:li", &sealed).unwrap(), b"secret");
    assert!(keys.open_secret("totp:wang", &sealed).is_err());
}

#[test]
fn neither_debug_nor_errors_show_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    assert_eq!(format!("{keys:?}"), "Keyring { current: 1, .. }");
    let path = file::path_in(folder.path());
    let text = fs::read_to_string(&path).unwrap().replace("\"current\": 1", "\"current\": \"x\"");
    fs::write(&path, &text).unwrap();
    let error = Keyring::open_or_create(folder.path(), &random()).unwrap_err().to_string();
    assert!(error.contains("can't be parsed") && error.len() < 200, "{error}");
}

#[test]
fn two_processes_that_create_at_once_use_one_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("keys");
    let prints: Vec<_> = std::thread::scope(|scope| {
        let open = || Keyring::open_or_create(&directory, &random()).unwrap().0.fingerprint();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(prints.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn kinds_of_documents_with_the_same_number_have_different_tags() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::open_or_create(folder.path(), &random()).unwrap();
    assert_ne!(keys.tag(b"passport", b"E12345678"), keys.tag(b"taiwan-permit", b"E12345678"));
}
