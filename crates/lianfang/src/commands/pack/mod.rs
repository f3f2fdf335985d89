//! `pack`: what the city's rules, protocols and registers are made of.

mod activate;
mod check;
mod describe;
mod diff;
mod schema;
mod test;
mod upgrade;

use crate::activation::PackSources;
use crate::embedded;
use crate::failure::Outcome;
use clap::{Args, Subcommand};
use std::collections::HashSet;
use std::path::PathBuf;

/// What to do with packs.
#[derive(Debug, Subcommand)]
pub enum PackVerb {
    /// 检查能力包：文件、行、列、提示 ¦ Check packs: file, line, column, hint
    Check(check::CheckArgs),
    /// 列出能力包及其满足的条目 ¦ List packs and the rows they meet
    List(describe::ListArgs),
    /// 以 Markdown 输出登记册、方案、指标 ¦ Print registers, protocols and indicators as Markdown
    Doc(PackArgs),
    /// 启用能力包（须作者与另一人审批） ¦ Activate packs, by an author and another person as approver
    Activate(activate::ActivateArgs),
    /// 输出能力包文件的 JSON Schema，供编辑器补全与检查 ¦ Print the JSON Schema of pack files, for editors
    Schema,
    /// 运行能力包的情景：真实服务、测试时钟、空数据库 ¦ Play the scenarios of packs: a real server, a test clock, an empty database
    Test(test::TestArgs),
    /// 比较两套能力包，逐条列出，并指明不兼容的改动 ¦ Compare two sets of packs item by item, and say what breaks
    Diff(diff::DiffArgs),
    /// 以本市的覆盖升级到新的能力包（须作者与另一人审批） ¦ Upgrade to new packs with the city's overlay, by an author and another person as approver
    Upgrade(upgrade::UpgradeArgs),
}

/// Which packs.
#[derive(Args, Clone, Debug, Default)]
pub struct PackArgs {
    /// 能力包目录，或单个能力包；不含 core 时与程序自带的一起载入；省略则为程序自带的 ¦ Folder of packs, or one pack; beside those inside the program unless it holds core; without it those inside the program
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// 本市的覆盖目录 ¦ Folder of the city's overlay
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
}

impl PackArgs {
    fn sources(&self) -> Outcome<PackSources> {
        let packs = self
            .folder
            .as_deref()
            .map_or_else(|| Ok(embedded::packs()), embedded::packs_with_own)?;
        let overlay = self
            .overlay
            .as_deref()
            .map_or_else(|| Ok(Vec::new()), embedded::packs_of)?;
        Ok(PackSources::new(packs, overlay))
    }

    /// The packs that the folder holds; none when no folder is given.
    fn named(&self) -> Outcome<Option<HashSet<String>>> {
        let sources = self.folder.as_deref().map(embedded::packs_of).transpose()?;
        Ok(sources.map(|sources| sources.iter().map(embedded::pack_of).collect()))
    }
}

/// Does it.
///
/// # Errors
/// Packs with errors; refused activations.
pub fn run(verb: &PackVerb) -> Outcome {
    match verb {
        PackVerb::Check(args) => check::run(args),
        PackVerb::List(args) => describe::list(args),
        PackVerb::Doc(args) => describe::doc(args),
        PackVerb::Activate(args) => activate::run(args),
        PackVerb::Schema => schema::run(),
        PackVerb::Test(args) => test::run(args),
        PackVerb::Diff(args) => diff::run(args),
        PackVerb::Upgrade(args) => upgrade::run(args),
    }
}
