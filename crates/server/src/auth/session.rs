//! Session tokens: signed by the server, kept by the client, looked up nowhere.
//!
//! A resident's token carries the public key of the device, so that showing a code needs neither the store nor
//! room in the registry. Its end comes with its expiry, or when the device's slot is no longer the person's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::hmac;
use yimatong_model::ids::{PersonId, Slot, StaffId};

const RESIDENT: u8 = 1;
const STAFF: u8 = 2;
const MAC_BYTES: usize = 16;

/// A resident signed in on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResidentSession {
    /// Whose session it is.
    pub person: PersonId,
    /// The device's credential slot; the session ends when the slot is replaced.
    pub slot: Slot,
    /// End of the session, Unix seconds.
    pub expires_s: u32,
    /// The device's public key: x and y of the P-256 point.
    pub device_key: [u8; 64],
}

/// A member of staff signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaffSession {
    /// Who.
    pub staff: StaffId,
    /// End of the session, Unix seconds.
    pub expires_s: u32,
    /// Names this session, so that it can be ended early.
    pub session_id: [u8; 8],
}

/// A token whose signature is good and which has not expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// A resident's device.
    Resident(ResidentSession),
    /// A member of staff.
    Staff(StaffSession),
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Not a token of this server.
    Forged,
    /// A token of this server whose time is over.
    Expired,
}

/// Signs and checks tokens (HMAC-SHA256, cut to 128 bits).
pub struct Sessions(hmac::Key);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions([hidden])")
    }
}

impl Sessions {
    /// Tokens under this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The token of a resident's session.
    #[must_use]
    pub fn seal_resident(&self, session: &ResidentSession) -> String {
        let mut bytes = vec![RESIDENT];
        bytes.extend_from_slice(&session.person.get().to_be_bytes());
        bytes.extend_from_slice(&session.slot.0.to_be_bytes());
        bytes.extend_from_slice(&session.expires_s.to_be_bytes());
        bytes.extend_from_slice(&session.device_key);
        self.seal(bytes)
    }

    /// The token of a staff session.
    #[must_use]
    pub fn seal_staff(&self, session: &StaffSession) -> String {
        let mut bytes = vec![STAFF];
        bytes.extend_from_slice(&session.staff.0.to_be_bytes());
        bytes.extend_from_slice(&session.expires_s.to_be_bytes());
        bytes.extend_from_slice(&session.session_id);
        self.seal(bytes)
    }

    fn seal(&self, mut bytes: Vec<u8>) -> String {
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(&tag.as_ref()[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Opens a token at `now`.
    pub fn open(&self, token: &str, now: Timestamp) -> Result<Session, TokenError> {
        // The longest token has 97 bytes, 130 characters.
        let mut buffer = [0; 128];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut buffer).map_err(|_| TokenError::Forged)?;
        let (body, mac) = buffer[..length].split_last_chunk::<MAC_BYTES>().ok_or(TokenError::Forged)?;
        let tag = hmac::sign(&self.0, body);
        if !same(&tag.as_ref()[..MAC_BYTES], mac) {
            return Err(TokenError::Forged);
        }
        let session = parse(body).ok_or(TokenError::Forged)?;
        let (Session::Resident(ResidentSession { expires_s, .. })
        | Session::Staff(StaffSession { expires_s, .. })) = session;
        if i64::from(expires_s) <= now.as_second() {
            return Err(TokenError::Expired);
        }
        Ok(session)
    }
}

/// Compares in a time that does not depend on where the difference lies.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

fn parse(body: &[u8]) -> Option<Session> {
    let (&kind, rest) = body.split_first()?;
    match kind {
        RESIDENT => {
            let (person, rest) = rest.split_first_chunk()?;
            let (slot, rest) = rest.split_first_chunk()?;
            let (expires, rest) = rest.split_first_chunk()?;
            Some(Session::Resident(ResidentSession {
                person: PersonId::new(u64::from_be_bytes(*person))?,
                slot: Slot(u32::from_be_bytes(*slot)),
                expires_s: u32::from_be_bytes(*expires),
                device_key: rest.try_into().ok()?,
            }))
        }
        STAFF => {
            let (staff, rest) = rest.split_first_chunk()?;
            let (expires, rest) = rest.split_first_chunk()?;
            Some(Session::Staff(StaffSession {
                staff: StaffId(u32::from_be_bytes(*staff)),
                expires_s: u32::from_be_bytes(*expires),
                session_id: rest.try_into().ok()?,
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_640_000_000).unwrap()
    }

    fn resident() -> ResidentSession {
        ResidentSession {
            person: PersonId::new(7).unwrap(),
            slot: Slot(3),
            expires_s: 1_640_000_001,
            device_key: [9; 64],
        }
    }

    #[test]
    fn a_token_opens_to_the_session_it_was_made_of() {
        let sessions = Sessions::new(&[1; 32]);
        let token = sessions.seal_resident(&resident());
        assert_eq!(sessions.open(&token, now()), Ok(Session::Resident(resident())));
        let staff = StaffSession { staff: StaffId(5), expires_s: u32::MAX, session_id: [2; 8] };
        assert_eq!(sessions.open(&sessions.seal_staff(&staff), now()), Ok(Session::Staff(staff)));
    }

    #[test]
    fn an_expired_token_says_so() {
        let sessions = Sessions::new(&[1; 32]);
        let token = sessions.seal_resident(&ResidentSession { expires_s: 1_640_000_000, ..resident() });
        assert_eq!(sessions.open(&token, now()), Err(TokenError::Expired));
    }

    #[test]
    fn a_changed_or_foreign_token_is_forged() {
        let sessions = Sessions::new(&[1; 32]);
        let token = sessions.seal_resident(&resident());
        assert_eq!(Sessions::new(&[2; 32]).open(&token, now()), Err(TokenError::Forged));
        for position in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'Q' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_ne!(sessions.open(&changed, now()), Ok(Session::Resident(resident())), "{position}");
        }
        for junk in ["", "A", "%%%", &"A".repeat(4_000)] {
            assert_eq!(sessions.open(junk, now()), Err(TokenError::Forged));
        }
    }
}
