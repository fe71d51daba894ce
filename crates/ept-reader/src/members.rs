//! The sources of a dataset, and their common frame.

use std::sync::Arc;

use ept_crs::vertical_system;
use ept_format::{Bounds, Dimension, NodeName, Srs, is_same_dimension};
use ept_select::{Crs, Frame, Query, SelectError, Selection};

use crate::source::Source;
use crate::{Engine, Error, Loss, LossCause, LostPart, StoreError};

/// The sources of a dataset, in order.
#[derive(Debug)]
pub(crate) struct Members {
    members: Vec<Member>,
    engine: Engine,
    /// The frame of all sources together.
    frame: Arc<Frame>,
}

/// A source of a dataset.
#[derive(Debug)]
pub(crate) enum Member {
    /// An open source.
    Open(Arc<dyn Source>),
    /// A source that can't be opened.
    Lost(Box<Loss>),
}

/// Which vertical systems the sources of a dataset may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Heights {
    /// All sources have the same one, or all an unknown one.
    #[default]
    Same,
    /// Any. Heights stay as they are.
    AsIs,
}

impl Members {
    /// A dataset with one source.
    pub(crate) fn one(source: Arc<dyn Source>) -> Members {
        Members {
            engine: source.engine().clone(),
            frame: Arc::clone(source.frame()),
            members: vec![Member::Open(source)],
        }
    }

    /// A dataset with several sources.
    pub(crate) fn several(
        members: Vec<Member>,
        engine: &Engine,
        heights: Heights,
    ) -> Result<Members, Error> {
        let open: Vec<&Arc<dyn Source>> = members.iter().filter_map(Member::source).collect();
        if heights == Heights::Same {
            check_heights(&open)?;
        }
        let frame = match &open[..] {
            [] => return Err(nothing_open(&members)),
            [one] => Arc::clone(one.frame()),
            several => Arc::new(common_frame(several)?),
        };
        Ok(Members {
            members,
            engine: engine.clone(),
            frame,
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    pub(crate) fn all(&self) -> &[Member] {
        &self.members
    }

    /// The source with an index. `None` if it is not open.
    pub(crate) fn get(&self, number: u32) -> Option<&Arc<dyn Source>> {
        self.members.get(number as usize)?.source()
    }

    /// The only source. `None` if there are several.
    pub(crate) fn only(&self) -> Option<&Arc<dyn Source>> {
        match &self.members[..] {
            [Member::Open(source)] => Some(source),
            _ => None,
        }
    }

    /// Binds a query to each source. `None` for those that are not open.
    pub(crate) fn bind(&self, query: &Query) -> Result<Vec<Option<Selection>>, SelectError> {
        let bind = |member: &Member| {
            let source = member.source();
            source
                .map(|source| self.bind_one(query, source))
                .transpose()
        };
        self.members.iter().map(bind).collect()
    }

    fn bind_one(&self, query: &Query, source: &Arc<dyn Source>) -> Result<Selection, SelectError> {
        let own = source.frame();
        let frame = if own.schema == self.frame.schema {
            Arc::clone(own)
        } else {
            // A dimension that another source has is not a mistake here.
            Arc::new(Frame {
                schema: self.frame.schema.clone(),
                ..(**own).clone()
            })
        };
        if is_same_system(&own.srs, &self.frame.srs) {
            return Selection::new(query, &frame);
        }
        if query.thin().is_some() {
            return Err(SelectError::Unrelated(
                "the sources are in different coordinate systems, so their points can't be thinned together; convert \
                 them to one system first"
                    .into(),
            ));
        }
        Selection::new(&query.in_terms_of(&self.frame.crs()?), &frame)
    }
}

impl Member {
    /// A file that can't be fetched.
    pub(crate) fn lost(error: StoreError) -> Member {
        let location = error.location().to_owned();
        Member::lost_by(location, LossCause::Fetch(error))
    }

    /// A file that can't be read.
    pub(crate) fn lost_by(location: String, cause: LossCause) -> Member {
        Member::Lost(Box::new(Loss {
            part: LostPart::File { points: None },
            node: NodeName::WHOLE,
            cell: Bounds::EVERYTHING,
            location,
            cause,
        }))
    }

    pub(crate) fn source(&self) -> Option<&Arc<dyn Source>> {
        match self {
            Member::Open(source) => Some(source),
            Member::Lost(_) => None,
        }
    }
}

/// Whether coordinates in two systems are the same numbers.
fn is_same_system(a: &Srs, b: &Srs) -> bool {
    let is_identity = || {
        let (a, b) = (Crs::of(a).ok()?, Crs::of(b).ok()?);
        Some(a.to(&b).ok()?.is_identity())
    };
    a == b || is_identity().unwrap_or(false)
}

/// The frame of several sources, in the coordinates of the first.
fn common_frame(sources: &[&Arc<dyn Source>]) -> Result<Frame, Error> {
    let first = sources[0].frame();
    let mut frame = (**first).clone();
    for source in &sources[1..] {
        let own = source.frame();
        add_dimensions(&mut frame.schema, &own.schema);
        let (bounds, conforming) = if is_same_system(&own.srs, &first.srs) {
            (own.bounds, own.conforming)
        } else {
            (brought(source, first)?, None)
        };
        frame.bounds = frame.bounds.joined(&bounds);
        frame.conforming = frame.conforming.zip(conforming).map(|(a, b)| a.joined(&b));
        frame.slack = [0, 1, 2].map(|axis| f64::max(frame.slack[axis], own.slack[axis]));
        frame.spacing = frame.spacing.zip(own.spacing).map(|(a, b)| f64::min(a, b));
    }
    Ok(frame)
}

/// The bounds of a source in the coordinates of the first.
fn brought(source: &Arc<dyn Source>, first: &Frame) -> Result<Bounds, Error> {
    let own = source.frame();
    if own.srs.is_empty() || first.srs.is_empty() {
        return Err(Error::Mixed(format!(
            "{}: its coordinate system is {}, while that of the first source is {}; points of a known and an unknown \
             system cannot be put together",
            source.location(),
            system(&own.srs),
            system(&first.srs),
        )));
    }
    let query = Query::new().with_output_crs(first.crs()?);
    Ok(*Selection::new(&query, own)?.bounds())
}

fn system(srs: &Srs) -> String {
    let name = srs.codes().or_else(|| srs.name().map(str::to_owned));
    name.unwrap_or_else(|| "unknown".into())
}

/// Adds missing dimensions to a schema, without statistics, which are those of one source only.
fn add_dimensions(schema: &mut Vec<Dimension>, more: &[Dimension]) {
    for known in schema.iter_mut() {
        known.statistics = None;
    }
    for dimension in more {
        let is_same = |known: &Dimension| is_same_dimension(&known.name, &dimension.name);
        if !schema.iter().any(is_same) {
            schema.push(Dimension {
                statistics: None,
                ..dimension.clone()
            });
        }
    }
}

/// Fails unless all sources have the same vertical system.
fn check_heights(sources: &[&Arc<dyn Source>]) -> Result<(), Error> {
    let of = |source: &Arc<dyn Source>| vertical_system(&source.frame().srs);
    let mut systems: Vec<(Option<String>, String)> = Vec::new();
    for source in sources {
        let system = of(source);
        if systems.iter().all(|(known, _)| *known != system) {
            systems.push((system, source.location()));
        }
    }
    if systems.len() <= 1 {
        return Ok(());
    }
    let systems = systems.iter().map(|(system, location)| {
        let system = system.as_deref().unwrap_or("unknown");
        format!("{system} ({location})")
    });
    Err(Error::Mixed(format!(
        "the sources have different vertical systems: {}; heights of different systems can't be mixed; \
         use --vertical-as-is to ignore this",
        systems.collect::<Vec<_>>().join(", ")
    )))
}

/// The error for a dataset of which no source can be opened.
fn nothing_open(members: &[Member]) -> Error {
    let lost = members.iter().find_map(|member| match member {
        Member::Lost(loss) => Some(Error::Lost(loss.clone())),
        Member::Open(_) => None,
    });
    lost.unwrap_or_else(|| Error::Mixed("there is no source to read".into()))
}
