//! What is wrong in a rule pack, where, and how to fix it.

use std::fmt;

/// An error in a rule pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError {
    /// Line in the file, from 1, where it is known.
    pub line: Option<usize>,
    /// The key, e.g. `reasons.close-contact.text.zh`; empty when the file is no TOML at all.
    pub key: String,
    /// What is wrong there.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

impl std::error::Error for RuleError {}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rule pack")?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ", key `{}`", self.key)?;
        }
        write!(f, ": {}; {}", self.problem, self.fix)
    }
}
