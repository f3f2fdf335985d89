//! A mail server over SMTP (RFC 5321), without TLS: it listens on this machine only.

use super::Listening;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
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

/// A mail server on this machine.
#[derive(Debug)]
pub struct SmtpDouble {
    state: Arc<Mutex<State>>,
    listening: Listening,
}

impl SmtpDouble {
    /// Starts one on a free port.
    pub fn start() -> SmtpDouble {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let listening = Listening::start(move |stream| {
            // A caller that goes away in the middle has said nothing.
            let _ = talk(&shared, stream);
        });
        SmtpDouble { state, listening }
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

fn talk(state: &Mutex<State>, mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut mail = Mail::default();
    write!(stream, "220 double ESMTP\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
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
                mail.data = data(&mut reader)?;
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
fn data(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim_end() == "." {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
