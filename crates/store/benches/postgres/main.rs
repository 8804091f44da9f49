//! PostgreSQL: check-ins and registrations through the store, against bare multi-row inserts and a bare COPY of as many rows
//! into the same tables (`bare.rs` says how). On a private server, with fsync, in rounds over fresh databases; prints one
//! JSON line each with the medians. store / insert should be at least 0.5. The same load over three nodes is measured too.
//!
//! `cargo bench -p yimatong-store --bench postgres [-- CALLERS BATCHES PEOPLE ROUNDS]`.

mod bare;
#[path = "../shared/clock.rs"]
mod clock;
#[path = "../shared/gate.rs"]
mod gate;
mod processor;
mod through_store;
mod took;

use gate::BATCH;
use through_store::Nodes;
use took::Took;

/// One round of one kind of write.
struct Round {
    store: Took,
    /// The same load over three nodes.
    three: Took,
    insert: Took,
    copy: Took,
}

/// How much is written.
struct Size {
    callers: u64,
    batches: u64,
    people: u64,
}

/// Both kinds of writes, each four ways.
async fn round(size: &Size) -> (Round, Round) {
    let (ours, three) = (Nodes::fresh(1).await, Nodes::fresh(3).await);
    let (bare, copied) = (Nodes::fresh(1).await, Nodes::fresh(1).await);
    let Size { callers, batches, people } = *size;
    let check_ins = Round {
        store: ours.check_ins(callers, batches).await,
        insert: bare::check_ins(&bare.database, batches, callers).await,
        three: three.check_ins(callers, batches).await,
        copy: bare::copy(&ours.database, &copied.database, &["venue_check_in", "person_check_in"]).await,
    };
    let tables = ["phone_claim", "person", "slot", "change"];
    let registrations = Round {
        store: ours.people(callers, people).await,
        insert: bare::people(&bare.database, people, callers).await,
        three: three.people(callers, people).await,
        copy: bare::copy(&ours.database, &copied.database, &tables).await,
    };
    let tell = std::env::args().any(|argument| argument == "--counters");
    ours.close(tell).await;
    for nodes in [three, bare, copied] {
        nodes.close(false).await;
    }
    (check_ins, registrations)
}

/// The middle of the rounds' values; of an even number the upper of the two.
fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(bench: &str, rows: u64, callers: u64, rounds: &[Round]) {
    let rows = rows as f64;
    let middle = |of: &dyn Fn(&Round) -> f64| median(rounds, of);
    println!(
        "{{\"bench\":\"postgres_{bench}\",\"callers\":{callers},\"rows\":{rows},\"store_per_s\":{:.0},\
         \"store_per_busy_s\":{:.0},\"insert_per_s\":{:.0},\"insert_per_busy_s\":{:.0},\"copy_per_s\":{:.0},\
         \"copy_per_busy_s\":{:.0},\"ratio\":{:.2},\"busy_ratio\":{:.2},\"ratio_to_copy\":{:.2},\
         \"three_nodes_per_s\":{:.0},\"three_nodes_ratio\":{:.2},\"three_nodes_busy_ratio\":{:.2}}}",
        middle(&|round| rows / round.store.clock_s),
        middle(&|round| rows / round.store.busy_s),
        middle(&|round| rows / round.insert.clock_s),
        middle(&|round| rows / round.insert.busy_s),
        middle(&|round| rows / round.copy.clock_s),
        middle(&|round| rows / round.copy.busy_s),
        middle(&|round| round.insert.clock_s / round.store.clock_s),
        middle(&|round| round.insert.busy_s / round.store.busy_s),
        middle(&|round| round.copy.clock_s / round.store.clock_s),
        middle(&|round| rows / round.three.clock_s),
        middle(&|round| round.store.clock_s / round.three.clock_s),
        middle(&|round| round.store.busy_s / round.three.busy_s),
    );
}

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let callers = numbers.next().unwrap_or(64).next_multiple_of(2);
    // Whole transactions of the bare inserts.
    let whole = |number: u64| number / callers.max(1) * callers;
    let size = Size {
        callers,
        batches: whole(numbers.next().unwrap_or(1_280)),
        people: whole(numbers.next().unwrap_or(25_600)),
    };
    let (mut check_ins, mut registrations) = (Vec::new(), Vec::new());
    for _ in 0..numbers.next().unwrap_or(5) {
        let (first, second) = round(&size).await;
        check_ins.push(first);
        registrations.push(second);
    }
    report("check_ins", size.batches * BATCH, callers, &check_ins);
    report("registrations", size.people, callers, &registrations);
}
