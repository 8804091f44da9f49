//! Names of testing institutions, by the number that results carry.

use std::sync::{Arc, PoisonError, RwLock};

/// All names, by number.
#[derive(Debug, Default)]
pub struct Institutions(RwLock<Vec<Arc<str>>>);

impl Institutions {
    /// Replaces everything by what the store holds.
    pub fn load(&self, all: impl IntoIterator<Item = (u16, String)>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
        for (number, name) in all {
            self.put(number, &name);
        }
    }

    /// Adds one.
    pub fn put(&self, number: u16, name: &str) {
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let place = usize::from(number);
        while names.len() <= place {
            names.push("".into());
        }
        names[place] = name.into();
    }

    /// The name of a number; empty for an unknown one.
    #[must_use]
    pub fn name(&self, number: u16) -> Arc<str> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.get(usize::from(number)).cloned().unwrap_or_else(|| "".into())
    }

    /// The number of a name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u16> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.iter().position(|known| &**known == name).and_then(|place| u16::try_from(place).ok())
    }
}
