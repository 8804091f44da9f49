//! The list of tables against what the migrations make.

use std::collections::BTreeMap;

use rusqlite::Connection;
use yimatong_test_database::Database;

use super::table::{Column, Kind, Table, Way};
use super::tables::TABLES;
use super::value::postgres_type;
use crate::postgres::connection::Target;
use crate::{postgres, sqlite};

/// Columns with their types and primary keys, by table.
type Described = BTreeMap<String, (Vec<(String, String)>, Vec<String>)>;

fn listed(name: impl Fn(&Table) -> Option<String>, kind: fn(Kind) -> String) -> Described {
    let mut described = Described::new();
    for table in TABLES {
        let Some(name) = name(table) else { continue };
        let column = |(name, of): &Column| (name.to_string(), kind(*of));
        let mut columns: Vec<_> = table.columns.iter().map(column).collect();
        columns.sort();
        let key = table.key_columns().iter().map(|(name, _)| name.to_string()).collect();
        described.insert(name, (columns, key));
    }
    described
}

#[tokio::test]
async fn every_table_and_column_of_postgresql_is_copied_in_the_order_of_its_key() {
    let database = Database::empty();
    let connection = Target::parse(database.url()).unwrap().connect().await.unwrap();
    postgres::migrate::migrate(&connection.client).await.unwrap();
    let columns =
        "SELECT table_name::text, column_name::text, replace(data_type, 'double precision', 'float8')
         FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name <> 'schema_version' ORDER BY 1, 2";
    let mut found = Described::new();
    for row in connection.client.query(columns, &[]).await.unwrap() {
        let kind = row.get::<_, &str>(2).replace("bigint", "int8").replace("integer", "int4");
        let kind = kind.replace("boolean", "bool");
        found.entry(row.get(0)).or_default().0.push((row.get(1), kind));
    }
    let keys = "SELECT table_name::text, column_name::text FROM information_schema.key_column_usage
         WHERE table_schema = current_schema() AND table_name <> 'schema_version' ORDER BY 1, ordinal_position";
    for row in connection.client.query(keys, &[]).await.unwrap() {
        found.get_mut(row.get::<_, &str>(0)).unwrap().1.push(row.get(1));
    }
    let listed = listed(|table| Some(table.name.to_owned()), |kind| postgres_type(kind).name().to_owned());
    assert_eq!(found, listed);
}

#[test]
fn every_table_and_column_of_sqlite_is_copied_in_the_order_of_its_key() {
    let mut connection = Connection::open_in_memory().unwrap();
    sqlite::migrate::migrate(&mut connection).unwrap();
    let columns = "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name <> 'schema_version' ORDER BY m.name, c.name";
    let mut found = Described::new();
    let mut keys: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    let mut statement = connection.prepare(columns).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (table, column, place): (String, String, i64) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(3).unwrap());
        if place > 0 {
            keys.entry(table.clone()).or_default().insert(place, column.clone());
        }
        found.entry(table).or_default().0.push((column, row.get(2).unwrap()));
    }
    for (table, key) in keys {
        found.get_mut(&table).unwrap().1 = key.into_values().collect();
    }
    // The tables of days are made with the first check-in; copying them is tested with rows.
    let name = |table: &Table| (table.way != Way::ByDay).then(|| table.name.to_owned());
    let kind = |kind| match kind {
        Kind::Integer | Kind::Small | Kind::Boolean => "INTEGER".to_owned(),
        Kind::Real => "REAL".to_owned(),
        Kind::Bytes => "BLOB".to_owned(),
        Kind::Text => "TEXT".to_owned(),
    };
    assert_eq!(found, listed(name, kind));
}
