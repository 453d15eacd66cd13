package dev.siltstone.sqlite.replica;

import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.wal.WalPosition;

/// The header of a capture file: where in the WAL its frames begin, and what they will become.
///
/// @param txid the transaction that all frames of the file belong to
/// @param start the place in the WAL before the first of them
/// @param pagesBefore pages of the database at that place; 0 if it is not known yet
record CaptureHeader(Txid txid, WalPosition start, long pagesBefore) {}
