//! A node of one part among others: people of other parts are answered from what a verb told of them, or from the store.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_store::{Outage, PersonState, StoreError};

use crate::app::App;
use crate::http::news;
use crate::problem::{Code, Problem};
use crate::registry::View;

impl App {
    /// This node's part as people read it; none where one node keeps everybody.
    #[must_use]
    pub(crate) fn part_text(&self) -> Option<String> {
        let part = self.registry.part();
        (!part.is_whole()).then(|| part.to_string())
    }

    /// Takes over what a verb of the store changed.
    pub fn apply(&self, state: &PersonState) -> PersonId {
        self.registry.apply(state, self.clock.now());
        state.person_id
    }

    /// Takes over what a verb changed of relatives of somebody of this part. Those of other parts come by the feed, which is asked
    /// for them now, so that the holder's next request finds them. When it can't be, they come a second later.
    pub(crate) async fn apply_relatives(&self, states: &[PersonState]) {
        for state in states {
            self.apply(state);
        }
        let part = self.registry.part();
        let foreign = states.iter().filter(|state| !part.holds(state.person_id));
        let Some(last) = foreign.map(|state| state.seq).max() else { return };
        let hearing = self.hear_until(|| self.registry.sequence() >= last);
        // What was committed is answered for in any case.
        if !matches!(tokio::time::timeout(news::HEARD_WITHIN, hearing).await, Ok(Ok(()))) {
            tracing::debug!("relatives of another part come with the next look at the store");
        }
    }

    /// Takes over what changed at other nodes, when one of these people is not known here: they may have registered there just now.
    /// The error is the store's.
    pub(crate) async fn hear_of(&self, people: impl IntoIterator<Item = PersonId>) -> Result<(), StoreError> {
        let is_news =
            |person: &PersonId| self.registry.part().holds(*person) && self.registry.entry(*person).is_none();
        let news: Vec<PersonId> = people.into_iter().filter(is_news).collect();
        self.hear_until(|| !news.iter().any(is_news)).await?;
        if news.iter().any(|person| self.registry.misses(*person)) {
            let away = "the machine that holds this person is away".to_owned();
            return Err(StoreError::Unavailable(Outage::Io(away)));
        }
        Ok(())
    }

    /// What is known of anybody, from the store where the registry does not keep them. For staff: showing a code never comes here.
    pub(crate) async fn look_up(&self, person: PersonId, now: Timestamp) -> Result<View, Problem> {
        self.hear_of([person]).await?;
        if self.registry.part().holds(person) {
            return self.view(person, now);
        }
        if let Some(view) = self.registry.view(person, now) {
            return Ok(view);
        }
        let state = self.store.person_state(person).await?;
        state.map(|state| self.registry.view_of(&state, now)).ok_or_else(|| Problem::new(Code::NotRegistered))
    }

    /// Has this person a live sample in a round? From memory, or from the store where the registry does not keep them.
    pub(crate) async fn is_sampled(&self, person: PersonId, campaign: u16) -> Result<bool, StoreError> {
        if self.registry.entry(person).is_some() {
            return Ok(self.registry.has_round(person, campaign));
        }
        let state = self.store.person_state(person).await?;
        Ok(state.is_some_and(|state| state.rounds.contains(&campaign)))
    }

    /// What is known of somebody whom a verb has just changed, and takes that over.
    pub(crate) fn view_after(&self, state: &PersonState, now: Timestamp) -> Result<View, Problem> {
        let person = self.apply(state);
        if self.registry.part().holds(person) {
            return self.view(person, now);
        }
        Ok(self.registry.view_of(state, now))
    }
}
