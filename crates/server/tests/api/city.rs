//! A small city behind a real router: 2 communities, 2 venues, one member of staff per role, nobody registered.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;
use yimatong_model::community::Community;
use yimatong_model::document::Document;
use yimatong_model::ids::{CommunityId, PersonId, StaffId, VenueId};
use yimatong_model::role::Role;
use yimatong_server::app::{App, Parts};
use yimatong_server::auth::session::StaffSession;
use yimatong_server::clock::{Clock as _, ManualClock};
use yimatong_server::config::Config;
use yimatong_server::demo::DemoAccounts;
use yimatong_server::overload::Protection;
use yimatong_server::random;
use yimatong_store::{CommunityRow, Keyring, NewStaff, NewVenue, SqliteStore, Store};

use crate::database::Place;

/// The first venue.
pub(crate) const MARKET: VenueId = VenueId(1);
/// The second venue.
pub(crate) const STATION: VenueId = VenueId(2);

/// 23 November 2026, 10:00 in the city.
pub(crate) fn morning() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

/// A server, its clock and its folder.
pub(crate) struct City {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) folder: TempDir,
    place: Place,
    sqlite: Option<Arc<SqliteStore>>,
}

impl City {
    /// A fresh city at ten in the morning.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A fresh demo city with a configuration of its own.
    pub(crate) async fn with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::make(true, configure).await
    }

    /// A fresh city that is no demo: passwords go by message and an authority is asked.
    pub(crate) async fn real(configure: impl FnOnce(&mut Config)) -> Self {
        Self::make(false, configure).await
    }

    async fn make(demo: bool, configure: impl FnOnce(&mut Config)) -> Self {
        Self::founded(demo, morning(), configure, async |store, now| found(store, now).await).await
    }

    /// A demo city at a time of its own, whose store was filled by somebody else; its staff are there.
    pub(crate) async fn at(
        now: Timestamp,
        configure: impl FnOnce(&mut Config),
        fill: impl AsyncFnOnce(&dyn Store),
    ) -> Self {
        Self::founded(true, now, configure, async |store, now| {
            found_staff(store, now).await;
            fill(store).await;
        })
        .await
    }

    async fn founded(
        demo: bool,
        now: Timestamp,
        configure: impl FnOnce(&mut Config),
        found: impl AsyncFnOnce(&dyn Store, Timestamp),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(now));
        let place = Place::fresh();
        let (app, sqlite) = app_of(&place, folder.path(), Arc::clone(&clock), demo, configure).await;
        found(&*app.store, now).await;
        let app = loaded(app).await;
        Self { app, clock, folder, place, sqlite }
    }

    /// Another node of the city: the same keys in a folder of its own and, on PostgreSQL, connections of its own.
    pub(crate) async fn node(&self) -> Self {
        self.node_with(|_| {}).await
    }

    /// Another node with a configuration of its own.
    pub(crate) async fn node_with(&self, configure: impl FnOnce(&mut Config)) -> Self {
        let folder = self.folder_of_a_node();
        let store = match &self.place {
            Place::Folder => Arc::clone(&self.app.store),
            Place::Postgres(_) => self.place.open(folder.path(), keyring(folder.path())).await.0,
        };
        self.node_in(folder, store, configure).await
    }

    /// Another node, with a store of its own kind over the city's.
    pub(crate) async fn node_on(&self, store: Arc<dyn Store>) -> Self {
        self.node_in(self.folder_of_a_node(), store, |_| {}).await
    }

    fn folder_of_a_node(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&self.folder.path().join("keys"), &folder.path().join("keys"));
        folder
    }

    async fn node_in(
        &self,
        folder: TempDir,
        store: Arc<dyn Store>,
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let clock = Arc::clone(&self.clock);
        let parts = parts(folder.path(), clock, store, true, configure);
        let app = loaded(App::new(parts).unwrap()).await;
        Self {
            app,
            clock: Arc::clone(&self.clock),
            folder,
            place: self.place.clone(),
            sqlite: self.sqlite.clone(),
        }
    }

    /// Stops the server and starts it again on the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|_| {}, |_| {}).await
    }

    /// Stops the server, does something to its folder, and starts it again with a configuration of its own.
    pub(crate) async fn restart_after(
        self,
        meanwhile: impl FnOnce(&Path),
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let Self { app, clock, folder, place, sqlite } = self;
        app.store.close().await.unwrap();
        drop((app, sqlite));
        meanwhile(folder.path());
        let (app, sqlite) = app_of(&place, folder.path(), Arc::clone(&clock), true, configure).await;
        Self { app: loaded(app).await, clock, folder, place, sqlite }
    }

    /// Makes the store stand still for so long.
    pub(crate) fn stall(&self, time: std::time::Duration) {
        let sqlite = self.sqlite.as_ref();
        sqlite
            .expect("only SQLite can be stalled: scripts/test-postgres.sh leaves this test out")
            .stall(time);
    }

    /// The token of the member of staff in this role.
    pub(crate) fn staff(&self, role: Role) -> String {
        self.app.sessions.seal_staff(&StaffSession {
            staff: staff_id(role),
            expires_s: u32::try_from(self.clock.now().as_second() + 3_600).unwrap(),
            session_id: random::bytes(&*self.app.random),
        })
    }

    /// The moment on the clock, Unix seconds.
    pub(crate) fn clock_s(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Calls of the store so far, whatever the verb.
    pub(crate) fn store_calls(&self) -> u64 {
        self.app.store.counters().verbs.iter().map(|verb| verb.calls).sum()
    }

    /// Change number and number of people in the store: equal before and after a refusal.
    pub(crate) async fn written(&self) -> (u64, usize) {
        let people = self.app.store.load_states(None, 10_000).await.unwrap().len();
        (self.app.store.latest_seq().await.unwrap(), people)
    }

    /// Check-ins of a venue on the city day of the clock.
    pub(crate) async fn check_ins(&self, venue: VenueId) -> usize {
        let day = yimatong_model::clock::city_day(self.clock.now());
        self.app.store.list_check_ins(venue, day, None, 1_000).await.unwrap().items.len()
    }

    /// The id of the person with this document.
    pub(crate) async fn person(&self, document: &Document) -> Option<PersonId> {
        self.app.store.find_person(document).await.unwrap()
    }
}

/// Staff are numbered in the order of [`Role::ALL`].
pub(crate) fn staff_id(role: Role) -> StaffId {
    let place = Role::ALL.iter().position(|known| *known == role).unwrap();
    StaffId(u32::try_from(place).unwrap() + 1)
}

/// A server on a folder, not yet loaded, and its store. In the demo one-time passwords are shown.
async fn app_of(
    place: &Place,
    folder: &Path,
    clock: Arc<ManualClock>,
    demo: bool,
    configure: impl FnOnce(&mut Config),
) -> (App, Option<Arc<SqliteStore>>) {
    let (store, sqlite) = place.open(folder, keyring(folder)).await;
    (App::new(parts(folder, clock, store, demo, configure)).unwrap(), sqlite)
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

fn keyring(folder: &Path) -> Arc<Keyring> {
    Arc::new(Keyring::open_or_create(&folder.join("keys"), &*random::system()).unwrap().0)
}

fn parts(
    folder: &Path,
    clock: Arc<ManualClock>,
    store: Arc<dyn Store>,
    demo: bool,
    configure: impl FnOnce(&mut Config),
) -> Parts {
    let mut config = Config::default();
    config.store.data = folder.to_owned();
    config.server.public_url = Some("http://city.test".to_owned());
    configure(&mut config);
    let no_accounts: DemoAccounts =
        serde_json::from_value(serde_json::json!({ "staff": [], "residents": [] })).unwrap();
    let demo = demo.then_some(no_accounts);
    let keyring = keyring(folder);
    Parts { config, clock, random: random::system(), store, keyring, demo, protection: Protection::Ours }
}

/// Loads a server and gives it away.
pub(crate) async fn loaded(mut app: App) -> Arc<App> {
    app.load(&|_| {}).await.unwrap();
    Arc::new(app)
}

/// Fills an empty store with communities and venues.
pub(crate) async fn found_places(store: &dyn Store, now: Timestamp) {
    let community = |id: u32, name: &str| CommunityRow {
        community: Community {
            id: CommunityId(id),
            code: 610_113_001_000 + u64::from(id),
            name: name.to_owned(),
            street: 610_113_001,
            district: 610_113,
            groups: 3,
        },
        street_name: "小寨路街道".to_owned(),
        district_name: "雁塔区".to_owned(),
    };
    store
        .import_communities(vec![community(1, "小寨路街道第1社区"), community(2, "小寨路街道第2社区")])
        .await
        .unwrap();
    let venue = |id: VenueId, name: &str| NewVenue {
        id: Some(id),
        name: name.to_owned(),
        venue_type: "market".to_owned(),
        district_code: 610_113,
        at: now,
    };
    store.import_venues(vec![venue(MARKET, "小寨菜市场"), venue(STATION, "西安北站")]).await.unwrap();
}

/// Fills an empty store with communities, venues and staff.
async fn found(store: &dyn Store, now: Timestamp) {
    found_places(store, now).await;
    found_staff(store, now).await;
}

/// Makes one account per role.
async fn found_staff(store: &dyn Store, now: Timestamp) {
    for role in Role::ALL {
        let staff = NewStaff {
            name: role.as_str().to_owned(),
            role,
            password_hash: "no password fits".to_owned(),
            totp_secret: Vec::new(),
            venue: None,
            at: now,
        };
        assert_eq!(store.create_staff(staff, None).await.unwrap(), staff_id(role));
    }
}
