//! The private PostgreSQL of this checkout, kept between test runs.

use anyhow::{Result, anyhow};
use lianfang_testkit::postgres_cluster;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use crate::sources;

/// Starts it if need be, and gives its address.
pub fn start() -> Result<String> {
    postgres_cluster::start_private(&folder()).map_err(|error| anyhow!("{error}"))
}

/// Ends it.
pub fn stop() -> Result<()> {
    postgres_cluster::stop(&folder()).map_err(|error| anyhow!("{error}"))
}

/// Outside of the checkout: a server that runs under an account of its own must be able to reach it, and the path of its
/// socket must be short.
fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    sources::root().hash(&mut hasher);
    std::env::temp_dir().join(format!("lianfang-postgres-{:08x}", hasher.finish() as u32))
}
