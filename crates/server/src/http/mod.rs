//! What every route shares: the route table, the guard in front of it, bodies, and the description.

pub mod body;
mod chinese;
pub(crate) mod elsewhere;
pub mod etag;
pub mod fields;
pub mod front;
pub mod guard;
pub(crate) mod news;
pub mod openapi;
pub mod query;
pub mod route;
mod store_error;
