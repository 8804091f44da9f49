//! Surges under a virtual clock: what admission and waiting room hold together, over thousands of seeds.

mod surge;
mod world;

use surge::{STEPS, Surge};
use world::World;

const SURGE: Surge = Surge {
    seed: 1,
    connections: 8,
    store_us: 20_000,
    base: 0.7,
    peak: 10.0,
    peak_s: (10, 20),
    end_s: 40,
    absent: 0.1,
    hostile: 0.0,
    restart_s: None,
    stall_s: (0, 0),
    cut_s: (0, 0),
};

/// Requests finished in a window of seconds, as a share of what the store can do.
fn goodput(world: &World, surge: &Surge, from_s: usize, seconds: usize) -> f64 {
    let done: u32 = world.seen.goodput[from_s..from_s + seconds].iter().sum();
    f64::from(done) / seconds as f64 / (surge.flows_per_s() * STEPS)
}

fn worst_window(world: &World, surge: &Surge) -> f64 {
    let last = surge.end_s as usize - 5;
    let windows = surge.peak_s.0 as usize + 2..=last;
    windows.map(|from_s| goodput(world, surge, from_s, 5)).fold(f64::INFINITY, f64::min)
}

fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

#[test]
fn at_ten_and_fifty_times_the_capacity_the_store_stays_at_work() {
    for peak in [10.0, 50.0] {
        let surge = Surge { peak, ..SURGE };
        let world = World::run(surge);
        let worst = worst_window(&world, &surge);
        println!("{peak} x: {worst:.3} of the capacity in the worst five seconds");
        assert!(worst >= 0.95, "{peak} x: {worst:.3} of the capacity in the worst five seconds");
    }
}

#[test]
fn whoever_is_let_in_waits_little_and_finishes() {
    let world = World::run(Surge { peak: 50.0, ..SURGE });
    let waits: Vec<f64> = world.seen.waits_us.iter().map(|us| *us as f64 / 1_000.0).collect();
    let p99_ms = percentile(waits, 0.99);
    println!("99 % of requests waited at most {p99_ms:.0} ms for their permit");
    assert!(p99_ms <= 190.0, "99 % of requests waited at most {p99_ms:.0} ms for their permit");
    assert!(world.seen.longest_wait_us <= 251_000, "{} us", world.seen.longest_wait_us);
    let inverted = f64::from(world.seen.inversions) / f64::from(world.seen.let_in);
    let overtaken = f64::from(world.seen.overtaken) / f64::from(world.seen.let_in);
    println!("{:.2} % were let in before an earlier place at the gate", inverted * 100.0);
    println!("{:.2} % before somebody there who had come three seconds earlier", overtaken * 100.0);
    assert!(inverted <= 0.01 && overtaken <= 0.01, "{inverted} {overtaken}");
    let let_in = world.people.iter().filter(|person| person.let_in).count();
    let finished = world.people.iter().filter(|person| person.finished).count();
    // The last ones were let in shortly before the end.
    assert!(finished as f64 >= 0.9 * let_in as f64, "{finished} of {let_in}");
}

#[test]
fn the_place_never_rises_and_the_wait_is_foretold() {
    for hostile in [0.0, 0.1] {
        foretells(Surge { hostile, peak: 10.0, peak_s: (10, 20), end_s: 200, ..SURGE });
    }
}

fn foretells(surge: Surge) {
    let world = World::run(surge);
    assert_eq!(world.seen.place_rose, 0);
    let told = world.people.iter().filter_map(|person| Some((person.foretold?.1, person.waited_s?)));
    let errors: Vec<f64> =
        told.filter(|(_, waited)| *waited > 10.0).map(|(told, w)| (told - w).abs() / w).collect();
    assert!(errors.len() > 500, "{}", errors.len());
    let (median, p90) = (percentile(errors.clone(), 0.5), percentile(errors, 0.9));
    println!("error of the foretold wait: median {median:.3}, 90 % {p90:.3}");
    assert!(median <= 0.15 && p90 <= 0.40, "median {median:.3}, 90 % {p90:.3}");
}

#[test]
fn the_absent_do_not_hold_up_the_line() {
    let surge = Surge { absent: 0.3, ..SURGE };
    let worst = worst_window(&World::run(surge), &surge);
    assert!(worst >= 0.9, "{worst:.3}");
    // Of most people absent the room has to learn first: that takes it the ten seconds in which they are expected.
    let surge = Surge { absent: 0.6, end_s: 60, ..SURGE };
    let learned = goodput(&World::run(surge), &surge, 25, 30);
    assert!(learned >= 0.95, "{learned:.3}");
}

#[test]
fn those_who_throw_tickets_away_do_not_stop_the_others() {
    let surge = Surge { hostile: 0.1, ..SURGE };
    let world = World::run(surge);
    let worst = worst_window(&world, &surge);
    println!("{worst:.3} of the capacity in the worst five seconds");
    assert!(worst >= 0.95, "{worst:.3}");
    let hostile = world.people.iter().filter(|person| person.hostile && person.finished).count();
    let patient = world.people.iter().filter(|person| !person.hostile && person.finished).count();
    assert!(patient > 9 * hostile, "{patient} patient, {hostile} hostile");
}

#[test]
fn a_restart_in_the_surge_keeps_every_place() {
    let surge = Surge { restart_s: Some(20), end_s: 60, ..SURGE };
    let world = World::run(surge);
    assert_eq!(world.seen.place_rose, 0);
    let after = goodput(&world, &surge, 30, 20);
    assert!(after >= 0.9, "{after:.3}");
}

#[test]
fn a_store_that_stood_still_is_busy_again_soon_after() {
    let surge = Surge { base: 0.5, peak: 0.5, stall_s: (10, 20), end_s: 60, hostile: 0.1, ..SURGE };
    let world = World::run(surge);
    // What came meanwhile is worked off at full capacity, and then it is as before.
    let (backlog, after) = (goodput(&world, &surge, 22, 5), goodput(&world, &surge, 35, 20));
    assert!(backlog >= 0.9, "{backlog:.3}");
    assert!((0.45..0.55).contains(&after), "{after:.3}");
    // A store that was busy once, and of which something else is known when it stands still.
    for stall_s in [(15, 25), (12, 30)] {
        let surge = Surge { peak: 2.0, peak_s: (2, 6), stall_s, end_s: 75, ..surge };
        let after = goodput(&World::run(surge), &surge, 50, 20);
        assert!((0.45..0.55).contains(&after), "{after:.3}");
    }
}

#[test]
fn where_nobody_can_come_hardly_anybody_is_called() {
    for seconds in [3, 5] {
        let surge = Surge { peak_s: (10, 30), cut_s: (25, 25 + seconds), end_s: 60, ..SURGE };
        let world = World::run(surge);
        println!("{} called while nobody could come for {seconds} s", world.seen.called_in_cut);
        // Two seconds' worth before it is noticed.
        assert!(
            (world.seen.called_in_cut as f64) < 4.0 * surge.flows_per_s(),
            "{}",
            world.seen.called_in_cut
        );
        let after = goodput(&world, &surge, 30 + seconds as usize, 10);
        assert!(after >= 0.95, "{after:.3}");
    }
}

#[test]
fn nothing_stays_down_after_its_cause_is_gone() {
    for seed in 0..40 {
        let surge = Surge {
            seed,
            connections: 2 + (seed % 3) as usize,
            base: 0.5,
            peak: if seed % 2 == 0 { 0.5 } else { 3.0 },
            peak_s: (5, 8),
            end_s: 60,
            absent: 0.2 * (seed % 4) as f64,
            hostile: 0.1 * (seed % 3) as f64,
            restart_s: (seed % 5 == 0).then_some(9),
            stall_s: if seed % 2 == 0 { (5, 15) } else { (0, 0) },
            ..SURGE
        };
        let world = World::run(surge);
        let after = goodput(&world, &surge, 45, 15);
        // The absent who came straight in are not absent. While anybody waits, the store is at work.
        let least = if world.seen.waiting > 20 { 0.9 } else { 0.4 };
        assert!((least..=1.01).contains(&after), "seed {seed}: {after:.3}, {} wait", world.seen.waiting);
    }
}

#[test]
fn thousands_of_small_surges_keep_every_promise() {
    let mut surges = 0;
    for seed in 0..2_000_u64 {
        let surge = Surge {
            seed,
            connections: 1 + (seed % 4) as usize,
            store_us: 20_000 + 10_000 * (seed % 7),
            base: 0.2 + 0.1 * (seed % 6) as f64,
            peak: 1.5 + (seed % 40) as f64,
            peak_s: (1, 3),
            end_s: 5,
            absent: 0.1 * (seed % 5) as f64,
            hostile: 0.05 * (seed % 3) as f64,
            restart_s: (seed % 5 == 0).then_some(2),
            stall_s: (0, 0),
            cut_s: (0, 0),
        };
        let world = World::run(surge);
        let seen = &world.seen;
        assert_eq!((seen.over_limit, seen.place_rose), (0, 0), "seed {seed}");
        assert!(seen.longest_wait_us <= 251_000, "seed {seed}: {} us", seen.longest_wait_us);
        assert!(seen.goodput.iter().sum::<u32>() > 0, "seed {seed}");
        surges += 1;
    }
    assert_eq!(surges, 2_000);
}
