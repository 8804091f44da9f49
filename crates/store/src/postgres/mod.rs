//! The PostgreSQL adapter: a pool of connections, one transaction per verb, tried again where that is safe.
//!
//! The same statements run on a Citus cluster, where tables are distributed by the migrations: each says whom it reaches
//! (`sql.rs`) and a test holds all of them to the rules.

mod adapter;
mod agreement;
mod attempt;
mod audit;
mod bulk;
mod change;
mod check_in;
pub(crate) mod check_in_day;
mod clock;
mod community;
pub(crate) mod connection;
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
mod paper;
mod person;
mod person_file;
mod pool;
mod reachable;
mod reason;
mod register_away;
mod register_many;
mod relative;
mod result;
mod room;
pub(crate) mod sequence;
mod slot;
mod sql;
mod staff;
mod staff_change;
mod state;
mod state_pages;
mod statements;
mod tls;
mod tx;
mod vaccination;
mod venue;

#[cfg(test)]
mod statement_tests;

pub use open::{PostgresOptions, PostgresStore};
