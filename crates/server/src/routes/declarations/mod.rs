//! Routes of the noun `declarations`: what people tell of themselves, for somebody of their community to accept or refuse.

mod certificate;
pub(crate) mod declare;
pub(crate) mod evidence;
pub(crate) mod list;
pub(crate) mod mine;
pub(crate) mod record;
pub(crate) mod review;

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use yimatong_model::campaign::Exemption;
use yimatong_model::ids::PersonId;
use yimatong_store::{DeclarationKind, DeclarationRow, EvidenceKind, Signature};

use crate::app::App;
use crate::campaigns::Round;
use crate::http::fields::uuid_text;
use crate::problem::Problem;
use crate::routes::brief::{By, PersonBrief};

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum KindField {
    /// Vaccinated shortly before.
    Vaccinated,
    /// Outside the city, with a negative test of then.
    OutsideCity,
    /// Will be tested at work.
    AtWork,
}

impl From<KindField> for DeclarationKind {
    fn from(kind: KindField) -> Self {
        match kind {
            KindField::Vaccinated => Self::Vaccinated,
            KindField::OutsideCity => Self::OutsideCity,
            KindField::AtWork => Self::AtWork,
        }
    }
}

/// A declaration as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DeclarationText {
    person_id: String,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonBrief>,
    id: String,
    /// The campaign it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<u16>,
    /// `vaccinated`, `outside-city` or `at-work`.
    kind: &'static str,
    /// When the sample of the negative test was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    sampled: Option<Timestamp>,
    /// `community` (staff recorded it), `eu-dcc`, `upload` or `none`.
    evidence: &'static str,
    #[schemars(with = "String")]
    declared: Timestamp,
    /// The member of staff who recorded it for the person; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_by: Option<By>,
    /// `waiting`, `accepted` or `refused`. A verified certificate counts while it waits.
    review: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed: Option<Reviewed>,
    /// Why, in words for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

/// When it was reviewed, and for staff by whom.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    #[serde(skip_serializing_if = "Option::is_none")]
    staff_id: Option<u32>,
    /// Name of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[schemars(with = "String")]
    at: Timestamp,
}

impl DeclarationText {
    /// For the person: accounts of staff are nobody else's business.
    fn new(row: &DeclarationRow) -> Self {
        Self {
            person_id: row.person.to_string(),
            person: None,
            id: uuid_text(&row.id),
            campaign: row.campaign,
            kind: row.kind.as_str(),
            sampled: row.sampled,
            evidence: match row.evidence {
                EvidenceKind::Community if row.declared_by.is_none() => "none",
                kind => kind.as_str(),
            },
            declared: row.declared,
            declared_by: None,
            review: row.review.as_str(),
            reviewed: row.reviewed.map(|reviewed| Reviewed { staff_id: None, name: None, at: reviewed.at }),
            remark: row.remark.clone(),
        }
    }

    /// For staff, with whom it is about and who dealt with it.
    fn for_staff(app: &App, row: &DeclarationRow, person: PersonBrief) -> Self {
        let reviewed = |reviewed: Signature| Reviewed {
            staff_id: Some(reviewed.by.0),
            name: Some(app.staff_name(reviewed.by)),
            at: reviewed.at,
        };
        Self {
            person: Some(person),
            declared_by: app.by(row.declared_by, Some(row.declared)),
            reviewed: row.reviewed.map(reviewed),
            ..Self::new(row)
        }
    }
}

/// The campaign a declaration is for: the one that was named, or else the only one that is open. Refuses a kind that its notice
/// does not know. None is for no campaign at all.
fn campaign_of(app: &App, named: Option<u16>, kind: KindField) -> Result<Option<Arc<Round>>, Problem> {
    let rounds = app.campaigns.rounds();
    let mut open = rounds.iter().filter(|round| round.takes_declarations());
    let round = match named {
        // One that is not open, or not there, the store refuses in its own words.
        Some(number) => open.find(|round| round.row.number == number),
        None => match (open.next(), open.next()) {
            (Some(_), Some(_)) => {
                return Err(Problem::field(
                    "campaign",
                    "several campaigns are open; name the one it is for",
                    "目前有多轮检测，请选择本报备所属的一轮",
                ));
            }
            (only, _) => only,
        },
    };
    if let Some(round) = round
        && !knows(round, kind)
    {
        return Err(Problem::field(
            "kind",
            "the notice of this campaign has no such exemption",
            "本轮检测通告没有这一项",
        ));
    }
    Ok(round.cloned())
}

/// Refuses a test outside the city that can't count any more, whoever declares it.
async fn check_sampled(
    app: &App,
    sampled: Option<Timestamp>,
    person: PersonId,
    kind: KindField,
    round: Option<&Round>,
) -> Result<(), Problem> {
    match (kind, sampled, round) {
        (KindField::OutsideCity, Some(sampled), Some(round)) => app.check_told(sampled, person, round).await,
        _ => Ok(()),
    }
}

/// Does the notice know what is declared?
fn knows(round: &Round, kind: KindField) -> bool {
    let campaign = round.campaign();
    let mut exemptions = campaign.exemptions.iter();
    match kind {
        KindField::AtWork => campaign.at_work_after_declaring,
        KindField::Vaccinated => exemptions.any(|one| matches!(one, Exemption::Vaccinated { .. })),
        KindField::OutsideCity => exemptions.any(|one| matches!(one, Exemption::OutsideCity { .. })),
    }
}
