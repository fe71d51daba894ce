//! Opens datasets and builds queries, given the flags.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ept_index::{IndexError, Reading};
use ept_job::{Found, Losses, Nothing, Pass, Remark};
use ept_reader::{
    Area, Bounds, Cache, CloudOptions, Dataset, Edge, Engine, Heights, HttpOptions, Opening,
    Options, Origin, Query, Retry, Selection, Services, WaitWatch,
};

use crate::area::{self, Each};
use crate::args::{
    CacheArgs, ConnectionArgs, DatasetArgs, IndexArgs, PointArgs, ReadArgs, SelectArgs, ThinArgs,
};
use crate::exit::WrongUsage;
use crate::numbers::{counted, rounded};
use crate::remedy;
use crate::terminal::{self, tell};

/// A pass over the selection.
pub(crate) async fn pass(select: &SelectArgs, read: &ReadArgs) -> Result<Pass> {
    Ok(Pass::new(selection(select, read).await?, read.on_error.0))
}

/// The selection given by the flags.
pub(crate) async fn selection(select: &SelectArgs, read: &ReadArgs) -> Result<Selection> {
    let thin = ThinArgs {
        thin: None,
        thin_3d: None,
    };
    thinned(select, &thin, read).await
}

/// What the flags select, thinned.
pub(crate) async fn thinned(
    select: &SelectArgs,
    thin: &ThinArgs,
    read: &ReadArgs,
) -> Result<Selection> {
    let areas = area::areas(&select.points.area)?;
    let dataset = dataset(
        &select.points.dataset,
        &select.points.addons,
        read,
        (&areas, select.points.area.edge.0),
    )
    .await?;
    let query = thin.applied(query(select, areas, &dataset).await?);
    bind(&dataset, &query, read)
}

/// The selection of the points in each feature of --polygon.
pub(crate) async fn each(
    select: &SelectArgs,
    read: &ReadArgs,
    each: Each,
) -> Result<(Dataset, Query)> {
    let reach = (&each.reach[..], select.points.area.edge.0);
    let dataset = dataset(&select.points.dataset, &select.points.addons, read, reach).await?;
    let query = query(select, each.common, &dataset).await?;
    Ok((dataset, query.with_any_of(each.areas)))
}

/// Binds a query to a dataset. The operations between datums are reported on standard error if grids are used or there
/// is reason to distrust them by more than metres.
pub(crate) fn bind(dataset: &Dataset, query: &Query, read: &ReadArgs) -> Result<Selection> {
    let selection = dataset.select(query)?;
    if read.quiet {
        return Ok(selection);
    }
    for operation in selection.bound().operations() {
        let warnings: Vec<String> = operation
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect();
        let is_doubtful = read.grids.is_some() || !operation.is_within_metres();
        if is_doubtful && !warnings.is_empty() {
            tell!("warning: {operation}: {}", warnings.join("; "));
        } else if read.grids.is_some() {
            tell!("transform: {operation}");
        }
    }
    Ok(selection)
}

/// Uses the grids in a folder, if one is given.
pub(crate) fn use_grids(folder: Option<&Path>) {
    if folder.is_some() {
        ept_crs::set_grids(folder);
    }
}

/// The dataset given by the flags.
pub(crate) async fn dataset(
    args: &DatasetArgs,
    addons: &[(String, String)],
    read: &ReadArgs,
    (areas, edge): (&[Area], Edge),
) -> Result<Dataset> {
    use_grids(read.grids.as_deref());
    let mut options = dataset_options(args);
    options.limits.requests = read.requests;
    options.limits.threads = read.threads.unwrap_or(options.limits.threads);
    let mut dataset = open(args, &options, (areas, edge)).await?;
    for (name, place) in addons {
        dataset = dataset.with_addon(name, place).await?;
    }
    Ok(dataset)
}

/// Opens the locations given by the flags, for a query of some areas.
pub(crate) async fn open(
    args: &DatasetArgs,
    options: &Options,
    (areas, edge): (&[Area], Edge),
) -> Result<Dataset> {
    let opening = Opening {
        heights: if args.vertical_as_is {
            Heights::AsIs
        } else {
            Heights::Same
        },
        areas: areas.to_vec(),
        edge,
        reading: reading(&args.index)?,
    };
    let locations = locations(args)?;
    Ok(Dataset::open_all(&locations, &Engine::new(options), &opening).await?)
}

/// Options for tile indexes, given the flags.
pub(crate) fn reading(args: &IndexArgs) -> Result<Reading> {
    let mut reading = Reading::new();
    if let Some(name) = &args.url_field {
        reading = reading.with_url_field(name);
    }
    if let Some(template) = &args.url_template {
        let wrong = |error: IndexError| WrongUsage(error.to_string());
        reading = reading.with_url_template(template).map_err(wrong)?;
    }
    if let Some(base) = &args.base {
        reading = reading.with_base(base);
    }
    if let Some(crs) = &args.index_crs {
        reading = reading.with_crs(crs.clone());
    }
    Ok(reading)
}

/// The locations given by the flags, including those in a list.
pub(crate) fn locations(args: &DatasetArgs) -> Result<Vec<String>> {
    let mut locations = args.locations.clone();
    if let Some(path) = &args.list {
        let text = if path.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(path)
        };
        let text = text.with_context(|| path.display().to_string())?;
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        locations.extend(lines.map(str::to_owned));
    }
    Ok(locations)
}

/// The nodes of a selection as a phrase.
pub(crate) fn extent(selection: &Selection, found: &Found) -> String {
    let nodes = counted(found.nodes, "node");
    let Some(deepest) = found.deepest else {
        return nodes;
    };
    let spacing = selection.frame().spacing_at(deepest).unwrap_or(f64::NAN);
    let ground = selection.metres_per_unit().map_or_else(
        |_| String::new(),
        |scale| {
            let ground = rounded(spacing * scale[0].max(scale[1]), 3);
            format!(", {ground} m on the ground")
        },
    );
    let spacing = rounded(spacing, 6);
    format!("{nodes}, depths 0 to {deepest} (spacing {spacing}{ground})")
}

/// Reports that nothing was found, and why.
pub(crate) fn tell_nothing(selection: &Selection, losses: &Losses, remarks: &[Remark]) {
    let nothing = Nothing::of(selection, losses, remarks);
    let flag =
        remedy::flag_for_nothing(&nothing).map_or_else(String::new, |flag| format!(" ({flag})"));
    tell!("nothing found: {nothing}{flag}");
}

/// How the datasets of the flags are opened.
pub(crate) fn dataset_options(args: &DatasetArgs) -> Options {
    Options {
        srs: args.override_crs.clone(),
        ..options(&args.connection)
    }
}

/// Options for opening datasets, given the flags of all commands.
pub(crate) fn options(args: &ConnectionArgs) -> Options {
    Options {
        timeout: args.timeout,
        waits: terminal::is_watched().then(waits),
        is_offline: args.offline,
        services: Services::from_env(),
        retry: args.retries.map_or_else(Retry::default, |retries| Retry {
            attempts: retries.saturating_add(1),
            is_brief_at_first: false,
            ..Retry::default()
        }),
        cache: cache(&args.cache),
        http: HttpOptions {
            headers: args.headers.clone(),
            ..HttpOptions::default()
        },
        cloud: CloudOptions {
            requester_pays: args.requester_pays,
            endpoint: args.endpoint.clone(),
            ..CloudOptions::default()
        },
        ..Options::default()
    }
}

/// Prints each wait. Requests that fail with the same cause within a second are one line.
fn waits() -> WaitWatch {
    let last: Mutex<Option<(Instant, String, u32)>> = Mutex::new(None);
    WaitWatch::new(move |wait| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = last.as_ref().is_some_and(|(time, cause, attempt)| {
            time.elapsed() < Duration::from_secs(1)
                && *cause == wait.cause
                && *attempt >= wait.attempt
        });
        if !is_told {
            *last = Some((Instant::now(), wait.cause.clone(), wait.attempt));
            tell!("{wait}");
        }
    })
}

/// The cache given by the flags. `None` if there is none.
pub(crate) fn cache(args: &CacheArgs) -> Option<Cache> {
    let folder = args.folder.as_ref();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty())?;
    Some(Cache::new(folder, args.size))
}

/// The query given by the flags.
pub(crate) async fn query(
    select: &SelectArgs,
    areas: Vec<Area>,
    dataset: &Dataset,
) -> Result<Query> {
    let mut query = points_query(&select.points, areas, dataset).await?;
    if let Some(resolution) = select.resolution {
        query = query.with_resolution(resolution);
    }
    if let Some(depth) = select.depth {
        query = query.with_depth(depth);
    }
    if let Some(dims) = &select.dims {
        query = query.with_dimensions(dims.iter().map(|name| name.trim()));
    }
    if let Some(most) = select.max_points {
        query = query.with_max_points(most);
    }
    Ok(query)
}

/// The query for some points, at all depths and with all dimensions.
pub(crate) async fn points_query(
    points: &PointArgs,
    areas: Vec<Area>,
    dataset: &Dataset,
) -> Result<Query> {
    let mut query = Query::new().with_edge(points.area.edge.0);
    for area in areas {
        query = query.with_area(area);
    }
    if let Some(filter) = &points.filter {
        query = query.with_filter(filter.clone());
    }
    if let Some(origin) = &points.origin {
        query = query.with_origin(origin_of(points, origin, dataset).await?);
    }
    Ok(query)
}

async fn origin_of(points: &PointArgs, origin: &str, dataset: &Dataset) -> Result<Origin> {
    let mut origin = dataset.origin(origin).await?;
    origin.by_bounds = points.origin_by_bounds;
    if origin.by_bounds && origin.bounds.is_none() {
        bail!("the source has no bounds, which --origin-by-bounds needs");
    }
    if !origin.by_bounds && dataset.frame().dimension("OriginId").is_none() {
        bail!(
            "the dataset has no OriginId, so points can't be selected by their source; --origin-by-bounds takes all \
             points within the source's bounds"
        );
    }
    Ok(origin)
}

/// The corners of a box in the form of `--bounds`.
pub(crate) fn corners(bounds: &Bounds) -> String {
    let numbers = bounds.min().into_iter().chain(bounds.max());
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    numbers.join(",")
}
