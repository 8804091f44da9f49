//! The sealed columns of a person.
//!
//! `profile` holds what the registry needs in one small sealed value: kind (1 byte), sex (1: 0 unknown, 1 male,
//! 2 female), birth day (4, big endian, days since 1970-01-01, minimum for unknown), length of the tail (1), tail,
//! masked name. Birth date and tail are sealed because with the district they nearly give the ID number.

use jiff::civil::Date;
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::ids::PersonId;
use yimatong_model::name::PersonName;
use yimatong_model::person::Sex;
use yimatong_model::phone::Phone;

use crate::codec::{day, day_number};
use crate::error::Result;
use crate::error::corrupt;
use crate::keyring::Keyring;
use crate::keyring::Random;
use crate::person::RegisterPerson;
use crate::relative::AddRelative;

const NO_BIRTH_DAY: i32 = i32::MIN;

/// Who somebody is, in clear; borrowed from a verb's arguments.
pub(crate) struct Identity<'a> {
    pub(crate) document: &'a Document,
    pub(crate) name: &'a PersonName,
    pub(crate) phone: Option<&'a Phone>,
    /// Used when the document does not tell it.
    pub(crate) birth_date: Option<Date>,
    /// Used when the document does not tell it.
    pub(crate) sex: Option<Sex>,
}

impl<'a> From<&'a RegisterPerson> for Identity<'a> {
    fn from(new: &'a RegisterPerson) -> Self {
        let RegisterPerson { document, name, phone, birth_date, .. } = new;
        Self { document, name, phone: phone.as_ref(), birth_date: *birth_date, sex: None }
    }
}

impl<'a> From<&'a AddRelative> for Identity<'a> {
    fn from(new: &'a AddRelative) -> Self {
        let AddRelative { document, name, birth_date, .. } = new;
        Self { document, name, phone: None, birth_date: *birth_date, sex: None }
    }
}

/// The sealed columns.
#[derive(Clone)]
pub(crate) struct SealedIdentity {
    pub(crate) document: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) profile: Vec<u8>,
}

/// The decoded profile.
pub(crate) struct Profile {
    pub(crate) kind: DocumentKind,
    pub(crate) sex: Option<Sex>,
    pub(crate) birth_date: Option<Date>,
    pub(crate) tail: String,
    pub(crate) masked_name: String,
}

impl Identity<'_> {
    /// Seals everything for a person id.
    pub(crate) fn seal(&self, keys: &Keyring, rng: &Random, person: PersonId) -> Result<SealedIdentity> {
        Ok(SealedIdentity {
            document: keys.seal(rng, person, "document", self.document.number().as_bytes())?,
            name: keys.seal(rng, person, "name", self.name.as_str().as_bytes())?,
            phone: self.phone.map(|phone| seal_phone(keys, rng, person, phone)).transpose()?,
            profile: keys.seal(rng, person, "profile", &self.profile())?,
        })
    }

    fn profile(&self) -> Vec<u8> {
        let birth_day = self.document.birth_date().or(self.birth_date).map_or(NO_BIRTH_DAY, day_number);
        let sex = match self.document.sex().or(self.sex) {
            None => 0,
            Some(Sex::Male) => 1,
            Some(Sex::Female) => 2,
        };
        let tail = self.document.tail().as_bytes();
        let mut profile = vec![self.document.kind().as_u8(), sex];
        profile.extend_from_slice(&birth_day.to_be_bytes());
        profile.push(u8::try_from(tail.len()).unwrap_or(0));
        profile.extend_from_slice(tail);
        profile.extend_from_slice(self.name.masked().as_bytes());
        profile
    }
}

/// Seals a phone.
pub(crate) fn seal_phone(keys: &Keyring, rng: &Random, person: PersonId, phone: &Phone) -> Result<Vec<u8>> {
    keys.seal(rng, person, "phone", phone.canonical().as_bytes())
}

impl Profile {
    /// Opens a profile column.
    pub(crate) fn open(keys: &Keyring, person: PersonId, sealed: &[u8]) -> Result<Self> {
        Self::decode(&keys.open(person, "profile", sealed)?).ok_or_else(|| corrupt("a profile"))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[kind, sex], rest) = bytes.split_first_chunk::<2>()?;
        let (birth_day, rest) = rest.split_first_chunk::<4>()?;
        let (&tail_length, rest) = rest.split_first()?;
        let (tail, masked_name) = rest.split_at_checked(usize::from(tail_length))?;
        let birth_date = match i32::from_be_bytes(*birth_day) {
            NO_BIRTH_DAY => None,
            number => Some(day(number).ok()?),
        };
        Some(Self {
            kind: DocumentKind::from_u8(kind)?,
            sex: match sex {
                0 => None,
                1 => Some(Sex::Male),
                2 => Some(Sex::Female),
                _ => return None,
            },
            birth_date,
            tail: std::str::from_utf8(tail).ok()?.to_owned(),
            masked_name: std::str::from_utf8(masked_name).ok()?.to_owned(),
        })
    }
}
