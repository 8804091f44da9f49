//! A checker for the part of JSON Schema 2020-12 that the API description uses. An unknown keyword is a failure,
//! so that nothing in a schema goes unchecked.

use serde_json::Value;

/// What is wrong with `value` under `schema`; `root` is the document that `$ref` points into.
pub(crate) fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(schema) = schema.as_object() else {
        return if schema == &Value::Bool(true) { Ok(()) } else { Err(format!("{at}: no schema: {schema}")) };
    };
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "$ref" => check(root, resolve(root, rule.as_str().unwrap_or(""))?, value, at)?,
            "anyOf" | "oneOf" => any_of(root, rule, value, at)?,
            "type" => is_type(rule, value, at)?,
            "enum" => one_of(rule, value, at)?,
            "const" if rule == value => {}
            "minimum" if value.is_null() || value.as_f64() >= rule.as_f64() => {}
            "maximum" if value.is_null() || value.as_f64() <= rule.as_f64() => {}
            "properties" => properties(root, rule, value, at)?,
            "required" => required(rule, value, at)?,
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}[{place}]"))?;
                }
            }
            "description" | "title" | "format" | "additionalProperties" | "default" => {}
            other => return Err(format!("{at}: {other} {rule} does not hold for {value}")),
        }
    }
    Ok(())
}

/// The schema a local reference points at.
pub(crate) fn resolve<'r>(root: &'r Value, reference: &str) -> Result<&'r Value, String> {
    let pointer = reference.strip_prefix('#').ok_or_else(|| format!("{reference} is not local"))?;
    root.pointer(pointer).ok_or_else(|| format!("{reference} points at nothing"))
}

fn any_of(root: &Value, rule: &Value, value: &Value, at: &str) -> Result<(), String> {
    let mut why = Vec::new();
    for option in rule.as_array().into_iter().flatten() {
        match check(root, option, value, at) {
            Ok(()) => return Ok(()),
            Err(reason) => why.push(reason),
        }
    }
    Err(format!("{at}: none of the options: {}", why.join("; ")))
}

fn is_type(rule: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fits = |name: &Value| match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    let ok = rule.as_array().map_or_else(|| fits(rule), |names| names.iter().any(fits));
    if ok { Ok(()) } else { Err(format!("{at}: {value} is not {rule}")) }
}

fn one_of(rule: &Value, value: &Value, at: &str) -> Result<(), String> {
    let known = rule.as_array().is_some_and(|known| known.contains(value));
    if known { Ok(()) } else { Err(format!("{at}: {value} is not in {rule}")) }
}

/// Checks the members, and refuses ones that the schema does not name: an answer has no undescribed member.
fn properties(root: &Value, rule: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (name, member) in value.as_object().into_iter().flatten() {
        match rule.get(name) {
            Some(rule) => check(root, rule, member, &format!("{at}.{name}"))?,
            None => return Err(format!("{at}.{name} is not described")),
        }
    }
    Ok(())
}

fn required(rule: &Value, value: &Value, at: &str) -> Result<(), String> {
    for name in rule.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    Ok(())
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"],
        "properties": { "a": { "type": "integer", "minimum": 0 }, "b": { "$ref": "#/b" } },
        "b": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
    });
    let mut plain = schema.clone();
    plain.as_object_mut().unwrap().remove("b");
    let verdict = |value| check(&schema, &plain, &value, "x");
    assert_eq!(verdict(serde_json::json!({ "a": 1, "b": null })), Ok(()));
    for bad in ["{}", r#"{"a":-1}"#, r#"{"a":"1"}"#, r#"{"a":1,"b":2}"#, r#"{"a":1,"c":2}"#, "[]"] {
        assert!(verdict(serde_json::from_str(bad).unwrap()).is_err(), "{bad}");
    }
}
