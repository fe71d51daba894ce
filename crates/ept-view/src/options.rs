//! How a dataset is shown.

use std::net::{Ipv4Addr, SocketAddr};

use ept_scene::ColorBy;

use crate::Words;

/// How a dataset is shown, and where the server listens.
#[derive(Debug, Clone)]
pub struct ViewOptions {
    /// The address to listen on: a free port on loopback by default. At any other address, everyone who has the URL can
    /// see the data.
    pub listen: SocketAddr,
    /// Maximum memory for decoded points, in bytes, 512 MiB by default. It also limits how many points are drawn at
    /// once: they and as many again must fit.
    pub memory: usize,
    /// The colours to start with. By default those that were measured, else intensity, else height.
    pub color: Option<ColorBy>,
    /// The location to show, of which the last part is the name. By default that of the dataset.
    pub source: Option<String>,
    /// The selection as a sentence, to show beside the name. `None` if everything is shown.
    pub selection: Option<String>,
    /// The source and selection in the words of the command, from which the page builds commands.
    pub words: Words,
}

impl Default for ViewOptions {
    fn default() -> ViewOptions {
        ViewOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            memory: 512 << 20,
            color: None,
            source: None,
            selection: None,
            words: Words::default(),
        }
    }
}
