//! The one table of errors: every refusal the server can give, its HTTP status and its stable `type`.
//!
//! Answers are RFC 9457 problem documents, with the title and the detail in English and in Chinese.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::route::Function;

macro_rules! problem_table {
    ($($name:ident $status:literal $slug:literal $title:literal $title_zh:literal)*) => {
        /// What went wrong. The slug is the stable part of the problem `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each row of the table carries its own title")]
        pub enum Code { $($name),* }

        impl Code {
            /// Every code, for the documentation and the tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// (HTTP status, slug, English title, Chinese title)
            #[must_use]
            pub const fn row(self) -> (u16, &'static str, &'static str, &'static str) {
                match self { $(Self::$name => ($status, $slug, $title, $title_zh)),* }
            }
        }
    };
}

problem_table! {
    MalformedJson        400 "malformed-json"         "The body is not valid JSON"              "请求内容不是有效的 JSON"
    InvalidField         422 "invalid-field"          "A field is not valid"                    "有一项填写不正确"
    InvalidParameter     400 "invalid-parameter"      "A parameter is not valid"                "请求参数不正确"
    UnsupportedMedia     415 "unsupported-media-type" "This media type is not taken here"       "请求内容的格式不正确"
    TooLarge             413 "too-large"              "The body is too large"                   "请求内容过大"
    NotFound             404 "not-found"              "There is nothing here"                   "找不到"
    MethodNotAllowed     405 "method-not-allowed"     "This method is not offered here"         "不支持该操作"
    SignInNeeded         401 "sign-in-needed"         "Sign in first"                           "请先登录"
    SessionExpired       401 "session-expired"        "The session has ended; sign in again"    "登录已失效，请重新登录"
    NotAllowed           403 "not-allowed"            "This role may not do that"               "您的角色无此权限"
    WrongOneTimePassword 403 "wrong-one-time-password" "The one-time password is wrong"         "验证码不正确"
    OneTimePasswordGone  403 "one-time-password-gone" "The one-time password is no longer valid" "验证码已失效，请重新获取"
    WrongSignIn          403 "wrong-sign-in"          "Name, password or code is wrong"         "用户名、密码或动态码不正确"
    IdentityMismatch     403 "identity-mismatch"      "The authority does not confirm this name and document" "姓名与证件核验不一致"
    AlreadyRegistered    409 "already-registered"     "This document is registered already"     "该证件已登记"
    PhoneTaken           409 "phone-taken"            "This phone belongs to another registration" "该手机号已登记给他人"
    NameTaken            409 "name-taken"             "This name is taken"                      "该名称已被使用"
    OutOfTurn            409 "out-of-turn"            "This can't be done in the present state" "当前状态下不能进行此操作"
    SecondPersonNeeded   409 "second-person-needed"   "Another member of staff has to do this"  "须由另一名工作人员办理"
    NoCertificate        409 "no-certificate"         "A test that says nothing proves nothing"  "结果无效或不确定，不能开具证明"
    HasResult            409 "has-result"             "The tube has a result already"           "该试管已有检测结果"
    AlreadyResolved      409 "already-resolved"       "Somebody else has resolved this problem" "该异常已由他人处理"
    ChangedMeanwhile     412 "changed-meanwhile"      "Somebody has changed this meanwhile"     "内容刚被他人更改"
    WholeCityNeeded      409 "whole-city-needed"      "This node keeps a part of the city and can't count it" "本节点只保存部分居民，不能统计全市"
    NotRegistered        404 "not-registered"         "Nobody is registered with this"          "未找到登记信息"
    AlreadyLinked        409 "already-linked"         "This relative is already with you"       "该亲属已添加"
    TooManyRelatives     409 "too-many-relatives"     "At most 8 relatives per person"          "每人最多添加 8 位亲属"
    TooManyHolders       409 "too-many-holders"       "A relative can be with at most 3 people" "每位亲属最多由 3 人代办"
    AgeNotEligible       422 "age-not-eligible"       "Relatives are 0-16 or at least 60 years old" "亲属码仅限 16 岁及以下或 60 岁及以上"
    SamePerson           422 "same-person"            "This is your own document"               "不能添加本人"
    IdempotencyMismatch  422 "idempotency-mismatch"   "This Idempotency-Key was used for another request" "该 Idempotency-Key 已用于其他请求"
    WaitInRoom           429 "wait-in-room"           "Many people are here now; you have a place in the waiting room" "当前人数较多，已为您排队"
    Busy                 429 "busy"                   "Busy just now; come back in a moment"    "系统繁忙，请稍后再试"
    SwitchedOff          503 "switched-off"           "This function is switched off for now"   "该功能暂停服务"
    RequestTimeout       408 "request-timeout"        "The request did not arrive in time"      "请求传输超时，请重试"
    TooManyRequests      429 "too-many-requests"      "Too many tries; wait a little"           "操作过于频繁，请稍候"
    SmsUnavailable       503 "sms-unavailable"        "The text message could not be sent"      "短信暂时无法发送"
    AuthorityUnavailable 503 "authority-unavailable"  "The identity check is not available"     "身份核验暂时不可用"
    Starting             503 "starting"               "The server is starting or stopping"      "系统正在启动或停止，请稍候"
    Misdirected          421 "misdirected"            "The balancer sent this to the wrong node" "请求被转到了错误的节点"
    StoreUnavailable     503 "store-unavailable"      "The records can't be reached just now"   "暂时无法读写数据，请稍候"
    Internal             500 "internal"               "The server made a mistake"               "系统内部错误"
}

/// When to come back after a 429 or 503 that does not know better, in seconds.
const RETRY_AFTER_S: u32 = 30;

/// A refusal on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    detail_zh: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    retry_after_s: Option<u32>,
}

/// The wire form (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDocument<'a> {
    /// `/problems/<slug>`, stable.
    r#type: String,
    title: &'a str,
    title_zh: &'a str,
    status: u16,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    detail_zh: &'a str,
    /// The field that has to be mended, as a path such as `document.number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl Problem {
    /// A problem without further detail.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            detail: Cow::Borrowed(""),
            detail_zh: Cow::Borrowed(""),
            field: None,
            retry_after_s: None,
        }
    }

    /// A field that has to be mended: its path, what is wrong and how to mend it.
    pub fn field(
        field: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        detail_zh: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Code::InvalidField).at(field).because(detail, detail_zh)
    }

    /// Says what exactly is wrong and what helps.
    #[must_use]
    pub fn because(
        mut self,
        detail: impl Into<Cow<'static, str>>,
        detail_zh: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.detail = detail.into();
        self.detail_zh = detail_zh.into();
        self
    }

    /// Names the field.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says when a repeat makes sense.
    #[must_use]
    pub const fn retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Which row of the table this is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// Field and detail, or else title, in one line, for a row of a batch or a command.
    #[must_use]
    pub fn summary(&self) -> String {
        let said = if self.detail.is_empty() { self.code.row().2 } else { &self.detail };
        match &self.field {
            Some(field) => format!("{field}: {said}"),
            None => said.to_owned(),
        }
    }

    /// The same in Chinese.
    #[must_use]
    pub fn summary_zh(&self) -> String {
        let said = if self.detail_zh.is_empty() { self.code.row().3 } else { &self.detail_zh };
        match &self.field {
            Some(field) => format!("{field}：{said}"),
            None => said.to_owned(),
        }
    }

    /// A function that an operator has switched off.
    #[must_use]
    pub fn switched_off(function: Function) -> Self {
        let (en, zh) = function.names();
        Self::new(Code::SwitchedOff).retry_after_s(600).because(
            format!("{en} is switched off for now; codes go on working"),
            format!("为保障亮码畅通，{zh}暂停服务，亮码不受影响"),
        )
    }

    /// The wire form as bytes.
    #[must_use]
    pub fn document_bytes(&self) -> Bytes {
        serde_json::to_vec(&self.document()).expect("a problem document always serialises").into()
    }

    /// The wire form.
    #[must_use]
    pub fn document(&self) -> ProblemDocument<'_> {
        let (status, slug, title, title_zh) = self.code.row();
        ProblemDocument {
            r#type: format!("/problems/{slug}"),
            title,
            title_zh,
            status,
            detail: &self.detail,
            detail_zh: &self.detail_zh,
            field: self.field.as_deref(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.document_bytes();
        self.into_response_with(body)
    }
}

impl Problem {
    /// An answer whose body says more than the problem itself.
    pub(crate) fn into_response_with(self, body: impl Into<Bytes>) -> Response {
        let status =
            StatusCode::from_u16(self.code.row().0).expect("every row of the table has a valid status");
        let mut response = (status, body.into()).into_response();
        // Admission learns from it whether the store failed.
        response.extensions_mut().insert(self.code);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let passes = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if let Some(seconds) = self.retry_after_s.or(passes.then_some(RETRY_AFTER_S)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_refusal_that_passes_says_when_to_come_back() {
        let header = |problem: Problem| problem.into_response().headers().get(header::RETRY_AFTER).cloned();
        assert_eq!(header(Problem::new(Code::StoreUnavailable)), Some(HeaderValue::from(30)));
        assert_eq!(header(Problem::new(Code::Starting).retry_after_s(3)), Some(HeaderValue::from(3)));
        assert_eq!(header(Problem::new(Code::NotFound)), None);
    }

    #[test]
    fn a_summary_always_says_something() {
        assert_eq!(Problem::new(Code::NameTaken).at("name").summary(), "name: This name is taken");
        let wait = Problem::new(Code::TooManyRequests).because("wait", "请稍候");
        assert_eq!((wait.summary(), wait.summary_zh()), ("wait".to_owned(), "请稍候".to_owned()));
        assert_eq!(Problem::new(Code::NameTaken).at("name").summary_zh(), "name：该名称已被使用");
    }

    #[test]
    fn every_problem_type_is_unique_and_has_both_languages() {
        let slugs: BTreeSet<_> = Code::ALL.iter().map(|code| code.row().1).collect();
        assert_eq!(slugs.len(), Code::ALL.len());
        for code in Code::ALL {
            let (status, slug, title, title_zh) = code.row();
            assert!((400..=599).contains(&status), "{slug}");
            assert!(title.is_ascii() && !title_zh.is_ascii(), "{slug}");
        }
    }
}
