//! `pass revoke`: takes a pass or certificate back.

use super::open;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::Args;
use lianfang_kernel::Words;
use lianfang_ledger::REVOCATIONS;
use lianfang_ledger::wire::{Author, NewEntry, SubjectIn};
use lianfang_pass::ShortCode;
use serde_json::json;
use uuid::Uuid;

/// Arguments of `pass revoke`.
#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// 编号或短码 ¦ Its id, or the twelve signs under its code
    #[arg(value_name = "ID")]
    id: String,
    /// 原因，见代码表 revocation_reason ¦ Why: a value of the list revocation_reason
    #[arg(long, value_name = "CODE", default_value = "wrong_details")]
    reason: String,
    /// 说明 ¦ A remark
    #[arg(long, value_name = "TEXT")]
    remark: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

/// An entry of the register of revocations, written by the installation itself; a running server knows of it within a
/// second.
///
/// # Errors
/// There is no such pass; the reason is in no list; the store.
pub fn run(args: &RevokeArgs) -> Outcome {
    let ledger = open(&args.store)?;
    let typed = args.id.trim();
    let found = match (typed.parse::<Uuid>(), ShortCode::parse(typed)) {
        (Ok(id), _) => ledger.read(|reader| reader.certificate(id))?,
        (_, Ok(code)) => ledger.read(|reader| reader.pass_by_short_code(code))?,
        (Err(_), Err(_)) => None,
    };
    let Some(found) = found else {
        return Err(Failure::new(
            Words::new("没有这张通行码", "there is no such pass"),
            Words::new(
                "填通行码编号或12位短码",
                "give the id of a pass, or the twelve signs under its code",
            ),
        ));
    };
    let body = json!({ "pass": found.id, "reason": args.reason, "remark": args.remark });
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(found.subject)),
        confirmed: true,
        body: body.as_object().cloned().unwrap_or_default(),
        ..NewEntry::new(ledger.new_id(), REVOCATIONS)
    };
    let answer = wait(ledger.append(Author::system(), vec![entry]))?;
    let refused = answer.results.first().and_then(|result| result.problems.first());
    match refused {
        Some(problem) => Err(Failure::new(problem.what.clone(), problem.hint.clone())),
        None => {
            say::json(&json!({ "revoked": found.id }));
            Ok(())
        }
    }
}
