//! Which store the tests use: SQLite in the folder of each city, or with `YIMATONG_TEST_STORE=postgres` a database of its own
//! per city.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use yimatong_server::clock::monotonic;
use yimatong_server::random;
use yimatong_store::{Keyring, PostgresOptions, PostgresStore, Provision, SqliteOptions, SqliteStore, Store};
use yimatong_test_database::Database;

/// Where a city keeps its rows.
#[derive(Clone)]
pub(crate) enum Place {
    /// In its folder.
    Folder,
    /// In a database.
    Postgres(Arc<Database>),
}

impl Place {
    /// A fresh place of the kind that is tested.
    pub(crate) fn fresh() -> Self {
        match std::env::var("YIMATONG_TEST_STORE").as_deref() {
            Ok("postgres") => Self::Postgres(Arc::new(Database::fresh(migrate))),
            Ok("sqlite") | Err(_) => Self::Folder,
            Ok(other) => panic!("YIMATONG_TEST_STORE is sqlite or postgres, not {other}"),
        }
    }

    /// Opens the store at full speed; SQLite can be stalled.
    pub(crate) async fn open(
        &self,
        folder: &Path,
        keyring: Arc<Keyring>,
    ) -> (Arc<dyn Store>, Option<Arc<SqliteStore>>) {
        match self {
            Self::Folder => {
                let options = SqliteOptions {
                    provision: Some(Provision { connections: 4_096, time: Duration::ZERO }),
                    ..SqliteOptions::new(folder.join("yimatong.db"), monotonic)
                };
                let sqlite = Arc::new(SqliteStore::open(&options, keyring, random::system()).unwrap());
                (sqlite.clone(), Some(sqlite))
            }
            Self::Postgres(database) => {
                let options = PostgresOptions::new(database.url());
                (Arc::new(PostgresStore::open(&options, keyring, random::system()).await.unwrap()), None)
            }
        }
    }

    /// The value of `store.url` for a real server, which then keeps the database until the tests end.
    pub(crate) fn into_url(self) -> Option<String> {
        static KEPT: Mutex<Vec<Arc<Database>>> = Mutex::new(Vec::new());
        match self {
            Self::Folder => None,
            Self::Postgres(database) => {
                let url = database.url().to_owned();
                KEPT.lock().unwrap().push(database);
                Some(url)
            }
        }
    }
}

/// Brings the database of a URL to the newest version; on a thread of its own, as the caller may be in a runtime.
fn migrate(url: &str) {
    let migrate = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(PostgresStore::migrate(url)).unwrap();
    };
    std::thread::scope(|scope| scope.spawn(migrate).join().unwrap());
}
