//! Signed passes and certificates: issue, encode, verify offline. Pure.
