//! The commands of the binary: exit codes, refusals, and what they must never print or touch.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use yimatong_credential::KeySet;
use yimatong_test_database::Database;

use crate::city::City;
use crate::process::{Server, command, demo_folder, yimatong};
use crate::resident::register;
use crate::status_list::{gate_says, outcome};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The command ended as a mistake of the user, and said so.
#[track_caller]
fn refused(output: &Output, why: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(why), "{said}");
}

#[test]
fn the_demo_never_touches_a_folder_with_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let made = yimatong(&["demo-data", "--people", "50", "--seed", "7", "--data", data]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let before = fs::read(folder.path().join("yimatong.db")).unwrap();
    let output = yimatong(&["serve", "--demo", "--data", data, "--listen", "127.0.0.1:0"]);
    refused(&output, "already holds a city");
    assert_eq!(fs::read(folder.path().join("yimatong.db")).unwrap(), before);
    assert!(!folder.path().join("keys/demo-accounts.json").exists());
    refused(&yimatong(&["demo-data", "--people", "50", "--data", data]), "already holds people");
}

#[test]
fn one_process_at_a_time_uses_a_folder() {
    let folder = demo_folder();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(folder.path());
    for arguments in [
        &["serve", "--data", data, "--listen", "127.0.0.1:0"][..],
        &["demo-data", "--data", data],
        &["staff", "add", "someone", "--role", "operator", "--data", data],
    ] {
        refused(&yimatong(arguments), "in use by another yimatong process");
    }
    assert_eq!(server.client().get("/healthz", None).unwrap().0, 200);
}

#[test]
fn a_demo_city_that_was_never_finished_is_not_used_and_never_taken_from_another_process() {
    let folder = demo_folder();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(folder.path());
    yimatong_server::demo::begin(folder.path()).unwrap();
    let output = yimatong(&["serve", "--demo", "--data", data, "--listen", "127.0.0.1:0"]);
    refused(&output, "in use by another yimatong process");
    assert!(folder.path().join("yimatong.db").exists());
    server.kill();
    for arguments in [
        &["serve", "--data", data, "--listen", "127.0.0.1:0"][..],
        &["staff", "add", "someone", "--role", "operator", "--data", data],
    ] {
        refused(&yimatong(arguments), "was never finished");
    }
}

#[test]
fn the_configuration_is_printed_without_its_secrets() {
    let output = command(&["config"])
        .env("YIMATONG__SMS__KIND", "webhook")
        .env("YIMATONG__SMS__URL", "http://127.0.0.1:1/")
        .env("YIMATONG__SMS__SECRET", "hunter2")
        .env("YIMATONG__AUTHORITY__KIND", "http")
        .env("YIMATONG__AUTHORITY__URL", "http://127.0.0.1:1/")
        .env("YIMATONG__AUTHORITY__SECRET", "20211220")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(!printed.contains("hunter2") && !printed.contains("20211220"), "{printed}");
    assert_eq!(printed.matches("[hidden]").count(), 2, "{printed}");
}

#[test]
fn keys_that_are_not_set_are_named_in_comments_and_those_that_are_set_are_not() {
    let printed = |keys: &[(&str, &str)]| {
        let output = command(&["config"]).envs(keys.iter().copied()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let keys = [
        ("server.public_url", "YIMATONG__SERVER__PUBLIC_URL", "https://city.example"),
        ("server.node", "YIMATONG__SERVER__NODE", "north-1"),
        ("server.tls_certificate", "YIMATONG__SERVER__TLS_CERTIFICATE", "chain.pem"),
        ("server.tls_key", "YIMATONG__SERVER__TLS_KEY", "key.pem"),
        ("alarms.webhook_url", "YIMATONG__ALARMS__WEBHOOK_URL", "https://alarms.example"),
    ];
    let unset = printed(&[]);
    let set = printed(&keys.map(|(_, name, value)| (name, value)));
    for (key, _, value) in keys {
        let comment = format!("# {key} = ");
        assert!(unset.contains(&comment), "{key}: {unset}");
        assert!(!set.contains(&comment) && set.contains(value), "{key}: {set}");
    }
    // It is still a configuration.
    toml::from_str::<toml::Table>(&unset).unwrap();
}

#[test]
fn a_mistake_in_the_configuration_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yimatong.toml");
    for (content, why) in [
        ("[server]\nlissen = \"127.0.0.1:1\"\n", "lissen"),
        ("[server]\nlisten = 7\n", "listen"),
        ("[server\n", "not valid TOML"),
        ("[server]\npublic_url = \"https://city.example/\"\n", "public_url"),
        ("[server]\nmax_body_bytes = 10\n", "max_body_bytes"),
        ("[authority]\nkind = \"oracle\"\n", "oracle"),
    ] {
        fs::write(&file, content).unwrap();
        refused(&yimatong(&["config", "--config", file.to_str().unwrap()]), why);
    }
    refused(&yimatong(&["config", "--config", "/nowhere.toml"]), "/nowhere.toml");
    let data = folder.path().join("data");
    let serve = ["serve", "--data", data.to_str().unwrap(), "--store"];
    refused(&yimatong(&[&serve[..], &["mysql://x"]].concat()), "store.url must be sqlite:");
    let away = yimatong(&[&serve[..], &["postgres://city:hunter2@127.0.0.1:1/city"]].concat());
    refused(&away, "cannot open the database of store.url");
    assert!(!text(&away.stderr).contains("hunter2"));
    refused(&yimatong(&["dance"]), "dance");
}

#[test]
fn a_database_is_migrated_once_and_then_holds_a_city() {
    let database = Database::empty();
    let migrate = || yimatong(&["migrate", "--store", database.url()]);
    let first = migrate();
    assert!(first.status.success(), "{}", text(&first.stderr));
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/migrations/postgres");
    let count = std::fs::read_dir(files).unwrap().count();
    let expected = format!("{count} migrations applied");
    assert!(text(&first.stdout).starts_with(&expected), "{}", text(&first.stdout));
    assert!(text(&migrate().stdout).starts_with("0 migrations applied"));

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let fill = ["demo-data", "--people", "50", "--data", data, "--store", database.url()];
    let filled = yimatong(&fill);
    assert!(filled.status.success(), "{}", text(&filled.stderr));
    refused(&yimatong(&fill), "already holds people");
    refused(&yimatong(&["demo-data", "--data", data]), "was used with a postgres store");
    refused(&yimatong(&["migrate"]), "--store postgres://");
}

#[test]
fn a_drill_goes_to_no_other_machine_and_names_a_mistake_in_its_scenario() {
    refused(&yimatong(&["drill", "--quick", "--target", "http://192.0.2.1:80"]), "not on this machine");
    refused(&yimatong(&["drill", "--quick", "--target", "http://example.org:80"]), "not on this machine");
    refused(&yimatong(&["drill", "--protection", "luck"]), "ours, shed or off");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("surge.toml");
    fs::write(&file, "name = \"x\"\ntitle = [\"x\", \"x\"]\nsead = 1\n").unwrap();
    refused(&yimatong(&["drill", "--scenario", file.to_str().unwrap()]), "sead");
}

#[test]
fn key_files_that_others_can_read_are_warned_about() {
    let folder = demo_folder();
    Server::start(folder.path()).kill();
    let mut names = Vec::new();
    widen(&folder.path().join("keys"), &mut names);
    assert!(names.len() >= 6, "{names:?}");
    fs::remove_file(folder.path().join("log.txt")).unwrap();
    let server = Server::start(folder.path());
    let log = server.log();
    for name in names {
        let warned = log.lines().any(|line| line.contains("WARN") && line.contains(&name));
        assert!(warned, "{name} is not warned about:\n{log}");
    }
    assert!(log.contains("chmod 600"), "{log}");
}

/// Makes every file below a folder readable by everybody.
fn widen(folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            widen(&path, names);
        } else {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// Key set and status list as files, and the text a phone shows.
async fn files(city: &City) -> (String, String, String) {
    let resident = register(city, 1).await;
    city.app.publish_status_lists().unwrap();
    let save = async |path: &str, name: &str| {
        let file = city.folder.path().join(name);
        fs::write(&file, city.get(path).send().await.body).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let keys = save("/.well-known/jwks.json", "keys.json").await;
    let list = save("/v1/status-lists/0", "list.cwt").await;
    (keys, list, resident.shows(city))
}

#[tokio::test]
async fn verifying_ends_with_0_for_allow_1_for_anything_else_and_2_for_mistakes() {
    let city = City::new().await;
    let (keys, list, shown) = files(&city).await;
    let verify = |text: &str, at: &str, more: &[&str]| {
        let mut arguments = vec!["verify", text, "--keys", &keys, "--status", &list, "--at", at];
        arguments.extend(more);
        yimatong(&arguments)
    };
    let at = "2026-11-23T02:00:10Z";
    let output = verify(&shown, at, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&verdict["outcome"], &verdict["colourSource"]), (&"allow".into(), &"status-list".into()));
    let plain = verify(&shown, at, &[]);
    assert!(text(&plain.stdout).starts_with("ALLOW 放行"));

    let old = verify(&shown, "2026-11-23T02:01:30Z", &["--json"]);
    assert_eq!(old.status.code(), Some(1));
    assert!(text(&old.stdout).contains("stale-presentation"));
    assert_eq!(verify(&shown, at, &["--negative-within-h", "48"]).status.code(), Some(1));
    assert_eq!(verify("YMT1:ABC", at, &[]).status.code(), Some(1));
    let by_hand = yimatong(&["verify", &shown, "--at", at, "--json"]);
    assert_eq!(by_hand.status.code(), Some(1), "without keys nobody can tell");
    assert!(text(&by_hand.stdout).contains("check-by-hand"));

    refused(&yimatong(&["verify", &shown, "--keys", "/nowhere.json"]), "/nowhere.json");
    refused(&yimatong(&["verify", &shown, "--keys", &list]), "list.cwt");
    refused(&yimatong(&["verify", &shown, "--keys", &keys, "--status", &keys]), "not a status list");
    refused(&yimatong(&["verify", &shown, "--at", "noon"]), "noon");
    refused(&yimatong(&["verify"]), "TEXT");
}

#[tokio::test]
async fn a_rotated_key_is_published_by_a_running_server_and_old_codes_stay_good() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    let data = city.folder.path().to_str().unwrap();
    let published = async || {
        let answer = city.get("/.well-known/jwks.json").send().await;
        KeySet::from_jwks(&answer.text()).unwrap().len()
    };
    assert_eq!(published().await, 1);
    let rotated = yimatong(&["keys", "rotate", "--data", data]);
    assert!(rotated.status.success(), "{}", text(&rotated.stderr));
    city.app.reload_signing_keys().unwrap();
    assert_eq!(published().await, 2);
    assert_eq!(outcome(&gate_says(&city, &resident.shows(&city)).await), "allow");
    let export = yimatong(&["keys", "export", "--data", data]);
    assert_eq!(KeySet::from_jwks(&text(&export.stdout)).unwrap().len(), 2);
    let list = text(&yimatong(&["keys", "list", "--data", data]).stdout);
    assert_eq!(list.lines().count(), 2, "{list}");
}

#[tokio::test]
async fn a_damaged_key_file_leaves_the_running_server_its_keys() {
    let city = City::new().await;
    let resident = register(&city, 1).await;
    fs::write(city.folder.path().join("keys/signing/99999999999.p8"), b"junk").unwrap();
    assert!(city.app.reload_signing_keys().is_err());
    assert_eq!(outcome(&gate_says(&city, &resident.shows(&city)).await), "allow");
}

#[test]
fn an_operator_can_be_made_while_the_server_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let add = |name: &str, role: &str| yimatong(&["staff", "add", name, "--role", role, "--data", data]);
    let output = add("first.operator", "operator");
    let printed = text(&output.stdout);
    assert!(output.status.success() && printed.contains("otpauth://totp/"), "{printed}");
    let again = add("first.operator", "operator");
    refused(&again, "name");
    refused(&add("x y", "operator"), "name");
    refused(&add("someone", "king"), "must be one of");
}
