package dev.siltstone.sqlite.ltx;

import dev.siltstone.io.SimulatedDisk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// LTX files in memory.
final class LtxFixture {
    static final IndexSpill SPILL = new IndexSpill(new SimulatedDisk(), Path.of("/spill"));
    static final String[] GOLDEN = {
        "snapshot-512.ltx",
        "tracked-snapshot-512.ltx",
        "increment-1024.ltx",
        "increment-65536.ltx",
        "no-pages-4096.ltx"
    };

    private LtxFixture() {}

    /// What a file says.
    record Content(LtxHeader header, Map<Long, byte[]> pages, long postApplyChecksum) {
        /// Says whether the other file says the same.
        boolean isSameAs(Content other) {
            return header.equals(other.header)
                    && postApplyChecksum == other.postApplyChecksum
                    && pages.keySet().equals(other.pages.keySet())
                    && pages.keySet().stream()
                            .allMatch(
                                    pgno -> Arrays.equals(pages.get(pgno), other.pages.get(pgno)));
        }
    }

    static byte[] golden(String name) {
        try (InputStream in = LtxFixture.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Content read(byte[] file) throws IOException {
        try (LtxReader reader = reader("file", file)) {
            Map<Long, byte[]> pages = new TreeMap<>();
            while (reader.next()) {
                byte[] page = new byte[reader.header().pageSize()];
                reader.page().get(page);
                pages.put(reader.pgno(), page);
            }
            return new Content(reader.header(), pages, reader.trailer().postApplyChecksum());
        }
    }

    static LtxReader reader(String name, byte[] file) throws IOException {
        return new LtxReader(name, new ByteArrayInputStream(file));
    }

    static byte[] write(LtxHeader header, PageCoverage coverage, Map<Long, byte[]> pages)
            throws IOException {
        return write(header, coverage, pages, 0);
    }

    static byte[] write(
            LtxHeader header, PageCoverage coverage, Map<Long, byte[]> pages, long postApply)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LtxWriter writer = new LtxWriter("file", LtxSink.of(bytes), header, coverage, SPILL)) {
            for (var page : new TreeMap<>(pages).entrySet()) {
                writer.page(page.getKey(), ByteBuffer.wrap(page.getValue()));
            }
            writer.finish(postApply);
        }
        return bytes.toByteArray();
    }

    /// Returns pages that compress well, badly, or not at all.
    static byte[] page(SplittableRandom random, int pageSize) {
        byte[] page = new byte[pageSize];
        int kind = random.nextInt(4);
        if (kind == 0) {
            random.nextBytes(page);
        } else if (kind == 1) {
            Arrays.fill(page, (byte) random.nextInt(256));
        } else if (kind == 2) {
            for (int i = 0; i < pageSize; i++) {
                page[i] = (byte) "siltstone ".charAt((i + i / 100) % 10);
            }
            page[random.nextInt(pageSize)]++;
        }
        return page;
    }

    static Map<Long, byte[]> pages(SplittableRandom random, int pageSize, long first, long last) {
        Map<Long, byte[]> pages = new TreeMap<>();
        for (long pgno = first; pgno <= last; pgno++) {
            if (pgno != LtxFormat.lockPage(pageSize)) {
                pages.put(pgno, page(random, pageSize));
            }
        }
        return pages;
    }

    static LtxSource source(String name, byte[] file) {
        return new LtxSource() {
            @Override
            public String file() {
                return name;
            }

            @Override
            public long bytes() {
                return file.length;
            }

            @Override
            public InputStream open(long start, long end) {
                return new ByteArrayInputStream(file, (int) start, (int) (end - start));
            }
        };
    }
}
