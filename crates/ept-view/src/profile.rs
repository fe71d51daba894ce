//! The points along a line.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ept_job::{Format, OnError, Output, Pass, write_profile};
use ept_reader::geo_types::LineString;
use ept_reader::{Length, Line, PointBatch, SelectError, Selection, Swath, Tile, Values};
use ept_scene::{ColorBy, NO_VALUE, Paint};
use futures::StreamExt;
use serde::{Deserialize, Serialize};

use crate::answer::{Refusal, json};
use crate::request::{Asked, Body, asked, check_places, parsed};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileRequest {
    line: Vec<[f64; 2]>,
    /// In metres on the ground.
    width: f64,
    /// Maximum number of points to read.
    budget: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableRequest {
    /// Coordinates of the line's positions, x and y in turn, separated by commas.
    line: String,
    width: f64,
    #[serde(default = "most_points")]
    budget: u64,
}

#[derive(Debug, Serialize)]
struct ProfileAnswer {
    points: Vec<Row>,
    columns: [&'static str; 6],
    /// Of the line on the ground, in metres.
    length: f64,
    /// The deepest depth that was read.
    depth: u32,
    /// Number of tiles that could not be read.
    missing: usize,
}

/// Distance along the line in metres, height, class, red, green, blue.
type Row = (f64, f64, u8, u8, u8, u8);

const COLUMNS: [&str; 6] = ["distance", "z", "class", "red", "green", "blue"];

/// Dimensions that the rows are made of.
const DIMENSIONS: [&str; 7] = ["X", "Y", "Z", "Classification", "Red", "Green", "Blue"];

/// Maximum number of points that are read for a profile.
const MOST_POINTS: u64 = 2_000_000;

fn most_points() -> u64 {
    MOST_POINTS
}

/// Answers with the selected points in a strip along a line, as far down as the budget reaches.
pub(crate) async fn profile(
    State(shown): State<Arc<Shown>>,
    body: Body,
) -> Result<Response, Refusal> {
    let request: ProfileRequest = parsed(body)?;
    let strip = Strip::new(&shown, request.line, request.width, request.budget)?;
    let frame = shown.dataset.frame();
    let names = DIMENSIONS.into_iter();
    let names = names.filter(|name| frame.dimension(name).is_some());
    let query = strip.selection.query().clone().with_dimensions(names);
    let selection = strip.selection.with_query(&query)?;
    let mut answer = ProfileAnswer {
        points: Vec::new(),
        columns: COLUMNS,
        length: strip.swath.length(),
        depth: 0,
        missing: 0,
    };
    let paint = shown.paint(ColorBy::Rgb).copied();
    let swath = strip.swath;
    let mut tiles = selection.map(move |tile| rows(&swath, tile, paint.as_ref()));
    while let Some(found) = tiles.next().await {
        match found {
            Ok((depth, rows)) => {
                answer.depth = answer.depth.max(depth);
                answer.points.extend(rows);
            }
            Err(error) if error.loss().is_some() => answer.missing += 1,
            Err(error) => return Err(refused(error)),
        }
    }
    json(&answer)
}

/// Answers with the same points and all their dimensions as CSV.
pub(crate) async fn table(
    State(shown): State<Arc<Shown>>,
    query: Asked<TableRequest>,
) -> Result<Response, Refusal> {
    let request = asked(query)?;
    let strip = Strip::new(
        &shown,
        places(&request.line)?,
        request.width,
        request.budget,
    )?;
    let text = Text::default();
    let output = Output::to_stream("the answer", text.clone(), Format::Csv);
    let output = output.map_err(|error| Refusal::unsuited(error.to_string()))?;
    let mut pass = Pass::new(strip.selection, OnError::Fail);
    let written = write_profile(&mut pass, strip.swath, None, output, |_| ()).await;
    written.map_err(|error| Refusal::unsuited(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"profile.csv\"",
        ),
    ];
    Ok((headers, text.take()).into_response())
}

/// A strip along a line, and the selected points in its surroundings.
struct Strip {
    swath: Swath,
    selection: Selection,
}

impl Strip {
    fn new(shown: &Shown, line: Vec<[f64; 2]>, width: f64, budget: u64) -> Result<Strip, Refusal> {
        check_places(&line)?;
        let wrong = |error: SelectError| Refusal::bad(error.to_string());
        let line = Line::new(LineString::from(line)).map_err(wrong)?;
        let width = Length::from_metres(width);
        let width = width.ok_or_else(|| Refusal::bad("the width is not greater than 0"))?;
        let unsuited = |error: SelectError| Refusal::unsuited(error.to_string());
        let swath = Swath::new(&line, None, width, shown.dataset.frame()).map_err(unsuited)?;
        let query = shown.selection.query().clone();
        let query = query
            .with_area(swath.area().map_err(unsuited)?)
            .with_max_points(budget.min(MOST_POINTS));
        let selection = shown.dataset.select(&query).map_err(refused)?;
        Ok(Strip { swath, selection })
    }
}

/// The depth of a node, and its points in the strip.
fn rows(swath: &Swath, tile: Tile, paint: Option<&Paint>) -> (u32, Vec<Row>) {
    let depth = tile.node.depth().unwrap_or(0);
    // The only error is that the points have such a distance already, but they have the dimensions of the rows.
    let Ok(points) = swath.profile(tile.points) else {
        return (depth, Vec::new());
    };
    let distances = numbers(&points, "Distance");
    let classes = numbers(&points, "Classification");
    let colors = paint.map_or_else(Vec::new, |paint| paint.colors(&points));
    let heights = points.z().unwrap_or_default().iter();
    let rows = heights
        .zip(distances)
        .enumerate()
        .map(|(at, (&z, distance))| {
            let class = classes.get(at).map_or(0, |class| *class as u8);
            let [red, green, blue] = colors.get(at).copied().unwrap_or(NO_VALUE);
            (rounded(distance), z, class, red, green, blue)
        });
    (depth, rows.collect())
}

fn numbers(points: &PointBatch, name: &str) -> Vec<f64> {
    let values = points.find(name).and_then(Values::to_f64);
    values.unwrap_or_default()
}

/// A length in metres to the millimetre.
fn rounded(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}

/// The positions of `x,y,x,y,..`.
fn places(text: &str) -> Result<Vec<[f64; 2]>, Refusal> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match numbers.as_deref().map(<[f64]>::as_chunks::<2>) {
        Ok((places, [])) => Ok(places.to_vec()),
        _ => Err(Refusal::bad("line: expected x,y,x,y,..")),
    }
}

/// The refusal for a selection that the dataset does not support, or data that can't be read.
fn refused(error: ept_reader::Error) -> Refusal {
    match error {
        ept_reader::Error::Select(problem) => Refusal::unsuited(problem.to_string()),
        other => other.into(),
    }
}

/// Text that is written by a job.
#[derive(Debug, Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
