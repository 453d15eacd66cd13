package dev.siltstone.sqlite.replica;

import java.nio.file.Path;

/// Where a replicated database keeps what belongs to its replication: a hidden directory beside it, the same as
/// Litestream's, with a directory of our own inside.
///
/// ```
/// <dir>/.<name>-litestream/ltx/0/<min>-<max>.ltx    LTX files, as Litestream keeps them
/// <dir>/.<name>-litestream/siltstone/*.capture      frames that are in no LTX file yet
/// <dir>/.<name>-litestream/siltstone/position       how the database was left
/// <dir>/.<name>-litestream/siltstone/checksums      of its pages
/// <dir>/.<name>-litestream/siltstone/destination    where it is replicated to
/// <dir>/.<name>-litestream/siltstone/lock           held by the process that replicates it
/// ```
public record MetaDirectory(Path root) {
    private static final String SUFFIX = "-litestream";

    /// Returns the directory of a database.
    public static MetaDirectory of(Path database) {
        return new MetaDirectory(database.resolveSibling("." + database.getFileName() + SUFFIX));
    }

    /// Returns our own directory.
    public Path own() {
        return root.resolve("siltstone");
    }

    /// Returns the file that a replicator holds a lock on: two on one machine would sweep each other's files.
    public Path lock() {
        return own().resolve("lock");
    }

    /// Returns the file with the page checksums.
    public Path checksums() {
        return own().resolve("checksums");
    }
}
