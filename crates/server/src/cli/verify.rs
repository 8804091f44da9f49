//! `yimatong verify`: verifies the text of a QR code with nothing but files.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use yimatong_credential::dcc::TrustList;
use yimatong_credential::{
    ForeignProof, Gate, KeySet, Outcome, StatusLists, VenueRule, Verdict, verify_status_list,
};

use crate::clock::{Clock as _, SystemClock};
use crate::trust;

/// Without a rule of the venue the verdict says whether the code itself is good: genuine, in force, not void, and
/// green. A genuine certificate from abroad is allowed whatever it certifies; --foreign negative asks for a
/// negative test of the last 48 h.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The text of the QR code, or - for standard input.
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// The city's keys (JWK set, from /.well-known/jwks.json).
    #[arg(long, value_name = "JWKS")]
    keys: Option<PathBuf>,
    /// A status list (from /v1/status-lists/N); may be given several times.
    #[arg(long, value_name = "FILE")]
    status: Vec<PathBuf>,
    /// A folder of certificates (DER, PEM or Base64) that signers of HC1 certificates are looked up in.
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The moment to judge at (RFC 3339); now when not given.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The venue asks for a negative test of at most so many hours.
    #[arg(long, value_name = "HOURS")]
    negative_within_h: Option<u32>,
    /// A certificate from abroad must prove a negative test of the last 48 h, not only be genuine.
    #[arg(long)]
    foreign_negative: bool,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let text = read_text(&self.text)?;
        let keys = self.keys.as_deref().map(read_keys).transpose()?.unwrap_or_else(|| KeySet::new([]));
        let mut status_lists = StatusLists::default();
        for path in &self.status {
            let token = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let list = verify_status_list(&token, &keys)
                .with_context(|| format!("{} is not a status list of these keys", path.display()))?;
            status_lists.insert(list);
        }
        let trust = self.trust.as_deref().map(read_trust).transpose()?.unwrap_or_default();
        let rule = VenueRule {
            require_negative_within_h: self.negative_within_h,
            foreign_proof: if self.foreign_negative { ForeignProof::Negative } else { ForeignProof::Genuine },
            ..VenueRule::default()
        };
        let at = self.at.unwrap_or_else(|| SystemClock.now());
        let gate = Gate { keys: &keys, status_lists: &status_lists, trust: &trust, rule: &rule };
        let verdict = gate.verify(&text, at.as_second());
        if self.json {
            println!("{}", serde_json::to_string_pretty(&verdict)?);
        } else {
            print(&verdict);
        }
        Ok(if verdict.outcome == Outcome::Allow { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

fn read_text(argument: &str) -> anyhow::Result<String> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input is not text")?;
    // QR readers end with a line break; a space may belong to Base45.
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_keys(path: &Path) -> anyhow::Result<KeySet> {
    let json = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    KeySet::from_jwks(&json).with_context(|| format!("{} is not a JWK set", path.display()))
}

fn read_trust(folder: &Path) -> anyhow::Result<TrustList> {
    trust::read(folder, |path, error| eprintln!("yimatong: {} is left out: {error}", path.display()))
}

fn print(verdict: &Verdict) {
    let word = match verdict.outcome {
        Outcome::Allow => "ALLOW 放行",
        Outcome::Refuse => "REFUSE 拒绝",
        Outcome::CheckByHand => "CHECK BY HAND 人工核验",
    };
    println!("{word}");
    for reason in &verdict.reasons {
        // Reasons have their stable names in JSON only.
        if let Ok(serde_json::Value::String(name)) = serde_json::to_value(reason) {
            println!("  {name}");
        }
    }
    let known = [
        ("colour", verdict.colour.map(|colour| format!("{colour:?}").to_lowercase())),
        ("name", verdict.name.clone()),
        ("document", verdict.document_tail.as_ref().map(|tail| format!("…{tail}"))),
        ("issuer", verdict.issuer.clone()),
        (
            "test",
            verdict.test.as_ref().map(|test| format!("{:?}, sampled {}", test.outcome, time(test.sampled))),
        ),
        ("status list", verdict.ages.status_list_s.map(|age| format!("{age} s old"))),
        ("credential", verdict.ages.credential_s.map(|age| format!("{age} s old"))),
    ];
    for (label, value) in known {
        if let Some(value) = value {
            println!("  {label:<12} {value}");
        }
    }
}

fn time(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |at| at.to_string())
}
