//! Rule packs: what each reason means in one city at one time. Data, not code (`rules/*.toml`).

mod decide;
mod error;
mod locate;
mod parse;
mod release;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use self::decide::Decision;
pub use self::error::RuleError;
pub(crate) use self::locate::line_of;
use crate::clock::ClockReference;
use crate::colour::Colour;
use crate::reason::{Reason, ReasonCode};

/// The packs that ship with the project: name and TOML text. The first is the default.
pub const SHIPPED: [(&str, &str); 2] = [
    ("xian-2021-12", include_str!("../../../../rules/xian-2021-12.toml")),
    ("zhengzhou-2022-01", include_str!("../../../../rules/zhengzhou-2022-01.toml")),
];

/// A text that residents read, in Chinese and English.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

/// One way back to green. A reason may have several; the first that is fulfilled releases it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum WayBack {
    /// Negative nucleic acid tests sampled after the reason began and after the last positive.
    NegativeTests {
        /// How many.
        count: u8,
        /// All of them sampled within this many days of 24 h.
        within_days: u16,
        /// Each sampled at least this long after the one before.
        min_interval_h: u16,
        /// Whether only single tubes count.
        single: bool,
        /// The last of them sampled no sooner than this many days after the reason began; 0 where it does not matter.
        after_days: u16,
    },
    /// So many days of 24 h since the reason began, or since the last positive.
    Days {
        /// How many; 14 for "7+7", 10 for "7+3".
        days: u16,
    },
    /// The person's zone is lowered or lifted; decided by headquarters.
    ZoneDemotion,
    /// An appeal through community, street and CDC is granted.
    Appeal,
}

/// The colour of a reason after its first days: the seven days at home of "7+7" or the three of "7+3".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milder {
    /// A milder colour than at first.
    pub colour: Colour,
    /// After so many days of 24 h since the reason began.
    pub after_days: u16,
}

/// What a pack says about one reason.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ReasonRule {
    /// The colour it asks for.
    pub colour: Colour,
    /// The colour it asks for later, where that is another.
    pub milder: Option<Milder>,
    /// After how many hours it ends by itself; `None` if never.
    pub expires_after_h: Option<u32>,
    /// Why the code has its colour.
    pub text: Text,
    /// The rule or notice it rests on, Chinese title first.
    pub basis: Text,
    /// The ways back, each enough by itself.
    pub way_back: Vec<WayBack>,
    /// What the person can do, in words.
    pub way_back_text: Text,
}

/// The rules of a city for a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulePack {
    /// Division code of the city.
    pub city: u32,
    /// Name of the pack.
    pub name: Text,
    /// Version, e.g. `2021-12`.
    pub version: String,
    /// Which time of a test starts the 48 h clock.
    pub clock: ClockReference,
    /// By `ReasonCode::as_u8() - 1`.
    rules: Box<[ReasonRule; ReasonCode::ALL.len()]>,
}

impl RulePack {
    /// Reads and checks a pack. Every reason of [`ReasonCode`] must have its table.
    ///
    /// # Errors
    /// [`RuleError`] naming the line, the key and the fix.
    pub fn parse(toml: &str) -> Result<Self, RuleError> {
        parse::parse(toml)
    }

    /// A shipped pack by its name, such as `xian-2021-12`.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, toml) = SHIPPED.into_iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::parse(toml).expect("shipped packs are valid (tested)"))
    }

    /// The rule of a reason.
    #[must_use]
    pub fn rule(&self, code: ReasonCode) -> &ReasonRule {
        &self.rules[usize::from(code.as_u8()) - 1]
    }

    /// The colour that a reason asks for at `now`, while it counts.
    #[must_use]
    pub fn colour_of(&self, reason: &Reason, now: Timestamp) -> Colour {
        let rule = self.rule(reason.code);
        let milder = rule.milder.filter(|_| self.milder_from(reason).is_some_and(|from| from <= now));
        milder.map_or(rule.colour, |milder| milder.colour)
    }

    /// The instant at which the reason asks for a milder colour; none where it never does.
    pub(super) fn milder_from(&self, reason: &Reason) -> Option<Timestamp> {
        let milder = self.rule(reason.code).milder?;
        after_h(reason.since, u32::from(milder.after_days) * 24)
    }

    /// The first instant at which the reason no longer counts, as far as is known: its release, its `until` or its
    /// expiry by the rules. `None` while it is open.
    ///
    /// A reason that was never judged by a test has neither release nor `until`: then days that are a way back by themselves end it.
    /// With a test the release says more, since a positive makes the days begin anew ([`RulePack::released_at`]).
    #[must_use]
    pub fn ends_at(&self, reason: &Reason) -> Option<Timestamp> {
        let rule = self.rule(reason.code);
        let expires = rule.expires_after_h.and_then(|hours| after_h(reason.since, hours));
        let told = [reason.released, reason.until].into_iter().flatten().min();
        let days = rule.way_back.iter().filter_map(|way| match way {
            WayBack::Days { days } if told.is_none() => after_h(reason.since, u32::from(*days) * 24),
            _ => None,
        });
        days.chain(told).chain(expires).min()
    }
}

/// Beyond the end of the calendar is the same as never.
fn after_h(from: Timestamp, hours: u32) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_hours(i64::from(hours))).ok()
}

impl Default for RulePack {
    /// The first shipped pack.
    fn default() -> Self {
        Self::parse(SHIPPED[0].1).expect("shipped packs are valid (tested)")
    }
}
