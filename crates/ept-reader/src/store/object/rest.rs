//! Files as they come, whole or from some place on.

use futures::{StreamExt, TryStreamExt};
use object_store::GetRange;

use super::{CloudStore, options};
use crate::store::{Body, Store, StoreError, body};

impl CloudStore {
    /// The bytes from some place on; all of them if the file is not the one of that stamp any more.
    pub(super) async fn fetch_rest<'a>(
        &'a self,
        path: &'a str,
        from: u64,
        stamp: Option<&str>,
    ) -> Result<Body<'a>, StoreError> {
        let location = self.location(path);
        let rest = (from > 0 && stamp.is_some()).then_some(GetRange::Offset(from));
        let found = match self
            .request(path, &options(None).with_range(rest.clone()))
            .await?
        {
            Ok(found) => found,
            Err(error) if rest.is_some() => {
                let empty = self.explain_range(location, &error, &(from..u64::MAX))?;
                if empty.size.is_some_and(|size| size != from) {
                    return Box::pin(self.fetch_rest(path, 0, None)).await;
                }
                return Ok(Body {
                    start: from,
                    size: empty.size,
                    stamp: stamp.map(str::to_owned),
                    pieces: futures::stream::empty().boxed(),
                });
            }
            Err(error) => return Err(self.explain(&location, &error)),
        };
        let own = found.meta.e_tag.clone();
        let own = own.filter(|tag| !tag.starts_with("W/"));
        if rest.is_some() && own.as_deref() != stamp {
            drop(found);
            return Box::pin(self.fetch_rest(path, 0, None)).await;
        }
        let (start, size) = (found.range.start, Some(found.meta.size));
        let place = location.clone();
        let chunks = found.into_stream();
        let chunks = chunks.map_err(move |error| self.explain(&place, &error));
        Ok(Body {
            start,
            size,
            stamp: own,
            pieces: body::paced(chunks, location, self.stall),
        })
    }
}
