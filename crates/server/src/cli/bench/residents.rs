//! People who are signed in before a measurement begins.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use yimatong_credential::{Signer as _, SoftwareKey};
use yimatong_model::colour::Colour;
use yimatong_model::phone::Phone;
use yimatong_model::role::Role;
use yimatong_model::synthetic::SyntheticCity;
use yimatong_store::{BindDevice, Bound, DeviceKey};

use crate::app::App;
use crate::auth::account::{self, NewAccount};
use crate::auth::session::{ResidentSession, StaffSession};
use crate::http::fields::coordinates;
use crate::random;

/// Devices bound at a time: they share commits.
const AT_ONCE: usize = 256;
/// Length of the sessions.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Binds a device to so many people of the synthetic city and answers their session tokens; the first is of a
/// green resident with a test, the most common code there is.
pub(super) async fn sign_in(
    app: &App,
    city: &SyntheticCity,
    wanted: usize,
    now: Timestamp,
) -> anyhow::Result<Vec<String>> {
    let (device, _) = SoftwareKey::generate(Arc::clone(&app.random))?;
    let key = DeviceKey(*device.public_key().point());
    let mut seen = HashSet::new();
    let phones = city.people(now).filter_map(|person| person.phone);
    let mut phones = phones.filter(|phone| seen.insert(phone.canonical().to_owned())).take(wanted);
    let mut binding = JoinSet::new();
    let mut tokens = Vec::with_capacity(wanted);
    loop {
        while binding.len() < AT_ONCE
            && let Some(phone) = phones.next()
        {
            binding.spawn(bind(app, phone, key, now));
        }
        let Some(bound) = binding.join_next().await else { break };
        let bound = bound??;
        let is_common = is_common(app, &bound, now);
        tokens.push(session(app, &bound, &key, now));
        if is_common {
            let last = tokens.len() - 1;
            tokens.swap(0, last);
        }
    }
    Ok(tokens)
}

fn bind(
    app: &App,
    phone: Phone,
    key: DeviceKey,
    now: Timestamp,
) -> impl Future<Output = anyhow::Result<Bound>> + use<> {
    let store = Arc::clone(&app.store);
    async move {
        let device = BindDevice { phone, document_tail: None, key, now };
        store.bind_device(device, None).await.context("cannot bind a device")
    }
}

fn session(app: &App, bound: &Bound, key: &DeviceKey, now: Timestamp) -> String {
    app.sessions.seal_resident(&ResidentSession {
        person: app.apply(&bound.state),
        slot: bound.slot,
        expires_s: u32::try_from((now + LIFETIME).as_second()).unwrap_or(u32::MAX),
        device_key: coordinates(key),
    })
}

fn is_common(app: &App, bound: &Bound, now: Timestamp) -> bool {
    let view = app.registry.view(bound.state.person_id, now);
    view.is_some_and(|view| {
        view.decision.colour == Colour::Green
            && view.entry.results().next().is_some()
            && view.entry.vaccination().is_some()
    })
}

/// Makes an account of a role and answers the token of a session.
pub(super) async fn staff(app: &App, role: Role, now: Timestamp) -> anyhow::Result<String> {
    let random = &*app.random;
    let new = NewAccount {
        name: role.as_str().to_owned(),
        role,
        venue: None,
        password: account::make_password(random),
    };
    let made = account::create(&*app.store, &app.keyring, random, &new, now).await;
    let made = made.map_err(|problem| anyhow::anyhow!("cannot make a staff account: {problem:?}"))?;
    app.load_staff().await?;
    Ok(app.sessions.seal_staff(&StaffSession {
        staff: made.id,
        expires_s: u32::try_from((now + LIFETIME).as_second()).unwrap_or(u32::MAX),
        session_id: random::bytes(random),
    }))
}
