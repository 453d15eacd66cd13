package dev.siltstone.sqlite.wal;

import dev.siltstone.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads frames of an open `-wal` file and checks each one's salts and its link in the checksum chain.
///
/// It reads up to a frame that the caller names, which must be committed (`PRAGMA wal_checkpoint(NOOP)` says
/// so) and held (somebody's read transaction keeps the log from restarting). If the log restarts all the
/// same, that is told apart from damage.
///
/// The file may be opened and closed freely beside SQLite, which never locks it; the reader does not close
/// it. Not thread-safe; readers that are not used at the same time may share a buffer.
public final class WalReader {
    /// Bytes of a buffer that reads large pieces.
    public static final int BUFFER_BYTES = 1 << 20;

    private static final int BUFFER_BYTES_MIN =
            WalFormat.FRAME_HEADER_BYTES + WalFormat.PAGE_BYTES_MAX;

    private final DiskFile file;
    private final ByteBuffer buffer;
    private final ByteBuffer page;
    private final WalChecksum checksum = new WalChecksum();

    /// @param file the `-wal` file
    /// @param buffer what is read at once fits into it: at least one frame of the largest page; see
    ///     [#newBuffer()]
    public WalReader(DiskFile file, ByteBuffer buffer) {
        if (buffer.capacity() < BUFFER_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a buffer of %d bytes; at least %d are needed"
                            .formatted(buffer.capacity(), BUFFER_BYTES_MIN));
        }
        this.file = file;
        this.buffer = buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
        this.page = buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    /// Returns a direct buffer of [#BUFFER_BYTES].
    public static ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES);
    }

    /// Reads the header.
    ///
    /// @throws IOException if the file cannot be read; trying again may help
    public WalHeaderFound header() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(WalFormat.HEADER_BYTES);
        file.read(bytes, 0);
        return WalFormat.decodeHeader(bytes.flip());
    }

    /// Reads one frame's header as it stands in the file, of whatever generation, unchecked.
    ///
    /// @return empty if the file ends before it
    /// @throws IOException if the file cannot be read; trying again may help
    public Optional<WalFrame> frame(WalHeader header, long frame) throws IOException {
        if (frame < 1 || frame > WalFormat.FRAMES_MAX) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(WalFormat.FRAME_HEADER_BYTES);
        file.read(bytes, header.filePosition(frame));
        return bytes.hasRemaining()
                ? Optional.empty()
                : Optional.of(WalFormat.decodeFrame(frame, bytes.flip()));
    }

    /// Reads the page of a frame that was checked before; it is not checked again.
    ///
    /// @param target gets the page; as many bytes remain in it as a page has
    /// @throws IOException if the file cannot be read or ends before
    public void page(WalHeader header, long frame, ByteBuffer target) throws IOException {
        int bytes = target.remaining();
        if (bytes != header.pageSize()) {
            throw new IllegalArgumentException(
                    "room for %d bytes of a page of %d".formatted(bytes, header.pageSize()));
        }
        long at = header.filePosition(frame) + WalFormat.FRAME_HEADER_BYTES;
        int read = file.read(target, at);
        if (read != bytes) {
            throw new IOException(
                    "%s: frame %d at file position %d: expected %d bytes of a page, found %d"
                            .formatted(file, frame, at, bytes, read));
        }
    }

    /// Reads and checks the frames behind `from` up to and with `toFrame`, and hands each one to `sink`.
    ///
    /// @param toFrame a committed frame; nothing behind it is looked at
    /// @throws IOException if the file cannot be read, or the sink threw it
    public WalRead read(WalPosition from, long toFrame, FrameSink sink) throws IOException {
        Pass pass = new Pass(from, sink);
        if (toFrame < from.frame() || toFrame > WalFormat.FRAMES_MAX) {
            throw new IllegalArgumentException(
                    "frame %d is not behind frame %d".formatted(toFrame, from.frame()));
        }
        while (pass.frame < toFrame) {
            Wrong wrong = pass.nextPiece(toFrame);
            if (wrong != null) {
                return restartedOrDamaged(pass.position(), wrong);
            }
        }
        return new WalRead.Reached(pass.position(), pass.lastCommitPages);
    }

    /// Reads the frames behind `from` up to and with `toFrame` as they stand in the file, and checks nothing but
    /// that they are there. For committed and held frames only: what their salts and checksums are, processes
    /// that have the database open read these pages. (SQLite 3.40 can leave frames of a commit without salts and
    /// checksums, after a rollback to a savepoint.)
    ///
    /// @return the place behind the last of them, with the checksums that stand in it
    /// @throws IOException if the file cannot be read or ends before, or the sink threw it
    public WalPosition readUnchecked(WalPosition from, long toFrame, FrameSink sink)
            throws IOException {
        WalHeader header = from.header();
        ByteBuffer bytes = buffer.duplicate().clear().order(ByteOrder.BIG_ENDIAN);
        WalPosition position = from;
        for (long number = from.frame() + 1; number <= toFrame; number++) {
            bytes.clear().limit(header.frameBytes());
            if (file.read(bytes, header.filePosition(number)) != header.frameBytes()) {
                throw new IOException("%s: frame %d is cut off".formatted(file.path(), number));
            }
            WalFrame frame = WalFormat.decodeFrame(number, bytes.flip());
            bytes.position(WalFormat.FRAME_HEADER_BYTES);
            sink.frame(number, frame.pgno(), frame.commitPages(), bytes);
            position = new WalPosition(header, number, frame.checksum1(), frame.checksum2());
        }
        return position;
    }

    private WalRead restartedOrDamaged(WalPosition position, Wrong wrong) throws IOException {
        WalHeaderFound now = header();
        return switch (now) {
            case WalHeaderFound.Valid(WalHeader header)
                    when header.isSameGeneration(position.header()) ->
                    new WalRead.Damaged(
                            position,
                            position.frame() + 1,
                            wrong.filePosition(),
                            wrong.reason(),
                            wrong.expected(),
                            wrong.actual());
            case WalHeaderFound.Valid _, WalHeaderFound.Absent _, WalHeaderFound.Damaged _ ->
                    new WalRead.Restarted(position, now);
        };
    }

    /// Looks, in a file that nobody writes to, for the last valid commit behind `from`, and for what follows
    /// it. The frames up to there can then be [#read].
    ///
    /// @throws IOException if the file cannot be read; trying again may help
    public WalScan scan(WalPosition from) throws IOException {
        Commits commits = new Commits(from);
        Pass pass = new Pass(from, commits);
        commits.pass = pass;
        Wrong wrong = null;
        while (wrong == null && pass.frame < WalFormat.FRAMES_MAX) {
            wrong = pass.nextPiece(WalFormat.FRAMES_MAX);
        }
        WalPosition lastValid = pass.position();
        return new WalScan(commits.last, commits.pages, lastValid, tail(lastValid, wrong));
    }

    private WalScan.Tail tail(WalPosition lastValid, @Nullable Wrong wrong) throws IOException {
        if (wrong == null || wrong.atEnd()) {
            return new WalScan.End();
        }
        boolean framesFollow = hasFramesFrom(lastValid.header(), lastValid.frame() + 2);
        if (wrong.otherSalts() && !framesFollow) {
            return new WalScan.Stale();
        }
        return new WalScan.Torn(
                lastValid.frame() + 1,
                wrong.filePosition(),
                wrong.reason(),
                wrong.expected(),
                wrong.actual(),
                framesFollow);
    }

    private boolean hasFramesFrom(WalHeader header, long first) throws IOException {
        for (long number = first; ; number++) {
            Optional<WalFrame> frame = frame(header, number);
            if (frame.isEmpty() || frame.get().isOf(header)) {
                return frame.isPresent();
            }
        }
    }

    /// What is wrong with the next frame.
    private record Wrong(
            long filePosition,
            String reason,
            String expected,
            String actual,
            boolean otherSalts,
            boolean atEnd) {}

    /// One walk over frames, a buffer at a time.
    private final class Pass {
        private final WalHeader header;
        private final FrameSink sink;
        private final ByteBuffer words;
        private long frame;
        private long lastCommitPages;

        Pass(WalPosition from, FrameSink sink) {
            this.header = from.header();
            this.sink = sink;
            this.words = buffer.duplicate().clear().order(header.wordOrder());
            this.frame = from.frame();
            checksum.seed(from.checksum1(), from.checksum2());
        }

        WalPosition position() {
            return new WalPosition(header, frame, checksum.sum1(), checksum.sum2());
        }

        /// Reads as many frames as fit into the buffer and hands them on.
        ///
        /// @return what is wrong with the frame behind the last one handed on, or `null`
        @Nullable Wrong nextPiece(long toFrame) throws IOException {
            int frameBytes = header.frameBytes();
            long count = Math.min(toFrame - frame, buffer.capacity() / frameBytes);
            long from = header.filePosition(frame + 1);
            buffer.clear().limit((int) count * frameBytes);
            int read = file.read(buffer, from);
            int at = 0;
            for (; at + frameBytes <= read; at += frameBytes) {
                Wrong wrong = check(at, from + at);
                if (wrong != null) {
                    return wrong;
                }
                frame++;
                lastCommitPages = Integer.toUnsignedLong(buffer.getInt(at + 4));
                page.limit(at + frameBytes).position(at + WalFormat.FRAME_HEADER_BYTES);
                sink.frame(frame, Integer.toUnsignedLong(buffer.getInt(at)), lastCommitPages, page);
            }
            return at == count * frameBytes ? null : endOfFile(from + at, read - at);
        }

        private @Nullable Wrong check(int at, long filePosition) {
            int salt1 = buffer.getInt(at + WalFormat.FRAME_SALT_OFFSET);
            int salt2 = buffer.getInt(at + WalFormat.FRAME_SALT_OFFSET + 4);
            if (salt1 != header.salt1() || salt2 != header.salt2()) {
                return new Wrong(
                        filePosition + WalFormat.FRAME_SALT_OFFSET,
                        "salts",
                        WalChecksum.text(header.salt1(), header.salt2()),
                        WalChecksum.text(salt1, salt2),
                        true,
                        false);
            }
            int before1 = checksum.sum1();
            int before2 = checksum.sum2();
            checksum.add(words, at, WalFormat.FRAME_SUMMED_BYTES);
            checksum.add(words, at + WalFormat.FRAME_HEADER_BYTES, header.pageSize());
            int stored1 = buffer.getInt(at + WalFormat.FRAME_CHECKSUM_OFFSET);
            int stored2 = buffer.getInt(at + WalFormat.FRAME_CHECKSUM_OFFSET + 4);
            if (!checksum.is(stored1, stored2)) {
                String expected = checksum.toString();
                checksum.seed(before1, before2);
                return new Wrong(
                        filePosition + WalFormat.FRAME_CHECKSUM_OFFSET,
                        "checksum of the frame",
                        expected,
                        WalChecksum.text(stored1, stored2),
                        false,
                        false);
            }
            if (buffer.getInt(at) == 0) {
                checksum.seed(before1, before2);
                return new Wrong(filePosition, "page number", "at least 1", "0", false, false);
            }
            return null;
        }

        private Wrong endOfFile(long filePosition, int bytes) {
            return new Wrong(
                    filePosition,
                    "the file ends",
                    header.frameBytes() + " bytes of a frame",
                    bytes + " bytes",
                    false,
                    bytes == 0);
        }
    }

    /// Remembers the last commit of a pass.
    private static final class Commits implements FrameSink {
        private WalPosition last;
        private long pages;
        private @Nullable Pass pass;

        Commits(WalPosition from) {
            this.last = from;
        }

        @Override
        public void frame(long frame, long pgno, long commitPages, ByteBuffer page) {
            if (commitPages != 0 && pass != null) {
                last = pass.position();
                pages = commitPages;
            }
        }
    }
}
