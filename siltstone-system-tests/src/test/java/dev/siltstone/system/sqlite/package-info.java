/// Judges of the SQLite face: programs that write a database as strangers do, and a judge of what a replicator
/// makes of it.
///
/// ```
/// WriterFleet -- threads --> SqlProcess (sqlite3 shell, JdbcShell) --> database --> the replicator under test
///      |  before each commit: counter and content hash                                   |
///      v                                                                              restore
///   History  <------------------------------- RestoreJudge <--------------------------- file
/// ```
///
/// Nothing here knows how replication works, nor a class of Siltstone's programs: a replicator is two command lines
/// ([dev.siltstone.system.sqlite.ReplicatorProgram]), so another program can stand in the same place.
@NullMarked
package dev.siltstone.system.sqlite;

import org.jspecify.annotations.NullMarked;
