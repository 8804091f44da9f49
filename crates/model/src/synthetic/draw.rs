//! Pseudo-random draws of the generator: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine for ever.

/// A stream of draws from a seed. Not for secrets.
#[derive(Clone, Debug)]
pub(super) struct Draw(u64);

/// Spreads every bit of the input over all bits of the output; a bijection.
pub(super) const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Draw {
    /// A stream of its own for each pair of seed and purpose.
    pub(super) const fn new(seed: u64, purpose: u64) -> Self {
        Self(mix(seed ^ mix(purpose)))
    }

    /// 64 even bits.
    pub(super) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// An even number in `0..end`; `end` is at least 1. The bias is below `end / 2^32`.
    pub(super) const fn below(&mut self, end: u32) -> u32 {
        (((self.bits() >> 32) * end as u64) >> 32) as u32
    }

    /// An even number in `from..=to`.
    pub(super) const fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to - from + 1)
    }

    /// True this many times in a hundred thousand.
    pub(super) const fn chance(&mut self, per_100k: u32) -> bool {
        self.below(100_000) < per_100k
    }

    /// One of the choices, each as often as any other; there is at least one.
    pub(super) const fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u32) as usize]
    }

    /// The place of a choice, given the running sums of the weights; the last sum is at least 1.
    pub(super) fn weighted(&mut self, running_sums: &[u32]) -> usize {
        let total = *running_sums.last().expect("there is something to choose from");
        let at = self.below(total);
        running_sums.partition_point(|sum| *sum <= at)
    }
}

/// The running sums of weights.
pub(super) fn running_sums(weights: impl Iterator<Item = u32>) -> Vec<u32> {
    weights
        .scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // SplitMix64 from state 0, as in the reference implementation.
        let mut draw = Draw(0);
        assert_eq!([draw.bits(), draw.bits()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn draws_stay_in_range_and_reach_both_ends() {
        let mut draw = Draw::new(1, 2);
        let drawn: Vec<u32> = (0..1000).map(|_| draw.between(3, 7)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&7)));
    }

    #[test]
    fn weights_decide_how_often_and_zero_means_never() {
        let sums = running_sums([1, 0, 3].into_iter());
        let mut draw = Draw::new(1, 2);
        let mut count = [0; 3];
        for _ in 0..4000 {
            count[draw.weighted(&sums)] += 1;
        }
        assert_eq!(count[1], 0);
        assert!((800..1200).contains(&count[0]), "{count:?}");
    }
}
