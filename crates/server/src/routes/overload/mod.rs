//! Admission control as operators see and change it.

pub(super) mod set_limits;
pub(super) mod show;
pub(super) mod switch;

use yimatong_store::{AuditEntry, OperationsChange, StoreError};

use crate::app::App;
use crate::http::guard::Staff;

/// Longest text of what was changed that the audit log keeps, in bytes.
const LONGEST_PURPOSE: usize = 500;

/// Changes what operators have set, with a line in the audit log in the same transaction; holds here at once. With `version` only if that is
/// still the store's.
pub(super) async fn change(
    app: &App,
    staff: &Staff,
    change: OperationsChange,
    version: Option<u64>,
    action: &str,
    what: &str,
) -> Result<(), StoreError> {
    let end = (0..=LONGEST_PURPOSE.min(what.len())).rev().find(|end| what.is_char_boundary(*end));
    let entry = AuditEntry {
        at: app.now(),
        staff: Some(staff.member.id),
        action: action.to_owned(),
        subject: None,
        purpose: Some(what[..end.unwrap_or(0)].to_owned()),
    };
    let operations = app.store.change_operations(change, version, entry).await?;
    app.overload.follow(operations);
    app.overload.publish_room(app.now());
    Ok(())
}
