package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.ManualClock;
import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One flipped bit in anything that was settled: no read gives a wrong byte, the one that meets it names the
/// file, and so does `verify`.
///
/// One bit in every few bytes; `-Dsiltstone.long=true` for a bit of every byte.
class SettledDamageTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final String TEXT = "text/plain";
    private static final int STEP = Boolean.getBoolean("siltstone.long") ? 1 : 131;

    @TempDir Path catalog;

    private final ManualClock clock = new ManualClock();
    private SimulatedDisk disk;
    private StreamLog log;
    private Map<String, String> contents;

    @BeforeEach
    void settle() throws Exception {
        disk = new SimulatedDisk();
        log = open(disk);
        for (int i = 0; i < 3; i++) {
            log.execute(
                    new Command.Create(
                            "s" + i,
                            i == 0 ? "application/json" : TEXT,
                            Lifetime.FOREVER,
                            false,
                            null,
                            Payload.EMPTY));
        }
        for (int i = 0; i < 12; i++) {
            append("s1", "small " + i);
            append("s0", "[1,2,3]");
        }
        log.settleAll();
        for (int i = 0; i < 12; i++) {
            append("s2", "large ".repeat(100) + i);
        }
        log.settleAll();
        contents = read(log);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void noFlippedBitOfASegmentIsServed() throws Exception {
        assertThat(flipsOfFilesThatEndWith(".segment")).isPositive();
    }

    @Test
    void noFlippedBitOfAPromotedFileIsServed() throws Exception {
        assertThat(flipsOfFilesThatEndWith(".journal")).isPositive();
    }

    @Test
    void noFlippedBitOfItsRunIndexIsServed() throws Exception {
        assertThat(flipsOfFilesThatEndWith(".runs")).isPositive();
    }

    /// @return how many reads were refused
    private int flipsOfFilesThatEndWith(String suffix) throws Exception {
        List<Path> files =
                disk.files().stream()
                        .filter(file -> file.startsWith(DIRECTORY.resolve("segments")))
                        .filter(file -> file.toString().endsWith(suffix))
                        .toList();
        assertThat(files).isNotEmpty();
        int refused = 0;
        for (Path file : files) {
            int bytes = disk.bytes(file).length;
            for (int at = 0; at < bytes; at += STEP) {
                disk.flipBit(file, 8L * at + at % 8);
                refused += readsWithDamageIn(file);
                disk.flipBit(file, 8L * at + at % 8);
            }
        }
        return refused;
    }

    private int readsWithDamageIn(Path file) throws Exception {
        int refused = 0;
        log.close();
        log = open(disk);
        for (var content : contents.entrySet()) {
            try {
                assertThat(read(log, content.getKey())).isEqualTo(content.getValue());
            } catch (IOException e) {
                assertThat(e).hasMessageContaining(file.getFileName().toString());
                refused++;
            }
        }
        if (refused > 0) {
            List<String> problems = new ArrayList<>();
            var _ =
                    Verification.verify(
                            disk, DIRECTORY, catalog, problem -> problems.add(problem.toString()));
            assertThat(problems)
                    .anyMatch(problem -> problem.contains(file.getFileName().toString()));
        }
        return refused;
    }

    private StreamLog open(SimulatedDisk on) throws IOException {
        return new Opening(
                        on,
                        DIRECTORY,
                        catalog,
                        StreamLogSettings.defaults()
                                .withLeader(LeaderMode.CALLER)
                                .withSettling(
                                        SettlingSettings.defaults().withPromotedEntryBytesMin(500))
                                .withJournal(
                                        JournalSettings.ofFileBytes(4096)
                                                .withFreeBytesReserve(0)
                                                .withoutBackground())
                                .withNotices(notice -> {}),
                        CatalogSettings.defaults().unforced(),
                        clock,
                        clock,
                        new Random(1),
                        StreamLog.Threads.callers(),
                        Pace.full(),
                        () -> {})
                .open();
    }

    private void append(String path, String text) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
        boolean json = path.equals("s0");
        Outcome outcome =
                log.execute(
                        new Command.Append(
                                path,
                                json ? "application/json" : TEXT,
                                json ? Payload.ofJson(bytes) : Payload.ofBytes(bytes),
                                false,
                                null,
                                null));
        assertThat(outcome).isInstanceOf(Outcome.Appended.class);
    }

    private static Map<String, String> read(StreamLog log) throws Exception {
        Map<String, String> contents = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            contents.put("s" + i, read(log, "s" + i));
        }
        return contents;
    }

    private static String read(StreamLog log, String path) throws Exception {
        StreamReader reader = ((Found.Stream) log.find(path)).reader();
        return UTF_8.decode(reader.read(reader.resolve(Offset.BEGINNING), null).bytes()).toString();
    }
}
