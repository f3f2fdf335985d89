//! Health: what an administrator looks at when something seems wrong, each part with what to do.

use super::must_oversee;
use crate::Answer;
use crate::visit::{Desk, shown};
use axum::extract::State;
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::accounts::{self, Login};
use lianfang_ledger::read::Sight;
use lianfang_policy::Snapshot;
use lianfang_server::{AppState, manages, read};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::text::grouped;
use lianfang_ui::views::admin::health::{Check, Health, render};

/// Time alone changes plans; what is due longer than this was not written down in time.
const BEHIND_MS: i64 = 5 * 60_000;
/// Accounts that end within this time are named.
const SOON_MS: i64 = 14 * 86_400_000;
/// Requests that wait for the writer beyond this are too many.
const WAITING: i64 = 1_000;

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    must_oversee(&desk)?;
    let lang = desk.visit.lang;
    let (behind, tray, logins) = read(&state, |reader| {
        let behind = reader.files_behind(reader.now.plus_ms(-BEHIND_MS))?;
        let tray = reader.tray(&Sight::All)?.len();
        Ok((behind, tray, accounts::list(reader.connection())?))
    })
    .await?;
    let snapshot = state.ledger.snapshot();
    let mut checks = vec![
        writer(&state, lang),
        check(
            lang,
            ("到点的任务", "Duties by the clock"),
            if behind > 0 { Meaning::Late } else { Meaning::Done },
            counted(
                "{n}份档案超过5分钟未推进",
                "{n} files more than five minutes behind",
                behind,
            ),
            (
                "如持续不降，请重启服务并查看日志",
                "If it does not fall, restart the server and read its log",
            ),
        ),
        check(
            lang,
            ("待处理的来件", "The tray"),
            if tray > 0 { Meaning::Due } else { Meaning::Done },
            counted(
                "{n}条来件不合登记册格式",
                "{n} observations do not fit their register",
                int(tray),
            ),
            (
                "由有权填报该登记册的人员在“待处理”中办理",
                "Who writes that register settles them in the tray",
            ),
        ),
        transport(&state, lang),
        packs(&snapshot, lang),
    ];
    checks.extend(staff(&state, &desk, &logins, lang));
    Ok(shown(render(&Health { checks }, &desk.ctx(&state))))
}

fn int(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn counted(zh: &str, en: &str, n: i64) -> Words {
    Words::new(zh, en).with("n", grouped(n))
}

/// What is well needs no advice.
fn check(lang: Lang, what: (&str, &str), meaning: Meaning, found: Words, hint: (&str, &str)) -> Check {
    let hint = if meaning == Meaning::Done { ("", "") } else { hint };
    Check {
        what: Words::new(what.0, what.1).get(lang).to_owned(),
        meaning,
        found: found.get(lang).to_owned(),
        hint: Words::new(hint.0, hint.1).get(lang).to_owned(),
    }
}

fn writer(state: &AppState, lang: Lang) -> Check {
    let waiting = int(state.ledger.queue_waiting());
    let size = state.ledger.size_bytes().ok().map(|bytes| bytes / 1_048_576);
    let found = match size {
        Some(size) => counted(
            "数据库 {s} MiB，等待写入 {n}",
            "store {s} MiB, {n} waiting to be written",
            waiting,
        )
        .with("s", size),
        None => Words::new("数据库读不到", "the store does not answer"),
    };
    check(
        lang,
        ("数据库", "Store"),
        match (size, waiting) {
            (None, _) => Meaning::Late,
            (_, WAITING..) => Meaning::Due,
            _ => Meaning::Done,
        },
        found,
        (
            "请检查数据库和磁盘，必要时运行 lianfang doctor",
            "Look at the store and the disk; run lianfang doctor",
        ),
    )
}

fn transport(state: &AppState, lang: Lang) -> Check {
    let has_tls = state.config.tls || !state.config.trusted_proxies.is_empty();
    let found = if has_tls {
        Words::new("已加密，或在受信任的代理之后", "encrypted, or behind a trusted proxy")
    } else {
        Words::new("未加密，只应在本机使用", "not encrypted: for this machine only")
    };
    check(
        lang,
        ("传输加密", "Transport"),
        if has_tls { Meaning::Done } else { Meaning::Due },
        found,
        (
            "用 lianfang cert init 生成证书，再以 --tls-cert、--tls-key 启动",
            "Make certificates with lianfang cert init and start with --tls-cert and --tls-key",
        ),
    )
}

fn packs(snapshot: &Snapshot, lang: Lang) -> Check {
    let model = &snapshot.model;
    let found = Words::new("{n}个能力包，{d}", "{n} packs, {d}")
        .with("n", model.packs.len())
        .with("d", model.digest.chars().take(12).collect::<String>());
    check(lang, ("能力包", "Packs"), Meaning::Done, found, ("", ""))
}

fn staff(state: &AppState, desk: &Desk, logins: &[Login], lang: Lang) -> Vec<Check> {
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let own: Vec<&Login> = logins
        .iter()
        .filter(|login| manages(&snapshot, &desk.staff, login.org) && accounts::is_usable(login, now))
        .collect();
    let oversees = |login: &&&Login| {
        let role = snapshot.model.roles.get(&login.role);
        role.is_some_and(|role| role.admin || role.auditor) && !login.has_totp
    };
    let (bare, ending) = (
        own.iter().filter(oversees).count(),
        own.iter()
            .filter(|login| login.expires_at.is_some_and(|end| end < now.plus_ms(SOON_MS)))
            .count(),
    );
    vec![
        check(
            lang,
            ("管理员的动态验证码", "Second factor of administrators"),
            if bare > 0 { Meaning::Due } else { Meaning::Done },
            counted(
                "{n}个管理或审计账号没有",
                "{n} accounts of administrators or auditors have none",
                int(bare),
            ),
            (
                "请为这些账号启用动态验证码",
                "Give them one: PATCH /api/v1/users/ID {\"totp\":true}",
            ),
        ),
        check(
            lang,
            ("即将到期的账号", "Accounts that end soon"),
            if ending > 0 { Meaning::Due } else { Meaning::Done },
            counted("{n}个账号在14天内到期", "{n} accounts end within 14 days", int(ending)),
            ("仍在岗的，请延长有效期", "Extend those that are still needed"),
        ),
    ]
}
