//! What a form sent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use lianfang_kernel::{Problem, Words};
use lianfang_server::ApiError;

/// The fields of a form, in the order sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of that name, without spaces around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// The first value of that name, if it is not empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Whether something of that name was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Every value of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.trim())
    }

    /// Every name that was sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// Sets a value, in place of what stood there.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// Adds a value behind what stands there.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Leaves out everything whose name begins so.
    pub fn remove_under(&mut self, prefix: &str) {
        self.0.retain(|(key, _)| !key.starts_with(prefix));
    }

    /// Renames fields, for rows that move up.
    pub fn rename_under(&mut self, from: &str, to: &str) {
        for (key, _) in &mut self.0 {
            if let Some(rest) = key.strip_prefix(from) {
                *key = format!("{to}{rest}");
            }
        }
    }

    /// Sets a value if nothing of that name was sent.
    pub fn set_default(&mut self, name: &str) {
        if !self.has(name) {
            self.0.push((name.to_owned(), String::new()));
        }
    }

    /// Reads what stands behind `?` or in a body.
    pub fn parse(encoded: &[u8]) -> Form {
        Form(form_urlencoded::parse(encoded).into_owned().collect())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Form, ApiError> {
        let bytes = Bytes::from_request(request, state).await;
        Ok(Form::parse(&bytes.map_err(|rejection| bad_form(rejection.status()))?))
    }
}

/// The form did not arrive as it was sent.
pub(crate) fn bad_form(status: StatusCode) -> ApiError {
    let what = Words::new("表单没有收全", "The form did not arrive whole");
    let hint = Words::new("请缩短内容后重新提交", "Shorten it and send it again");
    ApiError::new(status, Problem::new("bad_form", what, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_trimmed_and_the_first_counts() {
        let form = Form::parse("a=+x+&a=y&b=".as_bytes());
        assert_eq!(
            (form.get("a"), form.given("b"), form.has("b"), form.has("c")),
            ("x", None, true, false)
        );
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["x", "y"]);
    }
}
