//! Moving a city from SQLite to PostgreSQL: what is copied, what is named when it differs, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod city;
mod differences;
mod equal;
#[path = "../conformance/fixtures.rs"]
#[allow(dead_code, reason = "the conformance suite uses all of them")]
mod fixtures;
mod interruptions;
mod refusals;
