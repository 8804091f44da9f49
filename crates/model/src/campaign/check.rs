//! From a document to a checked [`Campaign`], or everything that is wrong in it at once.

use super::document::{Document, RawArea, RawWindow};
use super::exemptions::read_exemptions;
use super::problem::CampaignProblem;
use super::schedule::{LONGEST_DAYS, WindowsError, check_windows};
use super::{Area, Campaign, Consequence, Place, Window};
use crate::city::{City, city};
use crate::clock::at_city_time;
use crate::reason::ReasonCode;
use crate::rule::Text;

/// Most problems that are told at once; whoever has more mends these first.
const MOST_PROBLEMS: usize = 100;
/// The only reason that a round may give: a colour for something else needs another way.
const REASON: ReasonCode = ReasonCode::MissedRound;

/// Collects problems while the document is walked.
pub(super) struct Found(Vec<CampaignProblem>);

impl Found {
    pub(super) fn add(&mut self, key: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        if self.0.len() < MOST_PROBLEMS {
            self.0.push(CampaignProblem::new(key, zh, en));
        }
    }
}

pub(super) fn check(document: Document, text: &str) -> Result<Campaign, Vec<CampaignProblem>> {
    let mut found = Found(Vec::new());
    check_id(&document.id, &mut found);
    check_texts(&document, &mut found);
    let areas = match city(document.city) {
        Some(city) => check_areas(&document.areas, city, &mut found),
        None => {
            let known = "610100（西安）、410100（郑州）";
            found.add(
                "city",
                format!("没有城市 {} 的区划数据，请使用：{known}", document.city),
                format!("there are no divisions for the city {}; use 610100 or 410100", document.city),
            );
            Vec::new()
        }
    };
    if document.population.groups.is_empty() {
        found.add(
            "population.groups",
            "没有写明哪些人参加，请至少写一类",
            "nobody takes part; name at least one group",
        );
    }
    if document.points.kinds.is_empty() {
        found.add(
            "points.kinds",
            "没有写明采样点类型，请至少写一类",
            "there is no kind of sampling point; name one",
        );
    }
    let exemptions = read_exemptions(&document.exemptions, &mut found);
    check_zones(&document, &mut found);
    if document.consequence.reason != REASON.as_str() {
        let other = &document.consequence.reason;
        found.add(
            "consequence.reason",
            format!("全员核酸只能使用“{REASON}”（未参加本轮检测）这一理由，不能使用“{other}”"),
            format!("a round can give the reason `{REASON}` only, not `{other}`"),
        );
    }
    if !found.0.is_empty() {
        for problem in &mut found.0 {
            problem.line = line_of_key(text, &problem.key);
        }
        found.0.sort_by_key(|problem| problem.line);
        return Err(found.0);
    }
    Ok(Campaign {
        id: document.id,
        city: document.city,
        name: document.name,
        basis: document.basis,
        areas,
        population: document.population.groups,
        points: document.points.kinds,
        at_work_after_declaring: document.points.at_work_after_declaring,
        exemptions,
        zones: document.zones,
        consequence: Consequence { reason: REASON, spared: document.consequence.spared },
        notices: document.notices,
    })
}

fn check_id(id: &str, found: &mut Found) {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(3..=64).contains(&id.len()) || !id.bytes().all(plain) {
        found.add(
            "id",
            format!("编号“{id}”只能用 3 至 64 个小写字母、数字和连字符，例如 zhengzhou-2022-01-05"),
            format!(
                "`{id}`: use 3 to 64 lower-case letters, digits and hyphens, such as zhengzhou-2022-01-05"
            ),
        );
    }
}

fn check_texts(document: &Document, found: &mut Found) {
    let notices = &document.notices;
    let texts: [(&str, &Text); 5] = [
        ("name", &document.name),
        ("basis", &document.basis),
        ("notices.start", &notices.start),
        ("notices.reminder", &notices.reminder),
        ("notices.missed", &notices.missed),
    ];
    for (key, text) in texts {
        for (language, words) in [("zh", &text.zh), ("en", &text.en)] {
            if words.trim().is_empty() {
                found.add(
                    format!("{key}.{language}"),
                    "内容为空，请写上居民要看到的文字",
                    "is empty; write what residents should read",
                );
            }
        }
    }
    if !(1..=48).contains(&notices.reminder_h) {
        found.add(
            "notices.reminder_h",
            format!("提前 {} 小时提醒不合适，请写 1 至 48", notices.reminder_h),
            format!("{} hours are not possible; give 1 to 48", notices.reminder_h),
        );
    }
}

fn check_areas(raw: &[RawArea], city: &'static City, found: &mut Found) -> Vec<Area> {
    if raw.is_empty() {
        found.add("areas", "没有写明检测区域，请至少写一个", "there is no area; write at least one");
    }
    let mut areas: Vec<Area> = Vec::with_capacity(raw.len());
    // All districts of the city are named once.
    let mut is_told = false;
    for (index, raw) in raw.iter().enumerate() {
        let key = format!("areas[{index}]");
        let place = check_place(raw, city, &key, !is_told, found);
        is_told |= place.is_none() && raw.code.is_some() && raw.zone.is_none();
        let windows = check_times(&raw.windows, &key, found);
        let Some(place) = place else { continue };
        if let Some(first) = areas.iter().position(|area| area.place == place) {
            found.add(
                &key,
                format!("与第 {} 个区域重复，请合并时间或删除一个", first + 1),
                format!("is the same place as areas[{first}]; join their windows or remove one"),
            );
        }
        areas.push(Area { place, windows });
    }
    areas
}

fn check_place(
    raw: &RawArea,
    city: &'static City,
    key: &str,
    with_list: bool,
    found: &mut Found,
) -> Option<Place> {
    match (raw.code, &raw.zone) {
        (Some(code), None) if city.district(code).is_some() => Some(Place::District(code)),
        (Some(code), None) => {
            let known =
                names(city.districts.iter().map(|district| format!("{}={}", district.code, district.name)));
            let (zh, en) = if with_list {
                (format!("，可用：{known}"), format!("; there are {known}"))
            } else {
                ("，可用代码见前".to_owned(), "; the codes are named above".to_owned())
            };
            found.add(
                format!("{key}.code"),
                format!("{}没有代码为 {code} 的区县{zh}", city.name),
                format!("{} has no district {code}{en}", city.name_en),
            );
            None
        }
        (None, Some(zone)) => check_zone(zone, city, key, found),
        _ => {
            found.add(
                key,
                "请写区县代码 code 或功能区 zone，二者选一",
                "give either `code` (a district) or `zone` (a functional zone)",
            );
            None
        }
    }
}

/// A zone with a code of its own is the same place as that code.
fn check_zone(zone: &str, city: &'static City, key: &str, found: &mut Found) -> Option<Place> {
    let key = format!("{key}.zone");
    match city.zones.iter().find(|known| known.id == zone) {
        Some(known) if known.streets.is_empty() => {
            found.add(
                key,
                format!("没有“{}”所辖街道的数据，无法确定谁参加，请改写区县代码 code", known.name),
                format!("which streets `{zone}` has is not known, so nobody would be in it; give the `code` of districts"),
            );
            None
        }
        Some(known) => Some(known.code.map_or_else(|| Place::Zone(zone.to_owned()), Place::District)),
        None => {
            let usable = city.zones.iter().filter(|zone| !zone.streets.is_empty());
            let known = names(usable.map(|zone| format!("{}={}", zone.id, zone.name)));
            let (zh, en) = if known.is_empty() {
                let zh = "；该市没有可用的功能区，请改写区县代码 code";
                (
                    zh.to_owned(),
                    "; this city has none that can be used: give the `code` of districts".to_owned(),
                )
            } else {
                (format!("，可用：{known}"), format!("; there are {known}"))
            };
            found.add(
                key,
                format!("{}没有名为“{zone}”的功能区{zh}", city.name),
                format!("{} has no functional zone `{zone}`{en}", city.name_en),
            );
            None
        }
    }
}

fn check_times(raw: &[RawWindow], key: &str, found: &mut Found) -> Vec<Window> {
    let mut windows = Vec::with_capacity(raw.len());
    let before = found.0.len();
    for (index, window) in raw.iter().enumerate() {
        let at = |name: &str| format!("{key}.windows[{index}].{name}");
        let from = time(&window.from, at("from"), found);
        let to = time(&window.to, at("to"), found);
        if let (Some(from), Some(to)) = (from, to) {
            windows.push(Window { from, to });
        }
    }
    if found.0.len() > before {
        return windows;
    }
    match check_windows(&windows) {
        Ok(()) => {}
        Err(WindowsError::None) => found.add(
            format!("{key}.windows"),
            "没有写明检测时间，请至少写一段",
            "there is no window; write at least one",
        ),
        Err(WindowsError::Length(index)) => {
            let RawWindow { from, to } = &raw[index];
            found.add(
                format!("{key}.windows[{index}]"),
                format!("从 {from} 到 {to}：结束应晚于开始，且一段不超过 {LONGEST_DAYS} 天"),
                format!("{from} to {to}: it must end after it begins, and last {LONGEST_DAYS} days at most"),
            );
        }
        Err(WindowsError::Overlap(index)) => found.add(
            format!("{key}.windows[{index}]"),
            "与前一段时间重叠，请按先后顺序写且互不重叠",
            "begins before the window before it ends; write them in order, without overlap",
        ),
    }
    windows
}

fn time(text: &str, key: String, found: &mut Found) -> Option<jiff::Timestamp> {
    // A day without an hour would be read as midnight, and a time with a zone as the city's all the same.
    let is_plain = text
        .get(11..)
        .is_some_and(|hour| hour.len() >= 5 && hour.bytes().all(|b| b.is_ascii_digit() || b == b':'));
    let parsed = text.parse().ok().and_then(at_city_time);
    if parsed.is_none() || !is_plain {
        found.add(
            key,
            format!("“{text}”不是时间，请按本地时间写成 2022-01-05T10:00"),
            format!("`{text}` is no time; write the city's own time as 2022-01-05T10:00"),
        );
        return None;
    }
    parsed
}

fn check_zones(document: &Document, found: &mut Found) {
    for (index, zone) in document.zones.iter().enumerate() {
        for code in &zone.codes {
            let street = if *code >= 1_000_000_000 { code / 1000 } else { *code };
            let known = city(document.city)
                .is_none_or(|city| u32::try_from(street).is_ok_and(|street| city.street(street).is_some()));
            if !known {
                found.add(
                    format!("zones[{index}].codes"),
                    format!("没有代码为 {code} 的街道或社区，请写 9 位街道代码或 12 位社区代码"),
                    format!("{code} is no street and no community; write nine digits of a street or twelve of a community"),
                );
            }
        }
    }
}

fn names(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

/// The line of a key such as `areas[2].windows[0].to` in a TOML document: its table, then the key's own line within it.
fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let mut parts = key.split('.');
    let (table, index) = split_index(parts.next()?);
    let rest: Vec<&str> = parts.map(|part| split_index(part).0).collect();
    let is_table = |line: &str, open: &str, close: &str| {
        let line = line.split('#').next().unwrap_or_default().trim();
        line.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) == Some(table)
    };
    let lines = || text.lines().enumerate();
    let start = match index {
        Some(nth) => lines().filter(|(_, line)| is_table(line, "[[", "]]")).nth(nth)?.0,
        None => lines().find(|(_, line)| is_table(line, "[", "]") || is_key(line, table))?.0,
    };
    let within = |(_, line): &(usize, &str)| !line.trim_start().starts_with('[');
    let own = lines().skip(start + 1).take_while(within);
    let narrower = rest.iter().find_map(|part| own.clone().find(|(_, line)| is_key(line, part)));
    Some(narrower.map_or(start, |(line, _)| line) + 1)
}

/// Does the line give this key a value?
fn is_key(line: &str, key: &str) -> bool {
    let rest = line.trim_start().strip_prefix(key);
    rest.is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
}

/// `areas[2]` is `areas` and 2.
fn split_index(part: &str) -> (&str, Option<usize>) {
    match part.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse().ok()),
        None => (part, None),
    }
}
