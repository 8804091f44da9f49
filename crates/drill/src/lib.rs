//! The drill: black-box load, surge and fault tests of a running server. Speaks HTTP only.

pub mod faults;
pub mod measured;
