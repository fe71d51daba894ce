//! Pictures of points and of nodes.

use std::path::PathBuf;

use ept_job::{PictureModel, PictureSize, draw_nodes, draw_picture, save_picture};
use ept_scene::{ColorBy, Viewpoint};
use pyo3::prelude::*;

use crate::points::Points;
use crate::progress::Bar;
use crate::query::Query;
use crate::runtime::wait;
use crate::text::parse;
use crate::{errors, json};

/// A picture to draw.
pub(crate) struct PictureArgs<'a> {
    pub(crate) path: PathBuf,
    pub(crate) size: [u32; 2],
    pub(crate) from: Eye,
    pub(crate) color: Option<&'a str>,
    pub(crate) has_legend: bool,
    pub(crate) is_of_nodes: bool,
    pub(crate) progress: bool,
}

/// Where a picture is taken from: a word, or azimuth and altitude.
#[derive(FromPyObject)]
pub(crate) enum Eye {
    #[pyo3(transparent)]
    Word(String),
    #[pyo3(transparent)]
    Angles([f64; 2]),
}

impl Eye {
    pub(crate) fn top() -> Eye {
        Eye::Word("top".to_owned())
    }

    fn viewpoint(&self, py: Python<'_>) -> PyResult<Viewpoint> {
        match self {
            Eye::Word(word) => parse(py, "from_", word),
            Eye::Angles([azimuth, altitude]) => {
                parse(py, "from_", &format!("{azimuth},{altitude}"))
            }
        }
    }
}

impl PictureArgs<'_> {
    /// Draws the picture and returns the report.
    pub(crate) fn draw<'py>(self, py: Python<'py>, query: &Query) -> PyResult<Bound<'py, PyAny>> {
        let model = self.model(py)?;
        let mut pass = query.pass(py)?;
        let job = query.job(&pass);
        let bar = Bar::new(py, self.progress)?;
        let drawn = if self.is_of_nodes {
            wait(py, || draw_nodes(&mut pass, &model))?
        } else {
            wait(py, || {
                draw_picture(&mut pass, &model, |progress| bar.show(progress))
            })?
        };
        bar.close(py)?;
        let saved = drawn.and_then(|drawn| {
            py.detach(|| save_picture(&drawn.picture, &self.path))?;
            Ok(drawn)
        });
        let drawn = saved.map_err(|error| {
            job.fail(&pass, &error);
            errors::job(py, &error)
        })?;
        job.end_with(py, &pass, drawn.points, drawn.report(&pass))?;
        json::to_python(py, &job.report())
    }

    fn model(&self, py: Python<'_>) -> PyResult<PictureModel> {
        let size = PictureSize::new(self.size);
        let color = self.color.map(|name| parse::<ColorBy>(py, "color", name));
        let viewpoint = self.from.viewpoint(py)?;
        if self.is_of_nodes && (color.is_some() || viewpoint != Viewpoint::Top) {
            let problem =
                "a picture of nodes is a map in colours of depths: it takes no from_ and no color";
            return Err(errors::argument(py, problem.to_owned()));
        }
        Ok(PictureModel {
            size: size.map_err(|error| errors::argument(py, format!("size: {error}")))?,
            viewpoint,
            color: color.transpose()?,
            has_legend: self.has_legend,
        })
    }
}
