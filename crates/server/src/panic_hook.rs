//! A panic says where, never what: its message may hold what somebody typed.

/// Logs the place of a panic and nothing of its message.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(|| "unknown".to_owned(), ToString::to_string);
        tracing::error!(place, "a panic");
    }));
}
