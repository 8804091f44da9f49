//! Secrets in files that only their owner can read, made on the first run.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use ring::rand::SecureRandom;
use yimatong_store::is_private;

/// Reads a secret of `N` bytes, or makes it. A file that others can read is used, with a warning in the log.
pub fn read_or_create<const N: usize>(path: &Path, random: &dyn SecureRandom) -> anyhow::Result<[u8; N]> {
    if !path.exists() {
        let mut secret = [0; N];
        random.fill(&mut secret).map_err(|_| anyhow::anyhow!("the machine gave no randomness"))?;
        create(path, &secret)?;
    }
    let bytes = read(path)?;
    let length = bytes.len();
    match bytes.try_into() {
        Ok(secret) => Ok(secret),
        Err(_) => {
            bail!("{} must hold {N} bytes but holds {length}; restore it from your backup", path.display())
        }
    }
}

/// Reads a secret file and warns when strangers may read it too.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let metadata = fs::metadata(path)?;
    if !is_private(&metadata) {
        let mode = metadata.permissions().mode() & 0o777;
        tracing::warn!(
            file = %path.display(),
            mode = format!("{mode:o}"),
            "a key file can be read by others; run: chmod 600 {}",
            path.display()
        );
    }
    Ok(bytes)
}

/// Writes a new secret file with mode 0600: whole or not at all.
pub fn create(path: &Path, secret: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().context("a key file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    let partial = path.with_extension("partial");
    let _ = fs::remove_file(&partial);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .with_context(|| format!("cannot write {}", partial.display()))?;
    file.write_all(secret)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_with_mode_0600() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/session.key");
        let random = crate::random::system();
        let first: [u8; 32] = read_or_create(&path, &*random).unwrap();
        let second: [u8; 32] = read_or_create(&path, &*random).unwrap();
        assert_eq!(first, second);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_secret_of_the_wrong_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.key");
        create(&path, b"short").unwrap();
        let error = read_or_create::<32>(&path, &*crate::random::system()).unwrap_err();
        assert!(error.to_string().contains("must hold 32 bytes"), "{error}");
    }
}
