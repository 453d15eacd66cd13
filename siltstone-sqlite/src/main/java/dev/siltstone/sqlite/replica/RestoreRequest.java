package dev.siltstone.sqlite.replica;

import java.nio.file.Path;

/// What is to be restored, and where to.
///
/// @param target which state
/// @param output the database file
/// @param force whether a database that is there is given up, with its WAL and journal; nobody may have it open
/// @param integrityCheck what SQLite is asked to check before the file gets its name
/// @param leavesPosition whether the meta directory beside the output is made ready, so that replication can go
///     on from here; not for scratch files
public record RestoreRequest(
        RestoreTarget target,
        Path output,
        boolean force,
        IntegrityCheck integrityCheck,
        boolean leavesPosition) {
    public RestoreRequest {
        output = output.toAbsolutePath().normalize();
    }

    /// Asks for a state, at a place where nothing is, ready to be replicated on.
    public static RestoreRequest of(RestoreTarget target, Path output) {
        return new RestoreRequest(target, output, false, IntegrityCheck.NONE, true);
    }

    public RestoreRequest withForce(boolean gone) {
        return new RestoreRequest(target, output, gone, integrityCheck, leavesPosition);
    }

    public RestoreRequest withIntegrityCheck(IntegrityCheck check) {
        return new RestoreRequest(target, output, force, check, leavesPosition);
    }

    public RestoreRequest withPosition(boolean leaves) {
        return new RestoreRequest(target, output, force, integrityCheck, leaves);
    }
}
