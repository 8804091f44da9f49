//! The conformance suite: what every adapter of the store must do, written once against `dyn Store`.
//!
//! Each scenario gets a fresh store. An adapter is one more module that opens a store and lists the scenarios by the
//! macro; `coverage` fails when a verb of the trait is called by no scenario.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod audit;
mod boxes;
mod campaigns;
mod check_ins;
mod corrected_results;
mod coverage;
mod declarations;
mod devices;
mod feed;
mod fixtures;
mod idempotency;
mod imports;
mod leases;
mod one_time_passwords;
mod operations;
mod paper_codes;
mod people;
mod places;
mod relatives;
mod results;
mod room;
mod sample_problems;
mod samples;
mod sampling_points;
mod sampling_property;
mod scenarios;
mod staff;
mod tube_results;
mod vaccinations;

/// The suite on SQLite.
mod sqlite {
    use std::sync::Arc;

    use yimatong_store::{SqliteOptions, SqliteStore};

    use crate::fixtures::{self, TestStore};

    /// A fresh store in a folder of its own.
    pub(crate) async fn open() -> TestStore {
        let (folder, keys) = fixtures::keys();
        let options = SqliteOptions::new(folder.path().join("store.sqlite"), fixtures::monotonic);
        let store = SqliteStore::open(&options, keys, Arc::new(fixtures::random())).unwrap();
        TestStore { store: Arc::new(store), _kept: Box::new(folder) }
    }

    crate::scenarios::for_each_scenario!(run_on open);

    #[tokio::test]
    async fn every_verb_of_the_trait_is_called_by_a_scenario() {
        crate::coverage::every_verb_is_called(open).await;
    }
}

/// The suite on PostgreSQL, or on the cluster that `YIMATONG_TEST_POSTGRES` names.
mod postgres {
    use std::sync::Arc;

    use yimatong_store::{PostgresOptions, PostgresStore};
    use yimatong_test_database::Database;

    use crate::fixtures::{self, TestStore};

    /// A fresh store in a database of its own.
    pub(crate) async fn open() -> TestStore {
        let (folder, keys) = fixtures::keys();
        let database = Database::fresh(fixtures::migrate);
        let options = PostgresOptions::new(database.url());
        let store = PostgresStore::open(&options, keys, Arc::new(fixtures::random())).await.unwrap();
        TestStore { store: Arc::new(store), _kept: Box::new((folder, database)) }
    }

    crate::scenarios::for_each_scenario!(run_on open);

    #[tokio::test]
    async fn nodes_can_ask_it_for_the_time() {
        assert!(open().await.store.database_time().await.unwrap().is_some());
    }

    #[tokio::test]
    async fn every_verb_of_the_trait_is_called_by_a_scenario() {
        crate::coverage::every_verb_is_called(open).await;
    }
}
