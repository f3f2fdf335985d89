//! The pack language: TOML and CEL to a checked model. Pure.
