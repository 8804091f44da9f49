//! Calls to the city's other services: JSON over HTTP with a bearer token, a time limit, and few at a time.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::Semaphore;

/// Longest time for a call, all steps together.
const LONGEST: Duration = Duration::from_secs(5);
/// Most calls to one service at a time. Each holds a thread for slow work, and status lists, snapshots and passwords
/// need such threads, too: a service that hangs must not take all of them.
const MOST_AT_ONCE: usize = 64;
/// Largest answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// As many calls as allowed are under way.
    #[error("{MOST_AT_ONCE} calls are waiting for it already")]
    Busy,
    /// The service did not answer well.
    #[error(transparent)]
    Http(#[from] ureq::Error),
    /// The thread of the call failed.
    #[error("the call was broken off")]
    Thread(#[from] tokio::task::JoinError),
}

/// One service.
pub(crate) struct Service {
    url: String,
    secret: SecretString,
    agent: ureq::Agent,
    turns: Arc<Semaphore>,
}

impl Service {
    /// The service at an address, with its bearer token.
    pub(crate) fn new(url: &str, secret: &SecretString) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(LONGEST)).build().into();
        Self {
            url: url.to_owned(),
            secret: secret.clone(),
            agent,
            turns: Arc::new(Semaphore::new(MOST_AT_ONCE)),
        }
    }

    /// Posts JSON and answers the body that came back.
    pub(crate) async fn post(&self, body: Value) -> Result<Vec<u8>, CallError> {
        let turn = Arc::clone(&self.turns).try_acquire_owned().map_err(|_| CallError::Busy)?;
        let bearer = format!("Bearer {}", self.secret.expose_secret());
        let request = self.agent.post(&self.url).header("authorization", bearer);
        let answer = tokio::task::spawn_blocking(move || {
            // The turn goes along: it ends with the call, also when the caller has gone away.
            let _turn = turn;
            request.send_json(body)?.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec()
        });
        Ok(answer.await??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_service_that_hangs_holds_no_more_than_its_turns() {
        let service = Service::new("http://127.0.0.1:1/", &"secret".into());
        let all = u32::try_from(MOST_AT_ONCE).unwrap();
        let held = service.turns.acquire_many(all).await.unwrap();
        assert!(matches!(service.post(Value::Null).await, Err(CallError::Busy)));
        drop(held);
        assert!(matches!(service.post(Value::Null).await, Err(CallError::Http(_))));
        assert_eq!(service.turns.available_permits(), MOST_AT_ONCE);
    }
}
