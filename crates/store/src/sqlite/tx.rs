//! What a verb works with: a view to read, a transaction to write.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Deref;

use jiff::civil::Date;
use rusqlite::Connection;

use crate::keyring::{Keyring, Random};

/// One snapshot of the database and the keys to read it.
pub(super) struct View<'a> {
    pub(super) sql: &'a Connection,
    pub(super) keys: &'a Keyring,
}

/// A transaction of the writer. Everything a [`View`] can do, and writing.
pub(super) struct Tx<'a> {
    pub(super) view: View<'a>,
    pub(super) rng: &'a Random,
    /// Check-in days whose tables exist; forgotten on any rollback, as that may have undone their creation.
    pub(super) check_in_days: &'a RefCell<BTreeSet<Date>>,
}

impl<'a> Deref for Tx<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.view
    }
}
