//! The route table: every route of the server, in one list. A route that is not here does not exist.

mod audit;
mod boxes;
mod brief;
mod campaigns;
mod case_files;
mod check_ins;
mod checks;
mod code;
mod communities;
mod declarations;
mod demo;
mod devices;
mod health;
mod keys;
mod notices;
mod one_time_passwords;
mod overload;
mod paper_codes;
mod people;
mod registry;
mod relatives;
mod resample_tasks;
mod results;
mod room;
mod rows;
mod rules;
mod sample_problems;
mod samples;
mod sampling_points;
mod schedule;
mod server;
mod session;
mod staff;
mod statistics;
mod status_lists;
mod test_results;
mod tube_results;
mod tubes;
mod venues;

use crate::http::route::Route;
use crate::problem::{Code, Problem};

/// Every route.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut table = Vec::from(people_and_gates());
    table.extend(sampling());
    table.extend(rounds());
    table.extend(campaigns::steps::routes());
    table.extend(operation());
    table
}

/// Residents and their codes, gates, and the staff.
fn people_and_gates() -> [Route; 29] {
    [
        one_time_passwords::create::route(),
        people::register::route(),
        devices::bind::route(),
        session::end::route(),
        code::show::route(),
        results::history::route(),
        results::proof::route(),
        relatives::list::route(),
        relatives::add::route(),
        relatives::remove::route(),
        paper_codes::issue::route(),
        communities::list::route(),
        status_lists::index::route(),
        status_lists::read::route(),
        keys::jwks::route(),
        server::describe::route(),
        staff::sign_in::route(),
        staff::me::route(),
        staff::sign_out::route(),
        staff::create::route(),
        staff::list::route(),
        staff::disable::route(),
        venues::list::route(),
        venues::create::route(),
        checks::create::route(),
        check_ins::record::route(),
        test_results::post::route(),
        people::read_file::route(),
        people::paper_code::route(),
    ]
}

/// From the table in the street to the result of a tube.
fn sampling() -> [Route; 22] {
    [
        tube_results::post::route(),
        tube_results::import::route(),
        sampling_points::list::route(),
        sampling_points::create::route(),
        sampling_points::close::route(),
        sampling_points::queue::route(),
        sampling_points::queues::route(),
        samples::record::route(),
        samples::check::route(),
        samples::history::route(),
        tubes::seal::route(),
        tubes::read::route(),
        tubes::undo_sample::route(),
        tubes::receive::route(),
        tubes::overdue::route(),
        boxes::pack::route(),
        boxes::hand_over::route(),
        boxes::receive::route(),
        sample_problems::list::route(),
        sample_problems::resolve::route(),
        resample_tasks::list::route(),
        case_files::list::route(),
    ]
}

/// Rounds of testing and what people declare for them.
fn rounds() -> [Route; 18] {
    [
        campaigns::check::route(),
        campaigns::draft::route(),
        campaigns::list::route(),
        campaigns::read::route(),
        campaigns::redraft::route(),
        campaigns::refine::route(),
        campaigns::ask_to_close::route(),
        campaigns::closing_preview::route(),
        campaigns::coverage::route(),
        campaigns::missed::route(),
        campaigns::progress::route(),
        declarations::declare::route(),
        declarations::mine::route(),
        declarations::record::route(),
        declarations::list::route(),
        declarations::review::route(),
        declarations::evidence::route(),
        schedule::read::route(),
    ]
}

/// What operators see and set, and what machines ask.
fn operation() -> [Route; 15] {
    [
        audit::list::route(),
        room::now::route(),
        overload::show::route(),
        overload::set_limits::route(),
        overload::switch::route(),
        notices::post::route(),
        notices::withdraw::route(),
        registry::reload::route(),
        statistics::read::route(),
        rules::preview::route(),
        demo::accounts::route(),
        health::live::route(),
        health::ready::route(),
        health::metrics::route(),
        health::openapi::route(),
    ]
}

/// A registration that asked for a device came back without one.
fn no_slot() -> Problem {
    tracing::error!("the store bound no device although one was given");
    Problem::new(Code::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::route::{Access, Class};

    #[test]
    fn staff_never_wait_and_what_lies_in_memory_is_never_refused() {
        let table = table();
        assert!(table.len() >= 34, "{}", table.len());
        for route in table {
            let (path, class) = (route.path, route.terms.class);
            let for_staff = matches!(route.access, Access::Staff(_) | Access::AnyStaff);
            // The one read of staff that can wait.
            let for_staff = for_staff && path != "/v1/statistics";
            let never_waits = matches!(class, Class::B0 | Class::B2);
            assert!(!for_staff || never_waits, "staff never wait: {path}");
            let is_public = route.access == Access::Public;
            assert!(!is_public || class != Class::B0, "nobody signed in takes the place of staff: {path}");
            assert!(class == Class::B2 || route.at_once.is_none(), "{path} is answered from memory");
        }
    }
}
