//! What stands before several nodes of a service: a proxy that gives each connection to the next node that takes it.

use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

/// What a caller hears of a node that is gone before it has answered: it may be asked again.
const GONE: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A proxy.
pub struct Front {
    pub port: u16,
    _stop: DropGuard,
}

impl Front {
    /// A proxy before nodes that listen, or will listen, on these ports.
    pub async fn before(nodes: Vec<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, nodes, stop.clone()));
        Self { port, _stop: stop.drop_guard() }
    }
}

async fn serve(listener: TcpListener, mut nodes: Vec<u16>, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! { accepted = listener.accept() => accepted, () = stop.cancelled() => return };
        let (near, stop, order) = (accepted.unwrap().0, stop.clone(), nodes.clone());
        nodes.rotate_left(1);
        tokio::spawn(async move {
            tokio::select! { () = carry(near, &order) => {}, () = stop.cancelled() => {} }
        });
    }
}

/// Carries a connection to the first node that takes it. It ends as soon as one side ends; who has asked and was not
/// answered hears so.
async fn carry(near: TcpStream, nodes: &[u16]) {
    let _ = near.set_nodelay(true);
    let (mut near_in, mut near_out) = near.into_split();
    let mut is_answered = false;
    for port in nodes {
        let Ok(far) = TcpStream::connect(("127.0.0.1", *port)).await else { continue };
        let _ = far.set_nodelay(true);
        let (mut far_in, mut far_out) = far.into_split();
        let answered = AtomicBool::new(true);
        let up = copy(&mut near_in, &mut far_out, || answered.store(false, Ordering::Relaxed));
        let down = copy(&mut far_in, &mut near_out, || answered.store(true, Ordering::Relaxed));
        tokio::select! { () = up => {}, () = down => {} }
        is_answered = answered.into_inner();
        break;
    }
    if !is_answered {
        let _ = near_out.write_all(GONE).await;
    }
}

async fn copy(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, passed: impl Fn()) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(bytes @ 1..) = from.read(&mut buffer).await {
        passed();
        if to.write_all(&buffer[..bytes]).await.is_err() {
            return;
        }
    }
}
