//! Arguments and results of the verbs about people and their devices.

use jiff::Timestamp;
use jiff::civil::Date;
use yimatong_model::document::Document;
use yimatong_model::ids::{CommunityId, PersonId, Slot};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Person};
use yimatong_model::phone::Phone;
use yimatong_model::reason::Reason;
use yimatong_model::test_result::TestResult;
use yimatong_model::vaccination::Vaccination;

use crate::state::PersonState;

/// Public key of a device: an uncompressed P-256 point (SEC 1, 2.3.3), 65 bytes from 0x04.
/// Whether the point lies on the curve is the credential's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceKey(pub [u8; 65]);

/// A registration.
#[derive(Clone)]
pub struct RegisterPerson {
    /// Checked identity document.
    pub document: Document,
    /// Name as on the document.
    pub name: PersonName,
    /// Phone proven by a one-time password; none for people registered by staff or as relatives.
    pub phone: Option<Phone>,
    /// Community of residence.
    pub community: Option<CommunityId>,
    /// Nationality.
    pub nationality: Nationality,
    /// Birth date where the document does not tell it.
    pub birth_date: Option<Date>,
    /// Key of the device that shows the code.
    pub device: Option<DeviceKey>,
    /// Time of the registration.
    pub now: Timestamp,
}

/// Outcome of a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The person as stored.
    pub state: PersonState,
    /// Slot of the device, when one was bound.
    pub slot: Option<Slot>,
    /// False when a person known without a phone (a relative, an import) completed the registration.
    pub created: bool,
}

/// A log-in on a device.
#[derive(Clone)]
pub struct BindDevice {
    /// Phone proven by a one-time password.
    pub phone: Phone,
    /// Last four characters of the document, compared when given.
    pub document_tail: Option<String>,
    /// Key of the device.
    pub key: DeviceKey,
    /// Time of the log-in.
    pub now: Timestamp,
}

/// Outcome of a log-in, or of a new paper code: the earlier slot of the kind is void.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The person as stored.
    pub state: PersonState,
    /// The new slot.
    pub slot: Slot,
    /// After a log-in the relatives, whose codes the new device shows under new slots.
    pub relatives: Vec<PersonState>,
}

/// One person of a bulk import.
#[derive(Clone)]
pub struct ImportPerson {
    /// The person; a phone that is taken is left out.
    pub person: Person,
    /// Reasons given so far.
    pub reasons: Vec<Reason>,
    /// Test results, any order.
    pub results: Vec<TestResult>,
    /// Vaccination, if any.
    pub vaccination: Option<Vaccination>,
}

/// Outcome of a bulk import. Followers of the change feed see [`Changes::TooOld`](crate::Changes::TooOld) and load anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Ids in the order of the batch, also of people who were there already.
    pub people: Vec<PersonId>,
    /// How many were new.
    pub created: usize,
    /// How many phones were left out because they belong to somebody else.
    pub phones_taken: usize,
}
