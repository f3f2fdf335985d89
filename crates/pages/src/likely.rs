//! What linkage finds, as pages draw it.

use crate::region_steps;
use lianfang_kernel::{Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_server::{Likely, field_title};
use lianfang_ui::part::likely::LikelyFile;

/// A file that somebody may be, with the reasons in words.
pub(crate) fn drawn(snapshot: &Snapshot, one: &Likely, lang: Lang) -> LikelyFile {
    let document = one.label.document.clone().unwrap_or_default();
    let said = |speaks_for: bool| {
        let fields = one.fields.iter().filter(|field| (field.weight >= 0.0) == speaks_for);
        let words = fields.map(|field| {
            let words = Words::new("{f}{l}", "{f}: {l}");
            let words = words.with("f", field_title(field.field).get(lang));
            words.with("l", field.level.get(lang)).get(lang).to_owned()
        });
        words.collect::<Vec<String>>()
    };
    LikelyFile {
        id: one.view.id.to_string(),
        label: format!("{} {document}", one.label.name).trim().to_owned(),
        region: region_steps::full_name(&snapshot.regions, lang, &one.view.region),
        is_household: one.class == lianfang_server::Class::Household,
        agree: said(true),
        differ: said(false),
    }
}
