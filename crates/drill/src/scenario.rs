//! Scenarios: who comes when, what breaks, and what must hold. TOML files; see `testdata/drill`.

use serde::{Deserialize, Serialize};

use crate::retry::Model;

/// The scenarios that come with the program, in the order of a full drill.
const SHIPPED: [&str; 13] = [
    include_str!("../../../testdata/drill/sweep.toml"),
    include_str!("../../../testdata/drill/step-10x.toml"),
    include_str!("../../../testdata/drill/step-10x-short.toml"),
    include_str!("../../../testdata/drill/step-50x.toml"),
    include_str!("../../../testdata/drill/pulse-train.toml"),
    include_str!("../../../testdata/drill/xian-2021-12-20.toml"),
    include_str!("../../../testdata/drill/xian-2022-01-04.toml"),
    include_str!("../../../testdata/drill/round-first-hour.toml"),
    include_str!("../../../testdata/drill/store-stall.toml"),
    include_str!("../../../testdata/drill/cpu-cut.toml"),
    include_str!("../../../testdata/drill/registry-drop.toml"),
    include_str!("../../../testdata/drill/kill.toml"),
    include_str!("../../../testdata/drill/control.toml"),
];
const QUICK: &str = include_str!("../../../testdata/drill/quick.toml");

/// A scenario.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name, as of its file.
    pub name: String,
    /// In words, Chinese and English.
    pub title: [String; 2],
    /// Which protections it runs under, in order; `ours` alone if not given.
    #[serde(default = "ours")]
    pub protections: Vec<Protection>,
    /// Seed of the arrivals; the command line may override it.
    pub seed: u64,
    /// The server that is started for it.
    #[serde(default)]
    pub server: Provision,
    /// Who comes.
    #[serde(default)]
    pub mix: Mix,
    /// Who is at work in the street and in the labs meanwhile.
    pub field: Option<Field>,
    /// How many come when; one stage follows the other.
    pub load: Vec<Load>,
    /// What breaks.
    #[serde(default)]
    pub fault: Vec<Fault>,
    /// Time after the last arrival for let-in people to finish, in seconds.
    #[serde(default = "drain_s")]
    pub drain_s: f64,
    /// What must hold under `ours`.
    pub criteria: Criteria,
}

fn ours() -> Vec<Protection> {
    vec![Protection::Ours]
}

fn drain_s() -> f64 {
    10.0
}

/// What stands before the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Admission and waiting room.
    Ours,
    /// A limit of concurrency that sheds load.
    Shed,
    /// Nothing but an unbounded queue.
    Off,
}

impl Protection {
    /// As on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Shed => "shed",
            Self::Off => "off",
        }
    }
}

/// What the server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Provision {
    /// Connections of its database.
    pub store_connections: u32,
    /// Time that each verb keeps one busy, in milliseconds.
    pub store_time_ms: u32,
}

impl Default for Provision {
    fn default() -> Self {
        Self { store_connections: 4, store_time_ms: 15 }
    }
}

impl Provision {
    /// Flows per second that arithmetic allows at most.
    #[must_use]
    pub fn bound_per_s(&self) -> f64 {
        f64::from(self.store_connections) * 1e3
            / f64::from(self.store_time_ms)
            / f64::from(crate::flow::VERBS)
    }
}

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mix {
    /// Attempts to show a code per flow that is begun.
    pub shows_per_flow: f64,
    /// Share of shown codes after which the history of results is looked at, too.
    pub results_per_show: f64,
    /// Share of people who ask once.
    pub none: f64,
    /// Share of polite people.
    pub polite: f64,
    /// Share of impatient people.
    pub human: f64,
    /// Share of hostile clients.
    pub hostile: f64,
}

impl Default for Mix {
    fn default() -> Self {
        Self { shows_per_flow: 1.0, results_per_show: 0.0, none: 0.0, polite: 0.2, human: 0.7, hostile: 0.1 }
    }
}

impl Mix {
    /// The way of behaving at `x` of 0 to 1.
    pub(crate) fn model(&self, x: f64) -> Model {
        let total = self.none + self.polite + self.human + self.hostile;
        let mut x = x * total;
        for (share, model) in
            [(self.none, Model::None), (self.polite, Model::Polite), (self.human, Model::Human)]
        {
            if x < share {
                return model;
            }
            x -= share;
        }
        Model::Hostile
    }
}

/// Who is at work in the street and in the labs.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Samplers' devices.
    pub devices: u32,
    /// Each syncs a batch every so many seconds.
    pub sync_every_s: f64,
    /// Samples in a batch, in whole tubes of ten.
    pub samples: u32,
    /// Labs.
    pub labs: u32,
    /// Each posts results every so many seconds, of at most 100 tubes.
    pub post_every_s: f64,
}

/// A stage: from one load to another in a straight line.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Length in seconds.
    pub for_s: f64,
    /// Flows begun per second as a multiple of C, at its begin.
    pub from: f64,
    /// The same at its end; as at its begin if not given.
    pub to: Option<f64>,
}

impl Load {
    pub(crate) fn to(&self) -> f64 {
        self.to.unwrap_or(self.from)
    }
}

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// When, in seconds since the begin.
    pub at_s: f64,
    /// What.
    pub kind: FaultKind,
    /// For how long, in seconds.
    #[serde(default)]
    pub for_s: f64,
    /// `cpu-cut`: the share of processor time that is left.
    #[serde(default = "cpu_share")]
    pub share: f64,
}

fn cpu_share() -> f64 {
    0.2
}

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The store stands still.
    StoreStall,
    /// The server gets little processor time.
    CpuCut,
    /// The registry in memory is dropped.
    RegistryDrop,
    /// The server is killed and started again.
    Kill,
}

impl FaultKind {
    /// Name in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StoreStall => "store-stall",
            Self::CpuCut => "cpu-cut",
            Self::RegistryDrop => "registry-drop",
            Self::Kill => "kill",
        }
    }
}

/// What must hold; what is not named is not judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Criteria {
    /// Least goodput in every 5 s from 2 s after a step above C, as a share of the peak.
    pub goodput_share: Option<f64>,
    /// Longest 99th percentile of let-in requests, in milliseconds.
    pub admitted_p99_ms: Option<f64>,
    /// Most latency 5 s after load and backlog fell below C, as a multiple of before.
    pub recovered_latency: Option<f64>,
    /// Most seconds with goodput that stays down long after the trigger.
    pub metastable_s: Option<f64>,
    /// Least share of let-in people who finish.
    pub finished_share: Option<f64>,
    /// Most places that rose.
    pub places_risen: Option<u64>,
    /// Largest median of the error of waits told.
    pub eta_median: Option<f64>,
    /// Largest 90th percentile of the same.
    pub eta_p90: Option<f64>,
    /// Least share of attempts to show a code that the server answers.
    pub shows_done: Option<f64>,
    /// The same outside of each fault and the five seconds after it.
    pub shows_done_outside: Option<f64>,
    /// Least share of attempts after which a code could be shown, the phone's own included.
    pub shows_shown: Option<f64>,
    /// Most memory in MiB.
    pub rss_mib: Option<f64>,
    /// Most descriptors.
    pub descriptors: Option<u64>,
    /// Most acknowledged writes lost.
    pub lost: Option<u64>,
    /// Most batches of samplers and labs that were refused or not answered.
    pub field_refused: Option<u64>,
    /// Most rows of samplers and labs that were acknowledged and are gone.
    pub field_lost: Option<u64>,
    /// Longest 99th percentile of samplers' syncs, in milliseconds.
    pub sync_p99_ms: Option<f64>,
    /// Under `off`: most goodput in the last 5 s of the overload, as a share of C. The negative control must collapse.
    pub control_collapses: Option<f64>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The message names the key that is unknown, missing or out of range.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let scenario: Self = toml::from_str(text)?;
        scenario.check()?;
        Ok(scenario)
    }

    fn check(&self) -> anyhow::Result<()> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        anyhow::ensure!(!self.load.is_empty(), "load: at least one stage");
        anyhow::ensure!(!self.protections.is_empty(), "protections: at least one of ours, shed, off");
        for load in &self.load {
            anyhow::ensure!(positive(load.for_s), "load.for_s must be above 0");
            let sensible = [load.from, load.to()].iter().all(|x| (0.0..=100.0).contains(x));
            anyhow::ensure!(sensible, "load.from and load.to must be 0 to 100");
        }
        let Mix { shows_per_flow, results_per_show, none, polite, human, hostile } = self.mix;
        let shares = [none, polite, human, hostile];
        anyhow::ensure!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "mix: shares are 0 to 1");
        anyhow::ensure!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-6, "mix: shares must add up to 1");
        anyhow::ensure!((0.0..=100.0).contains(&shows_per_flow), "mix.shows_per_flow must be 0 to 100");
        anyhow::ensure!((0.0..=1.0).contains(&results_per_show), "mix.results_per_show must be 0 to 1");
        if let Some(field) = &self.field {
            anyhow::ensure!((1..=1_000).contains(&field.devices), "field.devices must be 1 to 1,000");
            anyhow::ensure!((10..=1_000).contains(&field.samples), "field.samples must be 10 to 1,000");
            anyhow::ensure!((1..=100).contains(&field.labs), "field.labs must be 1 to 100");
            let paces = [field.sync_every_s, field.post_every_s];
            anyhow::ensure!(paces.iter().all(|pace| *pace >= 0.1), "field: each pace must be 0.1 s or more");
        }
        anyhow::ensure!(self.server.store_connections > 0, "server.store_connections must be above 0");
        anyhow::ensure!(self.server.store_time_ms > 0, "server.store_time_ms must be above 0");
        for fault in &self.fault {
            anyhow::ensure!((0.0..=self.lasts_s()).contains(&fault.at_s), "fault.at_s must lie in the run");
            anyhow::ensure!(fault.for_s >= 0.0 && fault.for_s.is_finite(), "fault.for_s must be 0 or more");
            anyhow::ensure!((0.05..=1.0).contains(&fault.share), "fault.share must be 0.05 to 1");
        }
        Ok(())
    }

    /// Time of all stages, in seconds.
    #[must_use]
    pub fn lasts_s(&self) -> f64 {
        self.load.iter().map(|load| load.for_s).sum()
    }
}

/// All scenarios of a full drill.
///
/// # Errors
/// None, unless this program was built with a broken file; a test reads all of them.
pub fn shipped() -> anyhow::Result<Vec<Scenario>> {
    SHIPPED.iter().map(|text| Scenario::parse(text)).collect()
}

/// The scenario of `--quick`.
///
/// # Errors
/// As [`shipped`].
pub fn quick() -> anyhow::Result<Scenario> {
    Scenario::parse(QUICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        name = "small"
        title = ["小", "small"]
        seed = 1
        criteria = {}
        [[load]]
        for_s = 2.0
        from = 0.5
    "#;

    #[test]
    fn every_shipped_scenario_is_read() {
        let names: Vec<String> = shipped().unwrap().into_iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), SHIPPED.len());
        for name in ["sweep", "step-10x", "xian-2021-12-20", "kill"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
        }
        assert_eq!(quick().unwrap().protections, [Protection::Ours, Protection::Shed, Protection::Off]);
    }

    #[test]
    fn what_is_left_out_has_defaults() {
        let scenario = Scenario::parse(SMALL).unwrap();
        assert_eq!((scenario.mix, scenario.server), (Mix::default(), Provision::default()));
        assert_eq!(scenario.protections, [Protection::Ours]);
        assert!((scenario.load[0].to() - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn an_unknown_key_is_named() {
        for (text, key) in [
            (SMALL.replace("seed", "sead"), "sead"),
            (SMALL.replace("from", "form"), "form"),
            (SMALL.replace("criteria = {}", "criteria = { godput_share = 1.0 }"), "godput_share"),
            (format!("{SMALL}\n[mix]\nshow = 1.0"), "show"),
            (format!("{SMALL}\n[[fault]]\nat_s = 1.0\nkind = \"kill\"\nhard = true"), "hard"),
        ] {
            let error = Scenario::parse(&text).unwrap_err().to_string();
            assert!(error.contains(&format!("`{key}`")), "{key}: {error}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_names_its_key() {
        for (text, key) in [
            (SMALL.replace("for_s = 2.0", "for_s = 0.0"), "load.for_s"),
            (format!("{SMALL}\n[mix]\nhuman = 0.1"), "mix"),
            (format!("{SMALL}\n[server]\nstore_connections = 0"), "server.store_connections"),
            (format!("{SMALL}\n[[fault]]\nat_s = 9.0\nkind = \"kill\""), "fault.at_s"),
        ] {
            let error = Scenario::parse(&text).unwrap_err().to_string();
            assert!(error.contains(key), "{key}: {error}");
        }
    }

    #[test]
    fn the_mix_gives_each_model_its_share() {
        let mix = Mix::default();
        let count = |model| (0..1_000).filter(|n| mix.model(f64::from(*n) / 1_000.0) == model).count();
        assert!(count(Model::Polite).abs_diff(200) <= 1 && count(Model::Human).abs_diff(700) <= 1);
        assert!(count(Model::Hostile).abs_diff(100) <= 1);
    }
}
