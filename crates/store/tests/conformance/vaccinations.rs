//! Vaccinations.

use jiff::civil::{Date, date};
use yimatong_model::vaccination::Vaccination;
use yimatong_store::{NewVaccination, RowOutcome, RowProblem, Store};

use crate::fixtures::*;

fn shot(n: u32, doses: u8, last: Date) -> NewVaccination {
    NewVaccination { document: resident(n), vaccination: Vaccination { doses, last } }
}

pub(crate) async fn the_furthest_vaccination_is_kept(store: &dyn Store) {
    register(store, 1).await;
    let rows = vec![
        shot(1, 2, date(2021, 7, 1)),
        shot(1, 1, date(2021, 6, 1)),
        shot(1, 2, date(2021, 7, 1)),
        shot(1, 3, date(2022, 1, 4)),
        shot(1, 4, date(2022, 2, 1)),
        shot(9, 1, date(2021, 6, 1)),
    ];
    let recorded = store.record_vaccinations(rows, minute(0)).await.unwrap();
    assert_eq!(
        recorded.rows,
        [
            RowOutcome::Recorded,
            RowOutcome::Duplicate,
            RowOutcome::Duplicate,
            RowOutcome::Recorded,
            RowOutcome::Rejected(RowProblem::InFuture),
            RowOutcome::Rejected(RowProblem::UnknownPerson)
        ]
    );
    assert_eq!(recorded.states.len(), 1);
    let expected = Vaccination { doses: 3, last: date(2022, 1, 4) };
    assert_eq!(recorded.states[0].vaccination, Some(expected));
}
