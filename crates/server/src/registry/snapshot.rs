//! The registry in a file, so that a start reads one file and what changed since, not the whole store.
//!
//! Layout: magic, part, epoch, change number, number of shards, for each its entries with households, rounds and side tables, raw status lists, SHA-256
//! of the key of the status indexes and all before. A file that is cut short, changed, of another layout, part or
//! key is left aside, and the store is read instead. It tells who lives in the city: mode 0600.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use ring::digest::{Context as Digest, SHA256};
use serde::{Deserialize, Serialize};
use yimatong_model::ids::{HouseholdId, PersonId, Slot};
use yimatong_model::reason::Reason;
use yimatong_model::rule::RulePack;
use yimatong_store::{Relation, RelativeSlot};

use super::block::Beside;
use super::entry::{ENTRY_BYTES, Entry};
use super::part::Part;
use super::shard::Shard;
use super::{Registry, read};

/// Changes with every change of the layout.
const MAGIC: &[u8; 8] = b"YMTREG06";
/// Bytes of a person: the entry and the household's id.
const PERSON_BYTES: usize = ENTRY_BYTES + size_of::<u64>();
/// No household: ids have 63 bits.
const NO_HOUSEHOLD: u64 = u64::MAX;
/// No side table or list is longer than this many bytes; a larger number in a file is damage.
const LARGEST_PART: u64 = 1 << 32;

/// A relative's slot, its holder, and what the relative is to the holder.
type SavedLink = (Slot, PersonId, Relation);

/// What does not fit into entries.
#[derive(Serialize, Deserialize)]
struct SideTables {
    more_reasons: Vec<(PersonId, Box<[Reason]>)>,
    relative_slots: Vec<(PersonId, Vec<SavedLink>)>,
}

fn side_tables(shard: &Shard) -> SideTables {
    SideTables {
        more_reasons: shard.more_reasons.iter().map(|(person, reasons)| (*person, reasons.clone())).collect(),
        relative_slots: shard
            .relative_slots
            .iter()
            .map(|(person, slots)| {
                (*person, slots.iter().map(|link| (link.slot, link.holder, link.relation)).collect())
            })
            .collect(),
    }
}

/// The entries of a shard, each with the household's id behind it, and the rounds of its blocks.
fn people_and_rounds(shard: &Shard) -> (Vec<u8>, Vec<u8>) {
    let mut people = Vec::with_capacity(shard.len() * PERSON_BYTES);
    let mut rounds = Vec::new();
    for block in shard.blocks() {
        for (place, entry) in block.entries().iter().enumerate() {
            entry.write(&mut people);
            let household = block.household(place).map_or(NO_HOUSEHOLD, HouseholdId::get);
            people.extend_from_slice(&household.to_le_bytes());
        }
        block.write_rounds(&mut rounds);
    }
    (people, rounds)
}

fn put_people(shard: &mut Shard, people: &[u8]) {
    for bytes in people.as_chunks::<PERSON_BYTES>().0 {
        let Some((entry, household)) = bytes.split_first_chunk::<ENTRY_BYTES>() else { return };
        let household = household.first_chunk().copied().map_or(NO_HOUSEHOLD, u64::from_le_bytes);
        let _ = shard.put(Entry::read(entry), Beside { household: HouseholdId::new(household), rounds: &[] });
    }
}

/// The people came in their order, so everybody has the place from before; none when this is something else.
fn put_rounds(shard: &mut Shard, mut rounds: &[u8]) -> Option<()> {
    for block in shard.blocks_mut() {
        rounds = block.read_rounds(rounds)?;
    }
    rounds.is_empty().then_some(())
}

struct Sink<W: Write> {
    out: W,
    digest: Digest,
}

impl<W: Write> Sink<W> {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.digest.update(bytes);
        self.out.write_all(bytes)
    }

    fn put_part(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.put(&(bytes.len() as u64).to_le_bytes())?;
        self.put(bytes)
    }
}

struct Source<R: Read> {
    input: R,
    digest: Digest,
}

impl<R: Read> Source<R> {
    fn take<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        self.digest.update(&bytes);
        Ok(bytes)
    }

    fn take_number(&mut self) -> std::io::Result<u64> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    fn take_part(&mut self) -> anyhow::Result<Vec<u8>> {
        let length = self.take_number()?;
        if length > LARGEST_PART {
            bail!("a part claims {length} bytes");
        }
        let mut bytes = Vec::new();
        (&mut self.input).take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != length {
            bail!("the file ends too early");
        }
        self.digest.update(&bytes);
        Ok(bytes)
    }
}

/// The digest of a snapshot. With another key the places in the status lists mean other people.
fn digest_under(status_index_key: &[u8; 32]) -> Digest {
    let mut digest = Digest::new(&SHA256);
    digest.update(status_index_key);
    digest
}

/// A new file for its owner only, whatever was there before.
fn create(path: &Path) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

impl Registry {
    /// Writes a snapshot: whole or not at all.
    pub fn write_snapshot(&self, path: &Path) -> anyhow::Result<()> {
        let partial = path.with_extension("partial");
        let file = create(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
        let digest = digest_under(&self.board.index_key());
        let mut sink = Sink { out: BufWriter::with_capacity(1 << 20, file), digest };
        // The number is taken first: a change that lands while entries are written is applied again at start.
        let sequence = self.whole_sequence();
        sink.put(MAGIC)?;
        let (part, count) = self.part.numbers();
        sink.put(&part.to_le_bytes())?;
        sink.put(&count.to_le_bytes())?;
        sink.put(&self.epoch().to_le_bytes())?;
        sink.put(&sequence.to_le_bytes())?;
        sink.put(&(self.shards.len() as u64).to_le_bytes())?;
        for shard in &self.shards {
            let (people, rounds, side) = {
                let shard = read(shard);
                let (people, rounds) = people_and_rounds(&shard);
                (people, rounds, serde_json::to_vec(&side_tables(&shard))?)
            };
            sink.put_part(&people)?;
            sink.put_part(&rounds)?;
            sink.put_part(&side)?;
        }
        let lists = self.board.raw();
        sink.put(&(lists.len() as u64).to_le_bytes())?;
        for list in lists {
            sink.put_part(&list)?;
        }
        let Sink { mut out, digest } = sink;
        out.write_all(digest.finish().as_ref())?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&partial, path)?;
        Ok(())
    }

    /// Reads a snapshot. Any damage is an error, and nothing of it is used.
    pub fn read_snapshot(
        path: &Path,
        rules: Arc<RulePack>,
        status_index_key: [u8; 32],
        part: Part,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut source = Source {
            input: BufReader::with_capacity(1 << 20, file),
            digest: digest_under(&status_index_key),
        };
        if &source.take::<8>()? != MAGIC {
            bail!("{} has another layout", path.display());
        }
        let written_by = (u32::from_le_bytes(source.take()?), u32::from_le_bytes(source.take()?));
        if written_by != part.numbers() {
            bail!(
                "{} is of part {}/{} of the city, and this node keeps part {part} (registry.part)",
                path.display(),
                written_by.0,
                written_by.1
            );
        }
        let registry = Self::new(rules, status_index_key, part);
        let position = (u32::from_le_bytes(source.take()?), source.take_number()?);
        if source.take_number()? != registry.shards.len() as u64 {
            bail!("{} has another number of shards", path.display());
        }
        for shard in &registry.shards {
            let people = source.take_part()?;
            let rounds = source.take_part()?;
            let side: SideTables = serde_json::from_slice(&source.take_part()?)?;
            let mut shard = shard.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            put_people(&mut shard, &people);
            if put_rounds(&mut shard, &rounds).is_none() {
                bail!("{} has rounds of other people", path.display());
            }
            shard.more_reasons = side.more_reasons.into_iter().collect();
            shard.relative_slots = side
                .relative_slots
                .into_iter()
                .map(|(person, slots)| {
                    let link = |(slot, holder, relation)| RelativeSlot { slot, holder, relation };
                    (person, slots.into_iter().map(link).collect())
                })
                .collect();
        }
        let mut lists = Vec::new();
        for _ in 0..source.take_number()?.min(1 << 12) {
            lists.push(source.take_part()?);
        }
        let Source { mut input, digest } = source;
        let mut expected = [0; 32];
        input.read_exact(&mut expected)?;
        if digest.finish().as_ref() != expected {
            bail!("{} does not match its checksum", path.display());
        }
        if !registry.board.restore(lists) {
            bail!("{} has a status list of another size", path.display());
        }
        registry.resume(position, now);
        Ok(registry)
    }
}

#[cfg(test)]
mod tests;
