//! When somebody is tested: the notice, refined by district, street and community.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Campaign, Place, Window};

/// What a refinement is about, from the widest to the narrowest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A whole area of the notice.
    Area(Place),
    /// Nine digits of a street.
    Street(u32),
    /// Twelve digits of a community.
    Community(u64),
}

/// Windows that hold instead of those of the notice; an extension has a later end.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refinement {
    /// Where they hold.
    pub scope: Scope,
    /// One after the other, never overlapping.
    pub windows: Vec<Window>,
}

/// Why windows can't be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WindowsError {
    /// There is none.
    #[error("there is no window")]
    None,
    /// One ends before it begins, or lasts longer than a round can.
    #[error("window {0} is empty or longer than {days} days", days = LONGEST_DAYS)]
    Length(usize),
    /// One begins before the one before it ends.
    #[error("window {0} begins before the one before it ends")]
    Overlap(usize),
}

/// The longest that one window may last.
pub const LONGEST_DAYS: i64 = 7;

/// Are these windows in order, and each of a sensible length? Errors count windows from 0.
pub(super) fn check_windows(windows: &[Window]) -> Result<(), WindowsError> {
    if windows.is_empty() {
        return Err(WindowsError::None);
    }
    for (index, window) in windows.iter().enumerate() {
        let lasts = window.to.duration_since(window.from);
        if window.from >= window.to || lasts > SignedDuration::from_hours(LONGEST_DAYS * 24) {
            return Err(WindowsError::Length(index));
        }
        if index > 0 && windows[index - 1].to > window.from {
            return Err(WindowsError::Overlap(index));
        }
    }
    Ok(())
}

impl Refinement {
    /// Are the windows possible, and is the place one of the campaign's?
    ///
    /// # Errors
    /// [`WindowsError`]; `Ok(false)` when no area of the campaign holds the place.
    pub fn check(&self, campaign: &Campaign) -> Result<bool, WindowsError> {
        check_windows(&self.windows)?;
        Ok(self.is_within(campaign))
    }

    /// Are the windows possible?
    ///
    /// # Errors
    /// [`WindowsError`].
    pub fn check_windows(&self) -> Result<(), WindowsError> {
        check_windows(&self.windows)
    }

    /// Is the place in an area of the campaign?
    #[must_use]
    pub fn is_within(&self, campaign: &Campaign) -> bool {
        let holds = |street| campaign.city().street(street).is_some() && campaign.area_of(street).is_some();
        match &self.scope {
            Scope::Area(place) => campaign.areas.iter().any(|area| area.place == *place),
            Scope::Street(street) => holds(*street),
            Scope::Community(code) => u32::try_from(code / 1000).is_ok_and(holds),
        }
    }
}

impl Campaign {
    /// When the last window ends, of the document or of a refinement.
    #[must_use]
    pub fn ends(&self, refinements: &[Refinement]) -> Timestamp {
        let refined = refinements.iter().flat_map(|refinement| &refinement.windows).map(|window| window.to);
        refined.fold(self.span().to, Timestamp::max)
    }

    /// The windows of a community (twelve digits); empty when no area of the campaign holds it. The narrowest refinement
    /// counts, among equals the last.
    #[must_use]
    pub fn windows_of<'a>(&'a self, community: u64, refinements: &'a [Refinement]) -> &'a [Window] {
        let Ok(street) = u32::try_from(community / 1000) else { return &[] };
        let Some(area) = self.area_of(street).map(|index| &self.areas[index]) else { return &[] };
        let about = |refinement: &&Refinement| match &refinement.scope {
            Scope::Area(place) => *place == area.place,
            Scope::Street(code) => *code == street,
            Scope::Community(code) => *code == community,
        };
        let narrowest = refinements.iter().filter(about).max_by_key(|refinement| match refinement.scope {
            Scope::Area(_) => 0,
            Scope::Street(_) => 1,
            Scope::Community(_) => 2,
        });
        narrowest.map_or(&area.windows, |refinement| &refinement.windows)
    }
}

/// What the windows say at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Open now, until then.
    Open(Timestamp),
    /// The next one opens then.
    From(Timestamp),
    /// All have passed.
    Over,
}

impl Turn {
    /// Of windows in order.
    #[must_use]
    pub fn of(windows: &[Window], now: Timestamp) -> Self {
        match windows.iter().find(|window| window.to > now) {
            Some(window) if window.from <= now => Self::Open(window.to),
            Some(window) => Self::From(window.from),
            None => Self::Over,
        }
    }
}
