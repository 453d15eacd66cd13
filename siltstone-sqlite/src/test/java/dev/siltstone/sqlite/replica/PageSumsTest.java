package dev.siltstone.sqlite.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.Txid;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageSumsTest {
    private static final int PAGE_SIZE = 512;
    private static final Txid TXID = new Txid(7);

    @TempDir Path directory;
    private PageSums sums;

    @BeforeEach
    void learnTwoPages() throws Exception {
        sums = new PageSums(directory.resolve("checksums"));
        assertThat(sums.open(PAGE_SIZE, TXID)).isFalse();
        sums.rebuild();
        sums.advance(TXID, 2);
        sums.learn(1, sumOf(1));
        assertThat(sums.metadata(TXID)).as("one of two is known").isEmpty();
        sums.learn(2, sumOf(2));
    }

    private static long sumOf(int pgno) {
        return PageChecksum.of(pgno, ByteBuffer.allocate(PAGE_SIZE));
    }

    @Test
    void knowsTheDatabaseOnceItKnowsAllPages() throws Exception {
        assertThat(sums.metadata(TXID)).containsKey(LitestreamNames.CHECKSUM_METADATA);
        assertThat(sums.metadata(TXID.next())).as("of another transaction").isEmpty();
        sums.close();
        assertThat(sums.open(PAGE_SIZE, TXID)).isTrue();
        assertThat(sums.metadata(TXID)).isNotEmpty();
    }

    /// What a reading without its hold has learned is of no state at all, and nobody can tell which of it.
    @Test
    void tellsNothingAfterADoubtUntilAllIsLearnedAnew() throws Exception {
        sums.distrust();
        assertThat(sums.metadata(TXID)).isEmpty();
        sums.set(1, sumOf(1));
        sums.advance(TXID.next(), 2);
        assertThat(sums.metadata(TXID.next())).isEmpty();
        sums.close();

        assertThat(sums.open(PAGE_SIZE, TXID.next())).as("can be gone on with").isFalse();
        sums.rebuild();
        sums.advance(TXID.next(), 2);
        assertThat(sums.metadata(TXID.next())).isEmpty();
        sums.learn(1, sumOf(1));
        sums.learn(2, sumOf(2));
        assertThat(sums.metadata(TXID.next())).isNotEmpty();
        sums.close();
    }

    @Test
    void believesATransactionMoreThanAReading() throws Exception {
        sums.rebuild();
        sums.advance(TXID, 2);
        sums.set(1, sumOf(1));
        sums.learn(1, 12345);
        assertThat(sums.page(1)).isEqualTo(sumOf(1));
        sums.close();
    }
}
