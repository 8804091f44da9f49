//! The drill: black-box load, surge and fault tests of a running server. Speaks HTTP only.
//!
//! A [`Scenario`](scenario::Scenario) says how many people come when, as multiples of C, the flows per second the server
//! can finish. [`Drill`](drill::Drill) measures C, lets the people come (open loop: nobody waits for the server before the
//! next one arrives), causes the faults, and answers with what was [`Measured`](measured::Measured).
//! [`judge`] compares that with the criteria, [`report`] writes it down for machines and for people.
//!
//! Everything runs on the calling thread, so that one processor is enough and the other one is the server's.

mod arrivals;
mod capacity;
mod client;
mod clock;
mod cost;
pub mod drill;
pub mod faults;
mod field;
mod flow;
mod histogram;
pub mod judge;
pub mod measured;
mod people;
mod place;
mod recorder;
pub mod report;
pub mod retry;
mod room;
pub mod run;
pub mod scenario;
mod schedule;
mod show;
mod sources;
pub mod target;
mod timer;
mod verify;
mod world;
