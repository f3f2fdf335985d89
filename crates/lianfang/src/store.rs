//! Where the data lies: the data store, the key store, the master key, and what the installation says about itself.

use crate::failure::{Failure, Outcome};
use crate::key_file;
use clap::Args;
use lianfang_db::{Connection, Database};
use lianfang_kernel::{Clock, Words, Zone};
use lianfang_ledger::{KEY_MIGRATIONS, Ledger, MIGRATIONS, MasterKey, Opening, Reply};
use lianfang_policy::Model;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which store a command works on.
#[derive(Args, Clone, Debug, Default)]
pub struct StoreArgs {
    /// 数据库：sqlite:文件 或 postgres://用户:密码@主机/库名 ¦ The database: sqlite:PATH or postgres://user:password@host/name
    #[arg(long, env = "LIANFANG_DATABASE", hide_env_values = true, value_name = "URL")]
    pub database: Option<String>,
    /// 主密钥文件；默认在 SQLite 文件旁，扩展名 .key ¦ Master key file; beside the SQLite file with the ending .key unless given
    #[arg(long, env = "LIANFANG_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// 密钥库地址；默认在 SQLite 文件或密钥文件旁，扩展名 .keys ¦ Key store; beside the SQLite file or the key file with the ending .keys unless given
    #[arg(long, env = "LIANFANG_KEY_STORE", hide_env_values = true, value_name = "URL")]
    pub key_store: Option<String>,
}

/// An opened store, before its ledger.
pub struct Store {
    /// The data.
    pub database: Database,
    /// The keys of the data, wrapped.
    pub keys: Database,
    /// Where the master key lies.
    pub key_path: PathBuf,
}

impl StoreArgs {
    /// Opens a store that exists.
    ///
    /// # Errors
    /// No address was given, nothing is there, it cannot be reached.
    pub fn open_existing(&self) -> Outcome<Store> {
        let url = self.url()?;
        if let Some(path) = sqlite_path(url)
            && !path.exists()
        {
            return Err(Failure::new(
                Words::new(
                    format!("数据库 {} 不存在", path.display()),
                    format!("there is no database at {}", path.display()),
                ),
                Words::new(
                    "请核对 --database；新建用 lianfang init",
                    "check --database; lianfang init makes a new one",
                ),
            ));
        }
        let store = self.open()?;
        if store.database.is_empty()? {
            return Err(Failure::new(
                Words::new("数据库是空的", "the database is empty"),
                Words::new("请先运行 lianfang init", "run lianfang init first"),
            ));
        }
        Ok(store)
    }

    /// Opens a store, making a SQLite file that is absent.
    ///
    /// # Errors
    /// No address was given, or it cannot be reached.
    pub fn open(&self) -> Outcome<Store> {
        let url = self.url()?;
        let key_path = self.key_path()?;
        let database = Database::open(url)?;
        let keys = Database::open(&self.key_store_url(url, &key_path))?;
        Ok(Store {
            database,
            keys,
            key_path,
        })
    }

    /// The address of the data.
    ///
    /// # Errors
    /// None was given.
    pub fn url(&self) -> Outcome<&str> {
        self.database.as_deref().ok_or_else(|| {
            Failure::usage(
                Words::new("没有指定数据库", "no database was given"),
                Words::new(
                    "加 --database sqlite:文件 或 postgres://…，或设环境变量 LIANFANG_DATABASE",
                    "add --database sqlite:PATH or postgres://…, or set LIANFANG_DATABASE",
                ),
            )
        })
    }

    /// The file of the master key.
    ///
    /// # Errors
    /// No address was given.
    pub fn key_path(&self) -> Outcome<PathBuf> {
        if let Some(path) = &self.key {
            return Ok(path.clone());
        }
        Ok(match sqlite_path(self.url()?) {
            Some(path) => path.with_extension("key"),
            None => PathBuf::from("lianfang.key"),
        })
    }

    fn key_store_url(&self, url: &str, key_path: &Path) -> String {
        match (&self.key_store, sqlite_path(url)) {
            (Some(url), _) => url.clone(),
            (None, Some(path)) => format!("sqlite:{}", path.with_extension("keys").display()),
            (None, None) => format!("sqlite:{}", key_path.with_extension("keys").display()),
        }
    }
}

/// The file behind a SQLite address.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// What an installation says about itself.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Its city; none before it was set up.
    pub city: Option<String>,
    /// Synthetic people.
    pub demonstration: bool,
    /// Its clock may be moved.
    pub test_clock: bool,
    /// Set up to the end.
    pub is_complete: bool,
    /// Accounts whose passwords may be shown again: only in demonstrations and tests.
    pub logins: Option<String>,
}

impl Store {
    /// Brings both schemas up to date.
    ///
    /// # Errors
    /// The database holds a newer schema.
    pub fn migrate(&self) -> Outcome {
        self.database.migrate(MIGRATIONS)?;
        self.keys.migrate(KEY_MIGRATIONS)?;
        Ok(())
    }

    /// What the installation says about itself.
    ///
    /// # Errors
    /// The database.
    pub fn marks(&self) -> Outcome<Marks> {
        let mut reader = self.database.reader()?;
        let mut marks = Marks::default();
        for row in reader.query("select name, value from meta", &[])? {
            let value = row.text("value")?.to_owned();
            match row.text("name")? {
                "city" => marks.city = Some(value),
                "demonstration" => marks.demonstration = value == "1",
                "test_clock" => marks.test_clock = value == "1",
                "complete" => marks.is_complete = value == "1",
                "logins" => marks.logins = Some(value),
                _ => {}
            }
        }
        Ok(marks)
    }

    /// The master key.
    ///
    /// # Errors
    /// Missing, not a key, or readable by others.
    pub fn master(&self) -> Outcome<MasterKey> {
        key_file::read(&self.key_path)
    }

    /// Opens the ledger with its own master key.
    ///
    /// # Errors
    /// Those of the key file and of the ledger.
    pub fn ledger(&self, model: Arc<Model>, clock: Arc<dyn Clock>) -> Outcome<Ledger> {
        self.ledger_with(self.master()?, model, clock)
    }

    /// Opens the ledger.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn ledger_with(&self, master: MasterKey, model: Arc<Model>, clock: Arc<dyn Clock>) -> Outcome<Ledger> {
        let zone = zone_of(&model);
        let (database, keys) = (self.database.clone(), self.keys.clone());
        Ok(Ledger::open(Opening {
            database,
            keys,
            master,
            clock,
            model,
            zone,
        })?)
    }

    /// A connection that may write, for set-up.
    ///
    /// # Errors
    /// The database.
    pub fn writer(&self) -> Outcome<Connection> {
        Ok(self.database.writer()?)
    }
}

fn zone_of(model: &Model) -> Zone {
    let named = model
        .settings
        .get("zone")
        .and_then(|setting| Zone::named(setting.default.as_text()?).ok());
    named.unwrap_or_else(Zone::china)
}

/// Waits for the writer.
///
/// # Errors
/// Those of the work.
pub fn wait<T>(reply: Result<Reply<T>, lianfang_ledger::LedgerError>) -> Outcome<T> {
    match reply?.blocking_recv() {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(lianfang_ledger::LedgerError::Stopped.into()),
    }
}
