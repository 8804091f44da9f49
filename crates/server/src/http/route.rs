//! A route: method, path, who may call it, what it takes and answers. The router, the guard, the metrics and
//! the OpenAPI document are all made from the same value.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use yimatong_model::role::Role;
pub use yimatong_overload::Class;

use crate::app::App;
use crate::http::guard::Caller;
use crate::problem::{Code, Problem};

/// Who may call a route. There is no default: every route says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// A resident signed in on a device.
    Resident,
    /// Staff with one of these roles.
    Staff(&'static [Role]),
    /// Any member of staff.
    AnyStaff,
}

/// The HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What an operator can switch off to keep the rest going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Function {
    /// Vaccination badges.
    VaccineBadge,
    /// Statistics.
    Statistics,
    /// Histories of results.
    History,
}

impl Function {
    /// Every function.
    pub const ALL: [Self; 3] = [Self::VaccineBadge, Self::Statistics, Self::History];

    /// What people call it, in English and in Chinese.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::VaccineBadge => ("the vaccine badge", "疫苗标识"),
            Self::Statistics => ("statistics", "统计功能"),
            Self::History => ("the history of test results", "核酸记录查询"),
        }
    }
}

/// What is limited by address before anybody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressLimit {
    /// One-time passwords asked for.
    OneTimePasswords,
    /// Sign-ins of staff.
    SignIns,
}

/// Says why a route can't succeed as this installation stands.
pub type Eligible = fn(&App) -> Result<(), Problem>;

/// What admission needs to know of a route.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// What refusing it would cost the city.
    pub class: Class,
    /// Does its success end the flow of a pass?
    pub ends_flow: bool,
    /// The function it belongs to, if that can be switched off.
    pub function: Option<Function>,
    /// A limit of its own by address.
    pub limit: Option<AddressLimit>,
    /// Can it succeed at all as this installation stands? Asked before anybody queues.
    pub eligible: Option<Eligible>,
    /// Do identical reads under way share one answer?
    pub shared: bool,
    /// What a file may cost, for a route that takes one; else what its class says.
    pub file: Option<FileTerms>,
    /// Longest body of a step of a flow in bytes, where it is longer than usual.
    pub longest_body: Option<usize>,
}

/// What a file that is sent may cost.
#[derive(Debug, Clone, Copy)]
pub struct FileTerms {
    /// Its media types.
    pub media: &'static [&'static str],
    /// Its longest body in bytes.
    pub longest: usize,
    /// How long the answer has a use.
    pub within: Duration,
}

/// An answer that lies in memory: no waiting, no body to read.
pub type AtOnce = fn(&App, &Caller, &HeaderMap) -> Result<Response, Problem>;

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// One entry of the route table.
#[derive(Clone)]
pub struct Route {
    /// HTTP method.
    pub method: Method,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What admission needs to know of it.
    pub terms: Terms,
    /// One line for the API description.
    pub summary: &'static str,
    /// Schema of the JSON body, if there is one.
    pub body: Option<SchemaOf>,
    /// Schema of the query parameters, if there are any.
    pub query: Option<SchemaOf>,
    /// Status of success.
    pub status: StatusCode,
    /// Media type and schema of the answer.
    pub answer: Option<(&'static str, Option<SchemaOf>)>,
    /// The handler.
    pub handler: MethodRouter<Arc<App>>,
    /// The handler once more, for the shortcut before the router.
    pub at_once: Option<AtOnce>,
}

impl Route {
    /// A reading route.
    pub fn get(path: &'static str, access: Access, class: Class, handler: MethodRouter<Arc<App>>) -> Self {
        Self::new(Method::Get, path, access, class, handler)
    }

    /// A reading route that is answered from memory, before the router (`http/front.rs`).
    pub fn at_once(path: &'static str, access: Access, answer: AtOnce) -> Self {
        let handler = async move |State(app): State<Arc<App>>, request: Request| {
            let caller = request.extensions().get::<Caller>();
            let caller = caller.ok_or_else(|| Problem::new(Code::SignInNeeded))?;
            answer(&app, caller, request.headers())
        };
        Self { at_once: Some(answer), ..Self::get(path, access, Class::B2, get(handler)) }
    }

    /// A writing route.
    pub fn post(path: &'static str, access: Access, class: Class, handler: MethodRouter<Arc<App>>) -> Self {
        Self::new(Method::Post, path, access, class, handler)
    }

    /// A removing route.
    pub fn delete(path: &'static str, access: Access, class: Class, handler: MethodRouter<Arc<App>>) -> Self {
        Self::new(Method::Delete, path, access, class, handler)
    }

    fn new(
        method: Method,
        path: &'static str,
        access: Access,
        class: Class,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        let status = StatusCode::OK;
        Self {
            method,
            path,
            access,
            terms: Terms {
                class,
                ends_flow: false,
                function: None,
                limit: None,
                eligible: None,
                shared: false,
                file: None,
                longest_body: None,
            },
            summary: "",
            body: None,
            query: None,
            status,
            answer: None,
            handler,
            at_once: None,
        }
    }

    /// Its success is the last step of a flow, which gives the pass back.
    #[must_use]
    pub fn ends_flow(mut self) -> Self {
        self.terms.ends_flow = true;
        self
    }

    /// A step of a flow with a body longer than usual, such as a picture.
    #[must_use]
    pub fn longest_body(mut self, bytes: usize) -> Self {
        self.terms.longest_body = Some(bytes);
        self
    }

    /// It is refused while this function is switched off.
    #[must_use]
    pub fn function(mut self, function: Function) -> Self {
        self.terms.function = Some(function);
        self
    }

    /// It has a limit of its own by address.
    #[must_use]
    pub fn limited(mut self, limit: AddressLimit) -> Self {
        self.terms.limit = Some(limit);
        self
    }

    /// Nobody queues for it unless this says that it can succeed.
    #[must_use]
    pub fn eligible(mut self, check: Eligible) -> Self {
        self.terms.eligible = Some(check);
        self
    }

    /// Identical reads under way share one answer; only for answers that are the same for everybody.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.terms.shared = true;
        self
    }

    /// One line for the API description.
    #[must_use]
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// The JSON body it takes.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// The file it takes as its body.
    #[must_use]
    pub fn takes_file(mut self, file: FileTerms) -> Self {
        self.terms.file = Some(file);
        self
    }

    /// The query parameters it takes.
    #[must_use]
    pub fn asks<T: JsonSchema>(mut self) -> Self {
        self.query = Some(|_| T::json_schema(&mut SchemaGenerator::default()));
        self
    }

    /// The JSON it answers with.
    #[must_use]
    pub fn answers<T: JsonSchema>(mut self, status: StatusCode) -> Self {
        self.status = status;
        self.answer = Some(("application/json", Some(SchemaGenerator::subschema_for::<T>)));
        self
    }

    /// Answers with something that is not JSON.
    #[must_use]
    pub fn answers_as(mut self, media_type: &'static str) -> Self {
        self.answer = Some((media_type, None));
        self
    }

    /// Answers without a body.
    #[must_use]
    pub fn answers_nothing(mut self) -> Self {
        self.status = StatusCode::NO_CONTENT;
        self
    }
}
