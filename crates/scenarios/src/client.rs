//! Requests to the server under test.

use crate::answer::Answer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Request;

/// Longest wait for an answer. A tick over fourteen days in a debug build on a busy machine takes seconds, not minutes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to one server.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

impl Client {
    /// For the server at `base`, such as `http://127.0.0.1:8080`.
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// There is no answer, or it cannot be read.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{}", self.base, encoded(path)));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let bytes = match body {
            None => Vec::new(),
            // A text is the content of a file, and says itself what it is.
            Some(Value::String(file)) => file.clone().into_bytes(),
            Some(body) => {
                request = request.header("content-type", "application/json");
                body.to_string().into_bytes()
            }
        };
        let request = request
            .body(bytes)
            .map_err(|error| format!("{method} {path}: {error}"))?;
        let mut response = self
            .agent
            .run(request)
            .map_err(|error| format!("{method} {path}: {error}"))?;
        let status = response.status().as_u16();
        let bytes = response
            .body_mut()
            .read_to_vec()
            .map_err(|error| format!("{method} {path}: {error}"))?;
        // A file that is no text is compared by what of it is.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, body })
    }
}

/// Paths are written plainly in scenarios (`as_of=2022-01-20T08:00:00+08:00`, Chinese names); what a URL cannot hold,
/// and the `+` that would be read as a space, is encoded here. What is already encoded stays.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*,;=:@/?%".contains(&byte);
        if is_plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_path_is_written_plainly_and_sent_encoded() {
        assert_eq!(
            encoded("/api/v1/x?as_of=2022-01-20T08:00:00+08:00&q=张 a%20b"),
            "/api/v1/x?as_of=2022-01-20T08:00:00%2B08:00&q=%E5%BC%A0%20a%20b"
        );
    }
}
