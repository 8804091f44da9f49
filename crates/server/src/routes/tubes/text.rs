//! A tube with everything in it, as the API shows it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_model::sampling::{SampleFlag, SampleSource};
use yimatong_store::{TubeFile, TubeResultRow, TubeSample};

use crate::app::App;
use crate::http::fields::uuid_text;
use crate::problem::Problem;
use crate::routes::brief::{By, PersonBrief};

/// A tube. What nobody has told yet is left out.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TubeText {
    /// Its barcode.
    tube: String,
    /// How many people it is made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u8>,
    /// It is for the people of one household only.
    household: bool,
    /// Number of the round; none outside of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_name: Option<String>,
    /// When its first sample was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    opened: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    sealed: Option<Timestamp>,
    /// The last box it was packed into.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    in_box: Option<String>,
    /// When the lab received it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    received: Option<Timestamp>,
    /// Different people with a live sample in it.
    people: u32,
    /// Kinds of problem that are open for it.
    #[schemars(with = "Vec<String>")]
    flags: Vec<&'static str>,
    /// Undone ones too.
    samples: Vec<SampleText>,
    /// Oldest version first.
    results: Vec<ResultText>,
}

/// A sample in its tube.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SampleText {
    id: String,
    person: PersonBrief,
    #[schemars(with = "String")]
    sampled: Timestamp,
    /// `code`, `paper`, `id-card` or `typed`.
    #[schemars(with = "String")]
    source: SampleSource,
    /// Who took it.
    staff_id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    undone: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<By>,
}

/// What a lab told of a tube.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ResultText {
    version: u16,
    id: String,
    outcome: &'static str,
    method: &'static str,
    #[schemars(with = "String")]
    received: Timestamp,
    #[schemars(with = "String")]
    reported: Timestamp,
    institution: String,
    #[schemars(with = "String")]
    posted: Timestamp,
    staff_id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
}

impl App {
    /// A tube as the API shows it.
    pub(super) async fn tube_text(&self, file: TubeFile) -> Result<TubeText, Problem> {
        let TubeFile { tube, samples, results } = file;
        let briefs = self.briefs(samples.iter().map(|sample| sample.person)).await?;
        let samples =
            samples.iter().map(|sample| self.sample_text(sample, briefs.of(sample.person))).collect();
        let opened = tube.opened.as_ref();
        Ok(TubeText {
            tube: tube.barcode.to_string(),
            size: opened.map(|opened| opened.size.people()),
            household: opened.is_some_and(|opened| opened.one_household),
            campaign: opened.and_then(|opened| opened.campaign),
            point_id: opened.map(|opened| opened.point.0),
            point_name: opened.and_then(|opened| self.sampling_points.name(opened.point)),
            opened: opened.map(|opened| opened.at),
            sealed: tube.sealed,
            in_box: tube.in_box.map(String::from),
            received: tube.received,
            people: tube.people,
            flags: tube.flags.iter().map(SampleFlag::as_str).collect(),
            samples,
            results: results.into_iter().map(|row| self.tube_result_text(row)).collect(),
        })
    }

    fn sample_text(&self, sample: &TubeSample, person: PersonBrief) -> SampleText {
        SampleText {
            id: uuid_text(&sample.id),
            person,
            sampled: sample.sampled,
            source: sample.source,
            staff_id: sample.staff.0,
            undone: sample.undone,
            undone_by: self.by(sample.undone_by, sample.undone),
        }
    }

    fn tube_result_text(&self, row: TubeResultRow) -> ResultText {
        ResultText {
            version: row.version,
            id: uuid_text(&row.id),
            outcome: row.outcome.as_str(),
            method: row.method.as_str(),
            received: row.received,
            reported: row.reported,
            institution: self.institutions.name(row.institution).to_string(),
            posted: row.posted,
            staff_id: row.staff.0,
            remark: row.remark,
        }
    }
}
