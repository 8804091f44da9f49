//! The server of a city's "one code" platform, and the commands of the binary `yimatong`.
//!
//! Start reading at [`routes::table`], the list of everything the server offers, and [`server::run`].

mod admin;
pub mod alarms;
pub mod app;
pub mod auth;
pub mod authority;
pub mod cli;
pub mod clock;
pub mod communities;
pub mod config;
pub mod connections;
pub mod demo;
mod digest;
pub mod http;
pub mod institutions;
pub mod issue;
pub mod jobs;
pub mod metrics;
mod outgoing;
pub mod overload;
mod parts;
pub mod problem;
pub mod random;
pub mod registry;
pub mod replay;
pub mod router;
pub mod routes;
mod rule_preview;
pub mod rules;
pub mod sampling_points;
pub mod secret_file;
pub mod server;
pub mod sms;
pub mod statistics;
mod web;
