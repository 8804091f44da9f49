//! What people declared for the campaigns that are open, by campaign and person.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use yimatong_model::campaign::{Declared, OUTSIDE_TESTS, Review};
use yimatong_model::ids::PersonId;
use yimatong_store::{DeclarationKind, DeclarationReview, DeclarationRow, EvidenceKind};

/// One declaration, as far as a standing depends on it.
#[derive(Debug, Clone, Copy)]
struct One {
    id: [u8; 16],
    kind: DeclarationKind,
    sampled: Option<Timestamp>,
    review: Review,
    /// When it was changed, and whether that was its review: the later one is the present one.
    changed: (Timestamp, bool),
}

impl From<&DeclarationRow> for One {
    fn from(row: &DeclarationRow) -> Self {
        let review = match row.review {
            DeclarationReview::Accepted => Review::Accepted,
            DeclarationReview::Refused => Review::None,
            // Its signature, name and birth date were verified before it was stored: it counts until somebody refuses it.
            DeclarationReview::Waiting if row.evidence == EvidenceKind::EuDcc => Review::Accepted,
            DeclarationReview::Waiting => Review::Waiting,
        };
        Self {
            id: row.id,
            kind: row.kind,
            sampled: row.sampled,
            review,
            changed: (row.changed(), row.reviewed.is_some()),
        }
    }
}

/// Declarations in memory.
#[derive(Debug, Default)]
pub(super) struct Declarations(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    of: HashMap<u16, HashMap<PersonId, Vec<One>>>,
    /// Campaigns of which everything was read once.
    whole: BTreeSet<u16>,
    /// The latest change that was read of the store.
    read_to: Option<Timestamp>,
    /// Campaigns with changes that nobody has taken over yet.
    changed: BTreeSet<u16>,
}

impl Declarations {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a declaration, unless a later change of it is known or nobody follows its campaign.
    pub(super) fn put(&self, row: &DeclarationRow) {
        let mut kept = self.kept();
        let Some(number) = row.campaign else { return };
        let Some(of_campaign) = kept.of.get_mut(&number) else { return };
        let of_person = of_campaign.entry(row.person).or_default();
        let one = One::from(row);
        match of_person.iter_mut().find(|known| known.id == one.id) {
            Some(known) if known.changed >= one.changed => return,
            Some(known) => *known = one,
            None => of_person.push(one),
        }
        kept.changed.insert(number);
    }

    /// Follows these campaigns and forgets all others; answers those of which not everything has been read yet.
    pub(super) fn follow(&self, numbers: &[u16]) -> Vec<u16> {
        let mut kept = self.kept();
        kept.of.retain(|number, _| numbers.contains(number));
        kept.whole.retain(|number| numbers.contains(number));
        for number in numbers {
            kept.of.entry(*number).or_default();
        }
        numbers.iter().copied().filter(|number| !kept.whole.contains(number)).collect()
    }

    /// Everything of a campaign was read.
    pub(super) fn set_whole(&self, number: u16) {
        self.kept().whole.insert(number);
    }

    /// The latest change that was read of the store.
    pub(super) fn read_to(&self) -> Option<Timestamp> {
        self.kept().read_to
    }

    /// Everything up to this change was read.
    pub(super) fn set_read_to(&self, at: Timestamp) {
        let mut kept = self.kept();
        kept.read_to = kept.read_to.max(Some(at));
    }

    /// Campaigns with changes since the last time this was asked.
    pub(super) fn take_changed(&self) -> BTreeSet<u16> {
        std::mem::take(&mut self.kept().changed)
    }

    /// What everybody declared for a campaign.
    pub(super) fn all(&self, campaign: u16) -> Vec<(PersonId, Declared)> {
        let kept = self.kept();
        let people = kept.of.get(&campaign).into_iter().flatten();
        people.map(|(person, all)| (*person, fold(all))).collect()
    }

    /// What a person declared for a campaign.
    pub(super) fn of(&self, campaign: u16, person: PersonId) -> Declared {
        let kept = self.kept();
        kept.of.get(&campaign).and_then(|of| of.get(&person)).map_or_else(Declared::default, |all| fold(all))
    }

    /// Has the person declared to be tested at work, and nobody has refused that?
    pub(super) fn is_at_work(&self, campaign: u16, person: PersonId) -> bool {
        let is_at_work = |one: &One| one.kind == DeclarationKind::AtWork && one.review != Review::None;
        let kept = self.kept();
        kept.of.get(&campaign).and_then(|of| of.get(&person)).is_some_and(|all| all.iter().any(is_at_work))
    }
}

/// What counts of all that somebody declared; which test outside the city counts, their windows tell.
fn fold(all: &[One]) -> Declared {
    let reviews = all.iter().filter(|one| one.kind == DeclarationKind::Vaccinated).map(|one| one.review);
    let mut declared = Declared { vaccinated: reviews.max().unwrap_or_default(), ..Declared::default() };
    let mut latest: Vec<(Timestamp, Review)> = all
        .iter()
        .filter(|one| one.kind == DeclarationKind::OutsideCity)
        .filter_map(|one| Some((one.sampled?, one.review)))
        .collect();
    latest.sort_unstable_by(|a, b| b.cmp(a));
    let of = |review| latest.iter().filter(move |test| test.1 == review).take(OUTSIDE_TESTS / 2);
    let tests = of(Review::Accepted).chain(of(Review::Waiting));
    for (place, (sampled, review)) in declared.outside_city.iter_mut().zip(tests) {
        *place = Some((*review, *sampled));
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn row(person: u64, id: u8, kind: DeclarationKind, review: DeclarationReview) -> DeclarationRow {
        DeclarationRow {
            person: PersonId::from_low_bits(person),
            id: [id; 16],
            campaign: Some(1),
            kind,
            sampled: None,
            evidence: EvidenceKind::Community,
            community: None,
            declared_by: None,
            declared: at("2022-01-05T00:00:00Z"),
            review,
            reviewed: None,
            remark: None,
        }
    }

    #[test]
    fn of_several_declarations_those_are_looked_at_that_may_count_and_a_refused_one_never() {
        let declarations = Declarations::default();
        assert_eq!(declarations.follow(&[1]), [1]);
        let outside = |id, review, sampled: &str| DeclarationRow {
            sampled: Some(at(sampled)),
            ..row(1, id, DeclarationKind::OutsideCity, review)
        };
        let of = |number| declarations.of(number, PersonId::from_low_bits(1));
        let tests =
            || of(1).outside_city.map(|test| test.map(|(review, sampled)| (review, sampled.to_string())));
        let some = |review, sampled: &str| Some((review, sampled.to_owned()));
        declarations.put(&outside(1, DeclarationReview::Refused, "2022-01-05T01:00:00Z"));
        assert_eq!(of(1), Declared::default());
        declarations.put(&outside(2, DeclarationReview::Waiting, "2022-01-05T02:00:00Z"));
        declarations.put(&outside(3, DeclarationReview::Accepted, "2022-01-01T02:00:00Z"));
        let waits = some(Review::Waiting, "2022-01-05T02:00:00Z");
        let old = some(Review::Accepted, "2022-01-01T02:00:00Z");
        assert_eq!(
            tests(),
            [old.clone(), waits.clone(), None, None],
            "an accepted one hides none that waits"
        );
        let certificate = DeclarationRow {
            evidence: EvidenceKind::EuDcc,
            ..outside(4, DeclarationReview::Waiting, "2022-01-04T02:00:00Z")
        };
        declarations.put(&certificate);
        let certified = some(Review::Accepted, "2022-01-04T02:00:00Z");
        assert_eq!(tests(), [certified, old, waits, None]);
        declarations.put(&row(1, 5, DeclarationKind::Vaccinated, DeclarationReview::Waiting));
        assert_eq!(of(1).vaccinated, Review::Waiting);
        assert_eq!(of(2), Declared::default(), "of a campaign that nobody follows");
    }

    #[test]
    fn an_older_reading_does_not_undo_a_review_and_changes_are_told_once() {
        let declarations = Declarations::default();
        declarations.follow(&[1]);
        let waiting = row(1, 1, DeclarationKind::AtWork, DeclarationReview::Waiting);
        let refused = DeclarationRow {
            review: DeclarationReview::Refused,
            reviewed: Some(yimatong_store::Signature {
                by: yimatong_model::ids::StaffId(1),
                at: at("2022-01-05T01:00:00Z"),
            }),
            ..waiting.clone()
        };
        declarations.put(&waiting);
        assert!(declarations.is_at_work(1, waiting.person));
        assert_eq!(declarations.take_changed(), BTreeSet::from([1]));
        declarations.put(&refused);
        declarations.put(&waiting);
        assert!(!declarations.is_at_work(1, waiting.person));
        assert_eq!(declarations.take_changed().len(), 1);
        declarations.put(&refused);
        assert!(declarations.take_changed().is_empty(), "nothing new");
        assert_eq!(declarations.follow(&[1, 2]), [1, 2], "a reading that broke off is begun again");
        declarations.set_whole(2);
        assert!(declarations.follow(&[2]).is_empty());
        assert!(declarations.all(1).is_empty());
    }
}
