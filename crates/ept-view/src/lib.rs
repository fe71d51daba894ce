//! A page that shows a dataset in a browser, and its server.
//!
//! The page draws; everything else is done here, where the points are: a [`Scene`](ept_reader::Scene) for each page
//! chooses nodes, one [`TileCache`](ept_reader::TileCache) keeps their points for all pages, and a tile is sent as a
//! [`PackedTile`](ept_scene::PackedTile). So every format that can be read can be seen, and the points that are seen at
//! full depth are those that a query returns.
//!
//! The server is for the user who started it. It listens on loopback unless told otherwise, its URLs contain a random
//! token, and requests that other pages cause are refused by `Host`, `Origin` and `Sec-Fetch-Site`.
//!
//! ```no_run
//! use ept_reader::{Dataset, Query};
//! use ept_view::{Server, ViewOptions};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let dataset = Dataset::open("https://example.com/autzen/ept.json").await?;
//! let server = Server::bind(dataset, &Query::new(), ViewOptions::default()).await?;
//! println!("{}", server.url());
//! server.run().await?;
//! # Ok(()) }
//! ```

mod answer;
mod arrivals;
mod command;
mod description;
mod error;
mod guard;
mod lonlat;
mod look;
mod losses;
mod options;
mod page;
mod pick;
mod picture;
mod profile;
mod request;
mod server;
mod shown;
mod tile;
mod token;
mod viewer;
mod viewers;
mod words;

pub use ept_scene::{ColorBy, ColorByError};
pub use error::ViewError;
pub use options::ViewOptions;
pub use server::Server;
pub use words::Words;
