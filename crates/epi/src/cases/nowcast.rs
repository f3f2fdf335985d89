//! Cases of nowcasts.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::nowcast::{BayesSettings, Method, Settings, nowcast};
use crate::sheets::dated_of;
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

/// What there is to do.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for case in area.cases("cases.csv") {
        jobs.push((case.id(), Box::new(move || one(&case))));
    }
    Ok(jobs)
}

fn one(case: &Case) -> Result<Vec<Output>> {
    let day = |name: &str| case.day(name)?.ok_or_else(|| missing(name));
    let (now, first, last) = (day("now")?, day("when_first")?, day("when_last")?);
    let dated = dated_of(&*case.dataset()?, Some(now), case.whole("D")?)?;
    let method = method(case)?;
    let settings = Settings {
        method,
        alpha: case.number("alpha")?,
        most: case.whole("N_tInf_max")?,
        window: match case.text("m") {
            None | Some("all") => None,
            Some(_) => Some(case.whole("m")?),
        },
    };
    let (answers, delays) = nowcast(&dated.triangle, &settings)?;
    let mut table = Table::new(["date", "reported_so_far", "nowcast_median", "lo", "hi", "truth"]);
    for answer in &answers {
        let on = dated.first.plus(answer.at as i64);
        if on < first || on > last {
            continue;
        }
        let (low, high) = answer.interval;
        let truth = dated.eventually[answer.at];
        let numbers = [answer.reported, answer.median, low, high, truth].map(cell);
        table.push(std::iter::once(on.to_string()).chain(numbers).collect());
    }
    let mut listed = Table::new(["d", "cdf"]);
    for (delay, share) in delays.iter().enumerate() {
        listed.push(vec![delay.to_string(), cell(*share)]);
    }
    let is_drawn = matches!(method, Method::NotTruncated(_) | Method::Truncated(_));
    let rule = if is_drawn { in_five_percent } else { to_one_case };
    let id = case.id();
    Ok(vec![
        output(&id, "", table, rule),
        output(&id, "_delaycdf", listed, |_| Rule::EXACT),
    ])
}

fn method(case: &Case) -> Result<Method> {
    let prior = || {
        Ok(BayesSettings {
            kappa: case.maybe("gd_prior_kappa")?.unwrap_or(0.1),
            mean: case.number("prior_mean_lambda")?,
            variance: case.number("prior_var_lambda")?,
        })
    };
    match case.required("method")? {
        "lawless" => Ok(Method::Lawless { as_reference: true }),
        "bayes.notrunc.bnb" => Ok(Method::NotTruncatedExact),
        "bayes.notrunc" => Ok(Method::NotTruncated(prior()?)),
        "bayes.trunc" => Ok(Method::Truncated(prior()?)),
        other => Err(Problem::new(
            "method_unknown",
            Words::new(format!("没有方法 {other}"), format!("there is no method {other}")),
            Words::new(
                "可用：lawless、bayes.notrunc.bnb、bayes.notrunc、bayes.trunc",
                "there are lawless, bayes.notrunc.bnb, bayes.notrunc and bayes.trunc",
            ),
        )),
    }
}

fn to_one_case(name: &str) -> Rule {
    match name {
        "date" => Rule::Passed,
        "reported_so_far" | "truth" => Rule::EXACT,
        _ => Rule::absolute(1.0),
    }
}

/// The reference drew a thousand times.
fn in_five_percent(name: &str) -> Rule {
    match name {
        "date" => Rule::Passed,
        "reported_so_far" | "truth" => Rule::EXACT,
        _ => Rule::Within {
            relative: 0.05,
            absolute: 1.0,
        },
    }
}

fn output(id: &str, suffix: &str, table: Table, rule: fn(&str) -> Rule) -> Output {
    Output {
        case: format!("{id}{suffix}"),
        path: format!("nowcast/{id}{suffix}.csv"),
        reference: format!("nowcast/outputs/{id}{suffix}.csv"),
        table,
        rule,
    }
}

fn missing(name: &str) -> Problem {
    Problem::new(
        "parameter_missing",
        Words::new(format!("参数 {name} 缺失"), format!("the parameter {name} is missing")),
        Words::new("核对案例表", "check the sheet of cases"),
    )
}
