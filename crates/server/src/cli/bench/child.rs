//! The server that is measured, as a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use super::fixed::STORE_CALLS;
use super::folder::Folder;
use super::http::Connection;

/// A `yimatong bench serve`; killed, and its folder removed, when dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    folder: Folder,
}

impl Server {
    /// Starts a server over a fresh city, on one core when one is given, and waits until it serves.
    pub(super) fn start(
        what: &str,
        core: Option<usize>,
        people: u32,
        residents: usize,
    ) -> anyhow::Result<Self> {
        let folder = Folder::make(None, what)?;
        let mut command = pinned(core)?;
        command.args(["bench", "serve", "--data"]).arg(folder.path());
        command.args(["--people", &people.to_string(), "--residents", &residents.to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the server")?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let address = line.trim().parse();
        // From here on the process ends with the value.
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), folder };
        server.address = address.context("the server did not start; its message is above")?;
        Ok(server)
    }

    /// A file in the server's folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The lines of such a file.
    pub(super) fn lines(&self, name: &str) -> anyhow::Result<Vec<String>> {
        let text = std::fs::read_to_string(self.file(name))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// How often each verb of the store was called so far.
    pub(super) fn store_calls(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        let answer = Connection::open(self.address)?.get(STORE_CALLS, &[])?;
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program, to be run on one core when one is given.
fn pinned(core: Option<usize>) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    let Some(core) = core else { return Ok(Command::new(program)) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    Ok(command)
}
