//! The subject of a credential: the person id, encrypted afresh at each issue.
//!
//! One block of AES-256 over {id, random}: gates can't follow a person from one credential to the next, and
//! only the server can turn a check-in's subject back into a person.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use ring::rand::SecureRandom;
use yimatong_model::ids::PersonId;

use crate::random;

/// Turns person ids into subjects and back.
pub struct SubjectCipher(Aes256);

impl std::fmt::Debug for SubjectCipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectCipher([hidden])")
    }
}

impl SubjectCipher {
    /// Subjects under this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Aes256::new(key.into()))
    }

    /// A fresh subject of a person.
    #[must_use]
    pub fn seal(&self, person: PersonId, random: &dyn SecureRandom) -> [u8; 16] {
        let mut block = [0; 16];
        block[..8].copy_from_slice(&person.get().to_be_bytes());
        block[8..].copy_from_slice(&random::bytes::<8>(random));
        let mut block = block.into();
        self.0.encrypt_block(&mut block);
        block.into()
    }

    /// The person of a subject. A made-up subject gives a random id: the caller checks that the person exists,
    /// which among 2^63 ids of at most 2^31 people fails with a chance of less than one in 2^32.
    #[must_use]
    pub fn open(&self, subject: &[u8; 16]) -> Option<PersonId> {
        let mut block = (*subject).into();
        self.0.decrypt_block(&mut block);
        let block: [u8; 16] = block.into();
        let (id, _) = block.split_first_chunk()?;
        PersonId::new(u64::from_be_bytes(*id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_differs_at_each_issue_and_names_the_person_to_the_server_alone() {
        let random = crate::random::system();
        let cipher = SubjectCipher::new(&[3; 32]);
        let person = PersonId::new(42).unwrap();
        let (first, second) = (cipher.seal(person, &*random), cipher.seal(person, &*random));
        assert_ne!(first, second);
        assert_eq!(cipher.open(&first), Some(person));
        assert_eq!(cipher.open(&second), Some(person));
        assert_ne!(SubjectCipher::new(&[4; 32]).open(&first), Some(person));
    }
}
