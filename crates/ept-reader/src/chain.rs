//! The nodes of several sources, one source after the other.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::mpsc::Sender;

use crate::members::{Member, Members};
use crate::nodes::Found;
use crate::source::SharedPolicy;
use crate::{Error, NodeStream};

/// Maximum number of nodes sent at a time.
const TOGETHER: usize = 1024;

/// The nodes that each source's policy selects, in the order of the sources.
pub(crate) fn nodes(members: Arc<Members>, policies: Vec<Option<SharedPolicy>>) -> NodeStream {
    NodeStream::spawn(|sender| run(members, policies, sender))
}

/// The search for the nodes of a source.
enum Under {
    Way(NodeStream),
    Lost(Error),
}

async fn run(
    members: Arc<Members>,
    policies: Vec<Option<SharedPolicy>>,
    sender: Sender<Vec<Found>>,
) {
    // The first requests of several sources are made concurrently.
    let ahead = members.engine().limits().requests.get();
    let mut starting = (0_u32..).zip(members.all()).zip(policies);
    let mut started = VecDeque::new();
    loop {
        while started.len() < ahead
            && let Some(((number, member), policy)) = starting.next()
        {
            started.extend(start(member, policy).map(|under| (number, under)));
        }
        let Some((number, under)) = started.pop_front() else {
            return;
        };
        let nodes = match under {
            Under::Way(nodes) => nodes,
            Under::Lost(mut error) => {
                error.set_source(number);
                if sender.send(vec![Err(error)]).await.is_err() {
                    return;
                }
                continue;
            }
        };
        let mut nodes = nodes.ready_chunks(TOGETHER);
        while let Some(mut found) = nodes.next().await {
            for found in &mut found {
                match found {
                    Ok(node) => node.source = number,
                    Err(error) => error.set_source(number),
                }
            }
            if sender.send(found).await.is_err() {
                return;
            }
        }
    }
}

fn start(member: &Member, policy: Option<SharedPolicy>) -> Option<Under> {
    match member {
        Member::Open(source) => {
            let nodes = Arc::clone(source).nodes(policy?);
            Some(Under::Way(nodes))
        }
        Member::Lost(loss, _) => Some(Under::Lost(Error::Lost(loss.clone()))),
        Member::Elsewhere(_) => None,
    }
}
