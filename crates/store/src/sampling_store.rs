//! The part of the trait that is about sampling: points, samples, tubes, boxes and the lab's results of tubes.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;

use crate::access::Access;
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::page::Page;
use crate::row_outcome::RowOutcome;
use crate::sample::{PersonSample, RecordedSamples, SampleBatch};
use crate::sample_problem::SampleProblemRow;
use crate::sampling_load::PointLoad;
use crate::sampling_point::{NewSamplingPoint, PointArea, SamplingPointRow};
use crate::state::PersonState;
use crate::tube::TubeFile;
use crate::tube_box::{Overdue, OverdueTube, ReceivedBox, TubeBoxRow};
use crate::tube_result::{
    CaseFileRow, NewTubeResult, PostedTubeResults, ResampleTaskRow, TaskArea, TubeOutcome,
};

/// From the table in the street to the result of a tube. What was told there has happened: it is recorded and flagged, and
/// refused only where it can't be so. It may come late, twice and in any order.
///
/// Errors are as in [`Store`](crate::Store), of which this is a part.
#[async_trait]
pub trait SamplingStore: Send + Sync {
    // Sampling points

    /// Adds a sampling point.
    ///
    /// Errors: `Invalid(name | address | area | closes)`.
    async fn add_sampling_point(
        &self,
        point: NewSamplingPoint,
        idempotency: Option<Idempotency>,
    ) -> Result<SamplingPointRow>;

    /// Sampling points of an area whose name or address contains the query, closed ones too, by id.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_sampling_points(
        &self,
        query: &str,
        area: PointArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SamplingPointRow>>;

    /// Closes a sampling point for good; one that is closed stays closed since the first time. Samples that come later
    /// from there are recorded all the same.
    ///
    /// Errors: `NotFound(SamplingPoint)`.
    async fn close_sampling_point(&self, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow>;

    /// Notes how many wait at a sampling point, at most 10,000.
    ///
    /// Errors: `NotFound(SamplingPoint)`, `Invalid(waiting, TooLarge)`.
    async fn tell_queue(
        &self,
        point: SamplingPointId,
        waiting: u16,
        now: Timestamp,
    ) -> Result<SamplingPointRow>;

    /// How busy the sampling points are where anybody was sampled today or in the last 10 minutes.
    async fn sampling_point_loads(&self, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>>;

    // Samples

    /// Records what a device told, idempotent by tube and sample id; registers people who are not yet known without a
    /// phone, when a name is given. Each flagged sample, and each tube once for each kind, is put on the list of problems.
    /// Who was given the reason of a round after their sample in it was taken, since that is told only now, loses it.
    ///
    /// Errors: `Invalid(samples, TooManyRows)` over 1,000; refused rows are in the outcomes.
    async fn record_samples(&self, batch: SampleBatch, now: Timestamp) -> Result<RecordedSamples>;

    /// Undoes a sample: it stays on file with who undid it and when, and an audit row (`undo-sample`) keeps the remark.
    /// Answers the person's state when that changed; nothing when the sample was undone before. Of a sample that was not
    /// told yet nothing can be kept here: a device tells it and its end in one row, see `NewSample::undone`.
    ///
    /// Errors: `NotFound(Sample)`, `Conflict(HasResult)`, `Invalid(remark)`.
    async fn undo_sample(
        &self,
        barcode: Barcode,
        sample: [u8; 16],
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<Option<PersonState>>;

    /// Seals tubes at the times given; a tube that is sealed stays so since the first time it was told. One without samples
    /// is refused: they come from the same device and come first.
    ///
    /// Errors: `Invalid(tubes, TooManyRows)` over 1,000.
    async fn seal_tubes(
        &self,
        tubes: Vec<(Barcode, Timestamp)>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>>;

    /// Samples of a person, undone ones too, newest first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn samples_of(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PersonSample>>;

    /// A tube with everybody in it; writes an audit row (`read-tube`) when it is known.
    ///
    /// Errors: `Invalid(purpose)`.
    async fn tube(&self, barcode: Barcode, access: Access) -> Result<Option<TubeFile>>;

    // Boxes

    /// Packs tubes into a box, those too whose samples were not told yet; a tube that was in another box is in this one now.
    ///
    /// Errors: `Invalid(tubes, TooManyRows)` over 1,000.
    async fn pack_box(
        &self,
        in_box: Barcode,
        point: SamplingPointId,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<TubeBoxRow>;

    /// Hands a box over to a courier, or to another one. The same one again changes nothing.
    ///
    /// Errors: `NotFound(Box)`, `Invalid(courier)`.
    async fn hand_over_box(&self, in_box: Barcode, courier: &str, now: Timestamp) -> Result<TubeBoxRow>;

    /// The lab receives tubes, with the box they came in where there is one, known or not. A tube that was received before
    /// is a duplicate.
    ///
    /// Errors: `Invalid(tubes, TooManyRows)` over 1,000.
    async fn receive_tubes(
        &self,
        in_box: Option<Barcode>,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>>;

    /// The lab receives a box, before or after its tubes, and is told what is missing as of now; ask again at will.
    async fn receive_box(&self, in_box: Barcode, staff: StaffId, now: Timestamp) -> Result<ReceivedBox>;

    /// Tubes that have waited where they are since before a time, longest first, with who has them.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn overdue_tubes(
        &self,
        kind: Overdue,
        before: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<OverdueTube>>;

    // Results of tubes

    /// Records what labs told of tubes: each live person in a tube gets a result of their own, with the reasons it gives or
    /// releases as in [`post_results`](crate::Store::post_results). With `amends` a new version takes the place of the
    /// latest one: what only that one gave is withdrawn, what it released is judged anew, and audit rows say so
    /// (`amend-tube-result`, `release-reason` per person). Whoever needs a single sample gets a task, and a positive
    /// single test opens a case file.
    ///
    /// Of a tube in doubt (`BarcodeUsed`) a positive goes to all and a negative is held.
    ///
    /// Errors: `Invalid(results, TooManyRows)` over 1,000, `Invalid(remark)`; refused rows are in the outcomes.
    async fn post_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedTubeResults>;

    /// What would become of these rows if they were posted in this order now; nothing is written or locked.
    ///
    /// Errors: `Invalid(results, TooManyRows)` over 20,000, `Invalid(remark)`.
    async fn check_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        now: Timestamp,
    ) -> Result<Vec<TubeOutcome>>;

    /// Who needs a single sample and has not given one, longest first.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_resample_tasks(
        &self,
        area: TaskArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<ResampleTaskRow>>;

    /// Case files, oldest first, withdrawn ones too.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn list_case_files(&self, cursor: Option<String>, limit: usize) -> Result<Page<CaseFileRow>>;

    // Problems

    /// What is odd about samples and tubes, oldest first; only what is open, or everything.
    ///
    /// Errors: `Invalid(cursor)`.
    async fn sample_problems(
        &self,
        only_open: bool,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SampleProblemRow>>;

    /// Resolves a problem; a tube is then no longer in doubt for it. Writes an audit row (`resolve-sample-problem`). Saying
    /// the same again changes nothing.
    ///
    /// Errors: `NotFound(SampleProblem)`, `Conflict(AlreadyResolved)`, `Invalid(remark)`.
    async fn resolve_sample_problem(
        &self,
        problem: u64,
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<SampleProblemRow>;
}
