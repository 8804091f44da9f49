//! Why a file can't be read at all.

use crate::column::Column;
use crate::file::{MOST_COLUMNS, MOST_ROWS};

/// A mistake of the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Neither UTF-8 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030: save it as CSV UTF-8")]
    Encoding,
    /// An .xls of before 2007.
    #[error("this is an old Excel file (.xls): save it as .xlsx or CSV")]
    OldExcel,
    /// Something else than a readable workbook; the reader's words.
    #[error("this is no workbook that can be read ({0}): save it anew as .xlsx or CSV")]
    Workbook(String),
    /// A workbook that inflates to more than any list of results.
    #[error("the workbook is too large inside: it may hold the list of results and nothing else")]
    Inflated,
    /// Nothing in it.
    #[error("the file has no header line with the names of the columns")]
    NoHeader,
    /// More rows than one file may have.
    #[error("line {line}: the file has more than {MOST_ROWS} rows: split it")]
    TooManyRows {
        /// The first line too many.
        line: u32,
    },
    /// More columns than any list of results has.
    #[error("line {line}: there are more than {MOST_COLUMNS} columns")]
    TooManyColumns {
        /// Which line.
        line: u32,
    },
    /// A line of a CSV that can't be read.
    #[error("line {line}: it can't be read as CSV: mend the quotes in it")]
    Broken {
        /// Which line.
        line: u32,
    },
    /// A needed column is not there.
    #[error("line {line}: the column {column} is missing", column = column.names().1)]
    Missing {
        /// The header's line.
        line: u32,
        /// Which.
        column: Column,
    },
    /// A name that no column has.
    #[error(
        "line {line}, column {place}: \"{name}\" is none of the columns {known}: mend its name or remove the column",
        known = Column::list(false)
    )]
    Unknown {
        /// The header's line.
        line: u32,
        /// Which column, from 1.
        place: usize,
        /// What stands there, at most 40 characters.
        name: String,
    },
    /// A column stands twice.
    #[error("line {line}, column {place}: there are two columns {column}", column = column.names().1)]
    Twice {
        /// The header's line.
        line: u32,
        /// The second one, from 1.
        place: usize,
        /// Which.
        column: Column,
    },
}

impl FileError {
    /// The same in Chinese.
    #[must_use]
    pub fn message_zh(&self) -> String {
        match self {
            Self::Encoding => "文件编码既不是 UTF-8 也不是 GB18030，请另存为 CSV UTF-8".to_owned(),
            Self::OldExcel => "这是旧版 Excel 文件（.xls），请另存为 .xlsx 或 CSV".to_owned(),
            Self::Workbook(_) => "无法读取该工作簿，请重新另存为 .xlsx 或 CSV".to_owned(),
            Self::Inflated => "工作簿内容过大，请只保留结果列表".to_owned(),
            Self::NoHeader => "文件没有表头行".to_owned(),
            Self::TooManyRows { line } => format!("第 {line} 行：文件超过 {MOST_ROWS} 行，请拆分"),
            Self::TooManyColumns { line } => format!("第 {line} 行：超过 {MOST_COLUMNS} 列"),
            Self::Broken { line } => format!("第 {line} 行：不是有效的 CSV，请检查引号"),
            Self::Missing { line, column } => format!("第 {line} 行：缺少“{}”列", column.names().0),
            Self::Unknown { line, place, name } => format!(
                "第 {line} 行第 {place} 列：“{name}”不是可用的列名（{}），请修改列名或删除该列",
                Column::list(true)
            ),
            Self::Twice { line, place, column } => {
                format!("第 {line} 行第 {place} 列：“{}”列重复", column.names().0)
            }
        }
    }
}
