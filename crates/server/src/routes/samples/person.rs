//! Whose sample it is: somebody whose code was read, or the holder of a document.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_model::document::Document;
use yimatong_model::ids::PersonId;
use yimatong_model::name::PersonName;

use crate::app::App;
use crate::http::fields::{self, DocumentFields};
use crate::problem::Problem;

/// Either `subject` or `document`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonFields {
    /// Subject of the credential, base64url of 16 bytes.
    subject: Option<String>,
    document: Option<DocumentFields>,
    /// With a document: needed when nobody is registered with it, compared when somebody is.
    name: Option<String>,
}

/// Whose sample it is.
pub(super) enum Whose {
    /// By a code.
    Person(PersonId),
    /// By a document, maybe with a name.
    Document(Document, Option<PersonName>),
}

impl PersonFields {
    /// The checked person; an error names the field.
    pub(super) fn parse(&self, app: &App, now: Timestamp) -> Result<Whose, Problem> {
        match (&self.subject, &self.document) {
            (Some(subject), None) if self.name.is_none() => person_of(app, subject).map(Whose::Person),
            (None, Some(document)) => {
                let document = document.parse(now)?;
                Ok(Whose::Document(document, self.name.as_deref().map(fields::name).transpose()?))
            }
            _ => Err(Problem::field(
                "person",
                "give either the subject of a code, or a document with the name",
                "请提供码中的 subject，或证件和姓名，二者选一",
            )),
        }
    }
}

/// The person that a subject stands for.
fn person_of(app: &App, subject: &str) -> Result<PersonId, Problem> {
    let mut bytes = [0; 16];
    let length = URL_SAFE_NO_PAD.decode_slice(subject, &mut bytes).ok();
    length.filter(|length| *length == 16).and_then(|_| app.subjects.open(&bytes)).ok_or_else(|| {
        Problem::field(
            "subject",
            "is not the subject of a code of this city: scan it again, or take the document",
            "不是本市的码，请重新扫描，或改用证件",
        )
    })
}
