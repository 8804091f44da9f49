//! Pure types and rules of a city health-code system: documents, divisions, people, reasons, colours, tests.
//!
//! Nothing here does I/O, reads a clock or draws a random number: the instant and the seed are parameters. The
//! crate depends on none of the other crates of the workspace.

pub mod campaign;
pub mod certificate_name;
pub mod city;
pub mod clock;
pub mod colour;
pub mod community;
pub mod division;
pub mod document;
pub mod household;
pub mod ids;
pub mod name;
pub mod person;
pub mod phone;
pub mod reason;
pub mod role;
pub mod rule;
pub mod sampling;
pub mod synthetic;
pub mod test_result;
pub mod vaccination;

mod normalise;
