//! Somebody who signed in at another node a moment ago, of whom this one has not heard yet.

use std::time::Duration;

use yimatong_store::with_deadline;

use crate::app::App;
use crate::auth::session::ResidentSession;
use crate::clock::monotonic;

/// Sessions younger than this may be news to this node, in seconds.
const NEWS_S: i64 = 3_600;
/// Who signed in longer ago is known to a node that could ask the store, also when a cluster had to settle the change first; else the
/// database has lost it.
const SETTLED_S: i64 = 120;
/// How long the request of such a person waits for the news at most.
pub(crate) const HEARD_WITHIN: Duration = Duration::from_millis(700);
/// Pauses before the store is asked. One database tells at once; of a cluster a person's shard may commit a moment later.
const ASKED_AFTER: [Duration; 3] = [Duration::ZERO, Duration::from_millis(50), Duration::from_millis(150)];

/// Was the session opened at another node, whose change has not come here yet? Slots rise, so the person is unknown here, or shows on no
/// device or with an earlier slot. An old session is none of these: it has ended.
pub(super) fn is_news(app: &App, session: &ResidentSession) -> bool {
    age_s(app, session) < NEWS_S && is_behind(app, session)
}

fn age_s(app: &App, session: &ResidentSession) -> i64 {
    let opened_s = i64::from(session.expires_s) - i64::from(app.config.server.session_days) * 86_400;
    app.clock.now().as_second() - opened_s
}

fn is_behind(app: &App, session: &ResidentSession) -> bool {
    let slot = app.registry.entry(session.person).and_then(|entry| entry.device_slot());
    slot.is_none_or(|slot| slot < session.slot)
}

/// Has the session ended, as far as a node knows that has just asked the store? Either the person shows on no device, or a database that
/// was put back, or a replica that took over, has never heard of it.
pub(super) fn has_ended(app: &App, session: &ResidentSession) -> bool {
    let entry = app.registry.entry(session.person);
    let is_lost = age_s(app, session) >= SETTLED_S && !app.registry.misses(session.person);
    is_lost || entry.is_some_and(|entry| entry.device_slot().is_none())
}

/// Waits until this node has heard of the session, for 0.7 s at most; answers whether the store could be asked. No other display asks the
/// store: only the first one at a node that has not followed since the person signed in elsewhere.
pub(super) async fn hear(app: &App, session: &ResidentSession) -> bool {
    let asking = async {
        for pause in ASKED_AFTER {
            tokio::time::sleep(pause).await;
            if app.hear_until(|| !is_behind(app, session)).await.is_err() {
                return false;
            }
            if !is_behind(app, session) || age_s(app, session) >= SETTLED_S {
                break;
            }
        }
        true
    };
    let asking = with_deadline(monotonic() + HEARD_WITHIN, asking);
    tokio::time::timeout(HEARD_WITHIN, asking).await.unwrap_or(false)
}
