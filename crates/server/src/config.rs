//! The configuration: defaults, then the file, then `YIMATONG__SECTION__KEY` from the environment.

mod address_range;
mod environment;
mod server;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::registry::part::Part;
pub use address_range::AddressRange;
pub use server::ServerConfig;

/// Prefix of the environment variables that override single keys.
pub const ENV_PREFIX: &str = "YIMATONG__";
/// Everything an installation can set. Unknown keys are errors, so that a typing mistake is never silent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The HTTP server.
    pub server: ServerConfig,
    /// The city and its rules.
    pub city: CityConfig,
    /// Certificates from elsewhere.
    pub credentials: CredentialsConfig,
    /// Where rows are kept.
    pub store: StoreConfig,
    /// The registry in memory.
    pub registry: RegistryConfig,
    /// How one-time passwords reach phones.
    pub sms: SmsConfig,
    /// Who confirms that a document and a name belong together.
    pub authority: AuthorityConfig,
    /// Where alarms are told.
    pub alarms: AlarmsConfig,
    /// Log output.
    pub log: LogConfig,
}

/// The city and its rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CityConfig {
    /// Division code of the city (GB/T 2260), also the issuer of every credential.
    pub code: u32,
    /// A shipped rule pack (`xian-2021-12`, `zhengzhou-2022-01`) or the path of a TOML file.
    pub rules: String,
}

impl Default for CityConfig {
    fn default() -> Self {
        Self { code: 610_100, rules: "xian-2021-12".to_owned() }
    }
}

/// Certificates from elsewhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CredentialsConfig {
    /// A folder of certificates (DER, PEM or Base64) of the signers of EU test certificates that people may declare with. Read at
    /// the start and once a minute. Without it only the city's own certificates are taken.
    pub trust: Option<PathBuf>,
}

/// Where rows are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// The folder that holds the database, the keys and the snapshot.
    pub data: PathBuf,
    /// `sqlite:` for a database in the folder, or `postgres://user:password@host:port/database`, with
    /// `?sslrootcert=FILE` where the server's certificate is not signed by a public authority.
    #[serde(serialize_with = "without_password")]
    pub url: SecretString,
    /// A replica of a PostgreSQL database for histories and statistics, which may lag.
    #[serde(serialize_with = "optional_without_password")]
    pub replica_url: Option<SecretString>,
    /// Most connections to a PostgreSQL database (and to its replica).
    pub connections: u32,
    /// Bring a PostgreSQL database to the newest version at the start. False: a node that finds it older does not start, and
    /// `yimatong migrate` does it, under an account that may change tables.
    pub migrate: bool,
    /// How long check-ins are kept, in days.
    pub check_in_days: u32,
}

impl Default for StoreConfig {
    fn default() -> Self {
        let url = SecretString::from("sqlite:");
        Self {
            data: PathBuf::from("data"),
            url,
            replica_url: None,
            connections: 16,
            migrate: true,
            check_in_days: 30,
        }
    }
}

impl StoreConfig {
    /// Whether rows are kept in PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        is_postgres(self.url.expose_secret())
    }

    fn check(&self) -> anyhow::Result<()> {
        let url = self.url.expose_secret();
        if url != "sqlite:" && !is_postgres(url) {
            bail!("store.url must be sqlite: or begin with postgres://");
        }
        if self.replica_url.as_ref().is_some_and(|url| !is_postgres(url.expose_secret())) {
            bail!("store.replica_url must begin with postgres://");
        }
        within("store.connections", self.connections.into(), 1, 1_000)?;
        within("store.check_in_days", self.check_in_days.into(), 1, 90)
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// The registry in memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistryConfig {
    /// Which people this node keeps: all (`1/1`), or one part of several, as `2/16`.
    pub part: Part,
    /// Seconds between two snapshots.
    pub snapshot_every_s: u64,
    /// Signed codes kept ready to show, at most this many.
    pub ready_codes: usize,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self { part: Part::WHOLE, snapshot_every_s: 600, ready_codes: 200_000 }
    }
}

/// How one-time passwords reach phones.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SmsConfig {
    /// No gateway: log-in by phone is refused with a clear answer.
    #[default]
    None,
    /// Posts `{"phone","text"}` to an HTTP endpoint.
    Webhook {
        /// The endpoint.
        url: String,
        /// Sent as a bearer token.
        #[serde(serialize_with = "redacted")]
        secret: SecretString,
    },
}

/// Who confirms that a document and a name belong together.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AuthorityConfig {
    /// No authority: registration is refused with a clear answer.
    #[default]
    None,
    /// Posts `{"documentKind","documentNumber","name"}` and expects `{"match": bool}`.
    Http {
        /// The endpoint.
        url: String,
        /// Sent as a bearer token.
        #[serde(serialize_with = "redacted")]
        secret: SecretString,
    },
}

/// Where alarms are told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlarmsConfig {
    /// An HTTP endpoint that gets every alarm as JSON (docs/ops.md), when it fires and when it is over.
    pub webhook_url: Option<String>,
    /// Sent to it as a bearer token.
    #[serde(serialize_with = "redacted")]
    pub webhook_secret: SecretString,
}

/// Log output.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// A tracing filter, such as `info` or `yimatong_server=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A URL for people: what stands between the user and the host is left out.
fn without_password<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown(url.expose_secret()))
}

fn optional_without_password<S: Serializer>(
    url: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match url {
        None => serializer.serialize_none(),
        Some(url) => without_password(url, serializer),
    }
}

fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

fn redacted<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if secret.expose_secret().is_empty() { "" } else { "[hidden]" })
}

impl Config {
    /// Reads the file (if any) and the overrides. Errors name the key and say what to do.
    pub fn load(
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the configuration file {}", path.display()))?
                .parse::<toml::Table>()
                .with_context(|| format!("{} is not valid TOML", path.display()))?,
        };
        let defaults = toml::Table::try_from(Self::default()).context("the defaults are not TOML")?;
        for (name, text) in env {
            if let Some(keys) = name.strip_prefix(ENV_PREFIX) {
                environment::set(&mut table, &defaults, keys, &text)
                    .with_context(|| format!("environment variable {name}"))?;
            }
        }
        let config: Self = table.try_into().context("the configuration is not valid")?;
        config.check()?;
        Ok(config)
    }

    /// Refuses values that make no sense; the error names the key.
    pub fn check(&self) -> anyhow::Result<()> {
        self.server.check()?;
        if let Some(url) = &self.alarms.webhook_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            bail!("alarms.webhook_url must begin with http:// or https://, but is {url:?}");
        }
        if yimatong_model::city::city(self.city.code).is_none() {
            bail!(
                "city.code must be a city there are data for, 610100 (Xi'an) or 410100 (Zhengzhou), but is {}",
                self.city.code
            );
        }
        self.store.check()
    }

    /// Refuses a part of the city on SQLite: the other parts would lie at nodes that can't use this database.
    pub fn check_part(&self) -> anyhow::Result<()> {
        if !self.registry.part.is_whole() && !self.store.is_postgres() {
            bail!(
                "registry.part is {}, but store.url is SQLite, which one node alone can use: the people of the other parts would \
                 have no node. Remove registry.part, or set store.url to a PostgreSQL database that all nodes share",
                self.registry.part
            );
        }
        Ok(())
    }

    /// The effective configuration as TOML, secrets hidden.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        toml::to_string_pretty(self).context("the configuration cannot be written as TOML")
    }

    /// The address that goes into credentials.
    #[must_use]
    pub fn public_url(&self) -> String {
        self.server
            .public_url
            .clone()
            .unwrap_or_else(|| format!("{}://{}", self.server.scheme(), self.server.listen))
    }
}

/// A number that has to lie between two others; the error names its key.
fn within(key: &str, value: u64, least: u64, most: u64) -> anyhow::Result<()> {
    if !(least..=most).contains(&value) {
        bail!("{key} must be {least} to {most}, but is {value}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_environment_overrides_single_keys() {
        let config = Config::load(
            None,
            env(&[
                ("YIMATONG__SERVER__LISTEN", "127.0.0.1:9"),
                ("YIMATONG__CITY__CODE", "410100"),
                ("HOME", "/"),
            ]),
        )
        .unwrap();
        assert_eq!(config.server.listen.port(), 9);
        assert_eq!(config.city.code, 410_100);
    }

    #[test]
    fn a_secret_of_digits_stays_a_text_and_a_word_is_no_number() {
        let webhook = |secret| {
            env(&[
                ("YIMATONG__SMS__KIND", "webhook"),
                ("YIMATONG__SMS__URL", "http://127.0.0.1:1/"),
                ("YIMATONG__SMS__SECRET", secret),
            ])
        };
        for secret in ["20211220", "true", "[1]", "\"quoted\"", "007"] {
            let SmsConfig::Webhook { secret: read, .. } = Config::load(None, webhook(secret)).unwrap().sms
            else {
                panic!("the kind is webhook");
            };
            assert_eq!(read.expose_secret(), secret);
        }
        let error = Config::load(None, env(&[("YIMATONG__CITY__CODE", "Xi'an")])).unwrap_err();
        assert!(format!("{error:#}").contains("city"), "{error:#}");
    }

    #[test]
    fn a_part_is_taken_from_the_environment_and_anything_else_is_refused_with_its_form() {
        let part = |text| Config::load(None, env(&[("YIMATONG__REGISTRY__PART", text)]));
        assert_eq!(part("2/16").unwrap().registry.part.to_string(), "2/16");
        assert!(Config::default().registry.part.is_whole());
        let error = format!("{:#}", part("17/16").unwrap_err());
        assert!(error.contains("part") && error.contains("such as 2/16"), "{error}");
    }

    #[test]
    fn a_part_of_the_city_needs_a_database_that_several_nodes_can_use() {
        let mut config = Config::default();
        config.check_part().unwrap();
        config.registry.part = "2/16".parse().unwrap();
        let error = config.check_part().unwrap_err().to_string();
        assert!(error.contains("registry.part is 2/16") && error.contains("PostgreSQL"), "{error}");
        config.store.url = "postgres://u@db.test/city".to_owned().into();
        config.check_part().unwrap();
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let error = Config::load(None, env(&[("YIMATONG__SERVER__LISSEN", "x")])).unwrap_err();
        assert!(format!("{error:#}").contains("lissen"), "{error:#}");
    }

    #[test]
    fn a_public_address_that_would_outgrow_the_qr_code_is_refused() {
        let url = format!("https://{}.example", "a".repeat(40));
        let error = Config::load(None, env(&[("YIMATONG__SERVER__PUBLIC_URL", &url)])).unwrap_err();
        assert!(error.to_string().contains("at most 34 characters"), "{error}");
    }

    #[test]
    fn times_without_a_sensible_length_are_refused_at_start() {
        for (name, value) in [
            ("YIMATONG__SERVER__SESSION_DAYS", "4294967295"),
            ("YIMATONG__SERVER__STAFF_SESSION_H", "0"),
            ("YIMATONG__STORE__CHECK_IN_DAYS", "91"),
            ("YIMATONG__SERVER__CONNECTIONS", "0"),
            ("YIMATONG__SERVER__HEADER_TIMEOUT_MS", "0"),
            ("YIMATONG__SERVER__IDLE_TIMEOUT_FULL_MS", "60001"),
            ("YIMATONG__SERVER__PUBLIC_URL", "httpx://city.test"),
            ("YIMATONG__ALARMS__WEBHOOK_URL", "alarms.test"),
        ] {
            let error = Config::load(None, env(&[(name, value)])).unwrap_err().to_string();
            assert!(error.contains("must be"), "{error}");
        }
    }

    #[test]
    fn printing_the_configuration_hides_secrets() {
        let config = Config::load(
            None,
            env(&[
                ("YIMATONG__SMS__KIND", "webhook"),
                ("YIMATONG__SMS__URL", "http://127.0.0.1:1/"),
                ("YIMATONG__SMS__SECRET", "hunter2"),
                ("YIMATONG__ALARMS__WEBHOOK_SECRET", "hunter2"),
            ]),
        )
        .unwrap();
        let printed = config.to_toml().unwrap();
        assert!(printed.contains("[hidden]") && !printed.contains("hunter2"), "{printed}");
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn printing_the_url_of_the_store_hides_its_password() {
        let url = "postgres://city:hunter2@db.test:5432/city?sslmode=require";
        let config = Config::load(None, env(&[("YIMATONG__STORE__URL", url)])).unwrap();
        assert!(config.store.is_postgres());
        let printed = config.to_toml().unwrap();
        assert!(
            printed.contains("postgres://city@db.test:5432/city") && !printed.contains("hunter2"),
            "{printed}"
        );
        assert!(!format!("{config:?}").contains("hunter2"));
        let error = Config::load(None, env(&[("YIMATONG__STORE__URL", "mysql://h/d")])).unwrap_err();
        assert!(error.to_string().contains("must be sqlite:"), "{error}");
    }

    #[test]
    fn the_printed_defaults_can_be_read_again() {
        let printed = Config::default().to_toml().unwrap();
        let table: toml::Table = printed.parse().unwrap();
        let again: Config = table.try_into().unwrap();
        assert_eq!(again.to_toml().unwrap(), printed);
    }
}
