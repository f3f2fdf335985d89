//! What the planner of SQLite is told of tables: how many of their rows share the first columns of an index.
//!
//! PostgreSQL looks after its statistics by itself. SQLite has none until somebody measures, and then plans by what it
//! guesses: a column of six words, as a state is, counts as much to it as a key. What is told here is the same in every
//! installation from the first row on, so that a question takes the same way in a test, in a village and in a city.

use crate::connection::Connection;
use crate::dialect::Engine;
use crate::error::Result;

/// An index of a table, as it lies where there are many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The table.
    pub table: &'static str,
    /// The index; none for the one of the primary key.
    pub index: Option<&'static str>,
    /// Rows altogether, then those that have the first column in common, the first two, and so on.
    pub rows: &'static [u32],
}

impl Shape {
    /// What SQLite calls the index.
    pub fn index_name(&self) -> String {
        match self.index {
            Some(index) => index.to_owned(),
            None => format!("sqlite_autoindex_{}_1", self.table),
        }
    }

    /// Table, index and figures, as SQLite keeps them.
    fn line(&self) -> [String; 3] {
        let rows: Vec<String> = self.rows.iter().map(u32::to_string).collect();
        [self.table.to_owned(), self.index_name(), rows.join(" ")]
    }
}

impl Connection {
    /// Makes these shapes, and no others, what the planner goes by. Connections opened from now on know them; without
    /// effect on PostgreSQL.
    ///
    /// # Errors
    /// See [`crate::DbErrorKind`].
    pub fn tell_shapes(&mut self, shapes: &[Shape]) -> Result<()> {
        if self.engine() == Engine::Postgres {
            return Ok(());
        }
        let mut wanted: Vec<[String; 3]> = shapes.iter().map(Shape::line).collect();
        wanted.sort();
        if self.told_shapes()? == wanted {
            return Ok(());
        }
        // Makes the table where there is none, and reads it again at the end.
        const READ: &str = "analyze sqlite_schema";
        self.batch(READ)?;
        self.transaction(|connection| -> Result<()> {
            connection.batch("delete from sqlite_stat1")?;
            for line in &wanted {
                let values = line.clone().map(crate::Value::from);
                connection.execute("insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)", &values)?;
            }
            Ok(())
        })?;
        self.batch(READ)
    }

    fn told_shapes(&mut self) -> Result<Vec<[String; 3]>> {
        let kept = "select count(*) as n from sqlite_schema where name = 'sqlite_stat1'";
        if self.query_one(kept, &[])?.int("n")? == 0 {
            return Ok(Vec::new());
        }
        let rows = self.query(
            "select tbl, idx, stat from sqlite_stat1 where idx is not null order by tbl, idx",
            &[],
        )?;
        rows.iter()
            .map(|row| {
                Ok([
                    row.text("tbl")?.to_owned(),
                    row.text("idx")?.to_owned(),
                    row.text("stat")?.to_owned(),
                ])
            })
            .collect()
    }
}
