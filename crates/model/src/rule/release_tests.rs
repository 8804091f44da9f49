//! Tests, written below.
