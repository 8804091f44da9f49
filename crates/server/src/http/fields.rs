//! Fields that many bodies share, and their checked values.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use yimatong_credential::PublicKey;
use yimatong_model::clock::{city_day, city_time};
use yimatong_model::document::{Document, DocumentKind};
use yimatong_model::name::PersonName;
use yimatong_model::person::Nationality;
use yimatong_model::phone::Phone;
use yimatong_model::sampling::Barcode;
use yimatong_store::DeviceKey;

use crate::problem::{Code, Problem};

/// An identity document as typed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentFields {
    /// `resident-id`, `passport`, `foreign-permanent-resident-card`, `hk-macao-permit` or `taiwan-permit`.
    kind: String,
    /// The number as printed.
    number: String,
}

impl DocumentFields {
    /// The checked document; an error names `document.kind` or `document.number`.
    pub fn parse(&self, now: Timestamp) -> Result<Document, Problem> {
        let kind = DocumentKind::from_name(&self.kind).ok_or_else(|| {
            let known: Vec<&str> = DocumentKind::ALL.iter().map(|kind| kind.as_str()).collect();
            Problem::field("document.kind", format!("must be one of {}", known.join(", ")), "证件类型不正确")
        })?;
        Document::parse(kind, &self.number, city_day(now))
            .map_err(|error| Problem::field("document.number", error.to_string(), error.message_zh()))
    }
}

/// The public key of a device as a JWK (RFC 7517).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceKeyFields {
    /// `EC`
    kty: String,
    /// `P-256`
    crv: String,
    /// base64url, 32 bytes
    x: String,
    /// base64url, 32 bytes
    y: String,
}

impl DeviceKeyFields {
    /// The checked key: a point on the curve.
    pub fn parse(&self) -> Result<DeviceKey, Problem> {
        let wrong =
            |detail: String| Problem::field("devicePublicKey", detail, "设备公钥无效，请刷新页面后重试");
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(wrong("must be a P-256 key: kty EC, crv P-256".to_owned()));
        }
        let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text);
        let (Ok(x), Ok(y)) = (coordinate(&self.x), coordinate(&self.y)) else {
            return Err(wrong("x and y must be base64url without padding".to_owned()));
        };
        let key = PublicKey::from_coordinates(&x, &y).map_err(|error| wrong(error.to_string()))?;
        Ok(DeviceKey(*key.point()))
    }
}

/// x and y of a key, as sessions carry them.
#[must_use]
pub fn coordinates(key: &DeviceKey) -> [u8; 64] {
    let mut xy = [0; 64];
    xy.copy_from_slice(&key.0[1..]);
    xy
}

/// A checked phone number.
pub fn phone(text: &str) -> Result<Phone, Problem> {
    Phone::parse(text).map_err(|error| Problem::field("phone", error.to_string(), error.message_zh()))
}

/// A checked name.
pub fn name(text: &str) -> Result<PersonName, Problem> {
    PersonName::parse(text).map_err(|error| Problem::field("name", error.to_string(), error.message_zh()))
}

/// A nationality; China when not given.
pub fn nationality(text: Option<&str>) -> Result<Nationality, Problem> {
    text.map_or(Ok(Nationality::CHN), |text| {
        Nationality::parse(text).ok_or_else(|| {
            Problem::field(
                "nationality",
                "must be three letters of ISO 3166-1, such as CHN",
                "国籍须为三个字母的代码，如 CHN",
            )
        })
    })
}

/// An RFC 4122 UUID as 16 bytes.
pub fn uuid(text: &str) -> Option<[u8; 16]> {
    let plain = text.len() == 36 && [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-');
    if !plain {
        return None;
    }
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let mut bytes = [0; 16];
    if digits.len() != 32 {
        return None;
    }
    for (place, pair) in digits.as_chunks::<2>().0.iter().enumerate() {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        bytes[place] = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(bytes)
}

/// 16 bytes as an RFC 4122 UUID.
#[must_use]
pub fn uuid_text(id: &[u8; 16]) -> String {
    let n = u128::from_be_bytes(*id);
    let (a, b, c) = (n >> 96, n >> 80 & 0xFFFF, n >> 64 & 0xFFFF);
    format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", n >> 48 & 0xFFFF, n & 0xFFFF_FFFF_FFFF)
}

/// For an id that is no UUID.
pub fn not_a_uuid(field: &'static str) -> Problem {
    Problem::field(field, "must be a UUID", "编号须为 UUID")
}

/// The barcode of a tube or a box.
pub fn barcode(field: &'static str, text: &str) -> Result<Barcode, Problem> {
    text.parse().map_err(|error: yimatong_model::sampling::BarcodeError| {
        Problem::field(
            field,
            error.to_string(),
            "条码为 6 到 24 位大写字母、数字和连字符，至少有一位数字，且不能是身份证号",
        )
    })
}

/// An RFC 3339 time.
pub fn time(field: &'static str, text: &str) -> Result<Timestamp, Problem> {
    text.parse().map_err(|error: jiff::Error| {
        Problem::field(
            field,
            format!("must be an RFC 3339 time with zone, such as 2022-01-05T10:00:00+08:00 ({error})"),
            "时间格式应为 2022-01-05T10:00:00+08:00",
        )
    })
}

/// A time as people of the city read it, to the minute.
pub(crate) fn shown(at: Timestamp) -> String {
    city_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A page's cursor and size.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PageQuery {
    /// Text to look for.
    #[serde(default)]
    pub query: String,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows per page, 1 to 200; 50 when not given.
    pub limit: Option<u16>,
}

/// Longest text to look for in bytes; no name of a place is longer.
const LONGEST_QUERY: usize = 200;

impl PageQuery {
    /// The text to look for.
    pub fn query(&self) -> Result<&str, Problem> {
        let query = self.query.trim();
        if query.len() <= LONGEST_QUERY {
            return Ok(query);
        }
        Err(Problem::new(Code::InvalidParameter).at("query").because(
            format!("query may have at most {LONGEST_QUERY} bytes of UTF-8"),
            format!("搜索内容最多 {LONGEST_QUERY} 字节"),
        ))
    }

    /// Rows to read.
    pub fn limit(&self) -> Result<usize, Problem> {
        rows(self.limit)
    }
}

/// Rows of a page.
pub(crate) fn rows(limit: Option<u16>) -> Result<usize, Problem> {
    match limit {
        None => Ok(50),
        Some(limit @ 1..=200) => Ok(usize::from(limit)),
        Some(_) => Err(Problem::new(Code::InvalidParameter)
            .at("limit")
            .because("limit must be 1 to 200", "limit 须为 1 到 200")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_uuid_is_taken() {
        assert_eq!(uuid("00000000-0000-0000-0000-0000000000ff").map(|b| b[15]), Some(255));
        for bad in
            ["", "x", "00000000-0000-0000-0000-0000000000fg", "0000000000000000-0000-0000-0000000000ff"]
        {
            assert_eq!(uuid(bad), None, "{bad}");
        }
        let text = "0123abcd-0000-4000-8fff-0000000000ff";
        assert_eq!(uuid_text(&uuid(text).unwrap()), text);
    }

    #[test]
    fn a_time_is_shown_by_the_citys_clock() {
        assert_eq!(shown("2022-01-05T17:30:59Z".parse().unwrap()), "2022-01-06 01:30");
    }

    #[test]
    fn a_query_is_trimmed_and_has_an_end() {
        let asked = |query: String| PageQuery { query, ..PageQuery::default() };
        assert_eq!(asked(" 钟楼 ".to_owned()).query().unwrap(), "钟楼");
        assert!(asked("长".repeat(66)).query().is_ok());
        let long = asked("长".repeat(67));
        assert_eq!(long.query().unwrap_err().code(), Code::InvalidParameter);
    }
}
