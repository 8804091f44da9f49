//! Plain numbers about the work of a store, for the metrics page.

/// Counters since the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreCounters {
    /// One line per verb that was called, by name.
    pub verbs: Vec<VerbCounters>,
    /// The group commit.
    pub writer: WriterCounters,
}

/// Counters of one verb.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerbCounters {
    /// Name of the verb in the trait.
    pub verb: &'static str,
    /// Calls that reached the database.
    pub calls: u64,
    /// Calls that failed, refusals included.
    pub failures: u64,
    /// Time spent waiting in the queue, in microseconds.
    pub waited_us: u64,
    /// Time spent in statements (without the commit), in microseconds.
    pub worked_us: u64,
}

/// Counters of the group commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriterCounters {
    /// Commits.
    pub commits: u64,
    /// Writes in those commits.
    pub writes: u64,
    /// Most writes in one commit.
    pub largest_commit: u64,
    /// Time spent in commits, in microseconds.
    pub commit_us: u64,
    /// Batches that were rolled back as a whole.
    pub rolled_back: u64,
}
