//! What is wrong in a campaign's document, in words for the clerk who wrote it.

use std::fmt;

use crate::rule::Text;

/// One mistake in a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CampaignProblem {
    /// Line in the file, from 1, where it is known.
    pub line: Option<usize>,
    /// The key, such as `areas[2].windows[0].to`, counted from 0; empty when the text can't be read at all.
    pub key: String,
    /// What is wrong, and what to do about it.
    pub text: Text,
}

impl CampaignProblem {
    pub(super) fn new(key: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { line: None, key: key.into(), text: Text { zh: zh.into(), en: en.into() } }
    }
}

impl std::error::Error for CampaignProblem {}

impl fmt::Display for CampaignProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.text.en)
    }
}
