//! The verbs of sampling, each in a transaction under its own name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use yimatong_model::ids::{PersonId, SamplingPointId, StaffId};
use yimatong_model::rule::RulePack;
use yimatong_model::sampling::Barcode;

use super::attempt::{Mode, transact};
use super::open::PostgresStore;
use super::{
    case_file, idempotency, overdue_tube, resample_task, sample, sample_problem, sample_undo, sampling_load,
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
impl SamplingStore for PostgresStore {
    async fn add_sampling_point(
        &self,
        new: NewSamplingPoint,
        key: Option<Idempotency>,
    ) -> Result<SamplingPointRow> {
        transact!(self, "add_sampling_point", idempotency::mode(key), tx => sampling_point::add(tx, &new, key))
    }

    async fn list_sampling_points(
        &self,
        query: &str,
        area: PointArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SamplingPointRow>> {
        transact!(self, "list_sampling_points", Mode::Read, tx => {
            sampling_point::list(tx, query, area, cursor.as_deref(), limit)
        })
    }

    async fn close_sampling_point(&self, point: SamplingPointId, now: Timestamp) -> Result<SamplingPointRow> {
        transact!(self, "close_sampling_point", Mode::WriteAgain, tx => sampling_point::close(tx, point, now))
    }

    async fn tell_queue(
        &self,
        point: SamplingPointId,
        waiting: u16,
        now: Timestamp,
    ) -> Result<SamplingPointRow> {
        transact!(self, "tell_queue", Mode::WriteAgain, tx => sampling_point::tell_queue(tx, point, waiting, now))
    }

    async fn sampling_point_loads(&self, now: Timestamp) -> Result<BTreeMap<SamplingPointId, PointLoad>> {
        transact!(self, "sampling_point_loads", Mode::Read, tx => sampling_load::read(tx, now))
    }

    async fn record_samples(&self, batch: SampleBatch, now: Timestamp) -> Result<RecordedSamples> {
        batch.check()?;
        self.samples.submit(sample::Call { batch, now }).await
    }

    async fn undo_sample(
        &self,
        barcode: Barcode,
        id: [u8; 16],
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<Option<PersonState>> {
        transact!(self, "undo_sample", Mode::Write, tx => sample_undo::undo(tx, &barcode, &id, by, remark, now))
    }

    async fn seal_tubes(
        &self,
        tubes: Vec<(Barcode, Timestamp)>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        transact!(self, "seal_tubes", Mode::WriteAgain, tx => tube::seal(tx, &tubes, staff, now))
    }

    async fn samples_of(
        &self,
        person: PersonId,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<PersonSample>> {
        transact!(self, "samples_of", Mode::Read, tx => sample::of_person(tx, person, cursor.as_deref(), limit))
    }

    async fn tube(&self, barcode: Barcode, access: Access) -> Result<Option<TubeFile>> {
        transact!(self, "tube", Mode::Write, tx => tube::read(tx, &barcode, &access))
    }

    async fn pack_box(
        &self,
        in_box: Barcode,
        point: SamplingPointId,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<TubeBoxRow> {
        transact!(self, "pack_box", Mode::WriteAgain, tx => {
            tube_box::pack(tx, &in_box, point, &tubes, staff, now)
        })
    }

    async fn hand_over_box(&self, in_box: Barcode, courier: &str, now: Timestamp) -> Result<TubeBoxRow> {
        transact!(self, "hand_over_box", Mode::WriteAgain, tx => tube_box::hand_over(tx, &in_box, courier, now))
    }

    async fn receive_tubes(
        &self,
        in_box: Option<Barcode>,
        tubes: Vec<Barcode>,
        staff: StaffId,
        now: Timestamp,
    ) -> Result<Vec<RowOutcome>> {
        transact!(self, "receive_tubes", Mode::WriteAgain, tx => {
            tube_box::receive_tubes(tx, in_box.as_ref(), &tubes, staff, now)
        })
    }

    async fn receive_box(&self, in_box: Barcode, staff: StaffId, now: Timestamp) -> Result<ReceivedBox> {
        transact!(self, "receive_box", Mode::WriteAgain, tx => tube_box::receive(tx, &in_box, staff, now))
    }

    async fn overdue_tubes(
        &self,
        kind: Overdue,
        before: Timestamp,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<OverdueTube>> {
        transact!(self, "overdue_tubes", Mode::Read, tx => {
            overdue_tube::list(tx, kind, before, cursor.as_deref(), limit)
        })
    }

    async fn post_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        rules: Arc<RulePack>,
        now: Timestamp,
    ) -> Result<PostedTubeResults> {
        transact!(self, "post_tube_results", Mode::WriteAgain, tx => tube_result::post(tx, &results, &rules, now))
    }

    async fn check_tube_results(
        &self,
        results: Vec<NewTubeResult>,
        now: Timestamp,
    ) -> Result<Vec<TubeOutcome>> {
        transact!(self, "check_tube_results", Mode::Read, tx => tube_result::check(tx, &results, now))
    }

    async fn list_resample_tasks(
        &self,
        area: TaskArea,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<ResampleTaskRow>> {
        transact!(self, "list_resample_tasks", Mode::Read, tx => {
            resample_task::list(tx, area, cursor.as_deref(), limit)
        })
    }

    async fn list_case_files(&self, cursor: Option<String>, limit: usize) -> Result<Page<CaseFileRow>> {
        transact!(self, "list_case_files", Mode::Read, tx => case_file::list(tx, cursor.as_deref(), limit))
    }

    async fn sample_problems(
        &self,
        only_open: bool,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<SampleProblemRow>> {
        transact!(self, "sample_problems", Mode::Read, tx => {
            sample_problem::list(tx, only_open, cursor.as_deref(), limit)
        })
    }

    async fn resolve_sample_problem(
        &self,
        problem: u64,
        by: StaffId,
        remark: &str,
        now: Timestamp,
    ) -> Result<SampleProblemRow> {
        transact!(self, "resolve_sample_problem", Mode::WriteAgain, tx => {
            sample_problem::resolve(tx, problem, by, remark, now)
        })
    }
}
