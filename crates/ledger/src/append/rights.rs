//! Who may write what about whom.

use crate::wire::Author;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Organisation, Problem, RegionId, SubjectView, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{EnrolSource, Register, Role, Scope};

/// An author's place and role in the snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Standing<'a> {
    pub role: Option<&'a Role>,
    pub region: Option<RegionId>,
    pub sector: Option<String>,
    /// Sectors that its organisation is the authority of.
    pub sectors: Vec<String>,
    pub is_system: bool,
}

impl<'a> Standing<'a> {
    pub(crate) fn of(author: &Author, snapshot: &'a Snapshot) -> Standing<'a> {
        let org = author.org.and_then(|id| snapshot.orgs.get(id));
        Standing {
            role: snapshot.model.roles.get(&author.role),
            region: org.map(|org| org.region.clone()),
            sector: org.and_then(|org| org.sector.clone()),
            sectors: org.map(sectors_of).unwrap_or_default(),
            is_system: author.role == "system",
        }
    }
}

/// Whether the role may write the register at all.
pub(crate) fn may_write(standing: &Standing<'_>, author: &Author, register: &Register) -> Result<(), Problem> {
    let allowed = standing.is_system
        || (author.is_resident() && register.residents)
        || standing
            .role
            .is_some_and(|role| role.write.iter().any(|id| id == &register.schema.id || id == "*"));
    if allowed {
        return Ok(());
    }
    let what = Words::new("您的岗位不能填写《{r}》", "Your role does not write “{r}”");
    let title = &register.schema.title;
    let what = Words::new(what.zh.replace("{r}", &title.zh), what.en.replace("{r}", &title.en));
    let hint = Words::new(
        "请由有该职责的岗位报送，或联系本单位管理员",
        "Ask the post that has this duty, or your administrator",
    );
    Err(Problem::new("no_right", what, hint))
}

/// Whether the register only opens the territory's own checks, so that a word about anybody may be taken down in it.
pub(crate) fn is_intake(snapshot: &Snapshot, register: &str) -> bool {
    snapshot.model.protocols.iter().any(|protocol| {
        protocol.intake && matches!(&protocol.enrol.source, EnrolSource::On(on) if on.iter().any(|id| id == register))
    })
}

/// Whether the author may act on this subject in this place. `is_open`: the subject is made by this very entry, or the
/// register is an intake.
pub(crate) fn may_act_on(
    standing: &Standing<'_>,
    author: &Author,
    snapshot: &Snapshot,
    subject: &SubjectView,
    place: &RegionId,
    is_open: bool,
) -> Result<(), Problem> {
    if standing.is_system {
        return Ok(());
    }
    if author.is_resident() {
        return if is_open || author.owner == Some(subject.id) {
            Ok(())
        } else {
            Err(not_yours())
        };
    }
    let Some(role) = standing.role else {
        return Err(out_of_scope());
    };
    let inside = standing
        .region
        .as_ref()
        .is_some_and(|region| snapshot.regions.within(place, region));
    let own = author.org.is_some_and(|org| belongs_to(subject, org));
    let holds = match role.scope {
        Scope::Region => inside || own,
        Scope::Sector => own || (inside && reports_to(&standing.sectors, subject, snapshot)),
        Scope::Organisation => {
            own || (inside && subject.unit.is_none() && subject.kind != lianfang_kernel::SubjectKind::Organisation)
        }
        Scope::Own => own || inside,
    };
    if holds { Ok(()) } else { Err(out_of_scope()) }
}

/// Sectors that an organisation is of, or is the authority of: a function bears the name of its sector.
pub fn sectors_of(org: &Organisation) -> Vec<String> {
    let functions = org.functions.iter().map(|(function, _)| function.clone());
    org.sector.iter().cloned().chain(functions).collect()
}

/// Whether an organisation is of one of these sectors.
pub(crate) fn is_of_sector(sectors: &[String], org: SubjectId, snapshot: &Snapshot) -> bool {
    let sector = snapshot.orgs.get(org).and_then(|org| org.sector.as_ref());
    sector.is_some_and(|sector| sectors.contains(sector))
}

/// Whether an organisation, or the one that somebody belongs to, reports to one of these sectors.
pub(crate) fn reports_to(sectors: &[String], subject: &SubjectView, snapshot: &Snapshot) -> bool {
    let of_these = |org: SubjectId| is_of_sector(sectors, org, snapshot);
    of_these(subject.id) || subject.unit.is_some_and(of_these)
}

/// Whether a subject is the organisation, belongs to it, or stays at it.
pub(crate) fn belongs_to(subject: &SubjectView, org: SubjectId) -> bool {
    subject.id == org || subject.unit == Some(org)
}

fn not_yours() -> Problem {
    let what = Words::new("只能填写本人的记录", "You can only write about yourself");
    let hint = Words::new(
        "请先用社区发的绑定码确认本人身份，或请社区代填",
        "Bind this device with the code from your community first, or ask them to write it for you",
    );
    Problem::new("not_yours", what, hint)
}

fn out_of_scope() -> Problem {
    let what = Words::new("该对象不在您的管辖范围内", "This subject is outside your area or unit");
    let hint = Words::new(
        "请移交其所在地办理，或核对区域是否填错",
        "Hand it over to its own area, or check the region given",
    );
    Problem::new("out_of_scope", what, hint)
}
