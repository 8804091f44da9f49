//! Idempotency keys: a repeated write answers what the first one answered and does nothing.

/// Key and fingerprint of a request. The outcome is stored in the transaction of the write itself and kept for
/// 48 h ([`Store::purge_expired`](crate::Store::purge_expired)); a repeat with the same fingerprint gets the same outcome
/// with the present state of the person, another fingerprint gets
/// [`StoreError::IdempotencyMismatch`](crate::StoreError::IdempotencyMismatch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// Hash of the caller's identity and the `Idempotency-Key` header.
    pub key: [u8; 32],
    /// Hash of method, path and body.
    pub request: [u8; 32],
}

/// How long outcomes are kept.
pub(crate) const KEPT_H: i64 = 48;
