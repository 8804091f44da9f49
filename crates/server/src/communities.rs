//! Communities in memory, by number and by code: lists name where people live and what a sampling point serves.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use yimatong_model::city::city;
use yimatong_model::ids::CommunityId;
use yimatong_store::CommunityRow;

use crate::app::App;

/// Communities read from the store at a time.
const PAGE: usize = 1_000;

/// All communities, as they were read last.
#[derive(Debug, Default)]
pub struct Communities(RwLock<Arc<Known>>);

#[derive(Debug, Default)]
struct Known {
    by_id: BTreeMap<CommunityId, Arc<CommunityRow>>,
    by_code: BTreeMap<u64, CommunityId>,
}

impl Communities {
    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A community by its number.
    #[must_use]
    pub fn get(&self, id: CommunityId) -> Option<Arc<CommunityRow>> {
        self.known().by_id.get(&id).cloned()
    }

    /// A community by its code of 12 digits.
    #[must_use]
    pub fn by_code(&self, code: u64) -> Option<Arc<CommunityRow>> {
        let known = self.known();
        known.by_id.get(known.by_code.get(&code)?).cloned()
    }
}

impl App {
    /// Reads the communities from the store.
    pub async fn load_communities(&self) -> anyhow::Result<()> {
        let mut known = Known::default();
        let mut cursor = None;
        loop {
            let page = self.store.list_communities("", cursor, PAGE).await;
            let page = page.context("cannot read the communities")?;
            for row in page.items {
                known.by_code.insert(row.community.code, row.community.id);
                known.by_id.insert(row.community.id, Arc::new(row));
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        *self.communities.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        Ok(())
    }

    /// The name of a street (9 digits) or a community (12 digits) of this city; none for any other code.
    #[must_use]
    pub fn area_name(&self, code: u64) -> Option<String> {
        if let Some(row) = self.communities.by_code(code) {
            return Some(row.community.name.clone());
        }
        let street = city(self.config.city.code)?.street(u32::try_from(code).ok()?)?;
        Some(street.name.to_owned())
    }
}
