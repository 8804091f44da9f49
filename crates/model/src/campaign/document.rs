//! The document as it is written: TOML, or JSON with the same keys.

use serde::Deserialize;

use super::problem::CampaignProblem;
use super::{Notices, PointKind, PopulationGroup, Spared, ZoneArea};
use crate::rule::{Text, line_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) city: u32,
    pub(super) name: Text,
    pub(super) basis: Text,
    pub(super) areas: Vec<RawArea>,
    pub(super) population: RawPopulation,
    pub(super) points: RawPoints,
    #[serde(default)]
    pub(super) exemptions: Vec<RawExemption>,
    #[serde(default)]
    pub(super) zones: Vec<ZoneArea>,
    pub(super) consequence: RawConsequence,
    pub(super) notices: Notices,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawArea {
    pub(super) code: Option<u32>,
    pub(super) zone: Option<String>,
    pub(super) windows: Vec<RawWindow>,
}

/// An exemption as it stands, so that one that can't be read hides no other mistake.
pub(super) type RawExemption = serde_json::Map<String, serde_json::Value>;

/// Times of the city's clocks, without a zone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWindow {
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPopulation {
    pub(super) groups: Vec<PopulationGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPoints {
    pub(super) kinds: Vec<PointKind>,
    #[serde(default)]
    pub(super) at_work_after_declaring: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConsequence {
    pub(super) reason: String,
    #[serde(default)]
    pub(super) spared: Vec<Spared>,
}

pub(super) fn read(text: &str) -> Result<Document, Vec<CampaignProblem>> {
    // Some editors begin a file with a mark of its encoding.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| {
            let line = Some(error.line()).filter(|line| *line > 0);
            vec![unreadable(line, &error.to_string())]
        });
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        vec![unreadable(line, &error.message().lines().collect::<Vec<_>>().join(", "))]
    })
}

/// The reader's own words name the key; a clerk needs what to do with them.
fn unreadable(line: Option<usize>, message: &str) -> CampaignProblem {
    let (key, zh, en) = in_words(message).unwrap_or_else(|| {
        let place = line.map_or_else(|| "文件".to_owned(), |line| format!("第 {line} 行"));
        let zh = format!("{place}写法有误，请检查引号、括号和逗号");
        (String::new(), zh, format!("{message}; check quotes, brackets and commas"))
    });
    CampaignProblem { line, ..CampaignProblem::new(key, zh, en) }
}

/// The key that a reader's message is about, and what to do in Chinese and English; nothing when it is about the writing.
pub(super) fn in_words(message: &str) -> Option<(String, String, String)> {
    let key = message.split('`').nth(1).unwrap_or_default().to_owned();
    let (zh, en) = if message.starts_with("missing field") {
        (format!("缺少“{key}”一项，请补上"), format!("`{key}` is missing; add it"))
    } else if message.starts_with("unknown field") {
        (
            format!("不认识“{key}”一项，请删除或改正名称（可用的名称：{}）", expected(message)),
            format!("`{key}` is not known; remove it or correct its name ({})", expected(message)),
        )
    } else if message.starts_with("unknown variant") {
        (
            format!("“{key}”不在可选范围内，请改为：{}", expected(message)),
            format!("`{key}` can't be chosen; use {}", expected(message)),
        )
    } else {
        return None;
    };
    Some((key, zh, en))
}

/// What the reader would have taken: the names in backquotes after the first.
fn expected(message: &str) -> String {
    message.split('`').skip(3).step_by(2).collect::<Vec<_>>().join(", ")
}
