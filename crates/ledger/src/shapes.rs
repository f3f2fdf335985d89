//! How the tables of plans lie in a county of half a million with forty thousand enrolled, in round figures.

use lianfang_db::Shape;

const fn shape(table: &'static str, index: &'static str, rows: &'static [u32]) -> Shape {
    Shape {
        table,
        index: Some(index),
        rows,
    }
}

const fn key(table: &'static str, rows: &'static [u32]) -> Shape {
    Shape {
        table,
        index: None,
        rows,
    }
}

/// A protocol and a state are few words, shared by very many rows; a subject, an owner and a moment are shared by few. Of
/// other tables nothing is told: their questions take the right way without.
pub(crate) const SHAPES: &[Shape] = &[
    key("task", &[2_000_000, 50, 1]),
    shape("task", "task_id", &[2_000_000, 1]),
    shape("task", "task_owner", &[2_000_000, 150, 50, 15]),
    shape("task", "task_path", &[2_000_000, 500_000, 1_500, 40]),
    shape("task", "task_protocol", &[2_000_000, 400_000, 150_000, 15_000]),
    shape("task", "task_due", &[2_000_000, 400_000, 400_000, 20_000, 40, 30]),
    key("enrolment", &[100_000, 2, 1]),
    shape("enrolment", "enrolment_list", &[100_000, 15_000, 12_000, 30]),
    key("wake", &[50_000, 1]),
    shape("wake", "wake_at", &[50_000, 1_000]),
];

#[cfg(test)]
mod tests {
    use super::SHAPES;
    use crate::MIGRATIONS;
    use lianfang_db::Database;
    use std::collections::{BTreeMap, BTreeSet};

    /// Of a table of which one index was left out the planner would still guess.
    #[test]
    fn every_index_of_a_table_has_its_shape() {
        let database = Database::open("sqlite::memory:").unwrap();
        database.migrate(MIGRATIONS).unwrap();
        let tables: BTreeSet<&str> = SHAPES.iter().map(|shape| shape.table).collect();
        let mut reader = database.reader().unwrap();
        let mut columns = BTreeMap::new();
        for table in tables {
            let sql = "select l.name, count(*) + 1 as n from pragma_index_list($1) l join pragma_index_info(l.name) i group by l.name";
            for row in reader.query(sql, &[table.into()]).unwrap() {
                columns.insert(row.text("name").unwrap().to_owned(), row.int("n").unwrap());
            }
        }
        let told = SHAPES
            .iter()
            .map(|shape| (shape.index_name(), i64::try_from(shape.rows.len()).unwrap()));
        assert_eq!(told.collect::<BTreeMap<_, _>>(), columns);
    }

    #[test]
    fn more_columns_in_common_are_fewer_rows() {
        for shape in SHAPES {
            assert!(shape.rows.is_sorted_by(|more, fewer| more >= fewer), "{shape:?}");
        }
    }
}
