package dev.siltstone.sqlite.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// A stream seen through a buffer: as many bytes as asked for lie together in it, and the file position of
/// each is known.
///
/// Not thread-safe.
final class InputWindow implements Closeable {
    /// Small files are many at a time; large ones are read in pieces with room for the largest frame, twice
    /// over.
    private static final int FIRST_CAPACITY = 4 << 10;

    private static final int CAPACITY_MAX = 160 << 10;

    private final String file;
    private final InputStream in;
    private byte[] bytes;
    private ByteBuffer view;
    private int at;
    private int end;
    private long filePosition;

    /// @param filePosition of the stream's first byte
    InputWindow(String file, InputStream in, long filePosition) {
        this(file, in, filePosition, new byte[FIRST_CAPACITY]);
    }

    private InputWindow(String file, InputStream in, long filePosition, byte[] bytes) {
        this.file = file;
        this.in = in;
        this.filePosition = filePosition;
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes);
    }

    /// Returns a window on another stream that takes over this one's buffer.
    InputWindow reusedFor(String otherFile, InputStream other, long position) {
        return new InputWindow(otherFile, other, position, bytes);
    }

    String file() {
        return file;
    }

    /// Returns the file position of the next byte.
    long filePosition() {
        return filePosition;
    }

    /// Returns the buffer; the next byte lies at [#at()].
    ByteBuffer view() {
        return view;
    }

    int at() {
        return at;
    }

    /// Makes `count` bytes lie in the buffer from [#at()] on; what lay before is gone.
    ///
    /// @throws LtxDamagedException if the stream ends before
    void require(int count, String what) throws IOException {
        if (end - at < count && fill(count) < count) {
            throw damaged(
                    end - at, "the file ends in " + what, count + " bytes", end - at + " bytes");
        }
    }

    /// Makes up to `count` bytes lie in the buffer.
    ///
    /// @param count at most what the largest frame takes
    /// @return how many do: fewer only if the stream ends
    int fill(int count) throws IOException {
        if (end - at >= count) {
            return count;
        }
        if (bytes.length - at < count) {
            makeRoom(count);
        }
        while (end - at < count) {
            int read = in.read(bytes, end, bytes.length - end);
            if (read < 0) {
                return end - at;
            }
            end += read;
        }
        return count;
    }

    private void makeRoom(int count) {
        byte[] room = bytes;
        if (bytes.length < CAPACITY_MAX) {
            room = new byte[Math.clamp(2L * bytes.length, count, CAPACITY_MAX)];
            view = ByteBuffer.wrap(room);
        }
        System.arraycopy(bytes, at, room, 0, end - at);
        bytes = room;
        end -= at;
        at = 0;
    }

    void skip(int count) {
        at += count;
        filePosition += count;
    }

    int getShort(int offset) {
        return Short.toUnsignedInt(view.getShort(at + offset));
    }

    int getInt(int offset) {
        return view.getInt(at + offset);
    }

    long getUnsignedInt(int offset) {
        return Integer.toUnsignedLong(view.getInt(at + offset));
    }

    int getIntLittleEndian(int offset) {
        return Integer.reverseBytes(view.getInt(at + offset));
    }

    byte get(int offset) {
        return bytes[at + offset];
    }

    /// Adds the next bytes to a CRC.
    long crc(long state, int count) {
        return Crc64.update(state, bytes, at, count);
    }

    /// @param offset from the next byte to what is wrong
    LtxDamagedException damaged(int offset, String reason, String expected, String actual) {
        return new LtxDamagedException(file, filePosition + offset, reason, expected, actual);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
