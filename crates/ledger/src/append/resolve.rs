//! Whom an entry is about: found by id or blind index, or made in the same transaction.

use crate::LedgerError;
use crate::batch::{Batch, Identity, SubjectState, fresh};
use crate::core::region_subject;
use crate::seal::Vault;
use crate::wire::{Author, Described, SubjectIn};
use lianfang_kernel::identity::{CnId, IdDoc, Phone, Plate, Refusal};
use lianfang_kernel::ids::{IdSource, SubjectId};
use lianfang_kernel::{Problem, RegionId, SubjectKind, SubjectView, Words};
use lianfang_policy::model::Register;
use pinyin::ToPinyin;
use std::collections::BTreeMap;

/// The key class of names and identifiers.
pub(crate) const IDENTITY_CLASS: &str = "identity";
/// Identifiers that say who somebody is; a telephone is only a way to search.
/// The kind of search tokens of pinyin.
pub(crate) const SOUND: &str = "pinyin";
const IDENTIFYING: &[&str] = &["cn_id", "id_doc", "plate", "code"];

/// Who the subject of an entry is.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub id: SubjectId,
    /// Not yet in the ledger.
    pub made: Option<Made>,
}

/// A subject to be made when its entry is accepted.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub view: SubjectView,
    pub identity: Identity,
}

/// Blind indexes of what a description identifies by; bad identifiers are told later, at their place.
pub(crate) fn digests(vault: &Vault, described: &Described) -> Vec<Vec<u8>> {
    let (normal, _) = normalised(described);
    normal
        .iter()
        .filter(|(kind, _)| IDENTIFYING.contains(&kind.as_str()))
        .map(|(k, v)| vault.digest(k, v))
        .collect()
}

/// Finds or prepares the subject.
pub(crate) fn resolve(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Register,
    subject: Option<&SubjectIn>,
    place: Option<&RegionId>,
) -> Result<Result<Resolved, Vec<Problem>>, LedgerError> {
    match subject {
        Some(SubjectIn::Id(id)) => by_id(batch, register, *id),
        Some(SubjectIn::Described(described)) if described.kind_type == "region" => region(batch, register, described),
        Some(SubjectIn::Described(described)) => described_subject(batch, author, register, described, place),
        None => match author.org.or(author.owner) {
            Some(own) => by_id(batch, register, own),
            None => Ok(Err(vec![missing_subject()])),
        },
    }
}

fn by_id(
    batch: &mut Batch<'_>,
    register: &Register,
    id: SubjectId,
) -> Result<Result<Resolved, Vec<Problem>>, LedgerError> {
    let Some(id) = through_merges(batch, id)? else {
        let what = Words::new("没有这个对象", "No such subject");
        let hint = Words::new("请重新从名单中选择", "Pick it again from the list");
        return Ok(Err(vec![Problem::new("unknown_subject", what, hint).at("subject")]));
    };
    let kind_type = batch.subjects[&id].view.kind_type.clone();
    Ok(accepts(batch, register, &kind_type)
        .map(|()| Resolved { id, made: None })
        .map_err(|p| vec![p]))
}

/// Follows merges to the file that is kept; `None` when there is no such subject.
pub(crate) fn through_merges(batch: &mut Batch<'_>, id: SubjectId) -> Result<Option<SubjectId>, LedgerError> {
    let mut here = id;
    for _ in 0..16 {
        batch.load_subjects(&[here])?;
        match batch.subjects.get(&here) {
            None => return Ok(None),
            Some(SubjectState {
                merged_into: Some(into),
                ..
            }) => here = *into,
            Some(_) => return Ok(Some(here)),
        }
    }
    Ok(None)
}

fn accepts(batch: &Batch<'_>, register: &Register, kind_type: &str) -> Result<(), Problem> {
    let model = &batch.snapshot.model;
    if register
        .schema
        .subjects
        .iter()
        .any(|wanted| model.is_a(kind_type, wanted) || kind_type == wanted)
    {
        return Ok(());
    }
    let title = &register.schema.title;
    let wanted = register.schema.subjects.join(", ");
    let what = Words::new(
        format!("《{}》登记的对象应为 {wanted}", title.zh),
        format!("“{}” is about {wanted}", title.en),
    );
    let hint = Words::new("请检查 subject 的类型", "Check the type of the subject");
    Err(Problem::new("wrong_subject", what, hint).at("subject"))
}

fn region(
    batch: &mut Batch<'_>,
    register: &Register,
    described: &Described,
) -> Result<Result<Resolved, Vec<Problem>>, LedgerError> {
    if let Err(problem) = accepts(batch, register, "region") {
        return Ok(Err(vec![problem]));
    }
    let code = described.identifiers.get("code").map(|code| RegionId::new(code.trim()));
    let Some(region) = code.filter(|code| batch.snapshot.regions.contains(code)) else {
        let what = Words::new("没有这个区域", "No such region");
        let hint = Words::new("请填区划代码，例如 620502", "Give the region's code, such as 620502");
        return Ok(Err(vec![
            Problem::new("unknown_region", what, hint).at("subject.identifiers.code"),
        ]));
    };
    let id = region_subject(&region);
    batch.load_subjects(&[id])?;
    if batch.subjects.contains_key(&id) {
        return Ok(Ok(Resolved { id, made: None }));
    }
    let view = SubjectView {
        id,
        kind: SubjectKind::Region,
        kind_type: "region".into(),
        region,
        unit: None,
        since: batch.now,
        until: None,
    };
    Ok(Ok(Resolved {
        id,
        made: Some(Made {
            view,
            identity: Identity::default(),
        }),
    }))
}

fn described_subject(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Register,
    described: &Described,
    place: Option<&RegionId>,
) -> Result<Result<Resolved, Vec<Problem>>, LedgerError> {
    let (identifiers, mut problems) = normalised(described);
    let Some(kind) = batch.snapshot.model.kind_of(&described.kind_type) else {
        let what = Words::new("没有这种对象类型", "No such type of subject");
        let hint = Words::new("可用：{t}", "Use: {t}").with("t", register.schema.subjects.join(", "));
        return Ok(Err(vec![Problem::new("unknown_type", what, hint).at("subject.type")]));
    };
    if let Err(problem) = accepts(batch, register, &described.kind_type) {
        problems.push(problem);
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let digests: Vec<Vec<u8>> = identifiers
        .iter()
        .filter(|(kind, _)| IDENTIFYING.contains(&kind.as_str()))
        .map(|(kind, value)| batch.core.vault.digest(kind, value))
        .collect();
    batch.look_up(&digests)?;
    if let Some(found) = digests
        .iter()
        .find_map(|digest| batch.identifiers.get(digest).copied().flatten())
        && let Some(id) = through_merges(batch, found)?
    {
        return Ok(Ok(Resolved { id, made: None }));
    }
    let Some(region) = place.cloned().or_else(|| org_region(batch, author)) else {
        let what = Words::new("新建档案须说明所在区域", "A new file needs its region");
        let hint = Words::new("请填写 region", "Give region");
        return Ok(Err(vec![Problem::new("region_missing", what, hint).at("region")]));
    };
    let id = SubjectId(batch.core.vault.uuid_v7(batch.now));
    let kind_type = described.kind_type.clone();
    let view = SubjectView {
        id,
        kind,
        kind_type,
        region,
        unit: described.unit,
        since: batch.now,
        until: None,
    };
    let name = described
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    Ok(Ok(Resolved {
        id,
        made: Some(Made {
            view,
            identity: Identity { name, identifiers },
        }),
    }))
}

fn org_region(batch: &Batch<'_>, author: &Author) -> Option<RegionId> {
    author
        .org
        .and_then(|org| batch.snapshot.orgs.get(org))
        .map(|org| org.region.clone())
}

/// Identifiers in their normal form, and what is wrong with the others.
pub(crate) fn normalised(described: &Described) -> (BTreeMap<String, String>, Vec<Problem>) {
    let mut normal = BTreeMap::new();
    let mut problems = Vec::new();
    for (kind, text) in described.identifiers.iter().filter(|(_, text)| !text.trim().is_empty()) {
        let read = match kind.as_str() {
            "cn_id" => CnId::parse(text)
                .map(|id| id.as_str().to_owned())
                .map_err(|e| e.refusal()),
            "id_doc" => IdDoc::parse(text)
                .map(|doc| doc.number().to_owned())
                .map_err(|e| e.refusal()),
            "phone" => Phone::parse(text)
                .map(|phone| phone.as_str().to_owned())
                .map_err(|e| e.refusal()),
            "plate" => Plate::parse(text)
                .map(|plate| plate.as_str().to_owned())
                .map_err(|e| e.refusal()),
            "code" => Ok(text.trim().chars().take(64).collect()),
            _ => Err(Refusal {
                zh: "不认识这种证件或编号",
                en: "an unknown kind of identifier",
                hint_zh: "可用：cn_id、id_doc、phone、plate、code",
                hint_en: "use cn_id, id_doc, phone, plate or code",
            }),
        };
        match read {
            // A resident number typed as another document is the same person.
            Ok(value) if kind == "id_doc" && CnId::parse(&value).is_ok() => normal.insert("cn_id".to_owned(), value),
            Ok(value) => normal.insert(kind.clone(), value),
            Err(r) => {
                let problem = Problem::new(
                    "bad_identifier",
                    Words::new(r.zh, r.en),
                    Words::new(r.hint_zh, r.hint_en),
                );
                problems.push(problem.at(format!("subject.identifiers.{kind}")));
                None
            }
        };
    }
    (normal, problems)
}

fn missing_subject() -> Problem {
    let what = Words::new("没有说明是谁的记录", "Whom it is about is missing");
    let hint = Words::new("请填写 subject", "Give subject");
    Problem::new("subject_missing", what, hint).at("subject")
}

/// Makes the subject in the batch: row, blind indexes, search tokens, sealed identity.
pub(crate) fn make(batch: &mut Batch<'_>, made: &Made) -> Result<(), LedgerError> {
    let id = made.view.id;
    let mut state = fresh(made.view.clone());
    let identity = &made.identity;
    if *identity != Identity::default() {
        let key = batch.new_key(id, IDENTITY_CLASS)?;
        let plain = serde_json::to_vec(identity)?;
        state.identity_sealed = Some(batch.core.vault.seal(&key, &format!("identity {id}"), &plain)?);
        index(batch, id, identity);
    }
    batch.add_subject(state);
    batch.dirty.insert(id);
    Ok(())
}

/// Adds to who a known subject is what was not known yet. Nothing already known is replaced here.
pub(crate) fn enrich(batch: &mut Batch<'_>, id: SubjectId, described: &Described) -> Result<(), LedgerError> {
    let (identifiers, _) = normalised(described);
    let known = crate::read::identity_in_batch(batch, id)?;
    let mut identity = known.clone();
    for (kind, value) in identifiers {
        identity.identifiers.entry(kind).or_insert(value);
    }
    if identity.name.is_none() {
        identity.name = described
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
    }
    if identity == known {
        return Ok(());
    }
    let Some(key) = batch.data_key(id, IDENTITY_CLASS, true)? else {
        return Ok(());
    };
    let plain = serde_json::to_vec(&identity)?;
    let sealed = batch.core.vault.seal(&key, &format!("identity {id}"), &plain)?;
    let state = batch.change(id)?;
    state.identity_sealed = Some(sealed);
    state.row_changed = true;
    batch.dirty.insert(id);
    index(batch, id, &identity);
    Ok(())
}

/// Blind indexes of what identifies, by kind.
pub(crate) fn digests_of<'a>(vault: &Vault, identity: &'a Identity) -> Vec<(&'a str, Vec<u8>)> {
    identity
        .identifiers
        .iter()
        .filter(|(kind, _)| IDENTIFYING.contains(&kind.as_str()))
        .map(|(kind, value)| (kind.as_str(), vault.digest(kind, value)))
        .collect()
}

fn index(batch: &mut Batch<'_>, id: SubjectId, identity: &Identity) {
    for (kind, digest) in digests_of(&batch.core.vault, identity) {
        batch.identifiers.insert(digest.clone(), Some(id));
        let row = vec![digest.into(), kind.into(), id.0.into(), batch.recorded_at.0.into()];
        batch.pending.identifiers.push(row);
    }
    for token in search_tokens(&batch.core.vault, identity) {
        batch.pending.tokens.push(vec![token.into(), id.0.into()]);
    }
}

/// Pinyin of a name without tones: every run of syllables, and the initials of all of them.
fn sounds(chars: &[char]) -> Vec<String> {
    let syllables: Vec<&str> = chars
        .iter()
        .filter_map(|c| c.to_pinyin())
        .map(pinyin::Pinyin::plain)
        .collect();
    let runs = (1..=syllables.len().min(4)).flat_map(|length| syllables.windows(length));
    let mut found: Vec<String> = runs.map(<[&str]>::concat).collect();
    if syllables.len() > 1 {
        found.push(
            syllables
                .iter()
                .filter_map(|syllable| syllable.chars().next())
                .collect(),
        );
    }
    found
}

/// What a subject is found by: every part of the name, its pinyin and initials, last four digits, whole numbers.
pub(crate) fn search_tokens(vault: &Vault, identity: &Identity) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    if let Some(name) = &identity.name {
        let chars: Vec<char> = name.chars().filter(|c| !c.is_whitespace()).take(24).collect();
        for length in 1..=chars.len().min(6) {
            for part in chars.windows(length) {
                let part: String = part.iter().collect();
                tokens.push(vault.token("name", &part.to_lowercase()));
            }
        }
        tokens.extend(sounds(&chars).iter().map(|sound| vault.token(SOUND, sound)));
    }
    for (kind, value) in &identity.identifiers {
        let tail: String = value
            .chars()
            .rev()
            .take(4)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        tokens.push(vault.token("last4", &tail.to_uppercase()));
        tokens.push(vault.token(kind, value));
    }
    tokens.sort();
    tokens.dedup();
    tokens
}
