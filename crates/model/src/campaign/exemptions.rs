//! The exemptions of a document: read and checked one by one.

use super::Exemption;
use super::check::Found;
use super::document::{RawExemption, in_words};

/// The longest that an exemption may look back, in hours.
const LONGEST_H: u16 = 30 * 24;

/// Those that can be read, each checked; what is wrong in one says nothing of the others.
pub(super) fn read_exemptions(raw: &[RawExemption], found: &mut Found) -> Vec<Exemption> {
    let mut exemptions = Vec::with_capacity(raw.len());
    for (index, raw) in raw.iter().enumerate() {
        match serde_json::from_value(raw.clone().into()) {
            Ok(exemption) => exemptions.push((index, exemption)),
            Err(error) => {
                let (key, zh, en) = exemption_words(&error.to_string());
                found.add(format!("exemptions[{index}]{key}"), zh, en);
            }
        }
    }
    check_exemptions(&exemptions, found);
    exemptions.into_iter().map(|(_, exemption)| exemption).collect()
}

/// The key within the exemption, and what to do.
fn exemption_words(message: &str) -> (String, String, String) {
    match in_words(message) {
        // A level of zones is chosen as well, and no kind is called so.
        Some((_, zh, en)) if message.starts_with("unknown variant") => {
            let is_level = message.contains("`sealed`");
            (if is_level { ".zones" } else { ".kind" }.to_owned(), zh, en)
        }
        Some((key, zh, en)) => (format!(".{key}"), zh, en),
        None => (
            String::new(),
            "数值或日期的写法有误：小时写整数，日期写成 \"2022-01-04\"".to_owned(),
            format!("{message}; write hours as a whole number and a day as \"2022-01-04\""),
        ),
    }
}

fn check_exemptions(exemptions: &[(usize, Exemption)], found: &mut Found) {
    for (nth, (index, exemption)) in exemptions.iter().enumerate() {
        let key = format!("exemptions[{index}]");
        if exemptions[..nth].iter().any(|(_, before)| before.as_str() == exemption.as_str()) {
            found.add(
                &key,
                format!("“{}”写了两次，请只留一条", exemption.as_str()),
                format!("`{}` stands twice; keep one", exemption.as_str()),
            );
        }
        match exemption {
            Exemption::ZoneTested { zones, .. } if zones.is_empty() => found.add(
                format!("{key}.zones"),
                "没有写明哪类区域，请写 sealed（封控区）、controlled（管控区）或 precaution（防范区）",
                "there is no level; name sealed, controlled or precaution",
            ),
            Exemption::ZoneTested { .. } => {}
            Exemption::Vaccinated { within_h: hours }
            | Exemption::OutsideCity { negative_within_h: hours }
            | Exemption::Tested { within_h: hours } => {
                if !(1..=LONGEST_H).contains(hours) {
                    found.add(
                        &key,
                        format!("{hours} 小时不合适，请写 1 至 {LONGEST_H}"),
                        format!("{hours} hours are not possible; give 1 to {LONGEST_H}"),
                    );
                }
            }
        }
    }
}
