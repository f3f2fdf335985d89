//! `match`: which records of two lists, or of one, are of the same person.

use crate::failure::{Failure, Outcome};
use crate::person_list::{ColumnNames, PersonList};
use crate::say;
use clap::Args;
use lianfang_kernel::Words;
use lianfang_linkage::{Class, Clusters, Gazetteer, Link, Linker, Model, Threshold, learn_places, one_to_one};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows read at once.
const CHUNK: usize = 1 << 15;
/// Addresses that names of places are learnt from, of each list.
const PLACES_FROM: usize = 100_000;

/// Arguments of `match`.
#[derive(Args, Debug)]
pub struct MatchArgs {
    /// 名单：两个文件，或加 --dedupe 时一个 ¦ Lists: two files, or one with --dedupe
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 在一个名单内查重 ¦ Find the records of one person inside one list
    #[arg(long)]
    dedupe: bool,
    /// 列名对应，如 name=姓名、addr=省+市+住址 ¦ Name a column, as in name=FULL_NAME or addr=STREET+TOWN
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',')]
    map: Vec<String>,
    /// 最低匹配权重（以2为底的对数几率） ¦ Least match weight, log2 odds
    #[arg(long, default_value_t = -10.0, allow_negative_numbers = true, value_name = "BITS")]
    min_weight: f64,
    /// 按期望准确率选取阈值，如 0.99 ¦ Choose the threshold by expected precision, such as 0.99
    #[arg(long, value_name = "SHARE")]
    precision: Option<f64>,
    /// 每条记录至多配一条 ¦ At most one partner for each record
    #[arg(long)]
    one_to_one: bool,
    /// 列出各项对权重的贡献 ¦ Add what each comparison contributes to the weight
    #[arg(long)]
    explain: bool,
    /// 查重时另存各人的全部记录（CSV：人、记录、并入时的权重） ¦ With --dedupe: also write the records of each person (CSV)
    #[arg(long, value_name = "FILE")]
    clusters: Option<PathBuf>,
    /// 使用已保存的参数，不再估计 ¦ Use saved parameters instead of estimating them
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// 保存估计的参数 ¦ Save the estimated parameters
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,
    /// 输出文件；省略为标准输出 ¦ Output file; standard output unless given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 线程数；结果与线程数无关 ¦ Threads; the result does not depend on them
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Links and writes the pairs.
///
/// # Errors
/// A file that cannot be read or is no list, a column that is not there, parameters that are none.
pub fn run(args: &MatchArgs) -> Outcome {
    check_usage(args)?;
    let names = ColumnNames::parse(&args.map)?;
    let mut lists = Vec::new();
    for path in &args.files {
        lists.push(PersonList::open(path, &names)?);
    }
    let threads = args
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let (linker, ids) = read(lists, threads, args.dedupe)?;
    let model = match &args.model {
        Some(path) => read_model(path)?,
        None => linker.learn(),
    };
    if let Some(path) = &args.save_model {
        std::fs::write(path, model.to_json()).map_err(|error| Failure::file(path, error))?;
    }
    let links = linker.link(&model, args.min_weight);
    let expected = match args.precision {
        Some(precision) => linker.threshold_for(&model, &links, precision),
        None => linker.expect(&model, &links, args.min_weight.max(0.0)),
    };
    let mut chosen: Vec<Link> = match args.precision {
        Some(_) => links
            .into_iter()
            .filter(|link| f64::from(link.weight) >= expected.weight)
            .collect(),
        None => links,
    };
    if args.one_to_one {
        chosen = one_to_one(&chosen);
    }
    if let Some(path) = &args.clusters {
        let file = File::create(path).map_err(|error| Failure::file(path, error))?;
        let joined = chosen.iter().filter(|link| f64::from(link.weight) >= expected.weight);
        write_clusters(BufWriter::new(file), joined, &ids[0]).map_err(|error| Failure::file(path, error))?;
    }
    match &args.out {
        Some(path) => {
            let file = File::create(path).map_err(|error| Failure::file(path, error))?;
            write(BufWriter::new(file), args, &linker, &model, &chosen, &ids)
                .map_err(|error| Failure::file(path, error))?;
        }
        None => {
            let out = BufWriter::new(std::io::stdout().lock());
            if let Err(error) = write(out, args, &linker, &model, &chosen, &ids)
                && error.kind() != std::io::ErrorKind::BrokenPipe
            {
                return Err(Failure::file(Path::new("-"), error));
            }
        }
    }
    say::err(summary(chosen.len(), &expected).get(say::lang()));
    Ok(())
}

/// How many pairs, and how good they are expected to be.
fn summary(pairs: usize, expected: &Threshold) -> Words {
    let (precision, recall) = (expected.precision * 100.0, expected.recall * 100.0);
    let from = expected.weight;
    Words::new(
        format!("{pairs} 对；权重不低于 {from:.2} 时期望准确率 {precision:.2}%、召回率 {recall:.2}%"),
        format!("{pairs} pairs; from weight {from:.2} on, expected precision {precision:.2}%, recall {recall:.2}%"),
    )
}

fn check_usage(args: &MatchArgs) -> Outcome {
    let wanted = if args.dedupe { 1 } else { 2 };
    if args.files.len() != wanted {
        return Err(Failure::usage(
            Words::new(
                "比对需要两个名单，查重需要一个名单加 --dedupe",
                "matching takes two lists; --dedupe takes one",
            ),
            Words::new(
                "lianfang match A.csv B.csv，或 lianfang match A.csv --dedupe",
                "lianfang match A.csv B.csv, or lianfang match A.csv --dedupe",
            ),
        ));
    }
    if args.clusters.is_some() && !args.dedupe {
        return Err(Failure::usage(
            Words::new(
                "--clusters 只用于一个名单内查重",
                "--clusters is for records of one list",
            ),
            Words::new("请加 --dedupe，只给一个名单", "add --dedupe and give one list"),
        ));
    }
    if args.precision.is_some_and(|share| !(0.0..=1.0).contains(&share))
        || args.threads == Some(0)
        || args.min_weight.is_nan()
    {
        return Err(Failure::usage(
            Words::new(
                "准确率应在 0 与 1 之间，线程数至少为 1",
                "a precision lies between 0 and 1, and there is at least one thread",
            ),
            Words::new(
                "例如 --precision 0.99 --threads 2",
                "for example --precision 0.99 --threads 2",
            ),
        ));
    }
    Ok(())
}

/// Reads the lists: once for the names of places, once for the records.
fn read(mut lists: Vec<PersonList>, threads: usize, dedupe: bool) -> Outcome<(Linker, [Vec<Box<str>>; 2])> {
    let mut addresses = Vec::new();
    for list in &mut lists {
        let mut left = PLACES_FROM;
        list.each_chunk(CHUNK, &mut |rows| {
            addresses.extend(rows.iter().take(left).map(|row| row.addr.to_owned()));
            left = left.saturating_sub(rows.len());
            left > 0
        })?;
    }
    let places: Gazetteer = learn_places(addresses.iter().map(String::as_str));
    drop(addresses);
    let mut linker = match dedupe {
        true => Linker::within_one(places, threads),
        false => Linker::new(places, threads),
    };
    let mut ids: [Vec<Box<str>>; 2] = [Vec::new(), Vec::new()];
    for (at, list) in lists.iter_mut().enumerate() {
        list.each_chunk(CHUNK, &mut |rows| {
            ids[at].extend(rows.iter().map(|row| Box::from(row.id)));
            linker.push(at, rows);
            true
        })?;
    }
    linker.settle();
    Ok((linker, ids))
}

fn read_model(path: &Path) -> Outcome<Model> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Model::from_json(&text).map_err(|error| Failure::from(error.problem()))
}

fn write(
    out: impl Write,
    args: &MatchArgs,
    linker: &Linker,
    model: &Model,
    links: &[Link],
    ids: &[Vec<Box<str>>; 2],
) -> std::io::Result<()> {
    let seconds = if args.dedupe { &ids[0] } else { &ids[1] };
    let mut sheet = csv::Writer::from_writer(out);
    let mut titles = vec!["id_a", "id_b", "score"];
    if args.explain {
        titles.extend([
            "name",
            "sex",
            "birth",
            "idno",
            "phone",
            "plate",
            "addr",
            "prior",
            "rivals",
            "class",
            "runner_up",
        ]);
    }
    sheet.write_record(&titles)?;
    let mut cells: Vec<String> = Vec::with_capacity(titles.len());
    for link in links {
        cells.clear();
        cells.push(ids[0][link.a as usize].to_string());
        cells.push(seconds[link.b as usize].to_string());
        cells.push(format!("{:.4}", link.weight));
        if args.explain {
            let why = linker.explain(model, link);
            cells.extend(why.shares.iter().map(|share| format!("{:.2}", share.weight)));
            cells.extend([format!("{:.2}", why.prior), format!("{:.2}", why.rivals)]);
            cells.extend([why.class, why.runner_up].map(|class| class_id(class).to_owned()));
        }
        sheet.write_record(&cells)?;
    }
    sheet.flush()
}

/// Everybody who stands twice or more, by the id of their earliest record, which stays the same when records are added behind.
fn write_clusters<'a>(out: impl Write, links: impl Iterator<Item = &'a Link>, ids: &[Box<str>]) -> std::io::Result<()> {
    let mut clusters = Clusters::new(u32::try_from(ids.len()).unwrap_or(u32::MAX));
    for link in links {
        clusters.join(link.a, link.b, link.weight);
    }
    // The weight by which a record came in: that of the pair that moved it first.
    let mut weights: HashMap<u32, f32> = HashMap::new();
    for merge in clusters.log() {
        for record in &merge.moved {
            weights.entry(*record).or_insert(merge.weight);
        }
    }
    let mut sheet = csv::Writer::from_writer(out);
    sheet.write_record(["person", "id", "score"])?;
    let id = |record: u32| ids[record as usize].to_string();
    for (person, records) in clusters.several() {
        for &record in records {
            let weight = weights.get(&record).filter(|_| record != person);
            let weight = weight.map(|weight| format!("{weight:.4}")).unwrap_or_default();
            sheet.write_record([id(person), id(record), weight])?;
        }
    }
    sheet.flush()
}

fn class_id(class: Class) -> &'static str {
    match class {
        Class::Same => "same",
        Class::Household => "household",
        Class::Unrelated => "unrelated",
    }
}
