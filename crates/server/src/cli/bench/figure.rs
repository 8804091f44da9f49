//! A measured figure and the limit it has to keep.

use std::fmt;

use serde::Serialize;

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    /// Nothing: it is told for its own sake.
    None,
    /// At least this much.
    AtLeast(f64),
    /// At most this much.
    AtMost(f64),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::AtLeast(least) => write!(f, ">= {least}"),
            Self::AtMost(most) => write!(f, "<= {most}"),
        }
    }
}

/// A figure of one run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    figure: String,
    measured: f64,
    unit: &'static str,
    #[serde(serialize_with = "as_text")]
    limit: Limit,
    pass: bool,
}

fn as_text<S: serde::Serializer>(limit: &Limit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(limit)
}

impl Figure {
    /// A figure with its limit.
    pub(super) fn new(figure: impl Into<String>, measured: f64, unit: &'static str, limit: Limit) -> Self {
        // Three significant digits are more than a shared machine can repeat.
        let digits = if measured.abs() < 10.0 { 1_000.0 } else { 1.0 };
        let measured = (measured * digits).round() / digits;
        let pass = match limit {
            Limit::None => true,
            Limit::AtLeast(least) => measured >= least,
            Limit::AtMost(most) => measured <= most,
        };
        Self { figure: figure.into(), measured, unit, limit, pass }
    }

    /// Does it keep its limit?
    pub(super) fn passes(&self) -> bool {
        self.pass
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { figure, measured, unit, limit, pass } = self;
        let verdict = match (limit, pass) {
            (Limit::None, _) => "",
            (_, true) => "ok",
            (_, false) => "MISSED",
        };
        write!(f, "{figure:<60} {measured:>12} {unit:<9} {:<8} {verdict}", limit.to_string())
    }
}

/// The middle value; of an even number the upper of the two.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_passes_at_its_limit_and_not_beyond() {
        let at_least = |measured| Figure::new("x", measured, "ratio", Limit::AtLeast(0.75)).passes();
        assert!(at_least(0.75) && !at_least(0.749));
        let at_most = |measured| Figure::new("x", measured, "s", Limit::AtMost(10.0)).passes();
        assert!(at_most(10.0) && !at_most(11.0));
        assert!(Figure::new("x", f64::MAX, "s", Limit::None).passes());
        assert!(!at_least(f64::NAN) && !at_most(f64::NAN));
    }

    #[test]
    fn a_figure_is_one_json_object_with_its_limit_as_text() {
        let json = serde_json::to_string(&Figure::new("a/b", 0.8, "ratio", Limit::AtLeast(0.75))).unwrap();
        assert_eq!(json, r#"{"figure":"a/b","measured":0.8,"unit":"ratio","limit":">= 0.75","pass":true}"#);
    }

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert!(median(Vec::new()).is_nan());
    }
}
