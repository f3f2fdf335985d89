//! The manual of packs as Markdown: what people enter, who is asked for what and when, what is refused, what is counted. Made of
//! the checked model alone, so that it says what the program does.

use crate::field_text::comma;
use crate::protocol_words::escalation;
use crate::protocols::{applies_to, asked, in_force, release_words, type_title};
use lianfang_kernel::{FieldSchema, Kind, Lang, Nature, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{
    Guard, Indicator, IndicatorKind, Pack, Protocol, Register, Role, Rule, RuleRow, Severity,
};
use std::fmt::Write;

/// Values of a list that are spelt out.
const SPELT_OUT: usize = 12;

/// The manual of the packs that `is_wanted` names, in the order of their ids.
pub fn manual(snapshot: &Snapshot, lang: Lang, is_wanted: &dyn Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for pack in snapshot.model.packs.values().filter(|pack| is_wanted(&pack.id)) {
        Manual { snapshot, lang }.pack(pack, &mut text);
    }
    text
}

#[derive(Clone, Copy)]
struct Manual<'a> {
    snapshot: &'a Snapshot,
    lang: Lang,
}

impl Manual<'_> {
    fn say(self, zh: &str, en: &str) -> String {
        Words::new(zh, en).get(self.lang).to_owned()
    }

    /// "Label: value", with the colon of the language.
    fn told(self, (zh, en): (&str, &str), value: &str) -> String {
        let colon = match self.lang {
            Lang::Zh => "：",
            Lang::En => ": ",
        };
        format!("{}{colon}{value}", Words::new(zh, en).get(self.lang))
    }

    fn pack(self, pack: &Pack, text: &mut String) {
        let model = &self.snapshot.model;
        line(text, format_args!("# {} `{}`\n", pack.title.get(self.lang), pack.id));
        if !pack.needs.is_empty() {
            let needs = pack.needs.join(comma(self.lang));
            line(
                text,
                format_args!("{}\n", self.told(("所依据的能力包", "Stands on"), &needs)),
            );
        }
        if let Some(owner) = &pack.owner {
            let owner = crate::field_text::code_words(self.snapshot, self.lang, "function", owner);
            line(
                text,
                format_args!("{}\n", self.told(("负责单位", "Answered for by"), &owner)),
            );
        }
        if !pack.modules.is_empty() {
            let modules = pack.modules.join(comma(self.lang));
            line(
                text,
                format_args!("{}\n", self.told(("程序模块", "Modules of the program"), &modules)),
            );
        }
        if !pack.meets.is_empty() {
            let rows = pack.meets.join(comma(self.lang));
            line(text, format_args!("{}\n", self.told(("满足的条目", "Rows met"), &rows)));
        }
        for register in model
            .registers
            .values()
            .filter(|register| register.schema.pack == pack.id)
        {
            self.register(register, text);
        }
        for protocol in model.protocols.iter().filter(|protocol| protocol.pack == pack.id) {
            self.protocol(protocol, text);
        }
        for rule in model.rules.values().filter(|rule| rule.pack == pack.id) {
            self.rule(rule, text);
        }
        let figures: Vec<_> = model
            .indicators
            .values()
            .filter(|figure| figure.pack == pack.id)
            .collect();
        if !figures.is_empty() {
            line(text, format_args!("## {}\n", self.say("指标", "Figures")));
            for figure in figures {
                self.figure(figure, text);
            }
            text.push('\n');
        }
    }

    fn register(self, register: &Register, text: &mut String) {
        let schema = &register.schema;
        let heading = self.told(("登记", "Register"), schema.title.get(self.lang));
        line(text, format_args!("## {heading} `{}`\n", schema.id));
        if let Some(help) = &schema.help {
            line(text, format_args!("{}\n", help.get(self.lang)));
        }
        let about: Vec<String> = schema
            .subjects
            .iter()
            .map(|id| type_title(self.snapshot, id, self.lang))
            .collect();
        let nature = match schema.nature {
            Nature::Observation => self.say(
                "观察（有疑问也保留并标记）",
                "an observation, kept and flagged when in doubt",
            ),
            Nature::Act => self.say("行为（不符规定的不受理）", "an act, refused when it breaks a rule"),
        };
        let kept = Words::new("{n}天后销毁个人信息", "personal values are destroyed after {n} days");
        let kept = kept.with("n", schema.retention_days);
        for part in self.limits(register) {
            line(text, format_args!("- {part}"));
        }
        for part in [
            self.told(("目的", "Purpose"), schema.purpose.get(self.lang)),
            self.told(("对象", "About"), &about.join(comma(self.lang))),
            self.told(("性质", "Kind"), &nature),
            self.told(("保存", "Kept"), kept.get(self.lang)),
            self.told(
                ("谁填", "Entered by"),
                &self.roles(|role| role.write.contains(&schema.id)),
            ),
            self.told(
                ("谁可看", "Read by"),
                &self.roles(|role| role.read.contains_key(&schema.id)),
            ),
        ] {
            line(text, format_args!("- {part}"));
        }
        let heads = [
            self.say("项目", "Field"),
            self.say("填什么", "What"),
            self.say("必填", "Required"),
        ];
        line(
            text,
            format_args!("\n| {} | {} | {} |\n|---|---|---|", heads[0], heads[1], heads[2]),
        );
        for field in &schema.fields {
            self.field(register, field, text);
        }
        text.push('\n');
        for guard in self
            .snapshot
            .model
            .guards
            .values()
            .filter(|guard| guard.on.contains(&schema.id))
        {
            self.guard(guard, text);
        }
        text.push('\n');
    }

    /// Titles of the roles that something holds for.
    fn roles(self, holds: impl Fn(&Role) -> bool) -> String {
        let roles = self.snapshot.model.roles.values().filter(|role| holds(role));
        let titles: Vec<&str> = roles.map(|role| role.title.get(self.lang)).collect();
        match titles.is_empty() {
            true => self.say(
                "无（由程序写入或只作统计）",
                "nobody: written by the program, or figures only",
            ),
            false => titles.join(comma(self.lang)),
        }
    }

    /// Until when others do not read an entry, and of which days entries are taken.
    fn limits(self, register: &Register) -> impl Iterator<Item = String> {
        let open = register.schema.embargo.as_ref().map(|field| {
            let words = self.say(
                "之前只有填报单位和能看该项的岗位可看",
                "is the moment from which others read it",
            );
            self.told(("到时公开", "Under embargo"), &format!("`{field}` {words}"))
        });
        let accepts = register.accepts.map(|accepts| accepts.words());
        let days = accepts.map(|words| self.told(("收录", "Takes"), words.get(self.lang)));
        open.into_iter().chain(days)
    }

    fn field(self, register: &Register, field: &FieldSchema, text: &mut String) {
        let required = match field.required {
            true => "✓".to_owned(),
            false if register.required_when.iter().any(|(id, _)| *id == field.id) => self.say("视情况", "at times"),
            false => String::new(),
        };
        let help = field.help.as_ref().map(|help| help.get(self.lang).to_owned());
        let unit = field.unit.as_ref().map(|unit| unit.get(self.lang).to_owned());
        let sealed = field.is_sealed().then(|| self.say("加密", "sealed"));
        let since = field
            .since
            .map(|since| self.told(("起填", "Asked since"), &since.to_string()));
        let what: Vec<String> = [Some(self.kind(&field.kind)), unit, sealed, since, help]
            .into_iter()
            .flatten()
            .collect();
        let semicolon = crate::field_text::semicolon(self.lang);
        let title = field.title.get(self.lang);
        let (title, what) = (cell(title), cell(&what.join(semicolon)));
        line(text, format_args!("| {title} `{}` | {what} | {required} |", field.id));
    }

    /// What a field holds, in words; a list with its values.
    fn kind(self, kind: &Kind) -> String {
        let words = match kind {
            Kind::Code { list } => {
                let values = self.snapshot.model.lists.get(list.as_str());
                let values: Vec<&str> = values
                    .into_iter()
                    .flat_map(|list| &list.values)
                    .map(|value| value.title.get(self.lang))
                    .collect();
                let more = if values.len() > SPELT_OUT { "…" } else { "" };
                return format!("{}{more}", values[..values.len().min(SPELT_OUT)].join(" / "));
            }
            Kind::Subject(kind) => return kind.words().get(self.lang).to_owned(),
            Kind::Bool => ("是或否", "yes or no"),
            Kind::Int | Kind::Decimal { .. } | Kind::Quantity { .. } => ("数", "a number"),
            Kind::Money => ("金额（分）", "an amount of money"),
            Kind::Date => ("日期", "a day"),
            Kind::Instant => ("时刻", "a moment"),
            Kind::Duration => ("时长", "a length of time"),
            Kind::Region => ("地区", "an area"),
            Kind::Entry => ("另一条登记", "another entry"),
            Kind::Type => ("对象类型", "a type of subject"),
            Kind::File => ("附件", "a file"),
            Kind::Rows(_) => ("多行", "rows"),
            Kind::Decision { .. } => ("由规则得出", "decided by a rule"),
            Kind::Name => ("姓名", "a name"),
            Kind::CnId => ("身份证号", "an identity number"),
            Kind::IdDoc => ("证件号", "the number of a document"),
            Kind::Phone => ("电话", "a telephone number"),
            Kind::Plate => ("车牌", "a number plate"),
            Kind::Address => ("地址", "an address"),
            _ => ("文字", "text"),
        };
        self.say(words.0, words.1)
    }

    fn guard(self, guard: &Guard, text: &mut String) {
        let severity = match guard.severity {
            Severity::Refuse => ("不受理", "Refused"),
            Severity::Warn => ("须确认", "To be confirmed"),
            Severity::Flag => ("标记核实", "Flagged and looked into"),
        };
        let clause = guard
            .clause
            .as_ref()
            .map(|clause| format!("（{clause}）"))
            .unwrap_or_default();
        let hint = guard
            .hint
            .as_ref()
            .map(|hint| format!(" · {}", hint.get(self.lang)))
            .unwrap_or_default();
        let refuse = self.told(severity, guard.refuse.get(self.lang));
        line(text, format_args!("- {refuse}{clause}{hint} `{}`", guard.id));
    }

    fn protocol(self, protocol: &Protocol, text: &mut String) {
        let (snapshot, lang) = (self.snapshot, self.lang);
        let heading = self.told(("方案", "Protocol"), protocol.title.get(lang));
        line(
            text,
            format_args!("## {heading} `{}` v{}\n", protocol.id, protocol.version),
        );
        if let Some(help) = &protocol.help {
            line(text, format_args!("{}\n", help.get(lang)));
        }
        let whom = applies_to(snapshot, &protocol.enrol.source, lang);
        line(text, format_args!("- {}", self.told(("适用", "For"), &whom)));
        if protocol.area.is_some() || protocol.from.is_some() {
            let where_ = in_force(snapshot, protocol, lang);
            line(text, format_args!("- {}", self.told(("施行", "In force"), &where_)));
        }
        if let Some(clause) = &protocol.clause {
            line(text, format_args!("- {}", self.told(("依据", "Clause"), clause)));
        }
        let heads = [
            ("要做的", "Asked"),
            ("由谁", "Of whom"),
            ("何时", "When"),
            ("以何为准", "Done by"),
        ];
        let heads = heads.map(|(zh, en)| self.say(zh, en)).join(" | ");
        line(text, format_args!("\n| {heads} |\n|---|---|---|---|"));
        for task in &protocol.tasks {
            let asked = asked(snapshot, task, lang);
            let what = format!("{}{}", asked.what, self.named_to(task.names_to.as_deref()));
            let cells = [what, asked.owner, asked.when, asked.done_by].map(|one| cell(&one));
            line(text, format_args!("| {} |", cells.join(" | ")));
        }
        text.push('\n');
        for release in &protocol.releases {
            let words = release_words(snapshot, release, lang);
            line(text, format_args!("- {}", self.told(("结束", "Ends"), &words)));
        }
        for one in &protocol.escalations {
            line(text, format_args!("- {}", escalation(snapshot, protocol, one, lang)));
        }
        text.push('\n');
    }

    fn rule(self, rule: &Rule, text: &mut String) {
        let heading = self.told(("规则", "Rule"), rule.title.get(self.lang));
        line(text, format_args!("## {heading} `{}`\n", rule.id));
        let heads = [("情形", "When"), ("结果", "Then"), ("依据", "Clause")].map(|(zh, en)| self.say(zh, en));
        line(text, format_args!("| {} |\n|---|---|---|", heads.join(" | ")));
        for row in &rule.rows {
            let clause = row.clause.as_deref().unwrap_or_default();
            line(
                text,
                format_args!("| {} | {} | {} |", self.when(row), cell(&then(row)), cell(clause)),
            );
        }
        text.push('\n');
    }

    fn when(self, row: &RuleRow) -> String {
        let title = row.title.as_ref().map(|title| title.get(self.lang).to_owned());
        let when = title.unwrap_or_else(|| match row.when.source() {
            "true" => self.say("其他", "otherwise"),
            source => format!("`{source}`"),
        });
        let area = row.area.as_ref().map(|area| format!("{area} "));
        let from = row.from.map(|from| format!("{from}– "));
        cell(&[area, from, Some(when)].into_iter().flatten().collect::<String>())
    }

    fn figure(self, figure: &Indicator, text: &mut String) {
        let help = figure.help.as_ref().map(|help| help.get(self.lang)).unwrap_or_default();
        let title = figure.title.get(self.lang);
        let told = self.named_to(figure.names_to.as_deref());
        let of = self.say(kind_words(figure).0, kind_words(figure).1);
        let made = self.told(("单位", "counted in"), figure.unit.get(self.lang));
        let semicolon = crate::field_text::semicolon(self.lang);
        line(
            text,
            format_args!("- **{title}** `{}` {help}{told} · {of}{semicolon}{made}", figure.id),
        );
    }

    /// To which role names are told, where it is one only.
    fn named_to(self, role: Option<&str>) -> String {
        let role = role.and_then(|role| self.snapshot.model.roles.get(role));
        let words = Words::new("（名单只给{role}看）", " (names for the role “{role}” only)");
        role.map(|role| words.with("role", role.title.get(self.lang)).get(self.lang).to_owned())
            .unwrap_or_default()
    }
}

/// How a figure is made, in a word.
fn kind_words(figure: &Indicator) -> (&'static str, &'static str) {
    match &figure.kind {
        IndicatorKind::Count { .. } => ("计数", "a count"),
        IndicatorKind::Sum { .. } => ("合计", "a sum"),
        IndicatorKind::Interval { .. } => ("时长或数值的中位数", "a middle or end of lengths or numbers"),
        IndicatorKind::Streak { .. } => ("连续天数", "days in a row"),
        IndicatorKind::Module { .. } => ("估计", "an estimate"),
        IndicatorKind::Formula { .. } => ("由其他指标算出", "worked out from other figures"),
        IndicatorKind::Enrolments { .. } => ("按状态计数", "a count by state"),
        IndicatorKind::Balance { .. } => ("结存", "a balance"),
        IndicatorKind::Coverage { .. } => ("应做与已做，未做的点名", "done of required, the others by name"),
    }
}

fn then(row: &RuleRow) -> String {
    let told = row
        .then
        .iter()
        .map(|(name, value)| format!("{name} = {}", value.source()));
    told.collect::<Vec<_>>().join(", ")
}

/// A value inside a row of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "{words}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::{RegionId, RegionTree, Zone};
    use std::sync::Arc;

    fn snapshot() -> Snapshot {
        let files = lianfang_testkit::pack_files().into_iter();
        let sources: Vec<_> = files
            .map(|(path, text)| lianfang_policy::Source { path, text })
            .collect();
        let model = lianfang_policy::load(&sources, &[]).map_err(|findings| format!("{findings:?}"));
        let model = Arc::new(model.expect("the packs of the product").model);
        Snapshot::of_model(
            model,
            Arc::new(RegionTree::default()),
            RegionId::new("3717"),
            Zone::china(),
        )
    }

    #[test]
    fn it_says_who_enters_what_is_refused_and_who_is_asked_when() {
        let text = manual(&snapshot(), Lang::En, &|pack| pack == "pharmacy");
        for part in [
            "# Pharmacy counts `pharmacy`",
            "Rows met: D7",
            "## Register: Pharmacy reports `pharmacy_day`",
            "Entered by: Pharmacy",
            "| For fever `fever` | a number; sales | ✓ |",
            "| Today's sales | the unit itself | by 20:00 | Pharmacy reports |",
            "Today's sales is not done in time: ",
            "**Sales of medicine for fever** `pharmacy-fever`",
            "counted in: ",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("# Cases"), "another pack");
    }

    #[test]
    fn every_pack_has_its_manual_in_both_languages() {
        let snapshot = snapshot();
        for lang in [Lang::Zh, Lang::En] {
            for id in snapshot.model.packs.keys() {
                let text = manual(&snapshot, lang, &|pack| pack == id);
                assert!(text.starts_with("# ") && text.lines().count() > 1, "{id}: {text}");
            }
        }
    }
}
