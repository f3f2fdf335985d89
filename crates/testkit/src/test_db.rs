//! A database of its own for each test.

use crate::{server, template};
use lianfang_db::{Database, Engine, Options};
use std::path::Path;
use tempfile::TempDir;

/// A database that exists for one test and is removed when dropped, also when the test fails.
#[derive(Debug)]
pub struct TestDb {
    /// The database, without tables unless it came from a template.
    pub database: Database,
    url: String,
    place: Place,
}

/// What is removed at the end.
#[derive(Debug)]
enum Place {
    File { _folder: TempDir },
    Server { name: String },
}

impl TestDb {
    /// An empty database on `engine`.
    pub fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::in_file(|_| {}),
            Engine::Postgres => Self::on_server(None),
        }
    }

    /// An empty SQLite database.
    pub fn sqlite() -> Self {
        Self::fresh(Engine::Sqlite)
    }

    /// An empty PostgreSQL database on the server that `LIANFANG_TEST_POSTGRES` names; panics if it does not.
    pub fn postgres() -> Self {
        Self::fresh(Engine::Postgres)
    }

    /// A copy of a database that `setup` filled once for this test program. `name` tells several set-ups of one
    /// program apart: the same name must always mean the same set-up.
    pub fn from_template(engine: Engine, name: &str, setup: impl FnOnce(&Database)) -> Self {
        match engine {
            Engine::Sqlite => {
                let source = template::file(name, setup);
                Self::in_file(|path| {
                    std::fs::copy(&source, path).expect("the template was made in a folder we can read");
                })
            }
            Engine::Postgres => Self::on_server(Some(&template::database(name, setup))),
        }
    }

    /// The engine the test runs on.
    pub fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// The address of the database, with its password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same database opened once more, as a second process would.
    pub fn open_again(&self) -> Database {
        open(&self.url)
    }

    fn in_file(fill: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("lianfang-test-")
            .tempdir()
            .expect("a temporary folder");
        let path = folder.path().join("test.db");
        fill(&path);
        let url = format!("sqlite:{}", path.display());
        Self {
            database: open(&url),
            url,
            place: Place::File { _folder: folder },
        }
    }

    fn on_server(template: Option<&str>) -> Self {
        let name = server::fresh_name("lf_test");
        server::create(&name, template);
        let url = server::url_of(&name);
        Self {
            database: open(&url),
            url,
            place: Place::Server { name },
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Place::Server { name } = &self.place {
            server::drop_database(name);
        }
    }
}

pub(crate) fn open(url: &str) -> Database {
    let options = Options {
        is_durable: false,
        ..Options::default()
    };
    Database::open_with(url, options).unwrap_or_else(|error| panic!("the test database cannot be opened: {error}"))
}
