//! Cursor pagination.

/// One page of a list. The cursor is opaque to callers: give it back to get the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the order the verb promises.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a list that was read with one row more than asked for.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize, cursor_of: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor_of) } else { None };
        Self { items, next }
    }
}

/// Largest page a list verb gives, whatever was asked for.
pub(crate) const LARGEST_PAGE: usize = 1_000;

/// The page size to use for a wish: at least 1, at most [`LARGEST_PAGE`].
pub(crate) fn page_size(limit: usize) -> usize {
    limit.clamp(1, LARGEST_PAGE)
}
