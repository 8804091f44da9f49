//! The real binary: started on a folder, spoken to over TCP, killed or asked to stop.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Request;
use yimatong_server::clock::{Clock as _, SystemClock};
use yimatong_server::demo::{self, DemoAccounts};
use yimatong_server::random;
use yimatong_store::Keyring;

use crate::city::found_places;
use crate::database::Place;

/// Runs a command of the binary to its end.
pub(crate) fn yimatong(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// A command of the binary without a configuration from the environment of the test.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yimatong"));
    command.args(arguments).env_remove("YIMATONG__SERVER__LISTEN");
    command
}

/// Asks again and again until it is so; gives up after about 30 s.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "between two looks at another process")]
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("gave up waiting until {what}");
}

/// A folder with a small demo city: communities, venues and staff accounts, no people.
pub(crate) fn demo_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    demo::begin(data).unwrap();
    let random = random::system();
    let (keyring, _) = Keyring::open_or_create(&data.join("keys"), &*random).unwrap();
    let keyring = Arc::new(keyring);
    let place = Place::fresh();
    let now = SystemClock.now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (store, _) = place.open(data, Arc::clone(&keyring)).await;
        found_places(&*store, now).await;
        DemoAccounts::create(data, &*store, &keyring, &*random, Vec::new(), now).await.unwrap();
        store.close().await.unwrap();
    });
    if let Some(url) = place.into_url() {
        std::fs::write(data.join(STORE_URL), url).unwrap();
    }
    folder
}

/// In the folder of a city whose rows are elsewhere: where.
const STORE_URL: &str = "test-store-url";

/// The setting for the store of a folder.
fn store_of(data: &Path) -> Option<(&'static str, String)> {
    Some(("YIMATONG__STORE__URL", std::fs::read_to_string(data.join(STORE_URL)).ok()?))
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
    agent: ureq::Agent,
}

impl Server {
    /// Starts the demo city of a folder and waits until it is ready.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts it with some keys of the configuration changed.
    pub(crate) fn start_with(data: &Path, keys: &[(&str, &str)]) -> Self {
        Self::start_as(data, &[], keys)
    }

    /// Starts it with more arguments, too, such as those of a drill.
    pub(crate) fn start_as(data: &Path, arguments: &[&str], keys: &[(&str, &str)]) -> Self {
        let log = data.join("log.txt");
        let mut child = command(&["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .envs(store_of(data))
            .envs(keys.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&log).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let Some(address) = lines.find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            rest.trim_end_matches('/').parse().ok()
        }) else {
            let _ = child.kill();
            panic!("the server did not start: {}", std::fs::read_to_string(&log).unwrap());
        };
        // What it says later is read and dropped, so that a full pipe never stops it.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        let server = Self { child, address, log, agent };
        until("the server is ready", || {
            server.client().get("/readyz", None).is_ok_and(|(status, _)| status == 200)
        });
        server
    }

    /// A client of its own for a thread.
    pub(crate) fn client(&self) -> Client {
        Client { base: format!("http://{}", self.address), agent: self.agent.clone() }
    }

    /// Tells it something by standard input.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// kill -9, in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it has stopped.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        until("the server has stopped", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Speaks JSON to a server.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    agent: ureq::Agent,
}

/// Status and JSON (null where there is none), or nothing when the connection broke.
pub(crate) type Said = Result<(u16, Value), ureq::Error>;

impl Client {
    /// Reads.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> Said {
        self.call("GET", path, token, None, String::new())
    }

    /// Writes, under an idempotency key where one is given.
    pub(crate) fn post(&self, path: &str, token: Option<&str>, key: Option<&str>, body: &Value) -> Said {
        self.call("POST", path, token, key, body.to_string())
    }

    fn call(&self, method: &str, path: &str, token: Option<&str>, key: Option<&str>, body: String) -> Said {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let mut response = self.agent.run(request.body(body).unwrap())?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string()?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Signs a member of the demo's staff in.
    pub(crate) fn sign_in(&self, role: &str) -> String {
        let (_, accounts) = self.get("/v1/demo/accounts", None).unwrap();
        let staff = accounts.as_object().unwrap().values().filter_map(Value::as_array).flatten();
        let account = staff.into_iter().find(|account| account["name"] == role).unwrap().clone();
        let body = json!({ "name": role, "password": account["password"], "totp": account["totp"] });
        let (status, opened) = self.post("/v1/staff/sessions", None, None, &body).unwrap();
        assert_eq!(status, 201, "{opened}");
        opened["token"].as_str().unwrap().to_owned()
    }
}
