package dev.siltstone.sqlite.replica;

import dev.siltstone.io.SimulatedDisk;
import dev.siltstone.sqlite.ltx.DatabaseChecksum;
import dev.siltstone.sqlite.ltx.IndexSpill;
import dev.siltstone.sqlite.ltx.LtxHeader;
import dev.siltstone.sqlite.ltx.LtxMerger;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.LtxSink;
import dev.siltstone.sqlite.ltx.LtxWriter;
import dev.siltstone.sqlite.ltx.PageChecksum;
import dev.siltstone.sqlite.ltx.PageCoverage;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// A database that never was: random pages, changed, added and cut off by random transactions; its LTX files,
/// and how it looked after each transaction. (Small ones: each state is kept whole.)
final class MadeHistory {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final IndexSpill SPILL = new IndexSpill(new SimulatedDisk(), Path.of("/spill"));

    private final SplittableRandom random;
    private final int pageSize;
    private final int pagesMax;
    private final List<byte[]> states = new ArrayList<>();
    private final List<byte[]> files = new ArrayList<>();
    private final List<Instant> times = new ArrayList<>();

    MadeHistory(long seed, int pageSize, int pagesMax) {
        this.random = new SplittableRandom(seed);
        this.pageSize = pageSize;
        this.pagesMax = pagesMax;
        states.add(new byte[0]);
        files.add(new byte[0]);
        times.add(Instant.EPOCH);
    }

    int pageSize() {
        return pageSize;
    }

    /// Returns the newest TXID.
    int newest() {
        return states.size() - 1;
    }

    /// Returns the database after a transaction.
    byte[] state(long txid) {
        return states.get((int) txid);
    }

    /// Returns the LTX file of one transaction.
    byte[] file(int txid) {
        return files.get(txid);
    }

    Instant time(int txid) {
        return times.get(txid);
    }

    /// Returns the checksum of the database after a transaction.
    long checksum(int txid) {
        DatabaseChecksum sum = new DatabaseChecksum(pageSize);
        byte[] state = state(txid);
        for (int i = 0; i < state.length / pageSize; i++) {
            sum.add(i + 1L, ByteBuffer.wrap(state, i * pageSize, pageSize).slice());
        }
        return sum.value();
    }

    String checksumText(int txid) {
        return PageChecksum.text(checksum(txid));
    }

    /// Commits transactions a second apart, until there are so many.
    MadeHistory upTo(int txid) throws IOException {
        while (newest() < txid) {
            commit(START.plusSeconds(newest() + 1L));
        }
        return this;
    }

    /// Commits one transaction.
    void commit(Instant time) throws IOException {
        byte[] before = state(newest());
        int pagesBefore = before.length / pageSize;
        int pages = nextPages(pagesBefore);
        byte[] after = Arrays.copyOf(before, pages * pageSize);
        TreeSet<Integer> changed = new TreeSet<>();
        for (int pgno = pagesBefore + 1; pgno <= pages; pgno++) {
            changed.add(pgno);
        }
        int changes = newest() == 0 ? 0 : 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            changed.add(1 + random.nextInt(pages));
        }
        for (int pgno : changed) {
            fill(after, (pgno - 1) * pageSize);
        }
        states.add(after);
        times.add(time);
        files.add(write(newest(), newest(), changed, PageCoverage.grownFrom(pagesBefore)));
    }

    private int nextPages(int before) {
        if (before == 0) {
            return 1 + pagesMax / 2;
        }
        return switch (random.nextInt(5)) {
            case 0 -> Math.min(pagesMax, before + 1 + random.nextInt(5));
            case 1 -> Math.max(1, before - random.nextInt(5));
            default -> before;
        };
    }

    /// Half of a page can be compressed.
    private void fill(byte[] state, int from) {
        byte[] noise = new byte[pageSize / 2];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, state, from, noise.length);
    }

    private byte[] write(int min, int max, Iterable<Integer> pages, PageCoverage coverage)
            throws IOException {
        byte[] state = state(max);
        long millis = time(max).toEpochMilli();
        LtxHeader header =
                LtxHeader.of(
                        pageSize, state.length / pageSize, new Txid(min), new Txid(max), millis);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (LtxWriter writer = new LtxWriter("made", LtxSink.of(file), header, coverage, SPILL)) {
            for (int pgno : pages) {
                writer.page(pgno, ByteBuffer.wrap(state, (pgno - 1) * pageSize, pageSize).slice());
            }
            writer.finish();
        }
        return file.toByteArray();
    }

    /// Returns the snapshot up to a transaction.
    byte[] snapshot(int txid) throws IOException {
        List<Integer> all = new ArrayList<>();
        for (int pgno = 1; pgno <= state(txid).length / pageSize; pgno++) {
            all.add(pgno);
        }
        return write(1, txid, all, PageCoverage.UNKNOWN);
    }

    /// Returns the transactions from one to another in one file.
    byte[] merged(int min, int max) throws IOException {
        List<LtxReader> readers = new ArrayList<>();
        for (int txid = min; txid <= max; txid++) {
            readers.add(new LtxReader("made", new ByteArrayInputStream(file(txid))));
        }
        LtxMerger merger = new LtxMerger(readers);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (LtxWriter writer =
                new LtxWriter(
                        "made", LtxSink.of(file), merger.header(), PageCoverage.UNKNOWN, SPILL)) {
            merger.writeTo(writer);
        }
        return file.toByteArray();
    }
}
