//! Where the machine keeps PostgreSQL.

use std::path::{Path, PathBuf};

/// Names the folder of the binaries where they are not where Debian puts them.
const FOLDER: &str = "YIMATONG_POSTGRES_BIN";
/// Where Debian puts the versions.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Oldest version the store supports.
const OLDEST: u32 = 15;

/// The folder with `initdb`, `postgres` and `psql`.
pub(crate) fn folder() -> PathBuf {
    if let Some(given) = std::env::var_os(FOLDER) {
        return PathBuf::from(given);
    }
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().filter_map(Result::ok);
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| *version >= OLDEST && has_server(&debian(*version)))
        .max();
    let Some(newest) = newest else {
        panic!(
            "PostgreSQL {OLDEST} or newer is not installed, and the tests need it: run `make setup`, or set {FOLDER} to \
             the folder of initdb and postgres"
        )
    };
    debian(newest)
}

fn debian(version: u32) -> PathBuf {
    Path::new(DEBIAN).join(version.to_string()).join("bin")
}

fn has_server(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("postgres").exists()
}
