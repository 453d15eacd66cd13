package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.SqliteLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// No command drops the locks that SQLite holds in the same process on a database that is replicated, whether it
/// succeeds or fails. (`replicate --once` leaves its connections open, for a process that ends; here it goes on.)
@EnabledOnOs(OS.LINUX)
final class DbLocksTest {
    @TempDir Path directory;

    @Test
    void stayWhateverIsDoneBeside() throws Exception {
        DbTrial db = new DbTrial(directory);
        Files.writeString(directory.resolve("words"), "no database");
        db.done("replicate", "@app.db", "@replica", "--once");
        requireHeld(db);
        for (List<String> command :
                List.of(
                        List.of("status", "@app.db"),
                        List.of("status", "@replica"),
                        List.of("ls", "@replica", "--exact"),
                        List.of("verify", "@app.db", "@replica"),
                        List.of("restore", "@replica", "-o", "@beside.db"),
                        List.of("restore", "@replica", "-o", "@beside.db", "--force"),
                        List.of("replicate", "@beside.db", "@second", "--once"),
                        List.of("replicate", "@app.db", "@replica", "--once"))) {
            db.done(command.toArray(String[]::new));
            requireHeld(db);
        }
        for (List<String> command :
                List.of(
                        List.of("restore", "@replica", "-o", "@app.db"),
                        List.of("restore", "@replica", "-o", "@new.db", "--txid", "fff"),
                        List.of("restore", "@words", "-o", "@new.db"),
                        List.of("verify", "@words", "@replica"),
                        List.of("verify", "@app.db", "@nowhere", "--wait", "1ms"),
                        List.of("replicate", "@words", "@other", "--once"),
                        List.of("replicate", "@app.db", "@words", "--once"))) {
            CommandRun run = db.run(command.toArray(String[]::new));
            assertThat(run.exitCode()).as("%s", command).isNotZero();
            requireHeld(db);
        }
    }

    private static void requireHeld(DbTrial db) throws IOException {
        SqliteLocks.assertHeldBy(ProcessHandle.current().pid(), db.database());
    }
}
