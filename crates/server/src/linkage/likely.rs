//! Is this one of ours? A described person, and the files that may be of that person.

use super::Readiness;
use crate::caller::Staff;
use crate::locale;
use crate::person_row::PersonRow;
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, SubjectView, Words};
use lianfang_ledger::read::Label;
use lianfang_ledger::wire::Described;
use lianfang_linkage::{Class, Explanation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Answers at most.
const MOST: usize = 8;
/// Bits below which nobody is shown: more likely somebody else than not.
pub(crate) const LEAST: f64 = 0.0;
/// A field that says less than this is left out of the reasons.
const SAYS_NOTHING: f64 = 0.05;

/// Somebody described; any part may be absent.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Describing {
    /// Why it is asked; goes into the audit, the person sees it.
    pub purpose: String,
    /// Name.
    pub name: Option<String>,
    /// 男, 女, M, F, 1, 2.
    pub sex: Option<String>,
    /// Date of birth in any usual form, or a year.
    pub birth: Option<String>,
    /// `cn_id`, `id_doc`, `phone`, `plate`; mistyped and masked ones too.
    pub identifiers: BTreeMap<String, String>,
    /// Address.
    pub address: Option<String>,
}

impl std::fmt::Debug for Describing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Describing(…)")
    }
}

impl Describing {
    /// The person that an entry describes.
    pub fn of(described: &Described, purpose: impl Into<String>) -> Describing {
        Describing {
            purpose: purpose.into(),
            name: described.name.clone(),
            identifiers: described.identifiers.clone(),
            ..Describing::default()
        }
    }

    /// The row that is compared.
    pub(crate) fn row(&self) -> PersonRow {
        let text = |value: &Option<String>| value.as_deref().unwrap_or_default().trim().to_owned();
        PersonRow {
            sex: text(&self.sex),
            birth: text(&self.birth),
            addr: text(&self.address),
            ..PersonRow::identified(self.name.as_deref(), &self.identifiers)
        }
    }

    /// What is asked by, for the audit.
    fn by(&self) -> Vec<&str> {
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let plain = [
            ("name", given(&self.name)),
            ("sex", given(&self.sex)),
            ("birth", given(&self.birth)),
            ("address", given(&self.address)),
        ];
        let plain = plain.into_iter().filter(|(_, is_given)| *is_given).map(|(id, _)| id);
        let numbers = self.identifiers.iter().filter(|(_, value)| !value.trim().is_empty());
        plain.chain(numbers.map(|(kind, _)| kind.as_str())).collect()
    }
}

/// How one field looks beside that of the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// `name`, `sex`, `birth`, `idno`, `phone`, `plate`, `addr`.
    pub field: &'static str,
    /// In words.
    pub level: Words,
    /// Bits, positive for one person.
    pub weight: f64,
}

/// A file that may be of the person described.
#[derive(Clone, Debug)]
pub struct Likely {
    /// The file.
    pub view: SubjectView,
    /// Its masked label.
    pub label: Label,
    /// Match weight: log2 of the odds that it is the same person.
    pub weight: f64,
    /// Same person, or one of the same household.
    pub class: Class,
    /// Why, by field; what says nothing is left out.
    pub fields: Vec<Compared>,
}

/// Reasons of an explanation, in the order of the columns.
pub(crate) fn reasons(explanation: &Explanation) -> Vec<Compared> {
    let shares = explanation.shares.iter();
    shares
        .filter(|share| share.weight.abs() >= SAYS_NOTHING && share.level.en != "missing")
        .map(|share| Compared {
            field: share.field,
            level: share.level.clone(),
            weight: (share.weight * 10.0).round() / 10.0,
        })
        .collect()
}

/// The files in sight that may be of somebody described, the likeliest first. The question is in the audit before
/// anything is shown, and everybody found is told.
///
/// # Errors
/// 403 for roles that see nobody; 422 without a purpose or anything to ask by; the database; the queue is full.
pub async fn likely(state: &AppState, staff: &Staff, asked: &Describing) -> Result<(Readiness, Vec<Likely>), ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !staff.identifies(&model) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不检索个人",
            "Your role does not search for people",
        )));
    }
    let purpose = crate::api::subjects::stated("purpose", &asked.purpose)?;
    let by = asked.by();
    if by.is_empty() {
        let what = Words::new("请填写要核对的内容", "Give something to compare by");
        let hint = Words::new("姓名、证件号、电话等", "A name, a number, a telephone");
        return Err(ApiError::refused(
            Problem::new("nothing_asked", what, hint).at("identifiers"),
        ));
    }
    let row = asked.row();
    let (linkage, ledger) = (state.linkage.clone(), state.ledger.clone());
    let work = move || {
        linkage.with(&ledger, |ours| {
            let found = ours.find(&row, LEAST).into_iter();
            found
                .map(|(id, found)| (id, found.weight, ours.explain(&found)))
                .collect::<Vec<_>>()
        })
    };
    let (readiness, found) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())??;
    let shown = seen(state, staff, found.unwrap_or_default()).await?;
    if readiness == Readiness::Ready {
        let detail = json!({ "reason": purpose, "by": by, "count": shown.len(), "how": "linkage" });
        trace::stated(state, staff, "search", None, detail).await?;
        let ids: Vec<SubjectId> = shown.iter().map(|one| one.view.id).collect();
        trace::list(state, staff, "likely", &ids)?;
    }
    Ok((readiness, shown))
}

/// Those of the people found that the reader sees, with their labels.
pub(super) async fn seen(
    state: &AppState,
    staff: &Staff,
    found: Vec<(SubjectId, f64, Explanation)>,
) -> Result<Vec<Likely>, ApiError> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (sight, lang) = (staff.sight.clone(), locale::current());
    read(state, move |reader| {
        let mut views = Vec::new();
        for (id, weight, explanation) in found {
            if views.len() >= MOST {
                break;
            }
            let Some(view) = reader.subject(id)? else { continue };
            let is_new = views
                .iter()
                .all(|(known, ..): &(SubjectView, f64, Explanation)| known.id != view.id);
            if is_new && reader.may_see(&sight, &view) {
                views.push((view, weight, explanation));
            }
        }
        let ids: Vec<SubjectId> = views.iter().map(|(view, ..)| view.id).collect();
        let mut labels = reader.labels(&ids, lang)?;
        let shown = views.into_iter().map(|(view, weight, explanation)| Likely {
            label: labels.remove(&view.id).unwrap_or_default(),
            weight: (weight * 10.0).round() / 10.0,
            class: if weight >= LEAST { Class::Same } else { Class::Household },
            fields: reasons(&explanation),
            view,
        });
        Ok(shown.collect())
    })
    .await
}
