//! Who may read key files.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

const ROOT: u32 = 0;

/// Is a key file, or the folder of key files, closed to strangers? What a user owns only that user may open. What root owns may be read by
/// its group, since root gave it to that group: so a container's platform mounts secrets (mode 0440, group of the process). A
/// folder of root's may be listed, but not be written by everybody.
#[must_use]
pub fn is_private(metadata: &Metadata) -> bool {
    let mode = metadata.permissions().mode();
    match (metadata.uid(), metadata.is_dir()) {
        (ROOT, true) => mode & 0o002 == 0 || mode & 0o1000 != 0,
        (ROOT, false) => mode & 0o037 == 0,
        _ => mode & 0o077 == 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::chown;

    use super::*;

    #[test]
    fn a_group_may_read_what_root_gave_it_and_nobody_else_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.key");
        fs::write(&path, "secret").unwrap();
        let is_root = fs::metadata(&path).unwrap().uid() == ROOT;
        let private = |mode: u32| {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            is_private(&fs::metadata(&path).unwrap())
        };
        assert!(private(0o600) && private(0o400));
        assert!(!private(0o644) && !private(0o660) && !private(0o604));
        assert_eq!((private(0o440), private(0o640)), (is_root, is_root));
        if is_root {
            chown(&path, Some(10_001), None).unwrap();
            assert!(private(0o600) && !private(0o440) && !private(0o640));
        }
    }
}
