//! The report of a validation as JSON.

use ept_reader::{Checked, Example, Finding, Severity, ValidationReport};
use serde_json::{Value, json};

use crate::sorted_json;

/// The report of [`ept_reader::validate`] as a JSON object.
#[must_use]
pub fn validation_json(report: &ValidationReport) -> Value {
    let Checked {
        metadata,
        pages,
        nodes,
        points,
        tiles,
        headers,
        decoded,
        sources,
    } = report.checked;
    sorted_json(json!({
        "dataset": report.location,
        "valid": report.is_valid(),
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "checked": {
            "metadata": metadata,
            "pages": pages,
            "nodes": nodes,
            "points": points,
            "tiles": tiles,
            "headers": headers,
            "decoded": decoded,
            "sources": sources,
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

fn finding(finding: &Finding) -> Value {
    let code = finding.code;
    json!({
        "code": code.id(),
        "severity": code.severity().to_string(),
        "meaning": code.meaning(),
        "fix": code.fix(),
        "count": finding.count,
        "examples": finding.examples.iter().map(example).collect::<Vec<_>>(),
    })
}

fn example(example: &Example) -> Value {
    let place = &example.place;
    json!({
        "location": place.location,
        "field": place.field,
        "key": place.node.map(|node| node.to_string()),
        "problem": example.problem,
    })
}
