//! A `yimatong serve` whose start is measured.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};

use super::http::Connection;
use crate::clock::monotonic;

/// A server at the moment it is ready.
#[derive(Debug)]
pub(super) struct Ready {
    /// Seconds since the process was started.
    pub(super) seconds: f64,
    pub(super) people: f64,
    pub(super) registry_bytes: f64,
    /// Resident memory.
    pub(super) rss_bytes: f64,
    /// The most resident memory so far.
    pub(super) peak_bytes: f64,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(super) struct Started {
    child: Child,
    log: BufReader<ChildStderr>,
    seconds: f64,
    address: SocketAddr,
}

impl Started {
    /// Starts a server over a city, with further arguments, and waits until it says that it is ready.
    pub(super) fn server(city: &Path, more: &[String]) -> anyhow::Result<Self> {
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let started = monotonic();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg("--data")
            .arg(city)
            .args(["--listen", &free.to_string()])
            .args(more)
            .envs([("YIMATONG__LOG__FORMAT", "json"), ("YIMATONG__LOG__FILTER", "info")])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let log = child.stderr.take().context("the server has no standard error")?;
        let mut server = Self { child, log: BufReader::new(log), seconds: 0.0, address: free };
        server.wait(started)?;
        Ok(server)
    }

    fn wait(&mut self, started: Instant) -> anyhow::Result<()> {
        let mut line = String::new();
        let mut said = String::new();
        while self.log.read_line(&mut line)? > 0 {
            if line.contains("ready on http://") {
                self.seconds = started.elapsed().as_secs_f64();
                return Ok(());
            }
            said.push_str(&line);
            line.clear();
        }
        bail!("the server ended before it was ready: {said}")
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it holds now.
    pub(super) fn ready(&self) -> anyhow::Result<Ready> {
        let metrics = Connection::open(self.address)?.get("/metrics", &[])?.body;
        let metrics = String::from_utf8(metrics)?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = |name| number(&status, name).map(|kibibytes| kibibytes * 1024.0);
        Ok(Ready {
            seconds: self.seconds,
            people: number(&metrics, "yimatong_registry_people")?,
            registry_bytes: number(&metrics, "yimatong_registry_bytes")?,
            rss_bytes: kibibytes("VmRSS:")?,
            peak_bytes: kibibytes("VmHWM:")?,
        })
    }

    /// Stops it as an operator would, and waits until it has written its snapshot.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        ensure!(Command::new("kill").args(["-TERM", &id]).status()?.success(), "the server was gone already");
        let mut said = String::new();
        self.log.read_to_string(&mut said)?;
        ensure!(self.child.wait()?.success(), "the server did not stop cleanly: {said}");
        Ok(())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // An error means that the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number behind a name at the start of a line.
fn number(text: &str, name: &str) -> anyhow::Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let value = line.and_then(|line| line.split_whitespace().next());
    value
        .with_context(|| format!("{name} is not there"))?
        .parse()
        .with_context(|| format!("{name} is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_metrics_and_from_the_kernel() {
        let text = "# HELP yimatong_registry_people x\nyimatong_registry_people 7\nVmRSS:\t  1024 kB\n";
        assert_eq!(number(text, "yimatong_registry_people").unwrap(), 7.0);
        assert_eq!(number(text, "VmRSS:").unwrap(), 1024.0);
        assert!(number(text, "VmHWM:").is_err());
    }
}
