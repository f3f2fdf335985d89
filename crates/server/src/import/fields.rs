//! The columns that a register takes: its fields, and beside them when, where and about whom.

use lianfang_exchange::{CellKind, FieldSpec};
use lianfang_kernel::{FieldSchema, Kind, Lang, RegisterSchema, SubjectKind, Words};
use lianfang_policy::Model;
use lianfang_policy::model::Register;

/// The field that identifies a subject that is neither a person nor a region: an id, or an organisation's name.
pub(super) const SUBJECT: &str = "subject";

/// The number by which a sheet tells its subjects apart.
pub(super) const CODE: &str = "code";

/// The field that names the subject where no column does: the first that every row must have and lists search by, such
/// as the number of a case. Sheets of several registers that name the same number then speak of the same subject.
pub(super) fn naming_field(schema: &RegisterSchema) -> Option<&FieldSchema> {
    schema
        .fields
        .iter()
        .find(|field| field.required && field.index && field.kind == Kind::Text)
}

/// What a register's rows are about, by the first of its subjects.
pub(super) fn kind_of(schema: &RegisterSchema, model: &Model) -> Option<SubjectKind> {
    schema.subjects.first().and_then(|id| model.kind_of(id))
}

/// Columns that a sheet for this register may have.
pub(super) fn specs(schema: &RegisterSchema, model: &Model) -> Vec<FieldSpec> {
    let mut specs: Vec<FieldSpec> = schema.fields.iter().map(|field| spec(field, model)).collect();
    let mut beside = vec![
        FieldSpec::new("at", Words::new("时间", "At"), CellKind::Instant),
        FieldSpec::new(
            "reported_at",
            Words::new("来源报告时间", "Reported at source"),
            CellKind::Instant,
        ),
        FieldSpec::new("region", Words::new("区域", "Region"), CellKind::Region),
    ];
    match kind_of(schema, model) {
        Some(SubjectKind::Person) => beside.extend([
            FieldSpec::new("name", Words::new("姓名", "Name"), CellKind::Name),
            FieldSpec::new("cn_id", Words::new("身份证号", "Identity number"), CellKind::CnId),
            FieldSpec::new("id_doc", Words::new("证件号码", "Document number"), CellKind::IdDoc),
            FieldSpec::new("phone", Words::new("电话", "Telephone"), CellKind::Phone),
        ]),
        Some(SubjectKind::Region) | None => {}
        Some(kind) => {
            beside.push(FieldSpec::new(
                SUBJECT,
                Words::new("单位", "Subject"),
                CellKind::Reference,
            ));
            if kind == SubjectKind::Vehicle {
                beside.push(FieldSpec::new(
                    "plate",
                    Words::new("车牌", "Number plate"),
                    CellKind::Plate,
                ));
            }
            if kind != SubjectKind::Organisation {
                beside.push(FieldSpec::new(CODE, Words::new("编号", "Code"), CellKind::Text));
            }
        }
    }
    // A field of the register's own goes before a column of the same name beside it.
    beside.retain(|spec| schema.field(&spec.id).is_none());
    specs.extend(beside);
    specs
}

/// Titles of the columns that people fill in a sheet for a register: who, when and where, then what; what is computed is
/// left out.
pub fn sheet_columns(model: &Model, register: &Register, lang: Lang) -> Vec<String> {
    let is_computed = |id: &str| register.compute.iter().any(|(field, _)| field == id);
    let (own, beside): (Vec<FieldSpec>, Vec<FieldSpec>) = specs(&register.schema, model)
        .into_iter()
        .filter(|spec| !is_computed(&spec.id))
        .partition(|spec| register.schema.field(&spec.id).is_some());
    let first = |spec: &&FieldSpec| spec.id != "reported_at";
    let beside = beside.iter().filter(first);
    beside.chain(&own).map(|spec| spec.title.get(lang).to_owned()).collect()
}

/// The fields that a column of a sheet may be taken for: id and title.
pub fn sheet_fields(model: &Model, register: &Register, lang: Lang) -> Vec<(String, String)> {
    let is_computed = |id: &str| register.compute.iter().any(|(field, _)| field == id);
    let all = specs(&register.schema, model).into_iter();
    all.filter(|spec| !is_computed(&spec.id))
        .map(|spec| (spec.id.clone(), spec.title.get(lang).to_owned()))
        .collect()
}

fn spec(field: &FieldSchema, model: &Model) -> FieldSpec {
    let mut spec = FieldSpec::new(field.id.clone(), field.title.clone(), cell_kind(&field.kind, model));
    // A required field without its column may still have a default: the ledger judges that.
    spec.is_many = field.many > 1 && !matches!(field.kind, Kind::Rows(_));
    spec
}

fn cell_kind(kind: &Kind, model: &Model) -> CellKind {
    match kind {
        Kind::Text => CellKind::Text,
        Kind::Note => CellKind::Note,
        Kind::Bool => CellKind::Bool,
        Kind::Int => CellKind::Int,
        Kind::Decimal { scale } | Kind::Quantity { scale } => CellKind::Decimal { scale: *scale },
        Kind::Money => CellKind::Money,
        Kind::Code { list } => CellKind::Code {
            values: model.lists.get(list).map_or_else(Vec::new, |list| {
                list.values
                    .iter()
                    .map(|value| (value.id.clone(), value.title.clone()))
                    .collect()
            }),
        },
        Kind::Date => CellKind::Date,
        Kind::Instant => CellKind::Instant,
        Kind::Duration => CellKind::Duration,
        Kind::Region => CellKind::Region,
        Kind::Subject(_) | Kind::Entry | Kind::Type | Kind::File => CellKind::Reference,
        Kind::Rows(_) | Kind::Decision { .. } => CellKind::Json,
        Kind::Name => CellKind::Name,
        Kind::CnId => CellKind::CnId,
        Kind::IdDoc => CellKind::IdDoc,
        Kind::Phone => CellKind::Phone,
        Kind::Plate => CellKind::Plate,
        Kind::Address => CellKind::Address,
    }
}
