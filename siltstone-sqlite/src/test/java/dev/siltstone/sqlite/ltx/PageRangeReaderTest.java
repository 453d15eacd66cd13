package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PageRangeReaderTest {
    private static final int PAGE = 512;
    private final SplittableRandom random = new SplittableRandom(7);

    /// Reads a file as pieces of about that length, last piece first.
    static LtxFixture.Content readInPieces(byte[] file, long rangeBytes) throws IOException {
        LtxSource source = LtxFixture.source("file", file);
        LtxRanges ranges = LtxRanges.load(source, rangeBytes);
        PageRangeReader reader = new PageRangeReader(ranges);
        Map<Long, byte[]> pages = new TreeMap<>();
        List<RangeSum> sums = new ArrayList<>();
        for (PageRange range : ranges.ranges().reversed()) {
            var in = source.open(range.start(), range.end());
            sums.addFirst(
                    reader.decode(
                            range,
                            in,
                            (first, count, bytes, checksums) ->
                                    take(first, count, bytes, checksums, pages)));
        }
        ranges.check(sums);
        return new LtxFixture.Content(ranges.header(), pages, ranges.trailer().postApplyChecksum());
    }

    private static void take(
            long first, int count, ByteBuffer bytes, long[] checksums, Map<Long, byte[]> pages) {
        int pageSize = bytes.remaining() / count;
        for (int i = 0; i < count; i++) {
            byte[] page = new byte[pageSize];
            bytes.get(page);
            assertThat(checksums[i]).isEqualTo(PageChecksum.of(first + i, ByteBuffer.wrap(page)));
            assertThat(pages.put(first + i, page)).isNull();
        }
    }

    @Test
    void readsTheSameInPiecesOfAnySize() throws IOException {
        byte[] file = snapshot(5000);
        LtxFixture.Content whole = LtxFixture.read(file);
        assertThat(whole.pages()).hasSize(5000);
        for (long rangeBytes : new long[] {1, 700, 10_000, 100_000, file.length}) {
            assertThat(readInPieces(file, rangeBytes).isSameAs(whole)).isTrue();
        }
    }

    @Test
    void handsOnRunsOfAtMostAMebibyte() throws IOException {
        byte[] file = snapshot(5000);
        LtxSource source = LtxFixture.source("file", file);
        LtxRanges ranges = LtxRanges.load(source, Long.MAX_VALUE);
        assertThat(ranges.ranges()).hasSize(1);
        List<Integer> counts = new ArrayList<>();
        new PageRangeReader(ranges)
                .decode(
                        ranges.ranges().getFirst(),
                        source.open(100, ranges.ranges().getFirst().end()),
                        (first, count, pages, checksums) -> counts.add(count));

        assertThat(counts).containsExactly(2048, 2048, 5000 - 2 * 2048);
    }

    /// It was made for a file of one page once, and handed on a large file's pages one by one, each for a write.
    @Test
    void handsOnRunsAsLongIfItWasMadeForASmallerFile() throws IOException {
        LtxRanges small = LtxRanges.load(LtxFixture.source("small", snapshot(1)), Long.MAX_VALUE);
        LtxSource source = LtxFixture.source("file", snapshot(5000));
        LtxRanges ranges = LtxRanges.load(source, Long.MAX_VALUE);
        PageRangeReader reader = new PageRangeReader(small);
        List<Integer> counts = new ArrayList<>();
        reader.turnTo(ranges);
        reader.decode(
                ranges.ranges().getFirst(),
                source.open(100, ranges.ranges().getFirst().end()),
                (first, count, pages, checksums) -> counts.add(count));

        assertThat(counts).containsExactly(2048, 2048, 5000 - 2 * 2048);
    }

    @Test
    void handsOnPagesApartThatDoNotFollowEachOther() throws IOException {
        Map<Long, byte[]> pages = LtxFixture.pages(random, PAGE, 3, 5);
        pages.putAll(LtxFixture.pages(random, PAGE, 8, 8));
        pages.putAll(LtxFixture.pages(random, PAGE, 10, 11));
        LtxHeader header = LtxHeader.of(PAGE, 20, new Txid(2), new Txid(2), 0);
        byte[] file = LtxFixture.write(header, PageCoverage.UNKNOWN, pages);
        LtxSource source = LtxFixture.source("file", file);
        LtxRanges ranges = LtxRanges.load(source, Long.MAX_VALUE);
        List<String> runs = new ArrayList<>();
        new PageRangeReader(ranges)
                .decode(
                        ranges.ranges().getFirst(),
                        source.open(100, file.length),
                        (first, count, bytes, checksums) -> runs.add(first + "+" + count));

        assertThat(runs).containsExactly("3+3", "8+1", "10+2");
        assertThat(readInPieces(file, 100).isSameAs(LtxFixture.read(file))).isTrue();
    }

    @Test
    void namesAPageThatIsNotTheIndexs() throws IOException {
        byte[] file = snapshot(20);
        file[100 + 3] ^= 2;

        assertThatThrownBy(() -> readInPieces(file, 100))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("file is damaged at file position 100: page number");
    }

    @Test
    void checksOnlyAllPiecesInTheirOrder() throws IOException {
        LtxRanges ranges = LtxRanges.load(LtxFixture.source("file", snapshot(20)), 100);

        assertThatThrownBy(() -> ranges.check(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 ranges decoded of");
    }

    @Test
    void readsALargeIndexInThreeRequestsAndASmallFileInOne() throws IOException {
        assertThat(requests(snapshot(20_000))).hasSize(3);
        assertThat(requests(snapshot(2_000))).hasSize(2);
        assertThat(requests(snapshot(20))).hasSize(1);
    }

    private static List<String> requests(byte[] file) throws IOException {
        LtxSource source = LtxFixture.source("file", file);
        List<String> requests = new ArrayList<>();
        LtxRanges.load(
                new LtxSource() {
                    @Override
                    public String file() {
                        return source.file();
                    }

                    @Override
                    public long bytes() {
                        return source.bytes();
                    }

                    @Override
                    public java.io.InputStream open(long start, long end) throws IOException {
                        requests.add(start + "-" + end);
                        return source.open(start, end);
                    }
                },
                1000);
        return requests;
    }

    private byte[] snapshot(int pages) throws IOException {
        LtxHeader header = LtxHeader.of(PAGE, pages, Txid.FIRST, new Txid(9), 1);
        return LtxFixture.write(
                header, PageCoverage.UNKNOWN, LtxFixture.pages(random, PAGE, 1, pages));
    }
}
