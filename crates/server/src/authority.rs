//! The identity authority: confirms that a document and a name belong together.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use yimatong_model::document::Document;
use yimatong_model::name::PersonName;

use crate::config::AuthorityConfig;
use crate::outgoing::Service;
use crate::problem::{Code, Problem};

/// Confirms identities.
#[async_trait]
pub trait Authority: Send + Sync {
    /// Succeeds when document and name belong together; otherwise `identity-mismatch` or
    /// `authority-unavailable`.
    async fn confirm(&self, document: &Document, name: &PersonName) -> Result<(), Problem>;

    /// Says why nobody can ever be confirmed, if that is so.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }
}

/// The authority of this configuration.
#[must_use]
pub fn authority(config: &AuthorityConfig, demo: bool) -> Box<dyn Authority> {
    match config {
        AuthorityConfig::Http { url, secret } => Box::new(Http(Service::new(url, secret))),
        AuthorityConfig::None if demo => Box::new(Demo),
        AuthorityConfig::None => Box::new(Absent),
    }
}

struct Http(Service);

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
        let answer = self.0.post(body).await.map_err(|error| unavailable(&error))?;
        let confirmation: Confirmation =
            serde_json::from_slice(&answer).map_err(|error| unavailable(&error))?;
        if confirmation.r#match { Ok(()) } else { Err(mismatch()) }
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%error, "the identity authority gave no answer that can be used");
    Problem::new(Code::AuthorityUnavailable).retry_after_s(30)
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
        self.check()
    }

    fn check(&self) -> Result<(), Problem> {
        Err(Problem::new(Code::AuthorityUnavailable).because(
            "no identity authority is configured; set [authority] kind = \"http\"",
            "尚未配置身份核验服务",
        ))
    }
}
