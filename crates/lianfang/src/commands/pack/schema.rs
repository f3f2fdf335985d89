//! `pack schema`: the language as a JSON Schema, for editors.

use crate::failure::{Failure, Outcome};
use crate::say;
use std::path::Path;

/// Prints it.
///
/// # Errors
/// It cannot be written as text.
pub fn run() -> Outcome {
    let schema = lianfang_policy::load::json_schema();
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure::file(Path::new("-"), error))?;
    say::out(text);
    Ok(())
}
