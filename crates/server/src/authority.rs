//! The identity authority: confirms that a document and a name belong together.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use yimatong_model::document::Document;
use yimatong_model::name::PersonName;

use crate::config::AuthorityConfig;
use crate::problem::{Code, Problem};

/// Confirms identities.
#[async_trait]
pub trait Authority: Send + Sync {
    /// Succeeds when document and name belong together; otherwise `identity-mismatch` or
    /// `authority-unavailable`.
    async fn confirm(&self, document: &Document, name: &PersonName) -> Result<(), Problem>;
}

/// The authority of this configuration.
#[must_use]
pub fn authority(config: &AuthorityConfig, demo: bool) -> Box<dyn Authority> {
    match config {
        AuthorityConfig::Http { url, secret } => {
            Box::new(Http { url: url.clone(), secret: secret.clone(), agent: crate::sms::agent() })
        }
        AuthorityConfig::None if demo => Box::new(Demo),
        AuthorityConfig::None => Box::new(Absent),
    }
}

struct Http {
    url: String,
    secret: SecretString,
    agent: ureq::Agent,
}

#[derive(Deserialize)]
struct Confirmation {
    r#match: bool,
}

#[async_trait]
impl Authority for Http {
    async fn confirm(&self, document: &Document, name: &PersonName) -> Result<(), Problem> {
        let body = json!({
            "documentKind": document.kind(), "documentNumber": document.number(), "name": name.as_str(),
        });
        let request = self
            .agent
            .post(&self.url)
            .header("authorization", format!("Bearer {}", self.secret.expose_secret()));
        let answer = tokio::task::spawn_blocking(move || {
            request.send_json(body)?.body_mut().read_json::<Confirmation>()
        })
        .await;
        match answer {
            Ok(Ok(Confirmation { r#match: true })) => Ok(()),
            Ok(Ok(Confirmation { r#match: false })) => Err(mismatch()),
            Ok(Err(error)) => {
                tracing::error!(%error, "the identity authority did not answer");
                Err(Problem::new(Code::AuthorityUnavailable).retry_after_s(30))
            }
            Err(_) => Err(Problem::new(Code::Internal)),
        }
    }
}

fn mismatch() -> Problem {
    Problem::new(Code::IdentityMismatch).at("name").because(
        "check the name and the number as they are printed on the document",
        "请核对姓名和证件号码是否与证件一致",
    )
}

/// The demo's authority: confirms everyone, except the name 测试不符, so that the refusal can be seen.
struct Demo;

#[async_trait]
impl Authority for Demo {
    async fn confirm(&self, _: &Document, name: &PersonName) -> Result<(), Problem> {
        if name.as_str() == "测试不符" { Err(mismatch()) } else { Ok(()) }
    }
}

/// No authority is configured.
struct Absent;

#[async_trait]
impl Authority for Absent {
    async fn confirm(&self, _: &Document, _: &PersonName) -> Result<(), Problem> {
        Err(Problem::new(Code::AuthorityUnavailable).because(
            "no identity authority is configured; set [authority] kind = \"http\"",
            "尚未配置身份核验服务",
        ))
    }
}
