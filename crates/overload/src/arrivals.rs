//! When called people come: learned as hazards by age, so that a room knows how many are still to be expected.
//!
//! Kaplan and Meier 1958: of those who had not come at an age, the share that came in the next quarter of a second. What is
//! known of the young ages is used before anybody has become old, and those who never come need no guess of their own.

/// Length of an age, in seconds: one tick of the room.
pub(crate) const AGE_S: f64 = 0.25;
/// Ages that are told apart: ten seconds. Whoever has not come by then is not expected any more.
pub(crate) const AGES: usize = 40;
/// What is left of old observations with every tick: they are halved in six seconds.
const FADING: f64 = 0.97;
/// Weight of what is believed before anybody was seen.
const BELIEF: f64 = 20.0;

/// The hazards of coming.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals {
    /// (came, could have come) by age.
    seen: [(f64, f64); AGES],
}

impl Default for Arrivals {
    /// Most come within a second, some within three, a few never.
    fn default() -> Self {
        let belief = |age: usize| match age {
            0 => 0.25,
            1..=3 => 0.4,
            4..=9 => 0.3,
            _ => 0.05,
        };
        Self { seen: std::array::from_fn(|age| (belief(age) * BELIEF, BELIEF)) }
    }
}

impl Arrivals {
    /// Of `could` people of this age, `came` came before the next.
    pub(crate) fn saw(&mut self, age: usize, came: u64, could: u64) {
        let Some((came_before, could_before)) = self.seen.get_mut(age) else { return };
        *came_before += came as f64;
        *could_before += could as f64;
    }

    /// With every tick: what was seen long ago counts less, and the last of it is kept.
    pub(crate) fn fade(&mut self) {
        for (came, could) in self.seen.iter_mut().filter(|(_, could)| *could > BELIEF) {
            (*came, *could) = (*came * FADING, *could * FADING);
        }
    }

    /// The share of those who have not come at `age` that comes within so many ages.
    pub(crate) fn share(&self, age: usize, within: usize) -> f64 {
        let stays = |(came, could): &(f64, f64)| 1.0 - (came / could).clamp(0.0, 1.0);
        let ages = self.seen.iter().skip(age).take(within);
        1.0 - ages.map(stays).product::<f64>()
    }

    /// How far ahead one has to look to see most of those who come at all, in ages.
    pub(crate) fn horizon(&self) -> usize {
        let all = self.share(0, AGES);
        (2..12).find(|ages| self.share(0, *ages) >= 0.5 * all).unwrap_or(12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_the_absent_is_learned() {
        let mut arrivals = Arrivals::default();
        for _ in 0..200 {
            // Of a hundred, thirty come at once, thirty after a second, and nobody afterwards.
            (0..AGES).for_each(|age| match age {
                0 => arrivals.saw(0, 30, 100),
                4 => arrivals.saw(4, 30, 70),
                age => arrivals.saw(age, 0, if age < 4 { 70 } else { 40 }),
            });
        }
        let (all, old) = (arrivals.share(0, AGES), arrivals.share(5, AGES));
        assert!((0.58..0.63).contains(&all) && old < 0.05, "{all} {old}");
        assert_eq!(arrivals.horizon(), 5);
        assert!(arrivals.share(AGES, 5).abs() < 1e-9, "nobody is that old");
    }
}
