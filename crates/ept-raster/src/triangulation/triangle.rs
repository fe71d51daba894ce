//! A triangle with its neighbours.

/// The vertex of ghosts, which is beyond everything.
pub(super) const GHOST: u32 = u32::MAX;

/// Three corners counterclockwise, and the triangles across the edges opposite to each.
///
/// Every edge of the hull has a ghost outside: the edge as its first two corners, and the ghost vertex as its third. So
/// each triangle has three neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triangle {
    pub(super) corners: [u32; 3],
    pub(super) neighbours: [u32; 3],
}

impl Triangle {
    /// A triangle of which any corner may be the ghost vertex.
    pub(super) fn new(corners: [u32; 3], neighbours: [u32; 3]) -> Triangle {
        let rotated = |by: usize| Triangle {
            corners: [0, 1, 2].map(|i| corners[(i + by) % 3]),
            neighbours: [0, 1, 2].map(|i| neighbours[(i + by) % 3]),
        };
        if corners[0] == GHOST {
            rotated(1)
        } else if corners[1] == GHOST {
            rotated(2)
        } else {
            rotated(0)
        }
    }

    pub(super) fn is_ghost(&self) -> bool {
        self.corners[2] == GHOST
    }

    /// Which of its neighbours a triangle is.
    pub(super) fn side_of(&self, neighbour: u32) -> usize {
        if self.neighbours[0] == neighbour {
            0
        } else if self.neighbours[1] == neighbour {
            1
        } else {
            2
        }
    }

    /// Both ends of the edge opposite to a corner, counterclockwise.
    pub(super) fn edge(&self, side: usize) -> [u32; 2] {
        [self.corners[(side + 1) % 3], self.corners[(side + 2) % 3]]
    }

    /// The triangle `0, 1, 2` of corners `[a, b, c]`, and its three ghosts.
    pub(super) fn first([a, b, c]: [u32; 3]) -> [Triangle; 4] {
        let ghost = |edge: [u32; 2], before: u32, after: u32| Triangle {
            corners: [edge[1], edge[0], GHOST],
            neighbours: [before, after, 0],
        };
        let inner = Triangle {
            corners: [a, b, c],
            neighbours: [1, 2, 3],
        };
        [
            inner,
            ghost([b, c], 3, 2),
            ghost([c, a], 1, 3),
            ghost([a, b], 2, 1),
        ]
    }
}
