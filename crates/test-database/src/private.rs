//! The private server: one per test process, on a port of its own, with fsync on.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::{binaries, run_sql};

/// Makes and runs the server as `$1`, its folder, says; ends when its standard input does.
const SCRIPT: &str = r#"
trap '' INT
folder=$1 bin=$2 port=$3
"$bin/initdb" --pgdata="$folder/data" --auth=trust --username=city --encoding=UTF8 --no-locale --no-sync \
    >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; rm -rf "$folder"; exit 1; }
"$bin/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories= \
    -c max_connections=400 -c shared_buffers=64MB >"$folder/log" 2>&1 &
server=$!
echo started
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$folder"
"#;

/// The database that others are copied from.
const TEMPLATE: &str = "city_template";

/// A running server.
pub(crate) struct Server {
    bin: PathBuf,
    port: u16,
    next: AtomicU32,
    /// Whether the template is there; also held while a copy is made, as two copies at once are refused.
    template: Mutex<bool>,
    /// Its standard input keeps the server running; it is never closed before this process ends.
    _shell: Child,
}

impl Server {
    /// The server of this process, started when it is first asked for.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The URL of a fresh copy of the migrated template.
    pub(crate) fn fresh(&self, migrate: impl FnOnce(&str) + Send) -> String {
        let mut has_template = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        if !*has_template {
            self.sql(&format!("DROP DATABASE IF EXISTS {TEMPLATE}"));
            self.sql(&format!("CREATE DATABASE {TEMPLATE}"));
            migrate(&self.url(TEMPLATE));
            *has_template = true;
        }
        self.create(&format!("TEMPLATE {TEMPLATE}"))
    }

    /// The URL of a database without tables.
    pub(crate) fn empty(&self) -> String {
        self.create("")
    }

    fn create(&self, like: &str) -> String {
        let name = format!("city_{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.sql(&format!("CREATE DATABASE {name} {like}"));
        self.url(&name)
    }

    fn start() -> Self {
        let bin = binaries::folder();
        let folder = std::env::temp_dir().join(format!("yimatong-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let port = free_port();
        let mut shell = shell(&folder)
            .arg(&folder)
            .arg(&bin)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A signal from the keyboard is for the tests; the server ends after them.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let mut said = String::new();
        let output = shell.stdout.take().expect("invariant: the output is piped");
        BufReader::new(output).read_line(&mut said).expect("a shell's output is text");
        assert_eq!(said.trim(), "started", "PostgreSQL could not be set up in {}", folder.display());
        let server = Self { bin, port, next: AtomicU32::new(1), template: Mutex::new(false), _shell: shell };
        server.wait_until_ready(&folder);
        server
    }

    fn wait_until_ready(&self, folder: &Path) {
        let mut last = String::new();
        for _ in 0..600 {
            match run_sql(&self.bin.join("psql"), &self.url("postgres"), "SELECT 1") {
                Ok(_) => return,
                Err(error) => last = error,
            }
            #[expect(clippy::disallowed_methods, reason = "between two looks at another process")]
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL did not become ready: {last}\n{log}");
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://city@127.0.0.1:{}/{database}", self.port)
    }

    fn sql(&self, sql: &str) {
        if let Err(error) = run_sql(&self.bin.join("psql"), &self.url("postgres"), sql) {
            panic!("{sql}: {error}");
        }
    }
}

/// A shell that runs the script; PostgreSQL refuses to run as root, so then as another user, who gets the folder.
fn shell(folder: &Path) -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mut command = Command::new(if is_root { "setpriv" } else { "sh" });
    if is_root {
        let (user, group) = other_user();
        std::os::unix::fs::chown(folder, Some(user), Some(group)).expect("root gives folders away");
        command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".to_owned()]);
        command.arg("sh");
    }
    command.args(["-c", SCRIPT, "sh"]);
    command
}

/// User and group of `postgres`, else of `nobody`.
fn other_user() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").expect("a machine has users");
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let ids = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            (fields.first() == Some(&wanted)).then_some(ids)
        })
    };
    find("postgres").or_else(|| find("nobody")).expect("a machine has the user nobody")
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("a listener has an address").port()
}
