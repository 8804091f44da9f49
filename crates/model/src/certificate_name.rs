//! The name on a certificate from elsewhere against the name a person is registered with.
//!
//! A certificate has the name as printed and in capitals A-Z (ICAO 9303). A Chinese name is registered in characters and
//! stands on certificates of other countries as in the passport: in pinyin, so readings of the characters are compared.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti as _;

/// The name on a certificate: family name and given names, each empty where it is not there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateName {
    /// As printed.
    pub printed: [String; 2],
    /// In capitals, with `<` between words.
    pub latin: [String; 2],
}

impl CertificateName {
    /// Is it the name of who is registered with this one? Order of the words, spaces and marks do not count.
    #[must_use]
    pub fn fits(&self, registered: &str) -> bool {
        let own = words(registered);
        if own.is_empty() {
            return false;
        }
        if is_same(&own, &self.printed) || is_same(&own, &self.latin) {
            return true;
        }
        let characters: Vec<char> = own.concat().chars().collect();
        if !characters.iter().all(|letter| is_han(*letter)) {
            return false;
        }
        let [family, given] = &self.latin.clone().map(|part| letters(&part));
        [format!("{family}{given}"), format!("{given}{family}")]
            .iter()
            .any(|latin| !latin.is_empty() && reads(&characters, latin))
    }
}

/// Words in capitals.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect();
    words.sort();
    words
}

fn is_same(own: &[String], parts: &[String; 2]) -> bool {
    let other = words(&parts.join(" "));
    // In Chinese the parts of a name are written together.
    other == own || (!other.is_empty() && words(&parts.concat()) == own)
}

/// A to Z only.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase()).collect()
}

fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

/// Are these letters a reading of the characters, each by any of its readings? Looks at each place once, however many ways lead
/// there: the letters are foreign input.
fn reads(characters: &[char], latin: &str) -> bool {
    let mut places = BTreeSet::from([0]);
    for character in characters {
        let Some(readings) = character.to_pinyin_multi() else { return false };
        let spellings: BTreeSet<String> =
            readings.into_iter().flat_map(|reading| spellings(reading.plain())).collect();
        let next = |place: usize| {
            let rest = latin.get(place..).unwrap_or_default();
            let fitting = spellings.iter().filter(move |spelling| rest.starts_with(spelling.as_str()));
            fitting.map(move |spelling| place + spelling.len())
        };
        places = places.into_iter().flat_map(next).collect();
    }
    places.contains(&latin.len())
}

/// Capitals; passports spell ü as YU, and have spelled it U and V.
fn spellings(plain: &str) -> Vec<String> {
    let upper = plain.to_uppercase().replace('V', "Ü");
    if !upper.contains('Ü') {
        return vec![upper];
    }
    ["YU", "U", "V"].map(|letter| upper.replace('Ü', letter)).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(printed: [&str; 2], latin: [&str; 2]) -> CertificateName {
        CertificateName { printed: printed.map(str::to_owned), latin: latin.map(str::to_owned) }
    }

    #[test]
    fn a_chinese_name_fits_its_pinyin_in_either_order_and_nobody_elses() {
        let wang = name(["Wang", "Jianguo"], ["WANG", "JIANGUO"]);
        assert!(wang.fits("王建国"));
        assert!(name(["", ""], ["JIAN<GUO", "WANG"]).fits("王建国"));
        assert!(name(["Ouyang", "Na"], ["OUYANG", "NA"]).fits("欧阳娜"));
        for other in ["王建", "王建军", "汪洋", "李建国", "王建国强", ""] {
            assert!(!wang.fits(other), "{other}");
        }
    }

    #[test]
    fn every_reading_and_every_spelling_counts() {
        // 单 as a family name is Shan, 乐 is Le or Yue, 吕 is spelled Lyu, Lu or Lv.
        assert!(name(["", ""], ["SHAN", "YUE"]).fits("单乐"));
        for spelling in ["LYU", "LU", "LV"] {
            assert!(name(["", ""], [spelling, "FANG"]).fits("吕芳"), "{spelling}");
        }
    }

    #[test]
    fn a_name_that_can_be_read_in_countless_ways_is_judged_at_once() {
        // Five readings of 啊 are spelled A.
        let long = name(["", ""], ["A", &"A".repeat(59)]);
        assert!(long.fits(&"啊".repeat(60)));
        assert!(!long.fits(&format!("{}王", "啊".repeat(59))));
    }

    #[test]
    fn the_same_letters_fit_whatever_the_order_and_the_marks() {
        let mueller = name(["Müller", "Hans-Peter"], ["MUELLER", "HANS<PETER"]);
        assert!(mueller.fits("Hans Peter Müller") && mueller.fits("MUELLER HANS PETER"));
        assert!(!mueller.fits("Hans Müller") && !mueller.fits("Petra Müller"));
        assert!(name(["张三", ""], ["", ""]).fits("张三"));
        assert!(name(["张", "三"], ["", ""]).fits("张三"));
        assert!(!name(["", ""], ["", ""]).fits("张三"));
    }
}
