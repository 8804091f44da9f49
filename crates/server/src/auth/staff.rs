//! Staff in memory: who may sign in, who is signed in, and how often a sign-in failed.
//!
//! Staff are few (thousands) and every request of theirs needs their role, so all of them are kept here; the
//! store stays the truth.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use yimatong_model::ids::{StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_store::StaffRow;

use crate::auth::session::StaffSession;

/// Failed sign-ins in a row after which a name has to wait.
const FAILURES_UNTIL_WAIT: u32 = 5;
/// How long it has to wait, in seconds.
const WAIT_S: i64 = 300;

/// One member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Number.
    pub id: StaffId,
    /// The name they sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The venue a verifier stands at.
    pub venue: Option<VenueId>,
    /// A disabled member can't sign in, and sessions end at once.
    pub disabled: bool,
}

impl From<StaffRow> for StaffMember {
    fn from(row: StaffRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role,
            venue: row.venue,
            disabled: row.disabled_at.is_some(),
        }
    }
}

/// All staff, their ended sessions and failed sign-ins.
#[derive(Debug, Default)]
pub struct StaffDirectory {
    members: RwLock<HashMap<StaffId, Arc<StaffMember>>>,
    /// Sessions that were signed out before their time, with their expiry in Unix seconds.
    ended: Mutex<HashMap<[u8; 8], u32>>,
    /// Number of the latest change of the store that was heard of.
    heard: AtomicU64,
    attempts: Mutex<HashMap<String, Attempts>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Attempts {
    failures: u32,
    last_failure_s: i64,
}

impl StaffDirectory {
    /// Takes over what the store holds. Accounts are neither removed nor enabled again, so a member who is not
    /// among them was added, and one who is disabled here was disabled, while the store was read.
    pub fn load(&self, members: impl IntoIterator<Item = StaffMember>) {
        let mut known = self.members.write().unwrap_or_else(PoisonError::into_inner);
        for mut member in members {
            member.disabled |= known.get(&member.id).is_some_and(|before| before.disabled);
            known.insert(member.id, Arc::new(member));
        }
    }

    /// Adds or replaces one member.
    pub fn put(&self, member: StaffMember) {
        self.members.write().unwrap_or_else(PoisonError::into_inner).insert(member.id, Arc::new(member));
    }

    /// The member by number, disabled or not.
    #[must_use]
    pub fn get(&self, id: StaffId) -> Option<Arc<StaffMember>> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Everyone, by number.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<StaffMember>> {
        let mut all: Vec<_> =
            self.members.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by_key(|member| member.id);
        all
    }

    /// The member whose session this is, unless it was ended or the member disabled.
    #[must_use]
    pub fn signed_in(&self, session: &StaffSession) -> Option<Arc<StaffMember>> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.contains_key(&session.session_id) {
            return None;
        }
        drop(ended);
        self.get(session.staff).filter(|member| !member.disabled)
    }

    /// Ends sessions before their time, with the moments when they would have ended anyway.
    pub fn sign_out(&self, sessions: impl IntoIterator<Item = ([u8; 8], Timestamp)>, now: Timestamp) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let now_s = now.as_second();
        ended.retain(|_, expires_s| i64::from(*expires_s) > now_s);
        for (session, until) in sessions {
            ended.insert(session, u32::try_from(until.as_second()).unwrap_or(u32::MAX));
        }
    }

    /// From which number on other nodes' changes are still to be heard of.
    #[must_use]
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Acquire)
    }

    /// Changes up to this number were heard of; 0 when the store is of another history.
    pub fn hear(&self, change: u64) {
        self.heard.store(change, Ordering::Release);
    }

    /// Begins a try to sign in, or says how many seconds this name still has to wait. The try counts as failed
    /// from the beginning, so that many at the same moment are no way around the wait.
    pub fn begin_try(&self, name: &str, now: Timestamp) -> Result<(), i64> {
        let now_s = now.as_second();
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() > 10_000 {
            attempts.retain(|_, attempts| attempts.last_failure_s + WAIT_S > now_s);
        }
        let entry = attempts.entry(name.to_owned()).or_default();
        let wait_s = entry.last_failure_s + WAIT_S - now_s;
        if wait_s <= 0 {
            entry.failures = 0;
        }
        if entry.failures >= FAILURES_UNTIL_WAIT {
            return Err(wait_s);
        }
        entry.failures += 1;
        entry.last_failure_s = now_s;
        Ok(())
    }

    /// A try came to nothing for a reason that is not the caller's: it does not count.
    pub fn excuse_try(&self, name: &str) {
        if let Some(entry) = self.attempts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(name) {
            entry.failures = entry.failures.saturating_sub(1);
        }
    }

    /// A sign-in went well: earlier failures are forgotten.
    pub fn succeeded(&self, name: &str) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn directory() -> StaffDirectory {
        let directory = StaffDirectory::default();
        directory.put(StaffMember {
            id: StaffId(1),
            name: "gate".to_owned(),
            role: Role::Verifier,
            venue: None,
            disabled: false,
        });
        directory
    }

    #[test]
    fn a_disabled_member_loses_the_session_at_once() {
        let directory = directory();
        let session = StaffSession { staff: StaffId(1), expires_s: 9, session_id: [1; 8] };
        let member = directory.signed_in(&session).unwrap();
        directory.put(StaffMember { disabled: true, ..(*member).clone() });
        assert_eq!(directory.signed_in(&session), None);
    }

    #[test]
    fn a_signed_out_session_is_over_and_others_go_on() {
        let directory = directory();
        let session = StaffSession { staff: StaffId(1), expires_s: 900, session_id: [1; 8] };
        directory.sign_out([(session.session_id, at(900))], at(0));
        assert_eq!(directory.signed_in(&session), None);
        assert!(directory.signed_in(&StaffSession { session_id: [2; 8], ..session }).is_some());
    }

    #[test]
    fn five_failures_make_a_name_wait() {
        let directory = directory();
        for _ in 0..5 {
            assert_eq!(directory.begin_try("gate", at(100)), Ok(()));
        }
        assert_eq!(directory.begin_try("gate", at(101)), Err(WAIT_S - 1));
        assert_eq!(directory.begin_try("other", at(101)), Ok(()));
        assert_eq!(directory.begin_try("gate", at(100 + WAIT_S)), Ok(()));
    }

    #[test]
    fn a_try_that_went_well_or_was_not_the_callers_fault_does_not_count() {
        let directory = directory();
        for _ in 0..10 {
            assert_eq!(directory.begin_try("gate", at(100)), Ok(()));
            directory.excuse_try("gate");
        }
        for _ in 0..4 {
            assert_eq!(directory.begin_try("gate", at(100)), Ok(()));
        }
        directory.succeeded("gate");
        assert_eq!(directory.begin_try("gate", at(100)), Ok(()));
    }

    #[test]
    fn reading_the_store_does_not_undo_what_happened_meanwhile() {
        let directory = directory();
        let read_before = (*directory.get(StaffId(1)).unwrap()).clone();
        directory.put(StaffMember { disabled: true, ..read_before.clone() });
        directory.put(StaffMember { id: StaffId(2), ..read_before.clone() });
        directory.load([read_before]);
        assert!(directory.get(StaffId(1)).unwrap().disabled);
        assert_eq!(directory.all().len(), 2);
    }
}
