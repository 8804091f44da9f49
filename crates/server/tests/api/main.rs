//! The API as its clients meet it: every route, every refusal, and the real binary under fire.
//!
//! One binary for all of it, with a module per noun. `city` builds a server around a clock that is set by hand;
//! `process` runs the real `yimatong`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod alarms;
mod away;
mod bad_input;
mod boxes;
mod campaign_command;
mod campaigns;
mod check_ins;
mod checks;
mod city;
mod client;
mod closing;
mod codes;
mod commands;
mod copying;
mod database;
mod declarations;
mod devices;
mod filled_tubes;
mod gateways;
mod idempotency;
mod kill;
mod limits;
mod load;
mod nodes;
mod one_time_passwords;
mod openapi;
mod openapi_answers;
mod overload;
mod papers;
mod parts;
mod process;
mod registration;
mod relatives;
mod resample_tasks;
mod resident;
mod restart;
mod results;
mod round;
mod rules;
mod sample_load;
mod sample_problems;
mod samples;
mod sampling;
mod sampling_points;
mod schedule;
mod schema;
mod staff;
mod statistics;
mod status_list;
mod tube_import;
mod tube_results;
mod tubes;
mod zhengzhou;
