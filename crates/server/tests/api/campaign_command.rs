//! `yimatong campaign`: a document is checked and previewed without a server or a data folder.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::process::yimatong;

const ZHENGZHOU: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../campaigns/zhengzhou-2022-01-05.toml");

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

/// The sum of a figure over the rows of a list.
fn sum(list: &Value, figure: &str) -> u64 {
    list.as_array().unwrap().iter().map(|row| row[figure].as_u64().unwrap()).sum()
}

#[test]
fn a_good_document_is_told_with_its_areas_and_windows() {
    let told = yimatong(&["campaign", "check", ZHENGZHOU]);
    assert_eq!(told.status.code(), Some(0), "{}", said(&told));
    for part in
        ["areas: 16", "410105 金水区 Jinshui", "zhengdong 郑东新区", "2022-01-06T09:00 - 2022-01-06T20:00"]
    {
        assert!(said(&told).contains(part), "{part}: {}", said(&told));
    }
    let told = json(&yimatong(&["campaign", "check", ZHENGZHOU, "--json"]));
    assert_eq!((&told["valid"], told["areas"].as_array().unwrap().len()), (&Value::Bool(true), 16));
    assert_eq!(told["areas"][0]["code"], 410_173);
    assert_eq!(told["areas"][0]["windows"][0]["from"], "2022-01-05T10:00");
    assert_eq!(told["leftOut"].as_array().unwrap().len(), 0);
}

#[test]
fn a_wrong_document_is_told_with_lines_in_both_languages_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("round.toml");
    let text = fs::read_to_string(ZHENGZHOU).unwrap();
    let line = text.lines().position(|line| line == "code = 410105").unwrap() + 1;
    fs::write(
        &file,
        text.replace("code = 410105", "code = 410199").replace("reminder_h = 3", "reminder_h = 90"),
    )
    .unwrap();
    let file = file.to_str().unwrap();
    for command in ["check", "preview"] {
        let told = yimatong(&["campaign", command, file]);
        assert_eq!(told.status.code(), Some(2), "{}", said(&told));
        for part in [
            &format!("{file}:{line} areas[4].code"),
            "没有代码为 410199 的区县",
            "no district 410199",
            "2 to mend",
        ] {
            assert!(said(&told).contains(part), "{part}: {}", said(&told));
        }
    }
    let told = yimatong(&["campaign", "check", file, "--json"]);
    assert_eq!(told.status.code(), Some(2));
    let told = json(&told);
    assert_eq!((&told["valid"], &told["problems"][0]["line"]), (&Value::Bool(false), &Value::from(line)));
    assert_eq!(told["problems"][1]["key"], "notices.reminder_h");
    let missing = yimatong(&["campaign", "check", "/nowhere/round.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("cannot read /nowhere/round.toml"), "{}", said(&missing));
}

#[test]
fn a_preview_counts_everybody_once_by_area_district_and_community() {
    let arguments = ["campaign", "preview", ZHENGZHOU, "--people", "60000", "--seed", "5"];
    let counted = json(&yimatong(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(
        (&counted["total"]["people"], &counted["total"]["included"]),
        (&60_000.into(), &60_000.into())
    );
    for list in ["areas", "districts", "communities"] {
        assert_eq!(
            (sum(&counted[list], "people"), sum(&counted[list], "included")),
            (60_000, 60_000),
            "{list}"
        );
    }
    assert_eq!(
        (counted["areas"].as_array().unwrap().len(), &counted["areas"][1]["zone"]),
        (16, &"zhengdong".into())
    );
    let told = yimatong(&[&arguments[..], &["--communities"]].concat());
    let jinshui = counted["districts"].as_array().unwrap().iter().find(|row| row["code"] == 410_105).unwrap();
    let people = jinshui["people"].as_u64().unwrap();
    assert!(
        people > 0 && said(&told).contains(&format!("{people:>10} {people:>10} {:>10}  410105 金水区", 0)),
        "{}",
        said(&told)
    );
}

#[test]
fn a_preview_tells_who_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.toml");
    let text = fs::read_to_string(ZHENGZHOU).unwrap();
    let (head, rest) = text.split_once("[[areas]]").unwrap();
    let (_, tail) = rest.split_once("[population]").unwrap();
    let area =
        "[[areas]]\ncode = 410105\nwindows = [{ from = \"2022-01-05T10:00\", to = \"2022-01-05T20:00\" }]\n";
    fs::write(&file, format!("{head}{area}[population]{tail}")).unwrap();
    let file = file.to_str().unwrap();
    let counted = json(&yimatong(&["campaign", "preview", file, "--people", "60000", "--json"]));
    let included = counted["total"]["included"].as_u64().unwrap();
    assert!(included > 0 && included < 60_000, "{}", counted["total"]);
    let jinshui = counted["districts"].as_array().unwrap().iter().find(|row| row["code"] == 410_105).unwrap();
    assert_eq!(jinshui["included"], included);
    let checked = yimatong(&["campaign", "check", file]);
    assert!(
        said(&checked).contains("no area holds") && said(&checked).contains("410102"),
        "{}",
        said(&checked)
    );
}
