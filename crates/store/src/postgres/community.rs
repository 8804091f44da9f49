//! Communities.

use tokio_postgres::Row;
use yimatong_model::community::Community;
use yimatong_model::ids::CommunityId;

use super::sql::Sql;
use super::tx::{Tx, at};
use crate::codec::narrow;
use crate::community::CommunityRow;
use crate::cursor;
use crate::error::{Noun, Result, StoreError};
use crate::page::{Page, page_size};

const FIND: Sql = Sql::reference("SELECT 1 FROM community WHERE community_id = $1");
const IMPORT: Sql = Sql::reference(
    "INSERT INTO community (community_id, code, name, street, street_name, district, district_name, group_count)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (community_id) DO UPDATE
         SET code = excluded.code, name = excluded.name, street = excluded.street,
             street_name = excluded.street_name, district = excluded.district,
             district_name = excluded.district_name, group_count = excluded.group_count",
);
const LIST: Sql = Sql::reference(
    r"SELECT community_id, code, name, street, street_name, district, district_name, group_count FROM community
      WHERE community_id > $1
        AND (name ILIKE $2 ESCAPE '\' OR street_name ILIKE $2 ESCAPE '\' OR district_name ILIKE $2 ESCAPE '\')
      ORDER BY community_id LIMIT $3",
);

/// The statements of this file.
pub(super) const ALL: &[Sql] = &[FIND, IMPORT, LIST];

/// The verb `import_communities`.
pub(super) async fn import(tx: &Tx, communities: &[CommunityRow]) -> Result<usize> {
    let mut created = 0;
    for row in communities {
        let community = &row.community;
        let code = row.checked_code()?;
        created += usize::from(!exists(tx, community.id).await?);
        tx.execute(
            &IMPORT,
            &[
                &i64::from(community.id.0),
                &code,
                &community.name,
                &i64::from(community.street),
                &row.street_name,
                &i64::from(community.district),
                &row.district_name,
                &i64::from(community.groups),
            ],
        )
        .await?;
    }
    Ok(created)
}

/// Whether there is such a community.
pub(super) async fn exists(tx: &Tx, community: CommunityId) -> Result<bool> {
    Ok(tx.row(&FIND, &[&i64::from(community.0)]).await?.is_some())
}

/// Refuses a community that is not there; none named is fine.
pub(super) async fn check(tx: &Tx, community: Option<CommunityId>) -> Result<()> {
    match community {
        Some(community) if !exists(tx, community).await? => Err(StoreError::NotFound(Noun::Community)),
        _ => Ok(()),
    }
}

/// The verb `list_communities`.
pub(super) async fn list(
    tx: &Tx,
    query: &str,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<CommunityRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let rows = tx.rows(&LIST, &[&after, &cursor::containing(query), &(limit as i64 + 1)]).await?;
    let items = rows.iter().map(from_row).collect::<Result<_>>()?;
    Ok(Page::cut(items, limit, |row: &CommunityRow| row.community.id.to_string()))
}

fn from_row(row: &Row) -> Result<CommunityRow> {
    Ok(CommunityRow {
        community: Community {
            id: CommunityId(narrow(at(row, 0)?, "a community id")?),
            code: narrow(at(row, 1)?, "a community code")?,
            name: at(row, 2)?,
            street: narrow(at(row, 3)?, "a street")?,
            district: narrow(at(row, 5)?, "a district")?,
            groups: narrow(at(row, 7)?, "a number of groups")?,
        },
        street_name: at(row, 4)?,
        district_name: at(row, 6)?,
    })
}
