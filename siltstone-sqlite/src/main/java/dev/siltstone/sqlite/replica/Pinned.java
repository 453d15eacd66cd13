package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;

/// The database as it was after a transaction of the replica; it stays so until the view is closed.
record Pinned(PinnedView view, Txid txid) {}
