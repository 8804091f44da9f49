//! Routes of the noun `people`.

pub(crate) mod paper_code;
pub(crate) mod read_file;
pub(crate) mod register;
