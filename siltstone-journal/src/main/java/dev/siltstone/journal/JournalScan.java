package dev.siltstone.journal;

import dev.siltstone.io.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads one file of a journal, batch by batch, and says what is wrong with it.
///
/// Every file but the last must hold valid batches up to exactly the start of the next, and nothing after
/// them. In the last file the first invalid position P is judged in this order:
///
/// 1. Somewhere after P lies a batch header with `durableEnd > P`: what lay at P was durable. *Damaged*.
/// 2. The bytes at P are at most two bits away from the tail mark that belongs there: *damaged*. A mark is
///    written or not, never torn, and the header of any other batch is further away.
/// 3. Behind a tail mark (or the file header) of a file that was never recycled, exactly one bit is set in
///    all the rest: *damaged*. A torn batch leaves more than one, unless its first and last sector are lost
///    and those between hold one bit; that is taken for damage too, and nothing is cut.
/// 4. Nothing was written after P: the *end*. In a recycled file that is: P holds no valid batch header.
/// 5. Otherwise *torn*: only what no batch knew to be durable.
///
/// Changes nothing. Not thread-safe.
final class JournalScan {
    private static final int WINDOW_BYTES = 1 << 18;

    /// Below this, memory outside the heap is not worth its price.
    private static final int DIRECT_BYTES_MIN = 1 << 16;

    private static final int MARK_DISTANCE_MAX = 2;
    private static final long IS_LAST = -1;

    private final DiskFile file;
    private final FileHeader header;
    private final long nextStart;
    private final boolean wholeFile;
    private final SaltedChecksum checksum;

    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;

    private long position;
    private long lastBatchPosition = -1;
    private boolean afterMark = true;
    private @Nullable ByteBuffer body;
    private long entryPosition;

    private JournalScan(
            DiskFile file, FileHeader header, long from, long nextStart, boolean wholeFile) {
        this.file = file;
        this.header = header;
        this.nextStart = nextStart;
        this.wholeFile = wholeFile;
        this.checksum = new SaltedChecksum(header.salt());
        this.position = from;
    }

    /// Scans the newest file of a log.
    static JournalScan last(DiskFile file, FileHeader header) {
        return new JournalScan(file, header, header.start(), IS_LAST, true);
    }

    /// Scans a file that another follows.
    static JournalScan full(DiskFile file, FileHeader header, long nextStart) {
        return new JournalScan(file, header, header.start(), nextStart, true);
    }

    /// Scans the batches between two positions at which batches begin; what follows them is not looked at.
    static JournalScan part(DiskFile file, FileHeader header, long from, long to) {
        return new JournalScan(file, header, from, to, false);
    }

    /// Reads and checks a file header.
    ///
    /// @param start the position in the file's name
    /// @param logId of the files before it, or `null`
    /// @throws JournalDamagedException if it is not the header that belongs there
    static FileHeader readHeader(DiskFile file, long start, @Nullable Long logId)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(JournalFormat.HEADER_BYTES);
        file.read(bytes, 0);
        return switch (JournalFormat.decodeFileHeader(bytes.flip())) {
            case Decoded.Bad<FileHeader> bad ->
                    throw damagedHeader(
                            file, start, bad.offset(), bad.reason(), bad.expected(), bad.actual());
            case Decoded.Good<FileHeader> good -> checked(file, good.value(), start, logId);
        };
    }

    private static FileHeader checked(
            DiskFile file, FileHeader header, long start, @Nullable Long logId) throws IOException {
        if (header.start() != start) {
            String actual = "start " + header.start();
            throw damagedHeader(
                    file, start, 16, "the file has another file's name", "start " + start, actual);
        }
        if (logId != null && header.logId() != logId) {
            String expected = "log id %016x".formatted(logId);
            String actual = "log id %016x".formatted(header.logId());
            throw damagedHeader(
                    file, start, 32, "the file belongs to another log", expected, actual);
        }
        if (header.capacity() != file.size()) {
            String expected = header.capacity() + " bytes";
            String actual = file.size() + " bytes";
            throw damagedHeader(
                    file, start, 40, "the file does not have its size", expected, actual);
        }
        return header;
    }

    private static JournalDamagedException damagedHeader(
            DiskFile file,
            long start,
            long filePosition,
            String reason,
            String expected,
            String actual) {
        return new JournalDamagedException(
                new Scanned.Damaged(file.path(), start, filePosition, reason, expected, actual));
    }

    /// Returns the position of the last whole batch found so far, or -1.
    long lastBatchPosition() {
        return lastBatchPosition;
    }

    /// Returns what comes next. Not to be called after `End`, `Torn` or `Damaged`.
    Scanned next() throws IOException {
        ByteBuffer entries = body;
        if (entries != null && entries.hasRemaining()) {
            int length = entries.getInt(entries.position() + 4);
            ByteBuffer payload =
                    entries.slice(entries.position() + JournalFormat.ENTRY_HEADER_BYTES, length);
            long found = entryPosition;
            entryPosition += JournalFormat.ENTRY_HEADER_BYTES + length;
            entries.position(entries.position() + JournalFormat.ENTRY_HEADER_BYTES + length);
            return new Scanned.Entry(found, payload.asReadOnlyBuffer());
        }
        return nextBatch();
    }

    private Scanned nextBatch() throws IOException {
        if (position == nextStart) {
            return endOfFullFile();
        }
        if (position + JournalFormat.MARK_BYTES > header.positionMax()) {
            return nextStart == IS_LAST ? new Scanned.End(position, afterMark) : gap();
        }
        ByteBuffer bytes = view(position, JournalFormat.MARK_BYTES);
        return switch (JournalFormat.decodeBatchHeader(bytes, position, checksum)) {
            case Decoded.Bad<BatchHeader> bad -> invalid(position, bad, null);
            case Decoded.Good<BatchHeader> good -> {
                Decoded.Bad<BatchHeader> bad = checkBatch(good.value());
                yield bad == null
                        ? accept(good.value())
                        : invalid(position + bad.offset(), bad, good.value());
            }
        };
    }

    private Scanned accept(BatchHeader batch) throws IOException {
        ByteBuffer bytes = view(batch.position(), Math.toIntExact(batch.batchBytes()));
        body = bytes.slice(JournalFormat.BATCH_HEADER_BYTES, batch.bodyBytes());
        entryPosition = batch.position() + JournalFormat.BATCH_HEADER_BYTES;
        lastBatchPosition = batch.position();
        afterMark = batch.isTailMark();
        position = batch.end();
        return new Scanned.Batch(batch);
    }

    /// Returns what is wrong with the batch behind a valid header, or `null`. Offsets are from the batch's start.
    private Decoded.@Nullable Bad<BatchHeader> checkBatch(BatchHeader batch) throws IOException {
        long limit = nextStart == IS_LAST ? header.positionMax() : nextStart;
        if (batch.end() > limit) {
            return bad(
                    0,
                    "the batch runs past the end of its file",
                    "end <= " + limit,
                    "end " + batch.end());
        }
        ByteBuffer bytes = view(batch.position(), Math.toIntExact(batch.batchBytes()));
        SaltedChecksum bodyChecksum = new SaltedChecksum(header.salt());
        bodyChecksum.begin(batch.position());
        int bodyEnd = JournalFormat.BATCH_HEADER_BYTES + batch.bodyBytes();
        int at = JournalFormat.BATCH_HEADER_BYTES;
        int entries = 0;
        while (at < bodyEnd) {
            var bad = checkEntry(batch.position(), bytes, at, bodyEnd);
            if (bad != null) {
                return bad;
            }
            bodyChecksum.add(bytes.slice(at, JournalFormat.ENTRY_HEADER_BYTES));
            at += JournalFormat.ENTRY_HEADER_BYTES + bytes.getInt(at + 4);
            entries++;
        }
        if (entries != batch.entries()) {
            return bad(
                    0,
                    "the batch has another number of entries",
                    "" + batch.entries(),
                    "" + entries);
        }
        int bodyCrc = bodyChecksum.value();
        if (bodyCrc != batch.bodyCrc()) {
            return badCrc(0, "batch body", batch.bodyCrc(), bodyCrc);
        }
        for (int fill = bodyEnd; fill < bytes.limit(); fill++) {
            if (bytes.get(fill) != JournalFormat.FILL) {
                String actual = "%02x".formatted(bytes.get(fill));
                return bad(
                        fill,
                        "the fill of the batch changed",
                        "%02x".formatted(JournalFormat.FILL),
                        actual);
            }
        }
        return null;
    }

    private Decoded.@Nullable Bad<BatchHeader> checkEntry(
            long batchPosition, ByteBuffer bytes, int at, int bodyEnd) {
        int room = bodyEnd - at - JournalFormat.ENTRY_HEADER_BYTES;
        int length = room < 1 ? 0 : bytes.getInt(at + 4);
        if (length < 1 || length > room) {
            return bad(
                    at,
                    "impossible length of an entry",
                    "1 to " + room + " bytes",
                    length + " bytes");
        }
        int crc = checksum.of(batchPosition + at, bytes.slice(at + 4, 4 + length));
        return crc == bytes.getInt(at) ? null : badCrc(at, "entry", bytes.getInt(at), crc);
    }

    private static Decoded.Bad<BatchHeader> bad(
            int offset, String reason, String expected, String actual) {
        return new Decoded.Bad<>(offset, reason, expected, actual);
    }

    private static Decoded.Bad<BatchHeader> badCrc(
            int offset, String what, int stored, int computed) {
        return bad(
                offset,
                "the checksum of the " + what + " does not match",
                "crc32c %08x".formatted(stored),
                "crc32c %08x".formatted(computed));
    }

    /// Judges the first invalid position.
    ///
    /// @param badPosition of the batch, entry or byte that is wrong
    /// @param torn the valid header at the invalid position, or `null`
    private Scanned invalid(
            long badPosition, Decoded.Bad<BatchHeader> bad, @Nullable BatchHeader torn)
            throws IOException {
        if (nextStart != IS_LAST) {
            return torn == null && isZero(position, JournalFormat.MARK_BYTES)
                    ? gap()
                    : damaged(badPosition, bad);
        }
        if (laterBatchKnows(position)) {
            return damaged(badPosition, bad);
        }
        ByteBuffer found = view(position, JournalFormat.MARK_BYTES);
        ByteBuffer mark = JournalFormat.tailMark(position, checksum);
        if (distance(found, mark) <= MARK_DISTANCE_MAX) {
            return damaged(
                    position, bad(0, "the tail mark changed", Bytes.hex(mark), Bytes.hex(found)));
        }
        if (header.recycled()) {
            return torn == null
                    ? new Scanned.End(position, afterMark)
                    : new Scanned.Torn(
                            position,
                            Math.min(torn.end(), header.positionMax()) - position,
                            bad.reason());
        }
        return judgeRest(bad);
    }

    private Scanned judgeRest(Decoded.Bad<BatchHeader> bad) throws IOException {
        Rest rest = rest(position);
        if (rest.setBits() == 0) {
            return new Scanned.End(position, afterMark);
        }
        if (rest.setBits() == 1 && afterMark) {
            return changedRest(rest.first());
        }
        return new Scanned.Torn(position, rest.last() + 1 - position, bad.reason());
    }

    private Scanned endOfFullFile() throws IOException {
        if (wholeFile && !header.recycled()) {
            Rest rest = rest(position);
            if (rest.setBits() > 0) {
                return changedRest(rest.first());
            }
        }
        return new Scanned.End(position, afterMark);
    }

    private Scanned changedRest(long at) throws IOException {
        String actual = "%02x".formatted(view(at, 1).get(0));
        return damaged(at, bad(0, "a byte changed where nothing was written", "00", actual));
    }

    private Scanned gap() {
        return damaged(
                position,
                bad(
                        0,
                        "a file of the log is missing, or this one lost its end",
                        "a batch here, or " + JournalFormat.fileName(position),
                        "the next file is " + JournalFormat.fileName(nextStart)));
    }

    private Scanned damaged(long at, Decoded.Bad<BatchHeader> bad) {
        return new Scanned.Damaged(
                file.path(),
                at,
                header.filePosition(at),
                bad.reason(),
                bad.expected(),
                bad.actual());
    }

    private boolean laterBatchKnows(long invalid) throws IOException {
        long at = invalid + JournalFormat.BATCH_ALIGNMENT;
        while (at < header.positionMax()) {
            ByteBuffer bytes = viewMany(at);
            for (int i = 0; i < bytes.limit(); i += JournalFormat.BATCH_ALIGNMENT) {
                if (bytes.getInt(i) == JournalFormat.BATCH_MAGIC
                        && knows(bytes.slice(i, JournalFormat.MARK_BYTES), at + i, invalid)) {
                    return true;
                }
            }
            at += bytes.limit();
        }
        return false;
    }

    private boolean knows(ByteBuffer bytes, long at, long invalid) {
        return JournalFormat.decodeBatchHeader(bytes, at, checksum)
                        instanceof Decoded.Good<BatchHeader>(BatchHeader later)
                && later.durableEnd() > invalid;
    }

    private static int distance(ByteBuffer left, ByteBuffer right) {
        int bits = 0;
        for (int i = 0; i < JournalFormat.MARK_BYTES; i += 8) {
            bits += Long.bitCount(left.getLong(i) ^ right.getLong(i));
        }
        return bits;
    }

    /// @param first position with a set bit
    /// @param last position with a set bit
    private record Rest(long setBits, long first, long last) {
        Rest with(long position, long word) {
            long firstHere = position + Long.numberOfLeadingZeros(word) / Byte.SIZE;
            long lastHere =
                    position + Long.BYTES - 1 - Long.numberOfTrailingZeros(word) / Byte.SIZE;
            return new Rest(setBits + Long.bitCount(word), first < 0 ? firstHere : first, lastHere);
        }
    }

    /// Counts what is set from a position to the end of the file; both are multiples of 32.
    private Rest rest(long from) throws IOException {
        Rest rest = new Rest(0, -1, -1);
        for (long at = from; at < header.positionMax(); ) {
            ByteBuffer bytes = viewMany(at);
            for (int i = 0; i < bytes.limit(); i += Long.BYTES) {
                long word = bytes.getLong(i);
                if (word != 0) {
                    rest = rest.with(at + i, word);
                }
            }
            at += bytes.limit();
        }
        return rest;
    }

    private boolean isZero(long at, int bytes) throws IOException {
        ByteBuffer found = view(at, bytes);
        while (found.hasRemaining()) {
            if (found.get() != 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns many bytes of the log, a multiple of 32; valid until the next call.
    private ByteBuffer viewMany(long at) throws IOException {
        return view(at, (int) Math.min(WINDOW_BYTES, header.positionMax() - at));
    }

    /// Returns bytes of the log; valid until the next call.
    private ByteBuffer view(long at, int bytes) throws IOException {
        long wanted = header.filePosition(at);
        if (wanted < windowStart || wanted + bytes > windowStart + window.limit()) {
            fill(wanted, bytes);
        }
        return window.slice((int) (wanted - windowStart), bytes);
    }

    private void fill(long wanted, int bytes) throws IOException {
        int size = (int) Math.max(bytes, Math.min(WINDOW_BYTES, header.capacity() - wanted));
        if (window.capacity() < size) {
            window =
                    size < DIRECT_BYTES_MIN
                            ? ByteBuffer.allocate(size)
                            : ByteBuffer.allocateDirect(size);
        }
        window.clear().limit(size);
        windowStart = wanted;
        int read = file.read(window, wanted);
        window.flip();
        if (read < bytes) {
            throw new EOFException(file.path() + " ends at file position " + (wanted + read));
        }
    }
}
