//! Files that appear complete or not at all.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

/// How the names of files under way end.
const SUFFIX: &str = ".part";
/// Letters and digits before that.
const RANDOM: usize = 6;
/// Characters of the final name that are repeated: at most 200 bytes of the 255 that a name may have.
const NAME: usize = 50;

/// A temporary file beside its final name, which is deleted unless it is completed. Devices are written to directly.
#[derive(Debug)]
pub(crate) struct Pending {
    /// The temporary file, its final name, and a lock by which other runs see that the file is in use. `None` for a device.
    file: Option<(TempPath, PathBuf, File)>,
}

impl Pending {
    /// Creates a file that will be called `path`.
    pub(crate) fn create(path: &Path) -> io::Result<(File, Pending)> {
        let path = match std::fs::metadata(path) {
            Ok(existing) if existing.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(existing) if !existing.is_file() => {
                let device = File::options().write(true).open(path)?;
                return Ok((device, Pending { file: None }));
            }
            // If it is a link, the file that it points to is replaced.
            Ok(_) => path.canonicalize()?,
            Err(_) => path.to_owned(),
        };
        remove_leftovers(&path);
        let (file, temporary) = create_beside(&path)?.into_parts();
        let lock = file.try_clone()?;
        // Some file systems know no locks: leftovers stay there.
        let _ = lock.try_lock();
        let pending = Pending {
            file: Some((temporary, path, lock)),
        };
        Ok((file, pending))
    }

    /// Gives the file its name.
    pub(crate) fn keep(self) -> io::Result<()> {
        let Some((temporary, path, lock)) = self.file else {
            return Ok(());
        };
        // Windows does not rename a file that is open.
        drop(lock);
        temporary.persist(path).map_err(|error| error.error)
    }
}

/// Creates a file in the folder of `path`, with the permissions of a new file.
fn create_beside(path: &Path) -> io::Result<NamedTempFile> {
    let prefix = prefix_of(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).rand_bytes(RANDOM).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The umask of the process applies, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let folder = folder_of(path);
    builder
        .tempfile_in(folder)
        .map_err(|error| in_words(error, folder))
}

/// Why a file can't be created in a folder, without mentioning the temporary name.
fn in_words(error: io::Error, folder: &Path) -> io::Error {
    let kind = error.kind();
    let folder = folder.display();
    io::Error::new(
        kind,
        match kind {
            ErrorKind::NotFound => format!("there is no folder {folder}; create it first"),
            ErrorKind::NotADirectory => format!("{folder} is not a folder"),
            ErrorKind::PermissionDenied => format!("no permission to create files in {folder}"),
            ErrorKind::ReadOnlyFilesystem => format!("{folder} is on a read-only file system"),
            ErrorKind::StorageFull => format!("{folder} is full"),
            _ => format!("a file in {folder}: {kind}"),
        },
    )
}

/// How the names of files under way to `path` begin. The longest names are cut off.
fn prefix_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().take(NAME).collect();
    format!(".ept-{name}-")
}

/// Removes what runs to the same name left when they were killed: files that nobody has locked any more. None of it matters
/// to this run, so no failure does.
fn remove_leftovers(path: &Path) {
    let prefix = prefix_of(path);
    let is_leftover = |name: &str| {
        let random = name.strip_prefix(&prefix);
        let random = random.and_then(|rest| rest.strip_suffix(SUFFIX));
        random.is_some_and(|random| {
            random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    for entry in folder_of(path).read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name();
        if !name.to_str().is_some_and(is_leftover) {
            continue;
        }
        // Opened to write, which some systems want for a lock.
        let file = File::options().write(true).open(entry.path());
        if file.is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// A folder for scratch files as large as the file at `path`: beside it, unless it is a device.
pub(crate) fn scratch_folder(path: &Path) -> PathBuf {
    let is_device = std::fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_device {
        std::env::temp_dir()
    } else {
        folder_of(path).to_owned()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
