//! Routes of the noun `paper-codes`.

pub(crate) mod issue;
