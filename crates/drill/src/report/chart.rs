//! Charts as inline SVG: lines over an axis, and bars.

use std::fmt::Write as _;

/// Width of a chart in SVG units, about the pixels it has on the page: half of it, or all of it.
const WIDTH: f64 = 540.0;
const WIDE: f64 = 1_080.0;
const HEIGHT: f64 = 300.0;
/// Space around the plot: left, top, right, bottom.
const MARGIN: [f64; 4] = [64.0, 44.0, 20.0, 44.0];
/// Lines are drawn with at most this many points.
const MOST_POINTS: usize = 400;
/// Height of a bar with its gap.
const BAR: f64 = 34.0;

/// A line.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: &'static str,
    pub(super) dashed: bool,
    /// With a dot at every point.
    pub(super) dots: bool,
    pub(super) points: Vec<(f64, f64)>,
}

/// A span of the x axis that is shaded, and what happened in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    pub(super) from: f64,
    pub(super) until: f64,
    pub(super) label: String,
    pub(super) colour: &'static str,
}

/// A chart of lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Chart {
    pub(super) x_label: String,
    pub(super) y_label: String,
    pub(super) lines: Vec<Line>,
    pub(super) spans: Vec<Span>,
    pub(super) x_log: bool,
    pub(super) y_log: bool,
    /// Over the whole page.
    pub(super) wide: bool,
    /// The y axis reaches at least so far, and at most so far.
    pub(super) y_least: f64,
    pub(super) y_most: Option<f64>,
}

/// A scale from values to SVG units.
struct Scale {
    from: f64,
    to: f64,
    begin: f64,
    end: f64,
    log: bool,
}

impl Scale {
    fn at(&self, value: f64) -> f64 {
        let value = value.clamp(self.from.min(self.to), self.from.max(self.to));
        let share = if self.log {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        self.begin + share * (self.end - self.begin)
    }

    fn ticks(&self) -> Vec<f64> {
        if self.log {
            let decades = self.from.log10().ceil() as i32..=self.to.log10().floor() as i32;
            let few = decades.clone().count() < 3;
            let steps: &[f64] = if few { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let all = (self.from.log10().floor() as i32..=self.to.log10().ceil() as i32)
                .flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)));
            return all.filter(|tick| (self.from * 0.999..=self.to * 1.001).contains(tick)).collect();
        }
        let raw = (self.to - self.from) / 5.0;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|step| *step >= raw);
        let step = step.unwrap_or(raw);
        let first = (self.from / step).ceil() as i64;
        (first..).map(|n| n as f64 * step).take_while(|tick| *tick <= self.to * 1.0001).collect()
    }
}

/// A number as people write it.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        x if x == 0.0 || x >= 100.0 => 0,
        x if x >= 10.0 => usize::from((value - value.round()).abs() > 0.05),
        x if x >= 1.0 => {
            if (value - value.round()).abs() > 0.005 {
                2
            } else {
                0
            }
        }
        x if x >= 0.01 => 3,
        _ => 5,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Text that may stand in HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Chart {
    fn width(&self) -> f64 {
        if self.wide { WIDE } else { WIDTH }
    }

    fn x_scale(&self) -> Scale {
        let xs = || self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
        let (mut from, mut to) = (xs().fold(f64::INFINITY, f64::min), xs().fold(f64::NEG_INFINITY, f64::max));
        if !from.is_finite() || from >= to {
            (from, to) = if from.is_finite() { (from * 0.9, from * 1.1 + 1e-3) } else { (0.0, 1.0) };
        }
        Scale { from, to, begin: MARGIN[0], end: self.width() - MARGIN[2], log: self.x_log && from > 0.0 }
    }

    fn y_scale(&self) -> Scale {
        let ys = || self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
        let most = ys().fold(self.y_least, f64::max).max(1e-9) * 1.06;
        let to = self.y_most.map_or(most, |limit| most.min(limit));
        let least = ys().filter(|y| *y > 0.0).fold(f64::INFINITY, f64::min);
        let from = if self.y_log { least.min(to / 10.0).max(to / 1e5) } else { 0.0 };
        Scale { from, to, begin: HEIGHT - MARGIN[3], end: MARGIN[1], log: self.y_log }
    }

    /// The chart as SVG.
    pub(super) fn svg(&self) -> String {
        let (x, y) = (self.x_scale(), self.y_scale());
        let mut svg = String::new();
        let _ = write!(svg, r#"<svg viewBox="0 0 {} {HEIGHT}" role="img">"#, self.width());
        for span in &self.spans {
            span.draw(&mut svg, &x);
        }
        self.axes(&mut svg, &x, &y);
        for line in &self.lines {
            line.draw(&mut svg, &x, &y);
        }
        self.legend(&mut svg);
        svg.push_str("</svg>");
        svg
    }

    fn axes(&self, svg: &mut String, x: &Scale, y: &Scale) {
        let (left, right, top, bottom) = (MARGIN[0], self.width() - MARGIN[2], MARGIN[1], HEIGHT - MARGIN[3]);
        for tick in y.ticks() {
            let (at, text) = (y.at(tick), number(tick));
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{left} {at:.1}H{right}"/><text class="tick" x="{:.1}" y="{:.1}" text-anchor="end">{text}</text>"#,
                left - 8.0,
                at + 5.0
            );
        }
        for tick in x.ticks() {
            let (at, text) = (x.at(tick), number(tick));
            let _ = write!(
                svg,
                r#"<path class="axis" d="M{at:.1} {bottom}v5"/><text class="tick" x="{at:.1}" y="{:.1}" text-anchor="middle">{text}</text>"#,
                bottom + 20.0
            );
        }
        let _ = write!(
            svg,
            r#"<path class="axis" d="M{left} {top}V{bottom}H{right}"/><text class="label" x="{right}" y="{:.1}" text-anchor="end">{}</text><text class="label" x="4" y="16">{}</text>"#,
            HEIGHT - 6.0,
            escape(&self.x_label),
            escape(&self.y_label)
        );
    }

    /// On the line of the y label's end, from the right.
    fn legend(&self, svg: &mut String) {
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 7.2 } else { 14.0 }).sum::<f64>();
        let named: Vec<&Line> = self.lines.iter().filter(|line| !line.name.is_empty()).collect();
        let total: f64 = named.iter().map(|line| width(&line.name) + 36.0).sum();
        let mut at = (self.width() - MARGIN[2] - total).max(MARGIN[0]);
        for line in named {
            let dash = if line.dashed { r#" stroke-dasharray="5 4""# } else { "" };
            let _ = write!(
                svg,
                r#"<path d="M{at:.1} 31h24" stroke="{}" stroke-width="3"{dash}/><text class="label" x="{:.1}" y="36">{}</text>"#,
                line.colour,
                at + 29.0,
                escape(&line.name)
            );
            at += width(&line.name) + 36.0;
        }
    }
}

impl Span {
    fn draw(&self, svg: &mut String, x: &Scale) {
        let (from, until) = (x.at(self.from), x.at(self.until).max(x.at(self.from) + 2.0));
        let (top, height) = (MARGIN[1], HEIGHT - MARGIN[1] - MARGIN[3]);
        let _ = write!(
            svg,
            r#"<rect x="{from:.1}" y="{top}" width="{:.1}" height="{height}" fill="{}"/><text class="span" x="{:.1}" y="{:.1}">{}</text>"#,
            until - from,
            self.colour,
            from + 4.0,
            top + 14.0,
            escape(&self.label)
        );
    }
}

impl Line {
    fn draw(&self, svg: &mut String, x: &Scale, y: &Scale) {
        let every = self.points.len().div_ceil(MOST_POINTS).max(1);
        let mut path = String::new();
        for (n, points) in self.points.chunks(every).enumerate() {
            let mean =
                |which: fn(&(f64, f64)) -> f64| points.iter().map(which).sum::<f64>() / points.len() as f64;
            let (at_x, at_y) = (x.at(mean(|point| point.0)), y.at(mean(|point| point.1)));
            let _ = write!(path, "{}{at_x:.1} {at_y:.1}", if n == 0 { "M" } else { "L" });
            if self.dots {
                let _ =
                    write!(svg, r#"<circle cx="{at_x:.1}" cy="{at_y:.1}" r="4" fill="{}"/>"#, self.colour);
            }
        }
        let dash = if self.dashed { r#" stroke-dasharray="6 5""# } else { "" };
        let _ = write!(
            svg,
            r#"<path d="{path}" fill="none" stroke="{}" stroke-width="2.5" stroke-linejoin="round"{dash}/>"#,
            self.colour
        );
    }
}

/// Horizontal bars: label, value, colour. `limit` draws a line across.
pub(super) fn bars(bars: &[(String, f64, &'static str)], unit: &str, log: bool) -> String {
    let left = 222.0;
    let height = bars.len() as f64 * BAR + 10.0;
    let most = bars.iter().map(|bar| bar.1).fold(1e-9, f64::max);
    let least = bars.iter().map(|bar| bar.1).filter(|value| *value > 0.0).fold(most, f64::min);
    let from = if log { least / 3.0 } else { 0.0 };
    let scale = Scale { from, to: most, begin: 0.0, end: WIDTH - left - 100.0, log };
    let mut svg = String::new();
    let _ = write!(svg, r#"<svg viewBox="0 0 {WIDTH} {height}" role="img">"#);
    for (n, (label, value, colour)) in bars.iter().enumerate() {
        let top = n as f64 * BAR + 6.0;
        let width = if *value > 0.0 { scale.at(*value).max(2.0) } else { 1.0 };
        let _ = write!(
            svg,
            r#"<text class="label" x="{:.1}" y="{:.1}" text-anchor="end">{}</text><rect x="{left}" y="{top:.1}" width="{width:.1}" height="{:.1}" rx="3" fill="{colour}"/><text class="label" x="{:.1}" y="{:.1}">{} {}</text>"#,
            left - 10.0,
            top + 18.0,
            escape(label),
            BAR - 10.0,
            left + width + 8.0,
            top + 18.0,
            number(*value),
            escape(unit)
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_contains_its_points_its_names_and_its_spans() {
        let line = Line {
            name: "有效".into(),
            colour: "#123456",
            points: vec![(0.0, 0.0), (10.0, 50.0)],
            ..Line::default()
        };
        let span = Span { from: 2.0, until: 4.0, label: "10×".into(), colour: "#eee" };
        let chart =
            Chart { x_label: "秒 s".into(), lines: vec![line], spans: vec![span], ..Chart::default() };
        let svg = chart.svg();
        for part in ["#123456", "有效", "10×", "秒 s", ">40<"] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        // The first point lies on the origin, the last at the right end of the x axis.
        assert!(
            svg.contains(&format!("M{:.1} {:.1}L{:.1}", MARGIN[0], HEIGHT - MARGIN[3], WIDTH - MARGIN[2])),
            "{svg}"
        );
    }

    #[test]
    fn long_lines_are_thinned_and_empty_charts_are_drawn() {
        let points = (0..10_000).map(|n| (f64::from(n), 1.0)).collect();
        let chart = Chart { lines: vec![Line { points, ..Line::default() }], ..Chart::default() };
        assert!(chart.svg().matches('L').count() <= MOST_POINTS);
        assert!(Chart { x_log: true, y_log: true, ..Chart::default() }.svg().ends_with("</svg>"));
    }

    #[test]
    fn bars_show_their_values_and_text_is_escaped() {
        let svg = bars(&[("a<b".into(), 12.5, "#000"), ("zero".into(), 0.0, "#000")], "µs", true);
        assert!(svg.contains("a&lt;b") && svg.contains("12.5 µs") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn numbers_are_short() {
        let texts = [0.0, 0.5, 2.0, 12.34, 1_234.5, 0.012_34].map(number);
        assert_eq!(texts, ["0", "0.5", "2", "12.3", "1234", "0.012"]);
    }
}
