//! `yimatong bench cold-start`: from the start of the process to ready, over a large city. The city is written by
//! `yimatong demo-data` and served by `yimatong serve`, as in life.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use clap::Args;

use super::figure::{Figure, Limit};
use super::folder::Folder;
use super::started::{Ready, Started};
use crate::app::snapshot_path;
use crate::cli::open;

const DATABASE: &str = "yimatong.db";
/// Residents of Xi'an, for the computed figure.
const XIAN: f64 = 13_000_000.0;
/// The limit is for a city of this size.
const LIMIT_PEOPLE: u32 = 1_000_000;
const LIMIT: Limit = Limit::AtMost(10.0);

#[derive(Debug, Args)]
pub(super) struct ColdStart {
    /// People in the city.
    #[arg(long, value_name = "N", default_value_t = LIMIT_PEOPLE)]
    people: u32,
    /// Keep the city in this folder and use it again; otherwise a temporary folder.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The city is in this PostgreSQL database (postgres://...), empty or filled with --folder before. What the server of
    /// the database and the kernel hold of it stays there.
    #[arg(long = "store", value_name = "URL")]
    store: Option<String>,
}

impl ColdStart {
    pub(super) fn run(self) -> anyhow::Result<Vec<Figure>> {
        let (city, _removed_afterwards) = match &self.folder {
            Some(kept) => (kept.clone(), None),
            None => {
                let folder = Folder::make(None, "cold-start")?;
                (folder.path().to_path_buf(), Some(folder))
            }
        };
        if !is_filled(&city)? {
            self.generate(&city)?;
        }
        let snapshot = snapshot_path(&city);
        if snapshot.exists() {
            std::fs::remove_file(&snapshot)?;
        }
        let from_store = self.start(&city)?;
        ensure!(snapshot.exists(), "the server left no snapshot behind");
        let from_snapshot = self.start(&city)?;
        Ok(self.figures(&from_store, &from_snapshot))
    }

    fn generate(&self, city: &Path) -> anyhow::Result<()> {
        eprintln!("bench cold-start: writing a city of {} people into {}", self.people, city.display());
        let status = Command::new(std::env::current_exe()?)
            .arg("demo-data")
            .arg("--data")
            .arg(city)
            .args(["--people", &self.people.to_string()])
            .args(self.store_argument())
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "the city could not be written");
        Ok(())
    }

    /// One start with a cold page cache, and a clean stop, which writes the snapshot.
    fn start(&self, city: &Path) -> anyhow::Result<Ready> {
        for file in [city.join(DATABASE), snapshot_path(city)].iter().filter(|file| file.exists()) {
            forget_pages(file)?;
        }
        let started = Started::server(city, &self.store_argument())?;
        let ready = started.ready()?;
        eprintln!("bench cold-start: ready after {:.2} s", ready.seconds);
        started.stop()?;
        Ok(ready)
    }

    fn store_argument(&self) -> Vec<String> {
        self.store.iter().map(|url| format!("--store={url}")).collect()
    }

    fn figures(&self, from_store: &Ready, from_snapshot: &Ready) -> Vec<Figure> {
        let people = from_store.people;
        let limit = if self.people <= LIMIT_PEOPLE { LIMIT } else { Limit::None };
        let per_person = from_store.registry_bytes / people;
        let mega = |bytes: f64| bytes / 1e6;
        let figure = |what: &str, measured, unit| {
            Figure::new(format!("{what}, {people} people"), measured, unit, Limit::None)
        };
        vec![
            Figure::new(format!("start from the store, {people} people"), from_store.seconds, "s", limit),
            figure("start from the store", people / from_store.seconds, "people/s"),
            Figure::new(
                format!("start from the snapshot, {people} people"),
                from_snapshot.seconds,
                "s",
                limit,
            ),
            figure("registry", per_person, "B/person"),
            figure("resident memory after a start from the store", mega(from_store.rss_bytes), "MB"),
            figure("most resident memory, start from the store", mega(from_store.peak_bytes), "MB"),
            figure("resident memory after a start from the snapshot", mega(from_snapshot.rss_bytes), "MB"),
            Figure::new(
                format!("registry of {XIAN} people, computed"),
                mega(per_person * XIAN),
                "MB",
                Limit::None,
            ),
        ]
    }
}

/// Has the folder been filled before?
fn is_filled(city: &Path) -> anyhow::Result<bool> {
    Ok(open::kept_kind(city)?.is_some())
}

/// Asks the kernel to forget what it holds of a file, so that the start reads the disk.
fn forget_pages(file: &Path) -> anyhow::Result<()> {
    let input = format!("if={}", file.display());
    let output = Command::new("dd").args([input.as_str(), "iflag=nocache", "count=0"]).output();
    let output = output.context("cannot run dd")?;
    ensure!(
        output.status.success(),
        "dd can't drop {} from the page cache: {}",
        file.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
