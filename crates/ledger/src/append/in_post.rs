//! Roles that go with a post: whoever does not hold it, or did not when something happened, writes nothing in the role.

use super::rights::{self, Standing};
use crate::LedgerError;
use crate::accounts;
use crate::batch::Batch;
use crate::wire::{Author, NewEntry};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Act, Instant, Problem, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Register, Role};

/// Why the author may not write the register now.
pub(super) fn may_not_write(
    batch: &mut Batch<'_>,
    standing: &Standing<'_>,
    author: &Author,
    register: &Register,
) -> Result<Option<Problem>, LedgerError> {
    if let Err(problem) = rights::may_write(standing, author, register) {
        return Ok(Some(problem));
    }
    let now = batch.now;
    not_held(batch, author, now)
}

/// Why the author may not write an entry of that moment. What corrects or takes back an older entry is judged by now.
pub(super) fn not_then(
    batch: &mut Batch<'_>,
    author: &Author,
    new: &NewEntry,
    at: Instant,
) -> Result<Option<Problem>, LedgerError> {
    match new.act {
        Act::New | Act::End => not_held(batch, author, at),
        Act::Correct | Act::Withdraw => Ok(None),
    }
}

/// Who the author is, where their role goes with a post.
pub(super) fn person_of(batch: &mut Batch<'_>, author: &Author) -> Result<Option<SubjectId>, LedgerError> {
    let role = batch.snapshot.model.roles.get(&author.role);
    match author
        .login
        .filter(|_| role.is_some_and(|role| role.from_post.is_some()))
    {
        Some(login) => Ok(accounts::holder_of(batch.connection, login)?.person),
        None => Ok(None),
    }
}

fn not_held(batch: &mut Batch<'_>, author: &Author, at: Instant) -> Result<Option<Problem>, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let role = snapshot.model.roles.get(&author.role);
    let (Some(role), Some(login)) = (role.filter(|role| role.from_post.is_some()), author.login) else {
        return Ok(None);
    };
    let holder = accounts::holder_of(batch.connection, login)?;
    Ok((!snapshot.holds_role(role, holder, at)).then(|| not_in_post(&snapshot, role, at)))
}

/// What somebody reads who does not hold the post that their role goes with.
fn not_in_post(snapshot: &Snapshot, role: &Role, at: Instant) -> Problem {
    let moment = at.in_zone(&snapshot.zone);
    let what = Words::new(
        "岗位“{role}”随任职而定，{at}时没有您的任职记录",
        "The role “{role}” goes with a post, and nothing says that you held it at {at}",
    );
    let what = Words::new(
        what.zh.replace("{role}", &role.title.zh),
        what.en.replace("{role}", &role.title.en),
    );
    let hint = Words::new(
        "请由当时在任的人办理；如任职有调整，请先登记任职",
        "Ask whoever held it then; if posts have changed, have the change entered first",
    );
    Problem::new("not_in_post", what.with("at", moment), hint)
}
