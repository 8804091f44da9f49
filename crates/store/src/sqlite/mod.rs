//! The SQLite adapter: one writer thread with group commit, a pool of reading threads, WAL, synchronous=FULL.

mod adapter;
mod audit;
mod bulk;
mod campaign;
mod campaign_adapter;
mod campaign_given;
mod case_file;
mod change;
mod check_in;
mod check_in_day;
mod community;
pub(crate) mod connection;
mod declaration;
mod device;
mod error;
mod idempotency;
mod institution;
mod lease;
pub(crate) mod migrate;
mod one_time_password;
mod open;
mod operations;
mod overdue_tube;
mod paper;
mod person;
mod person_file;
mod provision;
mod readers;
mod reason;
mod relative;
mod resample_task;
mod result;
mod result_proof;
mod room;
mod sample;
mod sample_problem;
mod sample_undo;
mod sampling_adapter;
mod sampling_load;
mod sampling_point;
mod sequence;
mod slot;
mod staff;
mod staff_change;
mod state;
mod state_pages;
mod tube;
mod tube_box;
mod tube_result;
mod tube_result_person;
mod tx;
mod vaccination;
mod venue;
mod writer;

#[cfg(test)]
mod collision_tests;
#[cfg(test)]
mod panic_tests;
#[cfg(test)]
mod provision_tests;

pub use open::{SqliteOptions, SqliteStore};
pub use provision::Provision;
