//! Numbers that no two synthetic people share: resident IDs, cards, passports, permits and phones.
//!
//! Uniqueness needs no list of everybody. Numbers that carry a birth date take their sequence from one of a million
//! small counters, found by a hash of everything else in the number: people who agree in the rest share a counter and
//! get different sequences. All other numbers are a permutation of the person's place in the stream.

use jiff::SignedDuration;
use jiff::civil::Date;

use super::draw::mix;
use crate::document::{Document, DocumentKind, check_digit};
use crate::person::{Nationality, Sex};
use crate::phone::Phone;

/// Sequences 001 to 999 hold 499 pairs of an even (female) and an odd (male) number; 000 and 001 stay free. A prime,
/// so any step walks through all of them.
const SEQUENCES: u64 = 499;
const STEP: u64 = 211;

/// As many different numbers as eight digits hold.
const EIGHT_DIGITS: u64 = 100_000_000;

/// Gives out numbers; `today` is the city's date, after which nobody is born.
pub(super) struct Numbers {
    seed: u64,
    today: Date,
    counters: Vec<u16>,
}

impl Numbers {
    pub(super) fn new(people: u32, seed: u64, today: Date) -> Self {
        // About eight people per counter keep every counter far below its 499 sequences.
        let size = (people as usize / 8).next_power_of_two().max(64);
        Self { seed, today, counters: vec![0; size] }
    }

    /// A resident ID number with these first six digits, or with a birth date some days earlier where the day is full.
    pub(super) fn resident_id(&mut self, division: u32, birth: Date, sex: Sex) -> Document {
        self.with_check_digit(DocumentKind::ResidentId, division, birth, sex)
    }

    /// A permanent resident card issued in the province: the form of 2023 from 2024 on, before that the old one.
    pub(super) fn permanent_resident_card(
        &mut self,
        province: u32,
        nationality: Nationality,
        numeric: u32,
        birth: Date,
        sex: Sex,
    ) -> Document {
        let kind = DocumentKind::ForeignPermanentResidentCard;
        if self.today.year() >= 2024 {
            return self.with_check_digit(kind, 900_000 + province * 1000 + numeric, birth, sex);
        }
        let (birth, count) = self.take(province * 1000 + numeric, birth, sex, 50);
        let sequence = count * 2 + u64::from(sex == Sex::Male);
        let (year, month, day) = (birth.year() % 100, birth.month(), birth.day());
        let number = format!("{nationality}{province:02}01{year:02}{month:02}{day:02}{sequence:02}");
        self.document(kind, &number)
    }

    /// A passport, different for every place in the stream.
    pub(super) fn passport(&self, nth: u32) -> Document {
        let letter = char::from(b'A' + (mix(self.seed ^ u64::from(nth)) % 26) as u8);
        self.document(DocumentKind::Passport, &format!("{letter}{:08}", self.permuted(nth)))
    }

    /// A permit for Hong Kong (H) or Macao (M), different for every place in the stream.
    pub(super) fn hk_macao_permit(&self, nth: u32) -> Document {
        let letter = if mix(self.seed ^ u64::from(nth)).is_multiple_of(4) { 'M' } else { 'H' };
        self.document(DocumentKind::HkMacaoPermit, &format!("{letter}{:08}", self.permuted(nth)))
    }

    /// A permit for Taiwan, different for every place in the stream.
    pub(super) fn taiwan_permit(&self, nth: u32) -> Document {
        self.document(DocumentKind::TaiwanPermit, &format!("{:08}", self.permuted(nth)))
    }

    /// A mobile number, different for every place in the stream. All begin with 154, which operators do not use, so
    /// that a demo city with a real SMS gateway reaches no real person.
    pub(super) fn phone(&self, nth: u32) -> Phone {
        Phone::mainland(15_400_000_000 + self.permuted(nth)).expect("154 is within 13 to 19")
    }

    fn with_check_digit(&mut self, kind: DocumentKind, prefix: u32, birth: Date, sex: Sex) -> Document {
        let (birth, count) = self.take(prefix, birth, sex, SEQUENCES);
        let start = mix(self.seed ^ u64::from(day_number(birth)) ^ (u64::from(prefix) << 32)) % SEQUENCES;
        let pair = 1 + (start + count * STEP) % SEQUENCES;
        let sequence = pair * 2 + u64::from(sex == Sex::Male);
        let body = (u64::from(prefix) * 100_000_000 + u64::from(day_number(birth))) * 1000 + sequence;
        let mut number = [b'0'; 18];
        let mut rest = body;
        for digit in number[..17].iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
        number[17] = check_digit(number.first_chunk().expect("18 digits hold 17"));
        self.document(kind, std::str::from_utf8(&number).expect("the number is ASCII"))
    }

    /// The next free count below `end` for these parts of a number; goes back day by day while a counter is used up.
    fn take(&mut self, prefix: u32, birth: Date, sex: Sex, end: u64) -> (Date, u64) {
        let mut birth = birth;
        loop {
            let key =
                (u64::from(prefix) << 32) | (u64::from(day_number(birth)) << 1) | u64::from(sex == Sex::Male);
            let cell = mix(key ^ mix(self.seed)) as usize & (self.counters.len() - 1);
            let count = u64::from(self.counters[cell]);
            if count < end {
                self.counters[cell] += 1;
                return (birth, count);
            }
            birth = birth.saturating_sub(SignedDuration::from_hours(24));
        }
    }

    /// A bijection of the numbers below 10^8: the factor shares no divisor with ten.
    fn permuted(&self, nth: u32) -> u64 {
        (u64::from(nth) * 62_710_561 + self.seed % EIGHT_DIGITS) % EIGHT_DIGITS
    }

    fn document(&self, kind: DocumentKind, number: &str) -> Document {
        Document::parse(kind, number, self.today).expect("generated numbers are valid (tested)")
    }
}

/// The date as eight digits, e.g. `20211220`.
fn day_number(date: Date) -> u32 {
    u32::from(date.year().unsigned_abs()) * 10_000
        + u32::from(date.month().unsigned_abs()) * 100
        + u32::from(date.day().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2021, 12, 20);

    #[test]
    fn a_day_holds_499_people_of_a_sex_in_a_division_and_then_goes_on_with_the_day_before() {
        let mut numbers = Numbers::new(1, 9, TODAY);
        let all: BTreeSet<String> = (0..1_000)
            .map(|_| numbers.resident_id(610_102, date(1990, 5, 5), Sex::Male))
            .map(|document| document.number().to_owned())
            .collect();
        assert_eq!(all.len(), 1_000);
        assert!(all.iter().any(|number| number.contains("19900504")));
    }

    #[test]
    fn the_digits_tell_birth_date_and_sex() {
        let mut numbers = Numbers::new(1_000, 9, TODAY);
        for sex in [Sex::Male, Sex::Female] {
            for _ in 0..200 {
                let document = numbers.resident_id(610_125, date(1990, 5, 5), sex);
                assert_eq!((document.sex(), document.birth_date()), (Some(sex), Some(date(1990, 5, 5))));
            }
        }
    }

    #[test]
    fn phones_and_permits_are_different_for_every_place_in_the_stream() {
        let numbers = Numbers::new(1_000, 9, TODAY);
        let phones: BTreeSet<Phone> = (0..100_000).map(|nth| numbers.phone(nth)).collect();
        let permits: BTreeSet<u64> = (0..100_000).map(|nth| numbers.permuted(nth)).collect();
        assert_eq!((phones.len(), permits.len()), (100_000, 100_000));
        assert!(numbers.phone(7).canonical().starts_with("154"));
    }

    #[test]
    fn permanent_resident_cards_have_the_form_of_their_time() {
        let usa = Nationality::parse("USA").unwrap();
        let card = |today| {
            Numbers::new(10, 9, today).permanent_resident_card(61, usa, 840, date(1980, 1, 2), Sex::Male)
        };
        assert!(card(TODAY).number().starts_with("USA6101800102"));
        assert!(card(date(2026, 11, 23)).number().starts_with("96184019800102"));
    }
}
