//! The signers of certificates from elsewhere that the city believes: a folder of their certificates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, bail};
use yimatong_credential::dcc::TrustList;

/// Takes every file of the folder that is a certificate; a folder without any is a mistake worth an error. What is left out is
/// told with its reason.
pub fn read(folder: &Path, mut left_out: impl FnMut(&Path, &str)) -> anyhow::Result<TrustList> {
    let mut trust = TrustList::default();
    let files =
        std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for file in files {
        let path = file?.path();
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if let Err(error) = trust.add(&bytes) {
            left_out(&path, &error.to_string());
        }
    }
    if trust.is_empty() {
        bail!("there is no certificate (DER, PEM or Base64) in {}", folder.display());
    }
    Ok(trust)
}

/// Files of which the log was told that they are left out: the folder is read every minute.
#[derive(Debug, Default)]
pub struct LeftOut(Mutex<BTreeSet<PathBuf>>);

impl LeftOut {
    /// Is this the first time of this file?
    pub fn is_first(&self, file: &Path) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_certificates_and_tells_what_it_leaves_out() {
        let folder = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.path().join("signer.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "who they are").unwrap();
        std::fs::create_dir(folder.path().join("old")).unwrap();
        let mut left_out = Vec::new();
        let read =
            read(folder.path(), |path, _| left_out.push(path.file_name().unwrap().to_owned())).unwrap();
        assert_eq!((read.len(), left_out), (1, vec!["notes.txt".into()]));
    }

    #[test]
    fn a_file_that_is_left_out_again_and_again_is_told_once() {
        let left_out = LeftOut::default();
        let tells = ["a.txt", "b.txt", "a.txt"].map(|file| left_out.is_first(Path::new(file)));
        assert_eq!(tells, [true, true, false]);
    }

    #[test]
    fn a_folder_without_certificates_or_that_is_not_there_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        assert!(super::read(folder.path(), |_, _| {}).unwrap_err().to_string().contains("no certificate"));
        assert!(super::read(&folder.path().join("x"), |_, _| {}).is_err());
    }
}
