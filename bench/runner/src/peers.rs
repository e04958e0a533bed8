//! Who takes part, and how each is used.

use serde::Serialize;

/// A library under measurement.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct PeerInfo {
    /// The library's name, and that of its directory under `bench/peers`.
    pub(crate) name: &'static str,
    /// How it is used, for the page.
    #[serde(skip)]
    pub(crate) use_made: &'static str,
    #[serde(skip)]
    pub(crate) role: Role,
    /// Connections that read: the library's own default size of a pool, where it has pools.
    #[serde(skip)]
    pub(crate) readers: Readers,
}

/// How many connections read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    PerCore(usize),
    Exactly(usize),
}

impl Readers {
    /// The number on a machine of so many cores.
    pub(crate) fn on(self, cores: usize) -> usize {
        match self {
            Self::PerCore(number) => number * cores,
            Self::Exactly(number) => number,
        }
    }
}

/// What a library is compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that the bars are about.
    Ours,
    /// One that it is compared with.
    Peer,
    /// What SQLite does with nothing between it and one blocking caller.
    Floor,
}

/// The name of the library that the bars are about.
pub(crate) const OURS: &str = "tidegate";

/// The name of the floor.
pub(crate) const FLOOR: &str = "rusqlite";

/// Everybody, in the order of the tables.
pub(crate) const ALL: &[PeerInfo] = &[
    PeerInfo {
        name: OURS,
        use_made: "`Database` with its defaults and the settings below",
        role: Role::Ours,
        readers: Readers::PerCore(1),
    },
    PeerInfo {
        name: "sqlx",
        use_made: "a pool of one connection for writes (`BEGIN IMMEDIATE`) and a read-only pool, \
                   without the check before each acquire",
        role: Role::Peer,
        readers: Readers::Exactly(10),
    },
    PeerInfo {
        name: "tokio-rusqlite",
        use_made: "one handle for writes and read-only handles taken in turn",
        role: Role::Peer,
        readers: Readers::PerCore(1),
    },
    PeerInfo {
        name: "async-sqlite",
        use_made: "a `Client` for writes and a read-only `Pool`",
        role: Role::Peer,
        readers: Readers::PerCore(1),
    },
    PeerInfo {
        name: "deadpool-sqlite",
        use_made: "a pool of one connection for writes (`BEGIN IMMEDIATE`) and a pool for reads",
        role: Role::Peer,
        readers: Readers::PerCore(2),
    },
    PeerInfo {
        name: FLOOR,
        use_made: "the floor: one connection, one caller, synchronous on the runtime's thread; \
                   one task whatever the table says",
        role: Role::Floor,
        readers: Readers::Exactly(1),
    },
];

/// The peer of this name, or a sentence with the names there are.
pub(crate) fn named(name: &str) -> Result<&'static PeerInfo, String> {
    ALL.iter().find(|peer| peer.name == name).ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|peer| peer.name).collect();
        format!("no peer {name}; there are {}", names.join(", "))
    })
}
