//! `demo`: a city with made-up people and an outbreak under way, served like the real thing.

mod clinic;
pub mod dice;
mod duties;
mod early_warning;
mod offices;
mod outbreak;
pub mod people;
mod routine;
mod story;
mod teller;
mod town;

use crate::activation::{self, LoadOrTell, PackSources};
use crate::channels::ChannelArgs;
use crate::commands::serve;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::hand_over_clock::HandOverClock;
use crate::posts::Account;
use crate::ready::Ready;
use crate::say;
use crate::store::{Store, StoreArgs, wait};
use clap::Args;
use dice::Dice;
use lianfang_kernel::{Clock, Day, Instant, ManualClock, RegionId, SystemClock, Words, Zone};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Ledger, LoginChange};
use lianfang_server::Config;
use people::clock;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use story::{Orders, Story};
use teller::Teller;

/// Moments of a day at which the story's clock stands: between them lie the slots of the protocols.
const STANDS: &[(i64, i64)] = &[
    (8, 29),
    (9, 59),
    (12, 30),
    (15, 59),
    (16, 59),
    (19, 59),
    (21, 30),
    (23, 58),
];

/// Arguments of `demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// 城市代码，取其地级市；默认天水 ¦ Code of the city, its prefecture is taken; Tianshui unless given
    #[arg(long, default_value = "6205", value_name = "CODE")]
    city: String,
    /// 虚构人数 ¦ How many made-up people
    #[arg(long, default_value_t = 800, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    people: u32,
    /// 疫情已进行的天数 ¦ For how many days the outbreak has run
    #[arg(long, default_value_t = 21, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
    /// 随机种子；同一种子同一故事 ¦ Seed: the same one tells the same story
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// 监听地址 ¦ Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", env = "LIANFANG_LISTEN", value_name = "ADDR")]
    listen: String,
    /// 允许监听本机以外的地址（这是演示，不含真实人员） ¦ Allow other than the local machine; it is a demonstration
    #[arg(long)]
    i_know_this_is_a_demonstration: bool,
    /// 数据目录；再次运行沿用 ¦ Folder of its data; used again by the next run
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 另加的能力包目录，例如正在编写的；旧数据沿用其建立时的能力包 ¦ Folder of further packs, such as one being written; data of an earlier run keep theirs
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// 测试时钟：RFC 3339 时刻或 manual ¦ Test clock: an RFC 3339 moment or manual
    #[arg(long, value_name = "TIME|manual")]
    clock: Option<String>,
    #[command(flatten)]
    channels: ChannelArgs,
    /// 首行输出 JSON ¦ Print one JSON object first
    #[arg(long)]
    json: bool,
}

/// Makes the city unless it is there, and serves it.
///
/// # Errors
/// Another address than this machine's without the second word; the store; the address is taken.
pub fn run(args: &DemoArgs) -> Outcome {
    let address = serve::address_of(&args.listen)?;
    if !address.ip().is_loopback() && !args.i_know_this_is_a_demonstration {
        return Err(Failure::usage(
            Words::new(
                format!("演示默认只在本机提供，{address} 可被他人访问"),
                format!("a demonstration stays on this machine; {address} can be reached by others"),
            ),
            Words::new(
                "确需如此，再加 --i-know-this-is-a-demonstration",
                "if that is meant, add --i-know-this-is-a-demonstration",
            ),
        ));
    }
    let listener = serve::bind(&args.listen)?;
    let now = args.clock.as_deref().map(serve::clock_at).transpose()?;
    let opened = open(args, now)?;
    let config = Config {
        demonstration: true,
        test_clock: opened.test_clock.clone(),
        tls: false,
        trusted_proxies: Vec::new(),
        linkage: true,
        messages: args.channels.messaging()?,
        version: env!("CARGO_PKG_VERSION"),
        draw: Some(lianfang_pages::draw),
        past_counts: Some(embedded::cases_2020),
        reference: serve::reference_folder(),
    };
    let ready = Ready {
        url: serve::url_of(&listener, false)?,
        demonstration: true,
        test_clock: opened.test_clock.is_some(),
        city: opened.ledger.snapshot().city.to_string(),
        accounts: &opened.accounts,
    };
    serve::serve(opened.ledger, config, listener, None, || ready.print(args.json))
}

struct Opened {
    ledger: Ledger,
    accounts: Vec<Account>,
    test_clock: Option<ManualClock>,
}

fn open(args: &DemoArgs, now: Option<Instant>) -> Outcome<Opened> {
    let folder = match &args.data {
        Some(folder) => folder.clone(),
        None => {
            let folder = default_folder(args, now);
            forget_old(&folder)?;
            folder
        }
    };
    std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, error))?;
    let store_args = StoreArgs {
        database: Some(format!("sqlite:{}", folder.join("demo.db").display())),
        ..StoreArgs::default()
    };
    let store = store_args.open()?;
    if store.database.is_empty()? {
        return make(args, &store, now);
    }
    let marks = store.marks()?;
    if !marks.demonstration {
        return Err(Failure::new(
            Words::new(
                format!("{} 里不是演示库", folder.display()),
                format!("{} does not hold a demonstration", folder.display()),
            ),
            Words::new("请用 --data 指定另一目录", "give another folder with --data"),
        ));
    }
    if !marks.is_complete {
        drop(store);
        clear(&folder)?;
        return make(args, &store_args.open()?, now);
    }
    if now.is_some() != marks.test_clock {
        return Err(Failure::new(
            Words::new(
                "该演示库建立时的时钟方式不同",
                "this demonstration was made with another kind of clock",
            ),
            Words::new("请用 --data 指定另一目录", "give another folder with --data"),
        ));
    }
    let manual = now.map(ManualClock::at);
    let clock: Arc<dyn Clock> = match &manual {
        Some(manual) => Arc::new(manual.clone()),
        None => Arc::new(SystemClock),
    };
    let ledger = store.ledger(activation::active_model(&store)?, clock)?;
    let accounts = marks
        .logins
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    Ok(Opened {
        ledger,
        accounts,
        test_clock: manual,
    })
}

/// Makes the city and tells its story up to the present.
fn make(args: &DemoArgs, store: &Store, now: Option<Instant>) -> Outcome<Opened> {
    let city = args.city.get(..4).unwrap_or(&args.city).to_owned();
    let (regions, neighbour) = town::regions(&city)?;
    let mut overlay = embedded::demo_overlay(&city);
    if let Some(folder) = &args.overlay {
        overlay.extend(embedded::packs_of(folder)?);
    }
    let sources = PackSources::new(embedded::packs(), overlay);
    let model = Arc::new(sources.load()?.model);
    let zone = Zone::china();
    let end = now.unwrap_or_else(|| SystemClock.now());
    let today = zone.day_of(end);
    let first = today.plus(-i64::from(args.days));
    let manual = ManualClock::at(clock(&zone, first, 0, 1));
    let hand_over = Arc::new(HandOverClock::new(manual.clone()));
    let founding = Founding {
        city,
        regions,
        sources,
        model,
        demonstration: true,
        test_clock: now.is_some(),
        every_role: true,
    };
    let (ledger, mut accounts) = founding::found(store, &founding, hand_over.clone())?;
    let mut dice = Dice::new(args.seed);
    let town = town::build(&ledger, &mut dice, &neighbour, &accounts)?;
    let count = usize::try_from(args.people).unwrap_or(800);
    let people = town.places.people(&mut dice, count, first, today, &zone);
    settle(&ledger, &town, &people, &mut accounts)?;
    let begin = manual.now();
    let orders = Orders {
        city: dice.uuid(begin),
        above: dice.uuid(begin),
    };
    let outbreak = outbreak::Outbreak::of(&mut dice, &town, (first, today), people.len());
    let story = Story {
        outbreak: &outbreak,
        town: &town,
        people: &people,
        first,
        today,
        zone: &zone,
        orders,
    };
    tell(&story, &ledger, &mut dice, &manual, end)?;
    manual.set(end);
    clinic::open(&ledger, &mut accounts, &people, end)?;
    offices::fill(&ledger, &accounts, founding.city.as_str(), end)?;
    founding::complete(&ledger)?;
    if now.is_none() {
        hand_over.hand_over();
    }
    Ok(Opened {
        ledger,
        accounts,
        test_clock: now.map(|_| manual),
    })
}

/// Puts the accounts that people try first where there is work: the township with the most arrivals, a school, a hotel.
fn settle(ledger: &Ledger, town: &town::Town, people: &[people::Person], accounts: &mut [Account]) -> Outcome {
    let mut arrivals: std::collections::BTreeMap<&RegionId, usize> = std::collections::BTreeMap::new();
    for person in people {
        *arrivals.entry(&person.township).or_default() += 1;
    }
    let busiest = arrivals
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(township, _)| township);
    let posts = [
        (
            "grid-worker",
            busiest.and_then(|township| town.communities.get(township)).copied(),
        ),
        (
            "school",
            town.schools
                .iter()
                .find(|school| !school.is_silent)
                .map(|school| school.org),
        ),
        ("hotel", town.hotels.first().map(|(hotel, _)| *hotel)),
    ];
    for (role, org) in posts {
        let account = accounts.iter_mut().find(|account| account.role == role);
        if let (Some(account), Some(org)) = (account, org) {
            wait(ledger.change_login(Author::system(), account.id, LoginChange::Org(org)))?;
            account.org = org;
            if let Some(known) = ledger.snapshot().orgs.get(org) {
                account.org_name = known.name.clone();
            }
        }
    }
    let text = serde_json::to_string(accounts).unwrap_or_default();
    wait(ledger.set_meta("logins", text))
}

/// Walks through the days.
fn tell(story: &Story<'_>, ledger: &Ledger, dice: &mut Dice, manual: &ManualClock, end: Instant) -> Outcome {
    let described = story.people.iter().map(people::Person::described);
    let described = described.chain(story.outbreak.people.iter().cloned()).collect();
    let mut teller = Teller::new(ledger, manual, described);
    story.plan(dice, &mut teller);
    story.plan_routine(dice, &mut teller);
    let days = u64::try_from(story.first.until(story.today)).unwrap_or(0) + 1;
    let bar = say::progress(days, "正在编写演示城市", "writing the demonstration city");
    let mut day: Day = story.first;
    while day <= story.today {
        for (hour, minute) in STANDS {
            let now = clock(story.zone, day, *hour, *minute);
            if now >= end {
                break;
            }
            teller.until(dice, now)?;
            match hour {
                8 | 21 => story.put_right(ledger, dice, &mut teller, now)?,
                16 | 19 => story.answer(ledger, dice, &mut teller, now)?,
                _ => {}
            }
            story.answer_signals(ledger, dice, &mut teller, now)?;
        }
        bar.inc(1);
        day = day.plus(1);
    }
    teller.until(dice, end)?;
    bar.finish_and_clear();
    tracing::info!(written = teller.tally.written, flagged = teller.tally.flagged, refused = ?teller.tally.refused, "demo.told");
    wait(ledger.set_meta("demo_entries", teller.tally.written.to_string()))
}

/// One folder per story and day, so that a demonstration always ends today and its second start is quick.
fn default_folder(args: &DemoArgs, now: Option<Instant>) -> PathBuf {
    let home = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .unwrap_or_else(std::env::temp_dir);
    let day = Zone::china().day_of(now.unwrap_or_else(|| SystemClock.now()));
    let kind = if now.is_some() { "-clock" } else { "" };
    home.join("lianfang").join(format!(
        "demo-{}-{}-{}-{}-{day}{kind}",
        args.city, args.people, args.days, args.seed
    ))
}

/// Removes demonstrations of earlier days beside this one: each day has a folder of its own. Yesterday's stays, it may
/// still be served; and only what `demo` itself makes is removed.
fn forget_old(folder: &Path) -> Outcome {
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let day_of = |name: &str| {
        let name = name.strip_suffix("-clock").unwrap_or(name);
        Day::parse(name.get(name.len().checked_sub(10)?..)?).ok()
    };
    let Some(today) = day_of(name) else { return Ok(()) };
    let Ok(beside) = std::fs::read_dir(parent) else {
        return Ok(());
    };
    for entry in beside.flatten() {
        let other = entry.file_name();
        let Some(other) = other.to_str().filter(|other| other.starts_with("demo-")) else {
            continue;
        };
        if day_of(other).is_some_and(|day| day < today.plus(-1)) {
            clear(&entry.path())?;
            // Stays when something else lies in it.
            let _ = std::fs::remove_dir(entry.path());
        }
    }
    Ok(())
}

/// Removes a demonstration that was not told to its end. Only files of its own name.
fn clear(folder: &Path) -> Outcome {
    for name in [
        "demo.db",
        "demo.db-wal",
        "demo.db-shm",
        "demo.keys",
        "demo.keys-wal",
        "demo.keys-shm",
        "demo.key",
    ] {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_file(&path).map_err(|error| Failure::file(&path, error))?;
        }
    }
    Ok(())
}
