//! x
pub(super) fn html(_: &super::Report) -> String {
    String::new()
}
