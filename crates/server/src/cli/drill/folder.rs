//! Data folders for the drill: one demo city is made, every server gets a copy of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A folder of this process; removed when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// An empty one.
    pub(super) fn make(what: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("yimatong-drill-{}-{what}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    /// A copy of this one.
    pub(super) fn copy(&self, what: &str) -> anyhow::Result<Self> {
        let copy = Self::make(what)?;
        copy_into(&self.0, &copy.0).with_context(|| format!("cannot copy {}", self.0.display()))?;
        Ok(copy)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

fn copy_into(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
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
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("drill: {} could not be removed: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_everything_and_goes_away() {
        let original = Folder::make("test-original").unwrap();
        fs::create_dir(original.path().join("keys")).unwrap();
        fs::write(original.path().join("keys/one"), "secret").unwrap();
        let copy = original.copy("test-copy").unwrap();
        let path = copy.path().to_path_buf();
        assert_eq!(fs::read_to_string(path.join("keys/one")).unwrap(), "secret");
        drop(copy);
        assert!(!path.exists() && original.path().exists());
    }
}
