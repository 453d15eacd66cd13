package dev.siltstone.layer.tar;

import static dev.siltstone.layer.tar.TarFormat.BLOCK_BYTES;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.siltstone.io.posix.RawName;
import java.util.Arrays;

/// One header block of somebody's tar, as it is: POSIX ustar, GNU, or of 1979. Faults are said in a [TarException]
/// without a place.
///
/// Not thread-safe.
final class TarHeader {
    private static final int GNU_SPARSE_MAP = 386;
    private static final int GNU_SPARSE_MORE = 482;
    private static final int GNU_SPARSE_SIZE = 483;
    private static final int GNU_SPARSE_EXTENTS = 4;
    private static final int EXTENT_BYTES = 24;

    private final byte[] block;

    /// Takes a block whose checksum is right.
    TarHeader(byte[] block) throws TarException {
        this.block = block;
        long stored = octal("checksum", TarFormat.CHECKSUM, 8);
        int unsigned = TarFormat.checksum(block, 0);
        if (stored != unsigned && stored != signedChecksum()) {
            throw new TarException(
                    "a header whose checksum is %d, not %d".formatted(stored, unsigned));
        }
    }

    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private int signedChecksum() {
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK_BYTES; i++) {
            sum += i < TarFormat.CHECKSUM || i >= TarFormat.CHECKSUM + 8 ? block[i] : 0;
        }
        return sum;
    }

    byte type() {
        return block[TarFormat.TYPE];
    }

    private boolean hasMagic(String magic) {
        byte[] wanted = magic.getBytes(US_ASCII);
        return Arrays.equals(
                wanted, 0, wanted.length, block, TarFormat.MAGIC, TarFormat.MAGIC + wanted.length);
    }

    private boolean isUstar() {
        return hasMagic("ustar\0");
    }

    byte[] path() {
        byte[] name = text(TarFormat.NAME, TarFormat.NAME_BYTES);
        byte[] prefix = isUstar() ? text(TarFormat.PREFIX, 155) : new byte[0];
        return RawName.join(prefix, name);
    }

    byte[] linkName() {
        return text(TarFormat.LINK_NAME, TarFormat.NAME_BYTES);
    }

    private byte[] text(int at, int bytesMax) {
        int end = at;
        while (end < at + bytesMax && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, at, end);
    }

    int mode() throws TarException {
        return (int) (octal("mode", TarFormat.MODE, 8) & 07777);
    }

    long user() throws TarException {
        return octal("owner", TarFormat.UID, 8);
    }

    long group() throws TarException {
        return octal("group", TarFormat.GID, 8);
    }

    long bytes() throws TarException {
        return octal("size", TarFormat.SIZE, 12);
    }

    long seconds() throws TarException {
        return number("time", TarFormat.MTIME, 12, true);
    }

    int deviceMajor() throws TarException {
        return device("device", TarFormat.DEVICE_MAJOR);
    }

    int deviceMinor() throws TarException {
        return device("device", TarFormat.DEVICE_MINOR);
    }

    private int device(String what, int at) throws TarException {
        long number = octal(what, at, 8);
        if (number > Integer.MAX_VALUE) {
            throw new TarException("a device number of " + number);
        }
        return (int) number;
    }

    private long octal(String what, int at, int bytes) throws TarException {
        return number(what, at, bytes, false);
    }

    /// Reads a number: octal digits, or two's complement after a bit that says so (GNU).
    private long number(String what, int at, int bytes, boolean signed) throws TarException {
        if ((block[at] & 0x80) != 0) {
            return binary(what, at, bytes, signed);
        }
        int start = at;
        int end = at + bytes;
        while (start < end && block[start] == ' ') {
            start++;
        }
        long number = 0;
        int i = start;
        while (i < end && block[i] >= '0' && block[i] <= '7') {
            number = number << 3 | block[i] - '0';
            i++;
        }
        if (i < end && block[i] != 0 && block[i] != ' ') {
            throw new TarException(
                    "a header whose %s is no number: %s"
                            .formatted(what, RawName.show(text(at, bytes))));
        }
        return number;
    }

    private long binary(String what, int at, int bytes, boolean signed) throws TarException {
        boolean negative = (block[at] & 0x40) != 0;
        long number = negative ? -1 : 0;
        for (int i = at; i < at + bytes; i++) {
            int b = block[i] & 0xff;
            if (i == at) {
                b = negative ? b : b & 0x7f;
            }
            if (i < at + bytes - 8 && b != (negative ? 0xff : 0)) {
                throw new TarException("a header whose %s is out of range".formatted(what));
            }
            number = number << 8 | b;
        }
        boolean overflown = bytes > 8 && (number < 0) != negative;
        if (overflown || (negative && !signed)) {
            throw new TarException("a header whose %s is out of range".formatted(what));
        }
        return number;
    }

    /// Returns the length of a GNU file with holes, holes included.
    long sparseBytes() throws TarException {
        return octal("real size", GNU_SPARSE_SIZE, 12);
    }

    /// Adds the extents that stand in this header of a GNU file with holes.
    ///
    /// @return whether a block with more follows
    boolean addSparse(SparseMap map) throws TarException {
        addExtents(block, GNU_SPARSE_MAP, GNU_SPARSE_EXTENTS, map);
        return block[GNU_SPARSE_MORE] != 0;
    }

    /// Adds the extents of a block that goes on with the map.
    ///
    /// @return whether one more follows
    static boolean addMoreSparse(byte[] more, SparseMap map) throws TarException {
        addExtents(more, 0, 21, map);
        return more[504] != 0;
    }

    private static void addExtents(byte[] block, int at, int count, SparseMap map)
            throws TarException {
        TarHeader numbers = new TarHeader(block, false);
        for (int i = 0; i < count; i++) {
            int extent = at + i * EXTENT_BYTES;
            if (block[extent] == 0) {
                return;
            }
            String fault =
                    map.add(
                            numbers.octal("map of holes", extent, 12),
                            numbers.octal("map of holes", extent + 12, 12));
            if (!fault.isEmpty()) {
                throw new TarException(fault);
            }
        }
    }

    private TarHeader(byte[] block, boolean unchecked) {
        this.block = block;
        assert !unchecked;
    }
}
