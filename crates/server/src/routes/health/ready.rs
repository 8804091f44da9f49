//! `GET /readyz`: the registry is filled and the server is not stopping.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;

use crate::app::App;
use crate::clock::MOST_OFFSET;
use crate::http::route::{Access, Class, Route};
use crate::problem::{Code, Problem};

pub(crate) fn route() -> Route {
    Route::get("/readyz", Access::Public, Class::B2, get(ready))
        .summary("The server can serve; 503 while it leaves or drains")
        .answers_as("text/plain")
}

async fn ready(State(app): State<Arc<App>>) -> Result<String, Problem> {
    if !app.is_wanted() {
        return Err(Problem::new(Code::Starting));
    }
    let offset = app.clock.offset();
    // Not a reason to be sent nothing: the node goes by the database's time.
    let remark = match offset.abs() > MOST_OFFSET {
        true => format!("this machine's clock is {:.1} s ahead of the database's\n", offset.as_secs_f64()),
        false => String::new(),
    };
    Ok(format!("ready\n{remark}"))
}
