//! Connections as clients meet them: real sockets against a running server with short time limits.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cap;
#[path = "../api/city.rs"]
#[allow(dead_code, reason = "the city has more than these tests need")]
mod city;
mod client;
#[path = "../api/database.rs"]
#[allow(dead_code, reason = "a place can do more than these tests need")]
mod database;
mod drain;
mod hostile;
mod http2;
#[path = "../api/process.rs"]
#[allow(dead_code, reason = "the process can do more than these tests need")]
mod process;
mod resting;
mod server;
mod soak;
mod timeouts;
mod tls;
