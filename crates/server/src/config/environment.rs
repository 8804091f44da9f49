//! Single keys from the environment, read as what their default is.

use anyhow::{Context as _, bail};

use super::ENV_PREFIX;

/// Sets `SECTION__KEY`. Where the default is a number, true or false, or a list, the text is read as one; everywhere else it is
/// taken as it is, so that a secret of digits stays a text.
pub(super) fn set(
    table: &mut toml::Table,
    defaults: &toml::Table,
    keys: &str,
    text: &str,
) -> anyhow::Result<()> {
    let lower = keys.to_ascii_lowercase();
    let Some((section, key)) = lower.split_once("__") else {
        bail!("must have the form {ENV_PREFIX}SECTION__KEY");
    };
    let value = value(defaults.get(section).and_then(|section| section.get(key)), text)?;
    let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(section) = section.as_table_mut() else { bail!("the section is not a table in the file") };
    section.insert(key.to_owned(), value);
    Ok(())
}

fn value(default: Option<&toml::Value>, text: &str) -> anyhow::Result<toml::Value> {
    let trimmed = text.trim();
    let as_text = || toml::Value::String(text.to_owned());
    Ok(match default {
        Some(toml::Value::Integer(_)) => trimmed.parse().map_or_else(|_| as_text(), toml::Value::Integer),
        Some(toml::Value::Boolean(_)) => match trimmed.to_ascii_lowercase().parse() {
            Ok(answer) => toml::Value::Boolean(answer),
            Err(_) => bail!("must be true or false, but is {text:?}"),
        },
        Some(toml::Value::Array(_)) => list(trimmed)?,
        _ => as_text(),
    })
}

/// `a, b`, or `["a", "b"]` as in the file.
fn list(text: &str) -> anyhow::Result<toml::Value> {
    if text.starts_with('[') {
        let table: toml::Table = format!("list = {text}")
            .parse()
            .with_context(|| format!("must be a list such as [\"a\", \"b\"] or a, b, but is {text:?}"))?;
        return table.get("list").cloned().context("must be a list");
    }
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    Ok(parts.map(|part| toml::Value::String(part.to_owned())).collect::<Vec<_>>().into())
}

#[cfg(test)]
mod tests {
    use crate::config::{AddressRange, Config};

    fn load(name: &str, text: &str) -> anyhow::Result<Config> {
        Config::load(None, [(name.to_owned(), text.to_owned())])
    }

    #[test]
    fn a_list_is_split_at_commas_or_written_as_in_the_file() {
        let name = "YIMATONG__SERVER__TRUSTED_PROXIES";
        let proxies = |text| load(name, text).map(|config| config.server.trusted_proxies);
        let both: Vec<AddressRange> = vec!["10.0.0.1".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        assert_eq!(proxies("10.0.0.1, 2001:db8::/32").unwrap(), both);
        assert_eq!(proxies(r#" ["10.0.0.1", "2001:db8::/32"] "#).unwrap(), both);
        assert!(proxies("").unwrap().is_empty() && proxies("[]").unwrap().is_empty());
        let error = format!("{:#}", proxies("proxy.internal").unwrap_err());
        assert!(error.contains("trusted_proxies"), "{error}");
        let error = format!("{:#}", proxies("[10.0.0.1]").unwrap_err());
        assert!(error.contains("TRUSTED_PROXIES") && error.contains("must be a list such as"), "{error}");
    }

    #[test]
    fn true_and_false_are_read_and_anything_else_is_refused() {
        let migrate = |text| load("YIMATONG__STORE__MIGRATE", text).map(|config| config.store.migrate);
        assert!(migrate("true").unwrap() && migrate("TRUE").unwrap());
        assert!(!migrate("false").unwrap() && !migrate(" false ").unwrap());
        let error = format!("{:#}", migrate("no").unwrap_err());
        assert!(error.contains("STORE__MIGRATE") && error.contains("must be true or false"), "{error}");
    }
}
