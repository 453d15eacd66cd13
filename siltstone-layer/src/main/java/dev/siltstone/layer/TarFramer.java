package dev.siltstone.layer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Cuts a tar into frames, by the rules of [Cuts], and reads only what no known frame holds.
///
/// Not thread-safe.
public final class TarFramer {
    static final int BLOCK = 512;
    static final int TRAILER_BYTES = 2 * BLOCK;
    static final int HEADER_BYTES_MAX = 1 << 20;

    /// The end of every tar, which every layer has.
    private static final RawFrame TRAILER =
            new RawFrame(Hash.of(new byte[TRAILER_BYTES]), TRAILER_BYTES, 1);

    private final FramePipeline pipeline;
    private final TarMemory memory;
    private final boolean trusted;
    private final int runBytesWanted;
    private final List<PushedEntry> run = new ArrayList<>();
    private int runBytes;
    private @Nullable TarPath last;
    private boolean sorted = true;

    /// @param trusted whether the memory is of the layer that the push starts from
    TarFramer(FramePipeline pipeline, TarMemory memory, boolean trusted, int runBytesWanted) {
        this.pipeline = pipeline;
        this.memory = memory;
        this.trusted = trusted;
        this.runBytesWanted = runBytesWanted;
    }

    static long padded(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }

    /// Takes the next entry of the tar.
    ///
    /// @throws IOException if its data cannot be read, or a pack not be put; then the push fails
    public void entry(PushedEntry entry) throws IOException {
        int header = entry.headerBytes();
        if (header < BLOCK || header % BLOCK != 0 || header > HEADER_BYTES_MAX) {
            throw new IOException(
                    "%s: headers of %d bytes; possible are multiples of 512 up to %d, so it has too many or too long attributes"
                            .formatted(entry.path(), header, HEADER_BYTES_MAX));
        }
        TarPath plain = entry.path().plain(); // the root `./` comes before all names
        sorted &= last == null || last.compareTo(plain) < 0;
        last = plain;
        run.add(entry);
        runBytes += header;
        if (entry.dataBytes() > Cuts.LARGE_BYTES) {
            endRun();
            large(entry);
            entry.done();
            return;
        }
        int data = (int) padded(entry.dataBytes());
        runBytes += data;
        if (runBytes >= Cuts.RUN_BYTES_MAX
                || Cuts.endsRun(entry.path(), header + data, runBytesWanted)) {
            endRun();
        }
    }

    private void endRun() throws IOException {
        if (run.isEmpty()) {
            return;
        }
        List<PushedEntry> ended = List.copyOf(run);
        List<FrameEntry> indexed = indexed(ended);
        Consumer<RawFrame> told = frame -> memory.ran(ended, frame);
        RawFrame remembered = memory.run(ended);
        boolean taken =
                remembered != null
                        && remembered.rawBytes() == runBytes
                        && pipeline.known(indexed, remembered, trusted, told);
        if (!taken) {
            FrameBatch batch = pipeline.room(runBytes);
            int at = batch.used;
            for (PushedEntry entry : ended) {
                at = read(entry, batch.buffer, at);
            }
            pipeline.frame(indexed, runBytes, told);
        }
        for (PushedEntry entry : ended) {
            if (entry.dataBytes() <= Cuts.LARGE_BYTES) {
                entry.done();
            }
        }
        run.clear();
        runBytes = 0;
    }

    private static List<FrameEntry> indexed(List<PushedEntry> run) {
        List<FrameEntry> indexed = new ArrayList<>(run.size());
        int at = 0;
        for (PushedEntry entry : run) {
            indexed.add(new FrameEntry(entry.path(), at, entry.holes()));
            boolean isLarge = entry.dataBytes() > Cuts.LARGE_BYTES;
            at += entry.headerBytes() + (isLarge ? 0 : (int) padded(entry.dataBytes()));
        }
        return indexed;
    }

    private static int read(PushedEntry entry, byte[] target, int start) throws IOException {
        entry.header(target, start);
        int at = start + entry.headerBytes();
        int data = (int) entry.dataBytes();
        if (data > Cuts.LARGE_BYTES || data == 0) {
            return at;
        }
        try (TarContents contents = entry.open()) {
            contents.read(target, at, data);
        }
        int end = at + (int) padded(data);
        Arrays.fill(target, at + data, end, (byte) 0);
        return end;
    }

    private void large(PushedEntry entry) throws IOException {
        List<RawFrame> frames = new ArrayList<>();
        List<RawFrame> remembered = memory.data(entry);
        if (!remembered.isEmpty() && areKnown(remembered, padded(entry.dataBytes()))) {
            for (RawFrame frame : remembered) {
                pipeline.known(List.of(), frame, trusted, frames::add);
            }
        } else {
            try (TarContents contents = entry.open()) {
                readLarge(entry, contents, frames::add);
            }
        }
        pipeline.whenDrained(() -> memory.ran(entry, frames));
    }

    private boolean areKnown(List<RawFrame> frames, long bytes) throws IOException {
        long sum = 0;
        for (RawFrame frame : frames) {
            sum += frame.rawBytes() * frame.repeat();
        }
        return sum == bytes && (trusted || pipeline.areKnown(frames));
    }

    private void readLarge(PushedEntry entry, TarContents contents, Consumer<RawFrame> told)
            throws IOException {
        long at = 0;
        long size = entry.dataBytes();
        for (Hole hole : entry.holes()) {
            if (hole.bytes() >= Cuts.HOLE_BYTES_MIN && hole.end() <= size) {
                data(contents, hole.start() - at, hole.start() - at, told);
                contents.skip(hole.bytes());
                hole(hole.end() == size ? padded(size) - hole.start() : hole.bytes(), told);
                at = hole.end();
            }
        }
        if (at < size) {
            data(contents, size - at, padded(size) - at, told);
        }
    }

    private void hole(long bytes, Consumer<RawFrame> told) throws IOException {
        long whole = bytes / Frames.ZEROS_BYTES;
        if (whole > 0) {
            pipeline.zeros(whole, told);
        }
        int rest = (int) (bytes % Frames.ZEROS_BYTES);
        if (rest > 0) {
            FrameBatch batch = pipeline.room(rest);
            Arrays.fill(batch.buffer, batch.used, batch.used + rest, (byte) 0);
            pipeline.frame(List.of(), rest, told);
        }
    }

    /// Cuts data; what lies between `bytes` and `paddedBytes` are zeros.
    private void data(TarContents contents, long bytes, long paddedBytes, Consumer<RawFrame> told)
            throws IOException {
        long left = bytes;
        long leftPadded = paddedBytes;
        int filled = 0; // bytes that are in the batch behind what is used
        while (leftPadded > 0 || filled > 0) {
            FrameBatch batch = pipeline.roomKeeping(filled, ContentCutter.BYTES_MAX);
            int wanted = (int) Math.min(batch.room() - filled, leftPadded);
            if (filled < ContentCutter.BYTES_MAX && wanted > 0) {
                int real = (int) Math.min(wanted, left);
                contents.read(batch.buffer, batch.used + filled, real);
                int from = batch.used + filled + real;
                Arrays.fill(batch.buffer, from, from + wanted - real, (byte) 0);
                left -= real;
                leftPadded -= wanted;
                filled += wanted;
            }
            int window = Math.min(filled, ContentCutter.BYTES_MAX);
            int length = ContentCutter.cut(batch.buffer, batch.used, window);
            filled -= length;
            pipeline.frameKeeping(length, filled, told);
        }
    }

    /// Ends the tar: two blocks of zeros.
    void end() throws IOException {
        endRun();
        if (trusted && pipeline.known(List.of(), TRAILER, true, frame -> {})) {
            return;
        }
        FrameBatch batch = pipeline.room(TRAILER_BYTES);
        Arrays.fill(batch.buffer, batch.used, batch.used + TRAILER_BYTES, (byte) 0);
        pipeline.frame(List.of(), TRAILER_BYTES, frame -> {});
    }

    /// Returns whether the paths came in ascending order, none twice.
    boolean sorted() {
        return sorted;
    }
}
