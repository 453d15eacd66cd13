package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.RealDisk;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workers that read the whole database, and lose the hold that makes it stand still.
class LostWhileReadingTest {
    private static final Duration POLL = Duration.ofMillis(50);

    @TempDir Path directory;

    @Test
    void aCopyWhoseHoldIsGoneIsNotUploaded() throws Exception {
        Queue<Runnable> workers = new ArrayDeque<>();
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory)) {
            fixture.insert(1);
            fixture.start(ReplicaSettings.DEFAULT, WalHold.Steps.IGNORED, workers::add);
            fixture.run(3, POLL);
            assertThat(fixture.replicator.status().phase()).isEqualTo(ReplicaStatus.Phase.COPYING);
            fixture.stop();
            fixture.insert(2);
            while (!workers.isEmpty()) {
                workers.remove().run();
            }
            assertThat(fixture.remote.known().list(9)).isEmpty();

            fixture.start(WalHold.Steps.IGNORED);
            assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2");
        }
    }

    /// What was learned of pages is doubted then, and learned anew; what goes up after that is right.
    @Test
    void checksumsAreLearnedAnewAfterTheHoldWasLost() throws Exception {
        Queue<Runnable> workers = new ArrayDeque<>();
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory)) {
            fixture.insert(1);
            fixture.start(WalHold.Steps.IGNORED);
            fixture.sync();
            fixture.stop();
            fixture.insert(2);
            fixture.checkpoint("TRUNCATE");
            fixture.start(ReplicaSettings.DEFAULT, WalHold.Steps.IGNORED, workers::add);
            fixture.run(3, POLL);
            assertThat(fixture.replicator.status().phase()).isEqualTo(ReplicaStatus.Phase.COPYING);
            fixture.stop();
            fixture.insert(3);
            while (!workers.isEmpty()) {
                workers.remove().run();
            }
            fixture.checkpoint("TRUNCATE");
            fixture.start(WalHold.Steps.IGNORED);
            fixture.sync();
            fixture.run(100, POLL);
            fixture.insert(4);
            assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2,3,4");
            Restored restored =
                    new Restore(
                                    fixture.remote,
                                    new RealDisk(),
                                    RestoreSettings.DEFAULT,
                                    RestoredPosition.NONE)
                            .run(
                                    RestoreRequest.of(
                                                    new RestoreTarget.Latest(),
                                                    directory.resolve("checked.db"))
                                            .withPosition(false),
                                    RestoreListener.NONE);
            assertThat(restored.checksumVerified()).isTrue();
        }
    }

    @Test
    void eachReadingClosesTheWalThatItOpened() throws Exception {
        try (ReplicatorFixture fixture = new ReplicatorFixture(directory)) {
            fixture.insert(1);
            fixture.start(WalHold.Steps.IGNORED);
            Txid first = fixture.sync();
            fixture.run(20, POLL);
            long open = openWals(fixture.database);
            for (int n = 2; n < 7; n++) {
                fixture.stop();
                fixture.insert(n);
                fixture.checkpoint("TRUNCATE");
                fixture.start(WalHold.Steps.IGNORED);
                fixture.sync();
                fixture.run(20, POLL);
            }
            assertThat(openWals(fixture.database)).isLessThanOrEqualTo(open);
            assertThat(fixture.restoredNumbers(fixture.sync())).isEqualTo("1,2,3,4,5,6");
            assertThat(fixture.restoredNumbers(first)).isEqualTo("1");
        }
    }

    private static long openWals(Path database) throws IOException {
        long open = 0;
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor)
                                .toString()
                                .startsWith(database + "-wal")) {
                    open++;
                }
            }
        }
        return open;
    }
}
