//! The PostgreSQL adapter beside what the conformance suite says of every store: faults, the feed, and several nodes at once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod feed;
mod fixtures;
mod nodes;
