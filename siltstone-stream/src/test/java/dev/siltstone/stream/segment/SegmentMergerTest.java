package dev.siltstone.stream.segment;

import static dev.siltstone.stream.segment.SegmentFiles.HEADER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.DiskFile;
import dev.siltstone.io.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Cuts runs over several files, merges these, and compares. Repeat one seed with `-Dsiltstone.seed=N`.
class SegmentMergerTest {
    private static final Path MERGED = Path.of("/segments/merged.segment");
    private static final int SEEDS = Boolean.getBoolean("siltstone.long") ? 2_000 : 40;

    private final SimulatedDisk disk = new SimulatedDisk();

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        return only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void joinsRunsAndDropsWhatIsDead(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Long, ModelRun> runs =
                SegmentFiles.randomRuns(
                        random, 1 + random.nextInt(100), 20, random.nextInt(4) == 0 ? 10_000 : 200);
        List<TreeMap<Long, ModelRun>> files = cut(runs, 1 + random.nextInt(6), random);
        boolean journal = random.nextInt(3) == 0;
        Map<Long, SegmentMerger.Kept> kept = new HashMap<>();
        TreeMap<Long, ModelRun> expected = new TreeMap<>();
        for (var run : runs.entrySet()) {
            SegmentMerger.Kept keep = keep(run.getValue(), random);
            kept.put(run.getKey(), keep);
            ModelRun left = keep == null ? null : run.getValue().kept(keep.from(), keep.to());
            if (left != null) {
                expected.put(run.getKey(), left);
            }
        }

        SegmentHeader header = random.nextBoolean() ? HEADER : HEADER.withCompression();
        merge(journal ? journals(files) : segments(files, random), kept, header);

        SegmentFiles.compare(disk, MERGED, expected, random);
    }

    private static SegmentMerger.Kept keep(ModelRun run, SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> null;
            case 1 ->
                    new SegmentMerger.Kept(
                            run.base + random.nextLong(run.bytes.length), Long.MAX_VALUE);
            case 2 -> {
                long from = run.base + random.nextLong(run.bytes.length);
                yield new SegmentMerger.Kept(from, from + random.nextLong(run.bytes.length));
            }
            default -> SegmentMerger.Kept.ALL;
        };
    }

    /// Cuts each run into parts that follow each other, for files that follow each other.
    private static List<TreeMap<Long, ModelRun>> cut(
            TreeMap<Long, ModelRun> runs, int files, SplittableRandom random) {
        List<TreeMap<Long, ModelRun>> cut = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            cut.add(new TreeMap<>());
        }
        for (var run : runs.entrySet()) {
            int from = 0;
            int size = run.getValue().messages.size();
            for (int i = 0; i < files && from < size; i++) {
                int to = i == files - 1 ? size : from + random.nextInt(size - from + 1);
                while (to < size && !run.getValue().messages.get(to).beginsAppend()) {
                    to++;
                }
                if (to > from) {
                    cut.get(i).put(run.getKey(), run.getValue().part(from, to));
                    from = to;
                }
            }
        }
        return cut;
    }

    private List<RunCursor> segments(List<TreeMap<Long, ModelRun>> files, SplittableRandom random)
            throws IOException {
        List<RunCursor> cursors = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Path path = Path.of("/segments/" + i + ".segment");
            SegmentHeader header = random.nextBoolean() ? HEADER : HEADER.withCompression();
            SegmentFiles.write(disk, path, header, files.get(i), random);
            cursors.add(SegmentFiles.open(disk, path).cursor());
        }
        return cursors;
    }

    private List<RunCursor> journals(List<TreeMap<Long, ModelRun>> files) throws IOException {
        List<RunCursor> cursors = new ArrayList<>();
        disk.createDirectories(Path.of("/journal"));
        for (int i = 0; i < files.size(); i++) {
            Path path = Path.of("/journal/" + i + ".runs");
            ModelJournal journal = new ModelJournal(files.get(i));
            RunIndexWriter.write(disk, path, 0, 1000, journal.tables());
            cursors.add(RunIndexReader.open(disk, path).cursor(journal));
        }
        return cursors;
    }

    private void merge(
            List<RunCursor> cursors, Map<Long, SegmentMerger.Kept> kept, SegmentHeader header)
            throws IOException {
        disk.createDirectories(MERGED.getParent());
        try (DiskFile file = disk.create(MERGED);
                SegmentWriter writer = SegmentWriter.begin(disk, file, header)) {
            SegmentMerger.merge(cursors, kept::get, writer);
            writer.finish();
        }
    }

    @Test
    void copiesCompressedBlocksAsTheyAre() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        TreeMap<Long, ModelRun> runs = new TreeMap<>();
        for (long key = 0; key < 4; key++) {
            byte[] bytes = new byte[5 * 4096];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i % 100 == 0 ? random.nextInt() : 0);
            }
            runs.put(
                    key,
                    new ModelRun(
                            0, List.of(new ModelRun.Message(0, bytes.length, true, 0)), bytes));
        }
        SegmentHeader header = HEADER.withCompression();
        Path sourcePath = Path.of("/segments/source.segment");
        SegmentFiles.write(disk, sourcePath, header, runs, random);
        List<Integer> copied = new ArrayList<>();

        merge(
                List.of(SegmentFiles.open(disk, sourcePath).cursor()),
                new HashMap<>(Map.of(1L, SegmentMerger.Kept.ALL, 3L, SegmentMerger.Kept.ALL)),
                header);
        try (SegmentReader merged = SegmentFiles.open(disk, MERGED);
                SegmentReader from = SegmentFiles.open(disk, sourcePath)) {
            for (int block = 0; block < 10; block++) {
                PackedBlocks to = (PackedBlocks) merged.blocks();
                PackedBlocks original = (PackedBlocks) from.blocks();
                int source = block < 5 ? 5 + block : 10 + block;
                if (to.stored(to.extent(block)).equals(original.stored(original.extent(source)))) {
                    copied.add(block);
                }
            }
        }

        assertThat(copied).hasSize(10);
        runs.keySet().removeAll(List.of(0L, 2L));
        SegmentFiles.compare(disk, MERGED, runs, random);
    }

    @Test
    void keepsBlocksLongHoweverOftenTheyAreMerged() throws IOException {
        SegmentHeader header = HEADER.withCompression();
        SplittableRandom random = new SplittableRandom(3);
        TreeMap<Long, ModelRun> runs = SegmentFiles.randomRuns(random, 1, 40, 2000);
        ModelRun whole = runs.firstEntry().getValue();
        long blocks = 0;
        for (int round = 0; round < 5; round++) {
            merge(segments(cut(runs, 6, random), random), all(runs), header);
            try (SegmentReader merged = SegmentFiles.open(disk, MERGED)) {
                blocks = merged.footer().blocks();
            }
            disk.delete(MERGED);
        }

        assertThat(blocks).isLessThan(2L * whole.bytes.length / header.blockBytes() + 2);
    }

    private static Map<Long, SegmentMerger.Kept> all(TreeMap<Long, ModelRun> runs) {
        Map<Long, SegmentMerger.Kept> kept = new HashMap<>();
        runs.keySet().forEach(key -> kept.put(key, SegmentMerger.Kept.ALL));
        return kept;
    }

    @Test
    void refusesRunsThatDoNotFollowEachOther() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        List<TreeMap<Long, ModelRun>> files = List.of(new TreeMap<>(), new TreeMap<>());
        files.get(0).put(5L, ModelRun.random(random, 0, 2, 10));
        files.get(1).put(5L, ModelRun.random(random, 1000, 2, 10));
        List<RunCursor> cursors = segments(files, random);

        assertThatThrownBy(() -> merge(cursors, Map.of(5L, SegmentMerger.Kept.ALL), HEADER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key 5")
                .hasMessageContaining("begins at 1000");
    }

    /// Runs as a journal file holds them: an entry per append.
    private static final class ModelJournal implements EntryBytes {
        @Override
        public @Nullable FileChannel openForSending() {
            return null;
        }

        private final TreeMap<Long, EntryTable> tables = new TreeMap<>();
        private final List<ModelRun> entries = new ArrayList<>();

        ModelJournal(TreeMap<Long, ModelRun> runs) {
            for (var run : runs.entrySet()) {
                EntryTable table = new EntryTable();
                List<ModelRun.Message> messages = run.getValue().messages;
                int from = 0;
                for (int to = 1; to <= messages.size(); to++) {
                    if (to == messages.size() || messages.get(to).beginsAppend()) {
                        ModelRun entry = run.getValue().part(from, to);
                        table.add(
                                new RunEntry(
                                        entry.base,
                                        entries.size(),
                                        entry.bytes.length,
                                        0,
                                        to - from == 1 ? 0 : to - from,
                                        entry.messages.getFirst().time()));
                        entries.add(entry);
                        from = to;
                    }
                }
                tables.put(run.getKey(), table);
            }
        }

        TreeMap<Long, EntryTable> tables() {
            return tables;
        }

        @Override
        public void read(RunEntry entry, int offset, ByteBuffer target) {
            target.put(entries.get((int) entry.position()).bytes, offset, target.remaining());
        }

        @Override
        public long filePosition(RunEntry entry) {
            return 1_000_000 * entry.position();
        }

        @Override
        public int[] messageLengths(RunEntry entry) {
            return entries.get((int) entry.position()).messages.stream()
                    .mapToInt(ModelRun.Message::length)
                    .toArray();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRunOfAJournalFileReadsAsOneOfASegment(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Long, ModelRun> runs = SegmentFiles.randomRuns(random, 20, 20, 200);
        List<RunCursor> cursors = journals(List.of(runs));

        RunCursor cursor = cursors.getFirst();
        for (var run : runs.entrySet()) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.key()).isEqualTo(run.getKey());
            run.getValue().compare(cursor.run(), random);
            List<Long> ranges = new ArrayList<>();
            boolean asTheyAre =
                    cursor.run()
                            .visitRanges(
                                    run.getValue().base,
                                    run.getValue().end(),
                                    (at, length) -> ranges.add(length));
            assertThat(asTheyAre).isTrue();
            assertThat(ranges.stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(run.getValue().bytes.length);
        }
        assertThat(cursor.next()).isFalse();
    }
}
