//! What is taken as a document, and what is refused with which code.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2021, 12, 20);

fn parse(kind: DocumentKind, input: &str) -> Result<Document, DocumentError> {
    Document::parse(kind, input, TODAY)
}

fn refused(kind: DocumentKind, input: &str) -> &'static str {
    parse(kind, input).unwrap_err().code()
}

/// 17 digits with the right check character.
fn number(digits: &str) -> String {
    let digits: &[u8; 17] = digits.as_bytes().try_into().unwrap();
    format!("{}{}", std::str::from_utf8(digits).unwrap(), char::from(check_digit(digits)))
}

#[test]
fn a_resident_id_tells_birth_date_sex_and_tail() {
    let document = parse(DocumentKind::ResidentId, "１１０１０５ 19491231-002x").unwrap();
    assert_eq!(document.number(), "11010519491231002X");
    assert_eq!(document.tail(), "002X");
    assert_eq!(document.birth_date(), Some(date(1949, 12, 31)));
    assert_eq!(document.sex(), Some(Sex::Female));
    assert!(document.notes().is_empty());
}

#[test]
fn a_retired_code_is_accepted_with_a_note() {
    let document = parse(DocumentKind::ResidentId, &number("61012519900101001")).unwrap();
    let note = DocumentNote::RetiredDivision { code: 610_125, name: "户县", last_year: Some(2015) };
    assert_eq!(document.notes(), [note]);
    assert_eq!(
        serde_json::to_value(note).unwrap(),
        serde_json::json!({"code": "retired-division", "division": 610_125, "name": "户县", "lastYear": 2015})
    );
}

#[test]
fn a_division_outside_its_years_is_no_reason_to_refuse() {
    // 鄠邑区 has its code since 2016; adults who were first registered then have it too.
    assert!(parse(DocumentKind::ResidentId, &number("61011819500101001")).unwrap().notes().is_empty());
    // The example of the standard: 潮阳县, until 1992, born 1880.
    assert_eq!(parse(DocumentKind::ResidentId, "440524188001010014").unwrap().notes().len(), 1);
}

#[test]
fn the_residence_permit_of_hong_kong_residents_is_a_resident_number() {
    assert!(parse(DocumentKind::ResidentId, &number("81000019900101001")).is_ok());
}

#[test]
fn a_bad_resident_id_is_refused_with_its_code() {
    let refused = |input: &str| refused(DocumentKind::ResidentId, input);
    assert_eq!(refused("110105194912310021"), "check-digit");
    assert_eq!(refused("110105491231002"), "old-number");
    assert_eq!(refused("11010519491231002"), "length");
    assert_eq!(refused(""), "length");
    assert_eq!(refused(&"1".repeat(10_000)), "length");
    assert_eq!(refused("1101051949123100XX"), "characters");
    assert_eq!(refused("11010519491231002Y"), "characters");
    assert_eq!(refused("1101051949123100二X"), "characters");
    assert_eq!(refused(&number("99999919900101001")), "unknown-division");
    assert_eq!(refused(&number("00000019900101001")), "unknown-division");
    assert_eq!(refused(&number("41017119900101001")), "statistical-division");
    assert_eq!(refused(&number("61010219900230001")), "impossible-date");
    assert_eq!(refused(&number("61010219901301001")), "impossible-date");
    assert_eq!(refused(&number("61010200000000001")), "impossible-date");
    assert_eq!(refused(&number("61010220211221001")), "future-birth-date");
    assert_eq!(refused(&number("61010218791231001")), "ancient-birth-date");
}

#[test]
fn somebody_born_today_has_a_valid_number() {
    assert!(parse(DocumentKind::ResidentId, &number("61010220211220001")).is_ok());
}

#[test]
fn the_example_of_the_standard_is_taken_although_its_division_never_existed() {
    assert!(parse(DocumentKind::ResidentId, "34052419800101001X").is_ok());
    let unlisted = parse(DocumentKind::ResidentId, &number("34052519800101001"));
    assert_eq!(unlisted, Err(DocumentError::UnknownDivision { code: 340_525 }));
}

#[test]
fn passports_of_many_countries_are_taken() {
    for good in [
        "E12345678",
        "g12345678",
        "EA1234567",
        "C01X00T47",
        "X1234567A",
        "12345",
        "AB12 345-6",
        "D123456789AB",
    ] {
        assert!(parse(DocumentKind::Passport, good).is_ok(), "{good}");
    }
    assert_eq!(refused(DocumentKind::Passport, "E123"), "length");
    assert_eq!(refused(DocumentKind::Passport, "E123456789012"), "length");
    assert_eq!(refused(DocumentKind::Passport, "SCHMIDT"), "characters");
    assert_eq!(refused(DocumentKind::Passport, "E1234/678"), "characters");
}

#[test]
fn permanent_resident_cards_of_both_forms_are_taken() {
    let kind = DocumentKind::ForeignPermanentResidentCard;
    assert_eq!(parse(kind, "can110078010134").unwrap().number(), "CAN110078010134");
    let new = parse(kind, &number("91484019780101034")).unwrap();
    assert_eq!((new.birth_date(), new.sex()), (Some(date(1978, 1, 1)), Some(Sex::Female)));
    assert_eq!(refused(kind, "CA1110078010134"), "characters");
    assert_eq!(refused(kind, "CAN11007801013"), "length");
    assert_eq!(refused(kind, &number("81484019780101034")), "characters");
    assert_eq!(refused(kind, "914840197801010340"), "check-digit");
    assert_eq!(refused(kind, &number("91484020220101034")), "future-birth-date");
}

#[test]
fn permits_of_hong_kong_macao_and_taiwan_are_taken() {
    for good in ["H12345678", "m1234567800"] {
        assert!(parse(DocumentKind::HkMacaoPermit, good).is_ok(), "{good}");
    }
    assert_eq!(refused(DocumentKind::HkMacaoPermit, "X12345678"), "characters");
    assert_eq!(refused(DocumentKind::HkMacaoPermit, "H1234567"), "length");
    assert_eq!(refused(DocumentKind::HkMacaoPermit, "H1234567A"), "characters");
    for good in ["12345678", "0123456789", "0123456789b", "T0123456789"] {
        assert!(parse(DocumentKind::TaiwanPermit, good).is_ok(), "{good}");
    }
    assert_eq!(refused(DocumentKind::TaiwanPermit, "123456789"), "length");
    assert_eq!(refused(DocumentKind::TaiwanPermit, "1234567A"), "characters");
    assert_eq!(refused(DocumentKind::TaiwanPermit, "12345678901"), "characters");
}

#[test]
fn debug_output_and_messages_do_not_show_the_number() {
    let document = parse(DocumentKind::ResidentId, "11010519491231002X").unwrap();
    assert_eq!(format!("{document:?}"), "Document(resident-id …002X)");
    let error = parse(DocumentKind::ResidentId, "110105194912310021").unwrap_err();
    assert!(!error.to_string().contains("1949") && !error.message_zh().contains("1949"));
}

#[test]
fn every_kind_has_one_stable_name_and_number() {
    for kind in DocumentKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(DocumentKind::from_u8(kind.as_u8()), Some(kind));
        assert_eq!(DocumentKind::from_name(kind.as_str()), Some(kind));
    }
    assert_eq!(DocumentKind::from_u8(0), None);
}

proptest! {
    #[test]
    fn no_input_of_any_kind_panics_and_a_canonical_number_reads_back(kind in 1u8..=5, text in "\\PC{0,40}|[0-9A-ZＸ９ -]{5,20}") {
        let kind = DocumentKind::from_u8(kind).unwrap();
        if let Ok(document) = parse(kind, &text) {
            prop_assert_eq!(parse(kind, document.number()), Ok(document));
        }
    }

    #[test]
    fn one_changed_digit_or_two_swapped_neighbours_are_always_found(
        serial in 0u32..1000, day in 1u8..=28, at in 0usize..17, by in 1u8..=9
    ) {
        let good = number(&format!("610102199001{day:02}{serial:03}"));
        let mut changed = good.clone().into_bytes();
        changed[at] = b'0' + (changed[at] - b'0' + by) % 10;
        prop_assert!(parse(DocumentKind::ResidentId, std::str::from_utf8(&changed).unwrap()).is_err());
        let mut swapped = good.clone().into_bytes();
        swapped.swap(at, at + 1);
        if swapped != good.as_bytes() {
            prop_assert!(parse(DocumentKind::ResidentId, std::str::from_utf8(&swapped).unwrap()).is_err());
        }
    }
}
