//! A web server on loopback with artificial latency.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// Serves the files below a folder until the process ends.
///
/// The first part of a path is the latency in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Server {
    address: SocketAddr,
}

impl Server {
    pub(crate) fn start(root: PathBuf) -> Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let root = root.clone();
                // An error means that the client disconnected.
                std::thread::spawn(move || serve(stream, &root).ok());
            }
        });
        Ok(Server { address })
    }

    /// The URL of the folder with this latency.
    pub(crate) fn url(&self, latency: Duration) -> String {
        format!("http://{}/{}", self.address, latency.as_millis())
    }

    /// Fetches files one after another on one connection, without latency.
    pub(crate) fn fetch<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut body = Vec::new();
        for path in paths {
            write!(stream, "GET /0/{path} HTTP/1.1\r\nHost: x\r\n\r\n")?;
            let head = head(&mut reader)?.context("no answer")?;
            ensure!(head[0].contains(" 200 "), "{path}: {}", head[0]);
            let length = head.iter().find_map(|l| l.strip_prefix("Content-Length: "));
            body.resize(length.context("no length")?.parse()?, 0);
            reader.read_exact(&mut body)?;
        }
        Ok(())
    }
}

fn serve(mut stream: TcpStream, root: &Path) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(head) = head(&mut reader)? {
        let path = head[0].split(' ').nth(1).context("no path")?;
        let (latency, path) = path[1..].split_once('/').context("no latency")?;
        std::thread::sleep(Duration::from_millis(latency.parse()?));
        let (status, body) = match std::fs::read(root.join(path)) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n"
        )?;
        if !head[0].starts_with("HEAD") {
            stream.write_all(&body)?;
        }
    }
    Ok(())
}

/// The lines of the next message's head. `None` at the end.
fn head(reader: &mut impl BufRead) -> Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => return Ok(Some(lines)),
            line => lines.push(line.to_owned()),
        }
    }
}
