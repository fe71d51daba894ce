//! Values of enumerations as flags.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use ept_job::{Compression, Format, OnError};
use ept_reader::Edge;

/// One of a fixed set of values of the library, as a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice<T>(pub(crate) T);

impl ValueEnum for Choice<Format> {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: &[Choice<Format>; Format::ALL.len()] = &[
            Choice(Format::Csv),
            Choice(Format::CsvGz),
            Choice(Format::Xyz),
            Choice(Format::Las),
            Choice(Format::Laz),
            Choice(Format::Copc),
            Choice(Format::Ply),
            Choice(Format::Arrow),
            Choice(Format::Parquet),
        ];
        ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()).help(self.0.about()))
    }
}

impl ValueEnum for Choice<OnError> {
    fn value_variants<'a>() -> &'a [Self] {
        &[Choice(OnError::Fail), Choice(OnError::Skip)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self.0 {
            OnError::Fail => "fail",
            OnError::Skip => "skip",
        }))
    }
}

impl ValueEnum for Choice<Compression> {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Choice(Compression::Deflate),
            Choice(Compression::Zstd),
            Choice(Compression::Lerc { max_error: 0.001 }),
            Choice(Compression::None),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self.0 {
            Compression::Deflate => "deflate",
            Compression::Zstd => "zstd",
            Compression::Lerc { .. } => "lerc",
            _ => "none",
        }))
    }
}

impl ValueEnum for Choice<Edge> {
    fn value_variants<'a>() -> &'a [Self] {
        &[Choice(Edge::Closed), Choice(Edge::HalfOpen)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self.0 {
            Edge::Closed => "closed",
            Edge::HalfOpen => "half-open",
        }))
    }
}
