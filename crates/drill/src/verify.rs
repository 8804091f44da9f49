//! After a run: every registration that was acknowledged must still be there.

use std::cell::Cell;
use std::rc::Rc;

use hyper::StatusCode;

use crate::client::Ask;
use crate::clock::{monotonic_ns, ns};
use crate::world::{Resident, Server};

/// Readers at a time.
const READERS: usize = 16;
/// A server that gives no answer is asked so often, a second apart: it may just be starting.
const TRIES: u32 = 5;

/// How many of them the server shows no code for.
pub(crate) async fn lost(server: Rc<Server>, residents: Vec<Rc<Resident>>) -> anyhow::Result<u64> {
    let lost = Rc::new(Cell::new(0));
    let residents = Rc::new(residents);
    let next = Rc::new(Cell::new(0));
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let (server, residents) = (Rc::clone(&server), Rc::clone(&residents));
        let (next, lost) = (Rc::clone(&next), Rc::clone(&lost));
        readers.spawn_local(async move {
            while let Some(resident) = residents.get(next.replace(next.get() + 1)) {
                lost.set(lost.get() + u64::from(!is_there(&server, resident).await));
            }
        });
    }
    while let Some(done) = readers.join_next().await {
        done?;
    }
    Ok(lost.get())
}

async fn is_there(server: &Server, resident: &Resident) -> bool {
    let ask = Ask::get("/v1/code").signed_in(&resident.session);
    for _ in 0..TRIES {
        match server.client.send(&ask, |_| {}).await {
            Ok(answer) if answer.status == StatusCode::OK => return true,
            Ok(answer) if answer.status.is_client_error() => return false,
            Ok(_) | Err(_) => {}
        }
        server.timers.sleep_until(monotonic_ns() + ns(1.0)).await;
    }
    false
}
