//! The log: text on a terminal, JSON for collectors; to standard error; a panic says where and never what.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. `LIANFANG_LOG` sets the level, `info` unless given.
pub fn start(is_json: bool) {
    let filter = EnvFilter::try_from_env("LIANFANG_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,lopdf=off,lianfang=info,lianfang_server=info,lianfang_ledger=info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second start finds one running; that one stays.
    let _ = if is_json {
        builder.json().try_init()
    } else {
        builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init()
    };
    lianfang_server::install_panic_hook();
}
