//! Query parameters and path parameters, with errors that name the parameter.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::http::body::missing_field;
use crate::http::chinese::chinese;
use crate::http::elsewhere;
use crate::problem::{Code, Problem};

/// Query parameters parsed into `T`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let uri = elsewhere::without_part(&parts.uri).unwrap_or_else(|| parts.uri.clone());
        match axum::extract::Query::<T>::try_from_uri(&uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                // axum puts a sentence of its own before the error of serde.
                let why = text.split_once(": ").map_or(text.as_str(), |(_, why)| why);
                let field = match why.split_once(": ") {
                    Some((field, _)) => field.to_owned(),
                    None => missing_field(why).unwrap_or_default().to_owned(),
                };
                Err(bad(why).at(field))
            }
        }
    }
}

/// Path parameters parsed into `T`.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => {
                let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
                Err(bad(&rejection.body_text()).at(parameter_of(path).to_owned()))
            }
        }
    }
}

/// The parameter of a route's path; of two the first, as the handler looks at the other one itself.
fn parameter_of(path: &str) -> &str {
    path.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(name, _)| name)
}

fn bad(text: &str) -> Problem {
    Problem::new(Code::InvalidParameter)
        .because(text.to_owned(), format!("参数格式不正确：{}", chinese(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameter_of_a_path_is_named() {
        assert_eq!(parameter_of("/v1/people/{personId}/paper-codes"), "personId");
        assert_eq!(parameter_of("/v1/people"), "");
    }
}
