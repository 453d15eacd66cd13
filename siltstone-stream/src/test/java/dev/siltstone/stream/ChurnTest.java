package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams come and go, a hundred times what is ever there at once. What is held never exceeds one and a half
/// times what is alive, and a constant.
class ChurnTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final int FILE_BYTES = 256 << 10;
    private static final int STREAM_BYTES = 8 << 10;
    private static final int ALIVE = 40;

    /// Journal files: the active one, the one before it, those that are kept to be written again, one that is
    /// prepared. And the segment that a pass has just written.
    private static final long CONSTANT_BYTES = 6L * FILE_BYTES;

    @TempDir Path catalog;

    @Test
    void theSpaceOfDeletedAndExpiredStreamsComesBack() throws Exception {
        var random = new SplittableRandom(1);
        var clock = new ManualClock();
        var disk = new SimulatedDisk();
        Deque<String> alive = new ArrayDeque<>();
        try (StreamLog log =
                new Opening(
                                disk,
                                DIRECTORY,
                                catalog,
                                StreamLogSettings.defaults()
                                        .withLeader(LeaderMode.CALLER)
                                        .withJournal(
                                                JournalSettings.ofFileBytes(FILE_BYTES)
                                                        .withFreeBytesReserve(0)
                                                        .withoutBackground()),
                                CatalogSettings.defaults().unforced(),
                                clock,
                                clock,
                                new Random(1),
                                StreamLog.Threads.callers(),
                                Pace.full(),
                                () -> {})
                        .open()) {
            for (int i = 0; i < 100 * ALIVE; i++) {
                String path = "s" + i;
                boolean mortal = random.nextInt(4) == 0;
                Outcome outcome =
                        log.execute(
                                new Command.Create(
                                        path,
                                        "text/plain",
                                        mortal ? new Lifetime.IdleFor(ALIVE) : Lifetime.FOREVER,
                                        false,
                                        null,
                                        Payload.ofBytes(
                                                ByteBuffer.wrap(
                                                        "x"
                                                                .repeat(STREAM_BYTES)
                                                                .getBytes(UTF_8)))));
                assertThat(outcome).isInstanceOf(Outcome.Created.class);
                if (!mortal) {
                    alive.add(path);
                }
                clock.advance(Duration.ofSeconds(1));
                if (alive.size() > ALIVE) {
                    // mostly the oldest, so that segments die from the front, and some from the
                    // middle
                    String gone = random.nextInt(8) == 0 ? alive.removeLast() : alive.remove();
                    assertThat(log.execute(new Command.Delete(gone)))
                            .isInstanceOf(Outcome.Deleted.class);
                }
                log.keepHouse();
                while (log.settler().settleDue()) {
                    log.settler().compact();
                }
                if (i % 100 != 0) {
                    continue;
                }
                long held = held(disk);
                long live = (long) STREAM_BYTES * log.list("", null, 1000).streams().size();
                assertThat(held)
                        .as("after %d streams, %d bytes alive", i, live)
                        .isLessThanOrEqualTo(live * 3 / 2 + CONSTANT_BYTES);
            }
        }
    }

    private static long held(SimulatedDisk disk) {
        return disk.files().stream().mapToLong(file -> disk.bytes(file).length).sum();
    }
}
