//! Signed day passes and release certificates: issue, encode, verify offline; travellers' certificates of other issuers:
//! verify offline. The formats are in `docs/pass-format.md`.
//!
//! A pass says that its holder may move here today, and nothing else: no name, no number, no reason. It is bound to its
//! holder by twenty bits of a hash, enough to notice another person's pass, too few to find a number.
//!
//! ```
//! use lianfang_kernel::{Instant, Zone};
//! use lianfang_pass::{Issuer, KeySet, PassClaims, SigningKey, TrustSet, holder_digest, verify};
//!
//! let rng = ring::rand::SystemRandom::new();
//! let (key, _pkcs8) = SigningKey::generate(&rng).unwrap();
//! let trust = TrustSet::new("6205", KeySet::from_keys(vec![key.public_key()]));
//! let issuer = Issuer::new("6205", key);
//! let at = Instant::parse("2020-02-05T09:00:00+08:00").unwrap();
//! let pass_id = [7; 16];
//! let text = issuer
//!     .issue_pass(
//!         &PassClaims {
//!             city: "6205".to_owned(),
//!             pass_id,
//!             valid_day: Zone::china().day_of(at),
//!             region_scope: "6205".to_owned(),
//!             holder_digest20: holder_digest(&pass_id, "11010519491231002X"),
//!         },
//!         &rng,
//!     )
//!     .unwrap();
//! assert!(verify(&text, &trust, at, Some("11010519491231002x")).is_accepted());
//! assert!(!verify(&text, &trust, at.plus_ms(86_400_000), None).is_accepted());
//! ```
//!
//! To add a kind of statement: its claims in `claims.rs`, its line in `verify.rs`, its row in the format document, and
//! the mutation test over it.

mod cbor;
mod claims;
mod envelope;
mod foreign;
mod holder;
mod issue;
mod jwk;
mod key;
mod key_set;
mod picture;
mod qr;
mod revocation;
mod scanned;
mod short_code;
mod trust;
mod trust_file;
mod verify;

pub use claims::{CertificateClaims, CertificateKind, Claims, PassClaims};
pub use foreign::ForeignClaims;
pub use holder::{holder_digest, plain_document};
pub use issue::{IssueError, Issuer};
pub use key::{KeyError, PublicKey, SigningKey};
pub use key_set::{KeySet, KeySetError};
pub use picture::png_picture;
pub use qr::{QrError, QrPicture, qr_svg};
pub use revocation::{RevocationError, RevocationList};
pub use scanned::verify_scanned;
pub use short_code::{ShortCode, ShortCodeError};
pub use trust::TrustSet;
pub use trust_file::{ForeignCounts, TrustError, TrustFile};
pub use verify::{Outcome, Reason, Standing, Verdict, verify};

/// What every text of ours begins with; the digit is the version of the format.
pub const PREFIX: &str = "LF1:";
