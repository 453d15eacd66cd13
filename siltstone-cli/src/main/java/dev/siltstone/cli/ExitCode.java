package dev.siltstone.cli;

/// What the program's exit status means; the same for every subcommand (docs/cli.md).
final class ExitCode {
    static final int SUCCESS = 0;

    /// Anything that has no code of its own.
    static final int FAILURE = 1;

    /// The command line is wrong; nothing was done.
    static final int USAGE = 2;

    /// There is no such stream, file or state of a database, or it is gone.
    static final int NOT_FOUND = 3;

    /// The stream is closed, exists otherwise, has another content type, or the sequence does not fit. Of a
    /// database: another writer has the replica, or there is something where it is to be restored.
    static final int CONFLICT = 4;

    /// The server or the store cannot be reached or has no room; trying again later may help. For `serve`: the address
    /// cannot be used.
    static final int UNAVAILABLE = 5;

    /// A file of the data directory or of a replica is damaged.
    static final int DAMAGED = 6;

    /// The data directory, or the database's meta directory, is in use by another process.
    static final int LOCKED = 7;

    /// The server wants a token, the store credentials, or other ones.
    static final int UNAUTHORIZED = 8;

    private ExitCode() {}
}
