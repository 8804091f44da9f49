//! Lets people come when the schedule says so, whatever the server does.

use std::rc::Rc;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use crate::clock::ns;
use crate::flow::flow;
use crate::retry::Temper;
use crate::schedule::{Arrival, Schedule, Wants};
use crate::show::{look_at_results, show};
use crate::world::World;

/// Ends with the last arrival.
pub(crate) async fn arrive(world: Rc<World>, schedule: Schedule, begin_ns: u64) {
    let looks = schedule.results_per_show();
    for arrival in schedule {
        let at_ns = begin_ns + ns(arrival.at_s);
        world.until(at_ns).await;
        let world = Rc::clone(&world);
        match arrival.wants {
            Wants::Flow => drop(tokio::task::spawn_local(flow(world, arrival, at_ns))),
            Wants::Show => drop(tokio::task::spawn_local(one_show(world, arrival, at_ns, looks))),
        }
    }
}

async fn one_show(world: Rc<World>, arrival: Arrival, at_ns: u64, looks: f64) {
    let mut rng = SmallRng::seed_from_u64(arrival.seed);
    let temper = Temper::draw(arrival.model, &mut rng);
    if let Some(resident) = world.resident(&mut rng) {
        show(&world, &resident, temper, &mut rng, at_ns).await;
        if looks > 0.0 && rng.random_bool(looks) {
            look_at_results(&world, &resident).await;
        }
    }
}
