//! The PostgreSQL adapter: a pool of connections, one transaction per verb, tried again where that is safe.
//!
//! The same statements run on a Citus cluster, where tables are distributed by the migrations: each says whom it reaches
//! (`sql.rs`) and a test holds all of them to the rules.

mod adapter;
mod agreement;
mod attempt;
mod audit;
mod bulk;
mod campaign;
mod campaign_adapter;
mod campaign_given;
mod case_file;
mod change;
mod check_in;
pub(crate) mod check_in_day;
mod clock;
mod community;
pub(crate) mod connection;
mod declaration;
mod device;
pub(crate) mod error;
mod group;
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
mod pool;
mod reachable;
mod reason;
mod register_away;
mod register_many;
mod relative;
mod resample_task;
mod result;
mod result_proof;
mod room;
mod sample;
mod sample_people;
mod sample_problem;
mod sample_undo;
mod sampling_adapter;
mod sampling_load;
mod sampling_point;
pub(crate) mod sequence;
mod slot;
mod sql;
mod staff;
mod staff_change;
mod state;
mod state_pages;
mod statements;
mod tls;
mod tube;
mod tube_box;
mod tube_result;
mod tube_result_people;
mod tube_result_person;
mod tx;
mod vaccination;
mod venue;

#[cfg(test)]
mod statement_tests;

pub use open::{PostgresOptions, PostgresStore};
