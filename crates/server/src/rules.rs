//! Reading the rule pack of the configuration.

use anyhow::Context as _;
use yimatong_model::rule::RulePack;

/// Reads a shipped pack by its name, or a TOML file by its path.
pub fn load(name: &str) -> anyhow::Result<RulePack> {
    if let Some(shipped) = RulePack::shipped(name) {
        return Ok(shipped);
    }
    let text = std::fs::read_to_string(name).with_context(|| {
        format!(
            "city.rules must be xian-2021-12, zhengzhou-2022-01 or the path of a file; cannot read {name}"
        )
    })?;
    RulePack::parse(&text).with_context(|| format!("the rule pack {name} is not valid"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_unknown_pack_is_refused_with_the_names_of_the_shipped_ones() {
        let error = super::load("atlantis").unwrap_err();
        assert!(error.to_string().contains("xian-2021-12"), "{error}");
    }
}
