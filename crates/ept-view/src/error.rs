//! Errors of starting the server.

use std::net::SocketAddr;

/// Why a dataset can't be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The dataset can't be read or is not an octree, or does not support the query.
    #[error(transparent)]
    Read(#[from] ept_reader::Error),
    /// The query thins or limits its points, which a scene does by itself.
    #[error("a view can't be of points that are thinned, limited in number or reprojected")]
    Query,
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}; choose another address or port 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The system has no random numbers for the token.
    #[error("no random numbers for the address of the page: {0}")]
    Random(String),
    /// The server stopped.
    #[error("the server stopped: {0}")]
    Server(#[source] std::io::Error),
}
