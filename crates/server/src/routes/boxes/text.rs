//! A box of tubes as the API shows it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::TubeBoxRow;

use crate::app::App;
use crate::routes::brief::By;

/// A box. What nobody has told yet is left out.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BoxText {
    /// Its barcode.
    r#box: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point_name: Option<String>,
    /// When its first tubes were packed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    packed: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_by: Option<By>,
    /// Who carries it, or carried it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier: Option<String>,
    /// When that courier took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    handed_over: Option<Timestamp>,
    /// When the lab received it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    received: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_by: Option<By>,
}

impl App {
    /// A box as the API shows it.
    pub(super) fn box_text(&self, row: TubeBoxRow) -> BoxText {
        BoxText {
            r#box: row.barcode.to_string(),
            point_id: row.point.map(|point| point.0),
            point_name: row.point.and_then(|point| self.sampling_points.name(point)),
            packed: row.packed,
            packed_by: self.by(row.packed_by, row.packed),
            courier: row.courier,
            handed_over: row.handed,
            received: row.received,
            received_by: self.by(row.received_by, row.received),
        }
    }
}
