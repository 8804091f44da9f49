//! Driving a route with wrk, from another core than the server's.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Lets wrk send every request with the next of many tokens.
const TOKENS_SCRIPT: &str = include_str!("tokens.lua");
const SCRIPT_NAME: &str = "tokens.lua";
const CONNECTIONS: u32 = 64;

/// Where the requests come from.
#[derive(Debug, Clone)]
pub(super) enum Load {
    /// The same header lines in every request.
    Same(Vec<String>),
    /// One token of this file after the other; the folder holds the script.
    Tokens { folder: PathBuf, tokens: PathBuf },
}

impl Load {
    /// One token of a file after the other.
    pub(super) fn tokens(folder: &Path, tokens: &Path) -> anyhow::Result<Self> {
        std::fs::write(folder.join(SCRIPT_NAME), TOKENS_SCRIPT)?;
        Ok(Self::Tokens { folder: folder.to_path_buf(), tokens: tokens.to_path_buf() })
    }
}

/// What wrk saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    /// Requests answered.
    pub(super) requests: f64,
    /// Requests per second.
    pub(super) per_s: f64,
    /// 99th percentile of the latency, in milliseconds.
    pub(super) p99_ms: f64,
}

/// Loads a path for so many seconds. Any error or an answer that is not 2xx or 3xx fails the measurement.
pub(super) fn load(
    core: usize,
    address: SocketAddr,
    path: &str,
    load: &Load,
    seconds: u32,
) -> anyhow::Result<Seen> {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string(), "wrk", "-t1", "--latency"]);
    command.args([format!("-c{CONNECTIONS}"), format!("-d{seconds}s")]);
    let url = format!("http://{address}{path}");
    match load {
        Load::Same(headers) => {
            for header in headers {
                command.args(["-H", header]);
            }
            command.arg(url);
        }
        Load::Tokens { folder, tokens } => {
            command.arg("-s").arg(folder.join(SCRIPT_NAME)).args([&url, "--"]).arg(tokens);
        }
    }
    let output = command.output().context("cannot run taskset and wrk; `make setup` installs them")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    }
    parse(&text)
}

fn parse(text: &str) -> anyhow::Result<Seen> {
    let field = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name)).map(str::trim);
    if let Some(wrong) = field("Non-2xx or 3xx responses:").or_else(|| field("Socket errors:")) {
        bail!("wrk saw refused or failed requests: {wrong}");
    }
    let per_s = field("Requests/sec:").and_then(|text| text.parse().ok());
    let p99_ms = field("99%").and_then(milliseconds);
    let requests = text.lines().find_map(|line| line.trim().split_once(" requests in "));
    let requests = requests.and_then(|(requests, _)| requests.parse().ok());
    match (requests, per_s, p99_ms) {
        (Some(requests), Some(per_s), Some(p99_ms)) => Ok(Seen { requests, per_s, p99_ms }),
        _ => bail!("wrk printed something unexpected: {text}"),
    }
}

fn milliseconds(text: &str) -> Option<f64> {
    let (number, per_ms) = if let Some(number) = text.strip_suffix("us") {
        (number, 1_000.0)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.strip_suffix('s')?, 0.001)
    };
    number.parse::<f64>().ok().map(|number| number / per_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "  Latency Distribution\n     50%  741.00us\n     99%    1.55ms\n\
                           \x20 245 requests in 3.00s, 1MB read\nRequests/sec:  81916.50\nTransfer/sec: 4.93MB\n";

    #[test]
    fn the_rate_and_the_latency_of_wrk_are_read() {
        assert_eq!(parse(PRINTED).unwrap(), Seen { requests: 245.0, per_s: 81_916.5, p99_ms: 1.55 });
        assert_eq!(milliseconds("741.00us"), Some(0.741));
        assert_eq!(milliseconds("1.20s"), Some(1_200.0));
    }

    #[test]
    fn refused_requests_and_foreign_text_are_no_measurement() {
        for wrong in ["Non-2xx or 3xx responses: 245\n", "Socket errors: connect 0, read 3\n"] {
            assert!(parse(&format!("{PRINTED}  {wrong}")).is_err(), "{wrong}");
        }
        assert!(parse("").is_err());
    }
}
