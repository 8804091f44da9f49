//! Results that say different things of one tube: none of them is believed, since nobody knows which is true.

use std::collections::{BTreeMap, BTreeSet};

use super::Barcode;
use crate::test_result::Outcome;

/// The tube a result is about, and which version of its result it corrects.
pub type Claimed<'a> = (&'a Barcode, Option<u16>);

/// What several results told at once contradict each other about.
#[must_use]
pub fn contradicted<'a>(claims: impl Iterator<Item = (Claimed<'a>, Outcome)>) -> BTreeSet<Claimed<'a>> {
    let mut first = BTreeMap::new();
    claims
        .filter(|(about, outcome)| first.entry(*about).or_insert(*outcome) != outcome)
        .map(|(about, _)| about)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_contradict_each_other_about_the_same_version_of_the_same_tube_only() {
        let [a, b, c] = ["TUBE-01", "TUBE-02", "TUBE-03"].map(|text| text.parse::<Barcode>().unwrap());
        let claims = [
            ((&a, None), Outcome::Negative),
            ((&b, None), Outcome::Positive),
            ((&a, None), Outcome::Negative),
            ((&c, None), Outcome::Negative),
            ((&b, None), Outcome::Negative),
            ((&c, Some(1)), Outcome::Positive),
            ((&b, None), Outcome::Positive),
        ];
        assert_eq!(contradicted(claims.into_iter()), BTreeSet::from([(&b, None)]));
    }
}
