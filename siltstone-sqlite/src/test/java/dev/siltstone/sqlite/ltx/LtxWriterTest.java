package dev.siltstone.sqlite.ltx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.siltstone.io.SimulatedDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LtxWriterTest {
    private static final byte[] PAGE = new byte[4096];
    private static final ByteBuffer BYTES = ByteBuffer.wrap(PAGE);
    private static final long LOCK = 262145;

    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void writesWhatIsReadAgain() throws IOException {
        for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
            Map<Long, byte[]> pages = LtxFixture.pages(random, pageSize, 1, 40);
            LtxHeader header = LtxHeader.of(pageSize, 40, Txid.FIRST, new Txid(3), 1234);
            byte[] file = LtxFixture.write(header, PageCoverage.UNKNOWN, pages);

            assertThat(LtxFixture.read(file).isSameAs(new LtxFixture.Content(header, pages, 0)))
                    .isTrue();
        }
    }

    @Test
    void takesPagesInAnyKindOfBuffer() throws IOException {
        byte[] page = LtxFixture.page(random, 512);
        ByteBuffer[] kinds = {
            ByteBuffer.wrap(page),
            ByteBuffer.wrap(page).asReadOnlyBuffer(),
            ByteBuffer.allocate(600).position(9).slice().put(page).flip(),
            ByteBuffer.allocateDirect(600).position(50).put(page).flip().position(50),
            ByteBuffer.allocateDirect(512).put(page).flip().asReadOnlyBuffer()
        };
        for (ByteBuffer kind : kinds) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            LtxHeader header = LtxHeader.of(512, 1, Txid.FIRST, Txid.FIRST, 0);
            try (LtxWriter writer = writer(bytes, header, PageCoverage.UNKNOWN)) {
                assertThat(writer.page(1, kind))
                        .isEqualTo(PageChecksum.of(1, ByteBuffer.wrap(page)));
                assertThat(kind.remaining()).isEqualTo(512);
                writer.finish();
                assertThat(writer.bytes()).isEqualTo(bytes.size());
            }
            assertThat(LtxFixture.read(bytes.toByteArray()).pages().get(1L)).isEqualTo(page);
        }
    }

    @Test
    void refusesPagesOutOfOrder() throws IOException {
        try (LtxWriter writer = writer(increment(10), PageCoverage.UNKNOWN)) {
            writer.page(3, BYTES);
            assertRefused(writer, 3, "more than 3");
            assertRefused(writer, 2, "more than 3");
            assertRefused(writer, 11, "up to the commit, 10");
            assertRefused(writer, 0, "more than 3");
            writer.page(4, BYTES);
            writer.finish();
        }
    }

    @Test
    void refusesTheLockPage() throws IOException {
        try (LtxWriter writer = writer(increment(LOCK + 5), PageCoverage.UNKNOWN)) {
            assertRefused(writer, LOCK, "no lock page");
        }
    }

    @Test
    void aSnapshotHasEveryPage() throws IOException {
        LtxHeader header = LtxHeader.of(4096, 3, Txid.FIRST, new Txid(9), 0);
        try (LtxWriter writer = writer(header, PageCoverage.UNKNOWN)) {
            assertRefused(writer, 2, "page 1");
            writer.page(1, BYTES);
            assertRefused(writer, 3, "page 2");
            writer.page(2, BYTES);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing page: expected page 3");
        }
    }

    @Test
    void aFileHasEveryPageThatTheDatabaseGrewBy() throws IOException {
        try (LtxWriter writer = writer(increment(9), PageCoverage.grownFrom(6))) {
            writer.page(2, BYTES);
            assertRefused(writer, 8, "page 7");
            writer.page(7, BYTES);
            writer.page(8, BYTES);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing page: expected page 9");
        }
        try (LtxWriter writer = writer(increment(6), PageCoverage.grownFrom(9))) {
            writer.page(2, BYTES);
            writer.finish();
        }
        try (LtxWriter writer = writer(increment(LOCK + 1), PageCoverage.grownFrom(LOCK - 2))) {
            writer.page(LOCK - 1, BYTES);
            writer.page(LOCK + 1, BYTES);
            writer.finish();
        }
        try (LtxWriter writer = writer(increment(LOCK), PageCoverage.grownFrom(LOCK - 1))) {
            writer.finish();
        }
    }

    @Test
    void refusesADatabaseWithoutPagesAndChecksums() {
        assertThatThrownBy(() -> writer(increment(0), PageCoverage.UNKNOWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without pages needs a header with checksums");
    }

    @Test
    void writesADatabaseWithoutPagesWithChecksums() throws IOException {
        LtxHeader header = increment(0).withChecksums(PageChecksum.FLAG | 77);
        byte[] file = LtxFixture.write(header, PageCoverage.UNKNOWN, Map.of(), PageChecksum.FLAG);

        assertThat(LtxFixture.read(file).postApplyChecksum()).isEqualTo(PageChecksum.FLAG);
        assertThatThrownBy(() -> LtxFixture.write(header, PageCoverage.UNKNOWN, Map.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of no pages");
    }

    @Test
    void refusesHeadersAndChecksumsThatAreNotPossible() {
        LtxHeader good = increment(5);
        LtxHeader[] bad = {
            LtxHeader.of(1000, 5, Txid.FIRST, Txid.FIRST, 0),
            LtxHeader.of(131072, 5, Txid.FIRST, Txid.FIRST, 0),
            LtxHeader.of(512, 5, Txid.ZERO, Txid.FIRST, 0),
            LtxHeader.of(512, 5, new Txid(2), Txid.FIRST, 0),
            LtxHeader.of(512, 5, new Txid(-1), new Txid(5), 0),
            good.withWal(0, 9, 0, 0),
            good.withWal(0, 0, 1, 0),
            good.withWal(0, 0, 0, 1),
            good.withWal(-1, 0, 0, 0),
            good.withWal(32, -1, 0, 0),
            good.withChecksums(0),
            good.withChecksums(5),
            LtxHeader.of(512, 5, Txid.FIRST, Txid.FIRST, 0).withChecksums(PageChecksum.FLAG),
        };
        for (LtxHeader header : bad) {
            assertThat(header.isValid()).as("%s", header).isFalse();
            assertThatThrownBy(() -> header.check("a"))
                    .isInstanceOf(LtxDamagedException.class)
                    .hasMessageContaining("a is damaged at file position ");
            assertThatThrownBy(() -> writer(header, PageCoverage.UNKNOWN))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(good.isValid()).isTrue();
        assertThatThrownBy(
                        () -> {
                            try (LtxWriter writer = writer(good, PageCoverage.UNKNOWN)) {
                                writer.finish(PageChecksum.FLAG);
                            }
                        })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 in a file without checksums");
    }

    @Test
    void refusesASnapshotsChecksumThatIsNotOfItsPages() {
        LtxHeader header = LtxHeader.of(512, 1, Txid.FIRST, Txid.FIRST, 0).withChecksums(0);
        Map<Long, byte[]> pages = Map.of(1L, LtxFixture.page(random, 512));

        assertThatThrownBy(() ->
                        LtxFixture.write(
                                header, PageCoverage.UNKNOWN, pages, PageChecksum.FLAG | 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("its pages have");
    }

    @Test
    void writesTheSameWhenTheIndexDoesNotFitIntoMemory() throws IOException {
        Map<Long, byte[]> pages = new TreeMap<>();
        for (long pgno = 1; pgno <= 60_000; pgno += random.nextInt(1, 300)) {
            pages.put(pgno, LtxFixture.page(random, 512));
        }
        LtxHeader header = LtxHeader.of(512, 60_000, new Txid(2), new Txid(2), 0);
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(Path.of("/data"));
        IndexSpill spill = new IndexSpill(disk, Path.of("/data/spill"));
        disk.create(spill.file()).close();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FrameLog frames = new FrameLog(spill, 100);
        try (LtxWriter writer =
                new LtxWriter("file", LtxSink.of(bytes), header, PageCoverage.UNKNOWN, frames)) {
            for (var page : pages.entrySet()) {
                writer.page(page.getKey(), ByteBuffer.wrap(page.getValue()));
            }
            assertThat(disk.open(spill.file()).size()).isGreaterThan(100);
            writer.finish();
        }

        assertThat(disk.exists(spill.file())).isFalse();
        assertThat(bytes.toByteArray())
                .isEqualTo(LtxFixture.write(header, PageCoverage.UNKNOWN, pages));
    }

    @Test
    void writesIntoAFile() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(Path.of("/data"));
        Map<Long, byte[]> pages = LtxFixture.pages(random, 4096, 1, 300);
        LtxHeader header = LtxHeader.of(4096, 300, Txid.FIRST, Txid.FIRST, 0);
        try (var file = disk.create(Path.of("/data/file"));
                var writer =
                        new LtxWriter(
                                "file",
                                LtxSink.of(file),
                                header,
                                PageCoverage.UNKNOWN,
                                LtxFixture.SPILL)) {
            for (var page : pages.entrySet()) {
                writer.page(page.getKey(), ByteBuffer.wrap(page.getValue()));
            }
            writer.finish();

            LtxSource source = LtxSource.of(file);
            assertThat(source.bytes()).isEqualTo(writer.bytes());
            byte[] read = source.open().readAllBytes();
            assertThat(LtxFixture.read(read).pages()).hasSize(300);
        }
    }

    private static void assertRefused(LtxWriter writer, long pgno, String expected) {
        assertThatThrownBy(() -> writer.page(pgno, BYTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected " + expected);
    }

    private static LtxHeader increment(long commit) {
        return LtxHeader.of(4096, commit, new Txid(4), new Txid(4), 0);
    }

    private static LtxWriter writer(LtxHeader header, PageCoverage coverage) {
        return writer(new ByteArrayOutputStream(), header, coverage);
    }

    private static LtxWriter writer(
            ByteArrayOutputStream bytes, LtxHeader header, PageCoverage coverage) {
        return new LtxWriter("file", LtxSink.of(bytes), header, coverage, LtxFixture.SPILL);
    }
}
