//! Files as labs send them: what is read, what is said of mistakes, and what a hostile file can't do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use yimatong_lab_file::{Column, FileError, LabFile, LabRow, MOST_ROWS, errors_csv, read};
use yimatong_model::test_result::{Method, Outcome};
use zip::write::SimpleFileOptions;

const RESULTS: &[u8] = include_bytes!("../../../testdata/lab/results.xlsx");
const HEADER: &str = "试管码,结果,方法,接收时间,报告时间,编号,更正版本,备注\n";

fn row(tube: &str, outcome: Outcome) -> LabRow {
    LabRow {
        tube: tube.parse().unwrap(),
        outcome,
        method: Method::Naat,
        received: "2022-01-05T14:30:00+08:00".parse().unwrap(),
        reported: "2022-01-05T20:05:30+08:00".parse().unwrap(),
        id: None,
        amends: None,
        remark: None,
    }
}

/// What is said of the rows that can't be read, in Chinese and in English.
fn mistakes(file: &LabFile) -> Vec<(String, String)> {
    let wrong = file.lines.iter().filter_map(|line| line.row.as_ref().err());
    wrong.flatten().map(|mistake| (mistake.message_zh(), mistake.to_string())).collect()
}

#[test]
fn a_csv_is_read_in_utf_8_and_in_gb18030_whatever_separates_its_cells() {
    let text = format!(
        "{HEADER}zz2022-0001,阴性,,2022-01-05 14:30,2022-01-05 20:05:30,,,\n\
         ZZ2022-0002,阳性,核酸,2022/1/5 14:30,2022-01-05T20:05:30+08:00,HS-2,1,\"贴错, 已改\"\n,,,,,,,\n"
    );
    let expected = [
        row("ZZ2022-0001", Outcome::Negative),
        LabRow {
            id: Some("HS-2".to_owned()),
            amends: Some(1),
            remark: Some("贴错, 已改".to_owned()),
            ..row("ZZ2022-0002", Outcome::Positive)
        },
    ];
    let marked = format!("\u{feff}{text}").into_bytes();
    let (chinese, _, lost) = encoding_rs::GB18030.encode(&text);
    assert!(!lost && str::from_utf8(&chinese).is_err());
    let tabs = text.replace("\"贴错, 已改\"", "贴错, 已改").replace(',', "\t").replace("错\t 已", "错, 已");
    let semicolons = tabs.replace('\t', ";").replace('\n', "\r\n");
    for bytes in [text.as_bytes(), &marked, &chinese, tabs.as_bytes(), semicolons.as_bytes()] {
        let file = read(bytes).unwrap();
        let rows: Vec<LabRow> = file.lines.iter().map(|line| line.row.clone().unwrap()).collect();
        assert_eq!(rows, expected, "{}", String::from_utf8_lossy(bytes));
        assert_eq!(file.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 3]);
    }
}

#[test]
fn a_workbook_of_a_lab_is_read_with_its_numbers_and_dates() {
    let file = read(RESULTS).unwrap();
    assert_eq!(file.header, ["编号", "试管码", "结果", "接收时间", "报告时间", "备注"]);
    let rows: Vec<_> =
        file.lines.iter().filter_map(|line| Some((line.number, line.row.clone().ok()?))).collect();
    let named = |id: &str, row| LabRow { id: Some(id.to_owned()), ..row };
    let second = LabRow { remark: Some("复核".to_owned()), ..row("20220105002", Outcome::Positive) };
    let expected = [
        (2, named("HS-1", row("ZZ2022-0001", Outcome::Negative))),
        (3, named("HS-2", second)),
        (7, named("HS-5", row("ZZ2022-0005", Outcome::Indeterminate))),
    ];
    assert_eq!(rows, expected);
    let said = mistakes(&file);
    let expected = [
        "第 5 行第 2 列“试管码”：该数字过长，表格软件已丢失末位数字，请将该列设为文本格式后重新填写",
        "第 6 行第 3 列“结果”：应为阴性、阳性、可疑（不确定）或无效（不合格）",
        "第 6 行第 5 列“报告时间”：应为日期和时间，例如 2022-01-05 14:30",
    ];
    assert_eq!(said.iter().map(|(zh, _)| zh).collect::<Vec<_>>(), expected);
    assert_eq!(said[1].1, "line 6, column 3 (outcome): must be negative, positive, indeterminate or invalid");
    let wrong = &file.lines[3];
    assert_eq!(wrong.cell(file.place(Column::Tube).unwrap()), "ZZ2022-0004");
    assert_eq!(wrong.cells[3], "2022-01-05 14:30:00");
}

#[test]
fn refused_rows_come_back_as_a_file_that_is_mended_and_read_again() {
    let text = format!("{HEADER}T-1,弱阳,,2022-01-05 14:30,2022-01-05 20:05:30,,,=1+1\n");
    let file = read(text.as_bytes()).unwrap();
    let said = mistakes(&file).remove(0).0;
    let csv = errors_csv(&file.header, [(&file.lines[0].cells[..], said.as_str())]);
    assert!(csv.contains("\"'=1+1\"") && csv.contains("错误") && csv.contains(&said), "{csv}");
    let again = read(csv.replace("弱阳", "阳性").replace("T-1", "ZZ2022-0001").as_bytes()).unwrap();
    let expected = LabRow { remark: Some("=1+1".to_owned()), ..row("ZZ2022-0001", Outcome::Positive) };
    assert_eq!(again.lines[0].row, Ok(expected));
    assert_eq!(again.header, file.header, "the column of errors is left out");
}

#[test]
fn rows_that_give_a_tube_different_results_are_all_refused_and_a_repeat_is_not() {
    let line = |tube: &str, outcome: &str, version: &str| {
        format!("{tube},{outcome},,2022-01-05 14:30,2022-01-05 20:05:30,,{version},\n")
    };
    let text = [
        HEADER.to_owned(),
        line("ZZ2022-0001", "阴性", ""),
        line("ZZ2022-0002", "阴性", ""),
        line("zz2022-0001", "阳性", ""),
        line("ZZ2022-0002", "阴性", ""),
        line("ZZ2022-0003", "阴性", ""),
        line("ZZ2022-0003", "阳性", "1"),
        line("ZZ2022-0004", "阴性", ""),
        line("ZZ2022-0004", "阳性", "").replace("14:30", "25:30"),
    ];
    let file = read(text.concat().as_bytes()).unwrap();
    let refused: Vec<u32> =
        file.lines.iter().filter(|line| line.row.is_err()).map(|line| line.number).collect();
    assert_eq!(refused, [2, 4, 8, 9], "a row with another mistake speaks too");
    let (zh, en) = mistakes(&file)[0].clone();
    assert_eq!(zh, "第 2 行第 2 列“结果”：同一试管在本文件中有不同的结果，请只保留正确的一行");
    assert!(en.contains("line 2") && en.contains("different results"), "{en}");
}

#[test]
fn a_file_that_can_not_be_read_is_told_why_in_both_languages() {
    let many = format!("{HEADER}{}", "T-000001,阴性,,,,,,\n".repeat(MOST_ROWS + 1));
    let wide = format!("{}\n", "a,".repeat(60));
    let cases: [(&[u8], &str); 11] = [
        (b"", "没有表头行"),
        (b" , ,\n,,\n", "没有表头行"),
        (b"tube,outcome,received\n", "第 1 行：缺少“报告时间”列"),
        ("试管码,结果,接收时间,报告时间,姓名\n".as_bytes(), "第 1 行第 5 列：“姓名”不是可用的列名"),
        ("试管码,结果,tube,接收时间,报告时间\n".as_bytes(), "第 1 行第 3 列：“试管码”列重复"),
        (b"\xff\xfet\0u\0b\0e\0", "编码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"PK\x03\x04 but no archive", "无法读取该工作簿"),
        (&RESULTS[..RESULTS.len() / 2], "无法读取该工作簿"),
        (many.as_bytes(), "第 20002 行：文件超过 20000 行"),
        (wide.as_bytes(), "第 1 行：超过 50 列"),
    ];
    for (bytes, zh) in cases {
        let error = read(bytes).unwrap_err();
        assert!(error.message_zh().contains(zh), "{} instead of {zh}", error.message_zh());
        assert!(error.to_string().len() > 20, "{error}");
    }
}

/// A workbook of these parts.
fn workbook(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const BOOK: &[u8] = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const LINKS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

fn sheet(cells: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    let root = LINKS
        .replace("worksheets/sheet1.xml", "xl/workbook.xml")
        .replace("/worksheet\"", "/officeDocument\"");
    workbook(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", LINKS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[test]
fn a_bomb_is_refused_and_a_sheet_that_claims_a_million_rows_costs_nothing() {
    let zeros = vec![0; 40 << 20];
    let bomb = workbook(&[("xl/workbook.xml", BOOK), ("xl/media/image1.png", &zeros)]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert_eq!(read(&bomb), Err(FileError::Inflated));
    let header: String = ["tube", "outcome", "received", "reported"]
        .iter()
        .zip(["A", "B", "C", "D"])
        .map(|(name, at)| format!(r#"<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>"#))
        .collect();
    let far = r#"<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>T-1</t></is></c></row>"#;
    let file = read(&sheet(&format!(r#"<row r="1">{header}</row>{far}"#))).unwrap();
    assert_eq!((file.lines.len(), file.lines[0].number), (1, 1_048_576));
    let wide = r#"<row r="1"><c r="XFD1" t="inlineStr"><is><t>T-1</t></is></c></row>"#;
    assert_eq!(read(&sheet(wide)), Err(FileError::TooManyColumns { line: 1 }));
}

#[test]
fn an_id_that_a_spreadsheet_has_rounded_is_refused_since_it_may_be_that_of_another_row() {
    let text = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let line = |line: u32, id: &str| {
        let cells =
            [("A", "ZZ2022-0001"), ("B", "阴性"), ("C", "2022-01-05 14:30"), ("D", "2022-01-05 20:05")];
        let cells: String = cells.iter().map(|(at, cell)| text(&format!("{at}{line}"), cell)).collect();
        format!(r#"<row r="{line}">{cells}<c r="E{line}"><v>{id}</v></c></row>"#)
    };
    let names = ["试管码", "结果", "接收时间", "报告时间", "编号"];
    let header: String = "ABCDE".chars().zip(names).map(|(at, name)| text(&format!("{at}1"), name)).collect();
    let rows = line(2, "202201050000123") + &line(3, "20220105000012345");
    let file = read(&sheet(&format!(r#"<row r="1">{header}</row>{rows}"#))).unwrap();
    assert_eq!(file.lines[0].row.as_ref().unwrap().id.as_deref(), Some("202201050000123"));
    assert!(mistakes(&file)[0].1.contains("line 3, column 5 (id): the spreadsheet has dropped digits"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_what_is_read_can_be_written(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "[试管码结果,;\t\"'\n=0-9A-Z-]{0,200}",
    ) {
        for body in [bytes, format!("{HEADER}{text}").into_bytes()] {
            match read(&body) {
                Ok(file) => {
                    let rows = file.lines.iter().map(|line| (&line.cells[..], "x"));
                    let again = read(errors_csv(&file.header, rows).as_bytes()).unwrap();
                    prop_assert_eq!(again.header, file.header);
                    prop_assert_eq!(again.lines.len(), file.lines.len());
                }
                Err(error) => prop_assert!(!error.message_zh().is_empty()),
            }
        }
    }

    #[test]
    fn a_workbook_with_a_byte_changed_is_read_or_refused(at in 0..RESULTS.len(), byte in any::<u8>()) {
        let mut bytes = RESULTS.to_vec();
        bytes[at] = byte;
        let _ = read(&bytes);
    }
}
