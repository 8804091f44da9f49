//! How far a copy has come: a fact of the target, written in the transaction of the rows it speaks of.

use serde::{Deserialize, Serialize};

use super::unit::Unit;
use super::value::Value;
use crate::error::{Result, corrupt};

/// All units before `unit` are in the target, and of `unit` all rows up to and with the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// None: nothing is there yet.
    pub(super) unit: Option<String>,
    pub(super) key: Vec<Value>,
}

impl Progress {
    /// Up to a row of a unit.
    pub(super) fn at(unit: &Unit, row: &[Value]) -> Self {
        Self { unit: Some(unit.name()), key: row[..unit.table.key].to_vec() }
    }

    /// As the bytes of a fact.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("invariant: numbers and texts always serialise")
    }

    /// From the bytes of a fact.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|_| corrupt("the fact `copy`"))
    }
}
