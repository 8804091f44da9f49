//! The yardstick of durable writes: a loop over bare SQLite, which lives in the store's crate because only that
//! crate may contain SQL.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// Runs the yardstick over a fresh database and answers rows per second. `program` is the executable of
/// `crates/store/benches/check_ins.rs`.
pub(super) fn rows_per_s(program: &Path, batches: usize) -> anyhow::Result<f64> {
    let output = Command::new(program)
        .args(["--bare", &batches.to_string()])
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{} failed: {text}{}",
        program.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    text.trim().parse().with_context(|| format!("{} printed no number: {text}", program.display()))
}
