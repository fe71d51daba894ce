//! The server of the page.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use ept_reader::{Dataset, Query};
use tokio::net::TcpListener;

use crate::answer::json_text;
use crate::guard::guard;
use crate::request::MOST_BYTES;
use crate::shown::Shown;
use crate::token::token;
use crate::{
    ViewError, ViewOptions, arrivals, command, lonlat, look, page, pick, picture, profile, tile,
};

/// A server that shows one dataset. It listens from the start, and answers while it is [run](Server::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    url: String,
    shown: Arc<Shown>,
}

/// Time between looks for pages that are gone.
const SWEEP: Duration = Duration::from_secs(5);

impl Server {
    /// Prepares to show the points of a query. The dataset must be an octree. Its engine
    /// [gives way](ept_reader::Engine::give_way) from then on.
    ///
    /// # Errors
    /// If it isn't, the query is not one for a view, or the address is taken.
    pub async fn bind(
        dataset: Dataset,
        query: &Query,
        options: ViewOptions,
    ) -> Result<Server, ViewError> {
        let listen = options.listen;
        let failed = |source| ViewError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        dataset.engine().give_way();
        let shown = Arc::new(Shown::new(dataset, query, options).await?);
        let token = token()?;
        Ok(Server {
            listener,
            address,
            router: router(&token, address, &shown),
            url: format!("http://{}/{token}/", from_here(address)),
            shown,
        })
    }

    /// The address of the page, with its token.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until the future is dropped.
    ///
    /// # Errors
    /// If the system ends it.
    pub async fn run(self) -> Result<(), ViewError> {
        // Answers are whole, so nothing is gained by waiting to send more at once.
        let listener = self
            .listener
            .tap_io(|stream| drop(stream.set_nodelay(true)));
        let serving = axum::serve(listener, self.router).into_future();
        let shown = self.shown;
        let sweeping = async {
            loop {
                tokio::time::sleep(SWEEP).await;
                shown.viewers.sweep(Instant::now());
            }
        };
        tokio::select! {
            served = serving => served.map_err(ViewError::Server),
            () = sweeping => Ok(()),
        }
    }
}

/// The address as seen from this machine.
fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn router(token: &str, address: SocketAddr, shown: &Arc<Shown>) -> Router {
    let at = |path: &str| format!("/{token}/{path}");
    Router::new()
        .route(&at(""), get(page::index))
        .route(&at("page/{name}"), get(page::module))
        .route(&at("dataset"), get(description))
        .route(&at("look"), post(look::look))
        .route(&at("arrivals"), get(arrivals::arrivals))
        .route(&at("tile/{key}"), get(tile::tile))
        .route(&at("pick"), post(pick::pick))
        .route(&at("picture.png"), get(picture::picture))
        .route(&at("profile"), post(profile::profile))
        .route(&at("profile.csv"), get(profile::table))
        .route(&at("lonlat"), post(lonlat::lonlat))
        .route(&at("command"), post(command::command))
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(Arc::new(address), guard))
        .with_state(Arc::clone(shown))
}

async fn description(State(shown): State<Arc<Shown>>) -> Response {
    json_text(shown.description.clone())
}
