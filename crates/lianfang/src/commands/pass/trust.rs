//! `pass trust`: whom of other issuers the installation believes.

use super::open;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_kernel::Words;
use lianfang_ledger::ReadTrustList;
use lianfang_ledger::wire::Author;
use serde_json::json;
use std::path::PathBuf;

/// What to do with the lists of trusted issuers.
#[derive(Debug, Subcommand)]
pub enum TrustVerb {
    /// 导入外地签发方名单；同名名单被替换 ¦ Import a list of other issuers; one of the same name is replaced
    Import(ImportArgs),
    /// 列出名单及导入时间 ¦ List the lists and when each was imported
    List(ListArgs),
    /// 移除一份名单 ¦ Remove a list
    Remove(RemoveArgs),
}

/// Arguments of `pass trust import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    /// 信任文件，与 pass verify --trust 相同 ¦ A trust file, as pass verify --trust takes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 名称；默认取文件名 ¦ Its name; that of the file by default
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Arguments of `pass trust list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    store: StoreArgs,
}

/// Arguments of `pass trust remove`.
#[derive(Args, Debug)]
pub struct RemoveArgs {
    /// 名称 ¦ Its name
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    store: StoreArgs,
}

/// Does it; a running server knows of it with its next commit, within a second.
///
/// # Errors
/// The file is none or holds no key; there is no such list; the store.
pub fn run(verb: &TrustVerb) -> Outcome {
    match verb {
        TrustVerb::Import(args) => import(args),
        TrustVerb::List(args) => {
            for list in &open(&args.store)?.trusted().lists {
                say::json(&json!(list));
            }
            Ok(())
        }
        TrustVerb::Remove(args) => {
            if wait(open(&args.store)?.remove_trust(Author::system(), args.name.clone()))? {
                say::json(&json!({ "removed": args.name }));
                return Ok(());
            }
            Err(Failure::new(
                Words::new("没有这份名单", "there is no such list"),
                Words::new(
                    "lianfang pass trust list 列出名单",
                    "lianfang pass trust list names them",
                ),
            ))
        }
    }
}

fn import(args: &ImportArgs) -> Outcome {
    let text = std::fs::read_to_string(&args.file).map_err(|error| Failure::file(&args.file, error))?;
    let of_file = || args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = args.name.clone().or_else(of_file).unwrap_or_default();
    let list = ReadTrustList::read(&name, &text).map_err(|problem| Failure::new(problem.what, problem.hint))?;
    let ledger = open(&args.store)?;
    wait(ledger.import_trust(Author::system(), list))?;
    for list in ledger.trusted().lists.iter().filter(|list| list.name == name.trim()) {
        for unusable in &list.unusable {
            say::err(say::pick(
                &format!("有一项无法使用，已跳过：{unusable}"),
                &format!("passed over, it cannot be used: {unusable}"),
            ));
        }
        say::json(
            &json!({ "name": list.name, "imported_at": list.imported_at, "holds": list.holds, "unusable": list.unusable.len() }),
        );
    }
    Ok(())
}
