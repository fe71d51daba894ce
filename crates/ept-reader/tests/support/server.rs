//! A web server on loopback that does what a test tells it to, faults included.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `HEAD` or `POST`.
    pub method: String,
    /// Path with its leading slash, without the query string.
    pub path: String,
    /// Query string without the question mark.
    pub query: String,
    /// Headers by lower-case name.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// What happens after this many bytes of the body, whatever was announced.
    pub fault: Option<(usize, Fault)>,
}

/// How an answer goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed.
    Close,
    /// Nothing more comes, and the connection stays open.
    Hold,
    /// A byte comes now and then.
    Trickle,
    /// The connection is closed before the answer begins.
    Refuse,
}

impl Response {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: body.into(),
            fault: None,
        }
    }

    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_fault(mut self, after: usize, fault: Fault) -> Response {
        self.fault = Some((after.min(self.body.len()), fault));
        self
    }
}

/// A running server; it ends with the process.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers every request with `handler`.
    pub fn start(handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (handler, requests) = (Arc::new(handler), Arc::clone(&log));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, requests) = (Arc::clone(&handler), Arc::clone(&requests));
                // An error is a client that went away.
                std::thread::spawn(move || serve(stream, &*handler, &requests).ok());
            }
        });
        Server { address, log }
    }

    /// Serves the files below a folder.
    pub fn files(root: PathBuf) -> Server {
        Server::start(move |request| file(&root, request))
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }
}

/// The file that a request asks for, or 404.
pub fn file(root: &Path, request: &Request) -> Response {
    match std::fs::read(root.join(request.path.trim_start_matches('/'))) {
        Ok(body) => Response::new(200, body),
        Err(_) => Response::new(404, "not here"),
    }
}

/// The part of a file that a request asks for by `Range`, as RFC 9110 has it.
pub fn ranged(request: &Request, mut whole: Response) -> Response {
    let Some(range) = request.headers.get("range").filter(|_| whole.status == 200) else {
        return whole;
    };
    let size = whole.body.len();
    let (first, last) = range
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap();
    let first: usize = first.parse().unwrap();
    // Without a last byte it is all that follows.
    let end = if last.is_empty() {
        size
    } else {
        last.parse::<usize>().unwrap().saturating_add(1).min(size)
    };
    if first >= size {
        return Response::new(416, "").with_header("Content-Range", format!("bytes */{size}"));
    }
    whole.status = 206;
    whole.body = whole.body[first..end].to_vec();
    whole.with_header("Content-Range", format!("bytes {first}-{}/{size}", end - 1))
}

fn serve(
    stream: TcpStream,
    handler: &(dyn Fn(&Request) -> Response + Send + Sync),
    log: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    // Head and body go out at once, not each after the other was acknowledged.
    stream.set_nodelay(true)?;
    while let Some(request) = read(&mut reader)? {
        log.lock().unwrap().push(request.clone());
        let response = handler(&request);
        let mut head = format!("HTTP/1.1 {} x\r\n", response.status);
        let _ = write!(head, "Content-Length: {}\r\n", response.body.len());
        for (name, value) in &response.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        if let Some((_, Fault::Refuse)) = response.fault {
            return Ok(());
        }
        stream.write_all(head.as_bytes())?;
        match response.fault {
            // The head alone, which announces the body that GET would have.
            None if request.method == "HEAD" => {}
            None => stream.write_all(&response.body)?,
            Some((after, fault)) => {
                stream.write_all(&response.body[..after])?;
                return go_wrong(&mut stream, fault);
            }
        }
    }
    Ok(())
}

fn go_wrong(stream: &mut TcpStream, fault: Fault) -> std::io::Result<()> {
    match fault {
        Fault::Close | Fault::Refuse => Ok(()),
        // Until the client goes away.
        Fault::Hold => stream.read(&mut [0]).map(drop),
        Fault::Trickle => loop {
            stream.write_all(b" ")?;
            std::thread::sleep(Duration::from_millis(5));
        },
    }
}

/// The next request of a connection; none at its end.
fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let method = line.split(' ').next().unwrap_or("GET").to_owned();
    let target = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            None => break,
        }
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body,
    }))
}
