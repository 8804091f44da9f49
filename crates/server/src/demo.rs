//! The demo: a synthetic city and one staff account per role, in an empty data folder.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use yimatong_model::role::Role;
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

/// The accounts of a demo city, kept beside its database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccounts(Vec<DemoAccount>);

impl DemoAccounts {
    /// All accounts, by role.
    #[must_use]
    pub fn all(&self) -> &[DemoAccount] {
        &self.0
    }

    /// Makes one account per role and writes them to the data folder.
    pub async fn create(
        data: &Path,
        store: &dyn Store,
        keyring: &Keyring,
        random: &(dyn SecureRandom + Send + Sync),
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let mut accounts = Vec::new();
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
            accounts.push(DemoAccount { name, role, password, totp_secret: made.totp_secret.to_vec() });
        }
        let accounts = Self(accounts);
        secret_file::create(&path(data), &serde_json::to_vec_pretty(&accounts)?)?;
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

/// Looks at a folder before the demo uses it; a real city is never touched.
pub fn look_at(data: &Path) -> anyhow::Result<Folder> {
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
