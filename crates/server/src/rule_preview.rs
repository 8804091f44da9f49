//! What other rules would do, in words and numbers: the same for the route and for the command line.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::rule::{RuleError, RulePack};

use crate::registry::Registry;
use crate::registry::rule_change::RuleChange;
use crate::statistics::Districts;

/// What other rules would do, or what is wrong with them.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RulePreviewText {
    /// Can these rules be applied?
    valid: bool,
    /// What is wrong; the first mistake of a file.
    problems: Vec<RuleProblemText>,
    /// As of when people were counted; none where nothing could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    as_of: Option<Timestamp>,
    /// The part of the city that was counted, as `2/16`; none where one node keeps everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// Everybody.
    people: u64,
    /// People who would have another colour.
    recoloured: u64,
    /// Those of them, by what their colour is and would be.
    changes: Vec<MoveText>,
    /// Those of them, by each reason that asks for another colour than before; somebody with two stands here twice.
    reasons: Vec<ReasonMoveText>,
    /// Those of them, by district of residence, in order of codes; people without a community are left out. Empty where the
    /// districts are not known, as `note` says then.
    districts: Vec<DistrictText>,
    /// People who are not green whom the new ways back would let go by the tests that are known of them already, the two latest of each.
    released: u64,
    /// What the numbers do not say.
    note: String,
    note_zh: String,
}

/// A mistake in rules.
#[derive(Debug, Serialize, JsonSchema)]
struct RuleProblemText {
    /// From 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The key, such as `reasons.companion.colour`.
    key: String,
    en: String,
    zh: String,
}

/// People from one colour to another.
#[derive(Debug, Serialize, JsonSchema)]
struct MoveText {
    from: &'static str,
    to: &'static str,
    people: u64,
}

/// People of whom a reason asks for another colour.
#[derive(Debug, Serialize, JsonSchema)]
struct ReasonMoveText {
    code: &'static str,
    people: u64,
    /// What the reason asks for now; green where it does not count.
    from: &'static str,
    to: &'static str,
}

/// People of a district.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DistrictText {
    code: u32,
    name_zh: String,
    people: u64,
}

/// Reads rules for a city, or says what is wrong with them.
pub(crate) fn read(text: &str, city: u32) -> Result<RulePack, Box<RulePreviewText>> {
    let wrong = |problem| Box::new(RulePreviewText { problems: vec![problem], ..RulePreviewText::default() });
    let rules = RulePack::parse(text).map_err(|error| wrong(problem_text(&error)))?;
    if rules.city == city {
        return Ok(rules);
    }
    Err(wrong(RuleProblemText {
        line: None,
        key: "city".to_owned(),
        en: format!("these rules are for the city {}, but this one is {city}", rules.city),
        zh: format!("规则属于城市 {}，而本系统的城市为 {city}", rules.city),
    }))
}

fn problem_text(error: &RuleError) -> RuleProblemText {
    let RuleError { line, key, problem, fix } = error;
    RuleProblemText {
        line: *line,
        key: key.clone(),
        en: format!("{problem}; {fix}"),
        zh: format!("“{key}”填写有误（{problem}），请修改：{fix}"),
    }
}

/// Compares rules with those in force. Not for the event loop.
pub(crate) fn count(
    registry: &Registry,
    other: &RulePack,
    districts: Option<&Districts>,
    part: Option<String>,
    now: Timestamp,
) -> RulePreviewText {
    let change = registry.compare_rules(other, now);
    let clock = registry.rules().clock != other.clock;
    let (note, note_zh) = notes(districts.is_some(), part.is_some(), clock);
    RulePreviewText {
        valid: true,
        problems: Vec::new(),
        as_of: Some(now),
        part,
        people: change.people,
        recoloured: change.recoloured,
        changes: change
            .moves
            .iter()
            .map(|((from, to), people)| MoveText { from: from.as_str(), to: to.as_str(), people: *people })
            .collect(),
        reasons: change
            .reasons
            .iter()
            .map(|((code, from, to), people)| ReasonMoveText {
                code: code.as_str(),
                people: *people,
                from: from.as_str(),
                to: to.as_str(),
            })
            .collect(),
        districts: districts.map_or_else(Vec::new, |districts| by_district(&change, districts)),
        released: change.released,
        note,
        note_zh,
    }
}

fn by_district(change: &RuleChange, districts: &Districts) -> Vec<DistrictText> {
    let recoloured = change.communities.iter().map(|(community, people)| (*community, *people));
    districts
        .sum(recoloured)
        .into_iter()
        .map(|(code, name, people)| DistrictText { code, name_zh: name.to_owned(), people })
        .collect()
}

fn notes(has_districts: bool, is_part: bool, is_clock_changed: bool) -> (String, String) {
    let mut en = vec![
        "Colours change as soon as a node starts with the new rules. A new way back is looked at when the next result of a person comes: \
         people whose known tests fulfil it already are counted apart.",
    ];
    let mut zh = vec![
        "节点以新规则启动后颜色立即变化；新的转码途径在本人下一次检测结果到达时判定，已有检测结果已满足新办法的人数另行列出。",
    ];
    if !has_districts {
        en.push("The districts are not known here: ask the running node (POST /v1/rules/preview).");
        zh.push("此处无法按区县统计，请向运行中的节点查询（POST /v1/rules/preview）。");
    }
    if is_part {
        en.push("This node keeps a part of the city: add up one node of each part.");
        zh.push("本节点只保存全市的一部分，请将各部分相加。");
    }
    if is_clock_changed {
        en.push("The clock of tests changes too: badges of 24, 48 and 72 h will differ.");
        zh.push("检测时效的起算时间也会改变，24、48、72小时标识将随之变化。");
    }
    (en.join(" "), zh.concat())
}

impl RulePreviewText {
    /// The mistakes as lines for a terminal.
    pub(crate) fn mistakes(&self) -> impl Iterator<Item = (Option<usize>, &str, &str, &str)> {
        self.problems.iter().map(|problem| (problem.line, &*problem.key, &*problem.zh, &*problem.en))
    }

    /// The numbers as lines for a terminal.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines =
            vec![format!("{} people, {} would have another colour", self.people, self.recoloured)];
        let changes = &self.changes;
        lines.extend(changes.iter().map(|one| format!("{:>12}  {} -> {}", one.people, one.from, one.to)));
        lines.push("by reason:".to_owned());
        let reasons = &self.reasons;
        lines.extend(
            reasons.iter().map(|one| format!("{:>12}  {}: {} -> {}", one.people, one.code, one.from, one.to)),
        );
        lines.push("by district:".to_owned());
        let districts = &self.districts;
        lines.extend(districts.iter().map(|one| format!("{:>12}  {} {}", one.people, one.code, one.name_zh)));
        lines.push(format!("{} would be free by a new way back, of the tests known already", self.released));
        lines.push(self.note_zh.clone());
        lines.push(self.note.clone());
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::notes;

    #[test]
    fn the_notes_name_no_field_of_the_answer() {
        let (en, zh) = notes(false, true, true);
        assert!(!zh.contains("released") && !en.contains("released"), "{zh} {en}");
        assert!(zh.contains("另行列出"), "{zh}");
    }
}
