//! What the deserializer says of a parameter or a field, in Chinese: its own words are English.

use std::borrow::Cow;

/// The Chinese of an error's text. Of one that is not known it says no more than that the value does not fit.
pub(crate) fn chinese(text: &str) -> Cow<'static, str> {
    let quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let (first, rest) = quoted.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
    let known = [
        ("missing field", format!("缺少 {first}")),
        ("duplicate field", format!("{first} 重复")),
        ("unknown field", format!("没有 {first} 这一项{}", allowed(rest))),
        ("unknown variant", format!("不能是 {first}{}", allowed(rest))),
        ("number too large", "数值过大".to_owned()),
        ("number too small", "数值过小".to_owned()),
        ("invalid digit", "须为数字".to_owned()),
        ("cannot parse integer from empty", "不能为空，须为数字".to_owned()),
        ("was not `true` or `false`", "须为 true 或 false".to_owned()),
        ("expected a string", "须为文本".to_owned()),
        ("expected a boolean", "须为 true 或 false".to_owned()),
        ("expected a sequence", "须为列表".to_owned()),
        ("invalid type: null", "不能为空".to_owned()),
        ("expected u", "须为不小于零且不过大的整数".to_owned()),
        ("expected i", "须为整数".to_owned()),
    ];
    known
        .into_iter()
        .find(|(english, _)| text.contains(english))
        .map_or(Cow::Borrowed("请检查填写的内容"), |(_, zh)| Cow::Owned(zh))
}

fn allowed(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("，可用：{}", names.join("、")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_deserializer_are_told_in_chinese() {
        assert_eq!(chinese("missing field `purpose`"), "缺少 purpose");
        assert_eq!(chinese("community: number too large to fit in target type"), "数值过大");
        assert_eq!(chinese("by: unknown variant `x`, expected `a` or `b`"), "不能是 x，可用：a、b");
        assert_eq!(chinese("invalid type: string \"x\", expected u64"), "须为不小于零且不过大的整数");
        assert_eq!(chinese("something else"), "请检查填写的内容");
    }
}
