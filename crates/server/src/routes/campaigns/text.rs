//! Campaigns as the API shows them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::campaign::{Campaign, CampaignProblem, Place, Scope, Spared, Window};
use yimatong_model::city::City;
use yimatong_model::colour::Colour;
use yimatong_store::{CampaignFile, CampaignRow, RefinementRow, Signature};

use crate::app::App;
use crate::campaigns::closing::ClosingCounts;
use crate::campaigns::coverage::place_names;
use crate::problem::{Code, Problem};
use crate::routes::brief::By;

/// A campaign in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CampaignText {
    number: u16,
    id: String,
    name_zh: String,
    name_en: String,
    basis_zh: String,
    basis_en: String,
    /// `draft`, `approved`, `running`, `closing`, `closed`, `reversed` or `withdrawn`.
    state: &'static str,
    /// Rises with every change; a change names the version that was seen.
    version: u64,
    /// Begin of the first window of the document.
    #[schemars(with = "String")]
    from: Timestamp,
    /// End of the last.
    #[schemars(with = "String")]
    to: Timestamp,
    /// The reason that closing gives.
    reason: &'static str,
    /// The colour that this reason gives by the rules in force: `green` (it changes nobody's), `yellow` or `red`.
    colour: &'static str,
    drafted: By,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closing_asked: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closing_approved: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversed: Option<By>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<By>,
    /// People who were given the reason; rises while the campaign is being closed.
    given: u32,
    /// From how many of them it was taken back as a whole.
    undone: u32,
    /// How many may be given it at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_given: Option<u32>,
    /// What was said about the closing when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    closing: Option<ClosingCounts>,
}

/// A campaign with its document.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CampaignFileText {
    #[serde(flatten)]
    campaign: CampaignText,
    /// As it was handed in.
    document: String,
    /// `toml` or `json`.
    format: &'static str,
    refinements: Vec<RefinementText>,
    #[serde(flatten)]
    contents: ContentsText,
}

/// What a document says, with names for its codes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContentsText {
    areas: Vec<AreaText>,
    /// As in the document.
    #[schemars(with = "Vec<serde_json::Value>")]
    exemptions: serde_json::Value,
    /// Who is left as they are although they did not take part: `sealed-zone`, `isolation`.
    #[schemars(with = "Vec<String>")]
    spared: Vec<Spared>,
    /// What to know although nothing is wrong.
    notes: Vec<NoteText>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NoteText {
    zh: String,
    en: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AreaText {
    area: PlaceText,
    name_zh: &'static str,
    name_en: &'static str,
    windows: Vec<WindowText>,
}

/// An area of the notice.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum PlaceText {
    District { code: u32 },
    Zone { zone: String },
}

/// A window.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WindowText {
    #[schemars(with = "String")]
    from: Timestamp,
    #[schemars(with = "String")]
    to: Timestamp,
}

impl From<&Window> for WindowText {
    fn from(window: &Window) -> Self {
        Self { from: window.from, to: window.to }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RefinementText {
    number: u32,
    scope: ScopeText,
    scope_name: String,
    windows: Vec<WindowText>,
    by: By,
}

/// What a refinement is about.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ScopeText {
    Area {
        #[serde(skip_serializing_if = "Option::is_none")]
        district: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    Street {
        code: u32,
    },
    Community {
        code: u64,
    },
}

/// One mistake of a document.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MistakeText {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// Such as `areas[2].windows[0].to`.
    field: String,
    zh: String,
    en: String,
}

impl From<CampaignProblem> for MistakeText {
    fn from(problem: CampaignProblem) -> Self {
        Self { line: problem.line, field: problem.key, zh: problem.text.zh, en: problem.text.en }
    }
}

/// The document of a campaign, read again. It was valid when it was stored.
pub(super) fn document(row: &CampaignRow) -> Result<Campaign, Problem> {
    Campaign::parse(&row.document).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        tracing::error!(campaign = row.number, first, "the document of a campaign can't be read any more");
        Problem::new(Code::Internal)
    })
}

fn by(app: &App, signature: Signature) -> By {
    app.by(Some(signature.by), Some(signature.at)).expect("who and when are both given")
}

impl CampaignText {
    pub(crate) fn new(app: &App, row: &CampaignRow) -> Result<Self, Problem> {
        Ok(Self::of(app, row, &document(row)?))
    }

    fn of(app: &App, row: &CampaignRow, campaign: &Campaign) -> Self {
        let by = |signature| by(app, signature);
        let (span, colour) = (campaign.span(), app.colour_given(campaign));
        Self {
            number: row.number,
            id: row.id.clone(),
            name_zh: campaign.name.zh.clone(),
            name_en: campaign.name.en.clone(),
            basis_zh: campaign.basis.zh.clone(),
            basis_en: campaign.basis.en.clone(),
            state: row.state.as_str(),
            version: row.version,
            from: span.from,
            to: span.to,
            reason: campaign.consequence.reason.as_str(),
            colour: colour.as_str(),
            drafted: by(row.drafted),
            approved: row.approved.map(by),
            started: row.started.map(by),
            closing_asked: row.closing_asked.map(by),
            closing_approved: row.closing_approved.map(by),
            closed: row.closed.map(by),
            reversed: row.reversed.map(by),
            withdrawn: row.withdrawn.map(by),
            given: row.given,
            undone: row.undone,
            most_given: row.most_given,
            closing: ClosingCounts::read(row).map(|counts| counts.with_colour(colour)),
        }
    }
}

impl CampaignFileText {
    pub(crate) fn new(app: &App, file: &CampaignFile) -> Result<Self, Problem> {
        let campaign = document(&file.campaign)?;
        let city = campaign.city();
        let text = &file.campaign.document;
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        Ok(Self {
            campaign: CampaignText::of(app, &file.campaign, &campaign),
            document: text.clone(),
            format: if is_json { "json" } else { "toml" },
            refinements: file.refinements.iter().map(|row| refinement(app, city, row)).collect(),
            contents: ContentsText::of(app, &campaign),
        })
    }
}

impl ContentsText {
    pub(crate) fn of(app: &App, campaign: &Campaign) -> Self {
        let areas = campaign.areas.iter().map(|area| {
            let (name_zh, name_en) = place_names(campaign.city(), &area.place);
            let windows = area.windows.iter().map(WindowText::from).collect();
            let area = match &area.place {
                Place::District(code) => PlaceText::District { code: *code },
                Place::Zone(zone) => PlaceText::Zone { zone: zone.clone() },
            };
            AreaText { area, name_zh, name_en, windows }
        });
        let notes = campaign.notes().into_iter().map(|note| NoteText { zh: note.zh, en: note.en });
        let mut contents = Self {
            areas: areas.collect(),
            exemptions: serde_json::to_value(&campaign.exemptions).unwrap_or_default(),
            spared: campaign.consequence.spared.clone(),
            notes: notes.collect(),
        };
        if app.colour_given(campaign) == Colour::Green {
            contents.note(
                "按现行规则，此理由不改变颜色",
                "by the rules in force this reason changes nobody's colour",
            );
        }
        contents
    }

    /// One note more.
    pub(super) fn note(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.notes.push(NoteText { zh: zh.into(), en: en.into() });
    }
}

fn refinement(app: &App, city: &'static City, row: &RefinementRow) -> RefinementText {
    let unnamed = |code: u64| app.area_name(code).unwrap_or_else(|| code.to_string());
    let (scope, scope_name) = match &row.refinement.scope {
        Scope::Area(place) => {
            let (district, zone) = match place {
                Place::District(code) => (Some(*code), None),
                Place::Zone(zone) => (None, Some(zone.clone())),
            };
            (ScopeText::Area { district, zone }, place_names(city, place).0.to_owned())
        }
        Scope::Street(code) => (ScopeText::Street { code: *code }, unnamed(u64::from(*code))),
        Scope::Community(code) => (ScopeText::Community { code: *code }, unnamed(*code)),
    };
    RefinementText {
        number: row.number,
        scope,
        scope_name,
        windows: row.refinement.windows.iter().map(WindowText::from).collect(),
        by: by(app, row.refined),
    }
}
