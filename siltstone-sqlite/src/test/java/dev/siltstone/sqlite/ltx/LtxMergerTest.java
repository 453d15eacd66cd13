package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LtxMergerTest {
    private static final int PAGE = 512;
    private final SplittableRandom random = new SplittableRandom(3);

    static LongStream seeds() {
        Long only = Long.getLong("siltstone.seed");
        int seeds = Boolean.getBoolean("siltstone.long") ? 2_000 : 40;
        return only == null ? LongStream.range(0, seeds) : LongStream.of(only);
    }

    /// A database that grows, shrinks and changes; merging any neighbours, in any order, changes nothing.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void mergedFilesYieldTheDatabase(long seed) throws IOException {
        SplittableRandom chance = new SplittableRandom(seed);
        Map<Long, byte[]> database = new TreeMap<>();
        List<byte[]> files = new ArrayList<>();
        long commit = 0;
        for (long txid = 1; txid <= 12; txid++) {
            long before = commit;
            commit = chance.nextLong(1, 40);
            Map<Long, byte[]> pages = new TreeMap<>();
            for (long pgno = 1; pgno <= commit; pgno++) {
                if (pgno > before || chance.nextInt(4) == 0) {
                    pages.put(pgno, LtxFixture.page(chance, PAGE));
                }
            }
            long end = commit;
            database.keySet().removeIf(pgno -> pgno > end);
            database.putAll(pages);
            LtxHeader header = LtxHeader.of(PAGE, commit, new Txid(txid), new Txid(txid), txid);
            files.add(LtxFixture.write(header, PageCoverage.grownFrom(before), pages));
        }
        while (files.size() > 1) {
            int from = chance.nextInt(files.size());
            int to = chance.nextInt(from, files.size()) + 1;
            List<byte[]> some = files.subList(from, to);
            byte[] merged = merge(some);
            some.clear();
            files.add(from, merged);
        }

        LtxFixture.Content content = LtxFixture.read(files.getFirst());
        LtxHeader header = LtxHeader.of(PAGE, commit, Txid.FIRST, new Txid(12), 12);
        assertThat(content.isSameAs(new LtxFixture.Content(header, database, 0)))
                .as("seed %d", seed)
                .isTrue();
    }

    @Test
    void mergesBothEncodings() throws IOException {
        byte[] snapshot = LtxFixture.golden("ltx-frame/snapshot-512.ltx");
        Map<Long, byte[]> pages = LtxFixture.read(snapshot).pages();
        byte[] two = LtxFixture.page(random, PAGE);
        pages.put(2L, two);
        byte[] increment = increment(2, 2, 3, Map.of(2L, two));

        byte[] merged = merge(List.of(snapshot, increment));

        LtxHeader header = LtxHeader.of(PAGE, 3, Txid.FIRST, new Txid(2), 2);
        assertThat(LtxFixture.read(merged).isSameAs(new LtxFixture.Content(header, pages, 0)))
                .isTrue();
    }

    @Test
    void keepsDatabaseChecksumsOnRequest() throws IOException {
        byte[] snapshot = LtxFixture.golden("ltx-block/tracked-snapshot-512.ltx");
        LtxFixture.Content before = LtxFixture.read(snapshot);
        Map<Long, byte[]> pages = new TreeMap<>(before.pages());
        pages.put(1L, LtxFixture.page(random, PAGE));
        DatabaseChecksum sum = new DatabaseChecksum(PAGE);
        pages.forEach((pgno, page) -> sum.add(pgno, ByteBuffer.wrap(page)));
        LtxHeader header =
                LtxHeader.of(PAGE, 2, new Txid(5), new Txid(5), 5)
                        .withChecksums(before.postApplyChecksum());
        byte[] increment =
                LtxFixture.write(
                        header, PageCoverage.UNKNOWN, Map.of(1L, pages.get(1L)), sum.value());

        LtxMerger merger = merger(List.of(snapshot, increment));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LtxWriter writer = writer(bytes, merger.headerWithChecksums())) {
            merger.writeTo(writer);
        }

        LtxFixture.Content merged = LtxFixture.read(bytes.toByteArray());
        assertThat(merged.postApplyChecksum()).isEqualTo(sum.value());
        assertThat(merged.header().nodeId()).isZero();
        assertThat(LtxFixture.read(merge(List.of(snapshot, increment))).postApplyChecksum())
                .isZero();
        LtxMerger none = merger(List.of(increment(2, 2, 3, Map.of())));
        assertThatThrownBy(none::headerWithChecksums).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesFilesThatDoNotFollowEachOther() throws IOException {
        byte[] two = increment(2, 4, 3, Map.of());
        assertNotContiguous(two, increment(6, 7, 3, Map.of()), "0000000000000004");
        assertNotContiguous(two, increment(2, 4, 3, Map.of()), "does not go on from there");
        assertNotContiguous(two, increment(1, 4, 3, all(3)), "does not go on from there");
        LtxHeader other = LtxHeader.of(1024, 3, new Txid(5), new Txid(5), 0);
        byte[] otherSize = LtxFixture.write(other, PageCoverage.UNKNOWN, Map.of());
        assertNotContiguous(two, otherSize, "pages of 512 bytes");
        merge(List.of(two, increment(3, 5, 3, Map.of())));
    }

    private void assertNotContiguous(byte[] one, byte[] other, String message) {
        assertThatThrownBy(() -> merger(List.of(one, other)))
                .isInstanceOf(LtxNotContiguousException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesAPageThatNoFileHas() throws IOException {
        byte[] snapshot = increment(1, 1, 3, all(3));
        byte[] grown = increment(2, 2, 6, LtxFixture.pages(random, PAGE, 5, 6));

        assertThatThrownBy(() -> merge(List.of(snapshot, grown)))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("missing page; expected page 4");
        byte[] shorter = increment(2, 2, 6, LtxFixture.pages(random, PAGE, 4, 5));
        assertThatThrownBy(() -> merge(List.of(snapshot, shorter)))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("missing page; expected page 6");
    }

    @Test
    void namesAPageThatWasCutOffAndDidNotComeAgain() throws IOException {
        byte[] snapshot = increment(1, 1, 5, all(5));
        byte[] cut = increment(2, 2, 3, Map.of());
        byte[] grown = increment(3, 3, 5, LtxFixture.pages(random, PAGE, 5, 5));

        assertThatThrownBy(() -> merge(List.of(snapshot, cut, grown)))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("file 0 is damaged")
                .hasMessageContaining("page 4 was cut off");
    }

    @Test
    void namesDamageInPagesThatAreNotTaken() throws IOException {
        byte[] snapshot = increment(1, 1, 5, all(5));
        byte[] cut = increment(2, 2, 3, Map.of());
        snapshot[snapshot.length - 1] ^= 1;

        assertThatThrownBy(() -> merge(List.of(snapshot, cut)))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("file 0 is damaged")
                .hasMessageContaining("file checksum");
    }

    @Test
    void refusesAWriterOfAnotherFile() throws IOException {
        LtxMerger merger = merger(List.of(increment(1, 2, 5, all(5))));
        LtxHeader other = LtxHeader.of(PAGE, 5, Txid.FIRST, new Txid(3), 0);
        try (LtxWriter writer = writer(new ByteArrayOutputStream(), other)) {
            assertThatThrownBy(() -> merger.writeTo(writer))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Map<Long, byte[]> all(long commit) {
        return LtxFixture.pages(random, PAGE, 1, commit);
    }

    private static byte[] increment(long min, long max, long commit, Map<Long, byte[]> pages)
            throws IOException {
        LtxHeader header = LtxHeader.of(PAGE, commit, new Txid(min), new Txid(max), max);
        return LtxFixture.write(header, PageCoverage.UNKNOWN, pages);
    }

    private static byte[] merge(List<byte[]> files) throws IOException {
        LtxMerger merger = merger(files);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LtxWriter writer = writer(bytes, merger.header())) {
            merger.writeTo(writer);
        }
        return bytes.toByteArray();
    }

    private static LtxMerger merger(List<byte[]> files) throws IOException {
        List<LtxReader> readers = new ArrayList<>();
        for (byte[] file : files) {
            readers.add(LtxFixture.reader("file " + readers.size(), file));
        }
        return new LtxMerger(readers);
    }

    private static LtxWriter writer(ByteArrayOutputStream bytes, LtxHeader header) {
        return new LtxWriter(
                "file", LtxSink.of(bytes), header, PageCoverage.UNKNOWN, LtxFixture.SPILL);
    }
}
