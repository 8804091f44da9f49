//! The bytes of a connection, plain or under TLS, watched on their way.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::watch::Watch;

/// A connection as the kernel or the TLS library gives it.
pub(super) enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that tells its [`Watch`] when a request begins to arrive and when the client stops reading.
pub(super) struct Watched {
    transport: Transport,
    watch: Arc<Watch>,
}

impl Watched {
    pub(super) fn new(transport: Transport, watch: Arc<Watch>) -> Self {
        Self { transport, watch }
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
        if flushed.is_pending() { self.note(flushed) } else { flushed }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = either!(self, stream => stream.poll_shutdown(cx));
        self.note(closed)
    }
}
