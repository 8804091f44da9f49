//! A client that sends exactly the bytes it is told to.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A request the server answers with 200.
pub(crate) const GET: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
/// How long a client waits before it calls the server stuck.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a client listens between two bytes of its own.
const MOMENT: Duration = Duration::from_millis(20);

/// Head and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A connection.
pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    /// Does the server say anything, or close, within a moment?
    pub(crate) fn is_answered_within_a_moment(&self) -> bool {
        self.stream.set_read_timeout(Some(MOMENT)).unwrap();
        let said = self.stream.peek(&mut [0; 1]);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        !said.is_err_and(|error| is_timeout(&error))
    }

    /// Has the server closed, or does it within a moment? An answer is an error of the test.
    pub(crate) fn is_closed_within_a_moment(&mut self) -> bool {
        self.stream.set_read_timeout(Some(MOMENT)).unwrap();
        let closed = match self.stream.read(&mut [0; 1]) {
            Ok(0) => true,
            Ok(_) => panic!("the server answered"),
            Err(error) if is_timeout(&error) => false,
            Err(error) => is_end(&error),
        };
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        closed
    }
}

impl<S: Read + Write> Client<S> {
    pub(crate) fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).unwrap();
    }

    /// Sends where the server may have closed already.
    pub(crate) fn try_send(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(text.as_ref()).is_ok()
    }

    /// Reads one answer with a content-length.
    pub(crate) fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            assert_eq!(
                self.stream.read(&mut byte).unwrap(),
                1,
                "closed after {:?}",
                String::from_utf8_lossy(&head)
            );
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body).unwrap();
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// One whole exchange.
    pub(crate) fn get(&mut self) -> u16 {
        self.send(GET);
        self.answer().status
    }

    /// Everything until the server closes. Fails when it does not.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        if let Err(error) = self.stream.read_to_end(&mut rest) {
            assert!(is_end(&error), "the server does not close: {error}");
        }
        rest
    }

    /// Waits until the server closes, without an answer.
    pub(crate) fn assert_closed(&mut self) {
        let rest = self.rest();
        assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

fn is_end(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof)
}
