//! One field of a form, of any kind a register can declare: label above, help under it, the error in words that
//! say how to mend it, the input, its unit inside.

use crate::{
    Ctx,
    part::{
        form::{Choice, Problem},
        region,
    },
    paths,
};
use maud::{Markup, html};

/// What a field holds; the same words as the registers' schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    #[default]
    Text,
    /// Several lines.
    Note,
    /// Yes or no.
    Bool,
    /// Whole number.
    Int,
    /// Number with decimals.
    Decimal,
    /// Number with a unit; the unit is chosen when there are several.
    Quantity,
    /// One of a list.
    Code,
    /// Civil date.
    Date,
    /// Date and time.
    Instant,
    /// Number and unit of time: `NAME.n`, `NAME.unit`.
    Duration,
    /// A region, chosen step by step.
    Region,
    /// An organisation, from suggestions.
    Org,
    /// A person, from suggestions.
    Person,
    /// A place, from suggestions.
    Place,
    /// A file that the form itself sends.
    File,
    /// A file kept with the entry: `NAME.file` is a further one, `NAME` the id of one sent already, `NAME.drop` takes it off.
    Attachment,
    /// Rows of fields.
    Rows,
    /// A person's name (sealed).
    Name,
    /// A citizen's identity number (sealed).
    CnId,
    /// Kind and number of a document: `NAME.kind`, `NAME.number` (sealed).
    IdDoc,
    /// Telephone number (sealed).
    Phone,
    /// Number plate (sealed).
    Plate,
    /// Address (sealed).
    Address,
}

/// The kinds of file that are kept with an entry.
const ATTACHED: &str = "image/jpeg,image/png,application/pdf";

/// Whether a form with these fields sends files to be kept.
pub fn sends_files(fields: &[FieldView]) -> bool {
    fields
        .iter()
        .any(|field| field.kind == Kind::Attachment || field.rows.iter().any(|row| sends_files(row)))
}

impl Kind {
    /// Sealed kinds are never kept as a draft on a device.
    pub fn is_sealed(self) -> bool {
        matches!(
            self,
            Kind::Name | Kind::CnId | Kind::IdDoc | Kind::Phone | Kind::Plate | Kind::Address
        )
    }
}

/// One field as shown. `id` is the name that is sent.
#[derive(Clone, Debug, Default)]
pub struct FieldView {
    /// Name of the input; inside rows `ROWS.INDEX.FIELD`.
    pub id: String,
    /// Label.
    pub label: String,
    /// Help under the label.
    pub help: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// Must be filled; optional fields say so.
    pub required: bool,
    /// What was typed or is proposed.
    pub value: String,
    /// Second part of a composite: document number, unit of a quantity or duration.
    pub second: String,
    /// What is wrong and how to mend it.
    pub error: Option<String>,
    /// Codes, units, document kinds, or suggestions from the roll.
    pub options: Vec<Choice>,
    /// Unit inside the field.
    pub unit: Option<String>,
    /// Least value, in the input's own form.
    pub min: Option<String>,
    /// Greatest value.
    pub max: Option<String>,
    /// For a region: the steps chosen so far, from the province down.
    pub steps: Vec<Choice>,
    /// For rows: their fields, one inner list a row.
    pub rows: Vec<Vec<FieldView>>,
    /// For rows: no more than these.
    pub most_rows: Option<usize>,
    /// The browser's hint (`name`, `tel`, `username` …).
    pub autocomplete: Option<&'static str>,
}

impl FieldView {
    /// A required field.
    pub fn new(id: impl Into<String>, kind: Kind, label: impl Into<String>) -> FieldView {
        FieldView {
            id: id.into(),
            kind,
            label: label.into(),
            required: true,
            ..FieldView::default()
        }
    }

    /// The same, optional.
    pub fn optional(mut self) -> FieldView {
        self.required = false;
        self
    }

    /// The same with help.
    pub fn help(mut self, help: impl Into<String>) -> FieldView {
        self.help = Some(help.into());
        self
    }

    /// The same with what was typed.
    pub fn value(mut self, value: impl Into<String>) -> FieldView {
        self.value = value.into();
        self
    }

    /// The same with an error.
    pub fn error(mut self, error: impl Into<String>) -> FieldView {
        self.error = Some(error.into());
        self
    }

    /// The same with something to choose from.
    pub fn options(mut self, options: Vec<Choice>) -> FieldView {
        self.options = options;
        self
    }

    /// The same with a unit inside.
    pub fn unit(mut self, unit: impl Into<String>) -> FieldView {
        self.unit = Some(unit.into());
        self
    }

    /// The same with the browser's hint.
    pub fn autocomplete(mut self, hint: &'static str) -> FieldView {
        self.autocomplete = Some(hint);
        self
    }

    /// Whether the label stands in a legend over several inputs.
    fn is_group(&self) -> bool {
        match self.kind {
            Kind::Bool | Kind::Duration | Kind::IdDoc | Kind::Region | Kind::Rows => true,
            Kind::Quantity => self.options.len() > 1,
            Kind::Code => self.options.len() <= RADIOS_AT_MOST,
            _ => false,
        }
    }

    fn described_by(&self) -> Option<String> {
        let help = self.help.as_ref().map(|_| format!("h-{}", self.id));
        let error = self.error.as_ref().map(|_| format!("e-{}", self.id));
        let ids: Vec<String> = error.into_iter().chain(help).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// Up to this many codes are radio buttons, more are a list.
const RADIOS_AT_MOST: usize = 6;

/// The problems of `fields`, for the summary above the form.
pub fn problems(fields: &[FieldView]) -> Vec<Problem> {
    let mut found = Vec::new();
    for field in fields {
        if let Some(error) = &field.error {
            found.push(Problem::at(field.id.clone(), error.clone()));
        }
        for row in &field.rows {
            found.extend(problems(row));
        }
    }
    found
}

/// Draws one field.
pub fn field(cx: &Ctx, field: &FieldView) -> Markup {
    let class = if field.error.is_some() { "field wrong" } else { "field" };
    let optional = html! { @if !field.required { " " span.quiet { (cx.t("optional")) } } };
    let hints = html! {
        @if let Some(help) = &field.help { p.help id={ "h-" (field.id) } { (help) } }
        @if let Some(error) = &field.error {
            p.error id={ "e-" (field.id) } { span.sr { (cx.t("error-word")) } (error) }
        }
    };
    html! {
        @if field.is_group() {
            fieldset class=(class) aria-describedby=[field.described_by()] {
                legend { (field.label) (optional) }
                (hints)
                (group(cx, field))
            }
        } @else {
            div class=(class) {
                label for={ "f-" (field.id) } { (field.label) (optional) }
                (hints)
                @if field.kind == Kind::Attachment { (attachment(cx, field)) } @else { (single(field)) }
            }
        }
    }
}

fn group(cx: &Ctx, field: &FieldView) -> Markup {
    match field.kind {
        Kind::Bool => {
            let answers = [Choice::new("true", cx.t("yes")), Choice::new("false", cx.t("no"))];
            radios(field, &answers, true)
        }
        Kind::Code => radios(field, &field.options, field.options.len() <= 3),
        Kind::IdDoc => document(cx, field),
        Kind::Duration => {
            let units = ["minutes", "hours", "days"].map(|unit| Choice::new(unit, cx.t(&format!("unit-{unit}"))));
            number_and_unit(cx, field, &units)
        }
        Kind::Quantity => number_and_unit(cx, field, &field.options),
        Kind::Region => region::picker(cx, &field.id, &field.steps, &field.options),
        Kind::Rows => rows(cx, field),
        _ => single(field),
    }
}

fn radios(field: &FieldView, options: &[Choice], in_line: bool) -> Markup {
    let class = if in_line { "choices in-line" } else { "choices" };
    html! {
        div class=(class) {
            @for (i, option) in options.iter().enumerate() {
                @let id = if i == 0 { format!("f-{}", field.id) } else { format!("f-{}-{}", field.id, option.value) };
                label.choice for=(id) {
                    input id=(id) type="radio" name=(field.id) value=(option.value) checked[option.value == field.value];
                    span { (option.label) }
                }
            }
        }
    }
}

fn document(cx: &Ctx, field: &FieldView) -> Markup {
    html! {
        div.side-by-side {
            div {
                label.small for={ "f-" (field.id) } { (cx.t("document-kind")) }
                (select(&format!("f-{}", field.id), &format!("{}.kind", field.id), &field.options, &field.value, None))
            }
            div.grow {
                label.small for={ "f-" (field.id) ".number" } { (cx.t("document-number")) }
                input id={ "f-" (field.id) ".number" } name={ (field.id) ".number" } type="text" value=(field.second)
                    autocomplete="off" autocapitalize="characters" spellcheck="false" data-no-draft
                    aria-invalid=[field.error.as_ref().map(|_| "true")];
            }
        }
    }
}

/// A file sent already stays attached when something else on the form has to be mended.
fn attachment(cx: &Ctx, field: &FieldView) -> Markup {
    html! {
        @if !field.value.is_empty() {
            input type="hidden" name=(field.id) value=(field.value);
            p {
                a href=(paths::attachment(&field.value)) { (cx.t("attachment-kept")) }
                " "
                label.choice for={ "f-" (field.id) ".drop" } {
                    input id={ "f-" (field.id) ".drop" } type="checkbox" name={ (field.id) ".drop" } value="true";
                    span { (cx.t("attachment-drop")) }
                }
            }
        }
        input.wide id={ "f-" (field.id) } name={ (field.id) ".file" } type="file" accept=(ATTACHED)
            aria-invalid=[field.error.as_ref().map(|_| "true")] aria-describedby=[field.described_by()]
            aria-required=[field.required.then_some("true")] data-no-draft;
    }
}

fn number_and_unit(cx: &Ctx, field: &FieldView, units: &[Choice]) -> Markup {
    html! {
        div.side-by-side {
            div {
                label.small for={ "f-" (field.id) } { (cx.t("how-many")) }
                input.short id={ "f-" (field.id) } name={ (field.id) ".n" } type="text" inputmode="decimal" value=(field.value)
                    aria-invalid=[field.error.as_ref().map(|_| "true")];
            }
            div {
                label.small for={ "f-" (field.id) ".unit" } { (cx.t("unit")) }
                (select(&format!("f-{}.unit", field.id), &format!("{}.unit", field.id), units, &field.second, None))
            }
        }
    }
}

/// A list to choose one from; an empty first line when nothing is chosen.
pub fn select(id: &str, name: &str, options: &[Choice], chosen: &str, described_by: Option<&str>) -> Markup {
    html! {
        select id=(id) name=(name) aria-describedby=[described_by] {
            @if !options.iter().any(|option| option.value == chosen) { option value="" {} }
            @for option in options { option value=(option.value) selected[option.value == chosen] { (option.label) } }
        }
    }
}

fn rows(cx: &Ctx, view: &FieldView) -> Markup {
    let full = view.most_rows.is_some_and(|most| view.rows.len() >= most);
    html! {
        @for (i, row) in view.rows.iter().enumerate() {
            fieldset.row-fields {
                legend.small { (cx.tf("row-number", &[("n", (i + 1).into())])) }
                div.row-grid { @for inner in row { (field(cx, inner)) } }
                button.plain type="submit" name="remove" value={ (view.id) "." (i) } formnovalidate {
                    (cx.tf("row-remove", &[("n", (i + 1).into())]))
                }
            }
        }
        @if full { p.help { (cx.t("rows-full")) } }
        @else {
            button.secondary id={ "f-" (view.id) } type="submit" name="add" value=(view.id) formnovalidate { (cx.t("row-add")) }
        }
    }
}

struct Input {
    kind: &'static str,
    mode: Option<&'static str>,
    class: &'static str,
}

fn input_of(kind: Kind) -> Input {
    let (input, mode, class) = match kind {
        Kind::Int => ("text", Some("numeric"), "short"),
        Kind::Decimal | Kind::Quantity => ("text", Some("decimal"), "short"),
        Kind::Date => ("date", None, "middle"),
        Kind::Instant => ("datetime-local", None, "middle"),
        Kind::Phone => ("tel", None, "middle"),
        Kind::Plate => ("text", None, "short"),
        Kind::CnId => ("text", None, "middle"),
        Kind::File => ("file", None, "wide"),
        _ => ("text", None, "wide"),
    };
    Input {
        kind: input,
        mode,
        class,
    }
}

fn single(field: &FieldView) -> Markup {
    let id = format!("f-{}", field.id);
    let invalid = field.error.as_ref().map(|_| "true");
    if field.kind == Kind::Note {
        return html! {
            textarea id=(id) name=(field.id) rows="4" aria-invalid=[invalid] aria-describedby=[field.described_by()] { (field.value) }
        };
    }
    if field.kind == Kind::Code {
        return select(
            &id,
            &field.id,
            &field.options,
            &field.value,
            field.described_by().as_deref(),
        );
    }
    let input = input_of(field.kind);
    let suggestions = (!field.options.is_empty()).then(|| format!("l-{}", field.id));
    let autocomplete = field.autocomplete.or_else(|| field.kind.is_sealed().then_some("off"));
    html! {
        span.with-unit[field.unit.is_some()] {
            input id=(id) class=(input.class) name=(field.id) type=(input.kind) inputmode=[input.mode] value=(field.value)
                list=[suggestions.as_deref()] min=[field.min.as_deref()] max=[field.max.as_deref()]
                aria-invalid=[invalid] aria-describedby=[field.described_by()] aria-required=[field.required.then_some("true")]
                autocomplete=[autocomplete] data-no-draft[field.kind.is_sealed() || field.kind == Kind::File];
            @if let Some(unit) = &field.unit { span.inside { (unit) } }
        }
        @if let Some(list) = &suggestions {
            datalist id=(list) { @for option in &field.options { option value=(option.value) { (option.label) } } }
        }
    }
}
