//! Routes of the noun `keys`.

pub(crate) mod jwks;
