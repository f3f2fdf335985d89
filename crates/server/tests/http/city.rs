//! A small city served in process, with the product's packs and a manual clock.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use lianfang_db::Database;
use lianfang_kernel::{Instant, ManualClock, Region, RegionId, RegionLevel, Words, Zone};
use lianfang_ledger::accounts::{PasswordWork, hash_password};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Ledger, MasterKey, NewLogin, Opening};
use lianfang_policy::Model;
use lianfang_policy::load::{Source, load};
use lianfang_server::outbox::Messaging;
use lianfang_server::{AppState, Config};
use lianfang_testkit::TestDb;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt;
use uuid::Uuid;

pub const PASSWORD: &str = "correct horse 2022";

pub struct City {
    pub app: Router,
    pub runtime: tokio::runtime::Runtime,
    pub state: AppState,
    stores: (Database, Database),
    model: Arc<Model>,
    clock: ManualClock,
    _folder: tempfile::TempDir,
    _db: Option<TestDb>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

fn packs() -> Vec<Source> {
    let files = lianfang_testkit::pack_files().into_iter();
    files.map(|(path, text)| Source { path, text }).collect()
}

fn region(id: &str, parent: Option<&str>, level: RegionLevel) -> Region {
    let (code, parent) = (id.to_owned(), parent.map(RegionId::new));
    Region {
        id: RegionId::new(id),
        code,
        name: Words::same(id),
        level,
        parent,
        valid_from: None,
        valid_to: None,
    }
}

fn login(role: &str) -> NewLogin {
    NewLogin {
        name: role.to_owned(),
        password_hash: hash_password(PASSWORD, PasswordWork::Trial).unwrap(),
        role: role.to_owned(),
        org: None,
        person: None,
        expires_at: None,
        totp_secret: None,
        token: Some(format!("token-{role}")),
    }
}

fn opened(stores: &(Database, Database), model: &Arc<Model>, clock: &ManualClock) -> Ledger {
    Ledger::open(Opening {
        database: stores.0.clone(),
        keys: stores.1.clone(),
        master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
        clock: Arc::new(clock.clone()),
        model: model.clone(),
        zone: Zone::china(),
    })
    .unwrap()
}

/// Ids of entries that a test does not choose.
static NEXT: AtomicU32 = AtomicU32::new(10_000);

impl City {
    pub fn new() -> City {
        City::with(None, "", None)
    }

    /// On a database of the test's, with one more pack, with channels for messages.
    pub fn with(db: Option<TestDb>, pack: &str, messages: Option<Arc<Messaging>>) -> City {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = packs();
        if !pack.is_empty() {
            sources.push(Source {
                path: "packs/trial/pack.toml".to_owned(),
                text: pack.to_owned(),
            });
        }
        let model = load(&sources, &[])
            .map_err(|findings| format!("{findings:#?}"))
            .unwrap()
            .model;
        let clock = ManualClock::at(Instant::parse("2022-01-20T08:00:00+08:00").unwrap());
        let open = |name: &str| Database::open(&format!("sqlite:{}", folder.path().join(name).display())).unwrap();
        let data = db.as_ref().map_or_else(|| open("data.db"), |db| db.database.clone());
        let stores = (data, open("keys.db"));
        let model = Arc::new(model);
        let ledger = opened(&stores, &model, &clock);
        let regions = vec![
            region("3717", None, RegionLevel::Prefecture),
            region("371702", Some("3717"), RegionLevel::County),
            region("371702001", Some("371702"), RegionLevel::Township),
            region("371703", Some("3717"), RegionLevel::County),
            region("371703001", Some("371703"), RegionLevel::Township),
        ];
        ledger
            .import_regions(regions, false)
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        ledger
            .set_city(RegionId::new("3717"))
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        let logins = vec![login("admin"), login("auditor")];
        ledger
            .add_logins(Author::system(), logins)
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        let config = Config {
            test_clock: Some(clock.clone()),
            linkage: true,
            messages,
            version: "0.0.0",
            ..Config::default()
        };
        let state = AppState::new(ledger, config);
        let app = lianfang_server::protect(lianfang_server::router(state.clone()), &state);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        City {
            app,
            runtime,
            state,
            stores,
            model,
            clock,
            _folder: folder,
            _db: db,
        }
    }

    /// Another process over the same stores, as after a crash of the first.
    pub fn restarted(&self) -> AppState {
        let ledger = opened(&self.stores, &self.model, &self.clock);
        AppState::new(ledger, Config::clone(&self.state.config))
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.app.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::String(text));
            Answer {
                status: parts.status,
                headers: parts.headers,
                body,
            }
        })
    }

    pub fn call(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, "en");
        if !who.is_empty() {
            request = request.header(header::AUTHORIZATION, who);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(
            request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body)
                .unwrap(),
        )
    }

    pub fn get(&self, who: &str, path: &str) -> Answer {
        self.call(who, "GET", path, None)
    }

    pub fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.call(who, "POST", path, Some(body))
    }

    /// An organisation with an account of a role: its token.
    pub fn staff(&self, role: &str, kind: &str, region: &str) -> String {
        let org = json!({ "type": kind, "name": { "zh": "样例", "en": "Sample" }, "region": region });
        let made = self.post("Bearer token-admin", "/api/v1/orgs", json!({ "orgs": [org] }));
        assert_eq!(made.status, 201, "{}", made.body);
        let name = format!("{role}-{region}");
        let user = json!({ "name": name, "password": PASSWORD, "role": role, "org": made.body["ids"][0] });
        let made = self.post("Bearer token-admin", "/api/v1/users", json!({ "users": [user] }));
        assert_eq!(made.status, 201, "{}", made.body);
        format!("Bearer {}", made.body["users"][0]["token"].as_str().unwrap())
    }

    /// Sends one entry under an id of its own; what became of it.
    pub fn write(&self, who: &str, mut entry: Value) -> Value {
        entry["id"] = json!(id(u128::from(NEXT.fetch_add(1, Ordering::Relaxed))));
        let answer = self.post(who, "/api/v1/entries", json!({ "entries": [entry] }));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["results"][0].clone()
    }

    pub fn arrive(&self, who: &str, id: Uuid, place: &str, name: &str) -> Answer {
        self.post(who, "/api/v1/entries", json!({ "entries": [arrival(id, place, name)] }))
    }
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x017e_7500_0000_7000_8000_0000_0000_0000 + n)
}

pub fn arrival(id: Uuid, place: &str, name: &str) -> Value {
    json!({
        "id": id, "register": "arrival", "at": "2022-01-20T07:00:00+08:00", "region": place,
        "subject": { "type": "person", "identifiers": { "cn_id": "371702199001010128" }, "name": name },
        "body": { "place_type": "home" },
    })
}

pub fn declaration(cn_id: &str) -> Value {
    json!({
        "person": { "name": "样例甲", "cn_id": cn_id, "phone": "13800138000" },
        "arrival_at": "2022-01-25T14:00:00+08:00", "destination": "371702001",
    })
}
