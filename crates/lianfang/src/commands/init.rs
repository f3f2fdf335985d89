//! `init`: a new city with its regions, the packs of this version, and one administrator.

use crate::activation::{LoadOrTell, PackSources};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::posts::Account;
use crate::say;
use crate::store::{Store, StoreArgs};
use clap::Args;
use lianfang_kernel::{SystemClock, Words};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 城市代码 ¦ Code of the city
    #[arg(long, value_name = "CODE")]
    city: String,
    /// 区划表；程序自带的城市可省略 ¦ List of regions; not needed for the cities the program carries
    #[arg(long, value_name = "FILE")]
    regions: Option<PathBuf>,
    /// 能力包目录，代替程序自带的 ¦ Folder of packs, instead of those inside the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
    /// 本市的覆盖目录 ¦ Folder of the city's overlay
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Sets the city up.
///
/// # Errors
/// The database is not empty; packs, regions or key cannot be used.
pub fn run(args: &InitArgs) -> Outcome {
    let store = args.store.open()?;
    if !store.database.is_empty()? {
        return Err(Failure::new(
            Words::new("数据库不是空的", "the database is not empty"),
            Words::new(
                "init 只用于新库；已有的库直接 lianfang serve",
                "init is for new databases; serve an existing one with lianfang serve",
            ),
        ));
    }
    let packs = args
        .packs
        .as_deref()
        .map_or_else(|| Ok(embedded::packs()), embedded::packs_of)?;
    let overlay = args
        .overlay
        .as_deref()
        .map_or_else(|| Ok(Vec::new()), embedded::packs_of)?;
    let sources = PackSources::new(packs, overlay);
    let model = Arc::new(sources.load()?.model);
    let founding = Founding {
        city: args.city.clone(),
        regions: founding::regions_for(&args.city, args.regions.as_deref())?,
        sources,
        model,
        demonstration: false,
        test_clock: false,
        every_role: false,
    };
    let (ledger, accounts) = founding::found(&store, &founding, Arc::new(SystemClock))?;
    founding::complete(&ledger)?;
    let Some(admin) = accounts.first() else {
        return Err(Failure::new(
            Words::new("能力包没有管理员岗位", "the packs have no administrator's role"),
            Words::new("岗位须有 admin = true", "a role needs admin = true"),
        ));
    };
    announce(args, &store, &founding, admin);
    Ok(())
}

/// Says what was founded: the administrator's password is shown here and never again.
fn announce(args: &InitArgs, store: &Store, founding: &Founding, admin: &Account) {
    if args.json {
        say::json(&json!({
            "city": args.city, "regions": founding.regions.len(), "packs": founding.model.digest,
            "key": store.key_path, "login": admin.login, "password": admin.password, "token": admin.token,
        }));
        return;
    }
    say::out_words(&Words::new(
        format!("城市 {} 已建立：{} 个区划。", args.city, founding.regions.len()),
        format!(
            "The city {} is set up with {} regions.",
            args.city,
            founding.regions.len()
        ),
    ));
    say::out_words(&Words::new(
        format!("管理员：{}  口令：{}（只显示这一次）", admin.login, admin.password),
        format!(
            "Administrator: {}  password: {} (shown this once)",
            admin.login, admin.password
        ),
    ));
    say::out_words(&Words::new(
        format!(
            "主密钥在 {}，请离线另存一份：丢失后个人信息无法打开。",
            store.key_path.display()
        ),
        format!(
            "The master key is in {}: keep a copy offline, without it personal data stays sealed.",
            store.key_path.display()
        ),
    ));
}
