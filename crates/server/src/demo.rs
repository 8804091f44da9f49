//! The demo: a synthetic city and one staff account per role, in an empty data folder.

pub mod points;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use yimatong_model::role::Role;
use yimatong_model::synthetic::SyntheticCity;
use yimatong_store::{Keyring, Store};

use crate::auth::account::{self, NewAccount};
use crate::secret_file;

/// People in the demo city.
pub const PEOPLE: u32 = 20_000;
/// Seed of the demo city.
pub const SEED: u64 = 1;

/// One account of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The name to sign in with: the role's.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Its password, shown on the page.
    pub password: String,
    /// Its second factor, whose code is shown on the page.
    pub totp_secret: Vec<u8>,
}

/// A synthetic resident to sign in as.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoResident {
    /// The phone to sign in with; the page shows the one-time password.
    pub phone: String,
    /// What can be seen there, such as a reason.
    pub shows: String,
}

/// The accounts of a demo city, kept beside its database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccounts {
    staff: Vec<DemoAccount>,
    residents: Vec<DemoResident>,
}

impl DemoAccounts {
    /// The staff accounts, by role.
    #[must_use]
    pub fn staff(&self) -> &[DemoAccount] {
        &self.staff
    }

    /// Some residents worth looking at.
    #[must_use]
    pub fn residents(&self) -> &[DemoResident] {
        &self.residents
    }

    /// Makes one account per role and writes them to the data folder.
    pub async fn create(
        data: &Path,
        store: &dyn Store,
        keyring: &Keyring,
        random: &(dyn SecureRandom + Send + Sync),
        residents: Vec<DemoResident>,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let mut staff = Vec::new();
        for role in Role::ALL {
            let account = NewAccount {
                name: role.as_str().to_owned(),
                role,
                venue: None,
                password: account::make_password(random),
            };
            let made = account::create(store, keyring, random, &account, now)
                .await
                .map_err(|problem| anyhow::anyhow!("cannot make the demo account {role}: {problem:?}"))?;
            let NewAccount { name, role, password, .. } = account;
            staff.push(DemoAccount { name, role, password, totp_secret: made.totp_secret.to_vec() });
        }
        let accounts = Self { staff, residents };
        secret_file::create(&path(data), &serde_json::to_vec_pretty(&accounts)?)?;
        std::fs::remove_file(unfinished(data))?;
        Ok(accounts)
    }

    /// Reads the accounts of a demo city that was made before.
    pub fn read(data: &Path) -> anyhow::Result<Self> {
        let bytes = secret_file::read(&path(data))?;
        serde_json::from_slice(&bytes).context("the demo accounts can't be read")
    }
}

/// The accounts lie in their own folder: the folder of a secret gets mode 0700.
fn path(data: &Path) -> PathBuf {
    data.join("keys/demo-accounts.json")
}

/// What a data folder holds, as far as the demo is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// Nothing yet.
    Empty,
    /// A demo city that was made before.
    Demo,
}

/// Stands in the folder while a demo city is being written.
fn unfinished(data: &Path) -> PathBuf {
    data.join("demo-unfinished")
}

/// Residents to sign in as: one without a reason and one for each kind of reason, at most five.
#[must_use]
pub fn residents(city: &SyntheticCity, now: Timestamp) -> Vec<DemoResident> {
    let mut residents: Vec<DemoResident> = Vec::new();
    for person in city.people(now) {
        let shows = person.reasons.first().map_or("green", |reason| reason.code.as_str());
        if let Some(phone) = person.phone
            && residents.iter().all(|resident| resident.shows != shows)
        {
            residents.push(DemoResident { phone: phone.canonical(), shows: shows.to_owned() });
        }
        if residents.len() == 5 {
            break;
        }
    }
    residents
}

/// Looks at a folder before the demo uses it; a real city is never touched. A demo city whose making was
/// interrupted is removed, so that it can be made again.
pub fn look_at(data: &Path) -> anyhow::Result<Folder> {
    if unfinished(data).exists() {
        for name in ["yimatong.db", "yimatong.db-wal", "yimatong.db-shm", "keys/demo-accounts.json"] {
            match std::fs::remove_file(data.join(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        return Ok(Folder::Empty);
    }
    if path(data).exists() {
        return Ok(Folder::Demo);
    }
    if data.join("yimatong.db").exists() {
        bail!(
            "{} already holds a city, which --demo never touches; leave --demo out, or give another --data",
            data.display()
        );
    }
    Ok(Folder::Empty)
}

/// Refuses a folder with a demo city whose making was interrupted: the next `--demo` removes what is there.
pub fn refuse_unfinished(data: &Path) -> anyhow::Result<()> {
    if unfinished(data).exists() {
        bail!(
            "the demo city in {} was never finished; make it again with --demo, or give another --data",
            data.display()
        );
    }
    Ok(())
}

/// Marks a folder as one where a demo city is being written.
pub fn begin(data: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(data)?;
    std::fs::write(unfinished(data), "a demo city is being written; if this stays, --demo begins again\n")
        .with_context(|| format!("cannot write to {}", data.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_a_real_city_is_refused_and_an_interrupted_demo_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        assert_eq!(look_at(data).unwrap(), Folder::Empty);
        std::fs::write(data.join("yimatong.db"), "rows").unwrap();
        assert!(look_at(data).unwrap_err().to_string().contains("never touches"));
        begin(data).unwrap();
        assert_eq!(look_at(data).unwrap(), Folder::Empty);
        assert!(!data.join("yimatong.db").exists());
    }

    #[test]
    fn the_demo_shows_residents_of_several_kinds() {
        let now = Timestamp::from_second(1_640_000_000).unwrap();
        let residents = residents(&SyntheticCity::new(610_100, PEOPLE, SEED).unwrap(), now);
        assert_eq!(residents.len(), 5);
        assert_eq!(residents[0].shows, "green");
    }
}
