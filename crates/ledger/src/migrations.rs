//! The schemas of both stores, migration by migration.

use lianfang_db::Migration;

/// Schema of the data store.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "ledger",
        sql: include_str!("../migrations/0001_ledger.sql"),
    },
    Migration {
        number: 2,
        name: "postings",
        sql: include_str!("../migrations/0002_postings.sql"),
    },
    Migration {
        number: 3,
        name: "checks",
        sql: include_str!("../migrations/0003_checks.sql"),
    },
    Migration {
        number: 4,
        name: "attachments",
        sql: include_str!("../migrations/0004_attachments.sql"),
    },
    Migration {
        number: 5,
        name: "policy_changes",
        sql: include_str!("../migrations/0005_policy_changes.sql"),
    },
    Migration {
        number: 6,
        name: "messages",
        sql: include_str!("../migrations/0006_messages.sql"),
    },
    Migration {
        number: 7,
        name: "login_person",
        sql: include_str!("../migrations/0007_login_person.sql"),
    },
    Migration {
        number: 8,
        name: "embargo",
        sql: include_str!("../migrations/0008_embargo.sql"),
    },
    Migration {
        number: 9,
        name: "invitation",
        sql: include_str!("../migrations/0009_invitation.sql"),
    },
    Migration {
        number: 10,
        name: "kept",
        sql: include_str!("../migrations/0010_kept.sql"),
    },
    Migration {
        number: 11,
        name: "urgent",
        sql: include_str!("../migrations/0011_urgent.sql"),
    },
    Migration {
        number: 12,
        name: "gap_list",
        sql: include_str!("../migrations/0012_gap_list.sql"),
    },
    Migration {
        number: 13,
        name: "typed_index",
        sql: include_str!("../migrations/0013_typed_index.sql"),
    },
    Migration {
        number: 14,
        name: "replaces",
        sql: include_str!("../migrations/0014_replaces.sql"),
    },
    Migration {
        number: 15,
        name: "late_entries",
        sql: include_str!("../migrations/0015_late_entries.sql"),
    },
    Migration {
        number: 16,
        name: "figure_days",
        sql: include_str!("../migrations/0016_figure_days.sql"),
    },
    Migration {
        number: 17,
        name: "openings",
        sql: include_str!("../migrations/0017_openings.sql"),
    },
    Migration {
        number: 18,
        name: "figure_sums",
        sql: include_str!("../migrations/0018_figure_sums.sql"),
    },
    Migration {
        number: 19,
        name: "list_walk",
        sql: include_str!("../migrations/0019_list_walk.sql"),
    },
    Migration {
        number: 20,
        name: "ties",
        sql: include_str!("../migrations/0020_ties.sql"),
    },
    Migration {
        number: 21,
        name: "merged",
        sql: include_str!("../migrations/0021_merged.sql"),
    },
];
/// Schema of the key store.
pub const KEY_MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "keys",
    sql: include_str!("../migrations/keys_0001.sql"),
}];
