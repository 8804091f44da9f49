//! All statements against the rules for PostgreSQL and Citus (DESIGN, section 5), and against a real server.

use std::collections::BTreeMap;

use tokio_postgres::Client;
use tokio_postgres::types::Type;
use yimatong_test_database::Database;

use super::connection::Target;
use super::sql::{Reach, Sql};
use super::statements::{ALL, ALL_VALUES};
use super::{bulk, migrate};

/// Distributed tables: the column each is distributed by, and its primary key.
const DISTRIBUTED: &[(&str, &str, &[&str])] = &[
    ("person", "person_id", &["person_id"]),
    ("slot", "person_id", &["person_id", "slot"]),
    ("relative", "person_id", &["person_id", "relative_id"]),
    ("relative_holder", "person_id", &["person_id", "holder_id"]),
    ("test_result", "person_id", &["person_id", "sampled_ms", "result_id"]),
    ("reason", "person_id", &["person_id", "code", "since_ms"]),
    ("person_check_in", "person_id", &["person_id", "day", "at_ms", "check_in_id"]),
    ("venue_check_in", "venue_id", &["venue_id", "day", "check_in_id"]),
    ("sample", "person_id", &["person_id", "sampled_ms", "sample_id"]),
    ("resample_task", "person_id", &["person_id", "task_id"]),
    ("case_file", "person_id", &["person_id", "case_id"]),
    ("tube", "barcode", &["barcode"]),
    ("tube_sample", "barcode", &["barcode", "sample_id"]),
    ("tube_result", "barcode", &["barcode", "version"]),
    ("tube_box", "box", &["box"]),
    ("box_tube", "box", &["box", "barcode"]),
    ("phone_claim", "phone_tag", &["phone_tag"]),
    ("one_time_password", "phone_tag", &["phone_tag"]),
    ("idempotency", "key", &["key"]),
    ("staff", "staff_id", &["staff_id"]),
    ("staff_name", "name", &["name"]),
];
/// Reference tables and their primary keys.
const REFERENCE: &[(&str, &str)] = &[
    ("venue", "venue_id"),
    ("community", "community_id"),
    ("institution", "name"),
    ("sampling_point", "point_id"),
];
/// Tables of the coordinator and their primary keys.
const COORDINATOR: &[(&str, &str)] = &[
    ("sequence", "name"),
    ("store_fact", "name"),
    ("change", "seq"),
    ("audit", "audit_id"),
    ("lease", "name"),
    ("room", "room_id"),
    ("operations", "operations_id"),
    ("sample_problem", "problem_id"),
    ("pg_inherits", ""),
    ("pg_class", ""),
];
/// What a cluster can't do, or does differently on each machine.
const FORBIDDEN: &[&str] = &[
    "MERGE INTO",
    "TRIGGER",
    "NOTIFY",
    "LISTEN",
    "NOW()",
    "CURRENT_TIMESTAMP",
    "CLOCK_TIMESTAMP",
    "RANDOM()",
    "NEXTVAL",
    "SERIAL",
    "ADVISORY",
    "LOCK TABLE",
    "PREPARE TRANSACTION",
    "GEN_RANDOM_UUID",
    "SERIALIZABLE",
    "REFERENCES ",
];

fn all() -> impl Iterator<Item = &'static Sql> {
    ALL.iter().flat_map(|(_, statements)| statements.iter())
}

fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| letter.is_whitespace() || "(),".contains(letter))
        .filter(|word| !word.is_empty())
        .collect()
}

/// Tables that a statement names.
fn tables(text: &str) -> Vec<&str> {
    let words = words(text);
    let named = |pair: &[&str; 2]| match pair[0] {
        "FROM" | "JOIN" | "INTO" => true,
        "UPDATE" => pair[1] != "SET",
        _ => false,
    };
    let pairs = words.windows(2).map(|pair| [pair[0], pair[1]]).filter(named);
    pairs.map(|pair| pair[1]).filter(|name| !matches!(*name, "SELECT" | "unnest")).collect()
}

/// Whether the statement fixes a column to one value.
fn fixes(text: &str, column: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is = ["$", "0", "1"].iter().any(|value| {
        let condition = format!("{column} = {value}");
        ["WHERE ", "AND ", "s."].iter().any(|before| text.contains(&format!("{before}{condition}")))
    });
    is || text.starts_with("INSERT INTO") && words(&text).get(3) == Some(&column)
}

#[test]
fn every_statement_of_the_sources_is_in_the_table() {
    for (file, statements) in ALL {
        let path = format!("{}/src/postgres/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(path).unwrap();
        let made = source.matches(": Sql =").count();
        assert_eq!(made, statements.len(), "constants of {file}.rs that its ALL leaves out");
    }
    assert!(all().count() > 80, "{}", all().count());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/postgres");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        let listed = name == "statement_tests" || ALL.iter().any(|(file, _)| *file == name);
        assert!(listed || !source.contains(": Sql ="), "{name}.rs has statements and is not in the table");
    }
}

#[test]
fn statements_on_distributed_tables_carry_the_key_of_all_their_tables() {
    let keys: BTreeMap<&str, &str> = DISTRIBUTED.iter().map(|(table, key, _)| (*table, *key)).collect();
    for sql in all() {
        let named = tables(sql.text);
        assert!(!named.is_empty(), "{}", sql.text);
        match sql.reach {
            Reach::Key(column) => {
                assert!(fixes(sql.text, column), "no {column} = …: {}", sql.text);
                assert!(
                    named.iter().all(|table| keys.get(table) == Some(&column)),
                    "{named:?}: {}",
                    sql.text
                );
            }
            Reach::Keys(column) => {
                let by = [format!("{column} = ANY("), format!("{column} > $1 AND {column} <= $2")];
                assert!(by.iter().any(|by| sql.text.contains(by)), "no list of {column}: {}", sql.text);
                assert!(
                    named.iter().all(|table| keys.get(table) == Some(&column)),
                    "{named:?}: {}",
                    sql.text
                );
            }
            Reach::Everywhere(why) => {
                assert!(why.len() > 20, "a reason is needed: {}", sql.text);
                assert!(named.iter().any(|table| keys.contains_key(table)), "{named:?}: {}", sql.text);
            }
            Reach::Reference => {
                assert!(
                    named.iter().all(|t| REFERENCE.iter().any(|(r, _)| r == t)),
                    "{named:?}: {}",
                    sql.text
                );
            }
            Reach::Coordinator => {
                assert!(
                    named.iter().all(|t| COORDINATOR.iter().any(|(c, _)| c == t)),
                    "{named:?}: {}",
                    sql.text
                );
            }
        }
    }
    for (key, text) in ALL_VALUES.iter().copied().flatten().map(|(key, values)| (key, values.text(2))) {
        assert!(fixes(&text, key) && keys.get(tables(&text)[0]) == Some(key), "{text}");
    }
    for (key, text) in bulk::ALL_COPIES {
        let words = words(text);
        assert!(keys.get(words[1]) == Some(key) && words[2] == *key, "{text}");
    }
}

#[test]
fn what_may_give_several_rows_gives_them_in_an_order() {
    for sql in all().filter(|sql| sql.text.starts_with("SELECT")) {
        let is_one = ["count(", "max(", "min(", "coalesce("].iter().any(|one| sql.text[7..].starts_with(one));
        let table = tables(sql.text)[0];
        let distributed =
            DISTRIBUTED.iter().find(|(name, ..)| *name == table).map(|(_, _, key)| key.to_vec());
        let others = REFERENCE.iter().chain(COORDINATOR).find(|(name, _)| *name == table);
        let key = distributed.or(others.map(|(_, key)| vec![*key])).unwrap_or_else(|| panic!("{}", sql.text));
        // A result has a key by person and id as well, which the verb keeps unique.
        let by_result_id = fixes(sql.text, "person_id") && fixes(sql.text, "result_id");
        let is_one = is_one || key.iter().all(|column| fixes(sql.text, column)) || by_result_id;
        assert!(is_one || sql.text.contains("ORDER BY"), "in no order: {}", sql.text);
    }
}

#[test]
fn no_statement_and_no_migration_has_a_form_that_a_cluster_lacks() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let migrations = std::fs::read_dir(folder).unwrap().map(|file| {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        text.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n")
    });
    let texts = all().map(|sql| sql.text.to_owned()).chain(migrations);
    for text in texts.chain(ALL_VALUES.iter().copied().flatten().map(|(_, values)| values.text(1))) {
        let upper = text.to_uppercase();
        for form in FORBIDDEN {
            assert!(!upper.contains(form), "{form}: {text}");
        }
        assert!(!(upper.contains("UNNEST") && upper.contains("ON CONFLICT")), "slow on a cluster: {text}");
    }
    for sql in all().filter(|sql| sql.text.contains("FOR UPDATE")) {
        assert!(matches!(sql.reach, Reach::Key(_)), "locks more than one key: {}", sql.text);
    }
}

#[tokio::test]
async fn every_statement_is_planned_by_the_server_and_reaches_what_it_says() {
    let database = Database::empty();
    let connection = Target::parse(database.url()).unwrap().connect().await.unwrap();
    let client = &connection.client;
    migrate::migrate(client).await.unwrap();
    let cluster = "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')";
    let is_cluster: bool = client.query_one(cluster, &[]).await.unwrap().get(0);
    // On tables without rows the planner would read them whole; what has an index shall use it.
    client.batch_execute("SET enable_seqscan = off").await.unwrap();
    for sql in all() {
        let plan = explain(client, sql.text).await;
        if is_cluster && matches!(sql.reach, Reach::Key(_)) {
            assert!(plan.contains("Task Count: 1"), "{}\n{plan}", sql.text);
        }
        if matches!(sql.reach, Reach::Key(_) | Reach::Keys(_)) {
            assert!(!plan.contains("Seq Scan"), "reads a table whole: {}\n{plan}", sql.text);
        }
    }
    for (_, values) in ALL_VALUES.iter().copied().flatten() {
        explain(client, &values.text(3)).await;
    }
}

/// The plan of a statement with some value for each parameter.
async fn explain(client: &Client, text: &str) -> String {
    let statement = client.prepare(text).await.unwrap_or_else(|error| panic!("{error:?}: {text}"));
    let values: Vec<&str> = statement.params().iter().map(some_value).collect();
    let execute = if values.is_empty() { "s".to_owned() } else { format!("s({})", values.join(", ")) };
    client.batch_execute(&format!("PREPARE s AS {text}")).await.unwrap();
    let lines = client.query(&format!("EXPLAIN (COSTS off) EXECUTE {execute}"), &[]).await.unwrap();
    client.batch_execute("DEALLOCATE s").await.unwrap();
    lines.iter().map(|line| line.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}

fn some_value(kind: &Type) -> &'static str {
    match *kind {
        Type::INT8 | Type::INT4 => "1",
        Type::FLOAT8 => "1.0",
        Type::BOOL => "true",
        Type::TEXT => "'1'",
        Type::BYTEA => r"'\x31'",
        Type::INT8_ARRAY => "ARRAY[1, 2]::bigint[]",
        Type::TEXT_ARRAY => "ARRAY['1']",
        Type::BYTEA_ARRAY => r"ARRAY['\x31'::bytea]",
        _ => panic!("a parameter of type {kind}"),
    }
}
