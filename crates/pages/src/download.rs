//! Files that people take away: one way of naming them, one way of writing rows.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lianfang_exchange::{SheetColumn, SheetFormat, SheetWriter, WriteError, WriteOptions};
use lianfang_kernel::Instant;
use lianfang_server::ApiError;

/// The kind of a sheet as text.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// A file to keep, under a name. It may hold what is not for everybody, so nothing on the way keeps it.
pub(crate) fn sent(kind: &'static str, name: &str, bytes: impl Into<Body>) -> Response {
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, bytes.into()).into_response()
}

/// Rows as CSV that is safe to open as a spreadsheet.
pub(crate) fn csv(
    columns: Vec<SheetColumn>,
    rows: &[Vec<Option<String>>],
    made_at: Instant,
) -> Result<Vec<u8>, ApiError> {
    let write = move || -> Result<Vec<u8>, WriteError> {
        let options = WriteOptions {
            byte_order_mark: true,
            spreadsheet_safe: true,
            worksheet: None,
            made_at,
        };
        let mut sheet = SheetWriter::new(SheetFormat::Csv, columns, options, Vec::new())?;
        for row in rows {
            sheet.row(row)?;
        }
        sheet.finish()
    };
    write().map_err(|error| {
        tracing::error!(%error, "a sheet was not written");
        ApiError::internal()
    })
}
