//! Streams a synthetic city and prints its size and fingerprint; time it from outside to learn the rate:
//! `time cargo run --release -p yimatong-model --example stream_city -- 1000000`.
//! On the 2-core machine of the project a core makes about 1.3 million people per second.

use std::hash::{DefaultHasher, Hash, Hasher};

use yimatong_model::synthetic::SyntheticCity;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let people: u32 = std::env::args().nth(1).as_deref().unwrap_or("100000").parse()?;
    let city = SyntheticCity::new(610_100, people, 1)?;
    let mut fingerprint = DefaultHasher::new();
    let mut results = 0;
    for person in city.people("2021-12-20T08:00:00+08:00".parse()?) {
        person.document.number().hash(&mut fingerprint);
        results += person.results.len();
    }
    println!(
        "{people} people, {} communities, {} venues, {results} results, fingerprint {:016x}",
        city.communities().len(),
        city.venues().len(),
        fingerprint.finish()
    );
    Ok(())
}
