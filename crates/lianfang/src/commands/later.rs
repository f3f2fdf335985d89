//! Names that are reserved and not built yet: they say so and end with 2.

use crate::failure::{Failure, Outcome};
use clap::Args;
use lianfang_kernel::Words;

/// Whatever was given.
#[derive(Args, Debug)]
pub struct Later {
    /// 参数 ¦ Arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<String>,
}

/// Says that it comes later.
///
/// # Errors
/// Always: wrong usage, for now.
pub fn run(_later: &Later) -> Outcome {
    Err(not_yet())
}

/// What a reserved command says.
pub fn not_yet() -> Failure {
    Failure::usage(
        Words::new(
            "此命令以后提供，本版本尚未实现",
            "this command comes later; this version does not have it yet",
        ),
        Words::new("lianfang --help 列出现有命令", "lianfang --help lists what there is"),
    )
}
