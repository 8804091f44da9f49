//! The SMS gateway: a trait with an HTTP webhook and, for `--demo` only, one that shows the text on the page.

use async_trait::async_trait;
use serde_json::json;
use yimatong_model::phone::Phone;

use crate::config::SmsConfig;
use crate::outgoing::Service;
use crate::problem::{Code, Problem};

/// Sends short texts.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Sends `text` to `phone`, or says why it can't.
    async fn send(&self, phone: &Phone, text: &str) -> Result<(), Problem>;

    /// Says why no message can ever be sent, if that is so.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// May the page show the one-time password instead? Only the demo's gateway says yes.
    fn shows_on_page(&self) -> bool {
        false
    }
}

/// The gateway of this configuration.
#[must_use]
pub fn gateway(config: &SmsConfig, demo: bool) -> Box<dyn SmsGateway> {
    match config {
        SmsConfig::Webhook { url, secret } => Box::new(Webhook(Service::new(url, secret))),
        SmsConfig::None if demo => Box::new(OnPage),
        SmsConfig::None => Box::new(Absent),
    }
}

struct Webhook(Service);

#[async_trait]
impl SmsGateway for Webhook {
    async fn send(&self, phone: &Phone, text: &str) -> Result<(), Problem> {
        let body = json!({ "phone": phone.canonical(), "text": text });
        self.0.post(body).await.map(drop).map_err(|error| {
            tracing::error!(%error, "the SMS gateway did not take a message");
            Problem::new(Code::SmsUnavailable).retry_after_s(30)
        })
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
        self.check()
    }

    fn check(&self) -> Result<(), Problem> {
        Err(Problem::new(Code::SmsUnavailable)
            .because("no SMS gateway is configured; set [sms] kind = \"webhook\"", "尚未配置短信网关"))
    }
}
