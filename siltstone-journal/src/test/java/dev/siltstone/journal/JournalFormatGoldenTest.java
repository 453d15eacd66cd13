package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// The bytes of version 1, as they were written once. They must open for ever; a change of what is written is
/// a new version with files of its own. Trailing zeros of a file are left out of its golden file.
class JournalFormatGoldenTest {
    private static final Path DIRECTORY = Path.of("/journal");
    private static final String GOLDEN = "/golden/journal-v1/";
    private static final JournalSettings SETTINGS =
            JournalSettings.ofFileBytes(4096).withoutBackground();
    private static final int LINE_BYTES = 32;

    /// Every kind of batch: one entry, several, a mark, one that ends the file, a mark at the end.
    private static final List<String> TEXTS =
            List.of(
                    "one",
                    "two",
                    "three",
                    "x".repeat(500),
                    "\0".repeat(40),
                    "y".repeat(3500),
                    "last");

    @Test
    void writesWhatItAlwaysWrote() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        write(disk);
        for (Path path : disk.list(DIRECTORY)) {
            String name = path.getFileName() + ".hex";
            assertThat(hex(disk.bytes(path))).as(name).isEqualTo(golden(name));
        }
    }

    @Test
    void readsWhatWasEverWritten() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        for (String name :
                List.of("00000000000000000000.journal", "00000000000000000800.journal")) {
            disk.put(DIRECTORY.resolve(name), bytes(golden(name + ".hex")));
        }
        Replayed replayed = new Replayed();
        try (Journal journal =
                Journal.open(disk, DIRECTORY, SETTINGS, new SplittableRandom(2), replayed)) {
            assertThat(replayed.texts()).isEqualTo(TEXTS);
            JournalTest.stage(journal, "and on");
            journal.commit();
        }
    }

    static void write(SimulatedDisk disk) throws IOException {
        try (Journal journal = Journal.open(disk, DIRECTORY, SETTINGS, salts(), new Replayed())) {
            append(journal, TEXTS.subList(0, 1));
            append(journal, TEXTS.subList(1, 3));
            journal.mark();
            append(journal, TEXTS.subList(3, 5));
            journal.mark();
            append(journal, TEXTS.subList(5, 6));
            append(journal, TEXTS.subList(6, 7));
        }
    }

    private static RandomGenerator salts() {
        long[] next = {0x0123456789ABCDEFL};
        return () -> next[0] += 0x1111111111111111L;
    }

    private static void append(Journal journal, List<String> texts) throws IOException {
        for (String text : texts) {
            byte[] bytes = text.getBytes(UTF_8);
            assertThat(journal.room(bytes.length)).isEqualTo(Journal.Room.FITS);
            journal.beginEntry(bytes.length).put(bytes);
            journal.endEntry();
        }
        journal.commit();
    }

    static String hex(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < end; at += LINE_BYTES) {
            lines.add(HexFormat.of().formatHex(bytes, at, Math.min(at + LINE_BYTES, end)));
        }
        return String.join("\n", lines) + "\n";
    }

    private static byte[] bytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace("\n", ""));
        return Arrays.copyOf(bytes, Math.toIntExact(SETTINGS.fileBytes()));
    }

    private static String golden(String name) throws IOException {
        try (InputStream stream =
                JournalFormatGoldenTest.class.getResourceAsStream(GOLDEN + name)) {
            assertThat(stream).as(GOLDEN + name).isNotNull();
            return new String(stream.readAllBytes(), US_ASCII);
        }
    }
}
