//! No verb is left out: the names in the trait's source against the names the adapter counted.

use std::collections::BTreeSet;

use crate::fixtures::TestStore;
use crate::scenarios;

/// Verbs of the trait that do not count themselves, as they are about the store and not its contents.
const NOT_COUNTED: &[&str] = &["close"];

/// Runs all scenarios and compares the verbs they called with those in the trait.
pub(crate) async fn every_verb_is_called<F: Future<Output = TestStore>>(open: fn() -> F) {
    let mut called = BTreeSet::new();
    for scenario in scenarios::ALL {
        let fresh = open().await;
        scenario(fresh.store.as_ref()).await;
        called.extend(fresh.store.counters().verbs.into_iter().map(|line| line.verb.to_owned()));
    }
    let verbs = verbs_of_the_trait();
    assert!(verbs.len() > 30, "the trait's source is read wrongly: {verbs:?}");
    let missing: Vec<_> = verbs.iter().filter(|verb| !called.contains(*verb)).collect();
    assert!(missing.is_empty(), "verbs no scenario calls: {missing:?}");
    let unknown: Vec<_> = called.iter().filter(|verb| !verbs.contains(*verb)).collect();
    assert!(unknown.is_empty(), "verbs counted under a name the trait does not have: {unknown:?}");
}

fn verbs_of_the_trait() -> BTreeSet<String> {
    let sources = [
        include_str!("../../src/store.rs"),
        include_str!("../../src/sampling_store.rs"),
        include_str!("../../src/campaign_store.rs"),
    ];
    let lines = sources.iter().flat_map(|source| source.lines());
    lines
        .filter_map(|line| line.trim().strip_prefix("async fn "))
        .filter_map(|line| line.split_once('(').map(|(name, _)| name.to_owned()))
        .filter(|name| !NOT_COUNTED.contains(&name.as_str()))
        .collect()
}
