//! `brief`: the numbered daily briefing as a document; a day that was not published yet is printed as a draft.

use crate::activation;
use crate::commands::indicator::bad_time;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::{Args, ValueEnum};
use lianfang_kernel::{Day, Instant, Lang, RegionId, SystemClock, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{Issue, IssueBlock, IssueContent, IssueFigure, Reader};
use std::collections::HashMap;
use std::fmt::Write as _;
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

/// What is written: an issue, or a draft of one.
struct Written {
    issue: Option<Issue>,
    content: IssueContent,
    names: HashMap<lianfang_kernel::ids::SubjectId, String>,
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
    let written = ledger.read(|reader| written(reader, &id, &region, (day, moment, as_of.is_some()), lang))?;
    let Some(written) = written else {
        return Err(which(&known));
    };
    let text = match args.format {
        Format::Md => markdown(&written, lang),
        Format::Html => html(&markdown(&written, lang), &written.content.title, lang),
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
fn written(
    reader: &mut Reader<'_>,
    id: &str,
    region: &RegionId,
    (day, moment, is_given): (Day, Instant, bool),
    lang: Lang,
) -> Result<Option<Written>, LedgerError> {
    let published = reader.issues(region)?.into_iter().find(|issue| {
        let content = &issue.content;
        content.briefing == id
            && content.region == *region
            && content.day == day
            && (!is_given || content.as_of == moment)
    });
    let content = match &published {
        Some(issue) => issue.content.clone(),
        None => match reader.briefing(id, region, day, moment)? {
            Some(content) => content,
            None => return Ok(None),
        },
    };
    let named = content.blocks.iter().flat_map(|block| match block {
        IssueBlock::Gaps { missing, .. } => missing.clone(),
        _ => Vec::new(),
    });
    // Organisations have public names; people are told by number only.
    let named: Vec<_> = named.filter(|id| reader.snapshot.orgs.get(*id).is_some()).collect();
    let labels = reader.labels(&named, lang)?;
    Ok(Some(Written {
        issue: published,
        content,
        names: labels.into_iter().map(|(id, label)| (id, label.name)).collect(),
    }))
}

fn markdown(written: &Written, lang: Lang) -> String {
    let content = &written.content;
    let mut text = String::new();
    let number = match &written.issue {
        Some(issue) => Words::new(format!("第 {} 期", issue.number), format!("Issue {}", issue.number)),
        None => Words::new("草稿，未编号", "Draft, not numbered"),
    };
    let head = Words::new(
        format!("{} · {} · {}", number.zh, content.region, content.day),
        format!("{} · {} · {}", number.en, content.region, content.day),
    );
    let as_of = Words::new("统计时点", "As of");
    let _ = writeln!(text, "# {}\n\n{}\n", content.title.get(lang), head.get(lang));
    let _ = writeln!(text, "{} {}\n", as_of.get(lang), content.as_of.to_rfc3339());
    for block in &content.blocks {
        block_markdown(&mut text, block, written, lang);
    }
    if let Some(issue) = &written.issue {
        let _ = writeln!(text, "SHA-256 {}", issue.digest);
    }
    text
}

fn block_markdown(text: &mut String, block: &IssueBlock, written: &Written, lang: Lang) {
    match block {
        IssueBlock::Text { text: words, source } => {
            let _ = writeln!(text, "{}（{source}）\n", words.get(lang));
        }
        IssueBlock::Figure(figure) => figure_markdown(text, figure, lang),
        IssueBlock::Gaps {
            title, count, missing, ..
        } => {
            let silent = Words::new("未完成", "missing");
            let _ = writeln!(text, "## {}\n\n{} {count}\n", title.get(lang), silent.get(lang));
            for name in missing.iter().filter_map(|id| written.names.get(id)) {
                let _ = writeln!(text, "- {name}");
            }
            let _ = writeln!(text);
        }
    }
}

fn figure_markdown(text: &mut String, figure: &IssueFigure, lang: Lang) {
    let unknown = Words::new("未知", "unknown");
    let value = figure
        .value
        .map_or_else(|| unknown.get(lang).to_owned(), |n| n.to_string());
    let _ = write!(
        text,
        "## {}\n\n**{value}** {}",
        figure.title.get(lang),
        figure.unit.get(lang)
    );
    if let (Some(done), Some(required)) = (figure.numerator, figure.denominator) {
        let _ = write!(text, "（{done} / {required}）");
    }
    let _ = writeln!(text, " · {}\n\n{}\n", figure.state, figure.definition.get(lang));
    for (key, value) in &figure.parts {
        let key: Vec<&str> = key.values().map(String::as_str).collect();
        let value = value.map_or_else(|| unknown.get(lang).to_owned(), |n| n.to_string());
        let _ = writeln!(text, "- {}: {value}", key.join(" · "));
    }
    if !figure.parts.is_empty() {
        let _ = writeln!(text);
    }
}

/// The few forms that the briefing uses: headings, lists, paragraphs, one strong number.
fn html(markdown: &str, title: &Words, lang: Lang) -> String {
    let mut body = String::new();
    let mut in_list = false;
    for line in markdown.lines().filter(|line| !line.is_empty()) {
        let item = line.strip_prefix("- ");
        if item.is_some() != in_list {
            body.push_str(if in_list { "</ul>\n" } else { "<ul>\n" });
            in_list = item.is_some();
        }
        let _ = match (item, line.strip_prefix("## "), line.strip_prefix("# ")) {
            (Some(item), ..) => writeln!(body, "<li>{}</li>", escaped(item)),
            (None, Some(head), _) => writeln!(body, "<h2>{}</h2>", escaped(head)),
            (None, None, Some(head)) => writeln!(body, "<h1>{}</h1>", escaped(head)),
            (None, None, None) => {
                let line = escaped(line)
                    .replacen("**", "<strong>", 1)
                    .replacen("**", "</strong>", 1);
                writeln!(body, "<p>{line}</p>")
            }
        };
    }
    if in_list {
        body.push_str("</ul>\n");
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{body}</body>\n</html>\n",
        lang.tag(),
        escaped(title.get(lang))
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_escaped_and_lists_are_closed() {
        let made = html("# A & B\n\n**3** <cases>\n\n- x\n- y", &Words::same("A & B"), Lang::En);
        assert!(made.contains("<h1>A &amp; B</h1>"), "{made}");
        assert!(made.contains("<p><strong>3</strong> &lt;cases&gt;</p>"), "{made}");
        assert!(made.contains("<ul>\n<li>x</li>\n<li>y</li>\n</ul>"), "{made}");
    }
}
