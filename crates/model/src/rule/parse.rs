//! From TOML to a checked [`RulePack`].

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::locate::{line_of, syntax_error};
use super::{Milder, ReasonRule, RuleError, RulePack, Text, WayBack};
use crate::city::city;
use crate::clock::ClockReference;
use crate::colour::Colour;
use crate::reason::ReasonCode;

/// The longest time a pack may ask for, in days; longer is a typing error.
const MAX_DAYS: u16 = 366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPack {
    city: Spanned<u32>,
    name: Text,
    version: Spanned<String>,
    clock: ClockReference,
    reasons: BTreeMap<ReasonCode, Spanned<RawRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    colour: Colour,
    milder: Option<Milder>,
    expires_after_h: Option<u32>,
    text: Text,
    basis: Text,
    way_back: RawWayBack,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWayBack {
    ways: Vec<RawWay>,
    text: Text,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum RawWay {
    NegativeTests {
        count: u8,
        within_days: u16,
        #[serde(default)]
        min_interval_h: u16,
        #[serde(default)]
        single: bool,
        #[serde(default)]
        after_days: u16,
    },
    Days {
        days: u16,
    },
    ZoneDemotion {},
    Appeal {},
}

pub(super) fn parse(toml: &str) -> Result<RulePack, RuleError> {
    let mut raw: RawPack = toml::from_str(toml).map_err(|error| syntax_error(toml, &error))?;
    let at = |offset: usize| Some(line_of(toml, offset));
    if city(*raw.city.get_ref()).is_none() {
        return Err(RuleError {
            line: at(raw.city.span().start),
            key: "city".into(),
            problem: format!("{} is not a city with districts in the data", raw.city.get_ref()),
            fix: "use 610100 (Xi'an) or 410100 (Zhengzhou)".into(),
        });
    }
    not_blank(&raw.name.zh, "name.zh", None)?;
    not_blank(&raw.name.en, "name.en", None)?;
    not_blank(raw.version.get_ref(), "version", at(raw.version.span().start))?;
    let mut rules = Vec::with_capacity(ReasonCode::ALL.len());
    for code in ReasonCode::ALL {
        let rule = raw.reasons.remove(&code).ok_or_else(|| RuleError {
            line: None,
            key: format!("reasons.{code}"),
            problem: "is missing".into(),
            fix: "add the table; give it the colour \"green\" if the city does not act on this reason".into(),
        })?;
        let line = at(rule.span().start);
        rules.push(checked(rule.into_inner(), code, line)?);
    }
    Ok(RulePack {
        city: raw.city.into_inner(),
        name: raw.name,
        version: raw.version.into_inner(),
        clock: raw.clock,
        rules: Box::new(rules.try_into().expect("one rule was pushed for every reason")),
    })
}

fn checked(raw: RawRule, code: ReasonCode, line: Option<usize>) -> Result<ReasonRule, RuleError> {
    let key = |rest: &str| format!("reasons.{code}.{rest}");
    let texts = [
        (&raw.text.zh, "text.zh"),
        (&raw.text.en, "text.en"),
        (&raw.basis.zh, "basis.zh"),
        (&raw.basis.en, "basis.en"),
        (&raw.way_back.text.zh, "way_back.text.zh"),
        (&raw.way_back.text.en, "way_back.text.en"),
    ];
    for (text, rest) in texts {
        not_blank(text, &key(rest), line)?;
    }
    if raw.expires_after_h == Some(0) {
        return Err(RuleError {
            line,
            key: key("expires_after_h"),
            problem: "is 0, so the reason would never count".into(),
            fix: "leave the key out, or give at least 1".into(),
        });
    }
    if let Some(milder) = raw.milder {
        check_milder(milder, &raw, &key("milder"), line)?;
    }
    if raw.way_back.ways.is_empty() && raw.expires_after_h.is_none() {
        return Err(RuleError {
            line,
            key: key("way_back.ways"),
            problem: "is empty and the reason does not expire, so nobody would get back to green".into(),
            fix: "add a way back, at least { kind = \"appeal\" }".into(),
        });
    }
    let ways = raw.way_back.ways.into_iter().enumerate();
    let way_back = ways
        .map(|(index, way)| checked_way(way, &key(&format!("way_back.ways[{index}]")), line))
        .collect::<Result<_, _>>()?;
    Ok(ReasonRule {
        colour: raw.colour,
        milder: raw.milder,
        expires_after_h: raw.expires_after_h,
        text: raw.text,
        basis: raw.basis,
        way_back,
        way_back_text: raw.way_back.text,
    })
}

fn check_milder(milder: Milder, raw: &RawRule, key: &str, line: Option<usize>) -> Result<(), RuleError> {
    let error = |field: &str, problem: String, fix: String| RuleError {
        line,
        key: format!("{key}.{field}"),
        problem,
        fix,
    };
    if milder.colour == Colour::Green {
        let fix =
            "give yellow; who shall be green after some days needs { kind = \"days\" } in way_back.ways";
        return Err(error("colour", "is green, but the reason would still count".into(), fix.into()));
    }
    if milder.colour >= raw.colour {
        let problem = format!("{} is not milder than {}", milder.colour.as_str(), raw.colour.as_str());
        return Err(error("colour", problem, "give a milder colour, or leave the key out".into()));
    }
    if !(1..=MAX_DAYS).contains(&milder.after_days) {
        let problem = format!("is {}", milder.after_days);
        return Err(error("after_days", problem, format!("give 1 to {MAX_DAYS} days")));
    }
    let ends_h = raw.expires_after_h.unwrap_or(u32::MAX);
    if u32::from(milder.after_days) * 24 >= ends_h {
        let problem = format!("the reason ends after {ends_h} h, before that");
        return Err(error("after_days", problem, "give fewer days, or leave `milder` out".into()));
    }
    Ok(())
}

fn checked_way(raw: RawWay, key: &str, line: Option<usize>) -> Result<WayBack, RuleError> {
    let error = |field: &str, problem: String, fix: String| RuleError {
        line,
        key: format!("{key}.{field}"),
        problem,
        fix,
    };
    let days_in_range = |field: &str, days: u16, least: u16| {
        if (least..=MAX_DAYS).contains(&days) {
            return Ok(());
        }
        Err(error(field, format!("is {days}"), format!("give {least} to {MAX_DAYS} days")))
    };
    match raw {
        RawWay::NegativeTests { count, within_days, min_interval_h, single, after_days } => {
            if count == 0 {
                return Err(error(
                    "count",
                    "is 0".into(),
                    "give at least 1, or use { kind = \"days\" }".into(),
                ));
            }
            days_in_range("within_days", within_days, 1)?;
            days_in_range("after_days", after_days, 0)?;
            let needed_h = u32::from(count - 1) * u32::from(min_interval_h);
            if needed_h > u32::from(within_days) * 24 {
                let problem = format!("{count} tests {min_interval_h} h apart take {needed_h} h");
                return Err(error(
                    "within_days",
                    problem,
                    format!("give at least {}", needed_h.div_ceil(24)),
                ));
            }
            Ok(WayBack::NegativeTests { count, within_days, min_interval_h, single, after_days })
        }
        RawWay::Days { days } => {
            days_in_range("days", days, 1)?;
            Ok(WayBack::Days { days })
        }
        RawWay::ZoneDemotion {} => Ok(WayBack::ZoneDemotion),
        RawWay::Appeal {} => Ok(WayBack::Appeal),
    }
}

fn not_blank(text: &str, key: &str, line: Option<usize>) -> Result<(), RuleError> {
    if !text.trim().is_empty() {
        return Ok(());
    }
    Err(RuleError {
        line,
        key: key.into(),
        problem: "is empty".into(),
        fix: "write what residents should read".into(),
    })
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
