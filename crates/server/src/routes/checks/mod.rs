//! Checks at a gate: by document (for people without a phone), or of a shown code with the server's knowledge.

pub(crate) mod by_document;
pub(crate) mod by_text;
pub(crate) mod create;
