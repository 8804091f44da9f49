//! The signers of certificates from elsewhere that the city believes: a folder of their certificates.

use std::path::Path;

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
