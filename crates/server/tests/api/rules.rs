//! Rules that nobody has applied yet: checked, and counted over the people.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use yimatong_model::role::Role;
use yimatong_model::rule::SHIPPED;

use crate::city::City;
use crate::process::{command, yimatong};
use crate::resident::{adult, register};
use crate::results::{post, row};

/// The rules of Xi'an, with whoever was in a positive pooled tube green.
fn lenient() -> String {
    changed("colour = \"yellow\"", "colour = \"green\"")
}

/// The rules of Xi'an with one text of the table of pooled positives replaced.
fn changed(from: &str, to: &str) -> String {
    let text = SHIPPED[0].1;
    let (before, table) = text.split_at(text.find("[reasons.pooled-positive]").unwrap());
    assert!(table.contains(from), "{from}");
    [before, &table.replacen(from, to, 1)].concat()
}

async fn preview(city: &City, rules: &str) -> Value {
    let headquarters = city.staff(Role::Headquarters);
    city.post("/v1/rules/preview", &json!({ "rules": rules })).by(&headquarters).send().await.ok(200)
}

#[tokio::test]
async fn other_rules_are_counted_by_colour_reason_and_district_and_nothing_changes() {
    let city = City::new().await;
    for n in 1..=3 {
        register(&city, n).await;
    }
    let now = city.app.now();
    let rows = [1, 2].map(|n| row(now, n, &adult(n), 30, "positive", "pooled"));
    post(&city, &rows).await.ok(200);
    post(&city, &[row(now, 3, &adult(2), 1, "negative", "pooled")]).await.ok(200);

    let counted = preview(&city, &lenient()).await;
    assert_eq!(
        (&counted["valid"], &counted["people"], &counted["recoloured"]),
        (&json!(true), &json!(3), &json!(2))
    );
    assert_eq!(counted["changes"], json!([{ "from": "yellow", "to": "green", "people": 2 }]));
    let reason = json!({ "code": "pooled-positive", "people": 2, "from": "yellow", "to": "green" });
    assert_eq!(counted["reasons"], json!([reason]));
    assert_eq!(counted["districts"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&counted["districts"][0]["nameZh"], &counted["districts"][0]["people"]),
        (&json!("雁塔区"), &json!(2))
    );

    let any_tube = preview(&city, &changed("within_days = 1, single = true", "within_days = 1")).await;
    assert_eq!((&any_tube["recoloured"], &any_tube["released"]), (&json!(0), &json!(1)));
    assert!(any_tube["note"].as_str().unwrap().contains("next result"));
    let same = preview(&city, SHIPPED[0].1).await;
    assert_eq!(
        (&same["recoloured"], &same["released"], &same["changes"]),
        (&json!(0), &json!(0), &json!([]))
    );
}

#[tokio::test]
async fn rules_that_can_not_be_applied_are_told_with_line_and_key() {
    let city = City::new().await;
    let wrong = preview(&city, &changed("colour = \"yellow\"", "colour = \"orange\"")).await;
    assert_eq!((&wrong["valid"], &wrong["people"]), (&json!(false), &json!(0)));
    let problem = &wrong["problems"][0];
    assert_eq!(problem["key"], "reasons.pooled-positive.colour");
    let line = SHIPPED[0].1.lines().position(|line| line == "[reasons.pooled-positive]").unwrap() + 2;
    assert_eq!(problem["line"], line);
    assert!(
        problem["en"].as_str().unwrap().contains("orange") && !problem["zh"].as_str().unwrap().is_empty()
    );
    let elsewhere = preview(&city, SHIPPED[1].1).await;
    assert_eq!((&elsewhere["valid"], &elsewhere["problems"][0]["key"]), (&json!(false), &json!("city")));
}

fn json_of(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn write(folder: &Path, text: &str) -> String {
    let file = folder.join("rules.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_file_of_rules_is_checked_without_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let good = yimatong(&["rules", "check", &write(folder.path(), &lenient())]);
    assert_eq!(good.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&good.stdout).contains("2021-12 (610100)"));
    let file = write(folder.path(), &changed("colour = \"yellow\"", "color = \"yellow\""));
    let wrong = yimatong(&["rules", "check", &file, "--json"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(json_of(&wrong)["problems"][0]["key"], "reasons.pooled-positive.color");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains(&format!("{file}:")));
    assert_eq!(yimatong(&["rules", "check", "/nowhere.toml"]).status.code(), Some(2));
}

/// A node of a city that is no demo, ready.
fn start(data: &str) -> Child {
    let mut serve = command(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    let mut node = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(node.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("ready on http://") {
        assert!(log.read_line(&mut said).unwrap() > 0, "{said}");
    }
    // What it says later is read and dropped, so that a full pipe never stops it.
    std::thread::spawn(move || log.read_to_string(&mut String::new()));
    node
}

/// Asks a node to stop, which writes its snapshot.
fn stop(mut node: Child) {
    assert!(Command::new("kill").args(["-TERM", &node.id().to_string()]).status().unwrap().success());
    assert!(node.wait().unwrap().success());
}

#[test]
fn a_file_of_rules_is_counted_over_the_folder_of_a_stopped_and_of_a_running_node() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let made = yimatong(&["demo-data", "--people", "4000", "--data", data]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = SHIPPED[0].1.replace("colour = \"yellow\"", "colour = \"red\"");
    let file = write(folder.path(), &text);
    let preview = || yimatong(&["rules", "preview", &file, "--data", data, "--json"]);
    let early = preview();
    assert_eq!(early.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&early.stderr).contains("registry.snapshot"));

    stop(start(data));
    let stopped = json_of(&preview());
    assert_eq!((&stopped["valid"], &stopped["people"]), (&json!(true), &json!(4_000)));
    let sum = |list: &Value| {
        list.as_array().unwrap().iter().map(|row| row["people"].as_u64().unwrap()).sum::<u64>()
    };
    let recoloured = stopped["recoloured"].as_u64().unwrap();
    assert!(recoloured > 0, "{stopped}");
    assert_eq!(stopped["changes"], json!([{ "from": "yellow", "to": "red", "people": recoloured }]));
    assert_eq!((sum(&stopped["districts"]), sum(&stopped["reasons"])), (recoloured, recoloured));

    let running = start(data);
    let mut meanwhile = json_of(&preview());
    meanwhile["asOf"] = stopped["asOf"].clone();
    assert_eq!(meanwhile, stopped);
    stop(running);
    let told = yimatong(&["rules", "preview", &file, "--data", data]);
    assert!(String::from_utf8_lossy(&told.stdout).contains(&format!("4000 people, {recoloured} would")));
}

#[test]
fn people_of_one_city_are_not_counted_by_the_rules_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let made = yimatong(&["demo-data", "--people", "100", "--data", data]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = write(folder.path(), SHIPPED[1].1);
    let config = folder.path().join("city.toml");
    fs::write(&config, format!("[city]\ncode = 410100\nrules = {file:?}\n")).unwrap();
    let refused =
        yimatong(&["rules", "preview", &file, "--data", data, "--config", config.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("holds the city 610100, but city.code is 410100"), "{said}");
}
