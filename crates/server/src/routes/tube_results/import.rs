//! `POST /v1/tube-results/import`: a lab sends its results as a file, CSV or XLSX, first as a dry run.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use yimatong_lab_file::{Column, FileError, LabFile, LabRow, Line, Mistake, errors_csv};
use yimatong_model::ids::StaffId;
use yimatong_model::role::Role;
use yimatong_store::{NewTubeResult, TubeOutcome};

use super::outcome::Said;
use crate::app::App;
use crate::digest::sha256;
use crate::http::body::unreadable;
use crate::http::fields;
use crate::http::guard::Staff;
use crate::http::query::Query;
use crate::http::route::{Access, Class, FileTerms, Route};
use crate::overload::outside_store;
use crate::problem::{Code, Problem};

/// What browsers and labs call these files. What a file is, its first bytes say.
const MEDIA: &[&str] = &[
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    // So do browsers call a CSV where a spreadsheet program is installed.
    "application/vnd.ms-excel",
];
const FILE: FileTerms = FileTerms { media: MEDIA, longest: 4 << 20, within: Duration::from_secs(60) };

/// One file is read at a time: a workbook of 4 MiB may need hundreds of megabytes of memory for a moment.
static READING: Mutex<()> = Mutex::const_new(());

/// Longest name of an institution in bytes, as the store takes it.
const LONGEST_NAME: usize = 200;
/// Stands for an institution that nobody has named yet, in a dry run, which must not make it known.
const UNNAMED: u16 = u16::MAX;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Parameters {
    /// Only say what would become of the rows.
    #[serde(default)]
    dry_run: bool,
    /// Name of the lab.
    institution: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Imported {
    /// Nothing was written.
    dry_run: bool,
    /// Rows of the file that are not empty.
    rows: usize,
    recorded: usize,
    duplicates: usize,
    rejected: usize,
    /// How many people get a result; who is in two tubes counts twice.
    people: u64,
    /// The refused rows.
    items: Vec<LineText>,
    /// The refused rows as a CSV to mend and send again, with a column that says why; none without any.
    errors: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LineText {
    /// Line of the file, from 1.
    line: u32,
    /// The tube, as it stands there.
    tube: String,
    #[serde(flatten)]
    said: Said,
}

pub(crate) fn route() -> Route {
    Route::post("/v1/tube-results/import", Access::Staff(&[Role::Lab]), Class::B0, post(import))
        .summary("Post results of tubes as a file of a lab, CSV or XLSX, at most 20,000 rows and 4 MiB; dryRun only tells")
        .takes_file(FILE)
        .asks::<Parameters>()
        .answers::<Imported>(StatusCode::OK)
}

async fn import(
    State(app): State<Arc<App>>,
    staff: Staff,
    Query(Parameters { dry_run, institution }): Query<Parameters>,
    request: Request,
) -> Result<Json<Imported>, Problem> {
    check_media(request.headers())?;
    let institution = institution.trim().to_owned();
    if institution.is_empty() || institution.len() > LONGEST_NAME {
        return Err(Problem::new(Code::InvalidParameter).at("institution").because(
            format!("the lab's name must have 1 to {LONGEST_NAME} bytes of UTF-8"),
            format!("检测机构名称须为 1 到 {LONGEST_NAME} 字节"),
        ));
    }
    let read = to_bytes(request.into_body(), FILE.longest).await;
    let bytes = read.map_err(|error| unreadable(&error, FILE.longest))?;
    let file = outside_store(read_file(bytes)).await??;
    let number = match dry_run {
        true => app.institutions.number(&institution).unwrap_or(UNNAMED),
        false => app.institution(&institution).await?,
    };
    let by = By { institution: &institution, number, staff: staff.member.id };
    let good: Vec<NewTubeResult> =
        file.lines.iter().filter_map(|line| line.row.as_ref().ok()).map(|row| by.result(row)).collect();
    let outcomes = match dry_run {
        true => app.store.check_tube_results(good, app.now()).await?,
        false => app.post_tube_results(&good).await?,
    };
    Ok(Json(answer(dry_run, &file, &outcomes)))
}

fn check_media(headers: &HeaderMap) -> Result<(), Problem> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if MEDIA.contains(&media) {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMedia)
        .because(format!("send content-type: {} or {}", MEDIA[0], MEDIA[1]), "请上传 CSV 或 XLSX 文件"))
}

/// Reads a file aside: it takes the processor for up to a second, and a reader that panics takes only this request down.
async fn read_file(bytes: Bytes) -> Result<LabFile, Problem> {
    let turn = READING.lock().await;
    let read = tokio::task::spawn_blocking(move || {
        // The turn ends with the reading, also when the caller has gone away.
        let _turn = turn;
        yimatong_lab_file::read(&bytes)
    });
    let read = read.await;
    let file = read.unwrap_or_else(|_| Err(FileError::Workbook("it is damaged".to_owned())));
    let wrong = |error: FileError| Problem::field("file", error.to_string(), error.message_zh());
    let file = file.map_err(wrong)?;
    if file.lines.is_empty() {
        return Err(Problem::field("file", "has no rows under its header", "表头下面没有数据行"));
    }
    Ok(file)
}

/// Who tells.
struct By<'a> {
    institution: &'a str,
    number: u16,
    staff: StaffId,
}

impl By<'_> {
    fn result(&self, row: &LabRow) -> NewTubeResult {
        NewTubeResult {
            id: self.id(row),
            barcode: row.tube.clone(),
            outcome: row.outcome,
            method: row.method,
            received: row.received,
            reported: row.reported,
            institution: self.number,
            staff: self.staff,
            amends: row.amends,
            remark: row.remark.clone(),
        }
    }

    /// The id of a row: the lab's own, or else made from what it says, so that the same file twice is the same rows.
    fn id(&self, row: &LabRow) -> [u8; 16] {
        if let Some(id) = row.id.as_deref().and_then(fields::uuid) {
            return id;
        }
        let text = match &row.id {
            Some(id) => format!("{}\nid\n{id}", self.institution),
            None => format!(
                "{}\n{}\n{}\n{}\n{}\n{}\n{:?}",
                self.institution, row.tube, row.outcome, row.method, row.received, row.reported, row.amends
            ),
        };
        let mut id = [0; 16];
        id.copy_from_slice(&sha256(text.as_bytes())[..16]);
        id
    }
}

fn answer(dry_run: bool, file: &LabFile, outcomes: &[TubeOutcome]) -> Imported {
    let mut outcomes = outcomes.iter();
    let mut imported = Imported {
        dry_run,
        rows: file.lines.len(),
        recorded: 0,
        duplicates: 0,
        rejected: 0,
        people: 0,
        items: Vec::new(),
        errors: None,
    };
    let tube = file.place(Column::Tube).unwrap_or_default();
    let mut refused: Vec<(&Line, String)> = Vec::new();
    for line in &file.lines {
        let said = said(line, &mut outcomes);
        match said.status {
            "recorded" => imported.recorded += 1,
            "duplicate" => imported.duplicates += 1,
            _ => {
                imported.rejected += 1;
                let both = [&said.detail_zh, &said.detail].map(|text| text.as_deref().unwrap_or_default());
                refused.push((line, both.join(" / ")));
                imported.items.push(LineText { line: line.number, tube: line.cell(tube).to_owned(), said });
                continue;
            }
        }
        imported.people += u64::from(said.people.unwrap_or_default());
    }
    if !refused.is_empty() {
        let rows = refused.iter().map(|(line, why)| (&line.cells[..], why.as_str()));
        imported.errors = Some(errors_csv(&file.header, rows));
    }
    imported
}

/// What became of a line: its own mistakes, or else what the store says next.
fn said<'a>(line: &Line, outcomes: &mut impl Iterator<Item = &'a TubeOutcome>) -> Said {
    let Err(mistakes) = &line.row else {
        let mut said = Said::judged(outcomes.next());
        said.detail = said.detail.map(|text| format!("line {}: {text}", line.number));
        said.detail_zh = said.detail_zh.map(|text| format!("第 {} 行：{text}", line.number));
        return said;
    };
    let en: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let zh: Vec<String> = mistakes.iter().map(Mistake::message_zh).collect();
    Said::rejected(Code::InvalidField.row().1, en.join("; "), zh.join("；"))
}
