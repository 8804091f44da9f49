//! What people declared for the campaigns that are open, by campaign and person.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use yimatong_model::campaign::{Campaign, Declared, Exemption, Review};
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

    /// Follows these campaigns and forgets all others; answers those that were not followed yet.
    pub(super) fn follow(&self, numbers: &[u16]) -> Vec<u16> {
        let mut kept = self.kept();
        kept.of.retain(|number, _| numbers.contains(number));
        let new = numbers.iter().copied().filter(|number| !kept.of.contains_key(number)).collect();
        for number in numbers {
            kept.of.entry(*number).or_default();
        }
        new
    }

    /// A campaign shall be read anew the next time.
    pub(super) fn forget(&self, number: u16) {
        self.kept().of.remove(&number);
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
    pub(super) fn all(&self, campaign: u16, document: &Campaign) -> Vec<(PersonId, Declared)> {
        let kept = self.kept();
        let people = kept.of.get(&campaign).into_iter().flatten();
        people.map(|(person, all)| (*person, fold(all, document))).collect()
    }

    /// What a person declared for a campaign.
    pub(super) fn of(&self, campaign: u16, person: PersonId, document: &Campaign) -> Declared {
        let kept = self.kept();
        kept.of
            .get(&campaign)
            .and_then(|of| of.get(&person))
            .map_or_else(Declared::default, |all| fold(all, document))
    }

    /// Has the person declared to be tested at work, and nobody has refused that?
    pub(super) fn is_at_work(&self, campaign: u16, person: PersonId) -> bool {
        let is_at_work = |one: &One| one.kind == DeclarationKind::AtWork && one.review != Review::None;
        let kept = self.kept();
        kept.of.get(&campaign).and_then(|of| of.get(&person)).is_some_and(|all| all.iter().any(is_at_work))
    }
}

/// The best that somebody declared: of several tests outside the city one that can count, then one that was accepted, then the
/// latest.
fn fold(all: &[One], document: &Campaign) -> Declared {
    let span = document.span();
    let within_h = document.exemptions.iter().find_map(|exemption| match exemption {
        Exemption::OutsideCity { negative_within_h } => Some(i64::from(*negative_within_h)),
        _ => None,
    });
    let reach = SignedDuration::from_hours(within_h.unwrap_or(0));
    let earliest = span.from.checked_sub(reach).unwrap_or(Timestamp::MIN);
    let can_count = |sampled: Timestamp| earliest <= sampled && sampled <= span.to;
    let vaccinated = all.iter().filter(|one| one.kind == DeclarationKind::Vaccinated);
    let outside =
        all.iter().filter(|one| one.kind == DeclarationKind::OutsideCity && one.review != Review::None);
    Declared {
        vaccinated: vaccinated.map(|one| one.review).max().unwrap_or_default(),
        outside_city: outside
            .filter_map(|one| Some((one.review, one.sampled?)))
            .max_by_key(|(review, sampled)| (can_count(*sampled), *review, *sampled)),
    }
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

    fn document() -> Campaign {
        Campaign::shipped("zhengzhou-2022-01-05").unwrap()
    }

    #[test]
    fn the_best_of_several_declarations_counts_and_a_refused_one_never() {
        let declarations = Declarations::default();
        assert_eq!(declarations.follow(&[1]), [1]);
        let outside = |id, review, sampled: &str| DeclarationRow {
            sampled: Some(at(sampled)),
            ..row(1, id, DeclarationKind::OutsideCity, review)
        };
        let of = |number| declarations.of(number, PersonId::from_low_bits(1), &document());
        declarations.put(&outside(1, DeclarationReview::Refused, "2022-01-05T01:00:00Z"));
        assert_eq!(of(1), Declared::default());
        declarations.put(&outside(2, DeclarationReview::Waiting, "2022-01-05T02:00:00Z"));
        let old = outside(3, DeclarationReview::Accepted, "2022-01-01T02:00:00Z");
        declarations.put(&old);
        let waits = Some((Review::Waiting, at("2022-01-05T02:00:00Z")));
        assert_eq!(of(1).outside_city, waits, "an accepted one that is too old is not better");
        let certificate = DeclarationRow {
            evidence: EvidenceKind::EuDcc,
            ..outside(4, DeclarationReview::Waiting, "2022-01-04T02:00:00Z")
        };
        declarations.put(&certificate);
        assert_eq!(of(1).outside_city, Some((Review::Accepted, at("2022-01-04T02:00:00Z"))));
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
        assert_eq!(declarations.follow(&[2]), [2]);
        assert!(declarations.all(1, &document()).is_empty());
    }
}
