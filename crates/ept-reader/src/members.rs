//! The sources of a dataset, and their common frame.

use std::sync::Arc;

use ept_crs::vertical_system;
use ept_format::{Bounds, Dimension, NodeName, Srs, is_same_dimension};
use ept_select::{Crs, Frame, Query, SelectError, Selection, ThinGrid};

use crate::listed_box::ListedBox;
use crate::source::Source;
use crate::{Engine, Error, Loss, LossCause, LostPart, StoreError};

/// The sources of a dataset, in order.
#[derive(Debug)]
pub(crate) struct Members {
    members: Vec<Member>,
    engine: Engine,
    /// The frame of all sources together.
    frame: Arc<Frame>,
    /// How a query is bound to each member; `None` for one that is not open.
    bindings: Vec<Option<Binding>>,
    /// The coordinate system of all points, if some sources are in another one.
    home: Option<Crs>,
}

/// How a query is bound to a source of several.
#[derive(Debug)]
struct Binding {
    /// The source's own frame, with the dimensions of all: what another source has is no slip here.
    frame: Arc<Frame>,
    /// Whether its coordinates are those of all points.
    is_at_home: bool,
}

/// A source of a dataset.
#[derive(Debug, Clone)]
pub(crate) enum Member {
    /// An open source.
    Open(Arc<dyn Source>),
    /// A source that can't be opened, with its place if an index lists it.
    Lost(Box<Loss>, Option<Box<ListedBox>>),
    /// A source without nodes in this work unit, with its location if it is known.
    Elsewhere(Option<String>),
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
            bindings: vec![Some(Binding {
                frame: Arc::clone(source.frame()),
                is_at_home: true,
            })],
            home: None,
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
        let Some(first) = open.first().map(|source| Arc::clone(source.frame())) else {
            return Err(nothing_open(&members));
        };
        let is_at_home: Vec<bool> = open
            .iter()
            .map(|source| is_same_system(&source.frame().srs, &first.srs))
            .collect();
        let home = match is_at_home.iter().all(|is| *is) {
            true => None,
            false => Some(home(&open, &is_at_home)?),
        };
        let frame = match &open[..] {
            [_] => first,
            several => Arc::new(common_frame(several, &is_at_home, home.as_ref())?),
        };
        let mut is_at_home = is_at_home.into_iter();
        let bindings = members.iter().map(|member| {
            let own = member.source()?.frame();
            Some(Binding {
                frame: with_schema(own, &frame),
                is_at_home: is_at_home.next()?,
            })
        });
        Ok(Members {
            bindings: bindings.collect(),
            members,
            engine: engine.clone(),
            frame,
            home,
        })
    }

    /// Some of the sources of a dataset with this frame.
    pub(crate) fn of_unit(
        members: Vec<Member>,
        engine: &Engine,
        frame: Frame,
    ) -> Result<Members, Error> {
        let frame = Arc::new(frame);
        let bindings: Vec<Option<Binding>> = members
            .iter()
            .map(|member| {
                let own = member.source()?.frame();
                Some(Binding {
                    frame: with_schema(own, &frame),
                    is_at_home: is_same_system(&own.srs, &frame.srs),
                })
            })
            .collect();
        let is_away = |binding: &Option<Binding>| {
            let binding = binding.as_ref();
            binding.is_some_and(|binding| !binding.is_at_home)
        };
        let home = bindings.iter().any(is_away);
        Ok(Members {
            home: home.then(|| frame.crs()).transpose()?,
            bindings,
            members,
            engine: engine.clone(),
            frame,
        })
    }

    /// The same sources, with dimensions that some tiles of EPT have but no schema.
    pub(crate) fn with_tile_dimensions(&self, dimensions: &[Dimension]) -> Members {
        let widened = |member: &Member| match member.source().and_then(|source| source.as_ept()) {
            Some(ept) => {
                let ept = ept.clone().with_tile_dimensions(dimensions.to_vec());
                Member::Open(Arc::new(ept))
            }
            None => member.clone(),
        };
        let members: Vec<Member> = self.members.iter().map(widened).collect();
        let mut frame = (*self.frame).clone();
        frame.schema.extend_from_slice(dimensions);
        let bindings = self.bindings.iter().zip(&members).map(|(binding, member)| {
            Some(Binding {
                frame: with_schema(member.source()?.frame(), &frame),
                is_at_home: binding.as_ref()?.is_at_home,
            })
        });
        Members {
            bindings: bindings.collect(),
            members,
            engine: self.engine.clone(),
            frame: Arc::new(frame),
            home: self.home.clone(),
        }
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

    /// The place of a source that can't be opened, according to the index that lists it.
    pub(crate) fn listed_box(&self, number: u32) -> Option<&ListedBox> {
        match self.members.get(number as usize)? {
            Member::Lost(_, place) => place.as_deref(),
            Member::Open(_) | Member::Elsewhere(_) => None,
        }
    }

    /// Whether a source is in the coordinate system of all points.
    pub(crate) fn is_at_home(&self, number: u32) -> bool {
        let binding = self.bindings.get(number as usize).and_then(Option::as_ref);
        binding.is_some_and(|binding| binding.is_at_home)
    }

    /// The only source. `None` if there are several.
    pub(crate) fn only(&self) -> Option<&Arc<dyn Source>> {
        match &self.members[..] {
            [Member::Open(source)] => Some(source),
            _ => None,
        }
    }

    /// Binds a query to each source, with the grid of the thinning of all. `None` for those that are not open.
    pub(crate) fn bind(
        &self,
        query: &Query,
        grid: Option<ThinGrid>,
    ) -> Result<Vec<Option<Selection>>, SelectError> {
        let bind = |binding: &Option<Binding>| {
            let binding = binding.as_ref();
            binding
                .map(|binding| self.bind_one(query, grid, binding))
                .transpose()
        };
        self.bindings.iter().map(bind).collect()
    }

    fn bind_one(
        &self,
        query: &Query,
        grid: Option<ThinGrid>,
        binding: &Binding,
    ) -> Result<Selection, SelectError> {
        let home = self.home.as_ref().filter(|_| !binding.is_at_home);
        let Some(home) = home else {
            return Selection::on_grid(query, &binding.frame, grid);
        };
        if query.thin().is_some() {
            return Err(SelectError::Unrelated(
                "the sources are in different coordinate systems, so their points can't be thinned together; convert \
                 them to one system first"
                    .into(),
            ));
        }
        Selection::new(&query.in_terms_of(home), &binding.frame)
    }
}

impl Member {
    /// A file that can't be fetched.
    pub(crate) fn lost(error: StoreError) -> Member {
        Member::Lost(Member::loss(error), None)
    }

    /// A file that can't be read.
    pub(crate) fn lost_by(location: String, cause: LossCause) -> Member {
        Member::Lost(Member::loss_by(location, cause), None)
    }

    /// The loss of a file that can't be fetched.
    pub(crate) fn loss(error: StoreError) -> Box<Loss> {
        let location = error.location().to_owned();
        Member::loss_by(location, LossCause::Fetch(error))
    }

    fn loss_by(location: String, cause: LossCause) -> Box<Loss> {
        Box::new(Loss {
            part: LostPart::File { points: None },
            node: NodeName::WHOLE,
            source_number: 0,
            cell: Bounds::EVERYTHING,
            location,
            cause,
        })
    }

    /// The same, listed with this place.
    pub(crate) fn listed_at(self, place: Option<ListedBox>) -> Member {
        match self {
            Member::Lost(loss, _) => Member::Lost(loss, place.map(Box::new)),
            other => other,
        }
    }

    /// Path or URL, without secrets.
    pub(crate) fn location(&self) -> String {
        match self {
            Member::Open(source) => source.location(),
            Member::Lost(loss, _) => loss.location.clone(),
            Member::Elsewhere(location) => location.clone().unwrap_or_default(),
        }
    }

    pub(crate) fn source(&self) -> Option<&Arc<dyn Source>> {
        match self {
            Member::Open(source) => Some(source),
            Member::Lost(..) | Member::Elsewhere(_) => None,
        }
    }
}

/// Whether coordinates in two systems are the same numbers.
pub(crate) fn is_same_system(a: &Srs, b: &Srs) -> bool {
    let is_identity = || {
        let (a, b) = (Crs::of(a).ok()?, Crs::of(b).ok()?);
        Some(a.to(&b).ok()?.is_identity())
    };
    a == b || is_identity().unwrap_or(false)
}

/// The frame with the dimensions of another.
fn with_schema(own: &Arc<Frame>, all: &Frame) -> Arc<Frame> {
    if own.schema == all.schema {
        return Arc::clone(own);
    }
    Arc::new(Frame {
        schema: all.schema.clone(),
        ..(**own).clone()
    })
}

/// The coordinate system that sources in others are brought to: that of the first.
fn home(sources: &[&Arc<dyn Source>], is_at_home: &[bool]) -> Result<Crs, Error> {
    let first = sources[0].frame();
    let others = sources.iter().zip(is_at_home).filter(|(_, is)| !**is);
    for (source, _) in others {
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
    }
    Ok(first.crs()?)
}

/// What is known of several sources, in the coordinates of the first.
fn common_frame(
    sources: &[&Arc<dyn Source>],
    is_at_home: &[bool],
    home: Option<&Crs>,
) -> Result<Frame, Error> {
    let mut frame = (**sources[0].frame()).clone();
    for (source, is_at_home) in sources.iter().zip(is_at_home).skip(1) {
        let own = source.frame();
        add_dimensions(&mut frame.schema, &own.schema);
        let (bounds, conforming) = match home.filter(|_| !is_at_home) {
            Some(home) => {
                let query = Query::new().with_output_crs(home.clone());
                (*Selection::new(&query, own)?.bounds(), None)
            }
            None => (own.bounds, own.conforming),
        };
        frame.bounds = frame.bounds.joined(&bounds);
        frame.conforming = frame.conforming.zip(conforming).map(|(a, b)| a.joined(&b));
        frame.slack = [0, 1, 2].map(|axis| f64::max(frame.slack[axis], own.slack[axis]));
        frame.spacing = frame.spacing.zip(own.spacing).map(|(a, b)| f64::min(a, b));
    }
    Ok(frame)
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
    Err(Error::Heights(systems.collect::<Vec<_>>().join(", ")))
}

/// The error for a dataset of which no source can be opened.
fn nothing_open(members: &[Member]) -> Error {
    let lost = members.iter().find_map(|member| match member {
        Member::Lost(loss, _) => Some(Error::Lost(loss.clone())),
        Member::Open(_) | Member::Elsewhere(_) => None,
    });
    lost.unwrap_or_else(|| Error::Mixed("there is no source to read".into()))
}
