package dev.siltstone.system.sqlite;

import dev.siltstone.system.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program under test: what is run to replicate a database, and what to restore it. Replicas are in
/// directories with Litestream's layout, `ltx/<level>/<min>-<max>.ltx`.
///
/// Keeps level 0 for an hour, so that a trial may restore to any TXID.
interface ReplicatorProgram {
    /// Returns the command that replicates until it is stopped, every 100 ms.
    ///
    /// @param scratch a directory for files of its own
    List<String> replicate(Path database, Path replica, Path scratch) throws IOException;

    /// Returns the command that restores the newest state.
    List<String> restore(Path replica, Path out) throws IOException;

    /// Returns the command that restores the state at a TXID.
    ///
    /// @param txid 16 lower hex digits
    List<String> restore(Path replica, Path out, String txid) throws IOException;

    /// Returns the program that a description names: `siltstone`, or `litestream:/path/to/litestream`.
    static ReplicatorProgram named(String description) {
        if (description.startsWith("litestream:")) {
            return new Litestream(description.substring("litestream:".length()));
        }
        if (description.equals("siltstone")) {
            return new Siltstone();
        }
        throw new IllegalArgumentException(
                "'" + description + "' is neither siltstone nor litestream:PATH");
    }

    /// Litestream 0.5.
    record Litestream(String program) implements ReplicatorProgram {
        @Override
        public List<String> replicate(Path database, Path replica, Path scratch)
                throws IOException {
            Path config = scratch.resolve("litestream.yml");
            Files.writeString(
                    config,
                    """
                    l0-retention: 1h
                    dbs:
                      - path: %s
                        monitor-interval: 100ms
                        replica: {url: "file://%s", sync-interval: 100ms}
                    """
                            .formatted(database, replica));
            return List.of(program, "replicate", "-config", config.toString());
        }

        @Override
        public List<String> restore(Path replica, Path out) {
            return List.of(program, "restore", "-o", out.toString(), "file://" + replica);
        }

        @Override
        public List<String> restore(Path replica, Path out, String txid) {
            return List.of(
                    program, "restore", "-txid", txid, "-o", out.toString(), "file://" + replica);
        }
    }

    /// The packaged program of this project.
    record Siltstone() implements ReplicatorProgram {
        @Override
        public List<String> replicate(Path database, Path replica, Path scratch)
                throws IOException {
            return Program.command(
                    "db",
                    "replicate",
                    database.toString(),
                    "file://" + replica,
                    "--interval",
                    "100ms",
                    "--level0-retention",
                    "1h");
        }

        @Override
        public List<String> restore(Path replica, Path out) throws IOException {
            return Program.command("db", "restore", "file://" + replica, "-o", out.toString());
        }

        @Override
        public List<String> restore(Path replica, Path out, String txid) throws IOException {
            List<String> command = new ArrayList<>(restore(replica, out));
            command.addAll(List.of("--txid", txid));
            return command;
        }
    }
}
