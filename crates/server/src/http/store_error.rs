//! Errors of the store as problems: the one place where the two meet.

use yimatong_store::{CampaignState, Conflict, Noun, Problem as StoreProblem, StoreError};

use crate::problem::{Code, Problem};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(noun) => not_found(noun),
            StoreError::Conflict(conflict) => self::conflict(conflict),
            StoreError::Invalid { field, problem } => invalid(field, problem),
            StoreError::IdempotencyMismatch => Self::new(Code::IdempotencyMismatch).at("Idempotency-Key"),
            StoreError::Deadline => Self::new(Code::StoreUnavailable).retry_after_s(2),
            StoreError::Unavailable(outage) => {
                // With every request: the metrics, the alarm `store-failing` and the followers of the store tell it aloud.
                tracing::debug!(%outage, "the store is unavailable");
                Self::new(Code::StoreUnavailable).retry_after_s(5)
            }
            StoreError::Unusable(_) | StoreError::Corrupt(_) | StoreError::NewerSchema { .. } => {
                tracing::error!(%error, "the store can't be used");
                Self::new(Code::StoreUnavailable)
            }
        }
    }
}

fn not_found(noun: Noun) -> Problem {
    match noun {
        Noun::Person => Problem::new(Code::NotRegistered),
        Noun::Community => Problem::field("communityId", "there is no such community", "没有这个社区"),
        Noun::Venue => Problem::field("venueId", "there is no such venue", "没有这个场所"),
        Noun::Staff => {
            Problem::new(Code::NotFound).because("there is no such staff account", "没有这个工作人员账号")
        }
        Noun::Slot => Problem::new(Code::NotFound).because("this code has ended already", "该码已失效"),
        Noun::Relative => {
            Problem::new(Code::NotFound).because("this is not one of your relatives", "不是您添加的亲属")
        }
        Noun::Campaign => Problem::new(Code::NotFound).because("there is no such campaign", "没有这一轮检测"),
        Noun::Declaration => {
            Problem::new(Code::NotFound).because("there is no such declaration", "没有这份报备")
        }
        Noun::Sample => Problem::new(Code::NotFound)
            .because("there is no such sample in this tube", "该试管中没有这个样本"),
        Noun::SamplingPoint => {
            Problem::new(Code::NotFound).because("there is no such sampling point", "没有这个采样点")
        }
        Noun::Box => {
            Problem::new(Code::NotFound).because("no box with this barcode is known", "没有这个条码的转运箱")
        }
        Noun::SampleProblem => {
            Problem::new(Code::NotFound).because("there is no such problem", "没有这条异常记录")
        }
    }
}

fn conflict(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::AlreadyRegistered { phone_matches: true } => Problem::new(Code::AlreadyRegistered)
            .at("document.number")
            .because("sign in with this phone instead", "请直接用该手机号登录"),
        Conflict::AlreadyRegistered { phone_matches: false } => {
            Problem::new(Code::AlreadyRegistered).at("document.number").because(
                "sign in with the phone it was registered with, or visit your community with the document",
                "请用登记时的手机号登录，或携带证件到社区办理",
            )
        }
        Conflict::PhoneTaken => Problem::new(Code::PhoneTaken).at("phone"),
        Conflict::ChangedMeanwhile => Problem::new(Code::ChangedMeanwhile)
            .because("read it again and repeat the change on top of that", "请重新读取后再修改"),
        Conflict::NameTaken => Problem::new(Code::NameTaken).at("name"),
        Conflict::NameMismatch => Problem::new(Code::IdentityMismatch)
            .at("name")
            .because("this document is on file under another name", "该证件登记的姓名与填写的不一致"),
        Conflict::AlreadyLinked => Problem::new(Code::AlreadyLinked).at("document.number"),
        Conflict::TooManyRelatives => Problem::new(Code::TooManyRelatives),
        Conflict::TooManyHolders => Problem::new(Code::TooManyHolders).at("document.number"),
        Conflict::SamePerson => Problem::new(Code::SecondPersonNeeded),
        Conflict::WrongState(state) => Problem::new(Code::OutOfTurn)
            .because(format!("the campaign is {state}"), format!("本轮检测目前的状态：{}", state_zh(state))),
        Conflict::CampaignIdTaken => Problem::new(Code::NameTaken).at("document"),
        Conflict::MoreThanApproved => Problem::new(Code::OutOfTurn).because(
            "more people than were approved would be coloured; ask for the closing again",
            "将转为黄码的人数超过已批准的人数，请重新申请结束本轮",
        ),
        Conflict::AlreadyReviewed => {
            Problem::new(Code::OutOfTurn).because("this declaration has been reviewed", "该报备已审核")
        }
        Conflict::TooManyDeclarations => Problem::new(Code::TooManyRequests).because(
            "at most 10 declarations of a person can wait for a review",
            "每人最多有 10 份报备待审核",
        ),
        Conflict::TooManyCodes => Problem::new(Code::TooManyRequests)
            .retry_after_s(3_600)
            .because("at most 20 such codes a day for one person", "每人每天最多办理 20 次"),
        Conflict::HasResult => {
            Problem::new(Code::HasResult).because("have the result amended instead", "请改为更正检测结果")
        }
        Conflict::AlreadyResolved => Problem::new(Code::AlreadyResolved).because(
            "read the problem again to see who did and what they found",
            "请重新读取，查看处理人和结论",
        ),
    }
}

const fn state_zh(state: CampaignState) -> &'static str {
    match state {
        CampaignState::Draft => "草稿",
        CampaignState::Approved => "已批准",
        CampaignState::Running => "进行中",
        CampaignState::Closing => "结束中",
        CampaignState::Closed => "已结束",
        CampaignState::Reversed => "已撤销",
        CampaignState::Withdrawn => "已撤回",
    }
}

fn invalid(field: &'static str, problem: StoreProblem) -> Problem {
    if field == "cursor" {
        return Problem::new(Code::InvalidParameter)
            .at(field)
            .because("is not the nextCursor of a page of this list", "不是本列表返回的 nextCursor");
    }
    match problem {
        StoreProblem::AgeNotEligible => return Problem::new(Code::AgeNotEligible).at("document.number"),
        StoreProblem::AgeUnknown => {
            return Problem::field("birthDate", problem.to_string(), "证件上没有出生日期，请填写出生日期");
        }
        StoreProblem::SamePerson => return Problem::new(Code::SamePerson).at("document.number"),
        _ => {}
    }
    let zh = match problem {
        StoreProblem::Empty => "不能为空",
        StoreProblem::TooLong => "内容过长",
        StoreProblem::TooLarge => "数值过大",
        StoreProblem::Malformed => "格式不正确",
        StoreProblem::Mismatch => "与登记信息不一致",
        StoreProblem::TooManyRows => "一次提交的行数过多",
        StoreProblem::InFuture => "时间晚于现在",
        StoreProblem::AgeUnknown | StoreProblem::AgeNotEligible | StoreProblem::SamePerson => "不符合条件",
    };
    Problem::field(field, problem.to_string(), zh)
}
