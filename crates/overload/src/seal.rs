//! Tickets and passes as text that only the city can make: fixed bytes, HMAC-SHA256 cut to 16 bytes, base64url.
//!
//! Truncation as in RFC 2104, section 5. The kind of token goes into the MAC, so that a ticket is never a pass.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::class::Device;
use crate::pass::{PASS_BYTES, Pass, PassError};
use crate::ticket::{TICKET_BYTES, Ticket};

const TAG_BYTES: usize = 16;
/// Longest token in bytes, its tag included.
const LONGEST: usize = PASS_BYTES + TAG_BYTES;

/// Makes and opens tickets and passes.
#[derive(Debug)]
pub struct Seal {
    key: hmac::Key,
}

impl Seal {
    /// With the city's ticket key; the same on every node.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// The text of a ticket.
    #[must_use]
    pub fn ticket(&self, ticket: &Ticket) -> String {
        self.text(b't', &ticket.to_bytes())
    }

    /// The ticket in a text; none if it is not one of ours.
    #[must_use]
    pub fn open_ticket(&self, text: &str) -> Option<Ticket> {
        Ticket::from_bytes(&self.open::<TICKET_BYTES>(b't', text)?)
    }

    /// The text of a pass.
    #[must_use]
    pub fn pass(&self, pass: &Pass) -> String {
        self.text(b'p', &pass.to_bytes())
    }

    /// The pass in a text, if it is this device's and good at `unix_ms`.
    pub fn open_pass(&self, text: &str, device: Device, unix_ms: u64) -> Result<Pass, PassError> {
        let bytes = self.open::<PASS_BYTES>(b'p', text).ok_or(PassError::Forged)?;
        let pass = Pass::from_bytes(&bytes);
        pass.check(device, unix_ms).map(|()| pass)
    }

    fn tag(&self, kind: u8, bytes: &[u8]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&[kind]);
        context.update(bytes);
        context.sign()
    }

    fn text(&self, kind: u8, bytes: &[u8]) -> String {
        let mut token = bytes.to_vec();
        token.extend_from_slice(&self.tag(kind, bytes).as_ref()[..TAG_BYTES]);
        URL_SAFE_NO_PAD.encode(token)
    }

    fn open<const N: usize>(&self, kind: u8, text: &str) -> Option<[u8; N]> {
        let mut token = [0; LONGEST + 3];
        if text.len() != (N + TAG_BYTES) * 4 / 3 + usize::from(!(N + TAG_BYTES).is_multiple_of(3)) {
            return None;
        }
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut token).ok()?;
        let (bytes, tag) = token.get(..length)?.split_at_checked(N)?;
        let expected = self.tag(kind, bytes);
        // Every byte is looked at, so that the time tells nothing of the tag.
        let differs = expected.as_ref()[..TAG_BYTES].iter().zip(tag).fold(0, |d, (a, b)| d | (a ^ b));
        if differs != 0 || tag.len() != TAG_BYTES {
            return None;
        }
        bytes.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;
    use proptest::prelude::*;

    const DEVICE: Device = Device(7);

    fn seal() -> Seal {
        Seal::new(&[3; 32])
    }

    fn pass(used_ms: u64) -> Pass {
        Pass { id: 1, device: DEVICE, issued_ms: 0, used_ms }
    }

    proptest! {
        #[test]
        fn a_ticket_comes_back_as_it_was(seq: u64, issued_ms: u64, device: u64, class in 0..5_usize) {
            let ticket = Ticket { seq, issued_ms, device: Device(device), class: Class::ALL[class] };
            prop_assert_eq!(seal().open_ticket(&seal().ticket(&ticket)), Some(ticket));
        }

        #[test]
        fn no_text_makes_it_panic_and_none_is_taken_for_a_ticket(text in "\\PC{0,80}") {
            prop_assert_eq!(seal().open_ticket(&text), None);
            prop_assert_eq!(seal().open_pass(&text, DEVICE, 0), Err(PassError::Forged));
        }

        #[test]
        fn one_changed_character_is_noticed(place in 0..55_usize) {
            let ticket = Ticket { seq: 5, issued_ms: 6, device: DEVICE, class: Class::B3 };
            let mut text = seal().ticket(&ticket).into_bytes();
            prop_assume!(place + 1 < text.len());
            text[place] = if text[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(seal().open_ticket(&String::from_utf8(text).unwrap()), None);
        }
    }

    #[test]
    fn a_pass_ends_after_three_idle_minutes_and_after_fifteen_in_all() {
        let text = seal().pass(&pass(0));
        assert!(seal().open_pass(&text, DEVICE, 180_000).is_ok());
        assert_eq!(seal().open_pass(&text, DEVICE, 180_001), Err(PassError::Expired));
        let used = seal().pass(&pass(899_000));
        assert!(seal().open_pass(&used, DEVICE, 900_000).is_ok());
        assert_eq!(seal().open_pass(&used, DEVICE, 900_001), Err(PassError::Expired));
    }

    #[test]
    fn a_pass_of_another_device_is_refused() {
        assert_eq!(seal().open_pass(&seal().pass(&pass(0)), Device(8), 0), Err(PassError::OtherDevice));
    }

    #[test]
    fn another_key_opens_nothing() {
        let text = seal().pass(&pass(0));
        assert_eq!(Seal::new(&[4; 32]).open_pass(&text, DEVICE, 0), Err(PassError::Forged));
    }
}
