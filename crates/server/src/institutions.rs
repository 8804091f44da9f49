//! Names of testing institutions, by the number that results carry.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::app::App;
use crate::problem::Problem;

/// All names, both ways.
#[derive(Debug, Default)]
pub struct Institutions(RwLock<Names>);

#[derive(Debug, Default)]
struct Names {
    by_number: HashMap<u16, Arc<str>>,
    numbers: HashMap<Arc<str>, u16>,
}

impl Institutions {
    /// Replaces everything by what the store holds.
    pub fn load(&self, all: impl IntoIterator<Item = (u16, String)>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Names::default();
        for (number, name) in all {
            self.put(number, &name);
        }
    }

    /// Adds one.
    pub fn put(&self, number: u16, name: &str) {
        let name: Arc<str> = name.into();
        let mut names = self.0.write().unwrap_or_else(PoisonError::into_inner);
        names.by_number.insert(number, Arc::clone(&name));
        names.numbers.insert(name, number);
    }

    /// The name of a number; empty for an unknown one.
    #[must_use]
    pub fn name(&self, number: u16) -> Arc<str> {
        let names = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.by_number.get(&number).cloned().unwrap_or_else(|| "".into())
    }

    /// The number of a name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u16> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).numbers.get(name).copied()
    }
}

impl App {
    /// The number of an institution, which is given to it now when nobody has named it before.
    pub(crate) async fn institution(&self, name: &str) -> Result<u16, Problem> {
        let name = name.trim();
        if let Some(number) = self.institutions.number(name).filter(|_| !name.is_empty()) {
            return Ok(number);
        }
        let number = self.store.add_institution(name).await?;
        self.institutions.put(number, name);
        Ok(number)
    }
}
