//! One person in the registry: 96 bytes, whatever a code depends on.
//!
//! Times are Unix seconds in 32 bits (good until 2106), 0 for none. Two reasons and two results lie inside; a
//! person with more open reasons has all of them in the shard's side table.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use yimatong_model::document::DocumentKind;
use yimatong_model::ids::{CommunityId, PersonId, Slot};
use yimatong_model::person::Sex;
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::PersonState;

/// Bytes of an entry in memory and in a snapshot.
pub const ENTRY_BYTES: usize = 96;
const NONE: u32 = u32::MAX;
const MORE_REASONS: u8 = 1 << 7;

/// The registry's view of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub(super) person: u64,
    /// Change number of the state this was made of (low 32 bits).
    pub(super) version: u32,
    community: u32,
    device_slot: u32,
    paper_slot: u32,
    sampled_s: [u32; 2],
    received_s: [u32; 2],
    reported_s: [u32; 2],
    reason_since_s: [u32; 2],
    reason_until_s: [u32; 2],
    institution: [u16; 2],
    birth_day: u16,
    vaccine_day: u16,
    /// Room for the zone a person lives in.
    zone: u16,
    result_bits: [u8; 2],
    reason_code: [u8; 2],
    doses: u8,
    flags: u8,
    masked_name: [u8; 12],
    document_tail: [u8; 4],
}

const _: () = assert!(size_of::<Entry>() == ENTRY_BYTES);

impl Entry {
    /// Packs a state as of `now`. Returns the entry and, when they do not fit inside, all its open reasons.
    #[must_use]
    pub fn pack(state: &PersonState, now: Timestamp) -> (Self, Option<Box<[Reason]>>) {
        let open: Vec<Reason> = state.reasons.iter().filter_map(|reason| open_at(reason, now)).collect();
        let mut entry = Self {
            person: state.person_id.get(),
            version: low_bits(state.seq),
            community: state.community.map_or(NONE, |community| community.0),
            device_slot: state.device_slot.map_or(NONE, |slot| slot.0),
            paper_slot: state.paper_slot.map_or(NONE, |slot| slot.0),
            sampled_s: [0; 2],
            received_s: [0; 2],
            reported_s: [0; 2],
            reason_since_s: [0; 2],
            reason_until_s: [0; 2],
            institution: [0; 2],
            birth_day: state.birth_date.map_or(0, day_number),
            vaccine_day: state.vaccination.map_or(0, |vaccination| day_number(vaccination.last)),
            zone: 0,
            result_bits: [0; 2],
            reason_code: [0; 2],
            doses: state.vaccination.map_or(0, |vaccination| vaccination.doses),
            flags: person_bits(state),
            masked_name: text(&state.masked_name),
            document_tail: text(&state.document_tail),
        };
        for (place, result) in state.results.iter().take(2).enumerate() {
            entry.sampled_s[place] = seconds(result.sampled);
            entry.received_s[place] = seconds(result.received);
            entry.reported_s[place] = seconds(result.reported);
            entry.institution[place] = result.institution;
            entry.result_bits[place] = result_bits(result);
        }
        for (place, reason) in open.iter().take(2).enumerate() {
            entry.reason_code[place] = reason.code.as_u8();
            entry.reason_since_s[place] = seconds(reason.since);
            entry.reason_until_s[place] = reason.until.map_or(0, seconds);
        }
        let more = (open.len() > 2).then(|| {
            entry.flags |= MORE_REASONS;
            open.into_boxed_slice()
        });
        (entry, more)
    }

    /// Whose entry this is.
    #[must_use]
    pub fn person(&self) -> PersonId {
        PersonId::from_low_bits(self.person)
    }

    /// Change number (low 32 bits) of the state in the store.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Is this of a later change than another entry of the same person?
    #[must_use]
    pub const fn is_newer_than(&self, other: &Self) -> bool {
        self.version.wrapping_sub(other.version).cast_signed() > 0
    }

    /// Slot of the person's device.
    #[must_use]
    pub fn device_slot(&self) -> Option<Slot> {
        (self.device_slot != NONE).then_some(Slot(self.device_slot))
    }

    /// Slot of the person's paper code.
    #[must_use]
    pub fn paper_slot(&self) -> Option<Slot> {
        (self.paper_slot != NONE).then_some(Slot(self.paper_slot))
    }

    /// Community of residence.
    #[must_use]
    pub fn community(&self) -> Option<CommunityId> {
        (self.community != NONE).then_some(CommunityId(self.community))
    }

    /// Masked name.
    #[must_use]
    pub fn masked_name(&self) -> &str {
        as_text(&self.masked_name)
    }

    /// Last characters of the document number.
    #[must_use]
    pub fn document_tail(&self) -> &str {
        as_text(&self.document_tail)
    }

    /// Doses and the day of the last.
    #[must_use]
    pub fn vaccination(&self) -> Option<Vaccination> {
        let last = day(self.vaccine_day)?;
        Some(Vaccination { doses: self.doses, last })
    }

    /// The latest results, newest first.
    pub fn results(&self) -> impl Iterator<Item = TestResult> + '_ {
        (0..2).filter_map(|place| self.result(place))
    }

    /// Are there reasons that did not fit inside?
    #[must_use]
    pub const fn has_more_reasons(&self) -> bool {
        self.flags & MORE_REASONS != 0
    }

    /// The reasons that lie inside and how many they are.
    #[must_use]
    pub fn reasons(&self) -> ([Reason; 2], usize) {
        let mut reasons = [Reason::new(ReasonCode::Confirmed, Timestamp::UNIX_EPOCH); 2];
        let mut count = 0;
        for place in 0..2 {
            let Some(code) = ReasonCode::from_u8(self.reason_code[place]) else { continue };
            let until_s = self.reason_until_s[place];
            reasons[count] = Reason {
                code,
                since: instant(self.reason_since_s[place]),
                until: (until_s != 0).then(|| instant(until_s)),
                released: None,
            };
            count += 1;
        }
        (reasons, count)
    }

    fn result(&self, place: usize) -> Option<TestResult> {
        let bits = self.result_bits[place];
        if bits & 1 == 0 {
            return None;
        }
        Some(TestResult {
            sampled: instant(self.sampled_s[place]),
            received: instant(self.received_s[place]),
            reported: instant(self.reported_s[place]),
            outcome: Outcome::from_u8(bits >> 1 & 3)?,
            tube: Tube::from_u8(bits >> 3 & 1)?,
            method: Method::from_u8(bits >> 4 & 1)?,
            institution: self.institution[place],
        })
    }

    /// The entry as bytes of a snapshot, little-endian.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.person.to_le_bytes());
        for word in self.words() {
            out.extend_from_slice(&word.to_le_bytes());
        }
        for half in self.halves() {
            out.extend_from_slice(&half.to_le_bytes());
        }
        out.extend_from_slice(&self.result_bits);
        out.extend_from_slice(&self.reason_code);
        out.extend_from_slice(&[self.doses, self.flags]);
        out.extend_from_slice(&self.masked_name);
        out.extend_from_slice(&self.document_tail);
    }

    fn words(&self) -> [u32; 14] {
        let [s0, s1] = self.sampled_s;
        let [c0, c1] = self.received_s;
        let [p0, p1] = self.reported_s;
        let [f0, f1] = self.reason_since_s;
        let [u0, u1] = self.reason_until_s;
        let head = [self.version, self.community, self.device_slot, self.paper_slot];
        [head[0], head[1], head[2], head[3], s0, s1, c0, c1, p0, p1, f0, f1, u0, u1]
    }

    fn halves(&self) -> [u16; 5] {
        [self.institution[0], self.institution[1], self.birth_day, self.vaccine_day, self.zone]
    }

    /// Reads what [`Entry::write`] wrote.
    #[must_use]
    pub fn read(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let words = |at: usize| [word(at), word(at + 4)];
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let mut masked_name = [0; 12];
        masked_name.copy_from_slice(&bytes[80..92]);
        let mut document_tail = [0; 4];
        document_tail.copy_from_slice(&bytes[92..96]);
        Self {
            person: u64::from(word(0)) | u64::from(word(4)) << 32,
            version: word(8),
            community: word(12),
            device_slot: word(16),
            paper_slot: word(20),
            sampled_s: words(24),
            received_s: words(32),
            reported_s: words(40),
            reason_since_s: words(48),
            reason_until_s: words(56),
            institution: [half(64), half(66)],
            birth_day: half(68),
            vaccine_day: half(70),
            zone: half(72),
            result_bits: [bytes[74], bytes[75]],
            reason_code: [bytes[76], bytes[77]],
            doses: bytes[78],
            flags: bytes[79],
            masked_name,
            document_tail,
        }
    }
}

/// The reason without its release, or none once it is released. A release that lies ahead (the end of the days of
/// a way back) ends the reason as `until` does.
fn open_at(reason: &Reason, now: Timestamp) -> Option<Reason> {
    if reason.released.is_some_and(|released| released <= now) {
        return None;
    }
    let until = [reason.until, reason.released].into_iter().flatten().min();
    Some(Reason { until, released: None, ..*reason })
}

fn low_bits(number: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits are meant")]
    let low = number as u32;
    low
}

fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_second()).unwrap_or(0)
}

fn instant(second: u32) -> Timestamp {
    Timestamp::from_second(i64::from(second)).expect("32 bits of seconds lie within jiff's range")
}

/// Days since 1899-12-31, so that 0 is free for "unknown"; good until 2079.
fn day_number(day: Date) -> u16 {
    let days = day.since(date(1899, 12, 31)).map_or(0, |span| span.get_days());
    u16::try_from(days).unwrap_or(0)
}

fn day(number: u16) -> Option<Date> {
    (number != 0).then(|| {
        date(1899, 12, 31)
            .checked_add(jiff::Span::new().days(i64::from(number)))
            .expect("a 16-bit number of days after 1899 lies within jiff's range")
    })
}

fn result_bits(result: &TestResult) -> u8 {
    1 | result.outcome.as_u8() << 1 | result.tube.as_u8() << 3 | result.method.as_u8() << 4
}

fn person_bits(state: &PersonState) -> u8 {
    let sex = match state.sex {
        None => 0,
        Some(Sex::Female) => 1,
        Some(Sex::Male) => 2,
    };
    let kind = match state.document_kind {
        DocumentKind::ResidentId => 0,
        DocumentKind::Passport => 1,
        DocumentKind::ForeignPermanentResidentCard => 2,
        DocumentKind::HkMacaoPermit => 3,
        DocumentKind::TaiwanPermit => 4,
    };
    sex | kind << 2
}

/// A short text in a fixed room; longer text is cut at a character's edge.
fn text<const N: usize>(text: &str) -> [u8; N] {
    let mut room = [0; N];
    let cut = (0..=N.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    room[..cut].copy_from_slice(&text.as_bytes()[..cut]);
    room
}

fn as_text(room: &[u8]) -> &str {
    let end = room.iter().position(|b| *b == 0).unwrap_or(room.len());
    std::str::from_utf8(&room[..end]).unwrap_or("")
}

#[cfg(test)]
mod tests;
