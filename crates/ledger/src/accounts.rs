//! Staff accounts: passwords (argon2id), second factor (TOTP), sessions and tokens of which only digests are kept.

use crate::LedgerError;
use crate::seal::{Vault, secret_digest};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use lianfang_db::{Connection, Row};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, Words};
use lianfang_policy::Holder;
use serde::Serialize;
use totp_rs::{Builder, Totp};

/// Failures after which an account waits.
const FAILURES_BEFORE_WAIT: i64 = 5;
/// How long it waits after that many failures, in milliseconds.
const WAIT_MS: i64 = 15 * 60_000;
/// How long a session lasts, in milliseconds.
pub const SESSION_MS: i64 = 12 * 3_600_000;

/// An account as administration shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// What one signs in with.
    pub name: String,
    /// The role it acts in.
    pub role: String,
    /// The organisation it acts for.
    pub org: Option<SubjectId>,
    /// Whose it is, where its role goes with a post.
    pub person: Option<SubjectId>,
    /// Whether a second factor is asked for.
    pub has_totp: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it expires.
    pub expires_at: Option<Instant>,
    /// Since when it is locked.
    pub locked_at: Option<Instant>,
}

/// An account with its secrets, inside the ledger only.
pub(crate) struct LoginSecrets {
    pub login: Login,
    pub password_hash: String,
    pub totp_sealed: Option<Vec<u8>>,
    pub failures: i64,
    pub failed_at: Option<Instant>,
}

const SELECT: &str = "select id, name, password_hash, totp_sealed, role, org, person, created_at, expires_at, locked_at, \
    failures, failed_at from login";

fn read(row: &Row) -> Result<LoginSecrets, LedgerError> {
    let totp_sealed = row.opt_bytes("totp_sealed")?.map(<[u8]>::to_vec);
    Ok(LoginSecrets {
        login: Login {
            id: LoginId(row.uuid("id")?),
            name: row.text("name")?.to_owned(),
            role: row.text("role")?.to_owned(),
            org: row.opt_uuid("org")?.map(SubjectId),
            person: row.opt_uuid("person")?.map(SubjectId),
            has_totp: totp_sealed.is_some(),
            created_at: Instant(row.int("created_at")?),
            expires_at: row.opt_int("expires_at")?.map(Instant),
            locked_at: row.opt_int("locked_at")?.map(Instant),
        },
        password_hash: row.text("password_hash")?.to_owned(),
        totp_sealed,
        failures: row.int("failures")?,
        failed_at: row.opt_int("failed_at")?.map(Instant),
    })
}

pub(crate) fn find(connection: &mut Connection, name: &str) -> Result<Option<LoginSecrets>, LedgerError> {
    connection
        .query_opt(&format!("{SELECT} where name = $1"), &[name.into()])?
        .as_ref()
        .map(read)
        .transpose()
}

pub(crate) fn get(connection: &mut Connection, id: LoginId) -> Result<Option<LoginSecrets>, LedgerError> {
    connection
        .query_opt(&format!("{SELECT} where id = $1"), &[id.0.into()])?
        .as_ref()
        .map(read)
        .transpose()
}

/// The organisation of an account.
///
/// # Errors
/// The database.
pub fn org_of(connection: &mut Connection, id: LoginId) -> Result<Option<SubjectId>, LedgerError> {
    Ok(get(connection, id)?.and_then(|secrets| secrets.login.org))
}

/// Whose an account is, and for which organisation it acts.
///
/// # Errors
/// The database.
pub(crate) fn holder_of(connection: &mut Connection, id: LoginId) -> Result<Holder, LedgerError> {
    let found = get(connection, id)?.map(|secrets| secrets.login.holder());
    Ok(found.unwrap_or_default())
}

impl Login {
    /// Whose it is, and for which organisation it acts.
    pub fn holder(&self) -> Holder {
        Holder {
            person: self.person,
            org: self.org,
        }
    }
}

/// All accounts by name.
///
/// # Errors
/// The database.
pub fn list(connection: &mut Connection) -> Result<Vec<Login>, LedgerError> {
    let rows = connection.query(&format!("{SELECT} order by name"), &[])?;
    rows.iter().map(|row| read(row).map(|secrets| secrets.login)).collect()
}

/// The account behind a live session or token secret.
///
/// # Errors
/// The database.
pub fn by_secret(
    connection: &mut Connection,
    kind: &str,
    secret: &str,
    now: Instant,
) -> Result<Option<Login>, LedgerError> {
    let sql = "select login from session where digest = $1 and kind = $2 and expires_at > $3 and revoked_at is null";
    let params = [secret_digest(secret).into(), kind.into(), now.0.into()];
    let Some(row) = connection.query_opt(sql, &params)? else {
        return Ok(None);
    };
    let found = get(connection, LoginId(row.uuid("login")?))?;
    Ok(found.map(|secrets| secrets.login).filter(|login| is_usable(login, now)))
}

/// Whether the account may act now.
pub fn is_usable(login: &Login, now: Instant) -> bool {
    login.locked_at.is_none() && login.expires_at.is_none_or(|end| now < end)
}

/// How much work a password is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordWork {
    /// argon2id, 19 MiB, 2 passes: tens of milliseconds.
    #[default]
    Full,
    /// Next to none: for databases that were made for tests, whose passwords everybody may know.
    Trial,
}

impl PasswordWork {
    /// What a database is worth.
    pub fn of(is_for_tests: bool) -> Self {
        if is_for_tests { Self::Trial } else { Self::Full }
    }
}

/// Hashes a password with argon2id. Full work takes tens of milliseconds: call it where blocking is allowed.
///
/// # Errors
/// The machine gives no randomness.
pub fn hash_password(password: &str, work: PasswordWork) -> Result<String, LedgerError> {
    let hash = hasher(work).hash_password(password.as_bytes());
    Ok(hash
        .map_err(|_| LedgerError::key("口令无法处理", "the password cannot be hashed"))?
        .to_string())
}

fn hasher(work: PasswordWork) -> Argon2<'static> {
    let params = match work {
        PasswordWork::Full => Params::new(19_456, 2, 1, None),
        PasswordWork::Trial => Params::new(Params::MIN_M_COST, 1, 1, None),
    };
    let params = params.unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Why a sign-in was refused; the page says the same for the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    /// No such account, or another password.
    Wrong,
    /// Too many failures; wait.
    Waiting,
    /// Locked or expired.
    Closed,
    /// The second factor is asked for.
    NeedsTotp,
}

/// Judges a sign-in; a pure function of the account and what was typed, slow on purpose.
pub(crate) fn judge(
    vault: &Vault,
    secrets: Option<&LoginSecrets>,
    password: &str,
    totp: Option<&str>,
    now: Instant,
) -> Result<(), SignInRefusal> {
    let Some(secrets) = secrets else {
        // The same work for an unknown name, so that names cannot be told by time.
        let _ = hash_password(password, PasswordWork::Full);
        return Err(SignInRefusal::Wrong);
    };
    let waits =
        secrets.failures >= FAILURES_BEFORE_WAIT && secrets.failed_at.is_some_and(|at| now < at.plus_ms(WAIT_MS));
    if waits {
        return Err(SignInRefusal::Waiting);
    }
    let hash = PasswordHash::new(&secrets.password_hash).map_err(|_| SignInRefusal::Wrong)?;
    // The hash says how much work it took.
    hasher(PasswordWork::Full)
        .verify_password(password.as_bytes(), &hash)
        .map_err(|_| SignInRefusal::Wrong)?;
    if !is_usable(&secrets.login, now) {
        return Err(SignInRefusal::Closed);
    }
    let Some(sealed) = &secrets.totp_sealed else {
        return Ok(());
    };
    let code = totp
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .ok_or(SignInRefusal::NeedsTotp)?;
    let context = format!("totp {}", secrets.login.id);
    let secret = vault.open_system(&context, sealed).map_err(|_| SignInRefusal::Wrong)?;
    let seconds = u64::try_from(now.0 / 1000).unwrap_or(0);
    let right = totp_of(secret).is_some_and(|totp| totp.check(code, seconds).is_some());
    if right { Ok(()) } else { Err(SignInRefusal::Wrong) }
}

pub(crate) fn totp_of(secret: Vec<u8>) -> Option<Totp> {
    Builder::new()
        .with_secret(secret)
        .with_account_name("lianfang")
        .with_issuer(Some("Lianfang"))
        .build()
        .ok()
}

/// What people read when a sign-in is refused.
pub fn refusal_words(refusal: SignInRefusal) -> (Words, Words) {
    match refusal {
        SignInRefusal::Wrong => (
            Words::new("账号、口令或验证码不对", "The name, password or code is not right"),
            Words::new(
                "请核对后重试；忘记口令请找本单位管理员重置",
                "Check and try again, or ask your administrator for a reset",
            ),
        ),
        SignInRefusal::Waiting => (
            Words::new("连续输错次数过多，请稍后再试", "Too many failures, please wait"),
            Words::new("15分钟后可再试", "Try again in 15 minutes"),
        ),
        SignInRefusal::Closed => (
            Words::new("该账号已停用或到期", "This account is locked or has expired"),
            Words::new("请联系本单位管理员", "Ask your administrator"),
        ),
        SignInRefusal::NeedsTotp => (
            Words::new("请输入动态验证码", "Enter the code of your second factor"),
            Words::new(
                "打开验证器应用查看六位数字",
                "Open your authenticator and type the six digits",
            ),
        ),
    }
}
