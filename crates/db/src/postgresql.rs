//! One PostgreSQL connection: prepared statements, streaming, decoding.

use crate::error::{DbError, DbErrorKind, Result};
use crate::row::{ColumnNames, Row};
use crate::sqlite::wrong_count;
use crate::value::Value;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Statement};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Prepared statements kept by a connection; past it the cache starts anew.
const STATEMENTS: usize = 512;

#[derive(Clone)]
struct Prepared {
    statement: Statement,
    columns: Arc<ColumnNames>,
}

pub(crate) struct PgSession {
    /// Always there until `drop` takes it.
    client: Option<Client>,
    prepared: HashMap<String, Prepared>,
}

impl PgSession {
    pub(crate) fn open(config: &Config, read_only: bool) -> Result<Self> {
        let client = config.connect(NoTls).map_err(|error| {
            DbError::from(error).with_hint(
                "请检查 PostgreSQL 是否在运行、地址、账号和密码是否正确",
                "check that PostgreSQL is running and that address, account and password are right",
            )
        })?;
        let mut session = Self {
            client: Some(client),
            prepared: HashMap::new(),
        };
        // What a city's administrator set as default must not change what our SQL means.
        // Our questions are many and short: compiling one takes longer than answering it.
        session.batch("set timezone = 'UTC'; set default_transaction_isolation = 'read committed'; set jit = off")?;
        if read_only {
            // Lists ask for stretches of places and days. A plan made for any stretch takes each for a row or two, and sorted all
            // the tasks of a county to name the first of them.
            session.batch("set default_transaction_read_only = on; set plan_cache_mode = force_custom_plan")?;
        } else {
            // Who writes reads files, some at a time: a process is not started sooner than they are read.
            session.batch("set max_parallel_workers_per_gather = 0")?;
        }
        Ok(session)
    }

    fn client(&mut self) -> &mut Client {
        self.client.as_mut().expect("only drop takes the client")
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.as_ref().is_none_or(Client::is_closed)
    }

    /// Asks the server for a sign of life.
    pub(crate) fn is_lost(&mut self) -> bool {
        const PATIENCE: Duration = Duration::from_secs(5);
        self.is_closed() || self.client().is_valid(PATIENCE).is_err()
    }

    /// Several statements without parameters. They may change tables, so nothing prepared is kept.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.prepared.clear();
        Ok(self.client().batch_execute(sql)?)
    }

    /// BEGIN, COMMIT, SAVEPOINT …: leaves the prepared statements alone.
    pub(crate) fn control(&mut self, sql: &str) -> Result<()> {
        Ok(self.client().batch_execute(sql)?)
    }

    fn prepare(&mut self, sql: &str) -> Result<Prepared> {
        if let Some(prepared) = self.prepared.get(sql) {
            return Ok(prepared.clone());
        }
        let statement = self.client().prepare(sql)?;
        let columns = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        let prepared = Prepared {
            columns: Arc::new(columns),
            statement,
        };
        if self.prepared.len() >= STATEMENTS {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    /// Forgets a statement whose plan no longer fits the tables; true if that was the trouble.
    pub(crate) fn forget_stale(&mut self, sql: &str, error: &DbError) -> bool {
        // 0A000 cached plan must not change result type, 26000 the server does not know the statement.
        matches!(error.code(), Some("0A000" | "26000")) && self.prepared.remove(sql).is_some()
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        if self.prepare(sql)?.columns.is_empty() {
            let prepared = self.prepare(sql)?;
            let params = borrowed(&prepared.statement, params)?;
            return Ok(self.client().execute(&prepared.statement, &params)?);
        }
        // With RETURNING the rows are the count; a command tag may count what was only offered.
        let mut count = 0;
        self.for_each(sql, params, &mut |_| {
            count += 1;
            Ok(())
        })??;
        Ok(count)
    }

    /// Calls `each` for every row as it arrives; its error stops the reading and is the inner result.
    pub(crate) fn for_each(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<Result<()>> {
        let prepared = self.prepare(sql)?;
        borrowed(&prepared.statement, params)?;
        self.stream(&prepared, params, each)
    }

    /// Runs `sql` with whole columns as parameters, as `unnest` takes them.
    pub(crate) fn execute_columns(
        &mut self,
        sql: &str,
        columns: &[Vec<&Value>],
        each: &mut dyn FnMut(Row),
    ) -> Result<u64> {
        let prepared = self.prepare(sql)?;
        let mut written = 0;
        self.stream(&prepared, columns, &mut |row| {
            each(row);
            written += 1;
            Ok(())
        })??;
        Ok(written)
    }

    fn stream<P: ToSql + Sync>(
        &mut self,
        prepared: &Prepared,
        params: &[P],
        each: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<Result<()>> {
        let params = params.iter().map(|value| value as &(dyn ToSql + Sync));
        let mut rows = self.client().query_raw(&prepared.statement, params)?;
        while let Some(row) = rows.next()? {
            if let Err(error) = each(decode(&row, &prepared.columns)?) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }
}

impl Drop for PgSession {
    /// Closing talks to the server on a runtime of its own, which panics on a thread of an asynchronous runtime. A
    /// session may be dropped anywhere, so it is closed on a thread that is surely not one.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // If no thread can be had the process is past caring; the server notices the closed socket.
            let _ = std::thread::Builder::new()
                .name("db-close".to_owned())
                .spawn(move || drop(client));
        }
    }
}

fn borrowed<'a>(statement: &Statement, params: &'a [Value]) -> Result<Vec<&'a (dyn ToSql + Sync)>> {
    let wanted = statement.params().len();
    if wanted != params.len() {
        return Err(wrong_count(wanted, params.len()));
    }
    Ok(params.iter().map(|value| value as &(dyn ToSql + Sync)).collect())
}

fn decode(row: &postgres::Row, columns: &Arc<ColumnNames>) -> Result<Row> {
    let mut values = Vec::with_capacity(columns.len());
    for at in 0..columns.len() {
        values.push(row.try_get::<_, Value>(at)?);
    }
    Ok(Row::new(Arc::clone(columns), values))
}

/// Reads a `postgres://` address, refusing what we would otherwise have to ignore.
pub(crate) fn parse_url(url: &str) -> Result<Config> {
    let refuse = |zh: &str, en: &str| Err(DbError::other(zh, en));
    let asks_for = |words: &[&str]| words.iter().any(|word| url.contains(&format!("sslmode={word}")));
    if asks_for(&["require", "verify-ca", "verify-full"]) {
        return refuse(
            "暂不支持以 TLS 连接 PostgreSQL，不能满足地址中的 sslmode",
            "TLS to PostgreSQL is not supported, so the sslmode of the address cannot be honoured",
        )
        .map_err(|error| {
            error.with_hint(
                "请使用本机套接字或受保护的网络，并去掉 sslmode",
                "use a local socket or a protected network and leave sslmode out",
            )
        });
    }
    url.parse::<Config>().map_err(|error| {
        let text = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
        DbError::new(
            DbErrorKind::Other,
            "PostgreSQL 地址有误",
            "the PostgreSQL address cannot be read",
        )
        .with_engine_text(text)
        .with_hint(
            "写法：postgres://用户:密码@主机:5432/库名",
            "write postgres://user:password@host:5432/database",
        )
    })
}

/// Where a server is and as whom we go there, without the password.
pub(crate) struct Location {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) database: String,
}

impl Location {
    pub(crate) fn of(config: &Config) -> Self {
        use postgres::config::Host;
        let host = match config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "localhost".to_owned(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let user = config.get_user().unwrap_or_default().to_owned();
        let database = config.get_dbname().unwrap_or(&user).to_owned();
        Self {
            host,
            port,
            user,
            database,
        }
    }
}

/// The address without its password, for logs and pages.
pub(crate) fn display(config: &Config) -> String {
    let Location {
        host,
        port,
        user,
        database,
    } = Location::of(config);
    format!("postgres://{user}@{host}:{port}/{database}")
}
