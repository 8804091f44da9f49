//! The content of a certificate: one person, one vaccination, test or recovery (DCC schema 1.0.0 to 1.3.0).
//!
//! Exactly one entry is required, because one certificate proves one thing. Beyond that the schema is not
//! enforced: what trusted issuers sign breaks its patterns and lengths often enough (nulls, lower-case transliterations, 60
//! characters where 50 are allowed), and the signature says that the content is genuine. Members that a verdict
//! needs are read if they are well-formed, and a verdict that lacks one falls back to check-by-hand.

use std::borrow::Cow;

use minicbor::Decoder;
use minicbor::data::Type;

use super::Proof;
use crate::cbor::{self, Invalid, Label, Read};
use crate::{TestOutcome, VerdictTest, VerdictVaccine};

/// What a gate needs of the content.
pub(super) struct Content {
    pub(super) proof: Proof,
    /// Who it is about.
    pub(super) holder: Holder,
    /// The test; `None` if it is another proof, or its sample time or result is unreadable.
    pub(super) test: Option<VerdictTest>,
    /// Whether the test is a nucleic acid or rapid antigen test for SARS-CoV-2 by the EU value sets.
    pub(super) recognised_test: bool,
    /// Whether that is a nucleic acid test.
    pub(super) nucleic_acid: bool,
    pub(super) vaccine: Option<VerdictVaccine>,
}

/// Whom a certificate is about, as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holder {
    /// Family name and given names as printed; empty where they are not there.
    pub printed: [String; 2],
    /// The same in capitals A-Z and `<`.
    pub latin: [String; 2],
    /// Birth date, `YYYY-MM-DD`, or as much of it as is known.
    pub birth_date: String,
}

impl Holder {
    /// Family name, then given name, as printed, or else in capitals.
    pub(super) fn name(&self) -> String {
        let [family, given] = [0, 1]
            .map(|part| if self.printed[part].is_empty() { &self.latin[part] } else { &self.printed[part] });
        format!("{family} {given}").trim().to_owned()
    }
}

/// Reads the content.
pub(super) fn read(d: &mut Decoder<'_>) -> Read<Content> {
    let (mut holder, mut entry) = (Holder::default(), None);
    cbor::map(d, |label, d| {
        let proof = match label {
            Label::Text("nam") if is_map(d)? => {
                let names = Members::read(d)?;
                let name = |key: &str| names.text(key).unwrap_or_default().to_owned();
                (holder.printed, holder.latin) = (["fn", "gn"].map(name), ["fnt", "gnt"].map(name));
                return Ok(());
            }
            Label::Text("dob") if matches!(d.datatype()?, Type::String | Type::StringIndef) => {
                holder.birth_date = cbor::text(d)?.into_owned();
                return Ok(());
            }
            Label::Text("v") => Proof::Vaccination,
            Label::Text("t") => Proof::Test,
            Label::Text("r") => Proof::Recovery,
            _ => return cbor::skip(d, cbor::MAX_DEPTH),
        };
        let Some(members) = only_entry(d)? else { return Ok(()) };
        if entry.replace((proof, members)).is_some() { Err(Invalid) } else { Ok(()) }
    })?;
    let (proof, entry) = entry.ok_or(Invalid)?;
    let (mut test, mut recognised_test, mut nucleic_acid, mut vaccine) = (None, false, false, None);
    match proof {
        Proof::Vaccination => vaccine = vaccination(&entry),
        Proof::Recovery => {}
        Proof::Test => {
            test = read_test(&entry);
            nucleic_acid = entry.text("tt") == Some(NAAT);
            recognised_test = entry.text("tg") == Some(SARS_COV_2)
                && matches!(entry.text("tt"), Some(NAAT | RAPID_ANTIGEN));
        }
    }
    Ok(Content { proof, holder, test, recognised_test, nucleic_acid, vaccine })
}

/// SNOMED CT and LOINC codes of the EU value sets.
pub(super) const SARS_COV_2: &str = "840539006";
pub(super) const NAAT: &str = "LP6464-4";
pub(super) const RAPID_ANTIGEN: &str = "LP217198-3";
pub(super) const NOT_DETECTED: &str = "260415000";
pub(super) const DETECTED: &str = "260373001";

fn is_map(d: &Decoder<'_>) -> Read<bool> {
    Ok(matches!(d.datatype()?, Type::Map | Type::MapIndef))
}

/// The one entry of a group; `None` if the group is null or empty, which some issuers write for "not there".
fn only_entry<'b>(d: &mut Decoder<'b>) -> Read<Option<Members<'b>>> {
    if !matches!(d.datatype()?, Type::Array | Type::ArrayIndef) {
        cbor::skip(d, cbor::MAX_DEPTH)?;
        return Ok(None);
    }
    let mut entry = None;
    cbor::array(d, |index, d| {
        if index > 0 {
            return Err(Invalid);
        }
        entry = Some(Members::read(d)?);
        Ok(())
    })?;
    Ok(entry)
}

fn vaccination(entry: &Members<'_>) -> Option<VerdictVaccine> {
    let last = entry.text("dt")?.chars().take(10).collect();
    Some(VerdictVaccine { doses: entry.dose("dn")?, last })
}

fn read_test(entry: &Members<'_>) -> Option<VerdictTest> {
    let outcome = match entry.text("tr")? {
        NOT_DETECTED => TestOutcome::Negative,
        DETECTED => TestOutcome::Positive,
        _ => TestOutcome::Indeterminate,
    };
    let sampled = instant_s(entry.text("sc")?)?;
    let institution = entry.text("tc").or(entry.text("is")).unwrap_or_default().to_owned();
    Some(VerdictTest { sampled, reported: sampled, outcome, institution })
}

/// Unix seconds of an ISO 8601 instant; without a zone it is taken as UTC.
fn instant_s(text: &str) -> Option<i64> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_millisecond().div_euclid(1000));
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    let instant = jiff::tz::Offset::UTC.to_timestamp(civil).ok()?;
    Some(instant.as_millisecond().div_euclid(1000))
}

/// The value of one member.
enum Value<'b> {
    Text(Cow<'b, str>),
    Number(f64),
    Other,
}

/// The members of a small map.
struct Members<'b>(Vec<(&'b str, Value<'b>)>);

impl<'b> Members<'b> {
    fn read(d: &mut Decoder<'b>) -> Read<Self> {
        let mut members = Vec::new();
        cbor::map(d, |label, d| {
            let value = Value::read(d)?;
            if let Label::Text(key) = label {
                members.push((key, value));
            }
            Ok(())
        })?;
        Ok(Self(members))
    }

    fn get(&self, key: &str) -> Option<&Value<'b>> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A number of doses: an integer from 1 to 99.
    fn dose(&self, key: &str) -> Option<u8> {
        match self.get(key) {
            Some(Value::Number(number)) if (1.0..=99.0).contains(number) && number.fract() == 0.0 => {
                Some(*number as u8)
            }
            _ => None,
        }
    }
}

impl<'b> Value<'b> {
    fn read(d: &mut Decoder<'b>) -> Read<Self> {
        let start = d.position();
        let mut kind = d.datatype()?;
        if kind == Type::Tag {
            d.tag()?;
            kind = d.datatype()?;
        }
        match kind {
            Type::String | Type::StringIndef => Ok(Self::Text(cbor::text(d)?)),
            Type::F32 => Ok(Self::Number(f64::from(d.f32()?))),
            Type::F64 => Ok(Self::Number(d.f64()?)),
            Type::U8 | Type::U16 | Type::U32 => Ok(Self::Number(f64::from(d.u32()?))),
            _ => {
                d.set_position(start);
                cbor::skip(d, cbor::MAX_DEPTH)?;
                Ok(Self::Other)
            }
        }
    }
}
