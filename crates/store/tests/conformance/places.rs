//! Venues and communities.

use jiff::civil::date;
use yimatong_model::community::Community;
use yimatong_model::ids::{CommunityId, PersonId, VenueId};
use yimatong_store::{CommunityRow, DeclarationQuery, NewVenue, Problem, Store, StoreError};

use crate::fixtures::*;

fn new_venue(id: Option<u32>, name: &str) -> NewVenue {
    NewVenue {
        id: id.map(VenueId),
        name: name.to_owned(),
        venue_type: "market".to_owned(),
        district_code: 610_104,
        at: minute(0),
    }
}

/// A community of one street.
pub(crate) fn community(id: u32, name: &str) -> CommunityRow {
    let community = Community {
        id: CommunityId(id),
        code: 610_104_001_000 + u64::from(id),
        name: name.to_owned(),
        street: 610_104_001,
        district: 610_104,
        groups: 4,
    };
    CommunityRow {
        community, street_name: "青年路街道".to_owned(), district_name: "莲湖区".to_owned()
    }
}

pub(crate) async fn venues_are_created_imported_and_found(store: &dyn Store) {
    let batch = vec![new_venue(Some(5), "东市场"), new_venue(Some(9), "西市场 50%")];
    assert_eq!(store.import_venues(batch.clone()).await.unwrap(), 2);
    assert_eq!(store.import_venues(batch).await.unwrap(), 0);
    let created = store.create_venue(new_venue(None, "电影院"), None).await.unwrap();
    assert_eq!(created.id, VenueId(10), "ids go on after imported ones");
    assert_eq!(store.venue(created.id).await.unwrap(), Some(created));
    assert_eq!(store.venue(VenueId(6)).await.unwrap(), None);
    let found = store.list_venues("市场", None, 1).await.unwrap();
    assert_eq!(found.items[0].id, VenueId(5));
    let rest = store.list_venues("市场", found.next, 1).await.unwrap();
    assert_eq!((rest.items[0].id, rest.next), (VenueId(9), None));
    assert_eq!(store.list_venues("%", None, 9).await.unwrap().items.len(), 1);
    let nameless = store.create_venue(new_venue(None, " "), None).await.unwrap_err();
    assert_eq!(nameless, StoreError::Invalid { field: "name", problem: Problem::Empty });
    assert!(store.import_venues(vec![new_venue(None, "无号")]).await.is_err());
}

pub(crate) async fn communities_are_imported_and_found_by_any_name(store: &dyn Store) {
    let batch = vec![community(1, "第1社区"), community(2, "第2社区")];
    assert_eq!(store.import_communities(batch).await.unwrap(), 2);
    assert_eq!(store.import_communities(vec![community(2, "改名社区")]).await.unwrap(), 0);
    for query in ["", "青年", "莲湖", "社区"] {
        assert_eq!(store.list_communities(query, None, 9).await.unwrap().items.len(), 2, "{query}");
    }
    let renamed = store.list_communities("改名", None, 9).await.unwrap();
    assert_eq!(renamed.items, [community(2, "改名社区")]);
    let mut person = adult(1);
    person.community = Some(CommunityId(2));
    let registered = store.register_person(person, None).await.unwrap();
    assert_eq!(registered.state.community, Some(CommunityId(2)));
    let first = store.list_communities("", None, 1).await.unwrap();
    let second = store.list_communities("", first.next, 1).await.unwrap();
    assert_eq!(second.items[0].community.id, CommunityId(2));
}

pub(crate) async fn a_forged_cursor_is_refused_by_every_list(store: &dyn Store) {
    let bad = || Some("1; DROP TABLE person".to_owned());
    let errors = [
        store.list_venues("", bad(), 9).await.err(),
        store.list_communities("", bad(), 9).await.err(),
        store.list_staff(bad(), 9).await.err(),
        store.list_audit(bad(), 9).await.err(),
        store.list_campaigns(bad(), 9).await.err(),
        store.list_declarations(DeclarationQuery::default(), bad(), 9).await.err(),
        store.result_history(PersonId::from_low_bits(1), bad(), 9).await.err(),
        store.list_check_ins(VenueId(1), date(2022, 1, 5), bad(), 9).await.err(),
    ];
    for error in errors {
        assert_eq!(error, Some(StoreError::Invalid { field: "cursor", problem: Problem::Malformed }));
    }
}
