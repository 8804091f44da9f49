//! Communities.

use std::path::Path;

use rusqlite::{Row, params};
use yimatong_model::community::Community;
use yimatong_model::ids::CommunityId;

use super::connection;
use super::tx::{Tx, View};
use crate::codec::narrow;
use crate::community::CommunityRow;
use crate::cursor;
use crate::error::{Noun, Result, StoreError};
use crate::page::{Page, page_size};

/// The verb `import_communities`.
pub(super) fn import(tx: &Tx<'_>, communities: &[CommunityRow]) -> Result<usize> {
    let mut created = 0;
    for row in communities {
        let community = &row.community;
        let code = row.checked_code()?;
        created += usize::from(!exists(tx, community.id)?);
        tx.sql
            .prepare_cached(
                "INSERT OR REPLACE INTO community (community_id, code, name, street, street_name, district,
                                                   district_name, group_count)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                community.id.0,
                code,
                community.name,
                community.street,
                row.street_name,
                community.district,
                row.district_name,
                community.groups
            ])?;
    }
    Ok(created)
}

/// Whether there is such a community.
fn exists(view: &View<'_>, community: CommunityId) -> Result<bool> {
    Ok(view.sql.prepare_cached("SELECT 1 FROM community WHERE community_id = ?1")?.exists([community.0])?)
}

/// Refuses a community that is not there; none named is fine.
pub(super) fn check(view: &View<'_>, community: Option<CommunityId>) -> Result<()> {
    match community {
        Some(community) if !exists(view, community)? => Err(StoreError::NotFound(Noun::Community)),
        _ => Ok(()),
    }
}

/// The verb `list_communities`.
pub(super) fn list(
    view: &View<'_>,
    query: &str,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Page<CommunityRow>> {
    let after = cursor::parse::<1>(cursor)?.map_or(-1, |[id]| id);
    let limit = page_size(limit);
    let mut statement = view.sql.prepare_cached(
        r"SELECT community_id, code, name, street, street_name, district, district_name, group_count FROM community
          WHERE community_id > ?1
            AND (name LIKE ?2 ESCAPE '\' OR street_name LIKE ?2 ESCAPE '\' OR district_name LIKE ?2 ESCAPE '\')
          ORDER BY community_id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![after, cursor::containing(query), limit as i64 + 1])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(from_row(row)?);
    }
    Ok(Page::cut(items, limit, |row| row.community.id.to_string()))
}

/// Every community of a database file, whoever else has it open. Nothing is written or migrated.
pub(super) fn of_file(path: &Path) -> Result<Vec<CommunityRow>> {
    let sql = connection::reading(path)?;
    let mut statement = sql.prepare(
        "SELECT community_id, code, name, street, street_name, district, district_name, group_count FROM community
          ORDER BY community_id",
    )?;
    let mut rows = statement.query([])?;
    let mut communities = Vec::new();
    while let Some(row) = rows.next()? {
        communities.push(from_row(row)?);
    }
    Ok(communities)
}

fn from_row(row: &Row<'_>) -> Result<CommunityRow> {
    Ok(CommunityRow {
        community: Community {
            id: CommunityId(row.get(0)?),
            code: narrow(row.get(1)?, "a community code")?,
            name: row.get(2)?,
            street: row.get(3)?,
            district: row.get(5)?,
            groups: row.get(7)?,
        },
        street_name: row.get(4)?,
        district_name: row.get(6)?,
    })
}
