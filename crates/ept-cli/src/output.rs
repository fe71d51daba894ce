//! The output given by the flags.

use std::path::Path;

use anyhow::Result;
use ept_job::{Format, Output, OutputError};

use crate::exit::WrongUsage;
use crate::remedy;
use crate::terminal;

/// The output to a file or standard output, checked before anything is read. By default, the extension of the file
/// determines the format, and standard output is CSV. A terminal shows only the first rows, unless the path is `-`.
pub(crate) fn output(
    path: Option<&Path>,
    format: Option<Format>,
    precision: Option<u8>,
) -> Result<Output> {
    let output = match path {
        Some(path) if path.as_os_str() != "-" => Output::to_file(path, format),
        path => {
            let format = format.unwrap_or(Format::Csv);
            if matches!(format, Format::Arrow | Format::Parquet) && terminal::is_read() {
                let problem = format!(
                    "{format} is binary and no use on a terminal: name a file with -o, or pipe it on"
                );
                return Err(WrongUsage(problem).into());
            }
            Output::to_stream("standard output", terminal::points(path.is_some()), format)
        }
    };
    let output = output.and_then(|output| match precision {
        Some(decimals) => output.with_precision(decimals),
        None => Ok(output),
    });
    output.map_err(|problem| wrong(problem).into())
}

/// The error for an output that the flags can't mean, with the flag that helps.
pub(crate) fn wrong(problem: OutputError) -> WrongUsage {
    let text = problem.to_string();
    let flag = remedy::flag(&problem.into());
    let flag = flag.map_or_else(String::new, |flag| format!(" ({flag})"));
    WrongUsage(format!("{text}{flag}"))
}
