//! The direction of dependencies between the crates of the workspace (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Every crate that may exist and the crates of ours it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("yimatong-model", &[]),
    ("yimatong-credential", &[]),
    ("yimatong-overload", &[]),
    ("yimatong-lab-file", &["yimatong-model"]),
    ("yimatong-store", &["yimatong-model", "yimatong-test-database"]),
    ("yimatong-drill", &["yimatong-credential"]),
    (
        "yimatong-server",
        &[
            "yimatong-store",
            "yimatong-overload",
            "yimatong-credential",
            "yimatong-model",
            "yimatong-lab-file",
            "yimatong-drill",
            "yimatong-test-database",
        ],
    ),
    // For tests only: starts a database.
    ("yimatong-test-database", &[]),
];

fn packages() -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    metadata["packages"].as_array().expect("a workspace has packages").clone()
}

fn name(value: &serde_json::Value) -> &str {
    value["name"].as_str().expect("packages and dependencies have names")
}

fn dependencies(package: &serde_json::Value) -> impl Iterator<Item = &str> {
    package["dependencies"].as_array().into_iter().flatten().map(name)
}

#[test]
fn crates_depend_on_each_other_only_in_the_allowed_direction() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(name).collect();
    assert!(ours.contains("yimatong-server") && ours.len() >= 4, "{ours:?}");
    for package in &packages {
        let may = allowed.get(name(package));
        let may = may.unwrap_or_else(|| panic!("{} is not in the map: ARCHITECTURE.md first", name(package)));
        for on in dependencies(package) {
            assert!(!ours.contains(on) || may.contains(&on), "{} must not depend on {on}", name(package));
        }
    }
}

#[test]
fn the_pure_crates_do_no_input_or_output() {
    const PURE: &[&str] =
        &["yimatong-model", "yimatong-credential", "yimatong-overload", "yimatong-lab-file"];
    const BANNED: &[&str] = &["tokio", "axum", "rusqlite", "ureq", "tracing-subscriber"];
    for package in packages().iter().filter(|package| PURE.contains(&name(package))) {
        for on in dependencies(package) {
            assert!(!BANNED.contains(&on), "{} is pure but depends on {on}", name(package));
        }
    }
}

#[test]
fn only_the_store_speaks_sql() {
    for package in &packages() {
        let speaks_sql = dependencies(package).any(|on| on.contains("rusqlite") || on.contains("postgres"));
        assert!(!speaks_sql || name(package) == "yimatong-store", "{}", name(package));
    }
}
