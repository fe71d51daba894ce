//! `ept validate`: what is wrong with a dataset.

use std::io::Write;

use anyhow::Result;
use ept_reader::{Checked, Checks, Code, Example, Finding, Report, Severity, validate};
use serde_json::{Value, json};

use crate::args::ValidateArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::progress::Stages;
use crate::select::options;

pub(crate) async fn run(args: &ValidateArgs) -> Result<Outcome> {
    let mut options = options(&args.dataset);
    options.limits.requests = args.requests;
    options.limits.threads = args.threads.unwrap_or(options.limits.threads);
    let checks = Checks {
        deep: args.deep,
        ..Checks::default()
    };
    let stages = Stages::new(args.quiet);
    let location = &args.dataset.location;
    let report = validate(location, &options, &checks, |stage| stages.show(&stage)).await?;
    stages.finish();
    let mut out = std::io::stdout().lock();
    match args.json {
        true => writeln!(out, "{:#}", to_json(&report))?,
        false => write_text(&mut out, &report)?,
    }
    if !args.quiet {
        eprintln!("{}", summary(&report));
    }
    Ok(match report.is_valid() {
        true => Outcome::Complete,
        false => Outcome::Faulty,
    })
}

fn to_json(report: &Report) -> Value {
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
    json!({
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
        "findings": report.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

fn finding_json(finding: &Finding) -> Value {
    let code = finding.code;
    json!({
        "code": code.id(),
        "severity": code.severity().to_string(),
        "meaning": code.meaning(),
        "fix": code.fix(),
        "count": finding.count,
        "examples": finding.examples.iter().map(example_json).collect::<Vec<_>>(),
    })
}

fn example_json(example: &Example) -> Value {
    let place = &example.place;
    json!({
        "location": place.location,
        "field": place.field,
        "key": place.key.map(|key| key.to_string()),
        "problem": example.problem,
    })
}

fn write_text(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    for finding in &report.findings {
        let code: Code = finding.code;
        writeln!(out, "{} {code}: {}", code.severity(), code.meaning())?;
        for example in &finding.examples {
            writeln!(out, "  {example}")?;
        }
        let more = finding.count - finding.examples.len() as u64;
        if more > 0 {
            writeln!(out, "  and {more} more")?;
        }
        writeln!(out, "  fix: {}", code.fix())?;
    }
    Ok(())
}

/// What was looked at, and what came of it.
fn summary(report: &Report) -> String {
    let checked = &report.checked;
    let found = format!(
        "{}, {}",
        counted(report.count(Severity::Error), "error"),
        counted(report.count(Severity::Warning), "warning")
    );
    if !checked.metadata {
        return format!("{found}; nothing but ept.json could be checked");
    }
    let looked = match checked.decoded {
        0 => format!("{} of them opened", grouped(checked.headers)),
        decoded => format!("{} of them decoded", grouped(decoded)),
    };
    format!(
        "{found}; checked {}, {} with {}, {}, {looked}",
        counted(checked.pages, "page"),
        counted(checked.nodes, "node"),
        counted(checked.points, "point"),
        counted(checked.tiles, "tile"),
    )
}
