//! Desks, times and conditions of a protocol in words.

use lianfang_kernel::{Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Days, Escalation, Length, Protocol, Timing};

/// Who a desk is, from how the pack names it: `desk('testing', …)`, `territory(…)`, `unit(…)`, `self(…)`.
pub(crate) fn desk(snapshot: &Snapshot, named: &str, lang: Lang) -> String {
    let (name, inside) = named.split_once('(').unwrap_or((named, ""));
    let words = match name.trim() {
        "self" => Words::new("本人", "the person"),
        "territory" => Words::new("所在社区（村）", "the community of the place"),
        "unit" => Words::new("所属单位", "the unit itself"),
        "sector" => Words::new("行业主管部门", "the authority of the sector"),
        "desk" => {
            let function = inside.trim_start_matches(['\'', '"']);
            let function = function.split(['\'', '"']).next().unwrap_or_default();
            return function_name(snapshot, function, lang);
        }
        _ => Words::same(named),
    };
    words.get(lang).to_owned()
}

/// A function by the role of the same name, which packs title in both languages.
fn function_name(snapshot: &Snapshot, function: &str, lang: Lang) -> String {
    let listed = snapshot.model.lists.get("function");
    let listed = listed.and_then(|list| list.values.iter().find(|value| value.id == function));
    let role = snapshot.model.roles.get(function);
    listed
        .map(|value| value.title.get(lang).to_owned())
        .or_else(|| role.map(|role| role.title.get(lang).to_owned()))
        .unwrap_or_else(|| function.to_owned())
}

/// What happens when something is missed or found, as one sentence.
pub(crate) fn escalation(snapshot: &Snapshot, protocol: &Protocol, escalation: &Escalation, lang: Lang) -> String {
    let when = match &escalation.names_task {
        Some(id) => {
            let task = protocol.tasks.iter().find(|task| task.id == *id);
            let title = task.map_or(id.as_str(), |task| task.title.get(lang));
            Words::new("{t}未按时完成", "{t} is not done in time").with("t", title)
        }
        None => Words::new("符合 {c}", "as soon as {c}").with("c", escalation.on.source()),
    };
    let told = escalation.to.as_ref().map(|to| {
        let desk = desk(snapshot, to.source(), lang);
        Words::new("通知{d}", "{d} is told").with("d", desk)
    });
    let started = escalation.start.as_deref().map(|id| {
        let edition = snapshot.model.editions(id).last();
        let title = edition.map_or(id, |edition| edition.title.get(lang));
        Words::new("启动“{p}”", "“{p}” begins").with("p", title)
    });
    let ended = escalation
        .outcome
        .as_ref()
        .map(|outcome| Words::new("本方案以“{o}”结束", "this protocol ends as “{o}”").with("o", outcome));
    let then: Vec<String> = [told, started, ended]
        .into_iter()
        .flatten()
        .map(|words| words.get(lang).to_owned())
        .collect();
    let (colon, comma) = match lang {
        Lang::Zh => ("：", "，"),
        Lang::En => (": ", ", "),
    };
    format!("{}{colon}{}", when.get(lang), then.join(comma))
}

/// When a task is due.
pub(crate) fn timing(timing: &Timing, lang: Lang) -> String {
    let words = match timing {
        Timing::Within {
            length: Length::Ms(ms), ..
        } => Words::new("{n}分钟内", "within {n} minutes").with("n", ms / 60_000),
        Timing::Within {
            length: Length::Days(n),
            ..
        } => Words::new("{n}天内", "within {n} days").with("n", n),
        Timing::Within {
            length: Length::Expr(_),
            ..
        } => Words::new("按设置的时限", "within the time that is set"),
        Timing::Until(_) => Words::new("到期前", "before its time"),
        Timing::By(time) => Words::new("{t}前", "by {t}").with("t", time),
        Timing::Slots(slots) => {
            let spans: Vec<String> = slots.iter().map(|(from, to)| format!("{from}–{to}")).collect();
            Words::new("每日 {s}", "daily {s}").with("s", spans.join(", "))
        }
        Timing::PerDay { min, max } if min == max => Words::new("每日{n}次", "{n} times a day").with("n", min),
        Timing::PerDay { min, max } => Words::new("每日{a}至{b}次", "{a} to {b} times a day")
            .with("a", min)
            .with("b", max),
        Timing::Every(days) => Words::new("每{n}天一次", "every {n} days").with("n", days),
        Timing::Once => Words::new("一次", "once"),
    };
    words.get(lang).to_owned()
}

/// On which days of the count.
pub(crate) fn days(days: Option<&Days>, lang: Lang) -> String {
    let words = match days {
        None => return String::new(),
        Some(Days::Range(from, to)) => Words::new("第{a}至{b}天", "days {a} to {b}")
            .with("a", from)
            .with("b", to),
        Some(Days::List(list)) => {
            let list: Vec<String> = list.iter().map(i64::to_string).collect();
            Words::new("第{l}天", "days {l}").with("l", list.join(", "))
        }
    };
    words.get(lang).to_owned()
}
