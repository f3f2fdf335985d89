//! A gateway of text messages, over HTTP. Every provider wants another body, so the body is the city's own text with
//! places for number, words and id.

use crate::channel::{Channel, Outgoing, SendError};
use crate::http;
use lianfang_kernel::Instant;
use lianfang_kernel::identity::{Phone, PhoneKind};

/// A gateway at its address.
pub(crate) struct TextGateway {
    pub url: String,
    /// Sent with every request: what the gateway knows the city by.
    pub headers: Vec<(String, String)>,
    /// `{to}`, `{text}` and `{id}` are filled in, as JSON or as a form, after what `content_type` says.
    pub body: String,
    pub content_type: String,
    /// The header that carries the id of the message.
    pub dedupe_header: String,
    pub agent: ureq::Agent,
}

impl std::fmt::Debug for TextGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextGateway(…)")
    }
}

impl Channel for TextGateway {
    fn send(&self, message: &Outgoing, _now: Instant) -> Result<(), SendError> {
        let id = message.id.to_string();
        let mut headers: Vec<(&str, &str)> = vec![("content-type", &self.content_type), (&self.dedupe_header, &id)];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let body = fill(&self.body, &self.content_type, message);
        http::post(&self.agent, &self.url, &headers, &body).map(|_| ())
    }

    fn probe(&self) -> Result<(), SendError> {
        http::probe(&self.agent, &self.url)
    }

    fn fits(&self, address: &str) -> bool {
        Phone::parse(address).is_ok_and(|phone| matches!(phone.kind(), PhoneKind::Mobile | PhoneKind::Foreign))
    }
}

/// The body with its places filled in, each value written so that it stays one value.
fn fill(template: &str, content_type: &str, message: &Outgoing) -> String {
    let written = |value: &str| {
        if content_type.contains("json") {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        } else {
            form_value(value)
        }
    };
    let values = [
        ("{to}", written(message.to.as_deref().unwrap_or_default())),
        ("{id}", message.id.to_string()),
        ("{text}", written(&message.text)),
    ];
    let mut out = String::with_capacity(template.len() + 160);
    let mut rest = template;
    // One pass: what is filled in is never looked at for places again.
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match values.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, value)) => {
                out.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn form_value(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_value_cannot_break_out_of_its_place() {
        let message = Outgoing {
            id: Uuid::from_u128(1),
            to: Some("13800138000".to_owned()),
            subject: String::new(),
            text: "a\"b {to}&c=1".to_owned(),
        };
        let json = fill(r#"{"n":"{to}","t":"{text}"}"#, "application/json", &message);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["t"], "a\"b {to}&c=1");
        assert_eq!(read["n"], "13800138000");
        let form = fill("n={to}&t={text}", "application/x-www-form-urlencoded", &message);
        assert_eq!(form, "n=13800138000&t=a%22b%20%7Bto%7D%26c%3D1");
    }
}
