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
        a_relative_not_known_before_gets_the_community_and_one_on_file_keeps_theirs
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
        a_proof_is_of_ones_own_result_and_leaves_an_audit_row
        an_institution_keeps_its_number
    }
    vaccinations {
        the_furthest_vaccination_is_kept
    }
    sampling_points {
        points_are_added_found_and_closed
        what_can_not_be_a_point_is_refused
        points_are_found_by_their_area
        a_queue_is_what_was_told_last
        the_load_of_a_point_counts_each_sample_once
    }
    samples {
        a_sample_stands_with_its_tube_and_its_person
        a_batch_may_be_sent_any_number_of_times
        an_id_with_other_content_is_refused
        impossible_times_and_unknown_people_are_refused_alone
        who_is_not_known_is_registered_when_a_name_is_given
        a_person_twice_in_a_round_is_recorded_and_flagged
        the_last_eight_rounds_are_kept_and_older_ones_known
        what_is_undone_is_somebodys_own_sample
        a_tube_over_its_size_is_recorded_and_flagged
        a_tube_told_by_two_devices_is_in_doubt
        a_sample_after_the_sealing_is_flagged_and_one_told_late_is_not
        a_tube_of_one_household_with_people_of_two_is_flagged
        an_undone_sample_stays_on_file_and_counts_no_more
        what_a_device_undid_ends_undone_whatever_comes_first
        samples_of_a_person_are_listed_newest_first_in_pages
        reading_a_tube_needs_a_purpose_and_leaves_a_row
    }
    sample_problems {
        a_sample_is_listed_for_itself_and_a_tube_once
        a_resolved_problem_leaves_the_tube_without_doubt_until_it_comes_again
        problems_are_listed_oldest_first_in_pages
    }
    tube_results {
        everybody_in_a_tube_gets_its_result_once
        results_that_can_not_be_are_refused_one_by_one
        a_pooled_positive_asks_everybody_for_a_single_sample
        a_single_positive_opens_one_case_file
        an_id_that_a_lab_gives_to_two_tubes_makes_two_results
        a_sample_never_does_the_task_that_its_own_tube_asks_for
        no_answer_of_the_lab_asks_for_a_single_sample
        a_result_without_samples_is_refused_and_listed_until_they_come
        a_corrected_positive_takes_back_what_only_it_gave
        a_corrected_negative_brings_back_what_it_released
        a_negative_of_a_tube_in_doubt_is_held_and_a_positive_goes_to_all
        samples_told_after_the_result_are_flagged_and_get_it_with_a_correction
        a_tube_received_before_all_its_samples_were_taken_is_refused
        two_people_in_a_tube_for_one_wait_for_single_samples
        tasks_are_listed_by_area_in_pages
    }
    corrected_results {
        a_person_is_told_that_a_result_was_corrected_and_what_it_was_before
        a_later_version_keeps_what_was_told_until_the_outcome_changes_again
        who_was_told_of_after_the_result_is_told_of_no_former_one
        who_gets_only_the_corrected_result_is_told_of_no_former_one
    }
    boxes {
        a_box_is_packed_handed_over_and_received
        a_tube_packed_again_is_not_missing_in_the_first_box
        a_box_that_was_not_sent_is_received_and_one_that_is_not_there_is_not_handed_over
        a_tube_is_on_the_list_of_where_it_waits_with_who_has_it
        late_tubes_are_listed_longest_first_in_pages
        samples_may_be_told_after_box_and_lab
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
    campaigns {
        a_campaign_is_drafted_once_per_key_and_found
        a_draft_is_approved_by_another_person_who_has_seen_it
        a_withdrawn_campaign_never_begins_and_frees_its_id
        windows_are_refined_and_extended_in_order
        closing_is_asked_for_by_one_and_approved_by_another
        who_missed_the_round_is_given_the_reason_once
        a_batch_with_somebody_unknown_leaves_no_trace
        a_campaign_is_reversed_as_a_whole_page_by_page
        a_sample_taken_after_all_keeps_the_reason_away
        who_took_part_in_eight_rounds_since_is_not_given_the_reason_of_the_first
        a_sample_from_before_the_closing_that_is_told_after_it_takes_the_reason_back
        a_closing_that_finds_more_people_is_stopped_and_asked_for_again
        a_reversed_reason_does_not_come_back_with_a_corrected_test
        marks_tell_what_changed_without_the_documents
        one_negative_test_after_the_round_releases_one_by_one
    }
    declarations {
        a_declaration_is_recorded_once_per_key_and_shown_to_the_person
        evidence_is_opened_for_a_purpose_and_leaves_a_row
        what_can_not_be_declared_is_refused_with_its_field
        a_declaration_is_for_a_campaign_that_is_approved_and_not_closed
        a_declaration_is_reviewed_once_and_by_another_than_who_recorded_it
        declarations_are_listed_by_community_district_and_campaign
        declarations_are_followed_by_when_they_were_made_or_reviewed
        the_name_of_a_certificate_is_compared_where_the_name_lies
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
