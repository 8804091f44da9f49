//! One connection from its acceptance to its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::response::Response;
use futures_util::TryFutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1::Parts;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::{Service, ServiceExt as _};

use super::answer::Answer;
use super::drive::{Ended, drive, wait};
use super::metrics::Counted;
use super::request_body::limited;
use super::transport::{Transport, Watched};
use super::watch::Watch;
use super::{Connections, Peer, Stage};

/// Serves a connection that was just accepted.
pub(super) async fn serve<S>(
    stream: TcpStream,
    peer: SocketAddr,
    connections: Arc<Connections>,
    site: S,
    mut stage: watch::Receiver<Stage>,
) where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let transport = match &connections.tls {
        None => Transport::Plain(stream),
        // In a box of its own, so that a plain connection has no room for a handshake.
        Some(tls) => match Box::pin(tls.handshake(stream, &connections, stage.clone())).await {
            Some(stream) => Transport::Tls(Box::new(stream)),
            None => return,
        },
    };
    let watch = Arc::new(Watch::new(Arc::clone(&connections)));
    let mut io = Watched::new(transport, Arc::clone(&watch));
    let Some(Ok(is_http2)) = wait(&watch, &mut stage, io.begins_http2()).await else { return };
    let noted = Arc::clone(&watch);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        // A request with both lengths must end its connection, or what follows may be a smuggled one (RFC 9112 6.1). Hyper
        // hides the second length, so every chunked request does.
        let is_last = request.headers().contains_key(header::TRANSFER_ENCODING);
        let under_way = noted.begin(request.version() == Version::HTTP_2);
        let mut request = request.map(|body| limited(body, &noted));
        request.extensions_mut().insert(Peer(peer));
        site.clone().oneshot(request).map_ok(move |mut response| {
            if is_last {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response.map(|body| Answer::new(body, under_way))
        })
    });
    if is_http2 {
        let mut connection = Box::pin(connections.http2.serve_connection(TokioIo::new(io), service));
        drive(connection.as_mut(), &watch, &mut stage).await;
    } else {
        serve_http1(io, service, &watch, &mut stage).await;
    }
}

/// Serves HTTP/1. Between two requests hyper, with its buffers, is taken apart when they are more than a moment away:
/// an idle connection costs little more than its descriptor.
async fn serve_http1<S>(
    mut io: Watched,
    mut service: S,
    watch: &Arc<Watch>,
    stage: &mut watch::Receiver<Stage>,
) where
    S: HttpService<Incoming, ResBody = Answer, Error = Infallible>,
    S::Future: Send,
{
    loop {
        let mut connection = Box::new(watch.connections.http1.serve_connection(TokioIo::new(io), service));
        if drive(Pin::new(&mut *connection), watch, stage).await == Ended::Closed {
            return;
        }
        let Parts { io: held, read_buf, service: same, .. } = connection.into_parts();
        (io, service) = (held.into_inner(), same);
        if read_buf.is_empty() {
            // Empty as it is, it holds the whole buffer.
            drop(read_buf);
        } else {
            // A part of the next request came with the one before.
            io.put_back(read_buf);
            watch.headers_begun();
            continue;
        }
        let _resting = Counted::new(&watch.connections.metrics.resting);
        if !matches!(wait(watch, stage, io.readable()).await, Some(Ok(()))) {
            return;
        }
    }
}
