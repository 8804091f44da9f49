//! Where a request comes from, as far as limits and places need to know it.

use std::hash::Hasher as _;
use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use siphasher::sip::SipHasher13;
use yimatong_overload::Device;

use crate::digest::sha256;
use crate::http::guard::Caller;

/// Names the device: a random text that a page keeps for good.
pub(crate) const DEVICE: HeaderName = HeaderName::from_static("yimatong-device");
/// Which try of the same operation this is.
const ATTEMPT: HeaderName = HeaderName::from_static("yimatong-attempt");
/// Longest name of a device.
const LONGEST_DEVICE: usize = 64;

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The device; stands for the address when the request names no device and nobody is signed in.
    pub(crate) device: Device,
    /// Does `device` stand for a device, and not for all phones behind an address?
    pub(crate) is_device: bool,
    /// Under what its requests are counted: the session, which can't be chosen, else the device.
    pub(crate) counted: Option<u64>,
    /// The address, if it is known.
    pub(crate) address: Option<u64>,
}

/// The salt of all devices' hashes.
pub(crate) fn salt_of(key: &[u8; 32]) -> u64 {
    let digest = sha256(&[&b"device"[..], key].concat());
    digest[..8].iter().fold(0, |salt, byte| salt << 8 | u64::from(*byte))
}

impl Origin {
    pub(crate) fn of(caller: &Caller, headers: &HeaderMap, address: Option<IpAddr>, salt: u64) -> Self {
        let address = address.map(|address| hash(salt, &prefix(address)));
        let named = headers.get(DEVICE).map(HeaderValue::as_bytes);
        let named = named.filter(|name| !name.is_empty() && name.len() <= LONGEST_DEVICE);
        let named = named.map(|name| hash(salt, &name));
        let signed_in = match caller {
            Caller::Resident(session) => Some(hash(salt, &(session.person, session.slot))),
            _ => None,
        };
        let device = named.or(signed_in);
        Self {
            device: Device(device.or(address).unwrap_or(0)),
            is_device: device.is_some(),
            counted: signed_in.or(named),
            address,
        }
    }
}

/// Which try this is, from 1.
pub(crate) fn attempt(headers: &HeaderMap) -> u32 {
    let told = headers.get(ATTEMPT).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    told.unwrap_or(1).max(1)
}

/// A subscriber has a whole /64 of IPv6.
fn prefix(address: IpAddr) -> [u8; 8] {
    let mut prefix = [0; 8];
    match address.to_canonical() {
        IpAddr::V4(v4) => prefix[4..].copy_from_slice(&v4.octets()),
        IpAddr::V6(v6) => prefix.copy_from_slice(&v6.octets()[..8]),
    }
    prefix
}

fn hash(salt: u64, what: &impl std::hash::Hash) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(salt, !salt);
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(device: Option<&'static str>, address: &str) -> Origin {
        let mut headers = HeaderMap::new();
        if let Some(device) = device {
            headers.insert(DEVICE, HeaderValue::from_static(device));
        }
        Origin::of(&Caller::Anonymous, &headers, address.parse().ok(), 7)
    }

    #[test]
    fn a_device_is_the_same_behind_every_address() {
        let [home, train] = ["192.0.2.1", "198.51.100.9"].map(|address| origin(Some("phone"), address));
        assert_eq!(home.device, train.device);
        assert!(home.is_device && home.address != train.address);
        assert_ne!(home.device, origin(Some("other"), "192.0.2.1").device);
    }

    #[test]
    fn without_a_name_the_address_stands_for_the_device() {
        let unnamed = origin(None, "192.0.2.1");
        assert!(!unnamed.is_device);
        assert_eq!(Some(unnamed.device.0), unnamed.address);
        assert_eq!(origin(Some(""), "192.0.2.1"), unnamed);
    }

    #[test]
    fn a_subscriber_cannot_hide_among_its_own_ipv6_addresses() {
        let [one, two, other] =
            ["2001:db8:1:2::5", "2001:db8:1:2:ffff::1", "2001:db8:1:3::5"].map(|a| origin(None, a).address);
        assert_eq!(one, two);
        assert_ne!(one, other);
        assert_eq!(origin(None, "::ffff:192.0.2.1").address, origin(None, "192.0.2.1").address);
    }
}
