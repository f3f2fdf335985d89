//! One store over SQLite and PostgreSQL: connections, migrations, dialect.
