//! The acceptor: it takes a connection only when there is a place for it.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use socket2::SockRef;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connection::serve;
use super::metrics::Counted;
use super::{Connections, Stage};

/// Connections the kernel keeps for us while we don't accept (it may cap this by net.core.somaxconn).
const BACKLOG: i32 = 4096;
/// How long the acceptor rests when the kernel has no descriptor or memory for a connection.
const REST: Duration = Duration::from_millis(50);

/// Sets what every accepted connection inherits, and the length of the kernel's queue.
pub(crate) fn prepare(listener: &TcpListener) -> io::Result<()> {
    let socket = SockRef::from(listener);
    socket.set_tcp_nodelay(true)?;
    socket.listen(BACKLOG)
}

/// Accepts until the stage is no longer [`Stage::Serving`].
pub(crate) async fn accept<S>(
    listener: TcpListener,
    connections: Arc<Connections>,
    site: S,
    stage: watch::Receiver<Stage>,
) where
    S: tower::Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    let mut stop = stage.clone();
    let mut is_failing = false;
    let accepting = async {
        loop {
            let Ok(place) = Arc::clone(&connections.places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    is_failing = false;
                    connections.metrics.accepted.inc();
                    let open = Counted::new(&connections.metrics.open);
                    let serving = serve(stream, peer, Arc::clone(&connections), site.clone(), stage.clone());
                    tokio::spawn(async move {
                        serving.await;
                        drop((open, place));
                    });
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // One line per trouble, not per try.
                    if !std::mem::replace(&mut is_failing, true) {
                        tracing::error!(%error, "connections can't be accepted; trying again");
                    }
                    tokio::time::sleep(REST).await;
                }
            }
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = stop.wait_for(|stage| *stage != Stage::Serving) => {}
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn accepted_connections_inherit_that_nothing_is_held_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        prepare(&listener).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        assert!(listener.accept().await.unwrap().0.nodelay().unwrap());
        drop(client);
    }
}
