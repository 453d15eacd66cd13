/// Replicates SQLite databases while other processes write them, and restores them, in Litestream's layouts.
///
/// ```
///   -wal --look--> capture files --pack--> LTX, level 0 --upload--> destination --merge--> levels 1 to 3
///    ^                                                                   ^
///    | held by WalHold                     snapshots (level 9) ----------/
/// ```
///
/// | Part | Classes |
/// |---|---|
/// | holding the WAL | [WalHold] (protocol and rule), [SourceConnection], [WalFile] |
/// | captured frames | [Captures], [Capture], [CaptureFormat] |
/// | transactions | [Packer], [ImageWriter] with [PinnedView], [PageSums] |
/// | life of one database | [Replicator]: [Waiting], [Attaching], [Copying], [Following] (with [Renewal]), [Holding], [Stopped]; [ReplicaWork] |
/// | its threads | [Driver], [PackQueue] |
/// | the destination | [Destination], [Levels], [LevelKeeper], [LitestreamNames] |
/// | coming back | [Restore], [RestorePlan], [PositionFile] |
///
/// Entry classes: [Replication], [Restore].
///
/// Invariants: every page that changed is in a forced file of ours before the frame that carried it can be lost; a
/// transaction of the replica is a state between two commits; a file of the replica never changes, and nobody
/// replaces one; nothing opens a database file but SQLite and [DatabaseFiles], and nothing opens a `-shm`.
@NullMarked
package dev.siltstone.sqlite.replica;

import org.jspecify.annotations.NullMarked;
