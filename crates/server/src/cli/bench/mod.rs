//! `yimatong bench`: the figures of the platform, measured on this machine. Ratios are taken within one run, in
//! turns with their yardstick, because machines differ and so does one machine from minute to minute.

mod bare;
mod campaign;
mod campaign_city;
mod campaign_closing;
mod check_ins;
mod child;
mod cold_start;
mod connections;
mod figure;
mod fixed;
mod folder;
mod gate_batch;
mod hold;
mod http;
mod labs;
mod last_tube;
mod residents;
mod samples;
mod serve;
mod show;
mod started;
mod table_batch;
mod wrk;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use figure::Figure;

/// Measure showing a code, starting, and recording check-ins and samples.
#[derive(Debug, Args)]
pub(super) struct Bench {
    #[command(subcommand)]
    what: What,
    /// One JSON object per figure instead of a table.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Showing a code against a fixed answer of the same size in the same process (needs wrk and taskset).
    Show(show::Show),
    /// Starting a large city from the store and from the registry's snapshot.
    ColdStart(cold_start::ColdStart),
    /// Durable check-ins through the HTTP API.
    CheckIns(check_ins::CheckIns),
    /// Durable samples through the HTTP API, and what is there after a kill -9.
    Samples(samples::Samples),
    /// Results of tubes through the HTTP API, and how soon registry and status lists know of the last.
    Labs(labs::Labs),
    /// One acceptor against several with SO_REUSEPORT.
    Connections(connections::ConnectionsBench),
    /// Counting and closing a round of testing while codes are shown (needs wrk and taskset).
    Campaign(campaign::CampaignBench),
    /// Showing, starting, check-ins, samples, labs and a round of testing.
    All(All),
    #[command(hide = true)]
    Serve(serve::BenchServe),
    #[command(hide = true)]
    CampaignServe(campaign_city::CampaignServe),
    #[command(hide = true)]
    Hold(hold::Hold),
}

#[derive(Debug, Args)]
struct All {
    #[command(flatten)]
    show: show::Show,
    #[command(flatten)]
    cold_start: cold_start::ColdStart,
    #[command(flatten)]
    check_ins: check_ins::CheckIns,
    #[command(flatten)]
    labs: labs::Labs,
    #[command(flatten)]
    campaign: campaign::CampaignBench,
}

impl Bench {
    /// Exit code 1 when a figure misses its limit.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let figures = match self.what {
            What::Serve(serve) => {
                serve.run()?;
                return Ok(ExitCode::SUCCESS);
            }
            What::CampaignServe(serve) => {
                serve.run()?;
                return Ok(ExitCode::SUCCESS);
            }
            What::Hold(hold) => {
                hold.run()?;
                return Ok(ExitCode::SUCCESS);
            }
            What::Connections(connections) => connections.run()?,
            What::Show(show) => show.run()?,
            What::ColdStart(cold_start) => cold_start.run()?,
            What::CheckIns(check_ins) => check_ins.run()?,
            What::Campaign(campaign) => campaign.run()?,
            What::Samples(samples) => samples.run()?,
            What::Labs(labs) => labs.run()?,
            What::All(all) => all.run()?,
        };
        for figure in &figures {
            if self.json {
                println!("{}", serde_json::to_string(figure)?);
            } else {
                println!("{figure}");
            }
        }
        Ok(if figures.iter().all(Figure::passes) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl All {
    fn run(self) -> anyhow::Result<Vec<Figure>> {
        let mut figures = self.show.run()?;
        figures.extend(self.check_ins.run()?);
        figures.extend(samples::Samples::default().run()?);
        figures.extend(self.labs.run()?);
        figures.extend(self.cold_start.run()?);
        figures.extend(self.campaign.run()?);
        Ok(figures)
    }
}
