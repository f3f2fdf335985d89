//! `indicator`: a figure with its parts, as CSV or JSON.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::Args;
use lianfang_kernel::{Day, Instant, RegionId, SystemClock, TimeError, Words};
use lianfang_ledger::read::{Figure, FigureQuery, Reader};
use std::sync::Arc;

/// Arguments of `indicator`.
#[derive(Args, Debug)]
pub struct IndicatorArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 指标 ¦ The indicator
    id: String,
    /// 区域；省略为全市 ¦ Region; the whole city unless given
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// 分列：day、region、sector、state，可多个 ¦ Broken down by day, region, sector or state; may be several
    #[arg(long, value_delimiter = ',', value_name = "BY")]
    by: Vec<String>,
    /// 首日 ¦ First day
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// 末日（含） ¦ Last day, included
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// 截至何时所知 ¦ As known at a moment
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it.
///
/// # Errors
/// No such indicator; a date that is none; the store.
pub fn run(args: &IndicatorArgs) -> Outcome {
    let query = FigureQuery {
        region: args.region.as_deref().map(RegionId::new),
        by: args.by.clone(),
        from: args.from.as_deref().map(Day::parse).transpose().map_err(bad_time)?,
        to: args.to.as_deref().map(Day::parse).transpose().map_err(bad_time)?,
        as_of: args
            .as_of
            .as_deref()
            .map(Instant::parse)
            .transpose()
            .map_err(bad_time)?,
        ..FigureQuery::default()
    };
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let named = |reader: &mut Reader<'_>| {
        let mut figure = reader.figure(&args.id, &query)?;
        if let Some(figure) = &mut figure {
            reader.name_figure(figure)?;
        }
        Ok(figure)
    };
    let Some(figure) = ledger.read(named)? else {
        let known = ledger
            .snapshot()
            .model
            .indicators
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Failure::new(
            Words::new(
                format!("没有指标 {}", args.id),
                format!("there is no indicator {}", args.id),
            ),
            Words::new(format!("现有：{known}"), format!("there are {known}")),
        ));
    };
    if args.json {
        say::json(&figure);
        return Ok(());
    }
    print_csv(&figure)
}

/// What a date or moment that cannot be read says.
pub fn bad_time(error: TimeError) -> Failure {
    Failure::usage(
        Words::new(format!("日期或时刻无法识别：{error}"), error.to_string()),
        Words::new(
            "日期写 2020-02-05，时刻写 2020-02-05T08:00:00+08:00",
            "write dates as 2020-02-05, moments as 2020-02-05T08:00:00+08:00",
        ),
    )
}

fn print_csv(figure: &Figure) -> Outcome {
    let lang = say::lang();
    let keys: Vec<String> = figure
        .rows
        .first()
        .map(|row| row.key.keys().cloned().collect())
        .unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut header = keys.clone();
    header.extend(
        [
            "value",
            "numerator",
            "denominator",
            "state",
            "unit",
            "definition",
            "as_of",
        ]
        .map(str::to_owned),
    );
    let state = serde_json::to_value(figure.state)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    let tail = [
        state,
        figure.unit.get(lang).to_owned(),
        figure.definition.get(lang).to_owned(),
        figure.as_of.to_rfc3339(),
    ];
    let mut lines = vec![header];
    if figure.rows.is_empty() {
        let mut line = vec![
            number(figure.value),
            number(figure.numerator),
            number(figure.denominator),
        ];
        line.extend(tail.clone());
        lines.push(line);
    }
    for row in &figure.rows {
        let mut line: Vec<String> = keys
            .iter()
            .map(|key| row.key.get(key).cloned().unwrap_or_default())
            .collect();
        line.extend([number(row.value), number(row.numerator), number(row.denominator)]);
        line.extend(tail.clone());
        lines.push(line);
    }
    for line in lines {
        writer
            .write_record(&line)
            .map_err(|error| Failure::file(std::path::Path::new("csv"), error))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::file(std::path::Path::new("csv"), error))?;
    say::out(String::from_utf8_lossy(&bytes).trim_end());
    Ok(())
}
