//! The bytes of a connection, plain or under TLS, watched on their way.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::watch::Watch;

/// What an HTTP/2 connection begins with (RFC 9113 3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection as the kernel or the TLS library gives it.
pub(super) enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that tells its [`Watch`] when a request begins to arrive and when the client stops reading.
pub(super) struct Watched {
    transport: Transport,
    watch: Arc<Watch>,
    /// Read already, to be read again.
    unread: Bytes,
}

impl Watched {
    pub(super) fn new(transport: Transport, watch: Arc<Watch>) -> Self {
        Self { transport, watch, unread: Bytes::new() }
    }

    /// Lets the next reader begin with these bytes.
    pub(super) fn put_back(&mut self, unread: Bytes) {
        self.unread = unread;
    }

    /// Waits for the first bytes: do they begin an HTTP/2 connection? They are not used up.
    pub(super) async fn begins_http2(&mut self) -> io::Result<bool> {
        let mut first = [0; HTTP2_PREFACE.len()];
        let mut filled = 0;
        while filled < first.len() && HTTP2_PREFACE.starts_with(&first[..filled]) {
            let read = self.read(&mut first[filled..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
        }
        self.put_back(Bytes::copy_from_slice(&first[..filled]));
        Ok(first == *HTTP2_PREFACE)
    }

    /// Waits until there may be something to read.
    pub(super) async fn readable(&self) -> io::Result<()> {
        match &self.transport {
            Transport::Plain(stream) => stream.readable().await,
            Transport::Tls(stream) => stream.get_ref().0.readable().await,
        }
    }

    /// Notes whether bytes on their way out get on.
    fn note<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_pending() {
            self.watch.stalled();
        } else {
            self.watch.moved();
        }
        written
    }
}

macro_rules! either {
    ($self:expr, $stream:ident => $call:expr) => {
        match &mut $self.transport {
            Transport::Plain(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Transport::Tls(stream) => {
                let $stream = Pin::new(&mut **stream);
                $call
            }
        }
    };
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.unread.is_empty() {
            let part = self.unread.len().min(buffer.remaining());
            buffer.put_slice(&self.unread.split_to(part));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = either!(self, stream => stream.poll_read(cx, buffer));
        if buffer.filled().len() > before {
            self.watch.arrived();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = either!(self, stream => stream.poll_write(cx, bytes));
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = either!(self, stream => stream.poll_write_vectored(cx, parts));
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = either!(self, stream => stream.poll_flush(cx));
        // A plain connection has nothing to flush, so it being flushed says nothing about what waits.
        match self.transport {
            Transport::Plain(_) => flushed,
            Transport::Tls(_) => self.note(flushed),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = either!(self, stream => stream.poll_shutdown(cx));
        self.note(closed)
    }
}
