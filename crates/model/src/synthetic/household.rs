//! Who lives together: ages and sexes of a household, with the generations apart.

use super::draw::Draw;
use crate::person::Sex;

/// The largest household.
pub(super) const MAX_SIZE: usize = 6;

/// Households of 1 to 6 people in a hundred, after the 2020 census (2.6 people on average).
const SIZE_RUNNING_SUMS: [u32; MAX_SIZE] = [25, 55, 76, 89, 96, 100];

/// Place of a member in the family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Generation {
    /// Head of the household, gives the surname.
    Head,
    /// Spouse of the head.
    Spouse,
    /// Child of the head.
    Child,
    /// Parent of the head.
    Parent,
}

/// One member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Member {
    pub(super) generation: Generation,
    pub(super) age: u32,
    pub(super) sex: Sex,
}

/// The members of a household, at most six.
#[derive(Clone, Copy, Debug)]
pub(super) struct Members {
    members: [Option<Member>; MAX_SIZE],
    count: usize,
}

impl Members {
    fn push(&mut self, generation: Generation, age: u32, sex: Sex) {
        self.members[self.count] = Some(Member { generation, age, sex });
        self.count += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn get(&self, index: usize) -> Option<Member> {
        self.members.get(index).copied().flatten()
    }
}

/// Draws a household of at most `most` people.
pub(super) fn draw_household(draw: &mut Draw, most: u32) -> Members {
    let size = (draw.weighted(&SIZE_RUNNING_SUMS) + 1).min(most.max(1) as usize);
    let mut household = Members { members: [None; MAX_SIZE], count: 0 };
    let chance = draw.below(100);
    let (spouse, children, parents) = match (size, chance) {
        (1, 0..30) => return old_people(draw, household, false),
        (1, _) => (false, 0, 0),
        (2, 0..25) => return old_people(draw, household, true),
        (2, 25..35) => (false, 1, 0),
        (2, 35..45) => (false, 0, 1),
        (2, _) => (true, 0, 0),
        (3, 0..12) => (true, 0, 1),
        (3, _) => (true, 1, 0),
        (4, 0..10) => (true, 0, 2),
        (4, 10..40) => (true, 1, 1),
        (4, _) => (true, 2, 0),
        (5, 0..50) => (true, 1, 2),
        (5, _) => (true, 2, 1),
        _ => (true, 2, 2),
    };
    let head_sex = if draw.chance(70_000) { Sex::Male } else { Sex::Female };
    let head = draw.between(if children > 0 { 24 } else { 20 }, 58);
    household.push(Generation::Head, head, head_sex);
    let mut younger = head;
    if spouse {
        let age = (head + draw.below(7)).saturating_sub(3).max(if children > 0 { 24 } else { 20 });
        household.push(Generation::Spouse, age, other(head_sex));
        younger = younger.min(age);
    }
    for _ in 0..children {
        // Parents are at least 20 when a child is born; grown-up children move out.
        let age = draw.below((younger - 20).min(26));
        household.push(Generation::Child, age, any_sex(draw));
    }
    let first_parent = any_sex(draw);
    for nth in 0..parents {
        let age = (head + draw.between(22, 34)).clamp(60, 98);
        household.push(Generation::Parent, age, if nth == 0 { first_parent } else { other(first_parent) });
    }
    household
}

/// One elder, or a couple.
fn old_people(draw: &mut Draw, mut household: Members, couple: bool) -> Members {
    // The smaller of two draws makes the very old rare.
    let age = 60 + draw.below(36).min(draw.below(36));
    let sex = any_sex(draw);
    household.push(Generation::Head, age, sex);
    if couple {
        household.push(Generation::Spouse, (age + draw.below(7)).saturating_sub(3).max(56), other(sex));
    }
    household
}

/// At birth there are about 105 boys for 100 girls.
fn any_sex(draw: &mut Draw) -> Sex {
    if draw.chance(51_200) { Sex::Male } else { Sex::Female }
}

fn other(sex: Sex) -> Sex {
    match sex {
        Sex::Male => Sex::Female,
        Sex::Female => Sex::Male,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_too_young_to_be_a_parent_and_children_live_with_adults() {
        let mut draw = Draw::new(7, 7);
        for _ in 0..20_000 {
            let household = draw_household(&mut draw, 6);
            let members: Vec<Member> = (0..household.len()).filter_map(|i| household.get(i)).collect();
            let head = members[0];
            assert!(head.generation == Generation::Head && head.age >= 20);
            for member in &members[1..] {
                match member.generation {
                    Generation::Child => {
                        let parents = members
                            .iter()
                            .filter(|m| matches!(m.generation, Generation::Head | Generation::Spouse));
                        for parent in parents {
                            assert!(parent.age > member.age + 20, "{members:?}");
                        }
                    }
                    Generation::Parent => assert!(member.age >= 60.max(head.age + 20), "{members:?}"),
                    Generation::Spouse => assert!(member.age.abs_diff(head.age) <= 4),
                    Generation::Head => panic!("two heads: {members:?}"),
                }
            }
        }
    }

    #[test]
    fn a_household_is_never_larger_than_there_is_room() {
        let mut draw = Draw::new(1, 1);
        for most in 1..=6 {
            assert!((0..500).all(|_| (1..=most as usize).contains(&draw_household(&mut draw, most).len())));
        }
    }
}
