package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalDamagedException;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A bit of every byte of a small data directory that holds every kind of entry, another one in each byte after the
/// other; with `-Plong` every single bit (the journal's own tests flip them all, always).
class StreamLogFlipTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final boolean LONG = Boolean.getBoolean("siltstone.long");
    private static final int FILE_BYTES = 4096;

    private ManualClock clock = new ManualClock();
    private final List<String> notices = new ArrayList<>();
    private final StreamLogSettings settings =
            StreamLogSettings.defaults()
                    .withLeader(LeaderMode.CALLER)
                    .withNotices(notices::add)
                    .withJournal(
                            JournalSettings.ofFileBytes(FILE_BYTES)
                                    .withFreeBytesReserve(0)
                                    .withoutBackground());

    @Test
    void namesEveryFlippedBitOfAJournalThatWasClosed() throws Exception {
        SimulatedDisk disk = everyKindOfEntry(true);
        List<Path> journals = files(disk, ".journal");
        assertThat(journals).hasSizeGreaterThan(1);

        for (Path journal : journals) {
            for (long bit = 0; bit < 8L * FILE_BYTES; bit += LONG ? 1 : 9) {
                SimulatedDisk flipped = disk.kill();
                flipped.flipBit(journal, bit);
                byte[] before = flipped.bytes(journal);
                assertThatThrownBy(() -> open(flipped))
                        .as("bit %d of %s", bit, journal)
                        .isInstanceOf(JournalDamagedException.class)
                        .hasMessageContaining(journal.getFileName().toString())
                        .hasMessageContaining("expected")
                        .hasMessageContaining("found");
                assertThat(flipped.bytes(journal)).isEqualTo(before);
            }
        }
    }

    /// So the same holds for it.
    @Test
    void leavesAnIdleJournalLikeAClosedOne() throws Exception {
        SimulatedDisk closed = everyKindOfEntry(true);
        SimulatedDisk idle = everyKindOfEntry(false);
        assertThat(files(idle, ".journal")).isEqualTo(files(closed, ".journal"));
        for (Path journal : files(idle, ".journal")) {
            assertThat(idle.bytes(journal)).isEqualTo(closed.bytes(journal));
        }
    }

    private SimulatedDisk everyKindOfEntry(boolean closed) throws Exception {
        clock = new ManualClock();
        SimulatedDisk disk = new SimulatedDisk();
        StreamLog log = open(disk);
        StreamInfo text = create(log, "text", "text/plain", Lifetime.FOREVER, null, "hello");
        create(log, "mortal", "text/plain", new Lifetime.IdleFor(100), null, "");
        create(
                log,
                "dated",
                "text/plain",
                new Lifetime.Until(clock.instant().plusSeconds(50)),
                null,
                "");
        create(log, "fork", null, Lifetime.FOREVER, new ForkPoint("text", text.tail(), 0), "!");
        create(log, "json", "application/json", Lifetime.FOREVER, null, "");
        for (int i = 0; i < 8; i++) {
            append(
                    log,
                    "text",
                    "x".repeat(200 + i),
                    new Producer("p", 0, i),
                    "s" + (char) ('a' + i));
        }
        log.execute(
                new Command.Append(
                        "json",
                        "application/json",
                        Payload.ofJson(ByteBuffer.wrap("[1,{},[2]]".getBytes(UTF_8))),
                        true,
                        null,
                        null));
        clock.advance(Duration.ofSeconds(70));
        if (log.find("mortal") instanceof Found.Stream(StreamReader reader)) {
            reader.renew();
        }
        log.keepHouse();
        for (int i = 8; i < 12; i++) {
            append(
                    log,
                    "text",
                    "y".repeat(200 + i),
                    new Producer("p", 0, i),
                    "s" + (char) ('a' + i));
        }
        log.execute(new Command.Delete("text"));
        if (closed) {
            log.close();
        } else {
            log.keepHouse();
        }
        return disk.kill();
    }

    private StreamInfo create(
            StreamLog log,
            String path,
            @org.jspecify.annotations.Nullable String type,
            Lifetime lifetime,
            @org.jspecify.annotations.Nullable ForkPoint fork,
            String data)
            throws InterruptedException {
        Outcome outcome =
                log.execute(new Command.Create(path, type, lifetime, false, fork, text(data)));
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return ((Outcome.Created) outcome).stream();
    }

    private static void append(
            StreamLog log, String path, String data, Producer producer, String streamSeq)
            throws InterruptedException {
        assertThat(
                        log.execute(
                                new Command.Append(
                                        path,
                                        "text/plain",
                                        text(data),
                                        false,
                                        producer,
                                        streamSeq)))
                .isInstanceOf(Outcome.Appended.class);
    }

    private StreamLog open(SimulatedDisk disk) throws Exception {
        return StreamLog.open(disk, DIRECTORY, settings, clock, clock, new Random(5));
    }

    private static List<Path> files(SimulatedDisk disk, String suffix) {
        Stream<Path> files = disk.files().stream();
        return files.filter(path -> path.toString().endsWith(suffix)).toList();
    }

    private static Payload text(String text) {
        return Payload.ofBytes(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
}
