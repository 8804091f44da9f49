//! The list of all scenarios.

use std::future::Future;
use std::pin::Pin;

use yimatong_store::Store;

/// A scenario as a value.
pub(crate) type Scenario = for<'a> fn(&'a dyn Store) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! scenario_list {
    ($($module:ident { $($name:ident)+ })+) => {
        /// All scenarios.
        pub(crate) const ALL: &[Scenario] = &[$($(|store| Box::pin(crate::$module::$name(store)),)+)+];

        /// Makes one test per scenario on the stores that a function opens.
        macro_rules! for_each_scenario {
            (run_on $open:ident) => {
                $(mod $module {
                    $(#[tokio::test]
                    async fn $name() {
                        let fresh = super::$open().await;
                        crate::$module::$name(fresh.store.as_ref()).await;
                    })+
                })+
            };
        }
        pub(crate) use for_each_scenario;
    };
}

scenario_list! {
    people {
        a_registered_person_is_found_by_document_and_phone
        a_document_registered_before_tells_whether_the_phone_matches
        a_phone_of_another_person_is_refused_and_nothing_is_left
        an_unknown_community_is_refused
        a_person_known_without_a_phone_completes_the_registration
        a_person_known_without_a_phone_cannot_be_taken_over_under_another_name
        a_person_file_shows_everything_in_clear
    }
    devices {
        binding_a_device_voids_what_the_earlier_one_showed_for_relatives
        binding_a_device_voids_the_earlier_one_for_ever
        a_device_cannot_be_bound_for_an_unknown_phone_or_a_wrong_tail
        logging_out_voids_the_slot_once
    }
    relatives {
        children_and_elders_are_added_and_others_are_not
        a_ninth_relative_is_refused
        a_fourth_holder_is_refused
        a_relative_cannot_be_oneself_or_added_twice_or_renamed
        a_removed_relative_leaves_a_void_slot_and_stays_registered
        a_passport_needs_a_birth_date
    }
    paper_codes {
        a_new_paper_code_voids_the_previous_one
        a_paper_code_issued_by_staff_is_audited
        twenty_codes_a_day_are_enough_for_one_person
    }
    results {
        a_positive_gives_a_reason_and_a_negative_takes_it_back
        a_release_that_lies_ahead_is_taken_back_by_a_later_positive
        results_are_idempotent_by_person_and_id
        bad_rows_are_refused_one_by_one
        the_state_holds_the_two_latest_results_whatever_their_order
        history_pages_are_newest_first_and_complete
        an_institution_keeps_its_number
    }
    vaccinations {
        the_furthest_vaccination_is_kept
    }
    check_ins {
        check_ins_are_idempotent_by_venue_day_and_id
        check_ins_of_an_unknown_venue_or_wrong_time_are_refused
        a_day_of_check_ins_is_listed_by_time_in_pages
        dropped_days_are_gone_and_refused
    }
    places {
        venues_are_created_imported_and_found
        communities_are_imported_and_found_by_any_name
        a_forged_cursor_is_refused_by_every_list
    }
    staff {
        a_staff_name_is_unique
        accounts_are_found_listed_and_disabled
        a_totp_step_is_accepted_once
        nodes_hear_of_accounts_and_of_sessions_that_ended
    }
    one_time_passwords {
        a_right_code_works_once
        the_request_that_used_a_code_up_may_be_repeated
        wrong_codes_use_up_the_tries
        an_expired_code_is_refused_and_purged
        codes_are_not_sent_too_often
    }
    audit {
        reading_and_checking_need_a_purpose_and_leave_a_row
        the_log_is_listed_newest_first_in_pages
    }
    leases {
        a_lease_is_one_holders_until_its_time_is_over
        the_database_tells_its_time_or_has_none_of_its_own
    }
    room {
        the_line_begins_at_place_one_and_steps_add_up
        nobody_is_called_who_has_no_place
        absurd_steps_are_refused_and_change_nothing
    }
    operations {
        each_change_leaves_the_rest_counts_up_and_is_audited
        a_bad_change_leaves_no_trace
        of_two_changes_on_top_of_one_version_one_is_refused_and_leaves_no_trace
    }
    idempotency {
        a_repeated_registration_answers_the_first_outcome
        a_key_used_for_another_request_is_refused
        a_failed_write_does_not_use_up_its_key
        outcomes_are_forgotten_after_two_days
    }
    imports {
        imported_people_come_with_results_reasons_and_vaccination
        importing_twice_changes_nothing
        a_taken_phone_is_left_out
    }
    feed {
        states_are_loaded_in_pages_in_order_of_ids
        one_person_is_read_as_the_pages_have_them
        changes_are_followed_by_number
        states_of_some_people_come_by_person_and_without_those_who_are_not_there
        a_number_that_was_never_given_out_is_of_another_history
        a_follower_from_before_an_import_or_a_purge_loads_anew
        concurrent_writes_all_happen_once
        a_closed_store_refuses_work
        a_passed_deadline_is_refused_and_does_nothing
    }
}
