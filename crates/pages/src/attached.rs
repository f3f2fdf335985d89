//! Forms whose fields may be files: each file is kept first, and the field then cites it.

use crate::form::{Form, bad_form};
use crate::upload::not_whole;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use lianfang_kernel::Lang;
use lianfang_ledger::wire::Author;
use lianfang_server::{ApiError, AppState, is_upload, keep_file};
use std::collections::HashMap;

/// Largest form with files: as many pictures as somebody takes of one thing.
pub(crate) const FORM_BYTES: usize = 48 << 20;
/// What stands behind the name of a field when its file is sent.
const FILE: &str = ".file";
/// What stands behind the name of a field when its file is taken off.
const DROP: &str = ".drop";

/// What a form sent, with the files that its fields carry.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    form: Form,
    files: Vec<(String, Vec<u8>)>,
}

impl FromRequest<AppState> for Carried {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Carried, ApiError> {
        if !is_upload(request.headers()) {
            let form = Form::from_request(request, state).await?;
            return Ok(Carried {
                form,
                files: Vec::new(),
            });
        }
        let parts = Multipart::from_request(request, state).await;
        read(parts.map_err(|rejection| bad_form(rejection.status()))?).await
    }
}

async fn read(mut parts: Multipart) -> Result<Carried, ApiError> {
    let mut carried = Carried::default();
    while let Some(part) = parts.next_field().await.map_err(|error| not_whole(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(|error| not_whole(&error))?;
        match name.strip_suffix(FILE) {
            // A field for a file stands in the form also when none was chosen: a row of it is a row.
            Some(field) => {
                carried.form.set_default(field);
                if !bytes.is_empty() {
                    carried.files.push((field.to_owned(), bytes.into()));
                }
            }
            None => carried.form.push(&name, String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
    Ok(carried)
}

impl Carried {
    /// The form with the files kept and cited, and what is wrong with those that were not, by field.
    ///
    /// # Errors
    /// The store; not what is wrong with a file.
    pub async fn keep(
        self,
        state: &AppState,
        author: &Author,
        lang: Lang,
    ) -> Result<(Form, HashMap<String, String>), ApiError> {
        let (mut form, mut wrong) = (self.form, HashMap::new());
        let dropped: Vec<String> = form
            .names()
            .filter_map(|name| name.strip_suffix(DROP))
            .map(str::to_owned)
            .collect();
        for field in dropped {
            form.set(&field, "");
            form.remove_under(&format!("{field}{DROP}"));
        }
        for (field, bytes) in self.files {
            match keep_file(state, author.clone(), bytes).await {
                Ok(kept) => form.set(&field, kept.id.to_string()),
                Err(error) if error.status.is_client_error() => {
                    wrong.insert(field, error.problem.told(lang));
                }
                Err(error) => return Err(error),
            }
        }
        Ok((form, wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::header;

    #[tokio::test]
    async fn fields_are_fields_and_files_stand_beside_them() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"people\"\r\n\r\n50\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"plan.file\"; filename=\"plan.pdf\"\r\n\r\n%PDF-1.7\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"photos.0.value.file\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        let request = Request::builder()
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        let carried = read(Multipart::from_request(request, &()).await.unwrap())
            .await
            .unwrap();
        assert_eq!(carried.form.get("people"), "50");
        assert_eq!(carried.files, [("plan".to_owned(), b"%PDF-1.7".to_vec())]);
        assert!(carried.form.has("photos.0.value"));
    }
}
