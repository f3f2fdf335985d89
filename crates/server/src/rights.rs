//! What a role reads: registers by level, places by sight, fields by name. One place decides for pages and programs.

use crate::caller::Staff;
use crate::problem::ApiError;
use lianfang_kernel::Sensitivity;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Kind, Problem, RegionId, SubjectView, Words};
use lianfang_ledger::read::{EntryItem, Reader, Sight};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{
    Covered, Done, EnrolSource, Indicator, IndicatorKind, Level, Model, Posting, Protocol, Register, Required,
};

impl Staff {
    /// How far the role reads a register; `None`: not at all. Police roles never read health.
    pub fn level(&self, model: &Model, register: &str) -> Option<Level> {
        let schema = &model.registers.get(register)?.schema;
        if self.role.police && schema.sensitivity >= Sensitivity::Health {
            return None;
        }
        self.role
            .read
            .get(register)
            .or_else(|| self.role.read.get("*"))
            .copied()
    }

    /// Whether the role reads rows of a register.
    pub fn reads_rows(&self, model: &Model, register: &str) -> bool {
        self.level(model, register)
            .is_some_and(|level| level >= Level::Pseudonymous)
    }

    /// Whether the role reads rows of any register about persons' files.
    pub fn reads_files(&self, model: &Model) -> bool {
        model.registers.keys().any(|register| self.reads_rows(model, register))
    }

    /// Whether the role sees who somebody is, masked.
    pub fn identifies(&self, model: &Model) -> bool {
        let identified = |id: &String| self.level(model, id) == Some(Level::Identified);
        model
            .registers
            .iter()
            .any(|(id, register)| identified(id) && register.schema.sensitivity >= Sensitivity::Personal)
    }

    /// Whether the role writes a register.
    pub fn writes(&self, register: &str) -> bool {
        self.role.write.iter().any(|id| id == register || id == "*")
    }

    /// Refuses whoever does not hold the post that the role goes with.
    ///
    /// # Errors
    /// `not_in_post`
    pub fn must_be_in_post(&self) -> Result<(), ApiError> {
        if self.is_in_post {
            return Ok(());
        }
        let title = &self.role.title;
        let what = Words::new(
            format!("岗位“{}”随任职而定，目前没有您的任职记录", title.zh),
            format!(
                "The role “{}” goes with a post, and nothing says that you hold it now",
                title.en
            ),
        );
        let hint = Words::new(
            "请由现任办理；如任职有调整，请先登记任职",
            "Ask whoever holds it now; if posts have changed, have the change entered first",
        );
        Err(ApiError::refused(Problem::new("not_in_post", what, hint)))
    }

    /// Refuses a register that the role does not write.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_write(&self, register: &str) -> Result<(), ApiError> {
        if self.writes(register) {
            return Ok(());
        }
        self.must_be_in_post()?;
        Err(ApiError::no_right(Words::new(
            "您的岗位不填写该登记册",
            "Your role does not write this register",
        )))
    }

    /// Refuses a register that the role does not read row by row.
    ///
    /// # Errors
    /// `no_right`, `unknown_register`
    pub fn must_read(&self, model: &Model, register: &str) -> Result<Level, ApiError> {
        let known = model
            .registers
            .get(register)
            .ok_or_else(|| unknown_register(model, register))?;
        self.must_be_in_post()?;
        match self.level(model, register) {
            Some(level) if level >= Level::Pseudonymous => Ok(level),
            found => {
                let title = &known.schema.title;
                let what = if found.is_some() {
                    Words::new(
                        format!("您的岗位只看《{}》的数字，不看明细", title.zh),
                        format!("Your role reads figures of “{}”, not its rows", title.en),
                    )
                } else {
                    Words::new(
                        format!("您的岗位不能查看《{}》", title.zh),
                        format!("Your role does not read “{}”", title.en),
                    )
                };
                Err(ApiError::no_right(what))
            }
        }
    }

    /// Refuses a place outside of the reader's sight.
    ///
    /// # Errors
    /// `out_of_scope`, `bad_field`
    pub fn must_see_region(&self, snapshot: &Snapshot, region: &RegionId) -> Result<(), ApiError> {
        if !snapshot.regions.contains(region) {
            return Err(unknown_region(region));
        }
        let inside = match &self.sight {
            Sight::All => true,
            Sight::Region(own) | Sight::Sector { region: own, .. } => snapshot.regions.within(region, own),
            Sight::Org(_) => {
                snapshot.regions.within(region, &self.region) || snapshot.regions.within(&self.region, region)
            }
            Sight::Nothing => false,
        };
        if inside { Ok(()) } else { Err(ApiError::out_of_scope()) }
    }

    /// Refuses a subject outside of the reader's sight.
    ///
    /// # Errors
    /// `out_of_scope`
    pub fn must_see(&self, reader: &Reader<'_>, view: &SubjectView) -> Result<(), ApiError> {
        if reader.may_see(&self.sight, view) {
            Ok(())
        } else {
            Err(ApiError::out_of_scope())
        }
    }

    /// Whether the role is told who stands behind what is named to one role only.
    pub fn is_told(&self, names_to: Option<&str>) -> bool {
        names_to.is_none_or(|role| role == self.role.id)
    }

    /// Whether the role is told who owes a task; all others are told how many.
    pub fn is_told_of(&self, model: &Model, protocol: &str, task: &str) -> bool {
        let known = model.task(protocol, task);
        self.is_told(known.and_then(|task| task.names_to.as_deref()))
    }

    /// Whether the role is told who stands behind a figure, and behind the duties that it counts.
    pub fn is_told_behind(&self, model: &Model, indicator: &Indicator) -> bool {
        indicator.named_to(model).all(|role| role == self.role.id)
    }

    /// Refuses whoever is told how many stand behind a figure and not who.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_be_told_behind(&self, model: &Model, indicator: &Indicator) -> Result<(), ApiError> {
        match indicator.named_to(model).find(|role| *role != self.role.id) {
            None => Ok(()),
            Some(role) => Err(told_to_others(model, Some(role))),
        }
    }

    /// Refuses whoever is told how many owe a task and not who.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_be_told_of(&self, model: &Model, protocol: &str, task: &str) -> Result<(), ApiError> {
        if self.is_told_of(model, protocol, task) {
            return Ok(());
        }
        let known = model.task(protocol, task);
        Err(told_to_others(model, known.and_then(|task| task.names_to.as_deref())))
    }

    /// Whether the role reads an indicator at all.
    pub fn reads_figure(&self, model: &Model, indicator: &Indicator) -> bool {
        let reads = |register: &str| self.level(model, register).is_some();
        let reads_protocol = |id: &str| model.editions(id).any(|protocol| sources(protocol).any(reads));
        match &indicator.kind {
            IndicatorKind::Count { of, .. } => of.iter().all(|id| reads(id)),
            IndicatorKind::Sum { of, .. } | IndicatorKind::Interval { of, .. } => reads(of),
            IndicatorKind::Streak { of, .. } | IndicatorKind::Module { of, .. } => self.reads_named(model, of),
            IndicatorKind::Formula { of, .. } => of.iter().all(|(_, id)| self.reads_named(model, id)),
            IndicatorKind::Balance { of, .. } => of.iter().all(|account| self.reads_account(model, account)),
            IndicatorKind::Enrolments { of } => of.iter().all(|id| reads_protocol(id)),
            IndicatorKind::Coverage { of, .. } => self.reads_covered(model, of),
        }
    }

    /// Whether the role reads every register that posts to an account.
    pub fn reads_account(&self, model: &Model, account: &str) -> bool {
        let posts = |register: &Register| {
            let mut accounts = register.posting.iter().flat_map(Posting::accounts);
            accounts.any(|known| known == account)
        };
        let mut posting = model.registers.values().filter(|register| posts(register)).peekable();
        posting.peek().is_some() && posting.all(|register| self.level(model, &register.schema.id).is_some())
    }

    /// Whether the role reads what a coverage rests on.
    pub fn reads_covered(&self, model: &Model, of: &Covered) -> bool {
        covered_by(model, of, &|register| self.level(model, register).is_some())
    }

    /// Whether the role reads the rows that a coverage is of: who owes, and who gave.
    pub fn reads_rows_covered(&self, model: &Model, of: &Covered) -> bool {
        covered_by(model, of, &|register| self.reads_rows(model, register))
    }

    fn reads_named(&self, model: &Model, indicator: &str) -> bool {
        let found = model.indicators.get(indicator);
        found.is_some_and(|indicator| self.reads_figure(model, indicator))
    }

    /// Refuses everybody who does not manage accounts.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_manage(&self) -> Result<(), ApiError> {
        if self.role.admin {
            return Ok(());
        }
        Err(ApiError::no_right(Words::new(
            "仅限系统管理员",
            "For system administrators only",
        )))
    }

    /// Refuses everybody who may not propose a change of policy.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_propose(&self) -> Result<(), ApiError> {
        if self.role.proposes {
            return Ok(());
        }
        Err(ApiError::no_right(Words::new(
            "您的岗位不提出政策变更",
            "Your role does not propose changes of policy",
        )))
    }

    /// Refuses everybody who may not decide on what another person proposed.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_approve(&self) -> Result<(), ApiError> {
        if self.role.approves {
            return Ok(());
        }
        Err(ApiError::no_right(Words::new(
            "您的岗位不审批政策变更",
            "Your role does not decide on changes of policy",
        )))
    }

    /// Refuses everybody who has no part in changes of policy.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_see_policy(&self) -> Result<(), ApiError> {
        let role = &self.role;
        if role.proposes || role.approves || role.admin || role.auditor {
            return Ok(());
        }
        Err(ApiError::no_right(Words::new(
            "您的岗位不参与政策变更",
            "Your role has no part in changes of policy",
        )))
    }

    /// Whether the role reads rows of what enrols in a protocol or is asked by it.
    pub fn reads_rows_of(&self, model: &Model, protocol: &str) -> bool {
        model
            .editions(protocol)
            .any(|edition| sources(edition).any(|register| self.reads_rows(model, register)))
    }

    /// Refuses everybody who does not read the audit.
    ///
    /// # Errors
    /// `no_right`
    pub fn must_audit(&self) -> Result<(), ApiError> {
        if self.role.auditor {
            return Ok(());
        }
        Err(ApiError::no_right(Words::new("仅限安全审计员", "For auditors only")))
    }

    /// Leaves of an entry what the role reads of it; `None` when that is nothing.
    pub fn redacted(&self, model: &Model, mut item: EntryItem) -> Option<EntryItem> {
        let level = self
            .level(model, &item.register)
            .filter(|level| *level >= Level::Pseudonymous)?;
        if let Some(register) = model.registers.get(&item.register) {
            self.redact_body(register, level, &mut item.body);
        }
        if level < Level::Identified {
            item.reason = None;
        }
        Some(item)
    }

    /// Leaves of the open fields of a register's entry what the role reads of them.
    pub fn redact(&self, model: &Model, register: &Register, body: &mut serde_json::Map<String, serde_json::Value>) {
        match self.level(model, &register.schema.id) {
            Some(level) if level >= Level::Pseudonymous => self.redact_body(register, level, body),
            _ => body.clear(),
        }
    }

    fn redact_body(&self, register: &Register, level: Level, body: &mut serde_json::Map<String, serde_json::Value>) {
        body.retain(|id, _| {
            let Some(field) = register.schema.field(id) else {
                // A field of an older edition of the register: shown to who sees people, unknown to others.
                return level == Level::Identified;
            };
            let is_free = matches!(field.kind, Kind::Text | Kind::Note | Kind::File);
            let is_shown = field.see.is_empty() || field.see.contains(&self.role.id);
            is_shown && (level == Level::Identified || !is_free)
        });
    }
}

fn sources(protocol: &Protocol) -> impl Iterator<Item = &str> {
    let on: &[String] = match &protocol.enrol.source {
        EnrolSource::On(on) => on,
        EnrolSource::Campaign(campaign) => &campaign.on,
        EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => &[],
    };
    on.iter()
        .map(String::as_str)
        .chain(protocol.tasks.iter().map(|task| task.expects.as_str()))
}

/// Names are for another role.
fn told_to_others(model: &Model, role: Option<&str>) -> ApiError {
    let title = role.and_then(|role| model.roles.get(role)).map(|role| &role.title);
    let title = title.cloned().unwrap_or_default();
    ApiError::no_right(Words::new(
        format!("名单只给{}看，其他岗位看数字", title.zh),
        format!("Names are for the role “{}” only; all others read how many", title.en),
    ))
}

/// There is no such register.
pub(crate) fn unknown_register(model: &Model, register: &str) -> ApiError {
    let known: Vec<&str> = model.registers.keys().map(String::as_str).collect();
    let what = Words::new("没有这个登记册：{r}", "No such register: {r}").with("r", register);
    let hint = Words::new("可用：{k}", "There are: {k}").with("k", known.join(", "));
    ApiError::refused(Problem::new("unknown_register", what, hint).at("register"))
}

/// There is no such region.
pub(crate) fn unknown_region(region: &RegionId) -> ApiError {
    let what = Words::new("没有这个区域：{r}", "No such region: {r}").with("r", region);
    ApiError::bad_field("region", what, Words::new("请填区划代码", "Give the region's code"))
}

/// There is no such subject.
pub(crate) fn unknown_subject(id: SubjectId) -> ApiError {
    let what = Words::new("没有这个对象：{id}", "No such subject: {id}").with("id", id);
    let hint = Words::new("请核对编号", "Check the id");
    ApiError::refused(Problem::new("unknown_subject", what, hint))
}

/// Whether `reads` holds for all that a coverage is made of.
fn covered_by(model: &Model, of: &Covered, reads: &dyn Fn(&str) -> bool) -> bool {
    let reads_protocol = |id: &str| model.editions(id).any(|protocol| sources(protocol).any(reads));
    match of {
        Covered::Task { protocol, .. } => reads_protocol(protocol),
        Covered::Hold { register } => reads(register),
        Covered::Set { required, done } => {
            let asked = match required {
                Required::Of { .. } => true,
                Required::Enrolled(protocols) => protocols.iter().all(|id| reads_protocol(id)),
            };
            asked
                && match done {
                    Done::Register(register) => reads(register),
                    Done::Task { protocol, .. } => reads_protocol(protocol),
                    Done::Guard(guard) => {
                        let guard = model.guards.get(guard);
                        guard.is_some_and(|guard| guard.on.iter().all(|id| reads(id)))
                    }
                }
        }
    }
}
