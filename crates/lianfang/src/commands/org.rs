//! `org import`: organisations from a sheet.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_exchange::{SheetHint, SheetRow, read_sheet};
use lianfang_kernel::{RegionId, SystemClock, Words};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Function, NewOrg};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub enum OrgVerb {
    /// 导入单位：列 type,name,region，可选 name_en,sector,functions ¦ Import: columns type, name, region, optional name_en, sector, functions
    Import(ImportOrgs),
}

/// Arguments of `org import`.
#[derive(Args, Debug)]
pub struct ImportOrgs {
    #[command(flatten)]
    store: StoreArgs,
    /// CSV 或 XLSX 文件 ¦ CSV or XLSX file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 输出 JSON（逐行，含编号） ¦ Print JSON, one line each with its id
    #[arg(long)]
    json: bool,
}

/// Imports all rows or none.
///
/// # Errors
/// Which row is wrong and why.
pub fn run(verb: &OrgVerb) -> Outcome {
    let OrgVerb::Import(args) = verb;
    let bytes = std::fs::read(&args.file).map_err(|error| Failure::file(&args.file, error))?;
    let sheet = read_sheet(&bytes, &SheetHint::default()).map_err(|error| Failure::from(error.problem()))?;
    let columns = Columns::find(sheet.header())?;
    let mut orgs = Vec::new();
    for row in sheet {
        let row = row.map_err(|bad| Failure::from(*bad.misfit.problem))?;
        orgs.push(columns.org(&row)?);
    }
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let ids = wait(ledger.add_orgs(Author::system(), orgs.clone()))?;
    if args.json {
        for (org, id) in orgs.iter().zip(&ids) {
            say::json(&json!({ "id": id, "type": org.kind_type, "name": org.name.zh, "region": org.region }));
        }
    } else {
        say::out_words(&Words::new(
            format!("已导入 {} 个单位。", ids.len()),
            format!("Imported {} organisations.", ids.len()),
        ));
    }
    Ok(())
}

struct Columns {
    kind: usize,
    name: usize,
    region: usize,
    name_en: Option<usize>,
    sector: Option<usize>,
    functions: Option<usize>,
}

impl Columns {
    fn find(header: &[String]) -> Outcome<Columns> {
        let find = |names: &[&str]| header.iter().position(|title| names.contains(&title.trim()));
        let need = |names: &[&str]| {
            find(names).ok_or_else(|| {
                let list = names.join(" / ");
                Failure::new(
                    Words::new(format!("表里没有列 {list}"), format!("the sheet has no column {list}")),
                    Words::new(
                        "需要 type、name、region 三列",
                        "it needs the columns type, name and region",
                    ),
                )
            })
        };
        Ok(Columns {
            kind: need(&["type", "类型"])?,
            name: need(&["name", "名称"])?,
            region: need(&["region", "区划代码"])?,
            name_en: find(&["name_en", "英文名称"]),
            sector: find(&["sector", "行业"]),
            functions: find(&["functions", "职能"]),
        })
    }

    fn org(&self, row: &SheetRow) -> Outcome<NewOrg> {
        let cell = |index: usize| {
            row.cells
                .get(index)
                .and_then(Option::as_deref)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        let need = |index: usize, what: &str| {
            cell(index).ok_or_else(|| {
                Failure::new(
                    Words::new(
                        format!("第 {} 行缺 {what}", row.line),
                        format!("line {}: {what} is empty", row.line),
                    ),
                    Words::new("请填写后再导入", "fill it in and import again"),
                )
            })
        };
        let (name, region) = (need(self.name, "name")?, RegionId::new(need(self.region, "region")?));
        let functions = self.functions.and_then(cell).unwrap_or_default();
        let split = |text: &str| -> Vec<String> {
            text.split([',', '、', ';', '；', '，'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Ok(NewOrg {
            id: None,
            kind_type: need(self.kind, "type")?.to_owned(),
            name: Words::new(name, self.name_en.and_then(cell).unwrap_or(name)),
            sector: self.sector.and_then(cell).map(str::to_owned),
            parent: None,
            functions: split(functions)
                .into_iter()
                .map(|function| Function {
                    function,
                    region: Some(region.clone()),
                })
                .collect(),
            region,
        })
    }
}
