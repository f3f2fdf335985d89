//! Channels that messages leave by: robots of group chats, a gateway of text messages, e-mail; and what replies mean.
//!
//! To add a kind of channel: 1. a file with what it sends and how it reads the answer, behind [`Channel`]; 2. a variant
//! of [`config::Kind`] and its line in `config::Messages::open`; 3. a test against a double that speaks the protocol.
//!
//! A channel never retries by itself: it says what became of one attempt, and [`retry`] says when the next one is due.
//! Whoever calls it has written down before that it tries, so that a crash in between is known afterwards.
//!
//! ```
//! use lianfang_messages::config::Messages;
//!
//! let messages = Messages::parse(
//!     r#"
//!     link = "https://lianfang.example.cn"
//!     [[channel]]
//!     id = "sms"
//!     kind = "sms"
//!     url = "https://gateway.example.cn/send"
//!     body = '{"to":"{to}","text":"{text}"}'
//!     "#,
//! )?;
//! assert!(messages.channel("sms").is_some());
//! # Ok::<(), lianfang_messages::config::ConfigError>(())
//! ```

mod channel;
pub mod config;
pub mod hours;
mod http;
pub mod reply;
pub mod retry;
mod robots;
mod smtp;
mod text_gateway;

pub use channel::{Channel, Outgoing, SendError};
