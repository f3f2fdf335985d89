//! `pack list` and `pack doc`: what packs hold, for people.

use super::PackArgs;
use crate::activation::LoadOrTell;
use crate::failure::Outcome;
use crate::say;
use clap::Args;
use lianfang_kernel::Lang;
use lianfang_policy::Model;
use lianfang_policy::model::{Pack, Register};
use serde_json::json;
use std::fmt::Write;

/// Arguments of `pack list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    packs: PackArgs,
    /// 输出 JSON，逐行 ¦ Print JSON, one line each
    #[arg(long)]
    json: bool,
}

/// Lists packs.
///
/// # Errors
/// The packs do not load.
pub fn list(args: &ListArgs) -> Outcome {
    let model = args.packs.sources()?.load()?.model;
    for pack in model.packs.values() {
        let count = Counts::of(&model, pack);
        if args.json {
            say::json(&json!({
                "id": pack.id, "title": pack.title, "needs": pack.needs, "meets": pack.meets,
                "registers": count.registers, "protocols": count.protocols, "indicators": count.indicators,
            }));
            continue;
        }
        say::out(format!(
            "{} — {}\t{}\t{}",
            pack.id,
            pack.title.get(say::lang()),
            say::pick(
                &format!(
                    "登记册{} 方案{} 指标{}",
                    count.registers, count.protocols, count.indicators
                ),
                &format!(
                    "{} registers, {} protocols, {} indicators",
                    count.registers, count.protocols, count.indicators
                ),
            ),
            pack.meets.join(" "),
        ));
    }
    Ok(())
}

struct Counts {
    registers: usize,
    protocols: usize,
    indicators: usize,
}

impl Counts {
    fn of(model: &Model, pack: &Pack) -> Counts {
        Counts {
            registers: model
                .registers
                .values()
                .filter(|register| register.schema.pack == pack.id)
                .count(),
            protocols: model
                .protocols
                .iter()
                .filter(|protocol| protocol.pack == pack.id)
                .count(),
            indicators: model
                .indicators
                .values()
                .filter(|indicator| indicator.pack == pack.id)
                .count(),
        }
    }
}

/// Prints Markdown in the user's language.
///
/// # Errors
/// The packs do not load.
pub fn doc(args: &PackArgs) -> Outcome {
    let model = args.sources()?.load()?.model;
    say::out(markdown(&model).trim_end());
    Ok(())
}

fn markdown(model: &Model) -> String {
    let lang = say::lang();
    let mut text = String::new();
    for pack in model.packs.values() {
        // Writing to a String does not fail.
        let _ = writeln!(text, "# {} — {}\n", pack.id, pack.title.get(lang));
        for register in model
            .registers
            .values()
            .filter(|register| register.schema.pack == pack.id)
        {
            describe_register(&mut text, register, lang);
        }
        for protocol in model.protocols.iter().filter(|protocol| protocol.pack == pack.id) {
            let area = protocol
                .area
                .as_ref()
                .map(|area| format!(" @{area}"))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "## {}：{} (`{}` v{}{area})\n",
                say::pick("方案", "Protocol"),
                protocol.title.get(lang),
                protocol.id,
                protocol.version
            );
            for task in &protocol.tasks {
                let _ = writeln!(text, "- `{}` {} → `{}`", task.id, task.title.get(lang), task.expects);
            }
            text.push('\n');
        }
        for indicator in model.indicators.values().filter(|indicator| indicator.pack == pack.id) {
            let help = indicator.help.as_ref().map(|help| help.get(lang)).unwrap_or_default();
            let _ = writeln!(
                text,
                "- {} `{}` {}：{help}",
                say::pick("指标", "Indicator"),
                indicator.id,
                indicator.title.get(lang)
            );
        }
        text.push('\n');
    }
    text
}

fn describe_register(text: &mut String, register: &Register, lang: Lang) {
    let schema = &register.schema;
    let _ = writeln!(
        text,
        "## {}：{}\n",
        say::pick("登记册", "Register"),
        schema.title.get(lang)
    );
    let _ = writeln!(text, "`{}` — {}\n", schema.id, schema.purpose.get(lang));
    if let Some(accepts) = register.accepts {
        let _ = writeln!(text, "{}\n", accepts.words().get(lang));
    }
    let _ = writeln!(text, "| | | {} |\n|---|---|---|", say::pick("必填", "required"));
    for field in &schema.fields {
        let required = if field.required { "✓" } else { "" };
        let since = field.since.map(|since| format!(" {since} →")).unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{}` | {} ({}) | {required}{since} |",
            field.id,
            field.title.get(lang),
            field.kind.id()
        );
    }
    text.push('\n');
}
