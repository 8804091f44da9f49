//! What closing a campaign would do: counted before somebody asks for it, and told to who approves it.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::campaign::Campaign;
use yimatong_model::colour::Colour;
use yimatong_store::{CampaignRow, CampaignState};

use super::Round;
use crate::app::App;
use crate::overload::outside_store;
use crate::problem::{Code, Problem};
use crate::registry::round::ClosingTally;

/// Of so many people who were counted one more may be given the reason: some become open between asking and closing, by
/// registering, or since a declaration is refused. More of them stop the closing, and it has to be asked for again.
const ROOM: u32 = 1_000;

/// What closing does, in people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosingCounts {
    /// When it was counted.
    #[schemars(with = "String")]
    pub as_of: Timestamp,
    /// Everybody in the registry.
    pub people: u32,
    /// Who is given the reason.
    pub given: u32,
    /// The colour that the reason gives by the rules in force when this is answered: `green` (it changes nobody's), `yellow` or
    /// `red`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub colour: Option<Colour>,
    /// At most so many may be given it.
    pub most_given: u32,
    /// The given among all people, 0 to 1.
    pub share: f64,
    /// The same of the round that was closed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_share: Option<f64>,
    /// Which round that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    /// Who did not take part and is left as they are.
    pub spared: SparedCounts,
    /// Whose declarations nobody has looked at: they are left as they are.
    pub waiting: u32,
    /// Who need not take part.
    pub exempt: u32,
    /// Of whom a sample was taken.
    pub sampled: u32,
    /// Whom the round does not reach.
    pub not_included: u32,
    /// Set when a closing was stopped since more people would have been given the reason than were approved: how many were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<u32>,
}

/// People who are spared, by why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SparedCounts {
    /// They live in a sealed zone.
    pub sealed_zone: u32,
    /// They are in isolation.
    pub isolation: u32,
}

impl ClosingCounts {
    pub(super) fn of(tally: &ClosingTally, row: &CampaignRow, now: Timestamp) -> Self {
        // Who was given it by a closing that broke off is among the counted, unless a test came meanwhile: only the store knows.
        let most_given = tally.given + tally.given / ROOM + row.given;
        Self {
            as_of: now,
            people: tally.people,
            given: tally.given,
            colour: None,
            most_given,
            share: share(tally.given, tally.people),
            last_share: None,
            last_id: None,
            spared: SparedCounts { sealed_zone: tally.spared_sealed_zone, isolation: tally.spared_isolation },
            waiting: tally.waiting,
            exempt: tally.exempt,
            sampled: tally.sampled,
            not_included: tally.not_included,
            stopped_at: None,
        }
    }

    /// With the colour that the reason gives.
    #[must_use]
    pub fn with_colour(self, colour: Colour) -> Self {
        Self { colour: Some(colour), ..self }
    }

    /// The counts that somebody asked with.
    #[must_use]
    pub fn read(row: &CampaignRow) -> Option<Self> {
        row.counts.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }

    /// Are these more people than who approved the others has seen?
    pub(super) fn is_more_than(&self, approved: &Self) -> bool {
        self.given > approved.given + approved.given / ROOM
    }

    /// Had some been given the reason already when this was counted, by a closing that broke off?
    pub(super) fn some_had_it(&self) -> bool {
        self.most_given > self.given + self.given / ROOM
    }

    /// As the store keeps them.
    pub(crate) fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(|error| {
            tracing::error!(%error, "the counts of a closing can't be written");
            Problem::new(Code::Internal)
        })
    }
}

fn share(part: u32, people: u32) -> f64 {
    if people == 0 { 0.0 } else { f64::from(part) / f64::from(people) }
}

impl App {
    /// The colour that a campaign's reason gives by the rules in force.
    pub(crate) fn colour_given(&self, campaign: &Campaign) -> Colour {
        self.registry.rules().rule(campaign.consequence.reason).colour
    }

    /// What closing would do now. Goes through everybody: about 0.1 s per million people, one at a time.
    pub(crate) async fn closing_counts(self: &Arc<Self>, number: u16) -> Result<ClosingCounts, Problem> {
        self.need_whole_city()?;
        self.follow_declarations().await?;
        let round = self.round(number).await?;
        let last = self.last_closed(number).await?;
        let now = self.now();
        let tally = outside_store(self.closing_tally(Arc::clone(&round), now)).await??;
        let mut counts = ClosingCounts::of(&tally, &round.row, now);
        counts.colour = Some(self.colour_given(round.campaign()));
        if let Some(last) = last {
            counts.last_share = ClosingCounts::read(&last).map(|before| share(last.given, before.people));
            counts.last_id = Some(last.id);
        }
        Ok(counts)
    }

    /// Counts everybody; whoever else counts has to wait.
    pub(super) async fn closing_tally(
        self: &Arc<Self>,
        round: Arc<Round>,
        now: Timestamp,
    ) -> Result<ClosingTally, Problem> {
        let turn = Arc::clone(&self.campaigns.scanning).lock_owned().await;
        let app = Arc::clone(self);
        let counted = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            app.registry.closing(&round.view, now)
        });
        counted.await.map_err(|error| {
            tracing::error!(%error, "the city could not be counted");
            Problem::new(Code::Internal)
        })
    }

    /// The campaign that was closed last, other than this one.
    async fn last_closed(&self, but: u16) -> Result<Option<CampaignRow>, Problem> {
        let marks = self.campaigns.marks();
        let is_closed = |state| matches!(state, CampaignState::Closed | CampaignState::Reversed);
        let last = marks.iter().rev().find(|mark| is_closed(mark.state) && mark.number != but);
        let Some(last) = last else { return Ok(None) };
        Ok(self.store.campaign(last.number).await?.map(|file| file.campaign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(given: u32) -> ClosingCounts {
        let tally = ClosingTally { people: 13_000_000, given, ..ClosingTally::default() };
        let row = CampaignRow {
            number: 1,
            id: String::new(),
            document: String::new(),
            state: CampaignState::Running,
            version: 3,
            drafted: yimatong_store::Signature {
                by: yimatong_model::ids::StaffId(1),
                at: Timestamp::UNIX_EPOCH,
            },
            approved: None,
            started: None,
            closing_asked: None,
            counts: None,
            most_given: None,
            closing_approved: None,
            closed: None,
            reversed: None,
            withdrawn: None,
            given: 0,
            undone: 0,
        };
        ClosingCounts::of(&tally, &row, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn one_in_a_thousand_more_may_become_open_and_no_more() {
        let asked = counts(213_402);
        assert_eq!((asked.given, asked.most_given), (213_402, 213_615));
        assert!((asked.share - 0.016_416).abs() < 1e-5);
        assert!(!counts(213_615).is_more_than(&asked) && counts(213_616).is_more_than(&asked));
        let few = counts(999);
        assert_eq!(few.most_given, 999, "in a small round nobody more");
        assert!(counts(1_000).is_more_than(&few));
    }

    #[test]
    fn counts_come_back_as_they_were_kept() {
        // A quarter: a share in binary, which decimals say to the last bit.
        let asked = counts(13_000_000 / 4);
        let row = serde_json::from_str::<ClosingCounts>(&asked.text().unwrap()).unwrap();
        assert_eq!(row, asked);
    }
}
