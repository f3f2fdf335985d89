//! What can be asked: each estimator and detector with its sheets, parameters, defaults and limits, described once for the command
//! line and for the HTTP interface, so that the two cannot differ.
//!
//! To add one: its [`Call`] in the file of its subject, and a line in [`CALLS`]. Both surfaces follow.
//!
//! ```
//! use lianfang_epi::{Table, calls};
//! let mut asked = calls::find("ears").map(calls::Asked::new).unwrap_or_else(|| unreachable!());
//! asked.put("series", Table::parse("observed\n3\n4\n3\n5\n4\n3\n4\n4\n3\n19\n")?)?;
//! asked.set("method", "C1")?;
//! let told = asked.run()?;
//! assert_eq!(told.value.text(2, "alarm"), Some("1"));
//! assert_eq!(asked.set("baseline", "seven").unwrap_err().field.as_deref(), Some("baseline"));
//! # Ok::<(), lianfang_kernel::Problem>(())
//! ```

mod asked;
mod beds;
mod detectors;
mod farrington;
mod outlook;
mod param;
mod reproduction;
mod transmission;

pub use asked::Asked;
pub use param::{Daily, Input, Kind, Param};

use crate::sheets::Told;
use crate::{Result, Table};

/// One estimator or detector as it is asked for.
#[derive(Debug)]
pub struct Call {
    /// Its name: `epi NAME`, `/api/v1/epi/NAME`.
    pub name: &'static str,
    /// What it does, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The sheets it reads; the first is the one that a body of CSV is.
    pub sheets: &'static [Input],
    /// What can be set.
    pub params: &'static [Param],
    /// How a daily figure is given to it; none where one means nothing to it.
    pub daily: Option<Daily>,
    work: fn(&Asked) -> Result<Told<Table>>,
}

/// Every call, in the order of the manual.
pub const CALLS: &[&Call] = &[
    &reproduction::RT,
    &detectors::EARS,
    &detectors::CUSUM,
    &farrington::FARRINGTON,
    &farrington::BODA,
    &detectors::RKI,
    &detectors::BAYES,
    &detectors::LEGAL,
    &detectors::ALARMS,
    &transmission::GROWTH,
    &transmission::DELAYS,
    &transmission::OFFSPRING,
    &transmission::CHAINS,
    &outlook::NOWCAST,
    &outlook::CFR,
    &outlook::FORECAST,
    &beds::BEDS,
];

/// The call of that name.
pub fn find(name: &str) -> Option<&'static Call> {
    CALLS.iter().copied().find(|call| call.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_one_that_the_call_takes() {
        for call in CALLS {
            assert!(
                call.sheets.first().is_some_and(|sheet| sheet.is_required),
                "{}",
                call.name
            );
            for param in call.params {
                let mut asked = Asked::new(call);
                if let Some(default) = param.default {
                    asked.set(param.name, default).unwrap();
                }
                for alias in param.aliases {
                    assert_eq!(call.param(alias).map(|found| found.name), Some(param.name));
                }
            }
            for (name, value) in call.daily.iter().flat_map(|daily| daily.set) {
                Asked::new(call).set(name, value).unwrap();
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let asked = || Asked::new(&reproduction::RT);
        let code = |name: &str, value: &str| {
            let problem = asked().set(name, value).unwrap_err();
            (problem.code, problem.field.unwrap_or_default())
        };
        assert_eq!(code("widht", "7"), ("param_unknown".into(), "widht".into()));
        assert_eq!(code("width", "0"), ("param_invalid".into(), "width".into()));
        assert_eq!(code("mean_si", "inf"), ("param_invalid".into(), "mean-si".into()));
        assert_eq!(code("method", "guess"), ("param_invalid".into(), "method".into()));
        assert_eq!(asked().run().unwrap_err().code, "sheet_missing");
        let mut asked = asked();
        let sheet = Table::parse("t,cases\n1,1\n2,2\n3,3\n4,3\n5,4\n6,4\n7,5\n8,7\n9,8\n").unwrap();
        asked.put("incidence", sheet).unwrap();
        let problem = asked.run().unwrap_err();
        assert_eq!(
            (problem.code.as_str(), problem.field.as_deref()),
            ("param_missing", Some("mean-si"))
        );
        asked.set("mean_si", "2.6").unwrap();
        asked.set("stdSi", "1.5").unwrap();
        assert_eq!(asked.run().unwrap().value.len(), 2);
    }
}
