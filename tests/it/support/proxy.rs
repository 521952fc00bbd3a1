//! A network between a process and its database that can fall silent: nothing is refused, nothing is closed, nothing comes.

use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fair,
    Silent,
}

/// A listener that carries connections to the cluster's socket.
pub struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    _stop: DropGuard,
}

impl Proxy {
    /// A fair network.
    pub async fn start() -> Self {
        Self::begin(Weather::Fair).await
    }

    /// A network on which nothing answers yet.
    pub async fn silent() -> Self {
        Self::begin(Weather::Silent).await
    }

    async fn begin(weather: Weather) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let weather = watch::Sender::new(weather);
        tokio::spawn(serve(listener, weather.clone(), stop.clone()));
        Self { address, weather, _stop: stop.drop_guard() }
    }

    /// The connections that exist fall silent for ever, and so do new ones until [`heal`](Self::heal).
    pub fn fall_silent(&self) {
        self.weather.send_replace(Weather::Silent);
    }

    /// New connections work again.
    pub fn heal(&self) {
        self.weather.send_replace(Weather::Fair);
    }

    /// The URL of a database by this way.
    pub fn url_of(&self, url: &str) -> String {
        let database = url.split('?').next().unwrap().rsplit('/').next().unwrap();
        format!("postgresql://vaxline@{}/{database}?sslmode=disable", self.address)
    }
}

async fn serve(listener: TcpListener, weather: watch::Sender<Weather>, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! { accepted = listener.accept() => accepted, () = stop.cancelled() => return };
        let (stream, stop) = (accepted.unwrap().0, stop.clone());
        let weather = weather.subscribe();
        tokio::spawn(async move {
            tokio::select! { () = carry(stream, weather) => {}, () = stop.cancelled() => {} }
        });
    }
}

async fn carry(mut near: TcpStream, mut weather: watch::Receiver<Weather>) {
    let is_fair = *weather.borrow_and_update() == Weather::Fair;
    if is_fair {
        let mut far = UnixStream::connect(socket()).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = weather.wait_for(|weather| *weather == Weather::Silent) => {}
        }
        // Both ends stay open, and hear nothing.
        std::future::pending::<()>().await;
        drop(far);
    }
    std::future::pending::<()>().await;
    drop(near);
}

/// The socket of the tests' cluster.
fn socket() -> PathBuf {
    let url = super::cluster::cluster();
    let options = url.split_once('?').expect("a cluster on a socket").1;
    let folder = options.split('&').find_map(|option| option.strip_prefix("host=")).expect("a cluster on a socket");
    PathBuf::from(folder).join(".s.PGSQL.5432")
}
