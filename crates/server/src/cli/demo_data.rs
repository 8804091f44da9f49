//! `yimatong demo-data`: fills an empty data folder with a synthetic city on real divisions.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use yimatong_model::city::City;
use yimatong_model::community::Community;
use yimatong_model::division::division;
use yimatong_model::synthetic::{SyntheticCity, SyntheticPerson};
use yimatong_store::{CommunityRow, ImportPerson, NewVenue, Store};

use super::{Source, open};
use crate::clock::{Clock as _, SystemClock};
use crate::random;

/// Fewest and most people handed to the store at a time.
const BATCH: (usize, usize) = (50_000, 250_000);

#[derive(Debug, Args)]
pub(super) struct DemoData {
    #[command(flatten)]
    source: Source,
    /// How many people.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    people: u32,
    /// The same seed makes the same city.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The moment tests and reasons are relative to (RFC 3339); now when not given.
    #[arg(long, value_name = "TIME")]
    as_of: Option<Timestamp>,
}

impl DemoData {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.source.load()?;
        let data = &config.store.data;
        let city = SyntheticCity::new(config.city.code, self.people, self.seed)?;
        let now = self.as_of.unwrap_or_else(|| SystemClock.now());
        open::runtime()?.block_on(async {
            let folder = open::open(&config, &random::system()).await?;
            if !folder.store.load_states(None, 1).await?.is_empty() {
                bail!("{} already holds people; give an empty --data folder", data.display());
            }
            fill(&*folder.store, &city, now).await?;
            folder.store.close().await?;
            Ok(())
        })?;
        println!("{} people in {}; start with: yimatong serve --data {1}", self.people, data.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a synthetic city into an empty store, with a progress bar.
pub(super) async fn fill(store: &dyn Store, synthetic: &SyntheticCity, now: Timestamp) -> anyhow::Result<()> {
    let communities = synthetic.communities().map(|c| community_row(synthetic.city(), c)).collect();
    store.import_communities(communities).await.context("cannot import the communities")?;
    let venues = synthetic
        .venues()
        .map(|venue| NewVenue {
            id: Some(venue.id),
            name: venue.name,
            venue_type: venue.venue_type.to_owned(),
            district_code: venue.district,
            at: now,
        })
        .collect();
    store.import_venues(venues).await.context("cannot import the venues")?;
    let mut institutions = HashMap::new();
    for (place, name) in (1..).zip(synthetic.institutions()) {
        institutions.insert(place, store.add_institution(&name).await?);
    }
    let people = synthetic.people(now);
    let bar = progress_bar(people.len() as u64);
    // Ids are spread over the whole table, so a batch rewrites nearly all of its pages: a large city takes large ones.
    let size = (people.len() / 25).clamp(BATCH.0, BATCH.1);
    let mut batch = Vec::with_capacity(size);
    for person in people {
        batch.push(import_person(person, &institutions));
        if batch.len() == size {
            import(store, std::mem::take(&mut batch), now, &bar).await?;
        }
    }
    import(store, batch, now, &bar).await?;
    bar.finish();
    Ok(())
}

async fn import(
    store: &dyn Store,
    batch: Vec<ImportPerson>,
    now: Timestamp,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let people = batch.len() as u64;
    store.import_people(batch, now).await.context("cannot import people")?;
    bar.inc(people);
    Ok(())
}

fn progress_bar(people: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} people  {per_sec}  {eta} left")
            .expect("the template is valid");
    ProgressBar::new(people).with_style(style)
}

fn community_row(city: &City, community: Community) -> CommunityRow {
    let street_name = city.street(community.street).map_or("", |street| street.name).to_owned();
    let district_name = division(community.district).map_or("", |district| district.name).to_owned();
    CommunityRow { community, street_name, district_name }
}

fn import_person(synthetic: SyntheticPerson, institutions: &HashMap<u16, u16>) -> ImportPerson {
    let person = synthetic.person();
    let mut results = synthetic.results;
    for result in &mut results {
        result.institution = institutions.get(&result.institution).copied().unwrap_or(0);
    }
    ImportPerson { person, reasons: synthetic.reasons, results, vaccination: synthetic.vaccination }
}
