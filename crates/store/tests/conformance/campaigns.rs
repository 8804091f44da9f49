//! Campaigns: drafted, approved by another person, run, closed by two, reversed as a whole.

use jiff::SignedDuration;
use yimatong_model::campaign::{Campaign, Refinement, SHIPPED, Scope, Window};
use yimatong_model::ids::{PersonId, StaffId};
use yimatong_model::reason::{Reason, ReasonCode};
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::{Outcome, Tube};
use yimatong_store::{
    CampaignChange, CampaignMark, CampaignRow, CampaignState, CampaignStep, Conflict, DraftCampaign,
    NewResult, NewSample, NewTubeResult, Noun, PersonState, Problem, Signature, Store, StoreError,
};

use crate::fixtures::*;
use crate::samples::{record, sample};
use crate::tube_results::told;

const DRAFTER: StaffId = StaffId(11);
const APPROVER: StaffId = StaffId(12);

pub(crate) fn draft() -> DraftCampaign {
    DraftCampaign { document: SHIPPED[0].1.to_owned(), by: DRAFTER, at: minute(0) }
}

pub(crate) fn step(campaign: &CampaignRow, by: StaffId, at: i64) -> CampaignStep {
    let version = Some(campaign.version);
    CampaignStep { number: campaign.number, version, by, remark: String::new(), at: minute(at) }
}

pub(crate) async fn change(
    store: &dyn Store,
    campaign: &CampaignRow,
    change: CampaignChange,
    by: StaffId,
    at: i64,
) -> Result<CampaignRow, StoreError> {
    store.change_campaign(change, step(campaign, by, at), None).await.map(|file| file.campaign)
}

pub(crate) async fn running(store: &dyn Store) -> CampaignRow {
    let campaign = store.draft_campaign(draft(), None).await.unwrap();
    let campaign = change(store, &campaign, CampaignChange::Approve, APPROVER, 1).await.unwrap();
    change(store, &campaign, CampaignChange::Start, DRAFTER, 2).await.unwrap()
}

pub(crate) fn ask(most_given: u32) -> CampaignChange {
    CampaignChange::AskToClose { counts: format!("{{\"given\":{most_given}}}"), most_given }
}

pub(crate) async fn closing(store: &dyn Store, most_given: u32) -> CampaignRow {
    let campaign = running(store).await;
    let campaign = change(store, &campaign, ask(most_given), DRAFTER, 3).await.unwrap();
    change(store, &campaign, CampaignChange::ApproveClosing, APPROVER, 4).await.unwrap()
}

async fn four_people(store: &dyn Store) -> Vec<PersonId> {
    let mut people = Vec::new();
    for n in 1..=4 {
        people.push(register(store, n).await);
    }
    people.sort_unstable();
    people
}

async fn actions(store: &dyn Store) -> Vec<String> {
    let rows = store.list_audit(None, 100).await.unwrap().items;
    rows.into_iter().rev().map(|row| row.action).collect()
}

fn missed(at: i64) -> Reason {
    Reason::new(ReasonCode::MissedRound, minute(at))
}

fn reasons_of(states: &[PersonState]) -> Vec<Vec<Reason>> {
    states.iter().map(|state| state.reasons.clone()).collect()
}

pub(crate) async fn a_campaign_is_drafted_once_per_key_and_found(store: &dyn Store) {
    assert_eq!(store.campaign(1).await.unwrap(), None);
    let campaign = store.draft_campaign(draft(), once(1, 1)).await.unwrap();
    assert_eq!((campaign.number, campaign.version, campaign.state), (1, 1, CampaignState::Draft));
    assert_eq!(campaign.id, "zhengzhou-2022-01-05");
    assert_eq!(campaign.drafted, Signature { by: DRAFTER, at: minute(0) });
    assert_eq!(Campaign::parse(&campaign.document), Ok(Campaign::shipped(&campaign.id).unwrap()));
    assert_eq!(store.draft_campaign(draft(), once(1, 1)).await.unwrap(), campaign);
    let taken = store.draft_campaign(draft(), None).await.unwrap_err();
    assert_eq!(taken, Conflict::CampaignIdTaken.into());
    let file = store.campaign(1).await.unwrap().unwrap();
    assert_eq!((&file.campaign, file.refinements.len()), (&campaign, 0));
    let other = DraftCampaign { document: draft().document.replacen("2022-01-05\"", "b\"", 1), ..draft() };
    let other = store.draft_campaign(other, None).await.unwrap();
    let first = store.list_campaigns(None, 1).await.unwrap();
    assert_eq!(first.items, [other]);
    assert_eq!(store.list_campaigns(first.next, 1).await.unwrap().items, [campaign]);
    assert_eq!(actions(store).await, ["draft-campaign", "draft-campaign"]);
    for (document, problem) in
        [("id = 1".to_owned(), Problem::Malformed), ("#".repeat(256 * 1024 + 1), Problem::TooLong)]
    {
        let refused = store.draft_campaign(DraftCampaign { document, ..draft() }, None).await.unwrap_err();
        assert_eq!(refused, StoreError::Invalid { field: "document", problem });
    }
}

pub(crate) async fn a_draft_is_approved_by_another_person_who_has_seen_it(store: &dyn Store) {
    let seen = store.draft_campaign(draft(), None).await.unwrap();
    let own = change(store, &seen, CampaignChange::Approve, DRAFTER, 1).await.unwrap_err();
    assert_eq!(own, Conflict::SamePerson.into());
    let document = draft().document.replacen("T20:00", "T21:00", 1);
    let redraft = CampaignChange::Redraft(document.clone());
    let redrafted = change(store, &seen, redraft, APPROVER, 2).await.unwrap();
    assert_eq!((redrafted.version, &redrafted.document), (2, &document));
    let stale = change(store, &seen, CampaignChange::Approve, DRAFTER, 3).await.unwrap_err();
    assert_eq!(stale, Conflict::ChangedMeanwhile.into());
    let own = change(store, &redrafted, CampaignChange::Approve, APPROVER, 3).await.unwrap_err();
    assert_eq!(own, Conflict::SamePerson.into(), "who wrote the present document is the drafter");
    let blind = CampaignStep { version: None, ..step(&redrafted, DRAFTER, 3) };
    let blind = store.change_campaign(CampaignChange::Approve, blind, None).await.unwrap_err();
    assert_eq!(blind, StoreError::Invalid { field: "version", problem: Problem::Empty });
    let approve = step(&redrafted, DRAFTER, 4);
    let approved = store.change_campaign(CampaignChange::Approve, approve.clone(), once(1, 1)).await.unwrap();
    assert_eq!(approved.campaign.approved, Some(Signature { by: DRAFTER, at: minute(4) }));
    let again = store.change_campaign(CampaignChange::Approve, approve.clone(), once(1, 1)).await.unwrap();
    assert_eq!(again, approved, "the same request again is no second change");
    let nowhere = CampaignStep { number: 9, ..approve };
    let nowhere = store.change_campaign(CampaignChange::Approve, nowhere, None).await.unwrap_err();
    assert_eq!(nowhere, StoreError::NotFound(Noun::Campaign));
    assert_eq!(actions(store).await, ["draft-campaign", "redraft-campaign", "approve-campaign"]);
    let row = store.list_audit(None, 1).await.unwrap().items.remove(0);
    assert_eq!((row.staff, row.subject), (Some(DRAFTER), None));
    assert_eq!(row.purpose.as_deref(), Some("campaign 1 zhengzhou-2022-01-05"));
}

pub(crate) async fn a_withdrawn_campaign_never_begins_and_frees_its_id(store: &dyn Store) {
    let campaign = store.draft_campaign(draft(), None).await.unwrap();
    let remark = CampaignStep { remark: "第二版".to_owned(), ..step(&campaign, DRAFTER, 1) };
    let withdrawn = store.change_campaign(CampaignChange::Withdraw, remark, None).await.unwrap().campaign;
    assert_eq!(withdrawn.withdrawn, Some(Signature { by: DRAFTER, at: minute(1) }));
    let row = store.list_audit(None, 1).await.unwrap().items.remove(0);
    assert_eq!(row.purpose.as_deref(), Some("campaign 1 zhengzhou-2022-01-05: 第二版"));
    let late = change(store, &withdrawn, CampaignChange::Approve, APPROVER, 2).await.unwrap_err();
    assert_eq!(late, Conflict::WrongState(CampaignState::Withdrawn).into());
    assert_eq!(store.draft_campaign(draft(), None).await.unwrap().number, 2);
}

pub(crate) async fn windows_are_refined_and_extended_in_order(store: &dyn Store) {
    let campaign = running(store).await;
    let notice = Campaign::parse(&campaign.document).unwrap();
    let window = notice.windows_of(410_102_002_001, &[])[0];
    let later = |hours| Window { to: window.to + SignedDuration::from_hours(hours), ..window };
    let refine = |scope, windows| CampaignChange::Refine(Refinement { scope, windows });
    let street = refine(Scope::Street(410_102_002), vec![later(1)]);
    let campaign = change(store, &campaign, street, DRAFTER, 3).await.unwrap();
    let community = refine(Scope::Community(410_102_002_001), vec![later(2), later(0)]);
    let wrong = change(store, &campaign, community, DRAFTER, 4).await.unwrap_err();
    assert_eq!(wrong, StoreError::Invalid { field: "windows", problem: Problem::Malformed });
    let elsewhere = refine(Scope::Street(610_102_001), vec![later(1)]);
    let wrong = change(store, &campaign, elsewhere, DRAFTER, 4).await.unwrap_err();
    assert_eq!(wrong, StoreError::Invalid { field: "scope", problem: Problem::Mismatch });
    let many = refine(Scope::Street(410_102_002), vec![later(1); 21]);
    let wrong = change(store, &campaign, many, DRAFTER, 4).await.unwrap_err();
    assert_eq!(wrong, StoreError::Invalid { field: "windows", problem: Problem::TooManyRows });
    let community = refine(Scope::Community(410_102_002_001), vec![later(2)]);
    change(store, &campaign, community, APPROVER, 5).await.unwrap();
    let file = store.campaign(campaign.number).await.unwrap().unwrap();
    let numbers: Vec<_> = file.refinements.iter().map(|row| (row.number, row.refined.by)).collect();
    assert_eq!(numbers, [(1, DRAFTER), (2, APPROVER)]);
    let refinements: Vec<Refinement> = file.refinements.into_iter().map(|row| row.refinement).collect();
    assert_eq!(notice.windows_of(410_102_002_001, &refinements), [later(2)]);
    assert_eq!(notice.windows_of(410_102_002_002, &refinements), [later(1)]);
    assert_eq!(file.campaign.version, 5);
}

pub(crate) async fn closing_is_asked_for_by_one_and_approved_by_another(store: &dyn Store) {
    let person = register(store, 1).await;
    let campaign = running(store).await;
    let early = store.give_missed(campaign.number, vec![person], minute(3)).await.unwrap_err();
    assert_eq!(early, Conflict::WrongState(CampaignState::Running).into());
    let asked = change(store, &campaign, ask(1), DRAFTER, 3).await.unwrap();
    assert_eq!((asked.counts.as_deref(), asked.most_given), (Some("{\"given\":1}"), Some(1)));
    let own = change(store, &asked, CampaignChange::ApproveClosing, DRAFTER, 4).await.unwrap_err();
    assert_eq!(own, Conflict::SamePerson.into());
    let unapproved = store.give_missed(campaign.number, vec![person], minute(4)).await.unwrap_err();
    assert_eq!(unapproved, Conflict::WrongState(CampaignState::Closing).into());
    let refused = change(store, &asked, CampaignChange::RefuseClosing, APPROVER, 4).await.unwrap();
    assert_eq!((refused.state, &refused.counts), (CampaignState::Running, &None));
    let asked = change(store, &refused, ask(2), DRAFTER, 5).await.unwrap();
    let other_counts = change(store, &asked, ask(3), APPROVER, 6).await.unwrap();
    let stale = change(store, &asked, CampaignChange::ApproveClosing, APPROVER, 7).await.unwrap_err();
    assert_eq!(stale, Conflict::ChangedMeanwhile.into(), "other counts than were seen");
    let approved = change(store, &other_counts, CampaignChange::ApproveClosing, DRAFTER, 8).await.unwrap();
    assert_eq!(approved.closing_approved, Some(Signature { by: DRAFTER, at: minute(8) }));
    let counts = CampaignChange::AskToClose { counts: "{".to_owned(), most_given: 1 };
    let late = change(store, &approved, counts, DRAFTER, 9).await.unwrap_err();
    assert_eq!(late, Conflict::WrongState(CampaignState::Closing).into());
}

pub(crate) async fn who_missed_the_round_is_given_the_reason_once(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 3).await;
    let number = campaign.number;
    let states = store.give_missed(number, people[..2].to_vec(), minute(10)).await.unwrap();
    assert_eq!(reasons_of(&states), [vec![missed(10)], vec![missed(10)]]);
    assert_eq!(states.iter().map(|state| state.person_id).collect::<Vec<_>>(), people[..2]);
    let seq = store.latest_seq().await.unwrap();
    let again = store.give_missed(number, people[..2].to_vec(), minute(11)).await.unwrap();
    assert_eq!((again, store.latest_seq().await.unwrap()), (vec![], seq), "a repeated batch changes nothing");
    let wider = vec![people[2], people[1], people[2]];
    let states = store.give_missed(number, wider, minute(12)).await.unwrap();
    assert_eq!(reasons_of(&states), [vec![missed(12)]], "of a batch only the new are given it");
    let more = store.give_missed(number, vec![people[3]], minute(13)).await.unwrap_err();
    assert_eq!(more, Conflict::MoreThanApproved.into());
    let unknown = vec![PersonId::from_low_bits(5)];
    let unknown = store.give_missed(number, unknown, minute(13)).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound(Noun::Person));
    let many = vec![people[0]; 10_001];
    let many = store.give_missed(number, many, minute(13)).await.unwrap_err();
    assert_eq!(many, StoreError::Invalid { field: "people", problem: Problem::TooManyRows });
    let file = store.campaign(number).await.unwrap().unwrap();
    assert_eq!((file.campaign.given, file.campaign.version), (3, campaign.version));
    let closed = change(store, &campaign, CampaignChange::FinishClosing, APPROVER, 14).await.unwrap();
    assert_eq!((closed.state, closed.given), (CampaignState::Closed, 3));
    let late = store.give_missed(number, vec![people[3]], minute(15)).await.unwrap_err();
    assert_eq!(late, Conflict::WrongState(CampaignState::Closed).into());
    let told = actions(store).await;
    assert_eq!(told[told.len() - 3..], ["give-missed", "give-missed", "finish-closing"]);
    let rows = store.list_audit(None, 2).await.unwrap().items;
    assert_eq!((rows[1].staff, rows[1].at), (Some(APPROVER), minute(12)));
    assert_eq!(rows[1].purpose.as_deref(), Some("campaign 1 zhengzhou-2022-01-05: 1 people"));
    let states = store.load_states(None, 10).await.unwrap();
    assert_eq!(reasons_of(&states)[3], [], "nobody else has it");
}

pub(crate) async fn a_batch_with_somebody_unknown_leaves_no_trace(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 100).await;
    let batch = vec![people[0], PersonId::from_low_bits(5)];
    let refused = store.give_missed(campaign.number, batch, minute(10)).await.unwrap_err();
    assert_eq!(refused, StoreError::NotFound(Noun::Person));
    assert!(store.load_states(None, 10).await.unwrap().iter().all(|state| state.reasons.is_empty()));
    assert_eq!(store.campaign(campaign.number).await.unwrap().unwrap().campaign.given, 0);
}

pub(crate) async fn a_campaign_is_reversed_as_a_whole_page_by_page(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    let number = campaign.number;
    store.give_missed(number, people.clone(), minute(10)).await.unwrap();
    // One is released by a test before that, one is yellow for something else as well.
    let zhengzhou = std::sync::Arc::new(RulePack::shipped("zhengzhou-2022-01").unwrap());
    let by_document = |n: u32, id, outcome| NewResult {
        id: [id; 16],
        document: resident(n),
        result: result(20, outcome, Tube::Pooled),
    };
    let tests = vec![by_document(1, 1, Outcome::Negative), by_document(2, 2, Outcome::Positive)];
    store.post_results(tests, zhengzhou, minute(200)).await.unwrap();
    let early = store.take_back_missed(number, 2, minute(300)).await.unwrap_err();
    assert_eq!(early, Conflict::WrongState(CampaignState::Closing).into());
    let reversed = change(store, &campaign, CampaignChange::Reverse, DRAFTER, 300).await.unwrap();
    assert_eq!((reversed.state, reversed.given, reversed.undone), (CampaignState::Reversed, 4, 0));
    let stopped = store.give_missed(number, people.clone(), minute(301)).await.unwrap_err();
    assert_eq!(stopped, Conflict::WrongState(CampaignState::Reversed).into());
    let first = store.take_back_missed(number, 3, minute(310)).await.unwrap();
    assert_eq!((first.states.len(), first.done), (3, false));
    let second = store.take_back_missed(number, 3, minute(311)).await.unwrap();
    assert_eq!((second.states.len(), second.done), (1, true));
    let seq = store.latest_seq().await.unwrap();
    let third = store.take_back_missed(number, 3, minute(312)).await.unwrap();
    assert_eq!((third.states, third.done), (vec![], true));
    assert_eq!(store.latest_seq().await.unwrap(), seq);
    let file = store.campaign(number).await.unwrap().unwrap();
    assert_eq!((file.campaign.given, file.campaign.undone), (4, 4));
    let tested = store.find_person(&resident(1)).await.unwrap().unwrap();
    for state in store.load_states(None, 10).await.unwrap() {
        let reason = state.reasons.iter().find(|reason| reason.code == ReasonCode::MissedRound).unwrap();
        let expected = match state.person_id {
            person if person == tested => minute(140),
            person if person == people[3] => minute(311),
            _ => minute(310),
        };
        assert_eq!(
            reason.released,
            Some(expected),
            "the test's release stays, the others are of the reversal"
        );
    }
    let other = store.find_person(&resident(2)).await.unwrap().unwrap();
    let states = store.load_states(None, 10).await.unwrap();
    let other = states.iter().find(|state| state.person_id == other).unwrap();
    let open: Vec<_> = other.reasons.iter().filter(|reason| reason.released.is_none()).collect();
    assert!(open.iter().any(|reason| reason.code == ReasonCode::PooledPositive), "{open:?}");
    let told = actions(store).await;
    assert_eq!(told[told.len() - 3..], ["reverse-campaign", "take-back-missed", "take-back-missed"]);
}

pub(crate) async fn one_negative_test_after_the_round_releases_one_by_one(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    store.give_missed(campaign.number, people, minute(10)).await.unwrap();
    let zhengzhou = std::sync::Arc::new(RulePack::shipped("zhengzhou-2022-01").unwrap());
    let tests = vec![
        NewResult { id: [1; 16], document: resident(1), result: result(5, Outcome::Negative, Tube::Pooled) },
        NewResult { id: [2; 16], document: resident(2), result: result(60, Outcome::Negative, Tube::Pooled) },
    ];
    store.post_results(tests, zhengzhou, minute(400)).await.unwrap();
    let states = store.load_states(None, 10).await.unwrap();
    let mut released = Vec::new();
    for n in 1..=4 {
        let person = store.find_person(&resident(n)).await.unwrap().unwrap();
        let state = states.iter().find(|state| state.person_id == person).unwrap();
        released.push(state.reasons[0].released);
    }
    assert_eq!(
        released,
        [None, Some(minute(180)), None, None],
        "a test from before the reason does not count"
    );
}

pub(crate) async fn a_sample_taken_after_all_keeps_the_reason_away(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    let sampled = people[1];
    let late = NewSample { campaign: Some(campaign.number), ..sample(9, 1, sampled) };
    record(store, vec![late]).await;
    let states = store.give_missed(campaign.number, people.clone(), minute(10)).await.unwrap();
    let given: Vec<_> = states.iter().map(|state| state.person_id).collect();
    let others: Vec<_> = people.into_iter().filter(|person| *person != sampled).collect();
    assert_eq!(given, others);
    let file = store.campaign(campaign.number).await.unwrap().unwrap();
    assert_eq!(file.campaign.given, 3);
}

pub(crate) async fn who_took_part_in_eight_rounds_since_is_not_given_the_reason_of_the_first(
    store: &dyn Store,
) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    let of_round = |n: u8, person| NewSample {
        campaign: Some(campaign.number + u16::from(n)),
        ..sample(n + 1, u32::from(n) + 1, person)
    };
    let rows = (0..9).map(|n| of_round(n, people[0])).chain((1..9).map(|n| of_round(n, people[1])));
    let told = record(store, rows.collect()).await;
    assert!(told.states.iter().all(|state| state.rounds.len() == 8), "both are known by the rounds since");
    let states = store.give_missed(campaign.number, people.clone(), minute(10)).await.unwrap();
    let given: Vec<_> = states.iter().map(|state| state.person_id).collect();
    assert_eq!(given, people[1..], "only the first of them took part in this one too");
}

pub(crate) async fn a_sample_from_before_the_closing_that_is_told_after_it_takes_the_reason_back(
    store: &dyn Store,
) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    let number = campaign.number;
    store.give_missed(number, people.clone(), minute(10)).await.unwrap();
    let of = |n, person, round| NewSample { campaign: round, ..sample(n, 1, person) };
    let rows = vec![
        of(9, people[0], Some(number)),
        of(11, people[1], Some(number)),
        of(8, people[2], Some(number + 1)),
        of(7, people[3], None),
    ];
    let told = record(store, rows.clone()).await;
    assert_eq!(told.rows.len(), 4);
    let ends = |states: &[PersonState]| -> Vec<_> {
        states.iter().map(|state| (state.reasons[0].released, state.reasons[0].until)).collect()
    };
    let now = Some(minute(24 * 60));
    let expected = [(now, now), (None, None), (None, None), (None, None)];
    assert_eq!(
        ends(&store.states_of(people.clone()).await.unwrap().states),
        expected,
        "only the first took part in time"
    );
    let state = told.states.iter().find(|state| state.person_id == people[0]).unwrap();
    assert_eq!(state.reasons[0].released, now, "who records it hears of it");
    let seq = store.latest_seq().await.unwrap();
    record(store, rows).await;
    assert_eq!(store.latest_seq().await.unwrap(), seq, "the batch again changes nothing");
    // Of the second an earlier sample is told later still, and their round is known already.
    let told = record(store, vec![NewSample { campaign: Some(number), ..sample(6, 2, people[1]) }]).await;
    assert_eq!(ends(&told.states), [(now, now)]);
    let reversed = change(store, &campaign, CampaignChange::Reverse, DRAFTER, 2_000).await.unwrap();
    let taken = store.take_back_missed(number, 9, minute(2_001)).await.unwrap();
    assert_eq!((reversed.given, taken.states.len(), taken.done), (4, 4, true));
    let states = store.states_of(people).await.unwrap().states;
    assert_eq!(ends(&states)[0], (now, now), "that end stays");
}

pub(crate) async fn a_closing_that_finds_more_people_is_stopped_and_asked_for_again(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 2).await;
    store.give_missed(campaign.number, people[..2].to_vec(), minute(10)).await.unwrap();
    let stop = CampaignChange::StopClosing { counts: "{\"given\":4}".to_owned() };
    let stopped = change(store, &campaign, stop, APPROVER, 11).await.unwrap();
    assert_eq!(
        (stopped.state, stopped.closing_approved, stopped.most_given),
        (CampaignState::Closing, None, None)
    );
    assert_eq!((stopped.given, stopped.counts.as_deref()), (2, Some("{\"given\":4}")));
    let wrong_state = Conflict::WrongState(CampaignState::Closing);
    for refused in [CampaignChange::ApproveClosing, CampaignChange::RefuseClosing] {
        assert_eq!(change(store, &stopped, refused, APPROVER, 12).await.unwrap_err(), wrong_state.into());
    }
    let give = store.give_missed(campaign.number, people.clone(), minute(12)).await.unwrap_err();
    assert_eq!(give, wrong_state.into());
    let asked = change(store, &stopped, ask(4), DRAFTER, 13).await.unwrap();
    change(store, &asked, CampaignChange::ApproveClosing, APPROVER, 14).await.unwrap();
    let states = store.give_missed(campaign.number, people.clone(), minute(15)).await.unwrap();
    assert_eq!(states.len(), 2, "the first two have it already");
}

pub(crate) async fn a_reversed_reason_does_not_come_back_with_a_corrected_test(store: &dyn Store) {
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    store.give_missed(campaign.number, people.clone(), minute(10)).await.unwrap();
    let person = people[0];
    let zhengzhou = std::sync::Arc::new(RulePack::shipped("zhengzhou-2022-01").unwrap());
    record(store, vec![sample(20, 1, person)]).await;
    let is_yellow = async |at: i64| {
        let state = store.person_state(person).await.unwrap().unwrap();
        let missed = state.reasons.iter().find(|reason| reason.code == ReasonCode::MissedRound).unwrap();
        ![missed.until, missed.released].into_iter().flatten().any(|end| end <= minute(at))
    };
    let negative = told(1, 1, Outcome::Negative);
    store.post_tube_results(vec![negative], std::sync::Arc::clone(&zhengzhou), minute(200)).await.unwrap();
    assert!(!is_yellow(201).await, "the test has released it");
    change(store, &campaign, CampaignChange::Reverse, DRAFTER, 300).await.unwrap();
    store.take_back_missed(campaign.number, 10, minute(310)).await.unwrap();
    let corrected = NewTubeResult {
        amends: Some(1),
        remark: Some("wrong plate".to_owned()),
        ..told(2, 1, Outcome::Invalid)
    };
    store.post_tube_results(vec![corrected], zhengzhou, minute(400)).await.unwrap();
    assert!(!is_yellow(401).await, "the round was reversed");
}

pub(crate) async fn marks_tell_what_changed_without_the_documents(store: &dyn Store) {
    assert_eq!(store.campaign_marks().await.unwrap(), []);
    let draft = store.draft_campaign(draft(), None).await.unwrap();
    assert_eq!(store.campaign_marks().await.unwrap(), [], "nobody follows a draft");
    change(store, &draft, CampaignChange::Withdraw, DRAFTER, 1).await.unwrap();
    assert_eq!(store.campaign_marks().await.unwrap(), []);
    let people = four_people(store).await;
    let campaign = closing(store, 4).await;
    store.give_missed(campaign.number, people[..3].to_vec(), minute(10)).await.unwrap();
    let (number, version) = (campaign.number, campaign.version);
    let mark = CampaignMark { number, version, state: CampaignState::Closing, given: 3, undone: 0 };
    assert_eq!(store.campaign_marks().await.unwrap(), [mark]);
}
