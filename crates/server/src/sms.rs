//! The SMS gateway: a trait with an HTTP webhook and, for `--demo` only, one that shows the text on the page.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use yimatong_model::phone::Phone;

use crate::config::SmsConfig;
use crate::problem::{Code, Problem};

/// Sends short texts.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Sends `text` to `phone`, or says why it can't.
    async fn send(&self, phone: &Phone, text: &str) -> Result<(), Problem>;

    /// May the page show the one-time password instead? Only the demo's gateway says yes.
    fn shows_on_page(&self) -> bool {
        false
    }
}

/// The gateway of this configuration.
#[must_use]
pub fn gateway(config: &SmsConfig, demo: bool) -> Box<dyn SmsGateway> {
    match config {
        SmsConfig::Webhook { url, secret } => {
            Box::new(Webhook { url: url.clone(), secret: secret.clone(), agent: agent() })
        }
        SmsConfig::None if demo => Box::new(OnPage),
        SmsConfig::None => Box::new(Absent),
    }
}

/// An HTTP client with a limit on every step.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(5))).build().into()
}

struct Webhook {
    url: String,
    secret: SecretString,
    agent: ureq::Agent,
}

#[async_trait]
impl SmsGateway for Webhook {
    async fn send(&self, phone: &Phone, text: &str) -> Result<(), Problem> {
        let body = json!({ "phone": phone.canonical(), "text": text });
        let request = self
            .agent
            .post(&self.url)
            .header("authorization", format!("Bearer {}", self.secret.expose_secret()));
        let sent = tokio::task::spawn_blocking(move || request.send_json(body)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(%error, "the SMS gateway did not take a message");
                Err(Problem::new(Code::SmsUnavailable).retry_after_s(30))
            }
            Err(_) => Err(Problem::new(Code::Internal)),
        }
    }
}

/// The demo's gateway: the page shows the one-time password.
struct OnPage;

#[async_trait]
impl SmsGateway for OnPage {
    async fn send(&self, _: &Phone, _: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn shows_on_page(&self) -> bool {
        true
    }
}

/// No gateway is configured.
struct Absent;

#[async_trait]
impl SmsGateway for Absent {
    async fn send(&self, _: &Phone, _: &str) -> Result<(), Problem> {
        Err(Problem::new(Code::SmsUnavailable)
            .because("no SMS gateway is configured; set [sms] kind = \"webhook\"", "尚未配置短信网关"))
    }
}
