//! One request and what its answer means.

use crate::channel::SendError;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long one attempt may take in all.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const ANSWER_BYTES: u64 = 64 * 1024;

/// A client of one channel. It follows no redirect: an address that moved is looked at by a person.
pub(crate) fn agent(roots: Vec<Certificate<'static>>) -> ureq::Agent {
    let roots = if roots.is_empty() {
        RootCerts::WebPki
    } else {
        RootCerts::new_with_certs(&roots)
    };
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .timeout_connect(Some(CONNECT))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .tls_config(TlsConfig::builder().root_certs(roots).build());
    config.build().into()
}

/// Posts a body; answers what came back when the status says that it was taken.
pub(crate) fn post(agent: &ureq::Agent, url: &str, headers: &[(&str, &str)], body: &str) -> Result<String, SendError> {
    let mut request = agent.post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.send(body).map_err(|error| transport(&error))?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
    match (status, text) {
        // The status line says that it was taken: what else was said is not needed.
        (200..=299, text) => Ok(text.unwrap_or_default()),
        (429, _) => Err(SendError::NotSent("429".to_owned())),
        (408 | 500..=599, _) => Err(SendError::Unknown(status.to_string())),
        _ => Err(SendError::Refused(status.to_string())),
    }
}

/// Whether anything answers at that address, whatever it says.
pub(crate) fn probe(agent: &ureq::Agent, url: &str) -> Result<(), SendError> {
    agent.head(url).call().map(|_| ()).map_err(|error| transport(&error))
}

/// What a failure below HTTP means. Only a connection that never stood is sure not to have carried the message.
fn transport(error: &ureq::Error) -> SendError {
    let never = matches!(
        error,
        ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect)
    ) || matches!(error, ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused);
    let refused = matches!(
        error,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::Tls(_)
    );
    // The kind alone: the words of an error may hold the address with its key.
    let reason = match error {
        ureq::Error::Timeout(_) => "timeout",
        ureq::Error::HostNotFound => "no such host",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "TLS",
        _ if never => "no connection",
        _ => "connection broken",
    };
    match (never, refused) {
        (true, _) => SendError::NotSent(reason.to_owned()),
        (_, true) => SendError::Refused(reason.to_owned()),
        _ => SendError::Unknown(reason.to_owned()),
    }
}
