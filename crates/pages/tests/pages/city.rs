//! A small city with one community, and a browser that keeps cookies.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, ManualClock, Region, RegionId, RegionLevel, Words, Zone};
use lianfang_ledger::packs::PackSources;
use lianfang_ledger::wire::{Author, EntryAnswer};
use lianfang_ledger::{Function, Ledger, MasterKey, NewLogin, NewOrg, Opening, Reply, accounts};
use lianfang_policy::load::{Source, load};
use lianfang_server::outbox::{Messages, Messaging};
use lianfang_server::{AppState, Config, protect};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt as _;

pub const ZHANG: &str = "11010119900307889X";
/// How plain forms are sent.
const FORM: &str = "application/x-www-form-urlencoded";
pub const PASSWORD: &str = "correct horse battery";

pub struct City {
    pub app: Router,
    pub ledger: Ledger,
    pub clock: ManualClock,
    pub community: SubjectId,
    pub command: SubjectId,
}

fn packs() -> Vec<Source> {
    let files = lianfang_testkit::pack_files().into_iter();
    files.map(|(path, text)| Source { path, text }).collect()
}

fn region(id: &str, parent: Option<&str>, level: RegionLevel, zh: &str, en: &str) -> Region {
    let parent = parent.map(RegionId::new);
    let name = Words::new(zh, en);
    Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name,
        level,
        parent,
        valid_from: None,
        valid_to: None,
    }
}

fn past_counts() -> Option<Vec<u8>> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/cases-2020/city_daily_2020.csv")).ok()
}

/// Channels that nobody answers at: pages only name them.
fn channels() -> Arc<Messaging> {
    let text = r#"
        link = "https://city.example"
        [[channel]]
        id = "sms"
        kind = "sms"
        url = "https://gateway.example"
        body = "{to} {text}"
        [[channel]]
        id = "mail"
        kind = "smtp"
        host = "mail.example"
        from = "city@mail.example"
        [[channel]]
        id = "group"
        kind = "wecom"
        url = "https://robot.example"
    "#;
    Arc::new(Messaging {
        messages: Messages::parse(text).unwrap(),
        words: lianfang_pages::message_words,
    })
}

async fn settled<T>(reply: Result<Reply<T>, lianfang_ledger::LedgerError>) -> T {
    reply.unwrap().await.unwrap().unwrap()
}

fn opened() -> (Ledger, ManualClock) {
    let model = load(&packs(), &[])
        .map_err(|findings| format!("{findings:#?}"))
        .unwrap()
        .model;
    let clock = ManualClock::at(Instant::parse("2022-01-20T08:00:00+08:00").unwrap());
    let ledger = Ledger::open(Opening {
        database: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
        clock: Arc::new(clock.clone()),
        model: Arc::new(model),
        zone: Zone::china(),
    })
    .unwrap();
    (ledger, clock)
}

/// The community of a street and the command of the city.
async fn found(ledger: &Ledger) -> (SubjectId, SubjectId) {
    let org = |kind_type: &str, name: Words, region: &str, function: &str| NewOrg {
        id: None,
        kind_type: kind_type.into(),
        name,
        region: RegionId::new(region),
        sector: None,
        parent: None,
        functions: vec![Function {
            function: function.into(),
            region: None,
        }],
    };
    let community = Words::new("东城社区", "Dongcheng community");
    let orgs = vec![
        org("community", community, "371702001", "community"),
        org("authority", Words::new("市指挥部", "City command"), "3717", "command"),
    ];
    let made = settled(ledger.add_orgs(Author::system(), orgs)).await;
    (made[0], made[1])
}

/// Accounts with their roles, at the community (`true`), the command (`false`) or nowhere.
const LOGINS: [(&str, &str, Option<bool>); 26] = [
    ("grid", "grid-worker", Some(true)),
    ("root", "admin", None),
    ("cdc", "cdc", Some(true)),
    ("command", "command", Some(false)),
    ("bureau", "health-bureau", Some(false)),
    ("officer", "event-officer", Some(false)),
    ("lead", "checkpoint-lead", Some(true)),
    ("care", "care-worker", Some(true)),
    ("village", "survey-cadre", Some(true)),
    ("steward", "file-steward", Some(true)),
    ("clinic", "clinic-desk", Some(true)),
    ("tubes", "tube-desk", Some(true)),
    ("carrier", "carrier-desk", Some(true)),
    ("sampler", "sampler", Some(true)),
    ("tracer", "contact-tracer", Some(true)),
    ("keeper", "log-keeper", Some(false)),
    ("calls", "request-desk", Some(true)),
    ("door", "venue-counter", Some(true)),
    ("duty", "duty-officer", Some(true)),
    ("director", "drill-director", Some(false)),
    ("player", "drill-player", Some(true)),
    ("authority", "response-authority", Some(false)),
    ("commander", "plan-commander", Some(false)),
    ("papers", "document-desk", Some(false)),
    ("street-papers", "document-desk", Some(true)),
    ("bureau-unit", "document-unit", Some(true)),
];

impl City {
    pub async fn new() -> City {
        let (ledger, clock) = opened();
        let regions = vec![
            region("3717", None, RegionLevel::Prefecture, "菏泽市", "Heze"),
            region("371702", Some("3717"), RegionLevel::County, "牡丹区", "Mudan"),
            region(
                "371702001",
                Some("371702"),
                RegionLevel::Township,
                "东城街道",
                "Dongcheng",
            ),
        ];
        settled(ledger.import_regions(regions, false)).await;
        settled(ledger.set_city(RegionId::new("3717"))).await;
        let (community, office) = found(&ledger).await;
        let login = |name: &str, role: &str, org| NewLogin {
            name: name.into(),
            password_hash: accounts::hash_password(PASSWORD, accounts::PasswordWork::Trial).unwrap(),
            role: role.into(),
            org,
            person: None,
            expires_at: None,
            totp_secret: None,
            token: None,
        };
        let org = |at: bool| if at { community } else { office };
        let logins = LOGINS
            .into_iter()
            .map(|(name, role, at)| login(name, role, at.map(org)))
            .collect();
        settled(ledger.add_logins(Author::system(), logins)).await;
        let state = AppState::new(
            ledger.clone(),
            Config {
                version: "0.1.0",
                linkage: true,
                messages: Some(channels()),
                past_counts: Some(past_counts),
                reference: std::env::var_os("LIANFANG_REFERENCE").map(Into::into),
                ..Config::default()
            },
        );
        let app = lianfang_server::router(state.clone()).merge(lianfang_pages::router(state.clone()));
        City {
            app: protect(app, &state),
            ledger,
            clock,
            community,
            command: office,
        }
    }

    /// One more organisation.
    pub async fn add_org(&self, kind_type: &str, name: Words, region: &str) -> SubjectId {
        let org = NewOrg {
            id: None,
            kind_type: kind_type.into(),
            name,
            region: RegionId::new(region),
            sector: None,
            parent: None,
            functions: Vec::new(),
        };
        settled(self.ledger.add_orgs(Author::system(), vec![org])).await[0]
    }

    /// The packs are in force as in a city that was set up.
    pub async fn activate(&self) {
        let sources = PackSources::new(packs(), Vec::new());
        let model = self.ledger.snapshot().model.clone();
        let by = ("installation".to_owned(), "somebody".to_owned());
        settled(self.ledger.activate(sources, model, by)).await;
    }

    /// An entry written by the community, past the pages.
    pub async fn write(&self, entry: Value) -> EntryAnswer {
        self.write_as("grid-worker", entry).await
    }

    /// The same by another role.
    pub async fn write_as(&self, role: &str, entry: Value) -> EntryAnswer {
        self.write_for(role, self.community, entry).await
    }

    /// The same for another organisation.
    pub async fn write_for(&self, role: &str, org: SubjectId, mut entry: Value) -> EntryAnswer {
        entry["id"] = self.ledger.new_id().to_string().into();
        let author = Author {
            login: Some(lianfang_kernel::ids::LoginId(self.ledger.new_id())),
            device: None,
            owner: None,
            role: role.into(),
            org: Some(org),
            channel: "web",
        };
        let entry = serde_json::from_value(entry).unwrap();
        settled(self.ledger.append(author, vec![entry])).await.results.remove(0)
    }
}

/// What came back.
#[derive(Debug)]
pub struct Shown {
    pub status: StatusCode,
    pub location: String,
    pub headers: HeaderMap,
    pub html: String,
}

impl Shown {
    /// The value of the first input of that name.
    pub fn input(&self, name: &str) -> String {
        let tag = format!("name=\"{name}\" value=\"");
        let found = self.html.split_once(&tag).and_then(|(_, rest)| rest.split_once('"'));
        found.map(|(value, _)| value.to_owned()).unwrap_or_default()
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

pub struct Browser<'a> {
    city: &'a City,
    cookies: BTreeMap<String, String>,
    lang: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(city: &'a City, lang: &'static str) -> Browser<'a> {
        Browser {
            city,
            cookies: BTreeMap::new(),
            lang,
        }
    }

    pub async fn get(&mut self, path: &str) -> Shown {
        self.send("GET", path, FORM, String::new()).await
    }

    /// Sends a form with a file as browsers do.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str)) -> Shown {
        self.upload_as(path, fields, ("file", file.0, file.1)).await
    }

    /// The file as the part of that name.
    pub async fn upload_as(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (part, name, file): (&str, &str, &str),
    ) -> Shown {
        let mut body = String::new();
        for (field, value) in fields {
            body += &format!("--part\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        }
        body += &format!(
            "--part\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\r\n{file}\r\n--part--\r\n"
        );
        self.send("POST", path, "multipart/form-data; boundary=part", body)
            .await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.send("POST", path, FORM, body.finish()).await
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: String) -> Shown {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header(header::ACCEPT_LANGUAGE, self.lang)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let response = self.city.app.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        Shown {
            status,
            location,
            headers,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn sign_in(&mut self, login: &str) {
        let shown = self
            .post(
                "/sign-in",
                &[("login", login), ("password", PASSWORD), ("next", "/today")],
            )
            .await;
        assert_eq!(
            (shown.status, shown.location.as_str()),
            (StatusCode::SEE_OTHER, "/today"),
            "{}",
            shown.html
        );
    }
}
