//! The content of a certificate: one person, one vaccination, test or recovery (DCC schema 1.3.0).
//!
//! Checked as the schema says: required members, types, lengths, patterns, exactly one of `v`, `t`, `r` with one
//! entry. Value sets and formats are not part of it: `tt` may be a code nobody lists, `dt` may carry a time.

use std::borrow::Cow;

use minicbor::Decoder;
use minicbor::data::Type;

use super::Proof;
use crate::cbor::{self, Invalid, Label, Read};
use crate::{TestOutcome, VerdictTest, VerdictVaccine};

/// `maxLength` of names, issuers, testing centres and certificate ids, in characters.
const MAX_CHARS: usize = 80;

/// What a gate needs of the content.
pub(super) struct Content {
    pub(super) proof: Proof,
    /// Family name, then given name, as printed.
    pub(super) name: String,
    /// The test; `None` if it is another proof, or its sample time is unreadable.
    pub(super) test: Option<VerdictTest>,
    /// Whether the test is a nucleic acid or rapid antigen test for SARS-CoV-2 by the EU value sets.
    pub(super) recognised_test: bool,
    pub(super) vaccine: Option<VerdictVaccine>,
}

/// Reads and checks the content.
pub(super) fn read(d: &mut Decoder<'_>) -> Read<Content> {
    let (mut version, mut birth, mut name, mut entry) = (None, None, None, None);
    cbor::map(d, |label, d| {
        let proof = match label {
            Label::Text("ver") => return set(&mut version, text(d)?),
            Label::Text("dob") => return set(&mut birth, text(d)?),
            Label::Text("nam") => return set(&mut name, person_name(&Members::read(d)?)?),
            Label::Text("v") => Proof::Vaccination,
            Label::Text("t") => Proof::Test,
            Label::Text("r") => Proof::Recovery,
            _ => return cbor::skip(d, cbor::MAX_DEPTH),
        };
        let members = only_entry(d)?;
        // A second group of entries is refused: one certificate proves one thing.
        if entry.replace((proof, members)).is_some() { Err(Invalid) } else { Ok(()) }
    })?;
    let (Some(version), Some(birth), Some(name), Some((proof, entry))) = (version, birth, name, entry) else {
        return Err(Invalid);
    };
    if !is_version(&version) || !is_birth_date(&birth) {
        return Err(Invalid);
    }
    let (mut test, mut recognised_test, mut vaccine) = (None, false, None);
    match proof {
        Proof::Vaccination => vaccine = Some(vaccination(&entry)?),
        Proof::Recovery => {
            entry.require(&["tg", "fr", "co", "is", "df", "du", "ci"])?;
        }
        Proof::Test => {
            test = read_test(&entry)?;
            recognised_test = entry.text("tg") == Some(SARS_COV_2)
                && matches!(entry.text("tt"), Some(NAAT | RAPID_ANTIGEN));
        }
    }
    Ok(Content { proof, name, test, recognised_test, vaccine })
}

/// SNOMED CT and LOINC codes of the EU value sets.
const SARS_COV_2: &str = "840539006";
const NAAT: &str = "LP6464-4";
const RAPID_ANTIGEN: &str = "LP217198-3";
const NOT_DETECTED: &str = "260415000";
const DETECTED: &str = "260373001";

fn set<T>(place: &mut Option<T>, value: T) -> Read<()> {
    *place = Some(value);
    Ok(())
}

fn only_entry<'b>(d: &mut Decoder<'b>) -> Read<Members<'b>> {
    let mut entry = None;
    cbor::array(d, |index, d| {
        if index > 0 {
            return Err(Invalid);
        }
        set(&mut entry, Members::read(d)?)
    })?;
    entry.ok_or(Invalid)
}

fn person_name(members: &Members<'_>) -> Read<String> {
    let parts = ["fn", "fnt", "gn", "gnt"];
    members.limit(&parts)?;
    members.require(&["fnt"])?;
    let standard = |key| {
        let mut letters = members.text(key).unwrap_or_default().bytes();
        letters.all(|byte| byte.is_ascii_uppercase() || byte == b'<')
    };
    if !standard("fnt") || !standard("gnt") {
        return Err(Invalid);
    }
    let family = members.text("fn").or(members.text("fnt")).unwrap_or_default();
    let given = members.text("gn").or(members.text("gnt")).unwrap_or_default();
    Ok(format!("{family} {given}").trim().to_owned())
}

fn vaccination(entry: &Members<'_>) -> Read<VerdictVaccine> {
    entry.require(&["tg", "vp", "mp", "ma", "dt", "co", "is", "ci"])?;
    let (doses, _series) = (entry.dose("dn")?, entry.dose("sd")?);
    let date: String = entry.text("dt").unwrap_or_default().chars().take(10).collect();
    Ok(VerdictVaccine { doses, last: date })
}

fn read_test(entry: &Members<'_>) -> Read<Option<VerdictTest>> {
    entry.require(&["tg", "tt", "sc", "tr", "co", "is", "ci"])?;
    let outcome = match entry.text("tr") {
        Some(NOT_DETECTED) => TestOutcome::Negative,
        Some(DETECTED) => TestOutcome::Positive,
        _ => TestOutcome::Indeterminate,
    };
    let institution = entry.text("tc").or(entry.text("is")).unwrap_or_default();
    Ok(entry.text("sc").and_then(instant_s).map(|sampled| VerdictTest {
        sampled,
        reported: sampled,
        outcome,
        institution: institution.to_owned(),
    }))
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

/// `^\d+.\d+.\d+$`
fn is_version(version: &str) -> bool {
    let parts = version.split('.');
    parts.clone().count() == 3
        && parts.into_iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `^((19|20)\d\d(-\d\d){0,2}){0,1}$`: parts of a birth date may be unknown.
fn is_birth_date(birth: &str) -> bool {
    let shape = birth.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    matches!(birth.len(), 0 | 4 | 7 | 10)
        && shape
        && (birth.is_empty() || birth.starts_with("19") || birth.starts_with("20"))
}

/// A text, by some issuers tagged as a date (tag 0 or 1004).
fn text<'b>(d: &mut Decoder<'b>) -> Read<Cow<'b, str>> {
    if d.datatype()? == Type::Tag {
        d.tag()?;
    }
    cbor::text(d)
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

    /// Every one of `keys` must be a text, within the limits the schema sets on some of them.
    fn require(&self, keys: &[&str]) -> Read<()> {
        if keys.iter().any(|key| self.text(key).is_none()) {
            return Err(Invalid);
        }
        // Pattern [A-Z]{1,10} without anchors: one capital letter suffices.
        let country = self.text("co");
        if country.is_some_and(|co| !co.bytes().any(|byte| byte.is_ascii_uppercase())) {
            return Err(Invalid);
        }
        self.limit(&["is", "ci", "tc"])?;
        self.texts(&["nm", "ma", "dr"])
    }

    /// Those of `keys` that are there must be texts.
    fn texts(&self, keys: &[&str]) -> Read<()> {
        let wrong = |key: &&str| matches!(self.get(key), Some(Value::Number(_) | Value::Other));
        if keys.iter().any(wrong) { Err(Invalid) } else { Ok(()) }
    }

    /// Those of `keys` that are there must be texts of at most [`MAX_CHARS`] characters.
    fn limit(&self, keys: &[&str]) -> Read<()> {
        self.texts(keys)?;
        let long = |key: &&str| self.text(key).is_some_and(|text| text.chars().count() > MAX_CHARS);
        if keys.iter().any(long) { Err(Invalid) } else { Ok(()) }
    }

    /// A dose number: an integer from 1 to 9.
    fn dose(&self, key: &str) -> Read<u8> {
        match self.get(key) {
            Some(Value::Number(number)) if (1.0..=9.0).contains(number) && number.fract() == 0.0 => {
                Ok(*number as u8)
            }
            _ => Err(Invalid),
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
            kind if cbor::is_integer(kind) => Ok(Self::Number(d.i64()? as f64)),
            _ => {
                d.set_position(start);
                cbor::skip(d, cbor::MAX_DEPTH)?;
                Ok(Self::Other)
            }
        }
    }
}
