//! `brief`: the numbered daily briefing as a document; a day that was not published yet is printed as a draft.

use crate::activation;
use crate::commands::indicator::bad_time;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::{Args, ValueEnum};
use lianfang_kernel::{Day, Instant, Lang, RegionId, SystemClock, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::Reader;
use lianfang_pages::issue_document;
use lianfang_ui::document::{Document, html, markdown};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `brief`.
#[derive(Args, Debug)]
pub struct BriefArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 区域 ¦ Region
    #[arg(long, value_name = "CODE")]
    region: String,
    /// 日期 ¦ The day
    #[arg(long, value_name = "DATE")]
    date: String,
    /// 哪一种简报；只有一种时可省略 ¦ Which briefing; may be left out when there is one
    #[arg(long, value_name = "ID")]
    briefing: Option<String>,
    /// 截至何时所知；省略为简报自己的时点 ¦ As known at a moment; the briefing's own unless given
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// 格式 ¦ Format
    #[arg(long, value_enum, default_value_t = Format::Md)]
    format: Format,
    /// 写入文件；省略则显示 ¦ Write to a file; shown unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown
    Md,
    /// HTML
    Html,
}

/// Writes it.
///
/// # Errors
/// No such briefing; a date that is none; the store; the file.
pub fn run(args: &BriefArgs) -> Outcome {
    let day = Day::parse(&args.date).map_err(bad_time)?;
    let as_of = args
        .as_of
        .as_deref()
        .map(Instant::parse)
        .transpose()
        .map_err(bad_time)?;
    let region = RegionId::new(&args.region);
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let snapshot = ledger.snapshot();
    let known: Vec<&str> = snapshot.model.briefings.keys().map(String::as_str).collect();
    let id = match (&args.briefing, known.as_slice()) {
        (Some(id), _) => id.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, _) => return Err(which(&known)),
    };
    let Some(briefing) = snapshot.model.briefings.get(&id) else {
        return Err(which(&known));
    };
    let moment = as_of.unwrap_or_else(|| snapshot.zone.at(day, briefing.as_of));
    let lang = say::lang();
    let document = ledger.read(|reader| document(reader, &id, &region, (day, moment, as_of.is_some()), lang))?;
    let Some(document) = document else {
        return Err(which(&known));
    };
    let text = match args.format {
        Format::Md => markdown(&document),
        Format::Html => html(&document, lang),
    };
    match &args.out {
        None => say::out(text.trim_end()),
        Some(path) => std::fs::write(path, text).map_err(|error| Failure::file(path, error))?,
    }
    Ok(())
}

fn which(known: &[&str]) -> Failure {
    Failure::new(
        Words::new("请写明哪一种简报", "say which briefing"),
        Words::new(
            format!("--briefing 可用：{}", known.join(", ")),
            format!("--briefing takes: {}", known.join(", ")),
        ),
    )
}

/// The issue of the day, or what it would say.
fn document(
    reader: &mut Reader<'_>,
    id: &str,
    region: &RegionId,
    (day, moment, is_given): (Day, Instant, bool),
    lang: Lang,
) -> Result<Option<Document>, LedgerError> {
    let published = reader.issues(region)?.into_iter().find(|issue| {
        let content = &issue.content;
        content.briefing == id
            && content.region == *region
            && content.day == day
            && (!is_given || content.as_of == moment)
    });
    if let Some(issue) = published {
        return issue_document(reader, &issue.content, Some(&issue), lang).map(Some);
    }
    match reader.briefing(id, region, day, moment)? {
        Some(content) => issue_document(reader, &content, None, lang).map(Some),
        None => Ok(None),
    }
}
