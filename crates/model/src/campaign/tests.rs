//! The shipped notice is the real one; every kind of mistake is named with its place; standings follow the notice.

use jiff::civil::date;

use super::*;
use crate::clock::city_day;
use crate::test_result::{Method, Outcome, TestResult, Tube};
use crate::vaccination::Vaccination;

const ZHENGZHOU: &str = SHIPPED[0].1;
/// A community of 建设路街道, 中原区.
const ZHONGYUAN: u64 = 410_102_002_001;

fn campaign() -> Campaign {
    Campaign::shipped("zhengzhou-2022-01-05").unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window { from: at(from), to: at(to) }
}

/// The problems of the shipped document with one text replaced by another.
fn problems_after(from: &str, to: &str) -> Vec<CampaignProblem> {
    assert!(ZHENGZHOU.contains(from), "the document no longer has {from}");
    Campaign::parse(&ZHENGZHOU.replacen(from, to, 1)).unwrap_err()
}

fn only(from: &str, to: &str) -> CampaignProblem {
    let problems = problems_after(from, to);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(!problems[0].text.zh.is_empty() && !problems[0].text.en.is_empty());
    problems[0].clone()
}

fn line_with(text: &str) -> Option<usize> {
    ZHENGZHOU.lines().position(|line| line.contains(text)).map(|index| index + 1)
}

#[test]
fn the_shipped_notice_has_the_sixteen_areas_and_two_days() {
    let campaign = campaign();
    assert_eq!(campaign.areas.len(), 16);
    let first = window("2022-01-05T10:00:00+08:00", "2022-01-05T20:00:00+08:00");
    let second = window("2022-01-06T09:00:00+08:00", "2022-01-06T20:00:00+08:00");
    let on = |window: &Window| campaign.areas.iter().filter(|area| area.windows == [*window]).count();
    assert_eq!((on(&first), on(&second)), (9, 7));
    assert_eq!(campaign.span(), Window { from: first.from, to: second.to });
}

#[test]
fn every_street_of_zhengzhou_lies_in_one_of_the_areas_and_zones_come_before_districts() {
    let campaign = campaign();
    let mut reached = vec![0; campaign.areas.len()];
    for street in campaign.city().streets() {
        reached[campaign.area_of(street.code).expect("the notice leaves no street out")] += 1;
    }
    assert!(reached.iter().all(|streets| *streets > 0), "{reached:?}");
    let of = |street| &campaign.areas[campaign.area_of(street).unwrap()].place;
    // 白沙镇 is counted to 中牟县 (second day) and belongs to 郑东新区 (first day).
    let baisha = campaign.city().streets().find(|street| street.name == "白沙镇").unwrap().code;
    assert_eq!(of(baisha), &Place::Zone("zhengdong".into()));
    assert_eq!(of(410_102_002), &Place::District(410_102));
    assert_eq!(campaign.area_of(610_102_001), None);
}

#[test]
fn the_same_document_as_json_is_the_same_campaign() {
    let value: toml::Value = toml::from_str(ZHENGZHOU).unwrap();
    let json = serde_json::to_string_pretty(&value).unwrap();
    assert_eq!(Campaign::parse(&json), Ok(campaign()));
    let error = Campaign::parse(&json.replace("410173", "\"x\"")).unwrap_err();
    assert!(error[0].line.is_some());
}

#[test]
fn every_mistake_is_named_at_once_with_line_and_key() {
    let text = ZHENGZHOU
        .replacen("410173", "410199", 1)
        .replacen("to = \"2022-01-05T20:00\"", "to = \"2022-01-05T09:00\"", 2)
        .replacen("within_h = 48", "within_h = 0", 1);
    let problems = Campaign::parse(&text).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["areas[0].code", "areas[0].windows[0]", "areas[1].windows[0]", "exemptions[1]"]);
    assert_eq!(problems[0].line, line_with("code = 410173"));
    assert_eq!(problems[2].line, line_with("zone = \"zhengdong\"").map(|line| line + 1));
    assert_eq!(problems[3].line, line_with("kind = \"vaccinated\"").map(|line| line - 1));
    assert!(problems[0].text.zh.contains("410173=") && problems[0].text.zh.contains("郑州市"));
}

#[test]
fn a_clerk_is_told_what_is_missing_or_unknown() {
    let missing = only("reminder_h = 3\n", "");
    assert!(missing.text.zh.contains("缺少“reminder_h”"), "{missing}");
    let unknown = only("[population]", "[population]\ngroup = 1");
    assert!(unknown.text.zh.contains("不认识“group”") && unknown.text.zh.contains("groups"), "{unknown}");
    let variant = only("\"floating\"", "\"tourists\"");
    assert!(variant.text.en.contains("permanent"), "{variant}");
    assert_eq!(variant.line, line_with("groups = "));
    assert!(Campaign::parse("{").is_err() && Campaign::parse("").is_err());
}

#[test]
fn an_exemption_that_can_not_be_read_hides_no_other_mistake() {
    let text = ZHENGZHOU
        .replacen("\"vaccinated\"\nwithin_h = 48", "\"vacinated\"\nwithin_h = 48", 1)
        .replacen("negative_within_h = 48\n", "", 1)
        .replacen("\"sealed\", \"controlled\"", "\"shut\", \"controlled\"", 1)
        .replacen("reminder_h = 3", "reminder_h = 0", 1);
    let problems = Campaign::parse(&text).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    let exemptions = ["exemptions[0].zones", "exemptions[1].kind", "exemptions[2].negative_within_h"];
    assert_eq!(keys, [&exemptions[..], &["notices.reminder_h"]].concat());
    assert_eq!(problems[1].line, line_with("kind = \"vaccinated\""));
    assert!(problems[1].text.zh.contains("“vacinated”") && problems[1].text.zh.contains("vaccinated, "));
    assert_eq!(only("within_h = 48", "within_h = \"48\"").key, "exemptions[1]");
    assert_eq!(only("kind = \"vaccinated\"\n", "").key, "exemptions[1].kind");
}

#[test]
fn windows_of_an_unknown_area_are_checked_and_its_city_s_districts_named_once() {
    let text = ZHENGZHOU.replacen("410173", "410199", 1).replacen("410171", "410198", 1).replacen(
        "to = \"2022-01-05T20:00\"",
        "to = \"2022-01-05T09:00\"",
        1,
    );
    let problems = Campaign::parse(&text).unwrap_err();
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["areas[0].code", "areas[0].windows[0]", "areas[2].code"]);
    let lists = problems.iter().filter(|problem| problem.text.zh.contains("410102=")).count();
    assert_eq!((lists, problems[2].text.zh.contains("410198")), (1, true));
}

#[test]
fn a_missing_quote_is_told_in_the_clerk_s_own_language() {
    let broken = only("id = \"zhengzhou-2022-01-05\"", "id = \"zhengzhou-2022-01-05");
    let line = line_with("id = \"zhengzhou").unwrap();
    assert_eq!(broken.text.zh, format!("第 {line} 行写法有误，请检查引号、括号和逗号"));
    assert_eq!(broken.line, Some(line));
}

#[test]
fn each_kind_of_mistake_has_its_own_words() {
    let overlap = "windows = [{ from = \"2022-01-05T10:00\", to = \"2022-01-05T20:00\" }, { from = \"2022-01-05T19:00\", to = \"2022-01-05T21:00\" }]";
    let first = "windows = [{ from = \"2022-01-05T10:00\", to = \"2022-01-05T20:00\" }]";
    assert_eq!(only(first, overlap).key, "areas[0].windows[1]");
    assert_eq!(only(first, "windows = []").key, "areas[0].windows");
    assert_eq!(only("\"2022-01-05T10:00\"", "\"5 January\"").key, "areas[0].windows[0].from");
    assert_eq!(only("\"2022-01-05T10:00\"", "\"2022-01-05T10:00Z\"").key, "areas[0].windows[0].from");
    assert_eq!(only("\"2022-01-05T20:00\"", "\"2022-02-05T20:00\"").key, "areas[0].windows[0]");
    assert_eq!(only("code = 410171", "code = 410173").key, "areas[2]");
    assert_eq!(only("code = 410173", "code = 410173\nzone = \"hangkonggang\"").key, "areas[0]");
    assert_eq!(only("zone = \"zhengdong\"", "zone = \"xixian\"").key, "areas[1].zone");
    assert_eq!(only("city = 410100", "city = 110000").key, "city");
    assert_eq!(only("id = \"zhengzhou-2022-01-05\"", "id = \"Round 1\"").key, "id");
    assert_eq!(only("\"missed-round\"", "\"symptoms\"").key, "consequence.reason");
    assert_eq!(only("reminder_h = 3", "reminder_h = 0").key, "notices.reminder_h");
    assert_eq!(
        only("kind = \"outside-city\"\nnegative_within_h", "kind = \"vaccinated\"\nwithin_h").key,
        "exemptions[2]"
    );
    let zone = "[[zones]]\nlevel = \"sealed\"\ncodes = [999]\n\n[consequence]";
    assert_eq!(only("[consequence]", zone).key, "zones[0].codes");
}

#[test]
fn a_time_of_another_zone_or_without_an_hour_is_refused() {
    for wrong in ["2022-01-05T10:00-05:00", "2022-01-05T10:00[Asia/Tokyo]", "2022-01-05", "2022-01-05T10"] {
        let key = only("\"2022-01-05T10:00\"", &format!("\"{wrong}\"")).key;
        assert_eq!(key, "areas[0].windows[0].from", "{wrong}");
    }
    let minute_too_long = only("\"2022-01-05T20:00\"", "\"2022-01-12T10:01\"");
    assert_eq!(minute_too_long.key, "areas[0].windows[0]");
}

#[test]
fn a_zone_with_a_code_is_the_same_place_as_its_code() {
    assert_eq!(only("zone = \"zhengdong\"", "zone = \"hangkonggang\"").key, "areas[1]");
    let by_name = Campaign::parse(&ZHENGZHOU.replacen("code = 410173", "zone = \"hangkonggang\"", 1));
    assert_eq!(by_name, Ok(campaign()));
}

#[test]
fn a_zone_whose_streets_are_not_known_is_refused_since_nobody_would_be_in_it() {
    let xian = r#"
        id = "xian-1"
        city = 610100
        name = { zh = "一", en = "1" }
        basis = { zh = "一", en = "1" }
        areas = [{ zone = "qujiang", windows = [{ from = "2022-01-05T10:00", to = "2022-01-05T20:00" }] }]
        population = { groups = ["permanent"] }
        points = { kinds = ["fixed"] }
        consequence = { reason = "missed-round" }
        notices = { start = { zh = "一", en = "1" }, reminder = { zh = "一", en = "1" }, reminder_h = 3, missed = { zh = "一", en = "1" } }
    "#;
    let problems = Campaign::parse(xian).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].key == "areas[0].zone" && problems[0].text.zh.contains("曲江新区"), "{problems:?}");
    let problems = Campaign::parse(&xian.replace("qujiang", "x")).unwrap_err();
    assert!(problems[0].text.zh.ends_with("该市没有可用的功能区，请改写区县代码 code"), "{problems:?}");
}

#[test]
fn a_mark_of_the_encoding_at_the_begin_is_no_mistake() {
    assert_eq!(Campaign::parse(&format!("\u{feff}{ZHENGZHOU}")), Ok(campaign()));
}

#[test]
fn of_very_many_mistakes_the_first_hundred_are_told() {
    let codes = vec!["1"; 5_000].join(",");
    let zone = format!("[[zones]]\nlevel = \"sealed\"\ncodes = [{codes}]\n\n[consequence]");
    assert_eq!(problems_after("[consequence]", &zone).len(), 100);
}

#[test]
fn a_community_of_a_street_that_does_not_exist_can_not_be_refined() {
    let campaign = campaign();
    let windows = campaign.areas[0].windows.clone();
    let scope = |code| Refinement { scope: Scope::Community(code), windows: windows.clone() };
    assert_eq!(scope(ZHONGYUAN).check(&campaign), Ok(true));
    assert_eq!(scope(410_102_999_001).check(&campaign), Ok(false));
}

#[test]
fn the_narrowest_refinement_of_the_windows_counts() {
    let campaign = campaign();
    let notice = campaign.windows_of(ZHONGYUAN, &[]).to_vec();
    assert_eq!(notice, [window("2022-01-05T10:00:00+08:00", "2022-01-05T20:00:00+08:00")]);
    let until = |hour: i64, scope| Refinement {
        scope,
        windows: vec![Window {
            from: notice[0].from,
            to: notice[0].to + jiff::SignedDuration::from_hours(hour),
        }],
    };
    let area = until(1, Scope::Area(Place::District(410_102)));
    let street = until(2, Scope::Street(410_102_002));
    let community = until(3, Scope::Community(ZHONGYUAN));
    let all = [community.clone(), area.clone(), street.clone()];
    assert!(all.iter().all(|refinement| refinement.check(&campaign) == Ok(true)));
    let end = |of, refinements: &[Refinement]| campaign.windows_of(of, refinements)[0].to;
    assert_eq!(end(ZHONGYUAN, &all), community.windows[0].to);
    assert_eq!(end(ZHONGYUAN + 1, &all), street.windows[0].to);
    assert_eq!(end(410_102_001_001, &all), area.windows[0].to);
    assert_eq!(end(410_103_001_001, &all), notice[0].to);
    let elsewhere = until(1, Scope::Street(610_102_001));
    assert_eq!(elsewhere.check(&campaign), Ok(false));
}

#[test]
fn a_turn_is_open_from_the_begin_up_to_the_end() {
    let windows = [
        window("2022-01-05T02:00:00Z", "2022-01-05T12:00:00Z"),
        window("2022-01-06T02:00:00Z", "2022-01-06T04:00:00Z"),
    ];
    let turn = |text| Turn::of(&windows, at(text));
    assert_eq!(turn("2022-01-05T01:59:59Z"), Turn::From(windows[0].from));
    assert_eq!(turn("2022-01-05T02:00:00Z"), Turn::Open(windows[0].to));
    assert_eq!(turn("2022-01-05T12:00:00Z"), Turn::From(windows[1].from));
    assert_eq!(turn("2022-01-06T04:00:00Z"), Turn::Over);
}

fn negative(sampled: &str) -> TestResult {
    TestResult {
        sampled: at(sampled),
        received: at(sampled),
        reported: at(sampled),
        outcome: Outcome::Negative,
        tube: Tube::Pooled,
        method: Method::Naat,
        institution: 1,
    }
}

#[test]
fn whoever_was_sampled_took_part_and_whoever_was_not_is_open() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let facts = Facts { windows, ..Facts::default() };
    assert_eq!(campaign.standing(&facts), Standing::Open);
    assert_eq!(campaign.standing(&Facts { sampled: true, ..facts }), Standing::Sampled);
    assert_eq!(campaign.standing(&Facts { windows: &[], ..facts }), Standing::NotIncluded);
}

#[test]
fn people_of_closed_zones_tested_on_4_january_are_exempt_and_nobody_else() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let results = [negative("2022-01-04T15:59:59Z")];
    assert_eq!(city_day(results[0].sampled), date(2022, 1, 4));
    let facts = Facts { windows, results: &results, zone: Some(ZoneLevel::Precaution), ..Facts::default() };
    assert_eq!(campaign.standing(&facts), Standing::ZoneTested);
    assert_eq!(campaign.standing(&Facts { zone: None, ..facts }), Standing::Open);
    let later = [negative("2022-01-04T16:00:00Z")];
    assert_eq!(campaign.standing(&Facts { results: &later, ..facts }), Standing::Open);
}

#[test]
fn a_dose_of_the_last_48_hours_has_to_be_declared() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let facts = |day, vaccinated| Facts {
        windows,
        vaccination: day,
        declared: Declared { vaccinated, ..Declared::default() },
        ..Facts::default()
    };
    let dose = |day| Some(Vaccination { doses: 3, last: date(2022, 1, day) });
    let standing = |day, review| campaign.standing(&facts(day, review));
    // The window ends at 20:00 on 5 January; the day of the dose is known, not its hour.
    assert_eq!(standing(dose(3), Review::Waiting), Standing::Vaccinated);
    assert_eq!(standing(dose(3), Review::None), Standing::Open);
    assert_eq!(standing(dose(2), Review::Waiting), Standing::Waiting);
    assert_eq!(standing(dose(2), Review::None), Standing::Open);
    assert_eq!(standing(None, Review::Accepted), Standing::Vaccinated);
}

fn away(tests: &[(Review, &str)]) -> Declared {
    let mut declared = Declared::default();
    for (place, (review, sampled)) in declared.outside_city.iter_mut().zip(tests) {
        *place = Some((*review, at(sampled)));
    }
    declared
}

#[test]
fn of_several_tests_outside_the_city_the_one_counts_that_is_recent_enough() {
    use Review::{Accepted, Waiting};
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let standing = |tests: &[(Review, &str)]| {
        campaign.standing(&Facts { windows, declared: away(tests), ..Facts::default() })
    };
    // It was accepted for the windows of the notice; they were extended since, and a newer test waits.
    let (old, new, late) = ("2022-01-03T11:00:00Z", "2022-01-04T12:00:00Z", "2022-01-05T13:00:00Z");
    assert_eq!(standing(&[(Accepted, old), (Waiting, new)]), Standing::Waiting);
    assert_eq!(standing(&[(Accepted, new), (Waiting, new)]), Standing::OutsideCity);
    assert_eq!(standing(&[(Accepted, late), (Accepted, new)]), Standing::OutsideCity);
    assert_eq!(standing(&[(Accepted, old), (Waiting, late)]), Standing::Open);
}

#[test]
fn who_is_away_needs_a_negative_of_the_last_48_hours_that_somebody_looked_at() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let standing = |review, sampled| {
        let declared = away(&[(review, sampled)]);
        campaign.standing(&Facts { windows, declared, ..Facts::default() })
    };
    assert_eq!(standing(Review::Accepted, "2022-01-03T12:00:00Z"), Standing::OutsideCity);
    assert_eq!(standing(Review::Waiting, "2022-01-03T12:00:00Z"), Standing::Waiting);
    assert_eq!(standing(Review::Accepted, "2022-01-03T11:59:59Z"), Standing::Open);
    assert_eq!(standing(Review::None, "2022-01-05T12:00:00Z"), Standing::Open);
    assert_eq!(standing(Review::Accepted, "2022-01-05T12:00:00Z"), Standing::OutsideCity);
    assert_eq!(standing(Review::Accepted, "2022-01-05T12:00:01Z"), Standing::Open, "after the last window");
}

#[test]
fn a_single_sample_while_the_round_goes_on_is_one_of_the_round() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let standing =
        |result: TestResult| campaign.standing(&Facts { windows, results: &[result], ..Facts::default() });
    let single = |sampled| TestResult { tube: Tube::Single, ..negative(sampled) };
    for (sampled, expected) in [
        ("2022-01-05T01:59:59Z", Standing::Open),
        ("2022-01-05T02:00:00Z", Standing::Sampled),
        ("2022-01-05T12:00:00Z", Standing::Sampled),
        ("2022-01-05T12:00:01Z", Standing::Open),
    ] {
        assert_eq!(standing(single(sampled)), expected, "{sampled}");
    }
    let within = "2022-01-05T06:00:00Z";
    assert_eq!(standing(negative(within)), Standing::Open, "of a pool the table tells which round it is for");
    assert_eq!(standing(TestResult { outcome: Outcome::Invalid, ..single(within) }), Standing::Open);
    assert_eq!(standing(TestResult { method: Method::Antigen, ..single(within) }), Standing::Open);
}

#[test]
fn tested_in_the_last_24_hours_is_an_exemption_of_later_notices() {
    let text = ZHENGZHOU.replacen("kind = \"vaccinated\"", "kind = \"tested\"", 1).replacen(
        "within_h = 48",
        "within_h = 24",
        1,
    );
    let campaign = Campaign::parse(&text).unwrap();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let standing =
        |result: TestResult| campaign.standing(&Facts { windows, results: &[result], ..Facts::default() });
    assert_eq!(standing(negative("2022-01-04T02:00:00Z")), Standing::Tested);
    assert_eq!(standing(negative("2022-01-04T01:59:59Z")), Standing::Open);
    assert_eq!(standing(negative("2022-01-05T12:00:00Z")), Standing::Tested);
    assert_eq!(standing(negative("2022-01-05T12:00:01Z")), Standing::Open, "after the last window");
    let invalid = TestResult { outcome: Outcome::Invalid, ..negative("2022-01-04T12:00:00Z") };
    assert_eq!(standing(invalid), Standing::Open);
}

#[test]
fn closing_gives_the_reason_but_spares_who_cannot_go_out_and_waits_for_reviews() {
    let campaign = campaign();
    let windows = campaign.windows_of(ZHONGYUAN, &[]);
    let facts = Facts { windows, ..Facts::default() };
    assert_eq!(campaign.closing(&facts), Closing::Give);
    assert_eq!(campaign.closing(&Facts { zone: Some(ZoneLevel::Controlled), ..facts }), Closing::Give);
    let sealed = Facts { zone: Some(ZoneLevel::Sealed), ..facts };
    assert_eq!(campaign.closing(&sealed), Closing::Spare(Spared::SealedZone));
    let isolated = Facts { reasons: &[ReasonCode::CloseContact], ..facts };
    assert_eq!(campaign.closing(&isolated), Closing::Spare(Spared::Isolation));
    let waits_at_home = Facts { reasons: &[ReasonCode::SinglePositive], ..facts };
    assert_eq!(campaign.closing(&waits_at_home), Closing::Spare(Spared::Isolation));
    let awaits_a_single_sample = Facts { reasons: &[ReasonCode::PooledPositive], ..facts };
    assert_eq!(campaign.closing(&awaits_a_single_sample), Closing::Spare(Spared::Isolation));
    let goes_out = Facts { reasons: &[ReasonCode::Symptoms, ReasonCode::GeneralContact], ..facts };
    assert_eq!(campaign.closing(&goes_out), Closing::Give);
    let declared = Declared { vaccinated: Review::Waiting, ..Declared::default() };
    assert_eq!(campaign.closing(&Facts { declared, ..facts }), Closing::Wait);
    assert_eq!(campaign.closing(&Facts { sampled: true, ..facts }), Closing::Leave(Standing::Sampled));
    let unspared = ZHENGZHOU.replacen("spared = [\"sealed-zone\", \"isolation\"]", "spared = []", 1);
    assert_eq!(Campaign::parse(&unspared).unwrap().closing(&isolated), Closing::Give);
}

#[test]
fn a_document_that_names_fewer_groups_is_told_that_everybody_counts() {
    assert_eq!(campaign().notes(), []);
    let fewer = ZHENGZHOU.replacen(", \"foreign\"]", "]", 1);
    let notes = Campaign::parse(&fewer).unwrap().notes();
    assert!(notes.len() == 1 && notes[0].en.contains("every registered resident"), "{notes:?}");
}

#[test]
fn the_strictest_level_of_a_zone_counts_by_street_and_by_community() {
    let zones = format!(
        "[[zones]]\nlevel = \"precaution\"\ncodes = [410102002]\n\n[[zones]]\nlevel = \"sealed\"\ncodes = [{ZHONGYUAN}]\n\n[consequence]"
    );
    let campaign = Campaign::parse(&ZHENGZHOU.replacen("[consequence]", &zones, 1)).unwrap();
    assert_eq!(campaign.zone_level(ZHONGYUAN), Some(ZoneLevel::Sealed));
    assert_eq!(campaign.zone_level(ZHONGYUAN + 1), Some(ZoneLevel::Precaution));
    assert_eq!(campaign.zone_level(410_103_001_001), None);
}
