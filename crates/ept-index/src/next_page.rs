//! The link from a page of an index to the next one.

use std::fmt;

use serde_json::{Map, Value};

use crate::IndexError;
use crate::location::Base;

const FILE: &str = "JSON";

/// The request for a page of an index: a link with the relation `next` (OGC API Features, 7.15.4), with the fields that the
/// STAC API adds for searches by POST (item search, "Pagination").
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct NextPage {
    /// The address. Relative ones have been resolved.
    pub location: String,
    /// Headers to send, by name.
    pub headers: Vec<(String, String)>,
    /// The body of a POST request, a JSON object as text. `None` for a GET request.
    pub body: Option<String>,
    /// Whether headers and body are changes to those of the request by which the page with this link was fetched.
    pub is_change: bool,
}

impl NextPage {
    /// The GET request for a location.
    #[must_use]
    pub fn of_location(location: &str) -> NextPage {
        NextPage {
            location: location.to_owned(),
            ..NextPage::default()
        }
    }

    /// Whether the location says all of the request.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.headers.is_empty() && self.body.is_none()
    }

    /// The complete request, if `last` is the one by which the page with this link was fetched. Values of this link
    /// replace those of `last` that have the same names.
    ///
    /// # Errors
    /// If it changes the body of a request that has parameters in its URL instead: how they are written in a body is not
    /// known.
    pub fn after(self, last: &NextPage) -> Result<NextPage, IndexError> {
        if !self.is_change {
            return Ok(self);
        }
        let mut headers = last.headers.clone();
        headers.retain(|(name, _)| !self.headers.iter().any(|(own, _)| is_same(own, name)));
        headers.extend(self.headers);
        let body = match (&last.body, self.body) {
            (Some(last), Some(own)) => Some(merged(last, &own)?),
            (None, Some(_)) if last.location.contains('?') => {
                return Err(malformed(
                    "the link to the next page completes the body of a POST request, but the search was a GET request; \
                     send the search as a POST request, and give its answers as files",
                ));
            }
            (_, own) => own,
        };
        Ok(NextPage {
            location: self.location,
            headers,
            body,
            is_change: false,
        })
    }

    /// The request with its location resolved.
    pub(crate) fn completed(self, base: &Base) -> NextPage {
        NextPage {
            location: base.complete(&self.location),
            ..self
        }
    }

    /// The first `next` link of a collection.
    pub(crate) fn of_collection(json: &Value) -> Result<Option<NextPage>, IndexError> {
        let mut links = json["links"].as_array().into_iter().flatten();
        let link = links.find(|link| link["rel"] == "next");
        let location = link.and_then(|link| link["href"].as_str());
        let (Some(link), Some(location)) = (link, location) else {
            return Ok(None);
        };
        Ok(Some(NextPage {
            location: location.to_owned(),
            headers: headers(&link["headers"])?,
            body: body(link)?,
            is_change: link["merge"] == true,
        }))
    }
}

/// The address, and the method if it is not GET.
impl fmt::Display for NextPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.location)?;
        if self.body.is_some() {
            f.write_str(" (a POST request)")?;
        }
        Ok(())
    }
}

/// Names of headers have no case.
fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn headers(json: &Value) -> Result<Vec<(String, String)>, IndexError> {
    let mut headers: Vec<(String, String)> = Vec::new();
    let members = match json {
        Value::Null => return Ok(headers),
        Value::Object(members) => members,
        _ => return Err(malformed("the headers of the next page are not an object")),
    };
    for (name, value) in members {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                let problem = format!("the header {name:?} of the next page is not a text");
                return Err(malformed(problem));
            }
        };
        if headers.iter().any(|(other, _)| is_same(other, name)) {
            let problem = format!("the next page has the header {name:?} twice");
            return Err(malformed(problem));
        }
        headers.push((name.clone(), value));
    }
    Ok(headers)
}

fn body(link: &Value) -> Result<Option<String>, IndexError> {
    let method = link["method"].as_str().unwrap_or("GET");
    if method.eq_ignore_ascii_case("GET") {
        return Ok(None);
    }
    if !method.eq_ignore_ascii_case("POST") {
        let problem = format!("the next page takes the method {method:?}, not GET or POST");
        return Err(malformed(problem));
    }
    match &link["body"] {
        Value::Null => Ok(Some("{}".into())),
        body @ Value::Object(_) => Ok(Some(text(body.clone()))),
        _ => Err(malformed("the body of the next page is not a JSON object")),
    }
}

fn merged(last: &str, own: &str) -> Result<String, IndexError> {
    let parse = |text: &str| -> Result<Map<String, Value>, IndexError> {
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))
    };
    let mut all = parse(last)?;
    all.extend(parse(own)?);
    Ok(text(Value::Object(all)))
}

/// Sorted, so that equal bodies are equal texts.
fn text(mut body: Value) -> String {
    body.sort_all_objects();
    body.to_string()
}

fn malformed(problem: impl Into<String>) -> IndexError {
    IndexError::malformed(FILE, problem)
}
