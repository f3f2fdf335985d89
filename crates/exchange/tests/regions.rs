//! Region lists, our own and the public data set's.

use lianfang_exchange::{RegionRow, SheetError, read_region_files, read_regions};
use lianfang_kernel::RegionLevel;
use proptest::prelude::*;

#[test]
fn the_lists_of_the_reference_cities_are_complete_trees() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/regions");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        let list = read_regions(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(list.problems, [], "{}", path.display());
        assert_eq!(list.rows[0].level, RegionLevel::Province);
        let is_tree = |row: &RegionRow| row.parent.is_some() != (row.level == RegionLevel::Province);
        assert!(list.rows.iter().all(is_tree), "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 10, "nine prefectures and the country");
}

#[test]
fn dongguan_has_townships_and_no_county() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/regions/4419.csv");
    let list = read_regions(&std::fs::read(path).unwrap()).unwrap();
    assert!(list.rows.iter().all(|row| row.level != RegionLevel::County));
    let township = list.rows.iter().find(|row| row.level == RegionLevel::Township).unwrap();
    assert_eq!(township.parent.as_deref(), Some("4419"));
}

const PROVINCES: &[u8] = "code,name\n44,\"广东省\"\n62,\"甘肃省\"\n".as_bytes();
const CITIES: &[u8] = "code,name,provinceCode\n4419,\"东莞市\",44\n6205,\"天水市\",62\n".as_bytes();
const AREAS: &[u8] =
    "code,name,cityCode,provinceCode\n441900,\"东莞市\",4419,44\n620502,\"秦州区\",6205,62\n".as_bytes();
const STREETS: &[u8] =
    "code,name,areaCode,provinceCode,cityCode\n441900003,\"东城街道\",441900,44,4419\n620502001,\"大城街道\",620502,62,6205\n"
        .as_bytes();

#[test]
fn the_files_of_the_public_data_set_are_read_in_any_order() {
    let list = read_region_files([STREETS, CITIES, PROVINCES, AREAS], &|_| false).unwrap();
    let found: Vec<(&str, Option<&str>)> = list
        .rows
        .iter()
        .map(|row| (row.code.as_str(), row.parent.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            ("44", None),
            ("62", None),
            ("4419", Some("44")),
            ("6205", Some("62")),
            ("620502", Some("6205")),
            ("441900003", Some("4419")),
            ("620502001", Some("620502")),
        ]
    );
    assert_eq!((list.placeholders, list.problem_count), (1, 0));
}

#[test]
fn one_file_after_the_other_hangs_on_what_is_known() {
    let list = read_region_files([STREETS], &|code| matches!(code, "4419" | "620502")).unwrap();
    assert_eq!((list.rows.len(), list.problem_count), (2, 0));
    let alone = read_regions(STREETS).unwrap();
    assert_eq!((alone.rows.len(), alone.problem_count), (0, 2));
    assert_eq!(alone.problems[0].problem.code, "region_orphan");
}

#[test]
fn each_fault_has_its_line() {
    let text = "code,name,parent,level,valid_from\n62,甘肃省,,province,\n6205,天水市,62,prefecture,2020-01-01\n\
                6205,天水,62,prefecture,\n62050,错,6205,county,\n620502,秦州区,6205,township,\n620503,,6205,county,\n\
                620521,清水县,62052,county,\n620522,秦安县,6205,county,昨天\n629901001,某乡,629901,township,\n\
                629901001001,某村,629901001,village,\n";
    let list = read_regions(text.as_bytes()).unwrap();
    let mut found: Vec<(u64, &str)> = list
        .problems
        .iter()
        .map(|misfit| (misfit.line, misfit.problem.code.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (4, "region_doubled"),
            (5, "region_code"),
            (6, "region_level"),
            (7, "region_name"),
            (8, "region_parent"),
            (9, "region_day"),
            (10, "region_orphan"),
            (11, "region_orphan"),
        ]
    );
    assert_eq!(list.rows.len(), 2);
    assert_eq!(list.rows[1].valid_from.unwrap().to_string(), "2020-01-01");
}

#[test]
fn a_list_without_codes_is_refused() {
    assert_eq!(
        read_regions("名称\n天水市\n".as_bytes()).unwrap_err(),
        SheetError::NoColumn("code".to_owned())
    );
}

proptest! {
    #[test]
    fn no_list_makes_it_panic(text in "code,name(,parent|,level|,areaCode|,cityCode){0,2}\n([0-9]{0,13},[a中]{0,2}(,[0-9a-z]{0,9}){0,2}\n){0,12}") {
        if let Ok(list) = read_regions(text.as_bytes()) {
            prop_assert!(list.rows.iter().all(|row| row.parent.as_ref().is_none_or(|parent| parent.len() < row.code.len())));
        }
    }
}
