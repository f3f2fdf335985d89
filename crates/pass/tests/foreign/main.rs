//! Certificates of other issuers: published vectors give their verdicts, and everything else is refused.
//!
//! A few vectors are kept in `tests/foreign/vectors`; the whole sets lie beside the project, in a folder that
//! `LIANFANG_REFERENCE` names or in `../shared/reference`, and are run when they are there.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

mod altered;
mod hcert;
mod kept;
mod made;
mod nzcp;
mod reference;
mod shc;
