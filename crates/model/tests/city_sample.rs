//! Every document of the sample city in the shared data parses and agrees with the columns next to it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::{Date, date};
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::name::PersonName;
use yimatong_model::person::{Nationality, Sex};
use yimatong_model::phone::Phone;

/// The sample ends with the outbreak of January 2022.
const TODAY: Date = date(2022, 1, 31);

#[test]
fn every_document_of_the_sample_city_is_valid_and_agrees_with_its_row() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/city-sample/people.csv");
    let Ok(csv) = std::fs::read_to_string(&path) else {
        println!("skipped: shared data not there ({})", path.display());
        return;
    };
    let mut by_kind: BTreeMap<DocumentKind, usize> = BTreeMap::new();
    let mut notes = 0;
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, kind, number, name, sex, birth_date, nationality, phone, ..] = fields[..] else {
            panic!("a row of people.csv has too few fields: {line}");
        };
        let kind = match kind {
            "CN_ID" => DocumentKind::ResidentId,
            "PASSPORT" => DocumentKind::Passport,
            "PRC_FPR" => DocumentKind::ForeignPermanentResidentCard,
            "HKM_PERMIT" => DocumentKind::HkMacaoPermit,
            "TW_PERMIT" => DocumentKind::TaiwanPermit,
            other => panic!("a new kind of document in the sample: {other}"),
        };
        let document = Document::parse(kind, number, TODAY).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(document.number(), number);
        if let Some(birth) = document.birth_date() {
            assert_eq!(birth, birth_date.parse().unwrap(), "{line}");
        }
        if let Some(known) = document.sex() {
            assert_eq!(known, if sex == "M" { Sex::Male } else { Sex::Female }, "{line}");
        }
        assert!(PersonName::parse(name).is_ok(), "{line}");
        assert!(Nationality::parse(nationality).is_some(), "{line}");
        assert!(phone.is_empty() || Phone::parse(phone).is_ok(), "{line}");
        notes += document.notes().len();
        *by_kind.entry(kind).or_default() += 1;
    }
    println!("{by_kind:?}, {notes} with a retired division");
    assert!(by_kind.contains_key(&DocumentKind::ResidentId));
}
