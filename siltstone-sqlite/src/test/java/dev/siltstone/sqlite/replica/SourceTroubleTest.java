package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.ltx.Txid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that cannot be replicated while a replication is under way: what is wrong is said as long as it is, and
/// when it is right again, replication goes on by itself.
class SourceTroubleTest {
    private static final Duration POLL = Duration.ofMillis(100);

    @TempDir Path directory;

    @Test
    void goesOnWhenWhatIsInItsPlaceIsADatabaseAgain() throws Exception {
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory)) {
            fixture.start(WalHold.Steps.IGNORED);
            fixture.insert(1);
            fixture.sync();
            List<String> suffixes = List.of("", "-wal", "-shm");
            for (String suffix : suffixes) {
                Files.move(
                        Path.of(fixture.database + suffix), directory.resolve("away.db" + suffix));
            }
            Files.writeString(fixture.database, "words, and not a database, for a while");
            fixture.run(30, POLL);
            assertTrouble(fixture, "not a SQLite database");

            Files.delete(fixture.database);
            fixture.run(30, POLL);
            assertThat(fixture.replicator.status().phase()).isEqualTo(ReplicaStatus.Phase.WAITING);
            assertThat(fixture.replicator.status().problem()).contains("does not exist");

            try (Connection rollback = ReplicatorFixture.open(fixture.database)) {
                ReplicatorFixture.execute(rollback, "CREATE TABLE t (n)");
                fixture.run(30, POLL);
                assertTrouble(fixture, "PRAGMA journal_mode=WAL");
            }
            for (String suffix : suffixes) {
                Files.deleteIfExists(Path.of(fixture.database + suffix));
                Files.move(
                        directory.resolve("away.db" + suffix), Path.of(fixture.database + suffix));
            }
            fixture.run(30, POLL);
            fixture.insert(2);
            Txid txid = fixture.sync();
            assertThat(fixture.replicator.status().problem()).isNull();
            assertThat(fixture.restoredNumbers(txid)).isEqualTo("1,2");
        }
    }

    private static void assertTrouble(ReplicatorFixture fixture, String words) {
        ReplicaStatus status = fixture.replicator.status();
        assertThat(status.phase()).isEqualTo(ReplicaStatus.Phase.ATTACHING);
        assertThat(status.problem()).contains(fixture.database.toString(), words);
        assertThat(fixture.replicator.stoppedBy()).isNull();
    }
}
