//! Doubles of what stands outside: a server that speaks HTTP and one that speaks SMTP, on this machine, for one test.
//!
//! They speak the protocol over a socket, so that what is tested is what runs; they answer what the test tells them to, and
//! keep what they were sent.

mod gateway;
mod mail;

pub use gateway::{Answer, HttpDouble, HttpRequest};
pub use mail::{Mail, MailAnswer, MailTls, SmtpDouble};

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A listener with a thread that serves one connection after the other, until dropped.
#[derive(Debug)]
struct Listening {
    port: u16,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Listening {
    fn start(mut serve: impl FnMut(TcpStream) + Send + 'static) -> Listening {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port of this machine");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream);
            }
        });
        Listening {
            port,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it should stop.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
