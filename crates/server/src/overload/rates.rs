//! Limits by device and by address, in constant memory.

use std::sync::{MutexGuard, PoisonError};

use yimatong_overload::{Class, Now, RateLimit, RateSettings, Rates, Ticket};

use super::Overload;
use super::origin::Origin;
use crate::http::route::AddressLimit;

/// Rates seen so far; 20 MiB however many devices there are.
#[derive(Debug)]
pub(crate) struct RateTables {
    devices: Rates,
    addresses: Rates,
    one_time_passwords: Rates,
    sign_ins: Rates,
    claims: Rates,
    places: Rates,
}

/// First tickets that a device shows: it gets a place for one, and needs it once.
const PLACES: RateLimit = RateLimit { per_s: 1.0 / 20.0, burst: 6.0 };
/// The same for all that name no device behind one address.
const UNNAMED_PLACES: RateLimit = RateLimit { per_s: 5.0, burst: 100.0 };
/// Flows begun with one called ticket: one, and again when an answer was lost.
const CLAIMS: RateLimit = RateLimit { per_s: 1.0 / 60.0, burst: 3.0 };
/// Counters that leak in minutes hold thousands of strangers a second for as long.
const SLOW_COLUMNS: usize = 1 << 18;

impl RateTables {
    pub(crate) fn new(salt: u64) -> Self {
        let rates = |n: u64| Rates::new(salt.wrapping_add(n));
        let slow = |n: u64| Rates::with_columns(salt.wrapping_add(n), SLOW_COLUMNS);
        Self {
            devices: rates(0),
            addresses: rates(1),
            one_time_passwords: rates(2),
            sign_ins: rates(3),
            claims: slow(4),
            places: slow(5),
        }
    }

    /// May something with a limit of its own be done from this address?
    fn allow_at_address(
        &mut self,
        limit: Option<AddressLimit>,
        origin: &Origin,
        settings: &RateSettings,
        now: Now,
    ) -> bool {
        let (Some(limit), Some(address)) = (limit, origin.address) else { return true };
        let (table, limit) = match limit {
            AddressLimit::OneTimePasswords => (&mut self.one_time_passwords, settings.one_time_passwords),
            AddressLimit::SignIns => (&mut self.sign_ins, settings.sign_ins),
        };
        table.allow(address, limit, now)
    }

    /// May this request go on, as far as rates are concerned? Staff are not limited once they are signed in.
    fn allow(&mut self, class: Class, origin: &Origin, settings: &RateSettings, now: Now) -> bool {
        if class == Class::B0 {
            return true;
        }
        if origin.counted.is_some_and(|key| !self.devices.allow(key, settings.device, now)) {
            return false;
        }
        // Whoever was let in is not refused for the sake of others behind the same address.
        if class == Class::B1 {
            return true;
        }
        origin.address.is_none_or(|address| self.addresses.allow(address, settings.address, now))
    }
}

impl Overload {
    fn rates(&self) -> MutexGuard<'_, RateTables> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// May this device take a place with a first ticket?
    pub(super) fn may_take_place(&self, origin: &Origin) -> bool {
        let limit = if origin.is_device { PLACES } else { UNNAMED_PLACES };
        self.rates().places.allow(origin.device.0, limit, self.gate.now())
    }

    /// Was this called ticket not used too often?
    pub(super) fn may_claim(&self, ticket: &Ticket) -> bool {
        self.rates().claims.allow(ticket.device.0 ^ ticket.seq.rotate_left(32), CLAIMS, self.gate.now())
    }

    pub(super) fn within_rates(&self, class: Class, origin: &Origin) -> bool {
        let settings = self.desk.now().settings.rates;
        self.rates().allow(class, origin, &settings, self.gate.now())
    }

    pub(super) fn within_address_limit(&self, limit: Option<AddressLimit>, origin: &Origin) -> bool {
        let settings = self.desk.now().settings.rates;
        self.rates().allow_at_address(limit, origin, &settings, self.gate.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yimatong_overload::Device;

    const fn limit(burst: f64) -> RateLimit {
        RateLimit { per_s: 1.0, burst }
    }

    const SETTINGS: RateSettings = {
        RateSettings {
            device: limit(3.0),
            address: limit(6.0),
            one_time_passwords: limit(2.0),
            sign_ins: limit(1.0),
        }
    };

    fn allowed(class: Class, limit: Option<AddressLimit>, devices: impl Iterator<Item = u64>) -> usize {
        let mut tables = RateTables::new(1);
        let mut may = |device| {
            let origin =
                Origin { device: Device(device), is_device: true, counted: Some(device), address: Some(9) };
            tables.allow(class, &origin, &SETTINGS, Now::ZERO)
                && tables.allow_at_address(limit, &origin, &SETTINGS, Now::ZERO)
        };
        devices.filter(|device| may(*device)).count()
    }

    #[test]
    fn a_device_and_all_devices_of_an_address_have_their_limits() {
        assert_eq!(allowed(Class::B3, None, std::iter::repeat_n(1, 10)), 3);
        assert_eq!(allowed(Class::B4, None, 0..10), 6);
    }

    #[test]
    fn staff_are_limited_only_while_they_sign_in() {
        assert_eq!(allowed(Class::B0, None, 0..100), 100);
        assert_eq!(allowed(Class::B0, Some(AddressLimit::SignIns), 0..100), 1);
    }

    #[test]
    fn one_time_passwords_have_a_limit_of_their_own() {
        assert_eq!(allowed(Class::B3, Some(AddressLimit::OneTimePasswords), 0..10), 2);
    }
}
