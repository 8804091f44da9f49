//! What Linux tells of a process.

use std::fs;

use anyhow::Context as _;
use yimatong_drill::measured::ProcessSample;

/// Memory, descriptors and processor time of a process now.
pub(super) fn sample(pid: u32) -> anyhow::Result<ProcessSample> {
    let folder = format!("/proc/{pid}");
    let statm = fs::read_to_string(format!("{folder}/statm"))?;
    let pages: u64 =
        statm.split(' ').nth(1).and_then(|text| text.parse().ok()).context("statm has no RSS")?;
    // Since Linux 6.2 the size of the folder is the number of descriptors; to list ten thousand takes milliseconds.
    let descriptors = match fs::metadata(format!("{folder}/fd"))?.len() {
        0 => fs::read_dir(format!("{folder}/fd"))?.count() as u64,
        descriptors => descriptors,
    };
    let rss_bytes = pages * rustix::param::page_size() as u64;
    Ok(ProcessSample { at_s: 0.0, rss_bytes, descriptors, cpu_s: cpu_s(&folder)? })
}

/// Nanoseconds on a processor, summed over all threads: `stat` counts in hundredths of a second, too coarse for the cost of
/// an answer. Threads that have ended are missed; a server under load keeps its own.
fn cpu_s(folder: &str) -> anyhow::Result<f64> {
    let mut on_cpu_ns = 0;
    for thread in fs::read_dir(format!("{folder}/task"))? {
        // A thread may end between the two reads.
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        on_cpu_ns += first_number(&text).context("schedstat has no time")?;
    }
    Ok(on_cpu_ns as f64 / 1e9)
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_can_be_seen() {
        let seen = sample(std::process::id()).unwrap();
        assert!(seen.rss_bytes > 1 << 20 && seen.descriptors >= 3 && seen.cpu_s > 0.0, "{seen:?}");
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert!(sample(u32::MAX).is_err());
    }
}
