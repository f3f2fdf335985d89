//! Listening, over TLS or not, and the job that writes down what fell due.

use crate::protect::protect;
use crate::state::AppState;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How long requests under way may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(20);
/// How often the index of our own people is brought up to date when nobody asks.
const FOLLOW_EVERY: Duration = Duration::from_secs(10);
/// How often callers that went away are forgotten, in ticks of a second.
const FORGET_EVERY: u64 = 300;

/// Where to listen.
#[derive(Debug)]
pub enum Address {
    /// An address to bind.
    Bind(SocketAddr),
    /// A listener that is bound already: its port is known before anything is served.
    Bound(TcpListener),
}

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// Where and how to listen.
#[derive(Debug)]
pub struct Listen {
    /// Where.
    pub address: Address,
    /// Over TLS, or in plain text behind a proxy or on this machine.
    pub tls: Option<Tls>,
}

/// Why the server did not start or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen: {0}")]
    Listen(std::io::Error),
    /// Certificate or key cannot be used.
    #[error("cannot use the certificate {certificate}: {error}")]
    Certificate {
        /// Which.
        certificate: String,
        /// Why.
        error: std::io::Error,
    },
    /// Accepting connections failed.
    #[error("serving ended: {0}")]
    Serve(std::io::Error),
}

/// Serves pages and calls until `shutdown` ends, then lets requests under way finish.
///
/// # Errors
/// [`ServeError`]
pub async fn serve(
    app: Router,
    state: AppState,
    listen: Listen,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let listener = match listen.address {
        Address::Bound(listener) => listener,
        Address::Bind(address) => TcpListener::bind(address).map_err(ServeError::Listen)?,
    };
    listener.set_nonblocking(true).map_err(ServeError::Listen)?;
    let app = protect(app, &state).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        shutdown.await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    let job = tokio::spawn(keep_time(state.clone()));
    let sending = tokio::spawn(crate::outbox::keep_sending(state.clone()));
    let following = tokio::spawn(follow(state));
    let served = match listen.tls {
        Some(tls) => {
            let config = certificate(&tls).await?;
            let server = axum_server::from_tcp_rustls(listener, config).map_err(ServeError::Listen)?;
            server.handle(handle).serve(app).await
        }
        None => {
            let server = axum_server::from_tcp(listener).map_err(ServeError::Listen)?;
            server.handle(handle).serve(app).await
        }
    };
    job.abort();
    sending.abort();
    following.abort();
    served.map_err(ServeError::Serve)
}

async fn certificate(tls: &Tls) -> Result<RustlsConfig, ServeError> {
    // Another part of the program may have chosen the provider already; there is only one to choose.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
        .await
        .map_err(|error| ServeError::Certificate {
            certificate: tls.certificate.display().to_string(),
            error,
        })
}

/// Builds the index of our own people and follows the commits, so that no question waits for much of either.
async fn follow(state: AppState) {
    if !state.config.linkage {
        return;
    }
    let mut pause = tokio::time::interval(FOLLOW_EVERY);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        let (linkage, ledger) = (state.linkage.clone(), state.ledger.clone());
        let work = tokio::task::spawn_blocking(move || linkage.catch_up(&ledger));
        if let Ok(Err(error)) = work.await {
            tracing::warn!(%error, "linkage.behind");
        }
    }
}

/// Every second: what fell due. A test clock that is moved ticks at once, in the call that moves it.
async fn keep_time(state: AppState) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ticks: u64 = 0;
    loop {
        every_second.tick().await;
        // A failure is logged where it is turned into an answer; the next second tries again.
        let _ = state.tick().await;
        ticks += 1;
        if ticks.is_multiple_of(FORGET_EVERY) {
            state.limits.forget_idle();
        }
    }
}
