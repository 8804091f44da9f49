//! One connection: opened with the settings durability rests on, and its prepared statements.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, Statement};

use super::error::{connect_error, store_error, with_cause};
use super::sql::Values;
use super::tls::Tls;
use crate::error::{Outage, Result, StoreError};

/// Longest time to wait for a connection to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Longest time to wait for one of several hosts: behind a dead one the next must have its turn.
const HOST_WITHIN: Duration = Duration::from_secs(2);
/// A peer that is silent for so long is gone.
const SILENT_FOR: Duration = Duration::from_secs(20);

/// Run on every new connection. A transaction whose node froze must not hold the rows that others wait for; a database
/// that does not sync by default would lose acknowledged writes. The setting of a cluster is harmless elsewhere.
///
/// A prepared statement keeps its plan. One planned while a table was small would read it whole ever after (until the
/// table is next analyzed), each time longer; all but one (changes in doubt on a cluster, read at a start) have an index. Compiling plans, and starting processes to share
/// the work, costs more than it saves here.
const SETTINGS: &str = "SET idle_in_transaction_session_timeout = '4s'; \
     SET citus.node_connection_timeout = '2s'; \
     SET enable_seqscan = off; \
     SET jit = off; \
     SET max_parallel_workers_per_gather = 0; \
     SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Where to connect and how.
pub(crate) struct Target {
    config: Config,
    tls: Tls,
}

impl Target {
    /// Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=FILE`. Without `sslmode`, TLS is
    /// required unless the host is this machine. Of several hosts (`a:5432,b:5432`) the first is taken that answers and, with
    /// `target_session_attrs=read-write`, is no replica.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let wrong = |problem: &dyn std::fmt::Display| {
            // The URL itself may hold a password and is never shown.
            StoreError::Unusable(format!("the URL of the database can't be used: {problem}"))
        };
        let (url, roots) = take_parameter(url, "sslrootcert");
        let (url, mode) = take_parameter(&url, "sslmode");
        let mut config: Config = url.parse().map_err(|error| wrong(&with_cause(&error)))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong(&"it names no host; its form is postgres://user:password@host:port/database"));
        }
        config.ssl_mode(match mode.as_deref() {
            // Within one machine there is nobody to listen, and the certificate of a fresh installation is nobody's.
            None if config.get_hosts().iter().all(is_this_machine) => SslMode::Disable,
            Some("disable") => SslMode::Disable,
            Some("allow" | "prefer") => SslMode::Prefer,
            // Whatever is asked for, what is encrypted is verified.
            None | Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => return Err(wrong(&"sslmode is disable, prefer, require or verify-full")),
        });
        let each = if config.get_hosts().len() > 1 { HOST_WITHIN } else { CONNECT_WITHIN };
        config.connect_timeout(each).tcp_user_timeout(SILENT_FOR).keepalives_idle(SILENT_FOR / 2);
        if config.get_application_name().is_none() {
            config.application_name("yimatong");
        }
        let tls = Tls::new(roots.map(PathBuf::from).as_deref()).map_err(|error| wrong(&error))?;
        Ok(Self { config, tls })
    }

    /// Stops what runs on a connection, at the server.
    pub(super) async fn cancel(&self, connection: &Connection) {
        // Whatever goes wrong: the connection is given up afterwards.
        let _ = connection.client.cancel_token().cancel_query(self.tls.clone()).await;
    }

    /// Makes a connection.
    pub(crate) async fn connect(&self) -> Result<Connection> {
        let late = |_| StoreError::Unavailable(Outage::Io("the database does not answer".to_owned()));
        let connecting = async {
            let (client, driver) =
                self.config.connect(self.tls.clone()).await.map_err(|error| connect_error(&error))?;
            let driver = tokio::spawn(async move {
                // What goes wrong is told to whoever waits for an answer.
                let _ = driver.await;
            });
            let connection = Connection { client, driver, statements: Mutex::default() };
            connection.client.batch_execute(SETTINGS).await.map_err(|error| store_error(&error))?;
            Ok(connection)
        };
        tokio::time::timeout(CONNECT_WITHIN, connecting).await.map_err(late)?
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

/// Takes a parameter, which the driver does not know, out of a URL.
fn take_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let prefix = format!("{name}=");
    let (mine, others): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with(prefix.as_str()));
    let value = mine.first().map(|pair| pair[prefix.len()..].replace("%2F", "/"));
    (if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) }, value)
}

/// What a prepared statement is found by: its text, or the head of an insert and for how many rows.
type Key = (&'static str, usize);

/// A connection and the statements prepared on it. Dropping it ends the session at once, also when the other side
/// is frozen.
pub(crate) struct Connection {
    pub(crate) client: Client,
    driver: JoinHandle<()>,
    statements: Mutex<HashMap<Key, Statement>>,
}

impl Connection {
    /// Whether the connection is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Prepares a statement once.
    pub(super) async fn prepare(
        &self,
        text: &'static str,
    ) -> std::result::Result<Statement, tokio_postgres::Error> {
        match self.prepared(&(text, 0)) {
            Some(statement) => Ok(statement),
            None => self.prepare_as((text, 0), text).await,
        }
    }

    /// Prepares an insert of so many rows once. The text is long and only made for that.
    pub(super) async fn prepare_rows(
        &self,
        values: &Values,
        rows: usize,
    ) -> std::result::Result<Statement, tokio_postgres::Error> {
        match self.prepared(&(values.head, rows)) {
            Some(statement) => Ok(statement),
            None => self.prepare_as((values.head, rows), &values.text(rows)).await,
        }
    }

    async fn prepare_as(
        &self,
        key: Key,
        text: &str,
    ) -> std::result::Result<Statement, tokio_postgres::Error> {
        let statement = self.client.prepare(text).await?;
        self.statements().insert(key, statement.clone());
        Ok(statement)
    }

    fn prepared(&self, key: &Key) -> Option<Statement> {
        self.statements().get(key).cloned()
    }

    fn statements(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Statement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_elsewhere_needs_tls_unless_the_url_says_otherwise() {
        let mode = |url: &str| Target::parse(url).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://u@db.example/city"), SslMode::Require);
        assert_eq!(mode("postgres://u@127.0.0.1:5432/city"), SslMode::Disable);
        assert_eq!(mode("postgres://u@db.example/city?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://u@127.0.0.1/city?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://u:sslmode=disable@db.example/city"), SslMode::Require, "a password");
        let error = Target::parse("postgres://u@db.example/city?sslmode=full").err().unwrap();
        assert!(error.to_string().contains("verify-full"), "{error}");
    }

    #[test]
    fn the_parameter_for_roots_is_taken_out_of_the_url() {
        let (url, roots) =
            take_parameter("postgres://h/d?sslrootcert=/etc/ca.pem&sslmode=require", "sslrootcert");
        assert_eq!((url.as_str(), roots.as_deref()), ("postgres://h/d?sslmode=require", Some("/etc/ca.pem")));
    }

    #[test]
    fn a_mistake_in_the_url_is_named_with_what_to_write() {
        for (url, named) in [
            ("postgres://", "names no host"),
            ("postgres:///city", "postgres://user:password@host:port/database"),
            ("postgres://h/d?sslrootcert=/missing/ca.pem", "sslrootcert: /missing/ca.pem"),
            ("postgres://h/d?sslmdoe=disable", "sslmdoe"),
        ] {
            let error = Target::parse(url).err().unwrap().to_string();
            assert!(error.starts_with("the URL of the database can't be used: "), "{error}");
            assert!(error.contains(named), "{error}");
        }
    }

    #[tokio::test]
    async fn a_server_without_tls_is_told_with_the_parameter_that_does_without() {
        if std::env::var_os(yimatong_test_database::GIVEN).is_some() {
            return; // somebody else's server, which may have TLS
        }
        let database = yimatong_test_database::Database::empty();
        let target = Target::parse(&format!("{}?sslmode=require", database.url())).unwrap();
        let Err(StoreError::Unusable(message)) = target.connect().await else { panic!("it has no TLS") };
        assert!(message.contains("has no TLS") && message.contains("sslmode=disable"), "{message}");
    }

    #[test]
    fn a_file_without_certificates_is_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let url = format!("postgres://h/d?sslrootcert={}", file.path().display());
        let error = Target::parse(&url).err().unwrap().to_string();
        assert!(error.contains("holds no certificate"), "{error}");
    }

    #[test]
    fn a_password_is_not_in_the_error() {
        let error = Target::parse("postgres://u:secret@h:notaport/d").err().unwrap();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
