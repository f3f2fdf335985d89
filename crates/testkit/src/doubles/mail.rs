//! A mail server over SMTP (RFC 5321) on this machine, plain, with STARTTLS (RFC 3207) or with TLS from the first byte
//! (RFC 8314).

use super::Listening;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

/// A mail that was taken, or offered.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Sender of the envelope.
    pub from: String,
    /// Recipient of the envelope.
    pub to: String,
    /// Headers and text, as sent.
    pub data: String,
}

/// What the double says once a mail is whole.
#[derive(Clone, Copy, Debug)]
pub enum MailAnswer {
    /// A code: 250, 451, 550 …
    Code(u16),
    /// It takes the mail, and the connection breaks before it says so.
    TakeAndBreak,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<MailAnswer>,
    mails: Vec<Mail>,
}

/// When the talk is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// After the caller has asked for it; before, no mail is taken.
    Starttls,
    /// From the first byte.
    Implicit,
}

/// A mail server on this machine.
#[derive(Debug)]
pub struct SmtpDouble {
    state: Arc<Mutex<State>>,
    listening: Listening,
    certificate: Option<String>,
}

impl SmtpDouble {
    /// Starts one on a free port.
    pub fn start() -> SmtpDouble {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let listening = Listening::start(move |mut stream| {
            // A caller that goes away in the middle has said nothing.
            let _ = stream.write_all(GREETING).and_then(|()| talk(&shared, &mut stream));
        });
        SmtpDouble {
            state,
            listening,
            certificate: None,
        }
    }

    /// Starts one that speaks TLS as `host`, with a certificate of its own.
    pub fn start_tls(tls: MailTls, host: &str) -> SmtpDouble {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let (config, pem) = certified(host);
        let listening = Listening::start(move |stream| {
            // A caller that does not believe the certificate goes away.
            let _ = match tls {
                MailTls::Starttls => talk_then_seal(&shared, stream, &config),
                MailTls::Implicit => sealed(stream, &config).and_then(|mut stream| {
                    stream.write_all(GREETING)?;
                    talk(&shared, &mut stream)
                }),
            };
        });
        SmtpDouble {
            state,
            listening,
            certificate: Some(pem),
        }
    }

    /// Its certificate in PEM; empty for one without TLS.
    pub fn certificate(&self) -> &str {
        self.certificate.as_deref().unwrap_or_default()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.listening.port
    }

    /// Answers the next mails so, one each; 250 when nothing is left.
    pub fn script(&self, answers: impl IntoIterator<Item = MailAnswer>) {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .script
            .extend(answers);
    }

    /// What was taken, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).mails.clone()
    }
}

const GREETING: &[u8] = b"220 double ESMTP\r\n";

fn certified(host: &str) -> (Arc<ServerConfig>, String) {
    let key = KeyPair::generate().expect("a key can be made");
    let params = CertificateParams::new(vec![host.to_owned()]).expect("the name of a host");
    let certificate = params.self_signed(&key).expect("it signs itself");
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows the usual versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)
        .expect("the key is that of the certificate");
    (Arc::new(config), certificate.pem())
}

fn sealed(stream: TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<StreamOwned<ServerConnection, TcpStream>> {
    let connection = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

/// Takes nothing but the wish to go on under TLS.
fn talk_then_seal(state: &Mutex<State>, mut stream: TcpStream, config: &Arc<ServerConfig>) -> std::io::Result<()> {
    stream.write_all(GREETING)?;
    loop {
        let Some(line) = read_line(&mut stream)? else {
            return Ok(());
        };
        match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => stream.write_all(b"250-double\r\n250 STARTTLS\r\n")?,
            "STARTTLS" => {
                stream.write_all(b"220 2.0.0 go ahead\r\n")?;
                return talk(state, &mut sealed(stream, config)?);
            }
            "QUIT" => return stream.write_all(b"221 2.0.0 bye\r\n"),
            _ => stream.write_all(b"530 5.7.0 TLS first\r\n")?,
        }
    }
}

/// A line without its end; none at the end of the talk. Byte by byte: what follows may be sealed.
fn read_line(stream: &mut impl Read) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte)? == 1 {
        if byte[0] == b'\n' {
            return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
        }
        line.push(byte[0]);
    }
    Ok(None)
}

fn talk<S: Read + Write>(state: &Mutex<State>, stream: &mut S) -> std::io::Result<()> {
    let mut mail = Mail::default();
    loop {
        let Some(line) = read_line(stream)? else { return Ok(()) };
        let line = line.as_str();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        match verb.as_str() {
            "EHLO" => write!(stream, "250-double\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n")?,
            "AUTH" => write!(stream, "235 2.7.0 welcome\r\n")?,
            "MAIL" => {
                mail.from = address(line);
                write!(stream, "250 2.1.0 ok\r\n")?;
            }
            "RCPT" => {
                mail.to = address(line);
                write!(stream, "250 2.1.5 ok\r\n")?;
            }
            "DATA" => {
                write!(stream, "354 go on\r\n")?;
                mail.data = data(stream)?;
                let answer = {
                    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                    let answer = state.script.pop_front().unwrap_or(MailAnswer::Code(250));
                    if matches!(answer, MailAnswer::Code(250) | MailAnswer::TakeAndBreak) {
                        state.mails.push(mail.clone());
                    }
                    answer
                };
                match answer {
                    MailAnswer::Code(code) => write!(stream, "{code} as told\r\n")?,
                    MailAnswer::TakeAndBreak => return Ok(()),
                }
            }
            "QUIT" => return write!(stream, "221 2.0.0 bye\r\n"),
            _ => write!(stream, "250 2.0.0 ok\r\n")?,
        }
    }
}

fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// Lines until the one with a single dot; a doubled dot at the start of a line is one.
fn data(stream: &mut impl Read) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        match read_line(stream)? {
            None => return Ok(data),
            Some(line) if line == "." => return Ok(data),
            Some(line) => {
                data.push_str(line.strip_prefix('.').unwrap_or(&line));
                data.push_str("\r\n");
            }
        }
    }
}
