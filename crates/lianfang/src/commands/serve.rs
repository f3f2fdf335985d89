//! `serve`: the server of a city, or of a test.

use crate::activation::{self, LoadOrTell, PackSources};
use crate::channels::ChannelArgs;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::key_file;
use crate::posts::Account;
use crate::ready::Ready;
use crate::say;
use crate::store::{Marks, Store, StoreArgs};
use clap::Args;
use lianfang_kernel::{Clock, Instant, ManualClock, SystemClock, Words};
use lianfang_ledger::Ledger;
use lianfang_policy::Model;
use lianfang_server::{Address, AppState, Config, Listen, Network, Tls};
use serde::Deserialize;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `serve`. What the command line and the environment leave open is taken from `--config`.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 监听地址，端口0为任选；默认 127.0.0.1:8080 ¦ Address to listen on, port 0 picks one; 127.0.0.1:8080 unless given
    #[arg(long, env = "LIANFANG_LISTEN", value_name = "ADDR")]
    listen: Option<String>,
    /// 能力包目录，代替程序自带的 ¦ Folder of packs, instead of those inside the program
    #[arg(long, env = "LIANFANG_PACKS", value_name = "DIR")]
    packs: Option<PathBuf>,
    /// 本市的覆盖目录 ¦ Folder of the city's overlay
    #[arg(long, env = "LIANFANG_OVERLAY", value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// TLS 证书（PEM） ¦ TLS certificate (PEM)
    #[arg(long, env = "LIANFANG_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// TLS 私钥（PEM） ¦ TLS key (PEM)
    #[arg(long, env = "LIANFANG_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// 可信代理的网段，可多次 ¦ Network of trusted proxies, may be repeated
    #[arg(long, env = "LIANFANG_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    /// 配置文件（TOML），键名同各选项 ¦ Configuration file (TOML), keys named like the options
    #[arg(long, env = "LIANFANG_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    channels: ChannelArgs,
    /// 在内存中保留本市人员比对索引：登记时提示“可能是同一人”，查找重复档案；每百万人约250 MB ¦ Keep an index of our own people in memory, to ask "is this one of ours?" and to find duplicates; about 250 MB a million people
    #[arg(long, env = "LIANFANG_LINKAGE")]
    linkage: bool,
    /// 测试时钟：RFC 3339 时刻或 manual；仅限新建的库 ¦ Test clock: an RFC 3339 moment or manual; new databases only
    #[arg(long, value_name = "TIME|manual")]
    clock: Option<String>,
    /// 新建库时的城市代码 ¦ Code of the city, for a new database
    #[arg(long, env = "LIANFANG_CITY", value_name = "CODE")]
    city: Option<String>,
    /// 新建库时的区划表 ¦ List of regions, for a new database
    #[arg(long, value_name = "FILE")]
    regions: Option<PathBuf>,
    /// 首行输出 JSON ¦ Print one JSON object first
    #[arg(long)]
    json: bool,
}

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileConfig {
    database: Option<String>,
    key: Option<PathBuf>,
    key_store: Option<String>,
    listen: Option<String>,
    packs: Option<PathBuf>,
    overlay: Option<PathBuf>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    trusted_proxy: Vec<String>,
    city: Option<String>,
    linkage: bool,
    messages: Option<PathBuf>,
}

/// Runs until told to stop.
///
/// # Errors
/// Wrong usage, a demonstration database, an unusable key, packs, address or certificate.
pub fn run(mut args: ServeArgs) -> Outcome {
    if let Some(path) = args.config.clone() {
        fill_in(&mut args, &path)?;
    }
    let proxies = args
        .trusted_proxy
        .iter()
        .map(|text| proxy(text))
        .collect::<Outcome<Vec<_>>>()?;
    let tls = args
        .tls_cert
        .clone()
        .zip(args.tls_key.clone())
        .map(|(certificate, key)| Tls { certificate, key });
    if let Some(tls) = &tls {
        key_file::refuse_readable(&tls.key)?;
    }
    let test_clock = args.clock.as_deref().map(clock_at).transpose()?;
    let store = args.store.open()?;
    let opened = open(&args, &store, test_clock)?;
    let config = Config {
        demonstration: false,
        test_clock: opened.test_clock.clone(),
        tls: tls.is_some(),
        trusted_proxies: proxies,
        // A test city is small; what is tested with it is the whole.
        linkage: args.linkage || opened.test_clock.is_some(),
        messages: args.channels.messaging()?,
        version: env!("CARGO_PKG_VERSION"),
        draw: Some(lianfang_pages::draw),
        past_counts: Some(embedded::cases_2020),
        reference: reference_folder(),
    };
    let city = opened.ledger.snapshot().city.to_string();
    let listener = bind(args.listen.as_deref().unwrap_or("127.0.0.1:8080"))?;
    let ready = Ready {
        url: url_of(&listener, tls.is_some())?,
        demonstration: false,
        test_clock: opened.test_clock.is_some(),
        city,
        accounts: &opened.accounts,
    };
    serve(opened.ledger, config, listener, tls, || ready.print(args.json))
}

/// A ledger ready to be served.
struct Opened {
    ledger: Ledger,
    accounts: Vec<Account>,
    test_clock: Option<ManualClock>,
}

fn open(args: &ServeArgs, store: &Store, test_clock: Option<Instant>) -> Outcome<Opened> {
    if store.database.is_empty()? {
        return new_installation(args, store, test_clock);
    }
    let marks = store.marks()?;
    refuse(&marks, args.clock.is_some())?;
    let model = model_in_force(args, store)?;
    if !marks.test_clock {
        let ledger = store.ledger(model, Arc::new(SystemClock))?;
        return Ok(Opened {
            ledger,
            accounts: Vec::new(),
            test_clock: None,
        });
    }
    let manual = ManualClock::at(test_clock.unwrap_or_else(|| SystemClock.now()));
    let ledger = store.ledger(model, Arc::new(manual.clone()))?;
    let accounts = marks
        .logins
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    Ok(Opened {
        ledger,
        accounts,
        test_clock: Some(manual),
    })
}

/// What keeps a database from being served.
fn refuse(marks: &Marks, clock_is_asked: bool) -> Outcome {
    if marks.demonstration {
        return Err(Failure::new(
            Words::new(
                "这是演示库，不能用作正式服务",
                "this is a demonstration database and cannot serve a city",
            ),
            Words::new(
                "查看演示用 lianfang demo --data；正式使用请 lianfang init 新建",
                "to look at it run lianfang demo --data; for a city make a new one with lianfang init",
            ),
        ));
    }
    if clock_is_asked && !marks.test_clock {
        return Err(Failure::new(
            Words::new(
                "测试时钟只能用于建库时即标记为测试的数据库",
                "a test clock needs a database that was made for tests",
            ),
            Words::new("请用 --clock 另建一个空库", "give --clock with a new, empty database"),
        ));
    }
    if !marks.is_complete {
        return Err(Failure::new(
            Words::new("数据库没有建完", "the database was not set up to the end"),
            Words::new(
                "请删除该库后重新建立，或从备份恢复",
                "remove it and set it up anew, or restore a backup",
            ),
        ));
    }
    Ok(())
}

fn new_installation(args: &ServeArgs, store: &Store, test_clock: Option<Instant>) -> Outcome<Opened> {
    let city = args.city.clone().ok_or_else(|| {
        Failure::usage(
            Words::new(
                "这是一个新库，需要城市代码",
                "the database is new: it needs the code of its city",
            ),
            Words::new(
                "加 --city 6205，或先运行 lianfang init",
                "add --city 6205, or run lianfang init first",
            ),
        )
    })?;
    let sources = offered(args)?;
    let model = Arc::new(sources.load()?.model);
    let manual = test_clock.map(ManualClock::at);
    let clock: Arc<dyn Clock> = match &manual {
        Some(manual) => Arc::new(manual.clone()),
        None => Arc::new(SystemClock),
    };
    let founding = Founding {
        regions: founding::regions_for(&city, args.regions.as_deref())?,
        city,
        sources,
        model,
        demonstration: false,
        test_clock: manual.is_some(),
        every_role: manual.is_some(),
    };
    let (ledger, accounts) = founding::found(store, &founding, clock)?;
    founding::complete(&ledger)?;
    Ok(Opened {
        ledger,
        accounts,
        test_clock: manual,
    })
}

/// The activated model; packs given or built in that differ from it wait for their activation.
fn model_in_force(args: &ServeArgs, store: &Store) -> Outcome<Arc<Model>> {
    let offered = offered(args)?.load()?.model;
    match activation::active(store)? {
        Some((active, _)) if active.digest == offered.digest => Ok(Arc::new(offered)),
        Some((active, sources)) => {
            let short = active.digest.get(..12).unwrap_or_default().to_owned();
            say::err(say::pick(
                &format!(
                    "沿用已启用的能力包（{short}…）；程序自带或指定的与之不同，启用须作者与审批人：lianfang pack activate"
                ),
                &format!(
                    "the activated packs stay in force ({short}…); those offered differ and need an author and an approver: lianfang pack activate"
                ),
            ));
            Ok(Arc::new(sources.load()?.model))
        }
        None => activation::active_model(store),
    }
}

fn offered(args: &ServeArgs) -> Outcome<PackSources> {
    let packs = match &args.packs {
        Some(folder) => embedded::packs_of(folder)?,
        None => embedded::packs(),
    };
    let overlay = args.overlay.as_deref().map(embedded::packs_of).transpose()?;
    Ok(PackSources::new(packs, overlay.unwrap_or_default()))
}

/// Listens, says so, and serves until Ctrl+C or a polite signal.
///
/// # Errors
/// The server cannot start.
pub fn serve(ledger: Ledger, config: Config, listener: TcpListener, tls: Option<Tls>, ready: impl FnOnce()) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::file(Path::new("tokio"), error))?;
    let state = AppState::new(ledger, config);
    let app = lianfang_server::router(state.clone()).merge(lianfang_pages::router(state.clone()));
    let listen = Listen {
        address: Address::Bound(listener),
        tls,
    };
    ready();
    let served = runtime.block_on(lianfang_server::serve(app, state, listen, told_to_stop()));
    served.map_err(|error| {
        Failure::new(
            Words::new(format!("服务无法运行：{error}"), error.to_string()),
            Words::new("请核对 --listen 与证书文件", "check --listen and the certificate files"),
        )
    })
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut polite) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = polite.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}

/// The folder of reference data that `LIANFANG_REFERENCE` names: outbreaks of the literature, shown and never shipped.
pub fn reference_folder() -> Option<PathBuf> {
    std::env::var_os("LIANFANG_REFERENCE").map(PathBuf::from)
}

/// Binds before anything is printed, so that the printed port is the one in use.
///
/// # Errors
/// Not an address, or it is in use.
pub fn bind(text: &str) -> Outcome<TcpListener> {
    let address = address_of(text)?;
    TcpListener::bind(address).map_err(|error| {
        Failure::new(
            Words::new(
                format!("无法监听 {address}：{error}"),
                format!("cannot listen on {address}: {error}"),
            ),
            Words::new(
                "端口被占用时换一个：--listen 127.0.0.1:0",
                "if the port is taken choose another: --listen 127.0.0.1:0",
            ),
        )
    })
}

/// The address behind `HOST:PORT`.
///
/// # Errors
/// Not an address.
pub fn address_of(text: &str) -> Outcome<SocketAddr> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        Failure::usage(
            Words::new(
                format!("监听地址 {text} 无法识别"),
                format!("{text} is no address to listen on"),
            ),
            Words::new("写成 127.0.0.1:8080", "write 127.0.0.1:8080"),
        )
    })
}

/// The address that people open.
///
/// # Errors
/// The listener has gone.
pub fn url_of(listener: &TcpListener, tls: bool) -> Outcome<String> {
    let address = listener
        .local_addr()
        .map_err(|error| Failure::file(Path::new("listen"), error))?;
    Ok(format!("{}://{address}", if tls { "https" } else { "http" }))
}

/// The moment a test clock begins at.
///
/// # Errors
/// Neither a moment nor `manual`.
pub fn clock_at(text: &str) -> Outcome<Instant> {
    if text == "manual" {
        return Ok(SystemClock.now());
    }
    Instant::parse(text).map_err(|error| {
        Failure::usage(
            Words::new(format!("时刻 {text} 无法识别"), error.to_string()),
            Words::new(
                "写成 2022-01-20T08:00:00+08:00 或 manual",
                "write 2022-01-20T08:00:00+08:00 or manual",
            ),
        )
    })
}

fn proxy(text: &str) -> Outcome<Network> {
    Network::parse(text).ok_or_else(|| {
        Failure::usage(
            Words::new(format!("网段 {text} 无法识别"), format!("{text} is no network")),
            Words::new("写成 10.0.0.0/8", "write 10.0.0.0/8"),
        )
    })
}

fn fill_in(args: &mut ServeArgs, path: &Path) -> Outcome {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let file: FileConfig = toml::from_str(&text).map_err(|error| {
        Failure::new(
            Words::new(
                format!("{}：{error}", path.display()),
                format!("{}: {error}", path.display()),
            ),
            Words::new(
                "键名同各选项，如 listen、tls_cert",
                "keys are named like the options: listen, tls_cert …",
            ),
        )
    })?;
    let store = &mut args.store;
    store.database = store.database.take().or(file.database);
    store.key = store.key.take().or(file.key);
    store.key_store = store.key_store.take().or(file.key_store);
    args.listen = args.listen.take().or(file.listen);
    args.packs = args.packs.take().or(file.packs);
    args.overlay = args.overlay.take().or(file.overlay);
    args.tls_cert = args.tls_cert.take().or(file.tls_cert);
    args.tls_key = args.tls_key.take().or(file.tls_key);
    args.city = args.city.take().or(file.city);
    args.channels.messages = args.channels.messages.take().or(file.messages);
    args.linkage |= file.linkage;
    if args.trusted_proxy.is_empty() {
        args.trusted_proxy = file.trusted_proxy;
    }
    Ok(())
}
