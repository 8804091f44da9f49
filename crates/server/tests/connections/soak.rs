//! Very many idle keep-alive connections against the real binary: held within bounded memory, and served afterwards.
//!
//! A process holds no more connections than its limit of descriptors lets it. Where that is below the number asked
//! for, the connections are spread over as many servers as it takes, and their memory is added up.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use tempfile::TempDir;
use yimatong_server::connections::descriptors;

use crate::process::{Server, command, demo_folder};
use crate::server::until;

/// Bytes all connections together may cost the servers (issue 3: 100,000 within 2 GB).
const MOST_BYTES_PER_CONNECTION: usize = 20_000;
/// What a server's memory varies by without them.
const SLACK_BYTES: usize = 24 << 20;
/// Descriptors a process needs for other things.
const OTHERS: usize = 1_000;

/// Few in every test run, 100,000 in `make soak`.
fn connections() -> usize {
    std::env::var("YIMATONG_SOAK_CONNECTIONS").ok().map_or(500, |number| number.parse().unwrap())
}

/// A server and the client that holds its connections.
struct Node {
    server: Server,
    client: Child,
    tell: ChildStdin,
    said: BufReader<ChildStdout>,
    connections: usize,
    bytes_before: usize,
    descriptors_before: usize,
    _folder: TempDir,
}

impl Node {
    fn start(connections: usize) -> Self {
        let folder = demo_folder();
        let server = Server::start_with(
            folder.path(),
            &[
                ("YIMATONG__SERVER__CONNECTIONS", &(connections + 100).to_string()),
                ("YIMATONG__SERVER__IDLE_TIMEOUT_MS", "3600000"),
                ("YIMATONG__SERVER__IDLE_TIMEOUT_FULL_MS", "3600000"),
            ],
        );
        let (bytes_before, descriptors_before) = (resident_bytes(server.id()), descriptors_of(server.id()));
        let mut client = command(&["bench", "hold", "--address", &server.address.to_string()])
            .args(["--connections", &connections.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, said) = (client.stdin.take().unwrap(), BufReader::new(client.stdout.take().unwrap()));
        Self { server, client, tell, said, connections, bytes_before, descriptors_before, _folder: folder }
    }

    /// Connections that hold no buffers.
    fn resting(&self) -> usize {
        let mut stream = std::net::TcpStream::connect(self.server.address).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut metrics = String::new();
        stream.read_to_string(&mut metrics).unwrap();
        let line = metrics.lines().find_map(|line| line.strip_prefix("yimatong_connections_resting "));
        line.unwrap().parse().unwrap()
    }

    /// Waits until the client says so.
    fn hears(&mut self, what: &str) {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), format!("{what} {}", self.connections), "{}", self.server.log());
    }
}

fn resident_bytes(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() * 1_024
}

fn descriptors_of(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

#[test]
fn idle_connections_are_held_within_bounded_memory_and_served_afterwards() {
    let all = connections();
    let most = usize::try_from(descriptors::raise_limit()).unwrap().saturating_sub(OTHERS);
    let nodes = all.div_ceil(most);
    let shares = (0..nodes).map(|node| all / nodes + usize::from(node < all % nodes));
    let mut nodes: Vec<Node> = shares.map(Node::start).collect();
    nodes.iter_mut().for_each(|node| node.hears("held"));
    until("idle connections have given their buffers back", || {
        nodes.iter().all(|node| node.resting() >= node.connections)
    });
    let total = |of: fn(&Node) -> usize| nodes.iter().map(of).sum::<usize>();
    let held = total(|node| descriptors_of(node.server.id()) - node.descriptors_before);
    let (bytes, before) = (total(|node| resident_bytes(node.server.id())), total(|node| node.bytes_before));
    eprintln!(
        "{all} idle connections on {} server(s): {} MB resident, {} MB before, {} bytes per connection",
        nodes.len(),
        bytes / 1_000_000,
        before / 1_000_000,
        bytes.saturating_sub(before) / all
    );
    assert!(held >= all, "{held} descriptors");
    assert!(bytes <= before + all * MOST_BYTES_PER_CONNECTION + nodes.len() * SLACK_BYTES, "{bytes} bytes");
    assert!(bytes <= 2_000_000_000, "{bytes} bytes");
    nodes.iter_mut().for_each(|node| node.tell.write_all(b"again\n").unwrap());
    nodes.iter_mut().for_each(|node| node.hears("answered"));
    for node in nodes {
        drop(node.tell);
        let mut client = node.client;
        assert!(client.wait().unwrap().success());
        until("the descriptors are given back", || {
            descriptors_of(node.server.id()) <= node.descriptors_before + 5
        });
    }
}
