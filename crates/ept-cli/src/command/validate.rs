//! `ept validate`: checks a dataset for errors.

use std::io::Write;
use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use ept_job::validation_json;
use ept_reader::{Checks, Code, Severity, ValidationReport, expanded_locations, validate};
use serde_json::Value;

use crate::args::DatasetArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::progress::Bar;
use crate::select::{dataset_options, locations};
use crate::terminal::{self, tell};
use crate::values::count;

pub(crate) const NOTES: &str = "\
ept.json, all pages of the hierarchy and the sources are read, and the existence of each tile is checked. Headers of
tiles are read: all in a local dataset, with the chunk tables of LAZ, a sample of 64 in a remote one. With --deep, every point is decoded.

Errors (E...) keep some or all of the data from being read; warnings (W...) do not. docs/validate.md explains each.

Exit codes: 0 no errors, 1 nothing could be opened, 2 wrong usage, 3 errors were found, or one of several datasets could not be opened.";

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) dataset: DatasetArgs,
    /// Decode every point of every tile
    #[arg(long)]
    pub(crate) deep: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Maximum concurrent requests
    #[arg(long, value_name = "N", default_value = "16", allow_hyphen_values = true, value_parser = count)]
    pub(crate) requests: NonZeroUsize,
    /// Maximum tiles decoded concurrently [default: number of cores]
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = count)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// No progress bar and no summary; findings in one line
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

pub(crate) async fn run(args: &ValidateArgs) -> Result<Outcome> {
    let mut options = dataset_options(&args.dataset);
    options.limits.requests = args.requests;
    options.limits.threads = args.threads.unwrap_or(options.limits.threads);
    let checks = Checks {
        deep: args.deep,
        ..Checks::default()
    };
    let locations = expanded_locations(&locations(&args.dataset)?)?;
    let is_one = locations.len() == 1;
    let (mut reports, mut unopened) = (Vec::new(), None);
    for location in locations {
        let bar = Bar::of_stages(args.quiet);
        let report = validate(&location, &options, &checks, |stage| bar.show_stage(&stage)).await;
        bar.finish();
        match report {
            Ok(report) => {
                tell_of(&report, is_one, args)?;
                reports.push(report);
            }
            Err(error) if is_one => return Err(error.into()),
            Err(error) => {
                tell!("error: {error}");
                unopened = Some(error);
            }
        }
    }
    if args.json && !is_one {
        let reports = reports.iter().map(validation_json);
        writeln!(terminal::out(), "{:#}", Value::Array(reports.collect()))?;
    }
    match unopened {
        Some(error) if reports.is_empty() => Err(error.into()),
        None if reports.iter().all(ValidationReport::is_valid) => Ok(Outcome::Complete),
        _ => Ok(Outcome::Faulty),
    }
}

/// Tells what was found in a dataset, with its name unless it is the only one.
fn tell_of(report: &ValidationReport, is_one: bool, args: &ValidateArgs) -> Result<()> {
    let mut out = terminal::out();
    match (args.json, is_one) {
        (true, true) => writeln!(out, "{:#}", validation_json(report))?,
        // In one array, when all are known.
        (true, false) => {}
        (false, true) => write_text(&mut out, report, args.quiet)?,
        (false, false) => {
            if !report.findings.is_empty() {
                writeln!(out, "{}", report.location)?;
            }
            write_text(&mut out, report, args.quiet)?;
        }
    }
    if !args.quiet {
        let name = if is_one {
            String::new()
        } else {
            format!("{}: ", report.location)
        };
        tell!("{name}{}", summary(report));
    }
    Ok(())
}

fn write_text(out: &mut impl Write, report: &ValidationReport, quiet: bool) -> std::io::Result<()> {
    if quiet {
        return write_line(out, report);
    }
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

/// Writes all findings in one line, by code.
fn write_line(out: &mut impl Write, report: &ValidationReport) -> std::io::Result<()> {
    let kinds = report.findings.iter();
    let kinds = kinds.map(|finding| format!("{} {}", finding.code, counted(finding.count, "time")));
    let kinds: Vec<String> = kinds.collect();
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}: {}", counts(report), kinds.join(", "))
}

fn counts(report: &ValidationReport) -> String {
    format!(
        "{}, {}",
        counted(report.count(Severity::Error), "error"),
        counted(report.count(Severity::Warning), "warning")
    )
}

/// A summary of what was checked and found.
fn summary(report: &ValidationReport) -> String {
    let checked = &report.checked;
    let found = counts(report);
    if !checked.metadata {
        return format!("{found}; only ept.json could be checked");
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
