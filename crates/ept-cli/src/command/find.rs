//! `ept find`: the surveys that intersect an area.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use ept_job::{Catalogue, Find, surveys_map};
use ept_reader::{Crs, Engine, Length, Survey};

use crate::area;
use crate::args::ConnectionArgs;
use crate::exit::Outcome;
use crate::numbers::{counted, grouped, rounded};
use crate::screen::Screen;
use crate::select;
use crate::terminal::{self, tell};

pub(crate) const NOTES: &str = "\
Examples:
  ept find 175.4811,-37.3459,175.4878,-37.3381
  ept find catchment.geojson --source 3dep --source opentopography
  ept find 'POINT (175.48 -37.34)' --buffer 2km --json

The location of a survey can be given to `ept query`, `ept tiles`, `ept info` and others. The addresses of the catalogues
can be changed by EPT_OPENTOPOGRAPHY_URL, EPT_USGS_LIST_URL and EPT_NOAA_LIST_URL. Answers are kept in the folder of
--cache and read from there with --offline.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 done but a catalogue could not be read or has further pages.";

#[derive(Debug, Args)]
pub(crate) struct FindArgs {
    /// Box `west,south,east,north`, or polygons: a file of WKT or GeoJSON, the text itself, or - for standard input.
    /// Coordinates are longitude and latitude, or those of --crs
    #[arg(value_name = "AREA", allow_hyphen_values = true)]
    pub(crate) area: String,
    /// Coordinate system of the area: an EPSG code such as EPSG:2193, WKT, or a PROJ string
    #[arg(long, value_name = "CRS", allow_hyphen_values = true, value_parser = Crs::parse)]
    pub(crate) crs: Option<Crs>,
    /// Grow the area by this length on the ground, such as 2km
    #[arg(long, value_name = "LENGTH")]
    pub(crate) buffer: Option<Length>,
    /// Where to search: opentopography, 3dep, noaa, or the path or URL of an answer of otCatalog, a GeoJSON list of EPT
    /// datasets, or STAC items; may be repeated [default: opentopography]
    #[arg(long = "source", value_name = "SOURCE")]
    pub(crate) sources: Vec<Catalogue>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Print GeoJSON, with footprints in longitude and latitude
    #[arg(long, conflicts_with = "json")]
    pub(crate) geojson: bool,
    /// End with a small map of the boxes of the surveys, in a terminal that shows pictures
    #[arg(long, conflicts_with_all = ["json", "geojson"])]
    pub(crate) picture: bool,
    /// No summary and no warnings
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

pub(crate) async fn run(args: &FindArgs) -> Result<Outcome> {
    let area = area::one(&args.area, args.crs.as_ref(), args.buffer)?;
    let engine = Engine::new(&select::options(&args.connection));
    let usual = [Catalogue::OpenTopography];
    let sources = if args.sources.is_empty() {
        &usual[..]
    } else {
        &args.sources
    };
    let found = Find::surveys(&area, sources, &engine).await?;
    let mut out = terminal::out();
    if args.json {
        writeln!(out, "{:#}", found.to_json())?;
    } else if args.geojson {
        writeln!(out, "{:#}", found.to_geojson())?;
    } else {
        for survey in &found.surveys {
            write_survey(&mut out, survey)?;
        }
    }
    drop(out);
    if args.picture
        && let Some(screen) = Screen::find()
        && let Some(map) = surveys_map(&found.surveys, &area, screen.size()?)?
    {
        screen.show(&map)?;
    }
    if !args.quiet {
        summarize(&found);
    }
    let is_complete = found.failed.is_empty() && found.next.is_empty();
    Ok(if is_complete {
        Outcome::Complete
    } else {
        Outcome::Incomplete
    })
}

/// Writes a line with the name, and one for each known property.
fn write_survey(out: &mut impl Write, survey: &Survey) -> std::io::Result<()> {
    match &survey.short_name {
        Some(short) if *short != survey.name => writeln!(out, "{short}: {}", survey.name)?,
        _ => writeln!(out, "{}", survey.name)?,
    }
    for (name, value) in rows(survey) {
        writeln!(out, "  {name:<9}{value}")?;
    }
    Ok(())
}

/// The known properties of a survey, by name.
pub(crate) fn rows(survey: &Survey) -> Vec<(&'static str, String)> {
    let dates = survey.dates.as_ref().map(|[first, last]| {
        if first == last {
            first.clone()
        } else {
            format!("{first} to {last}")
        }
    });
    let size = survey.square_km.map(|km| format!("{km} km2"));
    let known = [
        ("dates", dates),
        ("area", size),
        ("points", survey.points.map(grouped)),
        ("crs", survey.horizontal.clone()),
        ("heights", survey.vertical.clone()),
        ("id", survey.id.clone()),
        ("doi", survey.doi.clone()),
        ("cite", survey.citation.clone()),
    ];
    let known = known.into_iter();
    let known = known.filter_map(|(name, value)| Some((name, value?)));
    let offers = survey.offers.iter();
    let offers = offers.map(|offer| (offer.kind.name(), offer.location.clone()));
    known.chain(offers).collect()
}

fn summarize(found: &Find) {
    tell!("{}", counted(found.surveys.len() as u64, "survey"));
    for (location, cause) in &found.failed {
        tell!("incomplete: {location} can't be read: {cause}");
    }
    for next in &found.next {
        tell!("incomplete: the catalogue continues at {next}");
    }
    if !found.surveys.is_empty() {
        return;
    }
    match &found.nearest {
        Some((survey, km)) => {
            let name = survey.short_name.as_ref().unwrap_or(&survey.name);
            tell!(
                "nothing found: the nearest survey is {name}, about {} km away",
                rounded(*km, 1)
            );
        }
        None => {
            tell!("nothing found: the catalogue has no survey within 1 degree of the area");
        }
    }
}
