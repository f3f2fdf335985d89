//! What identifies a person or a vehicle on paper: identity numbers, other documents, telephones, plates, names.
//!
//! Each type is parsed once and then trusted; each shows itself masked. Errors never repeat what was typed, so that
//! a message may be logged and an error sheet may be sent on.
//!
//! ```
//! use lianfang_kernel::identity::{CnId, Phone, Plate, mask_name};
//!
//! let id = CnId::parse("11010519491231002x").unwrap();
//! assert_eq!((id.as_str(), id.birth()), ("11010519491231002X", (1949, 12, 31)));
//! assert_eq!(id.masked(), "1101**********002X");
//! assert_eq!(Phone::parse("+86 138-0013-8000").unwrap().masked(), "138****8000");
//! assert_eq!(Plate::parse("吉h·12345").unwrap().as_str(), "吉H12345");
//! assert_eq!(mask_name("张三丰"), "张**");
//! ```

mod cn_id;
mod id_doc;
mod mask;
mod phone;
mod plate;
mod width;

pub use cn_id::{CnId, CnIdError, Sex};
pub use id_doc::{IdDoc, IdDocError, IdDocKind};
pub use mask::{mask_document, mask_name};
pub use phone::{Phone, PhoneError, PhoneKind};
pub use plate::{Plate, PlateError, PlateKind};
pub use width::half_width;

/// What a refused identifier says to the person who typed it: the fault and the way out, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in Chinese.
    pub zh: &'static str,
    /// What is wrong, in English.
    pub en: &'static str,
    /// What to do, in Chinese.
    pub hint_zh: &'static str,
    /// What to do, in English.
    pub hint_en: &'static str,
}

/// Gives an error enum its four texts and `Display` (English), from one `refusal()` per type.
macro_rules! said_by {
    ($error:ty) => {
        impl $error {
            /// What is wrong, in Chinese.
            pub fn zh(&self) -> &'static str {
                self.refusal().zh
            }

            /// What is wrong, in English.
            pub fn en(&self) -> &'static str {
                self.refusal().en
            }

            /// What to do, in Chinese.
            pub fn hint_zh(&self) -> &'static str {
                self.refusal().hint_zh
            }

            /// What to do, in English.
            pub fn hint_en(&self) -> &'static str {
                self.refusal().hint_en
            }
        }

        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.en())
            }
        }

        impl std::error::Error for $error {}
    };
}
use said_by;

/// Hides the inside of an identifier in `Debug`, so that a trace or a failed assertion shows no number.
macro_rules! debug_masked {
    ($kind:ty) => {
        impl std::fmt::Debug for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($kind), self.masked())
            }
        }
    };
}
use debug_masked;
