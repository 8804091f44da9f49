//! A value of a row, the same whichever database it was read from, and the digest of a row.

use std::error::Error;

use bytes::BytesMut;
use ring::digest::{Context, SHA256};
use rusqlite::types::{ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::table::Kind;

/// A value. The order within a type is that of both databases: numbers by size, bytes and texts by their bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Value {
    Null,
    Integer(i64),
    /// The bits of the number.
    Real(u64),
    Bytes(Vec<u8>),
    Text(String),
}

/// The values of a row, in the order of the table's columns.
pub(super) type Row = Vec<Value>;

impl Value {
    /// A value of SQLite; the error says what is wrong with it.
    pub(super) fn of_sqlite(value: ValueRef<'_>, kind: Kind) -> Result<Self, &'static str> {
        Ok(match (value, kind) {
            (ValueRef::Null, _) => Self::Null,
            (ValueRef::Integer(number), Kind::Integer) => Self::Integer(number),
            (ValueRef::Integer(number), Kind::Small) if i32::try_from(number).is_ok() => {
                Self::Integer(number)
            }
            (ValueRef::Integer(number @ 0..=1), Kind::Boolean) => Self::Integer(number),
            (ValueRef::Real(number), Kind::Real) => Self::Real(number.to_bits()),
            (ValueRef::Blob(bytes), Kind::Bytes) => Self::Bytes(bytes.to_vec()),
            (ValueRef::Text(bytes), Kind::Text) => {
                let text = std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")?;
                if text.contains('\0') {
                    return Err("has a zero byte in it, which PostgreSQL does not take");
                }
                Self::Text(text.to_owned())
            }
            _ => return Err("has an unexpected type or size"),
        })
    }

    /// A value of PostgreSQL.
    pub(super) fn of_postgres(
        row: &tokio_postgres::Row,
        at: usize,
        kind: Kind,
    ) -> Result<Self, tokio_postgres::Error> {
        let value = match kind {
            Kind::Integer => row.try_get::<_, Option<i64>>(at)?.map(Self::Integer),
            Kind::Small => row.try_get::<_, Option<i32>>(at)?.map(|number| Self::Integer(number.into())),
            Kind::Boolean => row.try_get::<_, Option<bool>>(at)?.map(|truth| Self::Integer(truth.into())),
            Kind::Real => row.try_get::<_, Option<f64>>(at)?.map(|number| Self::Real(number.to_bits())),
            Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Self::Bytes),
            Kind::Text => row.try_get::<_, Option<String>>(at)?.map(Self::Text),
        };
        Ok(value.unwrap_or(Self::Null))
    }

    /// One form per value: a letter, then eight bytes, or the length and the bytes.
    fn add_to(&self, digest: &mut Context) {
        match self {
            Self::Null => digest.update(b"n"),
            Self::Integer(number) => {
                digest.update(b"i");
                digest.update(&number.to_be_bytes());
            }
            Self::Real(bits) => {
                digest.update(b"r");
                digest.update(&bits.to_be_bytes());
            }
            Self::Bytes(bytes) => add_bytes(digest, b"b", bytes),
            Self::Text(text) => add_bytes(digest, b"t", text.as_bytes()),
        }
    }
}

fn add_bytes(digest: &mut Context, letter: &[u8], bytes: &[u8]) {
    digest.update(letter);
    digest.update(&(bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

/// SHA-256 of a row.
pub(super) fn digest(row: &[Value]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for value in row {
        value.add_to(&mut context);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// For people: bytes in hexadecimal.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Real(bits) => write!(f, "{}", f64::from_bits(*bits)),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(bits) => ValueRef::Real(f64::from_bits(*bits)),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Integer(number) if *kind == Type::BOOL => (*number != 0).to_sql(kind, out),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Real(bits) => f64::from_bits(*bits).to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::BOOL | Type::FLOAT8 | Type::BYTEA | Type::TEXT)
    }

    to_sql_checked!();
}

/// The type of a column in PostgreSQL.
pub(super) fn postgres_type(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8,
        Kind::Small => Type::INT4,
        Kind::Boolean => Type::BOOL,
        Kind::Real => Type::FLOAT8,
        Kind::Bytes => Type::BYTEA,
        Kind::Text => Type::TEXT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_in_a_border_a_type_or_a_null_have_different_digests() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = [
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![Value::Bytes(b"ab".to_vec()), text("c")],
            vec![text("abc")],
            vec![text("ab"), text("c"), Value::Null],
            vec![Value::Integer(0)],
            vec![Value::Real(0)],
        ];
        let digests: std::collections::BTreeSet<_> = rows.iter().map(|row| digest(row)).collect();
        assert_eq!(digests.len(), rows.len());
    }
}
