//! A folder for one measurement, removed afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A folder of this process; removed when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes a fresh folder inside `parent`, or inside the system's folder for temporary files.
    pub(super) fn make(parent: Option<&Path>, what: &str) -> anyhow::Result<Self> {
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_path_buf);
        let path = parent.join(format!("yimatong-bench-{what}-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("bench: {} could not be removed: {error}", self.0.display());
        }
    }
}
