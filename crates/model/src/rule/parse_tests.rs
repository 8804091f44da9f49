//! Shipped packs are valid, and every kind of mistake in a pack names its key and its fix.

use super::*;
use crate::rule::SHIPPED;

const XIAN: &str = SHIPPED[0].1;

/// The error of the shipped pack with one text replaced by another.
fn error_after(from: &str, to: &str) -> RuleError {
    assert!(XIAN.contains(from), "the pack no longer has {from}");
    RulePack::parse(&XIAN.replacen(from, to, 1)).unwrap_err()
}

fn line_with(text: &str) -> Option<usize> {
    XIAN.lines().position(|line| line.contains(text)).map(|index| index + 1)
}

#[test]
fn every_shipped_pack_is_valid_and_named_after_its_city_and_version() {
    for (name, _) in SHIPPED {
        let pack = RulePack::shipped(name).unwrap();
        assert!(name.ends_with(&pack.version), "{name}");
        assert!(
            city(pack.city)
                .is_some_and(|city| name.starts_with(&city.name_en.to_lowercase().replace('\'', "")))
        );
    }
    assert_eq!(RulePack::default(), RulePack::shipped("xian-2021-12").unwrap());
    assert_eq!(RulePack::shipped("atlantis"), None);
}

#[test]
fn every_reason_of_every_shipped_pack_has_a_way_back() {
    for (name, _) in SHIPPED {
        let pack = RulePack::shipped(name).unwrap();
        for code in ReasonCode::ALL {
            assert!(pack.rule(code).way_back.contains(&WayBack::Appeal), "{name} {code}");
        }
    }
}

#[test]
fn a_missing_key_is_named_with_its_table() {
    let error = error_after("colour = \"red\"\n", "");
    assert_eq!((error.key.as_str(), error.fix.as_str()), ("reasons.confirmed.colour", "add the key"));
    assert_eq!(error_after("version = \"2021-12\"\n", "").key, "version");
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let error = error_after("colour = \"red\"\n", "colour = \"red\"\ncolor = \"red\"\n");
    assert_eq!(error.key, "reasons.confirmed.color");
    assert_eq!(error.line, line_with("[reasons.confirmed]").map(|line| line + 2));
    assert!(error.to_string().contains("remove the key or correct its name"));
}

#[test]
fn a_colour_that_does_not_exist_is_named_with_those_that_do() {
    let error = error_after("colour = \"red\"", "colour = \"orange\"");
    assert_eq!(error.key, "reasons.confirmed.colour");
    assert!(error.problem.contains("`green`, `yellow`, `red`"), "{error}");
}

#[test]
fn a_reason_that_does_not_exist_cannot_be_added() {
    let error = error_after(
        "[reasons.confirmed]",
        "[reasons.bank-depositor]\ncolour = \"red\"\n\n[reasons.confirmed]",
    );
    assert!(error.problem.contains("bank-depositor"), "{error}");
    assert_eq!(error.line, line_with("[reasons.confirmed]"));
}

#[test]
fn a_missing_reason_is_named() {
    let start = XIAN.find("[reasons.symptoms]").unwrap();
    let end = XIAN.find("[reasons.arrival]").unwrap();
    let error = RulePack::parse(&[&XIAN[..start], &XIAN[end..]].concat()).unwrap_err();
    assert_eq!(error.key, "reasons.symptoms");
    assert!(error.fix.contains("green"));
}

#[test]
fn values_that_make_no_sense_are_refused_with_the_range() {
    let cases = [
        ("city = 610100", "city = 110000", "city"),
        ("version = \"2021-12\"", "version = \" \"", "version"),
        ("expires_after_h = 336", "expires_after_h = 0", "reasons.general-contact.expires_after_h"),
        (
            "count = 2, within_days = 7",
            "count = 0, within_days = 7",
            "reasons.suspected.way_back.ways[0].count",
        ),
        (
            "count = 2, within_days = 7",
            "count = 9, within_days = 7",
            "reasons.suspected.way_back.ways[0].within_days",
        ),
        ("within_days = 7", "within_days = 0", "reasons.suspected.way_back.ways[0].within_days"),
        ("days = 14 }", "days = 1400 }", "reasons.close-contact.way_back.ways[0].after_days"),
        ("{ kind = \"appeal\" }", "", "reasons.confirmed.way_back.ways"),
        ("text.zh = \"新冠肺炎确诊病例\"", "text.zh = \"\"", "reasons.confirmed.text.zh"),
    ];
    for (from, to, key) in cases {
        let error = error_after(from, to);
        assert_eq!(error.key, key, "{error}");
        assert!(!error.fix.is_empty());
    }
}

#[test]
fn a_milder_colour_has_to_be_milder_and_to_come_before_the_end() {
    let with = |milder: &str, table: &str| {
        let start = format!("[reasons.{table}]\n");
        error_after(&start, &format!("{start}milder = {milder}\n"))
    };
    let key = |milder: &str, table: &str| {
        let error = with(milder, table);
        assert!(error.line.is_some() && !error.fix.is_empty(), "{error}");
        error.key
    };
    let contact = "close-contact";
    assert_eq!(key("{ colour = \"red\", after_days = 7 }", contact), "reasons.close-contact.milder.colour");
    assert_eq!(key("{ colour = \"green\", after_days = 7 }", contact), "reasons.close-contact.milder.colour");
    assert!(with("{ colour = \"green\", after_days = 7 }", contact).fix.contains("days"));
    for days in ["0", "367"] {
        let milder = format!("{{ colour = \"yellow\", after_days = {days} }}");
        assert_eq!(key(&milder, contact), "reasons.close-contact.milder.after_days");
    }
    let red = XIAN.replacen(
        "colour = \"yellow\"\ntext.zh = \"病例的一般",
        "colour = \"red\"\nmilder = { colour = \"yellow\", after_days = 14 }\ntext.zh = \"病例的一般",
        1,
    );
    let error = RulePack::parse(&red).unwrap_err();
    assert_eq!(error.key, "reasons.general-contact.milder.after_days", "{error}");
    assert!(error.problem.contains("336"));
}

#[test]
fn what_is_no_toml_is_refused_with_its_line() {
    let error = RulePack::parse("city = 610100\nversion = \n").unwrap_err();
    assert_eq!((error.line, error.key.as_str()), (Some(2), "version"), "{error}");
    assert!(RulePack::parse("").is_err());
    assert!(RulePack::parse("\u{0}\u{1}").is_err());
}

#[test]
fn every_mistake_inside_a_value_names_the_whole_key() {
    let cases = [
        ("count = 2, within_days = 7", "within_days = 7", "reasons.suspected.way_back.ways.count"),
        ("kind = \"appeal\"", "kind = \"appeal\", fee = 5", "reasons.confirmed.way_back.ways.fee"),
        ("kind = \"appeal\"", "kind = \"bribe\"", "reasons.confirmed.way_back.ways"),
        ("{ kind = \"appeal\" }", "{ }", "reasons.confirmed.way_back.ways.kind"),
        ("text.en = \"Confirmed case of COVID-19\"\n", "", "reasons.confirmed.text.en"),
        ("text.en = \"Confirmed case of COVID-19\"", "text.en = 5", "reasons.confirmed.text.en"),
        ("colour = \"red\"", "colour = red", "reasons.confirmed.colour"),
        ("expires_after_h = 336", "expires_after_h = -1", "reasons.general-contact.expires_after_h"),
        ("clock = \"sampled\"", "clock = \"noon\"", "clock"),
        ("[reasons.asymptomatic]", "[reasons.confirmed]", "reasons.confirmed"),
        ("[reasons.asymptomatic]", "[extra]\na = 1\n[reasons.asymptomatic]", "extra"),
    ];
    for (from, to, key) in cases {
        let error = error_after(from, to);
        assert_eq!(error.key, key, "{error}");
        assert!(error.line.is_some() && !error.fix.is_empty(), "{error}");
    }
}
