//! An EU test certificate as evidence: genuine, in force, of this person, a negative nucleic acid test, and recent enough.

use jiff::{SignedDuration, Timestamp};
use yimatong_credential::dcc::{TestProof, read_test};
use yimatong_credential::{Reason, TestOutcome};
use yimatong_model::campaign::Exemption;
use yimatong_model::certificate_name::CertificateName;
use yimatong_store::{Noun, PersonState, StoreError};

use crate::app::App;
use crate::campaigns::Round;
use crate::http::fields::shown;
use crate::problem::Problem;

/// How long a test counts where no campaign says it, in hours.
const USUAL_H: u16 = 48;

const FIELD: &str = "evidence.text";

impl App {
    /// When the test of a certificate was sampled, once everything about it fits.
    pub(super) async fn verify_certificate(
        &self,
        text: &str,
        state: &PersonState,
        round: Option<&Round>,
    ) -> Result<Timestamp, Problem> {
        let now = self.now();
        let keys = self.signing_keys().jwks(now);
        let proof = read_test(text, &keys, &self.trust(), now.as_second()).map_err(refused)?;
        let sampled = check_test(&proof)?;
        check_time(sampled, state, round, now)?;
        self.check_holder(&proof, state).await?;
        Ok(sampled)
    }

    async fn check_holder(&self, proof: &TestProof, state: &PersonState) -> Result<(), Problem> {
        let told = proof.holder.birth_date.get(..10).unwrap_or(&proof.holder.birth_date);
        // Some certificates know the year only, or year and month; nobody is told who was born when.
        let fits = state.birth_date.is_some_and(|own| told.len() >= 4 && own.to_string().starts_with(told));
        if !fits {
            return Err(wrong(
                "the birth date differs from the registered one",
                "证书上的出生日期与登记的不一致",
            ));
        }
        let name =
            CertificateName { printed: proof.holder.printed.clone(), latin: proof.holder.latin.clone() };
        if self.store.name_fits(state.person_id, name).await? {
            return Ok(());
        }
        Err(wrong(
            "the name differs from the registered one; if it is yours all the same, upload a picture for review",
            "证书上的姓名与登记的不一致；如确为本人，请改为上传图片，由社区审核",
        ))
    }

    /// The person a declaration is about, as the store has them.
    pub(super) async fn declaring(
        &self,
        person: yimatong_model::ids::PersonId,
    ) -> Result<PersonState, Problem> {
        let state = self.store.person_state(person).await?;
        Ok(state.ok_or(StoreError::NotFound(Noun::Person))?)
    }
}

fn wrong(en: &'static str, zh: &'static str) -> Problem {
    Problem::field(FIELD, en, zh)
}

fn refused(reason: Reason) -> Problem {
    match reason {
        Reason::UnknownKey => wrong(
            "it is signed by somebody this city has no certificate of; upload a picture for review instead",
            "签发机构不在本市的信任名单中，请改为上传图片，由社区审核",
        ),
        Reason::BadSignature => {
            wrong("its signature is wrong: it was altered", "证书签名无效，内容可能被改动")
        }
        Reason::Expired => wrong("it has expired", "证书已过期"),
        Reason::NotYetValid => wrong("it is not valid yet", "证书尚未生效"),
        Reason::NotATest => wrong(
            "it is a certificate of vaccination or recovery, not of a test",
            "这是疫苗接种或康复证书，不是核酸检测证书",
        ),
        Reason::WrongKeyUsage => wrong("its signer may not certify tests", "签发机构无权签发检测证书"),
        Reason::Unsupported => wrong("its form is not supported", "不支持这种证书格式"),
        _ => wrong(
            "is no EU certificate: the whole text from HC1: on is needed",
            "不是有效的欧盟证书，请提供以 HC1: 开头的完整内容",
        ),
    }
}

fn check_test(proof: &TestProof) -> Result<Timestamp, Problem> {
    if !proof.nucleic_acid {
        return Err(wrong(
            "it is an antigen test; a nucleic acid test is needed",
            "这是抗原检测，须为核酸检测",
        ));
    }
    if proof.test.outcome != TestOutcome::Negative {
        return Err(wrong("the test is not negative", "检测结果不是阴性"));
    }
    Timestamp::from_second(proof.test.sampled)
        .map_err(|_| wrong("its time of sampling can't be", "采样时间无效"))
}

/// The hours of the exemption are reckoned from the end of the person's last window, as when the campaign is counted.
fn check_time(
    sampled: Timestamp,
    state: &PersonState,
    round: Option<&Round>,
    now: Timestamp,
) -> Result<(), Problem> {
    let exemption = round.and_then(|round| {
        round.campaign().exemptions.iter().find_map(|exemption| match exemption {
            Exemption::OutsideCity { negative_within_h } => Some(*negative_within_h),
            _ => None,
        })
    });
    let last = round.and_then(|round| round.windows(state.community).last());
    let (hours, end) = (exemption.unwrap_or(USUAL_H), last.map_or(now, |window| window.to));
    if sampled > now {
        return Err(wrong("it was sampled in the future", "采样时间晚于现在"));
    }
    if sampled > end {
        return Err(wrong("it was sampled after your last window", "采样时间晚于您的检测时段"));
    }
    if end.duration_since(sampled) > SignedDuration::from_hours(i64::from(hours)) {
        let (sampled, end) = (shown(sampled), shown(end));
        // Without a window it is reckoned from now.
        let (of_end, of_end_zh) = match last {
            Some(_) => (", the end of your window", "（您的检测时段结束时间）"),
            None => (", which is now", "（现在）"),
        };
        return Err(Problem::field(
            FIELD,
            format!("it was sampled {sampled} (city time): more than {hours} hours before {end}{of_end}"),
            format!("采样时间为 {sampled}，距 {end}{of_end_zh}已超过 {hours} 小时"),
        ));
    }
    Ok(())
}
