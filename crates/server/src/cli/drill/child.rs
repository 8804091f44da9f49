//! The server under drill, as a process of its own that can be stopped, slowed, killed and started again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Signal, kill_process};
use yimatong_drill::scenario::{Protection, Provision};

use super::behind;
use super::machine::{self, Processors};
use crate::clock::monotonic;

/// A start may take this long; a demo city is made within it.
const STARTS: Duration = Duration::from_secs(60);
/// A stop may take this long; then the process is killed.
const STOPS: Duration = Duration::from_secs(15);
/// A command on standard input is answered within this time.
const ANSWERS: Duration = Duration::from_secs(20);
/// Between two looks at a process.
const LOOK: Duration = Duration::from_millis(10);

/// How to start it.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) data: PathBuf,
    pub(super) address: SocketAddr,
    pub(super) provision: Provision,
    pub(super) protection: Protection,
    pub(super) processors: Option<Processors>,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    commands: Option<ChildStdin>,
    answers: Receiver<String>,
}

/// A port of 127.0.0.1 that nobody uses now.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

impl Recipe {
    /// Starts the server and waits until it serves.
    pub(super) fn start(&self) -> anyhow::Result<Running> {
        let program = std::env::current_exe().context("cannot find the path of this program")?;
        let mut command = Command::new(program);
        command.args(["serve", "--demo", "--data"]).arg(&self.data);
        command.args(["--listen", &self.address.to_string()]);
        command.args(["--drill-store-connections", &self.provision.store_connections.to_string()]);
        command.args(["--drill-store-time-ms", &self.provision.store_time_ms.to_string()]);
        command.args(["--protection", self.protection.as_str()]);
        command.arg("--drill-until-eof");
        command.env("YIMATONG__LOG__FILTER", "error");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // A child has its parent's processors from its first moment.
        let own = self.processors.map(|processors| processors.drill);
        if let Some(processors) = self.processors {
            machine::pin(None, processors.server)?;
        }
        let spawned = command.spawn().context("cannot start the server");
        if let Some(cpu) = own {
            machine::pin(None, cpu)?;
        }
        let mut running = Running::new(spawned?);
        running.wait_ready(self.address)?;
        Ok(running)
    }
}

impl Running {
    fn new(mut child: Child) -> Self {
        behind::server(Some(child.id()));
        let commands = child.stdin.take();
        let (send, answers) = channel();
        if let Some(out) = child.stdout.take() {
            // Ends with the process.
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if let Some(answer) = line.strip_prefix("drill: ") {
                        let _ = send.send(answer.to_owned());
                    }
                }
            });
        }
        Self { child, commands, answers }
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait_ready(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let started = monotonic();
        while !is_ready(address) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server did not start ({status}); its message is above");
            }
            if started.elapsed() > STARTS {
                bail!("the server was not ready within {} s", STARTS.as_secs());
            }
            pause(LOOK);
        }
        Ok(())
    }

    /// Tells the server something and waits for its answer.
    pub(super) fn command(&mut self, line: &str) -> anyhow::Result<String> {
        let commands = self.commands.as_mut().context("the server has no standard input")?;
        writeln!(commands, "{line}")
            .and_then(|()| commands.flush())
            .context("the server takes no command")?;
        let answer = self.answers.recv_timeout(ANSWERS).with_context(|| format!("no answer to {line}"))?;
        if answer.starts_with("error") {
            bail!("{line}: {answer}");
        }
        Ok(answer)
    }

    pub(super) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = machine::pid(self.pid()).context("a process has a number")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it as an operator would.
    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        self.commands = None;
        self.signal(Signal::TERM)?;
        let asked = monotonic();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > STOPS {
                return self.kill();
            }
            pause(LOOK);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An error means that the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        behind::server(None);
    }
}

/// Does `/readyz` say yes?
fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<[u8; 12]> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(head)
    };
    ask().is_ok_and(|head| head.ends_with(b" 200"))
}

/// Waits for another process, which can't tell this one when it is done.
#[expect(clippy::disallowed_methods, reason = "another process can only be looked at again")]
pub(super) fn pause(time: Duration) {
    std::thread::sleep(time);
}
