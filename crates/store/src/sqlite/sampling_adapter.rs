//! The verbs of sampling, each sent to the writer or to a reader under its own name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;

use super::open::SqliteStore;
use super::{
    case_file, overdue_tube, resample_task, sample, sample_problem, sample_undo, sampling_load,
    sampling_point, tube, tube_box, tube_result,
};
use crate::access::Access;
use crate::error::Result;
use crate::idempotency::Idempotency;
use crate::page::Page;
use crate::row_outcome::RowOutcome;
use crate::sample::{PersonSample, RecordedSamples, SampleBatch};
use crate::sample_problem::SampleProblemRow;
use crate::sampling_load::PointLoad;
use crate::sampling_point::{NewSamplingPoint, PointArea, SamplingPointRow};
use crate::sampling_store::SamplingStore;
use crate::state::PersonState;
use crate::tube::TubeFile;
use crate::tube_box::{Overdue, OverdueTube, ReceivedBox, TubeBoxRow};
use crate::tube_result::{
    CaseFileRow, NewTubeResult, PostedTubeResults, ResampleTaskRow, TaskArea, TubeOutcome,
};

#[async_trait]
impl SamplingStore for SqliteStore {
    async fn add_sampling_point(
        &self,
        new: NewSamplingPoint,
        key: Option<Idempotency>,
    ) -> Result<SamplingPointRow> {
        self.write("add_sampling_point", move |tx| sampling_point::add(tx, &new, key)).await
    }

    async fn list_sampling_points(
        &self,
        query: &str,
        area: PointArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SamplingPointRow>> {
        let query = query.to_owned();
        self.read("list_sampling_points", move |view| {
            sampling_point::list(view, &query, area, cursor.as_deref(), limit)
        })
        .await
    }

    async fn close_sampling_point(&self, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow> {
        self.write("close_sampling_point", move |tx| sampling_point::close(tx, point, now)).await
    }

    async fn tell_queue(
        &self,
        point: SamplingPointId,
        waiting: u16,
        now: Timestamp,
    ) -> Result<SamplingPointRow> {
        self.write("tell_queue", move |tx| sampling_point::tell_queue(tx, point, waiting, now)).await
    }

    async fn sampling_point_loads(&self, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>> {
        self.read("sampling_point_loads", move |view| sampling_load::read(view, now)).await
    }

    async fn record_samples(&self, batch: SampleBatch, now: Timestamp) -> Result<RecordedSamples> {
        self.write("record_samples", move |tx| sample::record(tx, &batch, now)).await
    }

    async fn undo_sample(
        &self,
        barcode: Barcode,
        id: [u8; 16],
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<Option<PersonState>> {
        let remark = remark.to_owned();
        self.write("undo_sample", move |tx| sample_undo::undo(tx, &barcode, &id, by, &remark, now)).await
    }

    async fn seal_tubes(
        &self,
        tubes: Vec<(Barcode, Timestamp)>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.write("seal_tubes", move |tx| tube::seal(tx, &tubes, staff, now)).await
    }

    async fn samples_of(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PersonSample>> {
        self.read("samples_of", move |view| sample::of_person(view, person, cursor.as_deref(), limit)).await
    }

    async fn tube(&self, barcode: Barcode, access: Access) -> Result<Option<TubeFile>> {
        self.write("tube", move |tx| tube::read(tx, &barcode, &access)).await
    }

    async fn pack_box(
        &self,
        in_box: Barcode,
        point: SamplingPointId,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<TubeBoxRow> {
        self.write("pack_box", move |tx| tube_box::pack(tx, &in_box, point, &tubes, staff, now)).await
    }

    async fn hand_over_box(&self, in_box: Barcode, courier: &str, now: Timestamp) -> Result<TubeBoxRow> {
        let courier = courier.to_owned();
        self.write("hand_over_box", move |tx| tube_box::hand_over(tx, &in_box, &courier, now)).await
    }

    async fn receive_tubes(
        &self,
        in_box: Option<Barcode>,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        self.write("receive_tubes", move |tx| {
            tube_box::receive_tubes(tx, in_box.as_ref(), &tubes, staff, now)
        })
        .await
    }

    async fn receive_box(&self, in_box: Barcode, staff: StaffId, now: Timestamp) -> Result<ReceivedBox> {
        self.write("receive_box", move |tx| tube_box::receive(tx, &in_box, staff, now)).await
    }

    async fn overdue_tubes(
        &self,
        kind: Overdue,
        before: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<OverdueTube>> {
        self.read("overdue_tubes", move |view| {
            overdue_tube::list(view, kind, before, cursor.as_deref(), limit)
        })
        .await
    }

    async fn post_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedTubeResults> {
        self.write("post_tube_results", move |tx| tube_result::post(tx, &results, &rules, now)).await
    }

    async fn check_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        now: Timestamp,
    ) -> Result<Vec<TubeOutcome>> {
        self.read("check_tube_results", move |view| tube_result::check(view, &results, now)).await
    }

    async fn list_resample_tasks(
        &self,
        area: TaskArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<ResampleTaskRow>> {
        self.read("list_resample_tasks", move |view| {
            resample_task::list(view, area, cursor.as_deref(), limit)
        })
        .await
    }

    async fn list_case_files(&self, cursor: Option<String>, limit: usize) -> Result<Page<CaseFileRow>> {
        self.read("list_case_files", move |view| case_file::list(view, cursor.as_deref(), limit)).await
    }

    async fn sample_problems(
        &self,
        only_open: bool,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SampleProblemRow>> {
        self.read("sample_problems", move |view| {
            sample_problem::list(view, only_open, cursor.as_deref(), limit)
        })
        .await
    }

    async fn resolve_sample_problem(
        &self,
        problem: u64,
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<SampleProblemRow> {
        let remark = remark.to_owned();
        self.write("resolve_sample_problem", move |tx| sample_problem::resolve(tx, problem, by, &remark, now))
            .await
    }
}
