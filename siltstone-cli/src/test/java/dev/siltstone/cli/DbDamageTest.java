package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// LTX files that are damaged in any of their parts, cut off or missing: `siltstone db restore` names what it is, ends
/// with 6 (3 where a file is missing) and leaves everything as it was.
final class DbDamageTest {
    private static final String SNAPSHOT = "9/0000000000000001-0000000000000001.ltx";
    private static final int HEADER_BYTES = 100;
    private static final int FRAMES_END_BYTES = 6;
    private static final int INDEX_SIZE_FROM_END = 24;

    @TempDir Path directory;

    private DbTrial db;
    private List<Path> level0;

    @BeforeEach
    void replicate() throws Exception {
        db = new DbTrial(directory);
        for (int n = 2; n <= 4; n++) {
            db.done("replicate", "@app.db", "@replica", "--once");
            db.insert(n);
        }
        forgetMerged();
        try (Stream<Path> files = Files.list(db.ltx("0"))) {
            level0 = files.sorted().toList();
        }
    }

    /// Whether something was merged depends on the time of day.
    private void forgetMerged() throws IOException {
        for (int level = 1; level <= 3; level++) {
            Path folder = db.ltx(Integer.toString(level));
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }

    /// Returns a byte of each part of a LTX file, by the part's name; the parts in their order.
    private static Map<String, Integer> parts(byte[] file) {
        int end = file.length;
        int indexSize = end - INDEX_SIZE_FROM_END;
        int index = indexSize - (int) ByteBuffer.wrap(file).getLong(indexSize);
        Map<String, Integer> parts = new LinkedHashMap<>();
        parts.put("magic", 0);
        parts.put("flags", 7);
        parts.put("page size", 10);
        parts.put("commit", 15);
        parts.put("first transaction", 23);
        parts.put("last transaction", 31);
        parts.put("time", 39);
        parts.put("checksum before", 47);
        parts.put("place in the WAL", 55);
        parts.put("bytes of the WAL", 63);
        parts.put("salt 1", 67);
        parts.put("salt 2", 71);
        parts.put("node", 79);
        parts.put("reserved", HEADER_BYTES - 1);
        parts.put("page number", HEADER_BYTES + 3);
        parts.put("page flags", HEADER_BYTES + 5);
        parts.put("size of the page's block", HEADER_BYTES + 9);
        parts.put("block", HEADER_BYTES + 20);
        parts.put("end of the frames", index - FRAMES_END_BYTES);
        parts.put("index", index);
        parts.put("end of the index", indexSize - 1);
        parts.put("size of the index", indexSize + 7);
        parts.put("checksum after", end - 9);
        parts.put("checksum of the file", end - 1);
        return parts;
    }

    private void refusesToRestore(Path damaged, String as) throws IOException {
        try {
            db.refused(
                    ExitCode.DAMAGED,
                    List.of(damaged.getFileName().toString()),
                    "restore",
                    "@replica",
                    "-o",
                    "@new.db");
        } catch (AssertionError e) {
            throw new AssertionError(damaged.getFileName() + ", " + as, e);
        }
    }

    @Test
    void namesAFileWhateverPartOfItIsDamaged() throws Exception {
        for (Path file : List.of(db.ltx(SNAPSHOT), level0.getFirst())) {
            byte[] whole = Files.readAllBytes(file);
            for (Map.Entry<String, Integer> part : parts(whole).entrySet()) {
                byte[] flipped = whole.clone();
                flipped[part.getValue()] ^= 1;
                Files.write(file, flipped);
                refusesToRestore(file, "a flipped bit in: " + part.getKey());
            }
            Files.write(file, whole);
        }
        restores();
    }

    @Test
    void namesAFileThatIsCutOffWherever() throws Exception {
        Path file = level0.getLast();
        byte[] whole = Files.readAllBytes(file);
        for (Map.Entry<String, Integer> part : parts(whole).entrySet()) {
            Files.write(file, Arrays.copyOf(whole, part.getValue()));
            refusesToRestore(file, "cut off before: " + part.getKey());
        }
        Files.write(file, whole);
        restores();
    }

    @Test
    void namesTheGapThatAMissingFileLeaves() throws Exception {
        Path missing = level0.get(1);
        byte[] whole = Files.readAllBytes(missing);
        Files.delete(missing);
        String txid = missing.getFileName().toString().substring(0, 16);
        db.refused(ExitCode.NOT_FOUND, List.of(txid), "restore", "@replica", "-o", "@new.db");
        db.refused(
                ExitCode.NOT_FOUND,
                List.of(txid),
                "verify",
                "@app.db",
                "@replica",
                "--wait",
                "1ms");
        Files.write(missing, whole);
        Path snapshot = db.ltx(SNAPSHOT);
        byte[] image = Files.readAllBytes(snapshot);
        Files.delete(snapshot);
        db.refused(ExitCode.NOT_FOUND, List.of("replica"), "restore", "@replica", "-o", "@new.db");
        Files.write(snapshot, image);
        restores();
    }

    private void restores() throws SQLException {
        db.done("restore", "@replica", "-o", "@new.db");
        assertThat(DbTrial.numbers(directory.resolve("new.db"))).isEqualTo("1,2,3");
    }
}
