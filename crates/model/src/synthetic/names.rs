//! Names: Chinese ones after the frequency of surnames, Latin ones by nationality.

use std::sync::OnceLock;

use super::draw::{Draw, running_sums};
use crate::name::PersonName;
use crate::person::{Nationality, Sex};

/// Shares of surnames in ten thousand, rounded from published rankings; see `data/NOTICE`.
const SURNAMES: &str = include_str!("../../data/surnames.csv");
const FOREIGNERS: &str = include_str!("../../data/foreigners.csv");

const MALE: &str =
    "伟强军磊勇杰涛明超刚平辉鹏华飞波斌宇浩凯健俊帆帅志建国文博子轩浩然宏峰亮林海龙成东晨旭嘉睿泽";
const FEMALE: &str =
    "芳娜敏静丽艳娟霞秀英玲桂兰燕红梅琳雪婷慧莹洁颖倩欣怡梓涵诗琪雨佳思悦瑶萍琴凤云蕾丹晶淑珍";

/// A surname by its place in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Surname(usize);

/// A nationality of the table of foreigners, with its names.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) nationality: Nationality,
    /// ISO 3166-1 numeric code.
    pub(super) numeric: u32,
    male: Vec<&'static str>,
    female: Vec<&'static str>,
    surnames: Vec<&'static str>,
}

struct Tables {
    surnames: Vec<&'static str>,
    surname_sums: Vec<u32>,
    male: Vec<char>,
    female: Vec<char>,
    foreign: Vec<Foreign>,
    foreign_sums: Vec<u32>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| read_tables().expect("the shipped tables of names are well-formed (tested)"))
}

fn read_tables() -> Option<Tables> {
    let mut surnames = Vec::new();
    let mut weights = Vec::new();
    for line in SURNAMES.lines().skip(1) {
        let (surname, weight) = line.split_once(',')?;
        surnames.push(surname);
        weights.push(weight.parse().ok()?);
    }
    let mut foreign = Vec::new();
    let mut foreign_weights = Vec::new();
    for line in FOREIGNERS.lines().skip(1) {
        let fields: [&str; 6] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let [nationality, numeric, weight, male, female, surnames] = fields;
        let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
        foreign_weights.push(weight.parse().ok()?);
        foreign.push(Foreign {
            nationality: Nationality::parse(nationality)?,
            numeric: numeric.parse().ok()?,
            male: words(male),
            female: words(female),
            surnames: words(surnames),
        });
    }
    Some(Tables {
        surnames,
        surname_sums: running_sums(weights.into_iter()),
        male: MALE.chars().collect(),
        female: FEMALE.chars().collect(),
        foreign,
        foreign_sums: running_sums(foreign_weights.into_iter()),
    })
}

/// Draws a surname as often as it is borne.
pub(super) fn draw_surname(draw: &mut Draw) -> Surname {
    Surname(draw.weighted(&tables().surname_sums))
}

/// A full name with this surname; four given names in five have two characters.
pub(super) fn draw_name(draw: &mut Draw, surname: Surname, sex: Sex) -> PersonName {
    let tables = tables();
    let given = match sex {
        Sex::Male => &tables.male,
        Sex::Female => &tables.female,
    };
    let mut name = String::with_capacity(12);
    name.push_str(tables.surnames[surname.0]);
    name.push(*draw.pick(given));
    if draw.chance(80_000) {
        name.push(*draw.pick(given));
    }
    PersonName::parse(&name).expect("the tables hold letters only (tested)")
}

/// Draws a nationality other than Chinese.
pub(super) fn draw_foreign(draw: &mut Draw) -> &'static Foreign {
    let tables = tables();
    &tables.foreign[draw.weighted(&tables.foreign_sums)]
}

impl Foreign {
    /// One of the surnames of the nationality.
    pub(super) fn draw_surname(&self, draw: &mut Draw) -> &'static str {
        draw.pick::<&'static str>(&self.surnames)
    }

    /// A full name with this surname, as on the document: upper-case Latin.
    pub(super) fn draw_name(&self, draw: &mut Draw, surname: &str, sex: Sex) -> PersonName {
        let given = match sex {
            Sex::Male => draw.pick(&self.male),
            Sex::Female => draw.pick(&self.female),
        };
        let name = format!("{given} {surname}").to_uppercase();
        PersonName::parse(&name).expect("the tables hold letters only (tested)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_the_tables_makes_a_name() {
        let tables = read_tables().unwrap();
        for surname in &tables.surnames {
            for given in tables.male.iter().chain(&tables.female) {
                assert!(PersonName::parse(&format!("{surname}{given}")).is_ok());
            }
        }
        for foreign in &tables.foreign {
            assert!(foreign.numeric < 1000);
            for word in foreign.male.iter().chain(&foreign.female).chain(&foreign.surnames) {
                assert!(PersonName::parse(word).is_ok(), "{word}");
            }
        }
    }

    #[test]
    fn common_surnames_are_common() {
        let mut draw = Draw::new(3, 3);
        let names = (0..20_000).map(|_| {
            let surname = draw_surname(&mut draw);
            draw_name(&mut draw, surname, Sex::Female)
        });
        let wang = names.filter(|name| name.as_str().starts_with('王')).count();
        assert!((1_500..2_500).contains(&wang), "{wang} of 20,000 are called 王");
    }
}
