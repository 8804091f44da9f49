//! Declarations: recorded with sealed evidence, reviewed by somebody else, listed for communities.

use yimatong_model::certificate_name::CertificateName;
use yimatong_model::community::Community;
use yimatong_model::ids::{CommunityId, PersonId, StaffId};
use yimatong_store::{
    CampaignChange, CampaignState, CommunityRow, Conflict, DeclarationKind, DeclarationQuery,
    DeclarationReview, DeclarationRow, Evidence, EvidenceKind, NewDeclaration, Noun, Problem, RegisterPerson,
    ReviewDeclaration, Signature, Store, StoreError,
};

use crate::campaigns::{change, closing, draft, running};
use crate::fixtures::*;

const WORKER: StaffId = StaffId(21);
const OTHER_WORKER: StaffId = StaffId(22);

fn declared(person: PersonId, at: i64) -> NewDeclaration {
    NewDeclaration {
        person,
        campaign: None,
        kind: DeclarationKind::Vaccinated,
        sampled: None,
        evidence: Evidence::Community,
        declared_by: None,
        at: minute(at),
    }
}

fn review(row: &DeclarationRow, accept: bool, by: StaffId) -> ReviewDeclaration {
    let remark = if accept { "" } else { "看不清接种日期" }.to_owned();
    ReviewDeclaration { person: row.person, id: row.id, accept, remark, by, at: minute(30) }
}

fn png() -> Vec<u8> {
    [&b"\x89PNG\r\n\x1a\n"[..], &[7; 1_000]].concat()
}

pub(crate) async fn a_declaration_is_recorded_once_per_key_and_shown_to_the_person(store: &dyn Store) {
    let person = register(store, 1).await;
    let campaign = running(store).await.number;
    let new = NewDeclaration {
        campaign: Some(campaign),
        kind: DeclarationKind::OutsideCity,
        sampled: Some(minute(-600)),
        evidence: Evidence::Upload(png()),
        ..declared(person, 10)
    };
    let row = store.declare(new.clone(), once(1, 1)).await.unwrap();
    assert_eq!((row.campaign, row.kind, row.sampled), (Some(campaign), new.kind, new.sampled));
    assert_eq!(
        (row.review, row.reviewed, row.evidence),
        (DeclarationReview::Waiting, None, EvidenceKind::Upload)
    );
    assert_eq!(store.declare(new, once(1, 1)).await.unwrap(), row);
    let second = store.declare(declared(person, 11), None).await.unwrap();
    assert_ne!(second.id, row.id);
    assert_eq!(store.declarations_of(person).await.unwrap(), [second, row], "newest first");
    let rows = store.list_audit(None, 2).await.unwrap().items;
    let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.staff, row.subject)).collect();
    assert_eq!(told, [("declare", None, Some(person)); 2]);
}

pub(crate) async fn evidence_is_opened_for_a_purpose_and_leaves_a_row(store: &dyn Store) {
    let person = register(store, 1).await;
    let certificate = Evidence::EuDcc("HC1:NCFOXN%TS3DH".to_owned());
    for evidence in [certificate, Evidence::Upload(png()), Evidence::Community] {
        let new = NewDeclaration { evidence: evidence.clone(), ..declared(person, 10) };
        let row = store.declare(new, None).await.unwrap();
        let unsaid = store.read_evidence(person, row.id, access(" ")).await.unwrap_err();
        assert_eq!(unsaid, StoreError::Invalid { field: "purpose", problem: Problem::Empty });
        let opened = store.read_evidence(person, row.id, access("review")).await.unwrap();
        assert_eq!(opened, evidence);
        let audit = store.list_audit(None, 1).await.unwrap().items.remove(0);
        assert_eq!((audit.action.as_str(), audit.subject), ("read-evidence", Some(person)));
        assert_eq!((audit.staff, audit.purpose.as_deref()), (Some(StaffId(3)), Some("review")));
        let another = PersonId::from_low_bits(person.get() ^ 1);
        let missing = store.read_evidence(another, row.id, access("review")).await.unwrap_err();
        assert_eq!(missing, StoreError::NotFound(Noun::Declaration));
    }
    let shown = format!("{:?}", Evidence::EuDcc("HC1:SECRET".to_owned()));
    assert!(!shown.contains("SECRET"), "{shown}");
}

pub(crate) async fn what_can_not_be_declared_is_refused_with_its_field(store: &dyn Store) {
    let person = register(store, 1).await;
    let new = || declared(person, 10);
    let upload = |bytes: Vec<u8>| NewDeclaration { evidence: Evidence::Upload(bytes), ..new() };
    let long = [&b"%PDF-1.7"[..], &[0; 200_000]].concat();
    let certificate = |text: String| NewDeclaration { evidence: Evidence::EuDcc(text), ..new() };
    let outside = |sampled| NewDeclaration { kind: DeclarationKind::OutsideCity, sampled, ..new() };
    for (new, field, problem) in [
        (upload(b"GIF89a".to_vec()), "evidence", Problem::Malformed),
        (upload(Vec::new()), "evidence", Problem::Malformed),
        (upload(long), "evidence", Problem::TooLong),
        (certificate("HC2:X".to_owned()), "evidence", Problem::Malformed),
        (certificate(format!("HC1:{}", "A".repeat(4_293))), "evidence", Problem::TooLong),
        (outside(None), "sampled", Problem::Empty),
        (outside(Some(minute(16))), "sampled", Problem::InFuture),
    ] {
        let refused = store.declare(new, None).await.unwrap_err();
        assert_eq!(refused, StoreError::Invalid { field, problem });
    }
    store.declare(upload([&b"\xff\xd8\xff"[..], &[0; 199_997]].concat()), None).await.unwrap();
    store.declare(outside(Some(minute(15))), None).await.unwrap();
    let unknown = store.declare(declared(PersonId::from_low_bits(5), 10), None).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Person));
    for _ in 2..10 {
        store.declare(new(), None).await.unwrap();
    }
    assert_eq!(store.declare(new(), None).await.unwrap_err(), Conflict::TooManyDeclarations.into());
    assert_eq!(store.declarations_of(person).await.unwrap().len(), 10);
}

pub(crate) async fn a_declaration_is_for_a_campaign_that_is_approved_and_not_closed(store: &dyn Store) {
    let person = register(store, 1).await;
    let of = |number| NewDeclaration { campaign: Some(number), ..declared(person, 10) };
    assert_eq!(store.declare(of(1), None).await.unwrap_err(), StoreError::NotFound(Noun::Campaign));
    let campaign = store.draft_campaign(draft(), None).await.unwrap();
    let early = store.declare(of(campaign.number), None).await.unwrap_err();
    assert_eq!(early, Conflict::WrongState(CampaignState::Draft).into());
    change(store, &campaign, CampaignChange::Withdraw, WORKER, 1).await.unwrap();
    let closing = closing(store, 1).await;
    let late = store.declare(of(closing.number), None).await.unwrap_err();
    assert_eq!(late, Conflict::WrongState(CampaignState::Closing).into());
}

pub(crate) async fn a_declaration_is_reviewed_once_and_by_another_than_who_recorded_it(store: &dyn Store) {
    let person = register(store, 1).await;
    let own = store.declare(declared(person, 10), None).await.unwrap();
    let recorded = NewDeclaration { declared_by: Some(WORKER), ..declared(person, 11) };
    let recorded = store.declare(recorded, None).await.unwrap();
    assert_eq!(recorded.declared_by, Some(WORKER));
    let same = store.review_declaration(review(&recorded, true, WORKER), None).await.unwrap_err();
    assert_eq!(same, Conflict::SamePerson.into());
    let accepted = store.review_declaration(review(&recorded, true, OTHER_WORKER), None).await.unwrap();
    assert_eq!(accepted.review, DeclarationReview::Accepted);
    assert_eq!(accepted.reviewed, Some(Signature { by: OTHER_WORKER, at: minute(30) }));
    let unsaid = ReviewDeclaration { remark: " ".to_owned(), ..review(&own, false, WORKER) };
    let unsaid = store.review_declaration(unsaid, None).await.unwrap_err();
    assert_eq!(unsaid, StoreError::Invalid { field: "remark", problem: Problem::Empty });
    let refused = store.review_declaration(review(&own, false, WORKER), once(1, 1)).await.unwrap();
    assert_eq!(refused.review, DeclarationReview::Refused);
    assert_eq!(refused.remark.as_deref(), Some("看不清接种日期"));
    let again = store.review_declaration(review(&own, false, WORKER), once(1, 1)).await.unwrap();
    assert_eq!(again, refused);
    let late = store.review_declaration(review(&own, true, OTHER_WORKER), None).await.unwrap_err();
    assert_eq!(late, Conflict::AlreadyReviewed.into());
    let nothing = ReviewDeclaration { id: [0; 16], ..review(&own, true, WORKER) };
    let nothing = store.review_declaration(nothing, None).await.unwrap_err();
    assert_eq!(nothing, StoreError::NotFound(Noun::Declaration));
    let rows = store.list_audit(None, 2).await.unwrap().items;
    let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.staff)).collect();
    assert_eq!(told, [("refuse-declaration", Some(WORKER)), ("accept-declaration", Some(OTHER_WORKER))]);
}

async fn three_communities(store: &dyn Store) {
    let community = |id: u32, district: u32| CommunityRow {
        community: Community {
            id: CommunityId(id),
            code: u64::from(district) * 1_000_000 + 1_000 + u64::from(id),
            name: format!("第{id}社区"),
            street: district * 1_000 + 1,
            district,
            groups: 3,
        },
        street_name: "建设路街道".to_owned(),
        district_name: "中原区".to_owned(),
    };
    let rows = vec![community(1, 410_102), community(2, 410_102), community(3, 410_103)];
    store.import_communities(rows).await.unwrap();
}

pub(crate) async fn declarations_are_listed_by_community_district_and_campaign(store: &dyn Store) {
    three_communities(store).await;
    let campaign = running(store).await.number;
    let mut rows = Vec::new();
    for n in 1..=4 {
        let community = (n < 4).then_some(CommunityId(n));
        let new = RegisterPerson { community, ..adult(n) };
        let person = store.register_person(new, None).await.unwrap().state.person_id;
        let new =
            NewDeclaration { campaign: (n != 2).then_some(campaign), ..declared(person, i64::from(10 + n)) };
        rows.push(store.declare(new, None).await.unwrap());
    }
    assert_eq!(rows[2].community, Some(CommunityId(3)));
    rows[0] = store.review_declaration(review(&rows[0], true, WORKER), None).await.unwrap();
    let all = DeclarationQuery::default();
    for (query, expected) in [
        (all, &[0, 1, 2, 3][..]),
        (DeclarationQuery { waiting: true, ..all }, &[1, 2, 3]),
        (DeclarationQuery { community: Some(CommunityId(2)), ..all }, &[1]),
        (DeclarationQuery { district: Some(410_102), ..all }, &[0, 1]),
        (DeclarationQuery { district: Some(410_102), waiting: true, ..all }, &[1]),
        (DeclarationQuery { campaign: Some(campaign), ..all }, &[0, 2, 3]),
        (DeclarationQuery { campaign: Some(9), ..all }, &[]),
    ] {
        let expected: Vec<_> = expected.iter().map(|index| rows[*index].clone()).collect();
        let mut listed = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.list_declarations(query, cursor, 2).await.unwrap();
            listed.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(listed, expected, "{query:?}");
    }
}

pub(crate) async fn declarations_are_followed_by_when_they_were_made_or_reviewed(store: &dyn Store) {
    let person = register(store, 1).await;
    let mut rows = Vec::new();
    for at in [10, 11, 11, 12] {
        rows.push(store.declare(declared(person, at), None).await.unwrap());
    }
    rows[0] = store.review_declaration(review(&rows[0], true, WORKER), None).await.unwrap();
    let mut expected = rows.clone();
    expected.sort_by_key(|row| (row.changed(), row.id));
    assert_eq!(expected.last().unwrap().id, rows[0].id, "the review is its latest change");
    for (since, skipped) in [(0, 0), (11, 0), (12, 2), (30, 3), (31, 4)] {
        let mut followed = Vec::new();
        let mut cursor = None;
        loop {
            let page = store.declarations_since(minute(since), cursor, 2).await.unwrap();
            followed.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(followed, expected[skipped..], "{since}");
    }
    let bad = store.declarations_since(minute(0), Some("x".to_owned()), 2).await.unwrap_err();
    assert_eq!(bad, StoreError::Invalid { field: "cursor", problem: Problem::Malformed });
}

pub(crate) async fn the_name_of_a_certificate_is_compared_where_the_name_lies(store: &dyn Store) {
    let person = register(store, 1).await;
    let name =
        |latin: [&str; 2]| CertificateName { latin: latin.map(str::to_owned), ..CertificateName::default() };
    let own = [
        store.name_fits(person, name(["WANG", "JIANGUO"])).await,
        store.name_fits(person, name(["LI", "NA"])).await,
    ];
    assert_eq!(own, [Ok(true), Ok(false)]);
    let unknown = store.name_fits(PersonId::from_low_bits(5), name(["WANG", "JIANGUO"])).await;
    assert_eq!(unknown, Err(StoreError::NotFound(Noun::Person)));
}
