//! Forms that send a file.

use crate::form::Form;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use lianfang_kernel::{Problem, Words};
use lianfang_server::ApiError;

/// What such a form sent: its fields and the file.
#[derive(Debug, Default)]
pub(crate) struct Upload {
    pub fields: Form,
    /// Empty when none was chosen.
    pub file: Vec<u8>,
    /// What the file is called there.
    pub file_name: Option<String>,
}

impl Upload {
    /// The file as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.file).into_owned()
    }
}

/// Reads all parts; the file is the one called `file`.
///
/// # Errors
/// It did not arrive whole, or is too long for its route.
pub(crate) async fn upload(mut parts: Multipart) -> Result<Upload, ApiError> {
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await.map_err(|error| not_whole(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            upload.file_name = part.file_name().map(str::to_owned);
            upload.file = part.bytes().await.map_err(|error| not_whole(&error))?.into();
        } else {
            let bytes = part.bytes().await.map_err(|error| not_whole(&error))?;
            upload.fields.set(&name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(upload)
}

pub(crate) fn not_whole(error: &MultipartError) -> ApiError {
    let (code, what, hint) = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let what = Words::new("文件太大", "The file is too large");
        ("too_large", what, Words::new("请拆成几份", "Split it into several"))
    } else {
        let what = Words::new("文件没有传完", "The file did not arrive whole");
        (
            "bad_upload",
            what,
            Words::new("请重新选择文件并提交", "Choose it again and send it"),
        )
    };
    ApiError::new(error.status(), Problem::new(code, what, hint).at("file"))
}
