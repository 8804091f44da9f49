//! Staff accounts and their sessions.

pub(crate) mod create;
pub(crate) mod disable;
pub(crate) mod list;
pub(crate) mod me;
pub(crate) mod sign_in;
pub(crate) mod sign_out;

use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::staff::StaffMember;
use crate::problem::{Code, Problem};

/// Does something whole, also when the caller hangs up meanwhile: a request's own future ends with its connection,
/// and an account must not be in the store without its audit row, or disabled there and not in memory.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(Problem::new(Code::Internal)))
}

/// An account as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StaffText {
    id: u32,
    name: String,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    venue_id: Option<u32>,
    disabled: bool,
}

impl From<&StaffMember> for StaffText {
    fn from(member: &StaffMember) -> Self {
        Self {
            id: member.id.0,
            name: member.name.clone(),
            role: member.role.as_str(),
            venue_id: member.venue.map(|venue| venue.0),
            disabled: member.disabled,
        }
    }
}
