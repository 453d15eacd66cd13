package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PageBatchTest {
    private final SplittableRandom random = new SplittableRandom(8);

    @Test
    void batchesMakeTheSameFileAsPages() throws IOException {
        for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
            Map<Long, byte[]> pages = LtxFixture.pages(random, pageSize, 1, 41);
            LtxHeader header = LtxHeader.of(pageSize, 41, Txid.FIRST, new Txid(3), 1234);
            byte[] byPages = LtxFixture.write(header, PageCoverage.UNKNOWN, pages);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            PageBatch batch = new PageBatch(pageSize, 7);
            try (LtxWriter writer = writer(bytes, header)) {
                for (long first = 1; first <= 41; first += 7) {
                    if (first == 15) {
                        for (long pgno = 15; pgno < 22; pgno++) {
                            writer.page(pgno, ByteBuffer.wrap(pages.get(pgno)));
                        }
                    } else {
                        fill(batch, pages, first, (int) Math.min(7, 42 - first));
                        writer.append(batch);
                        assertThat(batch.checksum(2))
                                .isEqualTo(
                                        PageChecksum.of(
                                                first + 2, ByteBuffer.wrap(pages.get(first + 2))));
                    }
                }
                writer.finish();
                assertThat(writer.bytes()).isEqualTo(bytes.size());
            }
            assertThat(bytes.toByteArray()).isEqualTo(byPages);
        }
    }

    @Test
    void aBatchThatDoesNotFollowIsRefused() throws IOException {
        Map<Long, byte[]> pages = LtxFixture.pages(random, 512, 1, 9);
        LtxHeader header = LtxHeader.of(512, 9, Txid.FIRST, Txid.FIRST, 0);
        PageBatch batch = new PageBatch(512, 4);
        try (LtxWriter writer = writer(new ByteArrayOutputStream(), header)) {
            fill(batch, pages, 2, 4);
            assertThatThrownBy(() -> writer.append(batch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("page 1");
            PageBatch other = new PageBatch(1024, 4);
            assertThatThrownBy(() -> writer.append(other))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("pages of 1024 bytes");
        }
    }

    private static LtxWriter writer(ByteArrayOutputStream bytes, LtxHeader header)
            throws IOException {
        return new LtxWriter(
                "file", LtxSink.of(bytes), header, PageCoverage.UNKNOWN, LtxFixture.SPILL);
    }

    private static void fill(PageBatch batch, Map<Long, byte[]> pages, long first, int count) {
        ByteBuffer room = batch.room(first, count);
        for (int i = 0; i < count; i++) {
            room.put(pages.get(first + i));
        }
        batch.pack();
    }
}
