//! What the nodes of a city must have in common, for instance the fingerprints of their keys: the first node leaves it
//! here, and those after it compare.

use super::attempt::{Mode, transact};
use super::connection::Target;
use super::error::store_error;
use super::open::PostgresStore;
use super::sequence;
use super::sql::Sql;
use crate::error::{Result, corrupt};

const KEEP: Sql =
    Sql::coordinator("INSERT INTO store_fact (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const FORGET: Sql = Sql::coordinator("DELETE FROM store_fact WHERE name = $1");

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[KEEP, FORGET];

impl PostgresStore {
    /// What the nodes have agreed on under a name, if they have.
    ///
    /// # Errors
    /// As any verb of the store.
    pub async fn agreed(&self, name: &str) -> Result<Option<Vec<u8>>> {
        transact!(self, "agreed", Mode::Read, tx => sequence::value(tx, &full(name)))
    }

    /// Agrees on a value unless there is one already; answers the one in force.
    ///
    /// # Errors
    /// As any verb of the store.
    pub async fn agree(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        transact!(self, "agree", Mode::WriteAgain, tx => async {
            tx.execute(&KEEP, &[&full(name), &value]).await?;
            sequence::value(tx, &full(name)).await?.ok_or_else(|| corrupt("a fact"))
        })
    }

    /// Forgets what was agreed on under a name: the next node to start says anew. Needs no keyring.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub async fn forget_agreed(url: &str, name: &str) -> Result<()> {
        let connection = Target::parse(url)?.connect().await?;
        let forgotten = connection.client.execute(FORGET.text, &[&full(name)]).await;
        forgotten.map(drop).map_err(|error| store_error(&error))
    }
}

/// Apart from the store's own facts.
fn full(name: &str) -> String {
    format!("agreed-{name}")
}
