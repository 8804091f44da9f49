//! The server under drill: a loopback address, never another machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Why something is no target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetError {
    /// It is no `http://host:port`.
    Malformed(String),
    /// It is another machine.
    NotLoopback(String),
}

impl std::fmt::Display for TargetError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(url) => write!(f, "{url} is no target; write http://127.0.0.1:8080"),
            Self::NotLoopback(host) => write!(
                f,
                "{host} is not on this machine: a drill breaks things, so it only goes to 127.0.0.0/8, ::1 or localhost"
            ),
        }
    }
}

impl std::error::Error for TargetError {}

/// The address in `http://127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`; the scheme and a slash at the end may be there.
///
/// # Errors
/// [`TargetError`] when it can't be read or is not on this machine. Names other than `localhost` are not looked up.
pub fn parse(url: &str) -> Result<SocketAddr, TargetError> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let malformed = || TargetError::Malformed(url.to_owned());
    let (host, port) = rest.rsplit_once(':').ok_or_else(malformed)?;
    let port: u16 = port.parse().map_err(|_| malformed())?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let address = match bare.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) if bare == "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Err(_) if bare.is_empty() || bare.contains(['/', '@', ':']) => return Err(malformed()),
        Err(_) => return Err(TargetError::NotLoopback(bare.to_owned())),
    };
    if address.is_loopback() {
        Ok(SocketAddr::new(address, port))
    } else {
        Err(TargetError::NotLoopback(bare.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_targets() {
        for (url, address) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080"),
            ("http://127.9.8.7:1/", "127.9.8.7:1"),
            ("[::1]:8080", "[::1]:8080"),
            ("http://localhost:80", "127.0.0.1:80"),
        ] {
            assert_eq!(parse(url), Ok(address.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn another_machine_is_refused_by_name_and_by_address() {
        for url in ["http://192.0.2.1:80", "http://example.org:80", "0.0.0.0:80", "http://[2001:db8::1]:80"] {
            assert!(matches!(parse(url), Err(TargetError::NotLoopback(_))), "{url}");
        }
        let disguised = parse("http://127.0.0.1@example.org:80");
        assert!(disguised.is_err(), "{disguised:?}");
    }

    #[test]
    fn what_is_no_address_is_malformed() {
        for url in ["", "127.0.0.1", "http://127.0.0.1:http", "https://127.0.0.1:1", "http://127.0.0.1:80/x"]
        {
            assert!(matches!(parse(url), Err(TargetError::Malformed(_))), "{url}");
        }
    }
}
