//! A result on file as people read it: the test, and where its sample was taken.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use yimatong_store::StoredResult;

use crate::app::App;
use crate::http::fields::uuid_text;
use crate::issue::code::TestText;

/// A result on file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultText {
    /// Names it, for its proof.
    id: String,
    #[serde(flatten)]
    test: TestText,
    /// Barcode of the tube, where the sample is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    tube_barcode: Option<String>,
    /// Name of the sampling point, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<String>,
    /// Set when the lab corrected the result: this one took the place of one that said something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<CorrectionText>,
}

/// That the lab corrected the result.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CorrectionText {
    /// When the correction was posted.
    #[schemars(with = "String")]
    at: Timestamp,
    /// What the person's result said before: `negative`, `positive`, `indeterminate` or `invalid`.
    former_outcome: &'static str,
}

impl App {
    /// A result on file as people read it.
    pub(crate) fn result_text(&self, stored: &StoredResult, now: Timestamp) -> ResultText {
        let taken = stored.taken.as_ref();
        ResultText {
            id: uuid_text(&stored.id),
            test: self.test_text(&stored.result, now),
            tube_barcode: taken.map(|taken| taken.barcode.to_string()),
            site: taken.and_then(|taken| self.sampling_points.name(taken.point)),
            corrected: stored.corrected.map(|correction| CorrectionText {
                at: correction.at,
                former_outcome: correction.former.as_str(),
            }),
        }
    }
}
