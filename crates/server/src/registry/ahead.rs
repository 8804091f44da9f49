//! Reading many changes: several pages of the feed at once, so that the database looks up people of the next pages while those
//! of this one are taken over. When 200,000 people change at once, a node shall have heard of all within 2 s.

use futures_util::future::try_join_all;
use yimatong_store::{Changes, Store, StoreError};

/// Changes read from the store at a time.
pub(super) const PAGE: usize = 10_000;
/// Pages asked for at once, when there are many changes.
const PAGES: u64 = 4;

/// Pages of changes after a number, in order; more than one when `has_more` are expected.
pub(super) async fn read(store: &dyn Store, first: u64, has_more: bool) -> Result<Vec<Changes>, StoreError> {
    let pages = if has_more { PAGES } else { 1 };
    let starts = (0..pages).map(|page| first + page * PAGE as u64);
    let pages = try_join_all(starts.map(|start| store.changes_since(start, PAGE))).await?;
    Ok(in_a_row(first, pages))
}

/// Pages up to the first gap. A page counts when the one before it came at least to where it starts: that may have ended before,
/// at a change that has not arrived yet, and none may be passed over.
fn in_a_row(first: u64, pages: Vec<Changes>) -> Vec<Changes> {
    let mut reached = first;
    let starts = (0..).map(|page| first + page * PAGE as u64);
    let counts = |(start, page): &(u64, Changes)| match page {
        Changes::Page { last_seq, .. } => {
            let follows = *start <= reached;
            reached = reached.max(*last_seq);
            follows
        }
        // Of a later page it says no more than that there are no numbers so high.
        Changes::TooOld => *start == first,
    };
    starts.zip(pages).take_while(counts).map(|(_, page)| page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(last_seq: u64) -> Changes {
        Changes::Page { states: Vec::new(), last_seq, unreached: Vec::new() }
    }

    fn last_numbers(first: u64, pages: Vec<Changes>) -> Vec<u64> {
        let last = |page| if let Changes::Page { last_seq, .. } = page { last_seq } else { 0 };
        in_a_row(first, pages).into_iter().map(last).collect()
    }

    #[test]
    fn pages_count_that_follow_each_other() {
        assert_eq!(
            last_numbers(7, vec![page(10_007), page(20_007), page(25_000), page(30_007)]),
            [10_007, 20_007, 25_000]
        );
        assert_eq!(last_numbers(7, vec![page(10_007), page(10_007), Changes::TooOld]), [10_007, 10_007]);
    }

    #[test]
    fn pages_overlap_where_numbers_are_missing_and_count_all_the_same() {
        assert_eq!(last_numbers(0, vec![page(15_000), page(21_000), page(30_000)]), [15_000, 21_000, 30_000]);
    }

    #[test]
    fn a_page_that_ends_before_a_change_that_has_not_arrived_is_the_last() {
        assert_eq!(last_numbers(0, vec![page(5_000), page(20_000), page(30_000)]), [5_000]);
    }

    #[test]
    fn a_feed_that_does_not_go_back_so_far_says_so() {
        assert!(matches!(in_a_row(7, vec![Changes::TooOld, page(9)])[..], [Changes::TooOld]));
    }
}
