//! Administrative divisions of China (GB/T 2260) with their years, as the first six digits of ID numbers name them.

use std::sync::OnceLock;

use serde::Serialize;

/// Sources and licences: `data/NOTICE`.
const CSV: &str = include_str!("../data/divisions.csv");

/// Province, prefecture or county.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DivisionLevel {
    /// 省、自治区、直辖市、特别行政区
    Province,
    /// 地级市、地区、盟、自治州
    City,
    /// 县、市辖区、县级市、旗
    County,
}

/// Where a code is known from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DivisionStatus {
    /// In GB/T 2260 at the end of 2021.
    Current,
    /// Once in GB/T 2260. ID numbers given then stay valid.
    Abolished,
    /// In real ID numbers, though never in GB/T 2260.
    SeenInIds,
    /// A new division that only the statistical list of the data has.
    CurrentOnlyNbs,
    /// An area of the statistical list only, such as a development zone; never in an ID number.
    NbsStatistical,
}

/// One division for the years it had this code and name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Division {
    /// Six digits.
    pub code: u32,
    /// Name.
    pub name: &'static str,
    /// Province, prefecture or county.
    pub level: DivisionLevel,
    /// Code above in the numbering; a province has none. A code ending in 9000 groups what a province runs directly
    /// and has no entry of its own.
    pub parent: Option<u32>,
    /// First year with this code and name, where the data say so.
    pub first_year: Option<u16>,
    /// Last year with this code and name; `None` for those that go on.
    pub last_year: Option<u16>,
    /// Where it is known from.
    pub status: DivisionStatus,
}

impl Division {
    /// Whether the code is no longer given to new ID numbers.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        matches!(self.status, DivisionStatus::Abolished) || self.last_year.is_some()
    }

    /// Whether ID numbers may begin with the code.
    #[must_use]
    pub const fn is_in_ids(&self) -> bool {
        !matches!(self.status, DivisionStatus::NbsStatistical)
    }
}

/// Every division, by code, and for one code from the earliest to the latest.
#[must_use]
pub fn divisions() -> &'static [Division] {
    static ALL: OnceLock<Vec<Division>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<Division> = CSV
            .lines()
            .skip(1)
            .map(|line| parse_line(line).expect("the shipped divisions.csv is well-formed (tested)"))
            .collect();
        all.sort_by_key(|d| (d.code, !d.is_retired(), d.last_year));
        all
    })
}

/// All that had the code, the latest last; empty when none ever had.
#[must_use]
pub fn history(code: u32) -> &'static [Division] {
    let all = divisions();
    let from = all.partition_point(|d| d.code < code);
    let count = all[from..].iter().take_while(|d| d.code == code).count();
    &all[from..from + count]
}

/// The latest division that had the code: the current one where there is one.
#[must_use]
pub fn division(code: u32) -> Option<&'static Division> {
    history(code).last()
}

fn parse_line(line: &'static str) -> Option<Division> {
    let mut fields = line.split(',');
    let code = fields.next()?.parse().ok()?;
    let name = fields.next()?;
    let level = match fields.next()? {
        "province" => DivisionLevel::Province,
        "city" => DivisionLevel::City,
        "county" => DivisionLevel::County,
        _ => return None,
    };
    let parent = optional(fields.next()?)?;
    let first_year = optional(fields.next()?)?;
    let last_year = optional(fields.next()?)?;
    let status = match fields.next()? {
        "current" => DivisionStatus::Current,
        "abolished" => DivisionStatus::Abolished,
        "seen-in-ids" => DivisionStatus::SeenInIds,
        "current-only-nbs" => DivisionStatus::CurrentOnlyNbs,
        "nbs-statistical" => DivisionStatus::NbsStatistical,
        _ => return None,
    };
    Some(Division { code, name, level, parent, first_year, last_year, status })
}

/// An empty field is a known absence; a field that is no number is an error (`None`).
fn optional<T: std::str::FromStr>(field: &str) -> Option<Option<T>> {
    if field.is_empty() { Some(None) } else { field.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_a_division() {
        assert_eq!(divisions().len(), CSV.lines().count() - 1);
        assert!(divisions().iter().all(|d| (100_000..=999_999).contains(&d.code)));
    }

    #[test]
    fn every_division_lies_in_a_province_of_the_data() {
        // Parents such as 349000 group what a province runs directly and are no divisions themselves.
        for d in divisions() {
            assert!(
                division(d.code / 10_000 * 10_000).is_some_and(|p| p.level == DivisionLevel::Province),
                "{d:?}"
            );
        }
    }

    #[test]
    fn the_current_division_wins_where_a_code_had_several() {
        assert_eq!(division(410_104).unwrap().name, "管城回族区");
        assert_eq!(division(410_108).unwrap().name, "惠济区");
        assert_eq!(history(410_104).iter().map(|d| d.name).collect::<Vec<_>>(), ["向阳回族区", "管城回族区"]);
    }

    #[test]
    fn retired_statistical_and_unknown_codes_are_told_apart() {
        let huxian = division(610_125).unwrap();
        assert_eq!((huxian.name, huxian.last_year, huxian.is_retired()), ("户县", Some(2015), true));
        assert!(!division(410_171).unwrap().is_in_ids());
        assert!(division(110_101).is_some_and(|d| d.is_in_ids() && !d.is_retired()));
        assert_eq!(division(999_999), None);
    }
}
