//! The migrations, in order: one list for every adapter, so that a version means the same in each.

/// A migration.
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// All migrations of an adapter, from its folder; the number of a migration is its place, counted from 1.
macro_rules! migrations {
    ($folder:literal) => {
        migrations!($folder:
            "0001_people",
            "0002_relatives",
            "0003_results",
            "0004_communities",
            "0005_venues",
            "0006_staff",
            "0007_one_time_passwords",
            "0008_audit",
            "0009_changes",
            "0010_idempotency_by_time",
            "0011_room",
            "0012_operations",
            "0013_lease",
            "0014_staff_change",
            "0015_campaigns",
            "0016_sampling",
            "0017_sampling_loads",
            "0018_declaration_changes",
            "0019_former_outcomes",
        )
    };
    ($folder:literal: $($name:literal,)*) => {
        &[$($crate::migrations::Migration {
            name: $name,
            sql: include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")),
        }),*]
    };
}

pub(crate) use migrations;
