//! All statements against the rules for PostgreSQL and Citus and against a real server.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;
use tokio_postgres::types::Type;
use yimatong_test_database::{Database, GIVEN};

use super::connection::Target;
use super::sql::{Reach, Sql};
use super::statements::{ALL, ALL_VALUES};
use super::{bulk, clock, migrate, reachable, register_away};

/// Distributed tables: the column each is distributed by, and its primary key.
const DISTRIBUTED: &[(&str, &str, &[&str])] = &[
    ("person", "person_id", &["person_id"]),
    ("slot", "person_id", &["person_id", "slot"]),
    ("relative", "person_id", &["person_id", "relative_id"]),
    ("relative_holder", "person_id", &["person_id", "holder_id"]),
    ("test_result", "person_id", &["person_id", "sampled_ms", "result_id"]),
    ("reason", "person_id", &["person_id", "code", "since_ms"]),
    ("campaign_given", "person_id", &["person_id", "campaign"]),
    ("declaration", "person_id", &["person_id", "declaration_id"]),
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
    ("one_time_password", "phone_tag"),
    ("idempotency", "key"),
    ("staff", "staff_id"),
    ("staff_change", "change"),
    ("staff_name", "name"),
    ("room", "room_id"),
    ("operations", "operations_id"),
    ("campaign", "number"),
    ("campaign_refinement", "refinement_no"),
    ("sample_problem", "problem_id"),
    ("sampling_load", "start_ms"),
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
        let listed = matches!(name.as_str(), "statement_tests" | "reachable" | "register_away")
            || ALL.iter().any(|(file, _)| *file == name);
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
                assert!(sql.text.contains(&format!("{column} = ANY(")), "no list of {column}: {}", sql.text);
                assert!(
                    named.iter().all(|table| keys.get(table) == Some(&column)),
                    "{named:?}: {}",
                    sql.text
                );
            }
            Reach::Everywhere(_) => {
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
        let table = tables(&text)[0];
        let is_coordinators = key.is_empty() && COORDINATOR.iter().any(|(name, _)| *name == table);
        assert!(is_coordinators || fixes(&text, key) && keys.get(table) == Some(key), "{text}");
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
    // What a clock says is read by one statement, and compared with.
    let texts =
        all().filter(|sql| sql.text != clock::NOW.text).map(|sql| sql.text.to_owned()).chain(migrations);
    for text in texts.chain(ALL_VALUES.iter().copied().flatten().map(|(_, values)| values.text(1))) {
        let upper = text.to_uppercase();
        for form in FORBIDDEN {
            assert!(!upper.contains(form), "{form}: {text}");
        }
        assert!(!(upper.contains("UNNEST") && upper.contains("ON CONFLICT")), "slow on a cluster: {text}");
    }
    for sql in all().filter(|sql| sql.text.contains("FOR UPDATE")) {
        let one_row = |(_, key): &(&str, &str)| fixes(sql.text, key);
        let is_one = match sql.reach {
            Reach::Key(_) => true,
            Reach::Coordinator => {
                COORDINATOR.iter().find(|(name, _)| *name == tables(sql.text)[0]).is_some_and(one_row)
            }
            _ => false,
        };
        assert!(is_one, "locks more than one key: {}", sql.text);
    }
}

#[test]
fn what_reaches_all_shards_is_named_in_the_runbook_with_its_reason() {
    let runbook = include_str!("../../../../docs/ops.md");
    let begin = "**What reaches all shards, on purpose**";
    let named = runbook.split_once(begin).unwrap().1.split("\n\n").next().unwrap();
    let named: String = named.split_whitespace().collect::<Vec<_>>().join(" ");
    let reasons: BTreeSet<&str> = all()
        .filter_map(|sql| match sql.reach {
            Reach::Everywhere(why) => Some(why),
            _ => None,
        })
        .collect();
    for why in &reasons {
        assert!(named.contains(why), "docs/ops.md does not say: {why}");
    }
    // The copy between stores is not a statement of the adapter.
    assert_eq!(named.matches(';').count(), reasons.len(), "{named}");
}

#[tokio::test]
async fn every_statement_is_planned_by_the_server_and_reaches_what_it_says() {
    let database = Database::empty();
    let connection = Target::parse(database.url()).unwrap().connect().await.unwrap();
    let client = &connection.client;
    migrate::migrate(client).await.unwrap();
    let is_cluster = is_cluster(client).await;
    // On tables without rows the planner would read them whole; what has an index shall use it.
    client.batch_execute("SET enable_seqscan = off").await.unwrap();
    // `TAKE_LAST` of sequence.rs is two statements on a cluster.
    for sql in all().filter(|sql| !is_cluster || !sql.text.contains("set_config(")) {
        let plan = explain(client, sql.text).await;
        if is_cluster {
            let tasks = tasks(&plan);
            let is_right = match sql.reach {
                Reach::Key(_) | Reach::Reference => tasks == [1],
                // Some value for a list is a list of two.
                Reach::Keys(_) => tasks.len() == 1 && tasks[0] <= 2,
                Reach::Coordinator if sql.text.contains("sequence") => tasks == [1] || tasks.is_empty(),
                Reach::Coordinator => tasks.is_empty(),
                Reach::Everywhere(_) => tasks.contains(&i64::from(yimatong_test_database::SHARDS)),
            };
            assert!(is_right, "{:?}, but {tasks:?} tasks: {}\n{plan}", sql.reach, sql.text);
        }
        if matches!(sql.reach, Reach::Key(_) | Reach::Keys(_)) {
            assert!(!plan.contains("Seq Scan"), "reads a table whole: {}\n{plan}", sql.text);
        }
    }
    for (key, values) in ALL_VALUES.iter().copied().flatten() {
        let plan = explain(client, &values.text(3)).await;
        let shards = if key.is_empty() { vec![] } else { vec![1] };
        assert!(!is_cluster || tasks(&plan) == shards, "rows of one key: {plan}");
    }
    if is_cluster {
        for sql in reachable::ALL_ON_CLUSTERS.iter().chain(register_away::ALL_ON_CLUSTERS) {
            assert_eq!(tasks(&explain(client, sql.text).await), [0; 0]);
        }
    }
}

/// A coordinator that ends between its own commit and a worker's must not give the same number out again.
#[tokio::test]
async fn a_number_and_the_person_who_gets_it_are_committed_together_also_on_a_cluster() {
    let database = Database::empty();
    let connection = Target::parse(database.url()).unwrap().connect().await.unwrap();
    let client = &connection.client;
    migrate::migrate(client).await.unwrap();
    if !is_cluster(client).await {
        eprintln!(
            "one database commits in one phase: nothing to be seen here (set {GIVEN} to a coordinator)"
        );
        return;
    }
    let number = "UPDATE sequence SET next = next + 1 WHERE name = 'change'";
    let person = "UPDATE person SET seq = 1 WHERE person_id = 1";
    for both in [[number, person], [person, number]] {
        // The cluster may tidy up in between, now and then; what commits in one phase never leaves a row.
        let mut was_seen = false;
        for _ in 0..3 {
            let before = own_transactions(client).await;
            client.batch_execute(&format!("BEGIN; {}; {}; COMMIT", both[0], both[1])).await.unwrap();
            was_seen |= !own_transactions(client).await.is_subset(&before);
        }
        assert!(was_seen, "one phase only: {both:?}");
    }
}

/// Transactions in two phases of this session that the cluster has not tidied up; others' are theirs.
async fn own_transactions(client: &Client) -> BTreeSet<String> {
    let own = "SELECT gid FROM pg_dist_transaction WHERE split_part(gid, '_', 3) = pg_backend_pid()::text";
    client.query(own, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// On one database a table stands for the cluster's own, so that the statement is run in any case.
#[tokio::test]
async fn changes_of_transactions_that_a_cluster_has_not_tidied_up_are_in_doubt_however_many_came_after() {
    let database = Database::empty();
    let connection = Target::parse(database.url()).unwrap().connect().await.unwrap();
    let client = &connection.client;
    migrate::migrate(client).await.unwrap();
    let mut two_phases = "UPDATE sequence SET next = next + 1 WHERE name = 'change';
        UPDATE person SET seq = 1 WHERE person_id = 1"
        .to_owned();
    if !is_cluster(client).await {
        client.batch_execute("CREATE TABLE pg_dist_transaction (groupid INT, gid TEXT)").await.unwrap();
        two_phases.push_str("; INSERT INTO pg_dist_transaction VALUES (1, 'citus_0_1_1_0')");
    }
    let change = |seqs: &str| {
        format!(
            "INSERT INTO change (seq, person_id, at_ms) SELECT seq, 1, 0 FROM generate_series({seqs}) AS seq"
        )
    };
    client.batch_execute(&change("1, 9")).await.unwrap();
    client.batch_execute(&format!("BEGIN; {}; {two_phases}; COMMIT", change("10, 11"))).await.unwrap();
    client.batch_execute(&change("12, 20012")).await.unwrap();
    let in_doubt = client.query(reachable::IN_DOUBT.text, &[]).await.unwrap();
    let numbers: Vec<i64> = in_doubt.iter().map(|row| row.get(0)).collect();
    assert_eq!(numbers, [10, 11]);
}

async fn is_cluster(client: &Client) -> bool {
    let cluster = "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')";
    client.query_one(cluster, &[]).await.unwrap().get(0)
}

/// How many shards each part of a plan reaches; a statement that the cluster cuts into several has as many parts.
fn tasks(plan: &str) -> Vec<i64> {
    let counts = plan.lines().filter_map(|line| line.trim().strip_prefix("Task Count: "));
    counts.map(|count| count.parse().unwrap()).collect()
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
