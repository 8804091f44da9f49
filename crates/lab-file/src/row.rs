//! One row of a lab's file, and what is wrong with it.

use std::fmt;

use jiff::Timestamp;
use yimatong_model::clock::at_city_time;
use yimatong_model::sampling::Barcode;
use yimatong_model::test_result::{Method, Outcome};

use crate::cell::Cell;
use crate::column::Column;
use crate::moment;

/// Longest id of a lab in bytes.
const LONGEST_ID: usize = 64;
/// Longest remark in bytes, as the store takes it.
const LONGEST_REMARK: usize = 400;

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabRow {
    /// The tube.
    pub tube: Barcode,
    /// What the lab found.
    pub outcome: Outcome,
    /// How it was tested.
    pub method: Method,
    /// When the lab received the tube.
    pub received: Timestamp,
    /// When the lab reported.
    pub reported: Timestamp,
    /// The lab's own name of the result; at most 64 bytes.
    pub id: Option<String>,
    /// The version that is corrected.
    pub amends: Option<u16>,
    /// A remark; at most 400 bytes.
    pub remark: Option<String>,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which line of the file, from 1.
    pub line: u32,
    /// Which column of the file, from 1.
    pub place: usize,
    /// What the column is for.
    pub column: Column,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

impl Mistake {
    /// The mistake in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        format!("第 {} 行第 {} 列“{}”：{}", self.line, self.place, self.column.names().0, self.zh)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} ({}): {}", self.line, self.place, self.column.names().1, self.en)
    }
}

/// What is wrong, in English and in Chinese.
type Wrong = (&'static str, &'static str);

/// What a row says of which version of which tube, also where something else in it is wrong.
pub(crate) type Claim = (Barcode, Option<u16>, Outcome);

/// Reads a row whose columns stand at these places, or says everything that is wrong with it.
pub(crate) fn read(
    line: u32,
    cells: &[Cell],
    places: &[(Column, usize)],
) -> (Option<Claim>, Result<LabRow, Vec<Mistake>>) {
    let mut row = Reading { line, cells, places, mistakes: Vec::new() };
    let tube = row.take(Column::Tube, barcode);
    let outcome = row.take(Column::Outcome, outcome);
    let method = row.take(Column::Method, method);
    let received = row.take(Column::Received, time);
    let reported = row.take(Column::Reported, time);
    let id = row.take(Column::Id, id);
    let amends = row.take(Column::Amends, version);
    let remark = row.take(Column::Remark, |cell| short(cell, LONGEST_REMARK));
    let claim = tube.clone().zip(outcome).map(|(tube, outcome)| (tube, amends, outcome));
    let read = match (tube, outcome, received, reported) {
        (Some(tube), Some(outcome), Some(received), Some(reported)) if row.mistakes.is_empty() => {
            let method = method.unwrap_or(Method::Naat);
            Ok(LabRow { tube, outcome, method, received, reported, id, amends, remark })
        }
        _ => Err(row.mistakes),
    };
    (claim, read)
}

struct Reading<'a> {
    line: u32,
    cells: &'a [Cell],
    places: &'a [(Column, usize)],
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    /// The value of a column; none when the cell is empty or a mistake, which is noted.
    fn take<T>(&mut self, column: Column, parse: impl FnOnce(&Cell) -> Result<T, Wrong>) -> Option<T> {
        let at = self.places.iter().find(|(known, _)| *known == column).map(|(_, at)| *at)?;
        let wrong = match self.cells.get(at).filter(|cell| !cell.is_empty()) {
            None if column.is_needed() => ("it is empty: fill it in", "未填写"),
            None => return None,
            Some(cell) => match parse(cell) {
                Ok(value) => return Some(value),
                Err(wrong) => wrong,
            },
        };
        let (en, zh) = wrong;
        self.mistakes.push(Mistake { line: self.line, place: at + 1, column, en, zh });
        None
    }
}

/// A number that is a name, and whose last digits the spreadsheet has made zeros: another one may look the same now.
fn refuse_inexact(cell: &Cell) -> Result<(), Wrong> {
    if cell.is_inexact() {
        return Err((
            "the spreadsheet has dropped digits of this number: format the column as text and enter it anew",
            "该数字过长，表格软件已丢失末位数字，请将该列设为文本格式后重新填写",
        ));
    }
    Ok(())
}

fn id(cell: &Cell) -> Result<String, Wrong> {
    refuse_inexact(cell)?;
    short(cell, LONGEST_ID)
}

fn barcode(cell: &Cell) -> Result<Barcode, Wrong> {
    refuse_inexact(cell)?;
    cell.text().parse().map_err(|_| {
        (
            "a barcode has 6 to 24 letters A-Z, digits and hyphens, among them a digit",
            "试管码为 6 到 24 位字母、数字或短横，且至少有一位数字",
        )
    })
}

fn outcome(cell: &Cell) -> Result<Outcome, Wrong> {
    match cell.text().to_lowercase().as_str() {
        "阴性" | "negative" => Ok(Outcome::Negative),
        "阳性" | "positive" => Ok(Outcome::Positive),
        "可疑" | "不确定" | "indeterminate" => Ok(Outcome::Indeterminate),
        "无效" | "不合格" | "invalid" => Ok(Outcome::Invalid),
        _ => Err((
            "must be negative, positive, indeterminate or invalid",
            "应为阴性、阳性、可疑（不确定）或无效（不合格）",
        )),
    }
}

fn method(cell: &Cell) -> Result<Method, Wrong> {
    match cell.text().to_lowercase().as_str() {
        "核酸" | "naat" => Ok(Method::Naat),
        "抗原" | "antigen" => Ok(Method::Antigen),
        _ => Err(("must be naat or antigen, or empty for naat", "应为核酸或抗原；不填为核酸")),
    }
}

fn time(cell: &Cell) -> Result<Timestamp, Wrong> {
    let instant = match cell {
        Cell::Text(text) => moment::parse(text),
        Cell::Number(days) => moment::of_number(*days).and_then(at_city_time),
        Cell::Moment(moment) => at_city_time(*moment),
    };
    instant.ok_or((
        "must be a day and a time, such as 2022-01-05 14:30",
        "应为日期和时间，例如 2022-01-05 14:30",
    ))
}

fn version(cell: &Cell) -> Result<u16, Wrong> {
    let version = cell.text().parse().ok().filter(|version| *version > 0);
    version.ok_or((
        "must be the number of the version that is corrected, such as 1",
        "应为被更正结果的版本号，例如 1",
    ))
}

fn short(cell: &Cell, longest: usize) -> Result<String, Wrong> {
    let text = cell.text();
    if text.len() <= longest {
        return Ok(text.into_owned());
    }
    if longest == LONGEST_ID {
        Err(("may have at most 64 bytes", "最多 64 字节"))
    } else {
        Err(("may have at most 400 bytes of UTF-8", "最多 400 字节（约 130 个汉字）"))
    }
}
