//! Data folders for the drill: one demo city is made, every server gets a copy of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use super::behind;

/// In memory where that is possible: the time of the store is set by the scenario, and a disk that is busy with something
/// else must not add to it.
const IN_MEMORY: &str = "/dev/shm";

/// A folder that only its owner can read; removed when dropped.
#[derive(Debug)]
pub(super) struct Folder(TempDir);

impl Folder {
    /// An empty one.
    pub(super) fn make() -> anyhow::Result<Self> {
        let make = |parent: &Path| {
            let folder = tempfile::Builder::new().prefix("yimatong-drill-").tempdir_in(parent)?;
            let path = folder.path().to_path_buf();
            anyhow::Ok((Self(folder), path))
        };
        behind::folder(|| {
            make(Path::new(IN_MEMORY))
                .or_else(|_| make(&std::env::temp_dir()))
                .context("cannot make a folder for the drill")
        })
    }

    /// A copy of this one.
    pub(super) fn copy(&self) -> anyhow::Result<Self> {
        let copy = Self::make()?;
        copy_into(self.path(), copy.path())
            .with_context(|| format!("cannot copy {}", self.path().display()))?;
        Ok(copy)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

fn copy_into(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            // The keys' folder is only open to its owner, and so is its copy.
            fs::create_dir(&target)?;
            fs::set_permissions(&target, entry.metadata()?.permissions())?;
            copy_into(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

impl Drop for Folder {
    fn drop(&mut self) {
        behind::forgotten(self.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_everything_and_goes_away() {
        let original = Folder::make().unwrap();
        fs::create_dir(original.path().join("keys")).unwrap();
        fs::write(original.path().join("keys/one"), "secret").unwrap();
        let copy = original.copy().unwrap();
        let path = copy.path().to_path_buf();
        assert_eq!(fs::read_to_string(path.join("keys/one")).unwrap(), "secret");
        drop(copy);
        assert!(!path.exists() && original.path().exists());
    }
}
