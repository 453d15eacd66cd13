package dev.siltstone.stream.segment;

import dev.siltstone.io.Disk;
import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Writes and reads segments of known runs.
final class SegmentFiles {
    static final Path PATH = Path.of("/segments/one.segment");
    static final SegmentHeader HEADER =
            SegmentHeader.plain(0, 1_000, 2_000, 0x1234_5678_9ABCL, 3).withBlockBytes(4096);

    private SegmentFiles() {}

    static void write(
            Disk disk,
            Path path,
            SegmentHeader header,
            SortedMap<Long, ModelRun> runs,
            SplittableRandom random)
            throws IOException {
        disk.createDirectories(path.getParent());
        if (disk.exists(path)) {
            disk.delete(path);
        }
        try (DiskFile file = disk.create(path);
                SegmentWriter writer = SegmentWriter.begin(disk, file, header)) {
            for (Map.Entry<Long, ModelRun> run : runs.entrySet()) {
                run.getValue().write(writer, run.getKey(), random);
            }
            if (writer.finish() != file.size()) {
                throw new AssertionError("finish() told another size than " + file.size());
            }
        }
    }

    static SegmentReader open(Disk disk, Path path) throws IOException {
        return SegmentReader.open(disk.openForReading(path));
    }

    static TreeMap<Long, ModelRun> randomRuns(
            SplittableRandom random, int runs, int appendsMax, int messageBytesMax) {
        TreeMap<Long, ModelRun> made = new TreeMap<>();
        while (made.size() < runs) {
            made.put(
                    random.nextLong(100L * runs),
                    ModelRun.random(
                            random,
                            random.nextBoolean() ? 0 : random.nextLong(1L << 40),
                            1 + random.nextInt(appendsMax),
                            messageBytesMax));
        }
        return made;
    }

    /// Compares a segment with what it should hold, by cursor, by look-up and by inspection.
    static void compare(
            Disk disk, Path path, SortedMap<Long, ModelRun> runs, SplittableRandom random)
            throws IOException {
        List<SegmentFact> facts = facts(disk, path);
        if (facts.size() != runs.size() + 1
                || facts.stream().anyMatch(SegmentFact.Damaged.class::isInstance)) {
            throw new AssertionError(facts.toString());
        }
        try (SegmentReader segment = open(disk, path)) {
            RunCursor cursor = segment.cursor();
            for (Map.Entry<Long, ModelRun> run : runs.entrySet()) {
                if (!cursor.next() || cursor.key() != run.getKey()) {
                    throw new AssertionError("key " + run.getKey());
                }
                run.getValue().compare(cursor.run(), random);
            }
            if (cursor.next()) {
                throw new AssertionError("more: key " + cursor.key());
            }
            for (Map.Entry<Long, ModelRun> run : runs.entrySet()) {
                run.getValue().compare(segment.find(run.getKey()), random);
                if (!runs.containsKey(run.getKey() + 1) && segment.find(run.getKey() + 1) != null) {
                    throw new AssertionError("key " + (run.getKey() + 1) + " is there");
                }
            }
            if (segment.find(-1) != null) {
                throw new AssertionError("key -1 is there");
            }
        }
    }

    static List<SegmentFact> facts(Disk disk, Path path) throws IOException {
        List<SegmentFact> facts = new ArrayList<>();
        boolean sound = SegmentInspection.inspect(disk, path, facts::add);
        if (sound == facts.stream().anyMatch(SegmentFact.Damaged.class::isInstance)) {
            throw new AssertionError("sound: " + sound + ", but " + facts);
        }
        return facts;
    }
}
