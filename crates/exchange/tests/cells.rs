//! Cells by kind, and mappings.

use lianfang_exchange::{CellKind, FieldSpec, Mapping, SheetHint, parse_cell, read_sheet};
use lianfang_kernel::{Words, Zone};
use proptest::prelude::*;
use serde_json::{Value, json};

/// `Err` holds the code of the problem.
fn check(kind: &CellKind, cases: &[(&str, Result<Value, &str>)]) {
    for (text, expected) in cases {
        let found = parse_cell(kind, text).map_err(|error| error.problem.code.clone());
        assert_eq!(
            found.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|code| *code),
            "{text}"
        );
    }
}

#[test]
fn dates_as_people_and_spreadsheets_write_them() {
    let day = |text: &str| Ok(json!(text));
    check(
        &CellKind::Date,
        &[
            ("2020-01-05", day("2020-01-05")),
            ("2020/1/5", day("2020-01-05")),
            ("2020.1.5", day("2020-01-05")),
            ("２０２０年１月５日", day("2020-01-05")),
            ("20200105", day("2020-01-05")),
            ("43835", day("2020-01-05")),
            ("2020/1/5 0:00", day("2020-01-05")),
            ("2020-02-30", Err("cell_no_such_day")),
            ("2021-02-29", Err("cell_no_such_day")),
            ("5/1/2020", Err("cell_time_order")),
            ("20-1-5", Err("cell_time")),
            ("2020-01-05 08:30", Err("cell_has_time")),
            ("1月5日", Err("cell_time")),
            ("昨天", Err("cell_time")),
            ("12", Err("cell_time")),
        ],
    );
}

#[test]
fn moments_carry_the_offset_of_the_city() {
    let at = |text: &str| Ok(json!(text));
    check(
        &CellKind::Instant,
        &[
            ("2020-02-05T08:30:00+08:00", at("2020-02-05T08:30:00+08:00")),
            ("2020-02-05T00:30:00Z", at("2020-02-05T08:30:00+08:00")),
            ("2020/2/5 8:30", at("2020-02-05T08:30:00+08:00")),
            ("2020年2月5日下午3时05分", at("2020-02-05T15:05:00+08:00")),
            ("2020-02-05 08:30:15", at("2020-02-05T08:30:15+08:00")),
            ("43866.354166666664", at("2020-02-05T08:30:00+08:00")),
            ("43866.9999999", at("2020-02-06T00:00:00+08:00")),
            ("2020-02-05", Err("cell_no_time")),
            ("2020-02-05 25:00", Err("cell_time")),
        ],
    );
}

#[test]
fn numbers_money_and_durations() {
    check(
        &CellKind::Int,
        &[
            ("１２", Ok(json!(12))),
            ("1,234", Ok(json!(1234))),
            ("12.0", Ok(json!(12))),
            ("12.5", Err("cell_int")),
            ("1,23", Err("cell_int")),
            ("三", Err("cell_int")),
            ("99999999999999999999", Err("cell_int")),
        ],
    );
    check(
        &CellKind::Decimal { scale: 1 },
        &[
            ("36.5", Ok(json!(36.5))),
            ("37", Ok(json!(37))),
            ("36.50", Ok(json!(36.5))),
            ("36.55", Err("cell_decimal_scale")),
            ("36.5℃", Err("cell_decimal")),
            (".", Err("cell_decimal")),
        ],
    );
    check(
        &CellKind::Money,
        &[
            ("￥1,200.5元", Ok(json!(120_050))),
            ("12", Ok(json!(1200))),
            ("1.234", Err("cell_money")),
        ],
    );
    check(
        &CellKind::Duration,
        &[
            ("90m", Ok(json!(5_400_000))),
            ("1:30", Ok(json!(5_400_000))),
            ("1小时30分", Ok(json!(5_400_000))),
            ("1天", Err("cell_duration")),
        ],
    );
    check(
        &CellKind::Bool,
        &[
            ("是", Ok(json!(true))),
            ("NO", Ok(json!(false))),
            ("有", Err("cell_bool")),
        ],
    );
}

#[test]
fn identifiers_come_out_in_one_form() {
    check(
        &CellKind::CnId,
        &[
            ("11010519491231002x", Ok(json!("11010519491231002X"))),
            ("110105194912310021", Err("cell_cn_id")),
        ],
    );
    check(
        &CellKind::Phone,
        &[("138 0013 8000", Ok(json!("13800138000"))), ("1380", Err("cell_phone"))],
    );
    check(
        &CellKind::Plate,
        &[("吉h·12345", Ok(json!("吉H12345"))), ("吉H1", Err("cell_plate"))],
    );
    check(
        &CellKind::IdDoc,
        &[("h12345678", Ok(json!("H12345678"))), ("无", Err("cell_id_doc"))],
    );
    check(
        &CellKind::Name,
        &[
            ("张　三", Ok(json!("张三"))),
            ("John  Smith", Ok(json!("John Smith"))),
            ("13800138000", Err("cell_name_digits")),
        ],
    );
    check(
        &CellKind::Region,
        &[
            ("620502000000", Ok(json!("620502"))),
            ("441900003000", Ok(json!("441900003"))),
            ("620000", Ok(json!("62"))),
            ("秦州区", Ok(json!("秦州区"))),
        ],
    );
    let error = parse_cell(&CellKind::CnId, "110105194912310021").unwrap_err();
    assert!(
        !format!("{error:?}").contains("1101"),
        "an error never repeats an identifier"
    );
}

#[test]
fn a_code_is_known_by_its_id_or_its_title() {
    let values = vec![
        ("done".to_owned(), Words::new("完成", "Done")),
        ("not_home".to_owned(), Words::new("不在家", "Not at home")),
    ];
    let kind = CellKind::Code { values };
    check(
        &kind,
        &[
            ("done", Ok(json!("done"))),
            ("不在家", Ok(json!("not_home"))),
            ("DONE", Ok(json!("done"))),
            ("其他", Err("cell_code")),
        ],
    );
    let hint = parse_cell(&kind, "其他").unwrap_err().problem.hint.zh.clone();
    assert_eq!(hint, "可填：完成、不在家");
}

fn fields() -> Vec<FieldSpec> {
    vec![
        FieldSpec::new("name", Words::new("姓名", "Name"), CellKind::Name).required(),
        FieldSpec::new("sex", Words::new("性别", "Sex"), CellKind::Text),
        FieldSpec::new(
            "celsius",
            Words::new("体温", "Temperature"),
            CellKind::Decimal { scale: 1 },
        ),
        FieldSpec::new("arrived_at", Words::new("到达时间", "Arrived at"), CellKind::Instant),
        FieldSpec::new("source", Words::new("来源", "Source"), CellKind::Text),
        FieldSpec::new("address", Words::new("住址", "Address"), CellKind::Address),
        FieldSpec {
            is_many: true,
            ..FieldSpec::new("symptoms", Words::new("症状", "Symptoms"), CellKind::Text)
        },
    ]
}

const MAPPING: &str = r#"
[columns]
"名字" = "name"
"性别" = { field = "sex", values = { "男" = "male", "女" = "female", "不详" = "" } }
"到" = { field = "arrived_at", date = "dmy", time = "12:00" }
"症状" = { field = "symptoms", separators = "+" }

[constants]
source = "station"

[combine]
address = { columns = ["街道", "门牌"], separator = " " }
"#;

#[test]
fn a_mapping_file_says_where_everything_goes() {
    let text = "名字,性别,到,街道,门牌,症状,备注\n张三,男,5/2/2020,东关街道,3号,发热+咳嗽,x\n李四,不详,,,,,\n";
    let sheet = read_sheet(text.as_bytes(), &SheetHint::default()).unwrap();
    let plan = Mapping::from_toml(MAPPING)
        .unwrap()
        .bind(sheet.header(), &fields(), &Zone::china())
        .unwrap();
    assert_eq!(plan.unused(), ["备注"]);
    let bodies: Vec<Value> = sheet
        .map(|row| Value::Object(plan.read_row(&row.unwrap()).unwrap()))
        .collect();
    assert_eq!(
        bodies,
        [
            json!({"name": "张三", "sex": "male", "arrived_at": "2020-02-05T12:00:00+08:00", "source": "station",
               "address": "东关街道 3号", "symptoms": ["发热", "咳嗽"]}),
            json!({"name": "李四", "source": "station"}),
        ]
    );
}

#[test]
fn every_fault_of_a_mapping_is_named_with_the_nearest_name() {
    let header = ["姓名".to_owned(), "体 温".to_owned()];
    let mapping = Mapping::from_toml("[columns]\n\"体温\" = \"celsius\"\n\"姓名\" = \"nam\"\n").unwrap();
    let problems = mapping.bind(&header, &fields(), &Zone::china()).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["mapping_no_column", "mapping_no_field", "mapping_missing"]);
    assert!(problems.iter().any(|problem| problem.hint.en == "did you mean “name”?"));
    assert!(problems.iter().any(|problem| problem.hint.zh == "是否为“体 温”？"));
    let error = Mapping::from_toml("[columns]\n\"a\" = 1\n").unwrap_err();
    assert!(error.what.en.starts_with("mapping, line 2"), "{}", error.what.en);
    assert!(Mapping::from_toml("[column]\n").unwrap_err().what.zh.contains("第1行"));
}

#[test]
fn a_mapping_is_guessed_by_titles() {
    let header = ["1. *姓 名", "体温（℃）", "ARRIVED AT", "症状_", "备注", "sex"].map(str::to_owned);
    let mapping = Mapping::guess(&header, &fields());
    let pairs: Vec<(&str, &str)> = mapping
        .columns
        .iter()
        .map(|(title, map)| (title.as_str(), map.field.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("1. *姓 名", "name"),
            ("ARRIVED AT", "arrived_at"),
            ("sex", "sex"),
            ("体温（℃）", "celsius"),
            ("症状_", "symptoms"),
        ]
    );
}

#[test]
fn all_faults_of_a_row_come_at_once_with_line_and_column() {
    let sheet = read_sheet("姓名,体温\n,三十七\n".as_bytes(), &SheetHint::default()).unwrap();
    let plan = Mapping::guess(sheet.header(), &fields())
        .bind(sheet.header(), &fields(), &Zone::china())
        .unwrap();
    let misfits: Vec<_> = sheet
        .flat_map(|row| plan.read_row(&row.unwrap()).unwrap_err())
        .collect();
    let places: Vec<(u64, Option<&str>)> = misfits
        .iter()
        .map(|misfit| (misfit.line, misfit.column.as_deref()))
        .collect();
    assert_eq!(places, [(2, Some("体温")), (2, Some("姓名"))]);
    assert_eq!(
        misfits[0].text(lianfang_kernel::Lang::Zh),
        "第2行“体温”：应为数字。请只填数字，不写单位"
    );
}

fn kinds() -> Vec<CellKind> {
    vec![
        CellKind::Text,
        CellKind::Note,
        CellKind::Bool,
        CellKind::Int,
        CellKind::Decimal { scale: 2 },
        CellKind::Money,
        CellKind::Code {
            values: vec![("a".to_owned(), Words::same("甲"))],
        },
        CellKind::Date,
        CellKind::Instant,
        CellKind::Duration,
        CellKind::Region,
        CellKind::Reference,
        CellKind::Json,
        CellKind::Name,
        CellKind::CnId,
        CellKind::IdDoc,
        CellKind::Phone,
        CellKind::Plate,
        CellKind::Address,
    ]
}

proptest! {
    #[test]
    fn no_text_makes_any_kind_panic(text in "\\PC{0,60}") {
        for kind in kinds() {
            let _ = parse_cell(&kind, &text);
        }
    }

    #[test]
    fn no_time_like_text_makes_it_panic(text in "[0-9]{0,12}[年/.: T日上午点分+Z-]{0,3}[0-9]{0,9}[月/.: 下午时秒h-]{0,3}[0-9]{0,4}") {
        for kind in [CellKind::Date, CellKind::Instant, CellKind::Duration, CellKind::Decimal { scale: 3 }] {
            let _ = parse_cell(&kind, &text);
        }
    }

    #[test]
    fn no_mapping_makes_it_panic(text in "(\\[[a-z]{1,9}\\]|\"?[a-z中]{0,4}\"?|=|\\{|\\}|\n| |,){0,40}") {
        let _ = Mapping::from_toml(&text);
    }

    #[test]
    fn every_written_form_of_a_day_is_the_same_day(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28) {
        let iso = format!("{year:04}-{month:02}-{day:02}");
        for text in [format!("{year}/{month}/{day}"), format!("{year}年{month}月{day}日"), format!("{year:04}{month:02}{day:02}")] {
            prop_assert_eq!(parse_cell(&CellKind::Date, &text).unwrap(), json!(iso));
        }
    }
}
