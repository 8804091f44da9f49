//! What a tube's result does to one person: results, reasons, tasks and case files.

use jiff::Timestamp;
use yimatong_model::ids::PersonId;
use yimatong_model::rule::RulePack;
use yimatong_model::test_result::TestResult;

use super::tx::Tx;
use super::{case_file, reason, resample_task, result};
use crate::access::AuditEntry;
use crate::error::Result;
use crate::reasons_anew::Correction;
use crate::result_correction::ResultCorrection;
use crate::tube_result::{needs_sample, opens_case};
use crate::tube_result_plan::PersonWork;

/// Does works in their order; answers what has to be audited.
pub(super) fn apply(
    tx: &Tx<'_>,
    person: PersonId,
    works: &[PersonWork],
    rules: &RulePack,
    now: Timestamp,
) -> Result<Vec<AuditEntry>> {
    let mut audited = Vec::new();
    for work in works {
        let added = work.add.as_slice();
        match &work.remove {
            None => {
                for (id, new) in added {
                    result::insert(tx, person, id, new, None)?;
                }
                result::learn(tx, person, added, rules, now)?;
            }
            Some(former) => audited.extend(replace(tx, person, work, former, rules, now)?),
        }
        for (id, new) in added {
            if needs_sample(new) {
                resample_task::make(tx, person, work, id, now)?;
            }
            if opens_case(new) {
                case_file::open(tx, person, id, Some(&work.barcode), now)?;
            }
        }
    }
    Ok(audited)
}

/// Puts a result in the place of the former one of the same tube.
fn replace(
    tx: &Tx<'_>,
    person: PersonId,
    work: &PersonWork,
    former: &[u8; 16],
    rules: &RulePack,
    now: Timestamp,
) -> Result<Vec<AuditEntry>> {
    let before = result::newest_tests(tx, person)?;
    let removed = result::remove(tx, person, former)?;
    resample_task::withdraw(tx, person, former, now)?;
    // A file is open for one positive single test; another one keeps the person a case.
    if case_file::withdraw(tx, person, former)?
        && let Some(other) = result::single_positive(tx, person)?
    {
        case_file::open(tx, person, &other, None, now)?;
    }
    if let Some((id, new)) = &work.add {
        let corrected = ResultCorrection::of_replacement(removed.as_ref(), new.outcome, now);
        result::insert(tx, person, id, new, corrected)?;
    }
    let after = result::newest_tests(tx, person)?;
    let removed: Vec<TestResult> = removed.iter().map(|stored| stored.result).collect();
    let added: Vec<TestResult> = work.add.iter().map(|(_, result)| *result).collect();
    let correction = Correction::new(rules, (&before, &removed), (&after, &added), now);
    for given in correction.given() {
        reason::add(tx, person, &given)?;
    }
    let mut audited = Vec::new();
    for there in reason::all(tx, person)? {
        let released = correction.released(&there);
        if released == there.released {
            continue;
        }
        reason::set_released(tx, person, &there, released)?;
        if correction.withdraws(&there) {
            audited.push(work.audit(person, &there, now));
        }
    }
    result::project(tx, person, &after)?;
    Ok(audited)
}
