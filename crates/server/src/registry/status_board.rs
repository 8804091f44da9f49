//! The status lists: two bits per credential, changed in place, signed and published when they changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use bytes::Bytes;
use yimatong_credential::{
    KeyError, KeySet, LIST_ENTRIES, ListPermutation, Signer, Status, StatusListBits, StatusListClaims,
    StatusLists, list_of, permute, verify_status_list,
};
use yimatong_model::ids::Slot;

use crate::digest::etag;

/// Seconds a gate or a cache may keep a list before it asks again.
pub const TTL_S: i64 = 15;
/// How long a published list can be used at all, in seconds.
pub const LIFETIME_S: i64 = 7 * 86_400;
/// A list without a change is signed afresh after this many seconds, so that its age stays small.
pub const RESIGN_AFTER_S: i64 = 300;

/// A signed list, ready to send.
#[derive(Debug, Clone)]
pub struct PublishedList {
    /// The token (`application/statuslist+cwt`).
    pub token: Bytes,
    /// Strong entity tag.
    pub etag: String,
    /// When it was signed, Unix seconds.
    pub signed_s: i64,
}

#[derive(Debug)]
struct List {
    bits: StatusListBits,
    changed: bool,
}

/// All lists of the city.
pub struct StatusBoard {
    index_key: [u8; 32],
    /// Places of slots by look-up, where so many are set that it pays.
    tables: Option<RwLock<BTreeMap<u32, Arc<ListPermutation>>>>,
    lists: Mutex<Vec<List>>,
    published: RwLock<Vec<Arc<PublishedList>>>,
    /// The published lists as a gate holds them, for checks that ask the server.
    verified: RwLock<Arc<StatusLists>>,
}

impl std::fmt::Debug for StatusBoard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusBoard").field("lists", &self.lock().len()).finish_non_exhaustive()
    }
}

impl StatusBoard {
    /// `looks_up`: places of slots are kept in tables of 16 KiB a list. A part sets the slots of everybody it does not keep, each
    /// time it hears of them; a whole city leaves the slots of new green people as they are.
    pub(super) fn new(index_key: [u8; 32], looks_up: bool) -> Self {
        let tables = looks_up.then(RwLock::default);
        Self {
            index_key,
            tables,
            lists: Mutex::default(),
            published: RwLock::default(),
            verified: RwLock::default(),
        }
    }

    /// The key under which indexes are permuted.
    #[must_use]
    pub fn index_key(&self) -> [u8; 32] {
        self.index_key
    }

    /// Where a slot stands: number of the list and index in it. The index is permuted under a key, so that it
    /// does not tell who registered before whom.
    #[must_use]
    pub fn place(&self, slot: Slot) -> (u32, u32) {
        let list = list_of(slot.0);
        let in_list = slot.0 % LIST_ENTRIES;
        let index = match &self.tables {
            None => permute(in_list, &self.index_key, list),
            Some(tables) => self.table(tables, list).index(in_list),
        };
        (list, index)
    }

    fn table(&self, tables: &RwLock<BTreeMap<u32, Arc<ListPermutation>>>, list: u32) -> Arc<ListPermutation> {
        let known = tables.read().unwrap_or_else(PoisonError::into_inner).get(&list).cloned();
        known.unwrap_or_else(|| {
            let table = Arc::new(ListPermutation::new(&self.index_key, list));
            tables.write().unwrap_or_else(PoisonError::into_inner).insert(list, Arc::clone(&table));
            table
        })
    }

    /// Sets the status of a slot.
    pub fn set(&self, slot: Slot, status: Status) {
        let (list, index) = self.place(slot);
        let mut lists = self.lock();
        grow(&mut lists, list);
        let list = &mut lists[list as usize];
        if list.bits.get(index) != Some(status) {
            list.bits.set(index, status);
            list.changed = true;
        }
    }

    /// Makes the slots from this one on green, as before anybody had them.
    pub(super) fn clear_from(&self, next: Slot) {
        let (first, number) = (list_of(next.0) as usize, list_of(next.0));
        let places = ListPermutation::new(&self.index_key, number);
        for (at, list) in self.lock().iter_mut().enumerate().skip(first) {
            if at == first {
                for slot in next.0 % LIST_ENTRIES..LIST_ENTRIES {
                    list.bits.set(places.index(slot), Status::Green);
                }
            } else {
                list.bits = StatusListBits::default();
            }
            list.changed = true;
        }
    }

    /// Makes sure that the list of a slot exists.
    pub fn make_room(&self, slot: Slot) {
        grow(&mut self.lock(), list_of(slot.0));
    }

    /// Present status of a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Status {
        let (list, index) = self.place(slot);
        self.lock().get(list as usize).and_then(|list| list.bits.get(index)).unwrap_or(Status::Green)
    }

    /// Signs and publishes the lists that changed, or whose signature has become old. Returns how many.
    pub fn publish(
        &self,
        address: &dyn Fn(u32) -> String,
        signer: &dyn Signer,
        now_s: i64,
    ) -> Result<usize, KeyError> {
        let stale: Vec<(usize, StatusListBits)> = {
            let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
            let mut lists = self.lock();
            grow(&mut lists, 0);
            let is_old = |at: usize| published.get(at).is_none_or(|p| now_s - p.signed_s >= RESIGN_AFTER_S);
            lists
                .iter_mut()
                .enumerate()
                .filter(|(at, list)| list.changed || is_old(*at))
                .map(|(at, list)| {
                    list.changed = false;
                    (at, list.bits.clone())
                })
                .collect()
        };
        if stale.is_empty() {
            return Ok(0);
        }
        let keys = KeySet::new([signer.public_key()]);
        let mut verified = StatusLists::clone(&self.verified());
        for (at, bits) in &stale {
            let number = u32::try_from(*at).unwrap_or(u32::MAX);
            let claims = StatusListClaims {
                uri: address(number),
                issued_at_s: now_s,
                expires_at_s: Some(now_s + LIFETIME_S),
                ttl_s: Some(TTL_S),
            };
            let token = match claims.sign(bits, signer) {
                Ok(token) => token,
                Err(error) => {
                    self.lock().iter_mut().for_each(|list| list.changed = true);
                    return Err(error);
                }
            };
            if let Ok(list) = verify_status_list(&token, &keys) {
                verified.insert(list);
            }
            let etag = etag(&token);
            let list = Arc::new(PublishedList { token: token.into(), etag, signed_s: now_s });
            let mut published = self.published.write().unwrap_or_else(PoisonError::into_inner);
            if *at < published.len() {
                published[*at] = list;
            } else {
                published.push(list);
            }
        }
        *self.verified.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(verified);
        Ok(stale.len())
    }

    /// The published lists as a gate holds them.
    #[must_use]
    pub fn verified(&self) -> Arc<StatusLists> {
        Arc::clone(&self.verified.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A published list.
    #[must_use]
    pub fn published(&self, number: usize) -> Option<Arc<PublishedList>> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// How many lists are published and when the oldest of them was signed.
    #[must_use]
    pub fn published_count(&self) -> (usize, Option<i64>) {
        let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
        (published.len(), published.iter().map(|list| list.signed_s).min())
    }

    pub(super) fn bytes(&self) -> usize {
        let published: usize =
            self.published.read().unwrap_or_else(PoisonError::into_inner).iter().map(|p| p.token.len()).sum();
        self.lock().len() * LIST_ENTRIES as usize / 4 + published
    }

    /// The raw bits of every list, for the snapshot.
    pub(super) fn raw(&self) -> Vec<Vec<u8>> {
        self.lock().iter().map(|list| list.bits.as_bytes().to_vec()).collect()
    }

    /// Takes the raw bits of a snapshot back. Returns false when one has the wrong size.
    pub(super) fn restore(&self, raw: Vec<Vec<u8>>) -> bool {
        let lists: Option<Vec<List>> = raw
            .into_iter()
            .map(|bytes| Some(List { bits: StatusListBits::from_bytes(bytes).ok()?, changed: true }))
            .collect();
        let Some(lists) = lists else { return false };
        *self.lock() = lists;
        true
    }

    fn lock(&self) -> MutexGuard<'_, Vec<List>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn grow(lists: &mut Vec<List>, number: u32) {
    while lists.len() <= number as usize {
        lists.push(List { bits: StatusListBits::default(), changed: true });
    }
}

#[cfg(test)]
mod tests;
