//! `yimatong bench hold`, hidden: a client that holds many idle keep-alive connections.
//!
//! It opens them with one request each and says so on standard output; for every line on standard input it sends one more
//! request on each and says that too. It ends with its input.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use socket2::{Domain, Socket, Type};

use crate::connections::descriptors;

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: hold\r\n\r\n";
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Loopback addresses the connections come from, because one address has some 28,000 ports.
const SOURCES: usize = 64;

#[derive(Debug, Args)]
pub(super) struct Hold {
    /// The server, on loopback.
    #[arg(long)]
    address: SocketAddr,
    /// How many connections.
    #[arg(long)]
    connections: usize,
}

impl Hold {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        ensure!(self.address.ip().is_loopback(), "only a server on loopback is held");
        descriptors::raise_limit();
        let mut held = Vec::with_capacity(self.connections);
        for number in 0..self.connections {
            let mut stream = open(number, self.address).with_context(|| format!("connection {number}"))?;
            ask(&mut stream).with_context(|| format!("connection {number}"))?;
            held.push(stream);
        }
        println!("held {}", held.len());
        for line in std::io::stdin().lines() {
            line?;
            for (number, stream) in held.iter_mut().enumerate() {
                ask(stream).with_context(|| format!("connection {number}"))?;
            }
            println!("answered {}", held.len());
        }
        Ok(())
    }
}

/// Connects from one of the loopback addresses.
fn open(number: usize, address: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let last = u8::try_from(1 + number % SOURCES)?;
    socket.bind(&SocketAddr::from((IpAddr::from(Ipv4Addr::new(127, 0, 0, last)), 0)).into())?;
    socket.connect(&address.into())?;
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}

/// One request and its answer, which has to be 200 and short.
fn ask(stream: &mut TcpStream) -> anyhow::Result<()> {
    stream.write_all(REQUEST)?;
    let mut answer = Vec::new();
    let mut part = [0; 1_024];
    loop {
        let read = stream.read(&mut part)?;
        ensure!(read > 0, "the server closed it");
        answer.extend_from_slice(&part[..read]);
        if is_whole(&answer) {
            break;
        }
    }
    ensure!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    Ok(())
}

/// Is the head there, and behind it as much as it says?
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).is_none_or(|length: usize| body.len() >= length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        assert!(is_whole(answer));
        assert!((0..answer.len()).all(|end| !is_whole(&answer[..end])));
    }
}
