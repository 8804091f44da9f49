//! The server that is measured, as a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use super::fixed::STORE_CALLS;
use super::folder::Folder;
use super::http::Connection;

/// The unit of `/proc/<pid>/stat` on every Linux that shows it (proc(5), `USER_HZ`).
const TICKS_PER_S: f64 = 100.0;

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
        Self::spawn(command, folder)
    }

    /// Starts the server of a campaign's measurement over the city of another folder, on all cores.
    pub(super) fn of_campaign(city: &Path, people: u32) -> anyhow::Result<Self> {
        let mut command = pinned(None)?;
        command.args(["bench", "campaign-serve", "--people", &people.to_string()]);
        command.arg("--data").arg(city);
        Self::spawn(command, Folder::make(None, "campaign-load")?)
    }

    fn spawn(mut command: Command, folder: Folder) -> anyhow::Result<Self> {
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

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The server's folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
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

    /// Processor time it has used so far, in seconds.
    pub(super) fn busy_s(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        ticks(&stat).map(|ticks| ticks / TICKS_PER_S).context("/proc says something unexpected")
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

/// User and system time in a line of `/proc/<pid>/stat`: fields 14 and 15, of which the second holds a name.
fn ticks(stat: &str) -> Option<f64> {
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11).map(str::parse::<f64>);
    Some(fields.next()?.ok()? + fields.next()?.ok()?)
}

/// This program, to be run on one core when one is given.
fn pinned(core: Option<usize>) -> anyhow::Result<Command> {
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    let Some(core) = core else { return Ok(Command::new(program)) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_any_name() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 5 0";
        assert_eq!(ticks(stat), Some(300.0));
        assert_eq!(ticks("7 (a) S 1"), None);
    }
}
