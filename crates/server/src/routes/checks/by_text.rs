//! A check of a shown code with what the server knows: the freshest colour, and whether the same presentation
//! was just shown elsewhere.

use schemars::JsonSchema;
use serde::Serialize;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{Gate, VenueRule, Verdict};
use yimatong_model::ids::VenueId;

use crate::app::App;
use crate::problem::Problem;

/// Longest text that is looked at; the largest QR code holds 4,296 characters.
const LONGEST_TEXT: usize = 4_296;

/// What a check of a code answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeCheck {
    /// The verdict, as gates compute it offline.
    #[schemars(with = "serde_json::Value")]
    verdict: Verdict,
    /// Set when this very presentation was shown at another venue in the last two minutes.
    replay: Option<Replay>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Replay {
    venue_id: Option<u32>,
    seconds_ago: i64,
}

pub(crate) fn check(app: &App, text: &str, venue: Option<VenueId>) -> Result<CodeCheck, Problem> {
    if text.len() > LONGEST_TEXT {
        return Err(Problem::field("text", "is longer than any QR code", "内容过长，不是有效的码"));
    }
    let now = app.now();
    let keys = app.signing_keys().jwks(now).with_expected_issuer(app.config.city.code.to_string());
    let status_lists = app.registry.board.verified();
    let gate = Gate {
        keys: &keys,
        status_lists: &status_lists,
        trust: &TrustList::default(),
        rule: &VenueRule::default(),
    };
    let verdict = gate.verify(text, now.as_second());
    let replay = app.replays.see(text, venue, now).map(|sighting| Replay {
        venue_id: sighting.venue.map(|venue| venue.0),
        seconds_ago: now.as_second() - sighting.at_s,
    });
    Ok(CodeCheck { verdict, replay })
}
