//! Values of an index's fields.

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

/// The value of a field. A field without a value has no attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// Text, trimmed.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// A JSON array or object, as text.
    Json(String),
}

impl Attribute {
    /// `None` if the value is null or blank.
    pub(crate) fn from_json(value: &Value) -> Option<Attribute> {
        match value {
            Value::Null => None,
            Value::Bool(value) => Some(Attribute::Boolean(*value)),
            Value::Number(number) => Some(match number.as_i64() {
                Some(integer) => Attribute::Integer(integer),
                None => Attribute::Float(number.as_f64()?),
            }),
            Value::String(text) => Attribute::from_text(text),
            Value::Array(_) | Value::Object(_) => {
                let mut value = value.clone();
                value.sort_all_objects();
                Some(Attribute::Json(value.to_string()))
            }
        }
    }

    /// `None` if the text is blank.
    pub(crate) fn from_text(text: &str) -> Option<Attribute> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        (!text.is_empty()).then(|| Attribute::Text(text.to_owned()))
    }

    /// A number, as dBase writes it. Anything else becomes text.
    pub(crate) fn from_number(text: &str) -> Option<Attribute> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        // Asterisks mean that a value does not fit its field, or is missing.
        if text.is_empty() || text.starts_with('*') {
            return None;
        }
        if let Ok(integer) = text.parse() {
            return Some(Attribute::Integer(integer));
        }
        let float = text.parse().ok().filter(|float: &f64| float.is_finite());
        float.map_or_else(|| Attribute::from_text(text), |f| Some(Attribute::Float(f)))
    }

    /// The value as part of a location.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Attribute::Text(text) | Attribute::Json(text) => text.clone(),
            Attribute::Integer(value) => value.to_string(),
            Attribute::Float(value) => value.to_string(),
            Attribute::Boolean(value) => value.to_string(),
        }
    }

    /// A count: an integer of 0 or more, however it is written.
    pub(crate) fn to_count(&self) -> Option<u64> {
        match self {
            Attribute::Integer(value) => u64::try_from(*value).ok(),
            // Above 2^53 a float no longer stands for a single integer.
            Attribute::Float(value) => {
                let is_whole =
                    value.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(value);
                is_whole.then_some(*value as u64)
            }
            Attribute::Text(text) => text.parse().ok(),
            Attribute::Boolean(_) | Attribute::Json(_) => None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Attribute::Text(text) => text.clone().into(),
            Attribute::Integer(value) => (*value).into(),
            Attribute::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Attribute::Boolean(value) => (*value).into(),
            Attribute::Json(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        }
    }
}

/// As JSON. Arrays and objects are written as they were.
impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}
