use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use prometheus_client::registry::Registry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::*;

#[tokio::test]
async fn a_handler_learns_who_is_behind_a_trusted_proxy() {
    let config = ServerConfig {
        trusted_proxies: vec![IpAddr::from(Ipv4Addr::LOCALHOST).into()],
        ..Default::default()
    };
    let connections =
        Connections::new(&config, ConnectionMetrics::register(&mut Registry::default())).unwrap();
    let trusted = Arc::clone(&connections);
    let who = async move |request: Request| {
        let address = client_address(request.extensions(), request.headers(), trusted.trusted_proxies());
        address.map_or_else(String::new, |address: IpAddr| address.to_string())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stage, staged) = watch::channel(Stage::Serving);
    let serving =
        tokio::spawn(accept(listener, Arc::clone(&connections), Router::new().route("/", get(who)), staged));

    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        "GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 1.1.1.1, 203.0.113.9\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("\r\n\r\n203.0.113.9"), "{answer}");

    stage.send(Stage::Draining).unwrap();
    serving.await.unwrap();
    connections.ended().await;
    assert_eq!(connections.figures().open, 0);
}

#[test]
fn a_cap_above_the_limit_of_descriptors_is_lowered_to_it() {
    let config = ServerConfig { connections: 1_000_000_000, ..Default::default() };
    let connections =
        Connections::new(&config, ConnectionMetrics::register(&mut Registry::default())).unwrap();
    assert_eq!(connections.figures().limit, descriptors::room_for_connections() as u64);
}
