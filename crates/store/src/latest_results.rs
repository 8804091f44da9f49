//! The projection of a person's two latest results, as one column.

use yimatong_model::test_result::{Method, Outcome, TestResult, Tube};

use crate::codec::{instant, ms};
use crate::error::{Result, corrupt};

/// Bytes of one result in the projection.
const LATEST_BYTES: usize = 29;

/// The projection: the two latest nucleic acid tests. An antigen test is in the history, but proves nothing at a
/// gate, and must not hide the test that does.
pub(crate) fn encode_latest(newest_first: &[TestResult]) -> Vec<u8> {
    let nucleic_acid = newest_first.iter().filter(|result| result.method == Method::Naat);
    nucleic_acid.take(2).flat_map(encode).collect()
}

/// One result as bytes; equal bytes are equal results.
pub(crate) fn encode(result: &TestResult) -> [u8; LATEST_BYTES] {
    let mut bytes = [0; LATEST_BYTES];
    bytes[..8].copy_from_slice(&ms(result.sampled).to_be_bytes());
    bytes[8..16].copy_from_slice(&ms(result.received).to_be_bytes());
    bytes[16..24].copy_from_slice(&ms(result.reported).to_be_bytes());
    bytes[24..27].copy_from_slice(&[result.outcome.as_u8(), result.tube.as_u8(), result.method.as_u8()]);
    bytes[27..].copy_from_slice(&result.institution.to_be_bytes());
    bytes
}

/// The results of a projection.
pub(crate) fn decode_latest(bytes: &[u8]) -> Result<Vec<TestResult>> {
    let (results, rest) = bytes.as_chunks::<LATEST_BYTES>();
    if !rest.is_empty() {
        return Err(corrupt("the latest results"));
    }
    results.iter().map(decode).collect()
}

fn decode(bytes: &[u8; LATEST_BYTES]) -> Result<TestResult> {
    let time = |from: usize| {
        let mut number = [0; 8];
        number.copy_from_slice(&bytes[from..from + 8]);
        instant(i64::from_be_bytes(number))
    };
    let wrong = || corrupt("the latest results");
    Ok(TestResult {
        sampled: time(0)?,
        received: time(8)?,
        reported: time(16)?,
        outcome: Outcome::from_u8(bytes[24]).ok_or_else(wrong)?,
        tube: Tube::from_u8(bytes[25]).ok_or_else(wrong)?,
        method: Method::from_u8(bytes[26]).ok_or_else(wrong)?,
        institution: u16::from_be_bytes([bytes[27], bytes[28]]),
    })
}
