//! One account per role, each in an organisation that holds the functions its work needs.

use crate::embedded;
use crate::failure::Outcome;
use crate::store::wait;
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{RegionId, SubjectKind, Words};
use lianfang_ledger::accounts::{PasswordWork, hash_password};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Function, Ledger, NewLogin, NewOrg};
use lianfang_policy::Model;
use lianfang_policy::model::Scope;
use serde::{Deserialize, Serialize};

/// An account whose password is told once (in demonstrations and tests at every start).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Account {
    /// The role it acts in.
    pub role: String,
    /// The name it signs in with.
    pub login: String,
    /// Its password.
    pub password: String,
    /// Its interface token.
    pub token: String,
    /// Its organisation.
    pub org: SubjectId,
    /// What its organisation is called.
    pub org_name: Words,
    /// Its own id.
    pub id: LoginId,
}

impl Account {
    /// Writes as this account.
    pub fn author(&self) -> Author {
        Author {
            login: Some(self.id),
            device: None,
            owner: None,
            role: self.role.clone(),
            org: Some(self.org),
            channel: "api",
        }
    }
}

struct Post {
    role: &'static str,
    kind_type: &'static str,
    zh: &'static str,
    en: &'static str,
    function: Option<&'static str>,
    sector: Option<&'static str>,
}

const fn post(
    role: &'static str,
    kind_type: &'static str,
    (zh, en): (&'static str, &'static str),
    function: Option<&'static str>,
    sector: Option<&'static str>,
) -> Post {
    Post {
        role,
        kind_type,
        zh,
        en,
        function,
        sector,
    }
}

const POSTS: &[Post] = &[
    post("admin", "authority", ("信息中心", "Information centre"), None, None),
    post(
        "security",
        "authority",
        ("网络安全办公室", "Security office"),
        None,
        None,
    ),
    post("auditor", "authority", ("审计办公室", "Audit office"), None, None),
    post(
        "grid-worker",
        "community",
        ("社区服务中心", "Community office"),
        Some("community"),
        None,
    ),
    post(
        "community-health",
        "health_unit",
        ("社区卫生服务中心", "Community health centre"),
        None,
        Some("health"),
    ),
    post(
        "health-institution",
        "health_unit",
        ("第一卫生院", "First health institution"),
        Some("health-institution"),
        Some("health"),
    ),
    post(
        "lab",
        "laboratory",
        ("核酸检测实验室", "Testing laboratory"),
        Some("testing"),
        Some("health"),
    ),
    post(
        "cdc",
        "health_unit",
        ("疾病预防控制中心", "Centre for disease control"),
        Some("cdc"),
        Some("health"),
    ),
    post(
        "education",
        "authority",
        ("教育局", "Education authority"),
        Some("education"),
        Some("education"),
    ),
    post(
        "authority",
        "authority",
        ("工业和信息化局", "Industry authority"),
        Some("industry"),
        Some("industry"),
    ),
    post(
        "school",
        "school",
        ("第一小学", "First primary school"),
        None,
        Some("education"),
    ),
    post("hotel", "hotel", ("第一宾馆", "First hotel"), None, Some("culture")),
    post(
        "unit",
        "reporting_unit",
        ("机械厂", "Machine works"),
        None,
        Some("industry"),
    ),
    post(
        "signer",
        "authority",
        ("防控办公室", "Prevention office"),
        None,
        Some("health"),
    ),
    post(
        "health-bureau",
        "authority",
        ("卫生健康局", "Health authority"),
        Some("health-bureau"),
        Some("health"),
    ),
    post(
        "command",
        "authority",
        ("联防联控指挥部", "Joint command office"),
        Some("command"),
        None,
    ),
    post("police", "authority", ("公安局", "Police"), Some("police"), None),
];

/// What a demonstration has besides: organisations that are counted, so that a city that is tried by scenarios begins without.
const POSTS_OF_DEMONSTRATION: &[Post] = &[
    post("store-keeper", "store", ("物资仓库", "Supplies store"), None, None),
    post(
        "area-office",
        "area_command",
        ("领导小组办公室", "Command office of the area"),
        None,
        None,
    ),
];

/// Makes one organisation and one account for each role of the model, at the city's root.
///
/// # Errors
/// Those of the ledger.
pub fn make(
    ledger: &Ledger,
    model: &Model,
    (city, city_name): (&RegionId, &Words),
    (work, demonstration): (PasswordWork, bool),
) -> Outcome<Vec<Account>> {
    let roles: Vec<&str> = model.roles.keys().map(String::as_str).collect();
    let more = if demonstration { POSTS_OF_DEMONSTRATION } else { &[] };
    let posts: Vec<&Post> = POSTS.iter().chain(more).collect();
    let org = |role: &&str| org_of((role, &posts), model, city, city_name);
    let orgs: Vec<NewOrg> = roles.iter().map(org).collect();
    let names: Vec<Words> = orgs.iter().map(|org| org.name.clone()).collect();
    let org_ids = wait(ledger.add_orgs(Author::system(), orgs))?;
    let mut accounts = Vec::new();
    for ((role, org), org_name) in roles.iter().zip(org_ids).zip(names) {
        accounts.push(Account {
            role: (*role).to_owned(),
            login: (*role).to_owned(),
            password: short_secret(ledger)?,
            token: ledger.new_secret()?,
            org,
            org_name,
            id: LoginId(uuid::Uuid::nil()),
        });
    }
    let hashes = hash_all(
        &accounts
            .iter()
            .map(|account| account.password.clone())
            .collect::<Vec<_>>(),
        work,
    )?;
    let logins = accounts.iter().zip(hashes).map(|(account, password_hash)| NewLogin {
        name: account.login.clone(),
        password_hash,
        role: account.role.clone(),
        org: Some(account.org),
        person: None,
        expires_at: None,
        totp_secret: None,
        token: Some(account.token.clone()),
    });
    let ids = wait(ledger.add_logins(Author::system(), logins.collect()))?;
    for (account, id) in accounts.iter_mut().zip(ids) {
        account.id = id;
    }
    Ok(accounts)
}

/// A password that can be typed from a screen: 16 letters and digits, 95 bits.
///
/// # Errors
/// The machine gives no randomness.
pub fn short_secret(ledger: &Ledger) -> Outcome<String> {
    let secret = ledger.new_secret()?;
    let plain: String = secret.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    Ok(plain
        .as_bytes()
        .chunks(4)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect::<Vec<_>>()
        .join("-"))
}

/// Hashes passwords on all cores: each takes tens of milliseconds on purpose.
///
/// # Errors
/// The machine gives no randomness.
fn hash_all(passwords: &[String], work: PasswordWork) -> Outcome<Vec<String>> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let share = passwords.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let hash = |part: &[String]| {
            part.iter()
                .map(|password| hash_password(password, work))
                .collect::<Result<Vec<_>, _>>()
        };
        let threads: Vec<_> = passwords
            .chunks(share)
            .map(|part| scope.spawn(move || hash(part)))
            .collect();
        let mut hashes = Vec::with_capacity(passwords.len());
        for thread in threads {
            hashes.extend(thread.join().map_err(|_| lianfang_ledger::LedgerError::Stopped)??);
        }
        Ok(hashes)
    })
}

/// The type of organisation that a role reports for, where packs that the program does not carry have one: whoever tries a
/// pack of their own signs in as such an organisation and finds its tasks.
fn own_type<'a>(role: &str, model: &'a Model) -> Option<&'a str> {
    let role = model.roles.get(role).filter(|role| role.scope == Scope::Organisation)?;
    let subjects = role
        .write
        .iter()
        .filter_map(|id| model.registers.get(id))
        .flat_map(|one| &one.schema.subjects);
    let mut types = subjects.filter_map(|id| model.types.get(id));
    let own = types.find(|one| one.of == SubjectKind::Organisation && !embedded::has_pack(&one.pack))?;
    Some(own.id.as_str())
}

fn org_of((role, posts): (&str, &[&Post]), model: &Model, city: &RegionId, city_name: &Words) -> NewOrg {
    let known = posts
        .iter()
        .find(|post| post.role == role && model.types.contains_key(post.kind_type));
    let title = model.roles.get(role).map(|role| role.title.clone()).unwrap_or_default();
    let (kind_type, zh, en) = match known {
        Some(post) => (post.kind_type, post.zh, post.en),
        None => (
            own_type(role, model).unwrap_or("authority"),
            title.zh.as_str(),
            title.en.as_str(),
        ),
    };
    let function = known.and_then(|post| post.function);
    NewOrg {
        id: None,
        kind_type: kind_type.to_owned(),
        name: Words::new(format!("{}{zh}", city_name.zh), format!("{} {en}", city_name.en)),
        region: city.clone(),
        sector: known.and_then(|post| post.sector).map(str::to_owned),
        parent: None,
        functions: function
            .map(|function| Function {
                function: function.to_owned(),
                region: Some(city.clone()),
            })
            .into_iter()
            .collect(),
    }
}
