//! Between which days a register takes entries. Outside of them an act is refused; what happened is kept and flagged.

use super::Case;
use lianfang_kernel::{Act, Problem, Words};

impl Case<'_> {
    /// Judges the day of a new entry; an older one may be put right after the last day.
    pub(super) fn accepts(&mut self) {
        let register = self.candidate.register;
        let day = self.snapshot.zone.day_of(self.entry.at);
        let Some(accepts) = register.accepts.filter(|accepts| !accepts.covers(day)) else {
            return;
        };
        if self.candidate.entry.act != Act::New {
            return;
        }
        let title = &register.schema.title;
        let what = Words::new(
            format!("《{}》{}，{day}不在其内", title.zh, accepts.words().zh),
            format!("“{}” {}; {day} is outside", title.en, accepts.words().en),
        );
        let hint = Words::new(
            "请核对发生时间；确需填报的请联系主管部门",
            "Check when it happened; ask the authority in charge if it must be entered",
        );
        self.refuse_or_flag(Problem::new("not_accepted", what, hint).at("at"));
    }
}
