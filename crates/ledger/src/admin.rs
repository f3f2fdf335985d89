//! Regions, organisations and accounts: what an installation is set up with.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::{Batch, fresh};
use crate::core::ms;
use crate::rows;
use crate::seal::secret_digest;
use crate::wire::Author;
use crate::writer::renew_all;
use lianfang_db::{Insert, OnConflict, Value};
use lianfang_kernel::ids::{IdSource, LoginId, SubjectId};
use lianfang_kernel::{Instant, Region, RegionId, SubjectKind, SubjectView, Words};
use serde::{Deserialize, Serialize};

/// An organisation to be added.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrg {
    /// Its id, when the sender made one.
    #[serde(default)]
    pub id: Option<SubjectId>,
    /// Its type in a pack: `school`, `hotel`, `community` …
    #[serde(rename = "type")]
    pub kind_type: String,
    /// Its public name.
    pub name: Words,
    /// Where it is.
    pub region: RegionId,
    /// Its line.
    #[serde(default)]
    pub sector: Option<String>,
    /// What it belongs to: a class to its school.
    #[serde(default)]
    pub parent: Option<SubjectId>,
    /// Functions it holds, each for a region; its own region when none is given.
    #[serde(default)]
    pub functions: Vec<Function>,
}

/// A function that an organisation holds for a region.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its id: `testing`, `cdc`, `community` …
    pub function: String,
    /// For where.
    #[serde(default)]
    pub region: Option<RegionId>,
}

/// How long an interface token serves at most, in milliseconds: a year. One that nobody renews ends by itself.
pub const TOKEN_MS: i64 = 366 * 86_400_000;

/// An account to be added.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// What one signs in with.
    pub name: String,
    /// argon2id hash of the password.
    pub password_hash: String,
    /// The role it acts in.
    pub role: String,
    /// The organisation it acts for.
    pub org: Option<SubjectId>,
    /// Whose it is, where its role goes with a post.
    pub person: Option<SubjectId>,
    /// When it expires.
    pub expires_at: Option<Instant>,
    /// A second factor's secret.
    pub totp_secret: Option<Vec<u8>>,
    /// An interface token made with it.
    pub token: Option<String>,
}

/// A change to an account.
#[derive(Clone, Debug)]
pub enum LoginChange {
    /// No longer usable.
    Lock,
    /// Usable again.
    Unlock,
    /// Another password (hashed), second factor removed.
    Reset(String),
    /// Another second factor.
    Totp(Vec<u8>),
    /// Another end.
    Expire(Option<Instant>),
    /// Acts for another organisation from now on.
    Org(SubjectId),
    /// Is that person's, or nobody's in particular.
    Person(Option<SubjectId>),
    /// A further interface token.
    Token {
        /// Its secret.
        secret: String,
        /// What it is for.
        label: String,
        /// Until when it serves; [`TOKEN_MS`] from now at most.
        expires_at: Instant,
    },
}

/// What came of a sign-in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// A session of this secret begins.
    Begins {
        /// Whose.
        login: LoginId,
        /// Its secret.
        secret: String,
    },
    /// Wrong password or code.
    Failed {
        /// Whose, when the name was known.
        login: Option<LoginId>,
    },
}

pub(crate) fn import_regions(batch: &mut Batch<'_>, regions: &[Region], more_follow: bool) -> Result<u64, LedgerError> {
    let row = |region: &Region| -> Vec<Value> {
        vec![
            region.id.as_str().into(),
            region.code.as_str().into(),
            region.name.zh.as_str().into(),
            region.name.en.as_str().into(),
            region.level.id().into(),
            region.parent.as_ref().map(|id| id.as_str().to_owned()).into(),
            region.valid_from.map(|day| i64::from(day.0)).into(),
            region.valid_to.map(|day| i64::from(day.0)).into(),
        ]
    };
    let rows: Vec<Vec<Value>> = regions.iter().map(row).collect();
    let on_conflict = OnConflict::Replace { key: &["id"] };
    let insert = Insert {
        table: "region",
        columns: rows::REGION,
        rows: &rows,
        on_conflict,
    };
    let written = batch.connection.insert_rows(&insert)?;
    if !more_follow {
        renew_all(batch)?;
    }
    Ok(written)
}

pub(crate) fn add_orgs(batch: &mut Batch<'_>, author: &Author, orgs: &[NewOrg]) -> Result<Vec<SubjectId>, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let mut rows = Vec::new();
    let mut ids = Vec::new();
    for org in orgs {
        check_org(batch, org)?;
        let id = org.id.unwrap_or_else(|| SubjectId(batch.core.vault.uuid_v7(batch.now)));
        let functions: Vec<(String, String)> = org
            .functions
            .iter()
            .map(|f| (f.function.clone(), f.region.as_ref().unwrap_or(&org.region).to_string()))
            .collect();
        rows.push(vec![
            id.0.into(),
            org.kind_type.as_str().into(),
            org.name.zh.as_str().into(),
            org.name.en.as_str().into(),
            org.region.as_str().into(),
            org.sector.clone().into(),
            org.parent.map(|id| id.0).into(),
            Value::Json(serde_json::to_string(&functions)?),
            batch.now.0.into(),
            Value::Null,
        ]);
        let kind = snapshot
            .model
            .kind_of(&org.kind_type)
            .unwrap_or(SubjectKind::Organisation);
        batch.add_subject(fresh(SubjectView {
            id,
            kind,
            kind_type: org.kind_type.clone(),
            region: org.region.clone(),
            unit: org.parent,
            since: batch.now,
            until: None,
        }));
        batch.dirty.insert(id);
        ids.push(id);
    }
    let on_conflict = OnConflict::Fail;
    batch.connection.insert_rows(&Insert {
        table: "organisation",
        columns: rows::ORGANISATION,
        rows: &rows,
        on_conflict,
    })?;
    batch
        .pending
        .audit
        .push(line(author, "orgs_added", serde_json::json!({ "count": ids.len() })));
    renew_all(batch)?;
    crate::replan::replan_all(batch, &ids)?;
    Ok(ids)
}

fn check_org(batch: &Batch<'_>, org: &NewOrg) -> Result<(), LedgerError> {
    if !batch.snapshot.regions.contains(&org.region) {
        let what = Words::new("没有这个区域：{r}", "No such region: {r}").with("r", &org.region);
        return Err(LedgerError::refused(
            "unknown_region",
            what,
            Words::new("请填区划代码", "Give the region's code"),
        ));
    }
    if batch.snapshot.model.kind_of(&org.kind_type) != Some(SubjectKind::Organisation) {
        let what = Words::new("没有这种单位类型：{t}", "No such type of organisation: {t}").with("t", &org.kind_type);
        let mut known: Vec<&str> = batch
            .snapshot
            .model
            .types
            .values()
            .filter(|t| t.of == SubjectKind::Organisation)
            .map(|t| t.id.as_str())
            .collect();
        known.sort_unstable();
        let hint = Words::new("可用：{k}", "Use: {k}").with("k", known.join(", "));
        return Err(LedgerError::refused("unknown_type", what, hint));
    }
    Ok(())
}

pub(crate) fn add_logins(
    batch: &mut Batch<'_>,
    author: &Author,
    logins: &[NewLogin],
) -> Result<Vec<LoginId>, LedgerError> {
    let mut ids = Vec::new();
    for login in logins {
        if !batch.snapshot.model.roles.contains_key(&login.role) {
            let what = Words::new("没有这个岗位：{r}", "No such role: {r}").with("r", &login.role);
            let known: Vec<&str> = batch.snapshot.model.roles.keys().map(String::as_str).collect();
            let hint = Words::new("可用：{k}", "Use: {k}").with("k", known.join(", "));
            return Err(LedgerError::refused("unknown_role", what, hint));
        }
        if crate::accounts::find(batch.connection, &login.name)?.is_some() {
            let what = Words::new("账号“{n}”已存在", "The account “{n}” exists already").with("n", &login.name);
            return Err(LedgerError::refused(
                "login_exists",
                what,
                Words::new("请换一个账号名", "Choose another name"),
            ));
        }
        let id = LoginId(batch.core.vault.uuid_v7(batch.now));
        let totp = match &login.totp_secret {
            Some(secret) => Some(batch.core.vault.seal_system(&format!("totp {id}"), secret)?),
            None => None,
        };
        let sql = "insert into login (id, name, password_hash, totp_sealed, role, org, person, created_at, expires_at, \
                   failures) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
        let params = [
            id.0.into(),
            login.name.as_str().into(),
            login.password_hash.as_str().into(),
            totp.into(),
            login.role.as_str().into(),
            login.org.map(|org| org.0).into(),
            login.person.map(|person| person.0).into(),
            batch.now.0.into(),
            login.expires_at.map(|at| at.0).into(),
        ];
        batch.connection.execute(sql, &params)?;
        if let Some(token) = &login.token {
            open_session(batch, id, token, "token", &login.name, batch.now.plus_ms(TOKEN_MS))?;
        }
        let detail = serde_json::json!({ "login": id, "role": login.role });
        batch.pending.audit.push(line(author, "login_added", detail));
        ids.push(id);
    }
    Ok(ids)
}

pub(crate) fn change_login(
    batch: &mut Batch<'_>,
    author: &Author,
    id: LoginId,
    change: &LoginChange,
) -> Result<(), LedgerError> {
    let now = ms(batch.now);
    let (kind, changed) = match change {
        LoginChange::Lock => {
            end_sessions(batch, id)?;
            let sql = "update login set locked_at = $2 where id = $1";
            ("login_locked", update(batch, sql, id, now)?)
        }
        LoginChange::Unlock => {
            let sql = "update login set locked_at = $2, failures = 0 where id = $1";
            ("login_unlocked", update(batch, sql, id, Value::Null)?)
        }
        LoginChange::Reset(hash) => {
            end_sessions(batch, id)?;
            let sql = "update login set password_hash = $2, totp_sealed = null, failures = 0 where id = $1";
            ("login_reset", update(batch, sql, id, hash.as_str().into())?)
        }
        LoginChange::Totp(secret) => {
            let sealed = batch.core.vault.seal_system(&format!("totp {id}"), secret)?;
            let sql = "update login set totp_sealed = $2 where id = $1";
            ("login_totp", update(batch, sql, id, sealed.into())?)
        }
        LoginChange::Expire(at) => {
            let sql = "update login set expires_at = $2 where id = $1";
            ("login_expires", update(batch, sql, id, at.map(|at| at.0).into())?)
        }
        LoginChange::Org(org) => {
            let sql = "update login set org = $2 where id = $1";
            ("login_org", update(batch, sql, id, org.0.into())?)
        }
        LoginChange::Person(person) => {
            let sql = "update login set person = $2 where id = $1";
            (
                "login_person",
                update(batch, sql, id, person.map(|person| person.0).into())?,
            )
        }
        LoginChange::Token {
            secret,
            label,
            expires_at,
        } => {
            let until = (*expires_at).min(batch.now.plus_ms(TOKEN_MS));
            open_session(batch, id, secret, "token", label, until)?;
            ("token_added", 1)
        }
    };
    if changed == 0 {
        let what = Words::new("没有这个账号", "No such account");
        return Err(LedgerError::refused(
            "unknown_login",
            what,
            Words::new("请从名单中选择", "Pick it from the list"),
        ));
    }
    batch
        .pending
        .audit
        .push(line(author, kind, serde_json::json!({ "login": id })));
    Ok(())
}

/// Whoever knew the old secrets is out.
fn end_sessions(batch: &mut Batch<'_>, id: LoginId) -> Result<(), LedgerError> {
    let sql = "update session set revoked_at = $2 where login = $1 and revoked_at is null";
    batch.connection.execute(sql, &[id.0.into(), batch.now.0.into()])?;
    Ok(())
}

fn update(batch: &mut Batch<'_>, sql: &str, id: LoginId, value: Value) -> Result<u64, LedgerError> {
    Ok(batch.connection.execute(sql, &[id.0.into(), value])?)
}

pub(crate) fn sign_in(batch: &mut Batch<'_>, outcome: &SignIn) -> Result<(), LedgerError> {
    let (kind, login) = match outcome {
        SignIn::Begins { login, secret } => {
            let until = batch.now.plus_ms(crate::accounts::SESSION_MS);
            open_session(batch, *login, secret, "session", "", until)?;
            let sql = "update login set failures = 0 where id = $1";
            batch.connection.execute(sql, &[login.0.into()])?;
            ("sign_in", Some(*login))
        }
        SignIn::Failed { login } => {
            if let Some(login) = login {
                let sql = "update login set failures = failures + 1, failed_at = $2 where id = $1";
                batch.connection.execute(sql, &[login.0.into(), batch.now.0.into()])?;
            }
            ("sign_in_failed", *login)
        }
    };
    batch.pending.audit.push(AuditLine {
        kind,
        login,
        ..AuditLine::default()
    });
    Ok(())
}

fn open_session(
    batch: &mut Batch<'_>,
    login: LoginId,
    secret: &str,
    kind: &str,
    label: &str,
    until: Instant,
) -> Result<(), LedgerError> {
    let sql =
        "insert into session (digest, kind, label, login, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    let digest = secret_digest(secret);
    let params = [
        digest.into(),
        kind.into(),
        label.into(),
        login.0.into(),
        batch.now.0.into(),
        until.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    Ok(())
}

fn line(author: &Author, kind: &'static str, detail: serde_json::Value) -> AuditLine {
    AuditLine {
        kind,
        login: author.login,
        device: author.device,
        org: author.org,
        subject: None,
        detail,
    }
}
