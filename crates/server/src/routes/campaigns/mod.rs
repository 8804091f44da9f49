//! Routes of the noun `campaigns`: rounds of testing as data, from the draft to the closing.

pub(crate) mod ask_to_close;
pub(crate) mod check;
pub(crate) mod closing_preview;
pub(crate) mod coverage;
pub(crate) mod draft;
pub(crate) mod list;
pub(crate) mod missed;
pub(crate) mod progress;
pub(crate) mod read;
pub(crate) mod redraft;
pub(crate) mod refine;
pub(crate) mod steps;
pub(crate) mod text;

use std::sync::Arc;

use yimatong_model::campaign::{Campaign, CampaignProblem};
use yimatong_store::{CampaignChange, CampaignState, CampaignStep, Conflict, Idempotency, StoreError};

use crate::app::App;
use crate::http::guard::Staff;
use crate::problem::{Code, Problem};
use crate::routes::campaigns::text::CampaignFileText;

/// A change of a campaign, on its way to the store.
struct Change {
    number: u16,
    version: u64,
    remark: String,
    change: CampaignChange,
    idempotency: Option<Idempotency>,
}

/// Changes a campaign, and answers it as it is then. This node knows at once, the others within a second.
async fn change(app: &Arc<App>, staff: &Staff, change: Change) -> Result<CampaignFileText, Problem> {
    let Change { number, version, remark, change, idempotency } = change;
    let remark = remark.trim().to_owned();
    let step = CampaignStep { number, version: Some(version), by: staff.member.id, remark, at: app.now() };
    let is_approval = matches!(change, CampaignChange::ApproveClosing);
    let file = match app.store.change_campaign(change, step, idempotency).await {
        Ok(file) => file,
        Err(StoreError::Conflict(Conflict::WrongState(CampaignState::Closing))) if is_approval => {
            return Err(Problem::new(Code::OutOfTurn).because(
                "it was approved already, or stopped since more people would be coloured: in that case ask for the closing again",
                "该申请已批准；或因将转为黄码的人数超过已批准的人数而中止，须重新申请结束本轮",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    follow(app).await;
    CampaignFileText::new(app, &file)
}

/// Takes over what was just changed; what can't be read now comes with the next look at the store.
async fn follow(app: &App) {
    if let Err(error) = app.follow_campaigns().await {
        tracing::warn!(
            error = format!("{error:#}"),
            "what changed of campaigns comes with the next look at the store"
        );
    }
}

/// The document of a campaign of this city; else its first mistake, and how many more there are.
fn parse(app: &App, document: &str) -> Result<Campaign, Problem> {
    let problems = match check(app, document) {
        Ok(campaign) => return Ok(campaign),
        Err(problems) => problems,
    };
    let (mut en, mut zh) = problems.first().map_or_else(Default::default, |first| {
        let place = first.line.map(|line| format!("第 {line} 行，")).unwrap_or_default();
        (first.to_string(), format!("{place}{}：{}", first.key, first.text.zh))
    });
    if problems.len() > 1 {
        let more = problems.len() - 1;
        en.push_str(&format!("; {more} more to mend"));
        zh.push_str(&format!("；另有 {more} 处需要修改"));
    }
    Err(Problem::field("document", en, zh))
}

/// The document of a campaign of this city, or everything that is wrong in it.
fn check(app: &App, document: &str) -> Result<Campaign, Vec<CampaignProblem>> {
    let campaign = Campaign::parse(document)?;
    let own = app.config.city.code;
    if campaign.city == own {
        return Ok(campaign);
    }
    let names = yimatong_model::city::city(own).map(|city| (city.name, city.name_en)).unwrap_or_default();
    let other = campaign.city;
    Err(vec![CampaignProblem {
        line: None,
        key: "city".to_owned(),
        text: yimatong_model::rule::Text {
            zh: format!("本平台属于{}，请写 {own}，不能写 {other}", names.0),
            en: format!("this server is for {}; use {own}, not {other}", names.1),
        },
    }])
}
