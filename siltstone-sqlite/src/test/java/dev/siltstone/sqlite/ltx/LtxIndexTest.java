package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LtxIndexTest {
    private final SplittableRandom random = new SplittableRandom(8);

    @Test
    void findsEveryPageAndNoOther() throws IOException {
        Map<Long, byte[]> pages = LtxFixture.pages(random, 512, 1, 1000);
        pages.keySet().removeIf(pgno -> pgno % 3 == 0);
        LtxHeader header = LtxHeader.of(512, 1000, new Txid(2), new Txid(2), 0);
        byte[] file = LtxFixture.write(header, PageCoverage.UNKNOWN, pages);

        assertFinds(file, pages);
    }

    @ParameterizedTest
    @MethodSource("dev.siltstone.sqlite.ltx.LtxGoldenTest#files")
    void findsThePagesOfBothEncodings(String name) throws IOException {
        byte[] golden = LtxFixture.golden(name);

        assertFinds(golden, LtxFixture.read(golden).pages());
    }

    private static void assertFinds(byte[] file, Map<Long, byte[]> pages) throws IOException {
        LtxIndex index = LtxIndex.load(LtxFixture.source("file", file));
        assertThat(index.pages()).isEqualTo(pages.size());
        ByteBuffer page = ByteBuffer.allocateDirect(index.header().pageSize());
        for (long pgno = 0; pgno <= index.header().commit() + 1; pgno++) {
            byte[] expected = pages.get(pgno);
            assertThat(index.find(pgno).isPresent()).as("%d", pgno).isEqualTo(expected != null);
            if (expected != null) {
                FramePlace place = index.find(pgno).get();
                index.decode(pgno, place, frame(file, place), page);
                byte[] decoded = new byte[expected.length];
                page.get(0, decoded);
                assertThat(decoded).isEqualTo(expected);
            }
        }
    }

    @Test
    void refusesAFrameOfAnotherPage() throws IOException {
        byte[] golden = LtxFixture.golden("ltx-block/snapshot-512.ltx");
        LtxIndex index = LtxIndex.load(LtxFixture.source("file", golden));
        FramePlace place = index.find(1).get();
        ByteBuffer page = ByteBuffer.allocateDirect(512);

        assertThatThrownBy(() -> index.decode(2, place, frame(golden, place), page))
                .isInstanceOf(LtxDamagedException.class)
                .hasMessageContaining("expected page 2 in");
    }

    private static byte[] frame(byte[] file, FramePlace place) {
        int from = (int) place.filePosition();
        return Arrays.copyOfRange(file, from, from + (int) place.bytes());
    }
}
