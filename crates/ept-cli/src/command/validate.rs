//! `ept validate`: checks a dataset for errors.

use std::io::Write;
use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;
use ept_job::validation_json;
use ept_reader::{Checks, Code, Report, Severity, validate};

use crate::args::DatasetArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped};
use crate::progress::Bar;
use crate::select::{location, options};
use crate::terminal::{self, tell};
use crate::values::count;

pub(crate) const NOTES: &str = "\
ept.json, all pages of the hierarchy and the sources are read, and the existence of each tile is checked. Headers of
tiles are read: all in a local dataset, a sample of 64 in a remote one. With --deep, every point is decoded.

Errors (E...) keep some or all of the data from being read; warnings (W...) do not. docs/validate.md explains each.

Exit codes: 0 no errors, 1 nothing could be opened, 2 wrong usage, 3 errors were found.";

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
    let mut options = options(&args.dataset.connection);
    options.limits.requests = args.requests;
    options.limits.threads = args.threads.unwrap_or(options.limits.threads);
    let checks = Checks {
        deep: args.deep,
        ..Checks::default()
    };
    let bar = Bar::of_stages(args.quiet);
    let location = location(&args.dataset)?;
    let report = validate(&location, &options, &checks, |stage| bar.show_stage(&stage)).await?;
    bar.finish();
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{:#}", validation_json(&report))?;
    } else {
        write_text(&mut out, &report, args.quiet)?;
    }
    if !args.quiet {
        tell!("{}", summary(&report));
    }
    Ok(if report.is_valid() {
        Outcome::Complete
    } else {
        Outcome::Faulty
    })
}

fn write_text(out: &mut impl Write, report: &Report, quiet: bool) -> std::io::Result<()> {
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
fn write_line(out: &mut impl Write, report: &Report) -> std::io::Result<()> {
    let kinds = report.findings.iter();
    let kinds = kinds.map(|finding| format!("{} {}", finding.code, counted(finding.count, "time")));
    let kinds: Vec<String> = kinds.collect();
    if kinds.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}: {}", counts(report), kinds.join(", "))
}

fn counts(report: &Report) -> String {
    format!(
        "{}, {}",
        counted(report.count(Severity::Error), "error"),
        counted(report.count(Severity::Warning), "warning")
    )
}

/// A summary of what was checked and found.
fn summary(report: &Report) -> String {
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
