//! A copy and its city tell the same, and the copy goes on.

use jiff::civil::date;
use yimatong_model::ids::VenueId;
use yimatong_store::{Changes, DeclarationQuery, Overdue, PointArea, Store, TaskArea};
use yimatong_test_database::Database;

use crate::city::City;
use crate::fixtures::*;

/// Everything the verbs tell of a city.
async fn told(store: &dyn Store) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |what: &str, said: &dyn std::fmt::Debug| told.push(format!("{what}: {said:?}"));
    let states = store.load_states(None, 1_000).await.unwrap();
    assert!(states.len() > 25 && states.iter().any(|state| !state.reasons.is_empty()));
    let mut corrected = 0;
    for state in &states {
        let person = state.person_id;
        let results = store.result_history(person, None, 100).await.unwrap();
        corrected += results.items.iter().filter(|row| row.corrected.is_some()).count();
        tell("results", &results);
        tell("relatives", &store.relatives_of(person).await.unwrap());
        tell("device", &store.device_of(person).await.unwrap());
        tell("samples", &store.samples_of(person, None, 100).await.unwrap());
    }
    assert!(corrected > 0);
    tell("states", &states);
    for n in 0..45 {
        tell("by phone", &store.person_by_phone(&phone(n)).await.unwrap());
        tell("by document", &store.find_person(&resident(n)).await.unwrap());
    }
    for (venue, day) in (1..=2).flat_map(|venue| (4..=9).map(move |day| (venue, day))) {
        let day = date(2022, 1, day);
        tell("check-ins", &store.list_check_ins(VenueId(venue), day, None, 100).await.unwrap());
    }
    for n in 1..=3 {
        let barcode = format!("ZZ-{n:06}").parse().unwrap();
        tell("tube", &store.tube(barcode, access("compare")).await.unwrap().unwrap());
    }
    tell("tasks", &store.list_resample_tasks(TaskArea::City, None, 100).await.unwrap());
    tell("cases", &store.list_case_files(None, 100).await.unwrap());
    tell("late", &store.overdue_tubes(Overdue::InTransit, minute(99_999), None, 100).await.unwrap());
    tell("problems", &store.sample_problems(false, None, 100).await.unwrap());
    tell("points", &store.list_sampling_points("", PointArea::CITY, None, 100).await.unwrap());
    tell("loads", &store.sampling_point_loads(minute(0)).await.unwrap());
    tell("venues", &store.list_venues("", None, 100).await.unwrap());
    let communities = store.list_communities("", None, 100).await.unwrap();
    tell("communities", &communities);
    tell("institutions", &store.institutions().await.unwrap());
    tell("staff", &store.list_staff(None, 100).await.unwrap());
    tell("secret", &store.staff_by_name("Gate-2").await.unwrap().unwrap().totp_secret);
    tell("campaigns", &store.list_campaigns(None, 100).await.unwrap());
    tell("campaign", &store.campaign(2).await.unwrap().unwrap());
    let declarations = store.list_declarations(DeclarationQuery::default(), None, 100).await.unwrap();
    tell("declarations", &declarations);
    tell("audit", &store.list_audit(None, 100).await.unwrap());
    tell("room", &store.room().await.unwrap());
    tell("operations", &store.operations().await.unwrap());
    tell("slots", &store.slots_count().await.unwrap());
    tell("number", &store.latest_seq().await.unwrap());
    let number = store.latest_seq().await.unwrap();
    for back in 0..=number {
        tell("feed", &store.changes_since(number - back, 100).await.unwrap());
    }
    told
}

#[tokio::test]
async fn a_copy_tells_the_same_as_its_city() {
    let (city, database) = (City::full().await, Database::empty());
    let (copy, verified) = city.copied(&database).await;
    assert_eq!((verified.differing, &verified.differences[..]), (0, &[][..]));
    assert!(verified.rows > 150, "{verified:?}");
    let count = "SELECT string_agg(format('SELECT %L WHERE NOT EXISTS (SELECT 1 FROM %I)', relname, relname), ' UNION ALL ')
         FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace";
    let empty = database.run(&database.run(count).unwrap()).unwrap();
    assert_eq!(empty, "", "the city of the test has something in every table");
    copy.finish().await.unwrap();
    let (sqlite, postgres) = (city.open(), city.node(&database).await.unwrap());
    let (before, after) = (told(&sqlite).await, told(&postgres).await);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
}

#[tokio::test]
async fn numbers_go_on_where_they_were_and_secrets_open() {
    let (city, database) = (City::full().await, Database::empty());
    let (copy, _) = city.copied(&database).await;
    copy.finish().await.unwrap();
    let (sqlite, postgres) = (city.open(), city.node(&database).await.unwrap());
    let before = sqlite.latest_seq().await.unwrap();
    let stores: [&dyn Store; 2] = [&sqlite, &postgres];
    let mut registered = Vec::new();
    for store in stores {
        registered.push(store.register_person(adult(9), once(50, 1)).await.unwrap());
        let again = store.register_person(adult(1), once(1, 1)).await.unwrap();
        assert!(again.slot.is_some(), "a request of before is answered again");
        assert_eq!(venue(store).await, VenueId(3));
        assert_eq!(store.add_institution("a fifth").await.unwrap(), 5);
        let Changes::Page { states, .. } = store.changes_since(before, 10).await.unwrap() else {
            panic!("followers of before can go on");
        };
        assert_eq!(states.len(), 1);
    }
    assert_eq!(registered[0], registered[1]);
    let person = registered[1].state.person_id;
    let file = postgres.read_person_file(person, access("check")).await.unwrap();
    assert_eq!(file.name, "王建国");
    let copied = postgres.find_person(&resident(25)).await.unwrap().unwrap();
    let file = postgres.read_person_file(copied, access("check")).await.unwrap();
    assert_eq!((file.name, file.phone), ("李秀英".to_owned(), Some("13800000025".to_owned())));
}
