//! Data folders for the drill: one demo city is made, every server gets a copy of it.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;

/// All folders that are there now.
static KEPT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn kept() -> MutexGuard<'static, Vec<PathBuf>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every folder when this process is told to end. Its server ends by itself when its standard input does, and what it
/// still writes meanwhile goes with the folder.
pub(super) fn remove_when_interrupted() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    std::thread::Builder::new().name("drill-interrupted".to_owned()).spawn(move || {
        runtime.block_on(crate::server::stop_signal());
        for path in kept().drain(..) {
            let _ = fs::remove_dir_all(path);
        }
        eprintln!("drill: interrupted; there is no report · 演练已中断，没有报告");
        std::process::exit(130);
    })?;
    Ok(())
}

/// A folder of this process; removed when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// An empty one.
    pub(super) fn make(what: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("yimatong-drill-{}-{what}", std::process::id()));
        // It holds a city's keys, if only a demo's.
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        kept().push(path.clone());
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
        kept().retain(|path| *path != self.0);
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
