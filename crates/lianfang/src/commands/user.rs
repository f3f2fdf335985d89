//! `user`: staff accounts.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::posts::short_secret;
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, SystemClock, Words};
use lianfang_ledger::accounts::{PasswordWork, hash_password};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Ledger, LoginChange, NewLogin};
use serde_json::json;
use std::sync::Arc;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// 新建账号，口令只显示一次 ¦ Add an account; its password is shown once
    Add(AddArgs),
    /// 列出账号 ¦ List accounts
    List(ListArgs),
    /// 重置口令 ¦ Give another password
    Reset(OneArgs),
    /// 停用 ¦ Lock
    Lock(OneArgs),
    /// 恢复 ¦ Unlock
    Unlock(OneArgs),
    /// 新增接口令牌 ¦ Add an interface token
    Token(TokenArgs),
}

/// Arguments of `user add`.
#[derive(Args, Debug)]
pub struct AddArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 账号名 ¦ The name to sign in with
    name: String,
    /// 岗位 ¦ The role
    #[arg(long)]
    role: String,
    /// 单位编号 ¦ Id of the organisation
    #[arg(long, value_name = "ID")]
    org: Option<SubjectId>,
    /// 到期时刻 ¦ When it expires
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `user list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Arguments that name one account.
#[derive(Args, Debug)]
pub struct OneArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 账号名 ¦ The account's name
    name: String,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `user token`.
#[derive(Args, Debug)]
pub struct TokenArgs {
    #[command(flatten)]
    account: OneArgs,
    /// 有效天数，最多366天 ¦ For how many days it serves, 366 at most
    #[arg(long, default_value_t = 365, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// 用途 ¦ What it is for
    #[arg(long, default_value = "cli")]
    label: String,
}

/// Does it.
///
/// # Errors
/// No such account, role or organisation; the store.
pub fn run(verb: &UserVerb) -> Outcome {
    match verb {
        UserVerb::Add(args) => add(args),
        UserVerb::List(args) => list(args),
        UserVerb::Reset(args) => {
            let (ledger, id) = one(args)?;
            let password = short_secret(&ledger)?;
            let hash = hash_password(&password, PasswordWork::Full)?;
            wait(ledger.change_login(Author::system(), id, LoginChange::Reset(hash)))?;
            tell(args, "password", &password, ("新口令", "New password"))
        }
        UserVerb::Lock(args) => {
            let (ledger, id) = one(args)?;
            wait(ledger.change_login(Author::system(), id, LoginChange::Lock))?;
            tell(args, "state", "locked", ("已停用", "Locked"))
        }
        UserVerb::Unlock(args) => {
            let (ledger, id) = one(args)?;
            wait(ledger.change_login(Author::system(), id, LoginChange::Unlock))?;
            tell(args, "state", "unlocked", ("已恢复", "Unlocked"))
        }
        UserVerb::Token(args) => token(args),
    }
}

fn token(args: &TokenArgs) -> Outcome {
    let (ledger, id) = one(&args.account)?;
    let secret = ledger.new_secret()?;
    let expires_at = ledger.now().plus_ms(i64::from(args.days) * 86_400_000);
    let change = LoginChange::Token {
        secret: secret.clone(),
        label: args.label.clone(),
        expires_at,
    };
    wait(ledger.change_login(Author::system(), id, change))?;
    if args.account.json {
        say::json(&json!({ "login": args.account.name, "token": secret, "expires_at": expires_at }));
    } else {
        let until = expires_at.in_zone(&ledger.snapshot().zone);
        let words = say::pick("令牌（只显示这一次），有效至", "Token (shown this once), good until");
        say::out(format!("{}: {words} {until}: {secret}", args.account.name));
    }
    Ok(())
}

fn tell(args: &OneArgs, key: &str, value: &str, words: (&str, &str)) -> Outcome {
    if args.json {
        say::json(&json!({ "login": args.name, key: value }));
    } else {
        say::out(format!("{}: {} {value}", args.name, say::pick(words.0, words.1)));
    }
    Ok(())
}

fn ledger(store: &StoreArgs) -> Outcome<Ledger> {
    let store = store.open_existing()?;
    store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))
}

fn add(args: &AddArgs) -> Outcome {
    let expires_at = args
        .expires
        .as_deref()
        .map(Instant::parse)
        .transpose()
        .map_err(|error| {
            Failure::usage(
                Words::same(error.to_string()),
                Words::new("写成 2022-01-20T08:00:00+08:00", "write 2022-01-20T08:00:00+08:00"),
            )
        })?;
    let ledger = ledger(&args.store)?;
    if let Some(org) = args.org
        && ledger.snapshot().orgs.get(org).is_none()
    {
        return Err(Failure::new(
            Words::new(format!("没有单位 {org}"), format!("there is no organisation {org}")),
            Words::new(
                "先用 lianfang org import 导入单位",
                "import organisations first: lianfang org import",
            ),
        ));
    }
    let password = short_secret(&ledger)?;
    let token = ledger.new_secret()?;
    let login = NewLogin {
        name: args.name.clone(),
        password_hash: hash_password(&password, PasswordWork::Full)?,
        role: args.role.clone(),
        org: args.org,
        person: None,
        expires_at,
        totp_secret: None,
        token: Some(token.clone()),
    };
    wait(ledger.add_logins(Author::system(), vec![login]))?;
    if args.json {
        say::json(
            &json!({ "login": args.name, "role": args.role, "password": password, "token": token, "org": args.org }),
        );
    } else {
        say::out(format!(
            "{}: {} {password}",
            args.name,
            say::pick("口令（只显示这一次）", "Password (shown this once)")
        ));
    }
    Ok(())
}

fn list(args: &ListArgs) -> Outcome {
    let store = args.store.open_existing()?;
    let sql = "select name, role, org, locked_at, expires_at from login order by name";
    for row in store.database.reader()?.query(sql, &[])? {
        let (name, role) = (row.text("name")?, row.text("role")?);
        let locked = row.opt_int("locked_at")?.is_some();
        if args.json {
            let expires = row.opt_int("expires_at")?.map(Instant);
            say::json(
                &json!({ "login": name, "role": role, "org": row.opt_uuid("org")?, "locked": locked, "expires_at": expires }),
            );
        } else {
            let state = if locked {
                say::pick("（停用）", " (locked)")
            } else {
                String::new()
            };
            say::out(format!("{name}\t{role}{state}"));
        }
    }
    Ok(())
}

fn one(args: &OneArgs) -> Outcome<(Ledger, LoginId)> {
    let ledger = ledger(&args.store)?;
    let name = args.name.clone();
    let id = ledger.read(|reader| {
        let row = reader
            .connection()
            .query_opt("select id from login where name = $1", &[name.as_str().into()])?;
        Ok(row.map(|row| row.uuid("id")).transpose()?)
    })?;
    let id = id.ok_or_else(|| {
        Failure::new(
            Words::new(
                format!("没有账号 {}", args.name),
                format!("there is no account {}", args.name),
            ),
            Words::new("lianfang user list 列出账号", "lianfang user list shows them"),
        )
    })?;
    Ok((ledger, LoginId(id)))
}
