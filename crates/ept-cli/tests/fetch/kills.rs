//! A process that is killed at any moment.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{list, names_in, noise, scramble, tag};

/// What a server sends at once; it goes on when that is on the disk, so that no more is lost with a process.
const PIECE: usize = 8 << 10;

/// A server that kills its client.
struct Killer {
    files: HashMap<String, Vec<u8>>,
    /// Where the client puts the files.
    folder: PathBuf,
    sent: AtomicU64,
    /// Bytes in all after which the client is killed next; `u64::MAX` for never.
    deadline: AtomicU64,
    client: Mutex<Option<Child>>,
}

impl Killer {
    fn start(self) -> (Arc<Killer>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let killer = Arc::new(self);
        let server = Arc::clone(&killer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                // An error is a client that was killed.
                std::thread::spawn(move || server.serve(stream).ok());
            }
        });
        (killer, url)
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        loop {
            let mut head = Vec::new();
            for line in lines.by_ref() {
                match line? {
                    line if line.is_empty() => break,
                    line => head.push(line),
                }
            }
            let Some(first) = head.first() else {
                return Ok(());
            };
            let (method, rest) = first.split_once(' ').unwrap();
            let path = rest.split(' ').next().unwrap();
            let file = &self.files[path];
            let (tag, size) = (tag(file), file.len());
            let from = head.iter().find_map(|line| {
                let range = line.to_ascii_lowercase();
                let from = range.strip_prefix("range: bytes=")?.trim_end_matches('-');
                from.parse::<usize>().ok()
            });
            let (status, range) = match from {
                None => (200, String::new()),
                Some(from) if from >= size => (416, format!("Content-Range: bytes */{size}\r\n")),
                Some(from) => {
                    let last = size - 1;
                    (
                        206,
                        format!("Content-Range: bytes {from}-{last}/{size}\r\n"),
                    )
                }
            };
            let from = from.unwrap_or(0).min(size);
            let length = size - from;
            write!(
                stream,
                "HTTP/1.1 {status} x\r\nETag: {tag}\r\nContent-Length: {length}\r\n{range}\r\n"
            )?;
            if method == "GET" {
                self.send(&mut stream, path, from, file)?;
            }
        }
    }

    fn send(
        &self,
        stream: &mut TcpStream,
        path: &str,
        from: usize,
        file: &[u8],
    ) -> std::io::Result<()> {
        let (mut at, part) = (from, self.folder.join(format!("{}.part", &path[1..])));
        for piece in file[from..].chunks(PIECE) {
            stream.write_all(piece)?;
            at += piece.len();
            let sent = self.sent.fetch_add(piece.len() as u64, Ordering::SeqCst);
            self.kill_at(sent + piece.len() as u64);
            let is_written = || {
                std::fs::metadata(&part).map_or(at == file.len(), |part| part.len() >= at as u64)
            };
            while self.is_running() && !is_written() {
                std::thread::sleep(Duration::from_micros(100));
            }
            if !self.is_running() {
                return Err(std::io::ErrorKind::ConnectionAborted.into());
            }
        }
        Ok(())
    }

    /// Kills the client if its time has come.
    fn kill_at(&self, sent: u64) {
        let mut client = self.client.lock().unwrap();
        let deadline = self.deadline.load(Ordering::SeqCst);
        if let (Some(client), true) = (client.as_mut(), sent >= deadline) {
            // SIGKILL, unless it has ended by itself.
            let _ = client.kill();
            self.deadline.store(u64::MAX, Ordering::SeqCst);
        }
    }

    fn is_running(&self) -> bool {
        let mut client = self.client.lock().unwrap();
        let status = client.as_mut().map(|client| client.try_wait().unwrap());
        matches!(status, Some(None))
    }

    /// Runs a command and kills it after `kill_after` more bytes. Returns its exit code, or `None` if it was killed.
    fn run(&self, args: &[&str], kill_after: u64) -> Option<i32> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ept"));
        let command = command
            .args(args)
            .env_remove("EPT_CACHE")
            .stderr(Stdio::null());
        let mut client = self.client.lock().unwrap();
        *client = Some(command.spawn().unwrap());
        let deadline = self.sent.load(Ordering::SeqCst).saturating_add(kill_after);
        self.deadline.store(deadline, Ordering::SeqCst);
        drop(client);
        while self.is_running() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut client = self.client.lock().unwrap().take().unwrap();
        client.wait().unwrap().code()
    }
}

/// Fails if a file has its name that is not whole.
#[track_caller]
fn check(folder: &Path, files: &HashMap<String, Vec<u8>>) {
    for name in names_in(folder)
        .iter()
        .filter(|name| name.ends_with(".laz"))
    {
        let found = std::fs::read(folder.join(name)).unwrap();
        assert!(found == files[&format!("/{name}")], "{name}");
    }
}

#[test]
fn twenty_kills_change_nothing_and_cost_a_tenth_at_most() {
    let files: HashMap<String, Vec<u8>> = (0..8)
        .map(|number| (format!("/{number}.laz"), noise(100_000, 40 + number)))
        .collect();
    let all: u64 = files.values().map(|file| file.len() as u64).sum();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("tiles");
    let (killer, url) = Killer {
        files: files.clone(),
        folder: to.clone(),
        sent: AtomicU64::new(0),
        deadline: AtomicU64::new(u64::MAX),
        client: Mutex::new(None),
    }
    .start();
    let urls: Vec<String> = (0..8).map(|number| format!("{url}/{number}.laz")).collect();
    let index = list(folder.path(), &urls);
    let args = [
        "fetch",
        &index,
        "-d",
        to.to_str().unwrap(),
        "--jobs",
        "2",
        "-q",
    ];
    let mut kills = 0;
    while kills < 20 {
        // About a twenty-fifth of all; now and then with the last byte of a file, or the first.
        let random = scramble(kills + 100);
        let after = match random % 4 {
            0 => files["/0.laz"].len() as u64 / 4,
            1 => 1,
            _ => random % (all * 2 / 25),
        };
        let code = killer.run(&args, after);
        assert_eq!(code, None, "it ended by itself after {kills} kills");
        check(&to, &files);
        kills += 1;
    }
    assert_eq!(killer.run(&args, u64::MAX), Some(0));
    check(&to, &files);
    assert_eq!(names_in(&to).len(), files.len(), "{:?}", names_in(&to));
    let sent = killer.sent.load(Ordering::SeqCst);
    assert!(sent as f64 <= all as f64 * 1.1, "{sent} bytes for {all}");
    // All is there: nothing is sent any more.
    assert_eq!(killer.run(&args, u64::MAX), Some(0));
    assert_eq!(killer.sent.load(Ordering::SeqCst), sent);
}
