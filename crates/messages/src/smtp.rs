//! E-mail, over a mail server of the city. The id of the message is the Message-ID, by which mail programs tell a second
//! copy.

use crate::channel::{Channel, Outgoing, SendError};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, Message, SmtpTransport, Transport};
use lianfang_kernel::Instant;
use std::time::{Duration, UNIX_EPOCH};

/// What is said of a certificate that was not believed.
pub(crate) const CERTIFICATE: &str = "certificate";

/// A mail server.
pub(crate) struct MailServer {
    pub transport: SmtpTransport,
    pub from: Mailbox,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailServer(…)")
    }
}

impl Channel for MailServer {
    fn send(&self, message: &Outgoing, now: Instant) -> Result<(), SendError> {
        let mail = self.mail(message, now)?;
        match self.transport.send(&mail) {
            Ok(_) => Ok(()),
            Err(error) => Err(judge(&error)),
        }
    }

    fn probe(&self) -> Result<(), SendError> {
        match self.transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err(SendError::NotSent("no answer".to_owned())),
            Err(error) => Err(judge(&error)),
        }
    }

    fn fits(&self, address: &str) -> bool {
        address.parse::<Address>().is_ok()
    }
}

impl MailServer {
    fn mail(&self, message: &Outgoing, now: Instant) -> Result<Message, SendError> {
        let bad = |what: &str| SendError::Refused(what.to_owned());
        let to: Address = message
            .to
            .as_deref()
            .and_then(|to| to.parse().ok())
            .ok_or_else(|| bad("no address"))?;
        let id = format!("<{}@{}>", message.id, self.from.email.domain());
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(id))
            .date(date)
            .subject(message.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|_| bad("cannot be written as a mail"))
    }
}

/// A code of 4xx says not now, one of 5xx never; a connection that broke may have carried the whole mail.
fn judge(error: &lettre::transport::smtp::Error) -> SendError {
    if is_certificate(error) {
        // Nothing was said to a server that is not the one it should be; who runs this one can mend it.
        return SendError::NotSent(CERTIFICATE.to_owned());
    }
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    if error.is_permanent() {
        SendError::Refused(code)
    } else if error.is_transient() {
        SendError::NotSent(code)
    } else if error.is_timeout() || error.is_response() {
        SendError::Unknown("no whole answer".to_owned())
    } else if error.is_client() || error.is_tls() {
        SendError::Refused("TLS or sign-in".to_owned())
    } else {
        // Before anything was said, or in the middle of it: the library does not tell the two apart.
        connection(error)
    }
}

/// Whether the certificate of the other side was not believed: unknown, of another name, past its time.
fn is_certificate(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.to_string().contains("invalid peer certificate") {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// A connection that never stood is sure not to have carried anything.
fn connection(error: &lettre::transport::smtp::Error) -> SendError {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return SendError::NotSent("no connection".to_owned());
        }
        cause = inner.source();
    }
    SendError::Unknown("connection broken".to_owned())
}
