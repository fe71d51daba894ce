//! The files that a dataset was built from.

use ept_format::{SourceDetail, SourceFile};
use ept_select::Origin;

use super::{Ept, parsed};
use crate::Error;
use crate::store::StoreError;

impl Ept {
    /// The files that the dataset was built from, in the order of their `OriginId`; none if the dataset does not list
    /// them.
    ///
    /// # Errors
    /// When the list is there and cannot be read.
    pub async fn source_files(&self) -> Result<Vec<SourceFile>, Error> {
        for path in [SourceFile::MANIFEST_PATH, SourceFile::LIST_PATH] {
            let most = self.fetcher.engine().limits().sources_bytes;
            match parsed(&self.fetcher, path, most, SourceFile::list_from_json).await {
                // Some object stores deny what does not exist.
                Err(Error::Store(StoreError::NotFound { .. } | StoreError::Denied { .. })) => {}
                list => return list,
            }
        }
        Ok(Vec::new())
    }

    /// The further metadata of a source file. `None` if it has none.
    ///
    /// # Errors
    /// When the source file names a file that cannot be read.
    pub async fn source_detail(&self, source: &SourceFile) -> Result<Option<SourceDetail>, Error> {
        let path = source.detail_path().map_err(|fault| Error::Format {
            location: self.location("ept-sources"),
            fault,
        })?;
        let Some(path) = path else {
            return Ok(None);
        };
        let source = source.clone();
        let detail = move |text: &[u8]| source.detail_from_json(text);
        // Several sources may share a file.
        let most = self.fetcher.engine().limits().sources_bytes;
        parsed(&self.fetcher, &path, most, detail).await.map(Some)
    }

    /// The source file that a text names: by its number in the list, its path, its file name with or without extension, or
    /// a part of its path.
    ///
    /// # Errors
    /// When the list cannot be read, or the text names no source file or more than one; the message lists candidates.
    pub async fn origin(&self, text: &str) -> Result<Origin, Error> {
        Ok(Origin::find(&self.source_files().await?, text)?)
    }
}
