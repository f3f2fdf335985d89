//! `bench`: ratios against a baseline measured in the same run, on the same machine.

mod case_list;
mod cases;
mod county;
mod county_history;
mod declare;
mod import;
mod large;
mod large_fill;
mod pass_surge;
mod start;
mod tables;
mod times;
mod trace;

use crate::failure::{Failure, Outcome};
use crate::say;
use clap::Args;
use lianfang_kernel::Words;
use serde_json::Value;

/// Arguments of `bench`.
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// cases、county、declare、import、large、pass-surge、start、trace；省略为除 large 外的全部 ¦ cases, county, declare, import, large, pass-surge, start, trace; all but large unless given
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// 每项时长（秒） ¦ Seconds for each
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// 病例数、县的人数、接触数、表格行数、条目数；省略为100万例、50万人、100万次、20万行、1000万条 ¦ Cases, people of the county, contacts traced, rows of the sheet, entries; 1,000,000, 500,000, 1,000,000, 200,000 and 10,000,000 unless given
    #[arg(long, value_name = "N", value_parser = people)]
    people: Option<usize>,
    /// 空数据库；省略为临时 SQLite 文件 ¦ An empty database; a temporary SQLite file unless given
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// A number of people that a benchmark can be about.
fn people(text: &str) -> Result<usize, String> {
    let n = text.parse::<usize>().ok().filter(|n| (1_000..=10_000_000).contains(n));
    n.ok_or_else(|| "1000–10000000".to_owned())
}

/// Measures.
///
/// # Errors
/// No such benchmark; the database is not empty.
pub fn run(args: &BenchArgs) -> Outcome {
    let all = [
        "cases",
        "county",
        "declare",
        "import",
        "large",
        "pass-surge",
        "start",
        "trace",
    ];
    let names: Vec<&str> = match args.name.as_deref() {
        // Ten million entries take a quarter of an hour and ten gigabytes: only when they are asked for.
        None => all.into_iter().filter(|known| *known != "large").collect(),
        Some(name) => all.into_iter().filter(|known| *known == name).collect(),
    };
    if names.is_empty() {
        return Err(Failure::usage(
            Words::new(
                format!("没有性能测试 {}", args.name.as_deref().unwrap_or_default()),
                format!("there is no benchmark {}", args.name.as_deref().unwrap_or_default()),
            ),
            Words::new(
                format!("现有：{}", all.join("、")),
                format!("there are {}", all.join(", ")),
            ),
        ));
    }
    for name in names {
        let result = match name {
            "cases" => cases::run(args)?,
            "county" => county::run(args)?,
            "declare" => declare::run(args)?,
            "import" => import::run(args)?,
            "large" => large::run(args)?,
            "pass-surge" => pass_surge::run(args)?,
            "start" => start::run(args)?,
            _ => trace::run(args)?,
        };
        print(&result, args.json);
    }
    Ok(())
}

fn print(result: &Value, as_json: bool) {
    if as_json {
        return say::json(result);
    }
    let fields = result.as_object().into_iter().flatten();
    say::out(
        fields
            .map(|(key, value)| format!("{key}: {value}"))
            .collect::<Vec<_>>()
            .join("  "),
    );
}
