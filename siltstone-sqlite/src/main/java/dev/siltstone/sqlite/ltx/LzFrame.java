package dev.siltstone.sqlite.ltx;

import java.io.IOException;
import java.nio.ByteBuffer;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/// Reads one page that was stored as a LZ4 frame: header, blocks, end mark, content checksum. Nothing behind
/// the frame is looked at, since it has no length and another page follows.
///
/// | bytes | field      | meaning                                                                           |
/// |------:|------------|-----------------------------------------------------------------------------------|
/// |     4 | magic      | `184D2204`; this and all numbers here are little-endian                             |
/// |     1 | flags      | 6-7: 1; 5: blocks are independent; 4: checksum per block; 3: content size; 2: content checksum; 1: 0; 0: dictionary |
/// |     1 | block size | 4-6: 4 to 7; the others 0                                                          |
/// |     8 | content    | if flagged: bytes of the content                                                  |
/// |     1 | header sum | second byte of the xxHash32 of flags to content                                   |
/// |     4 | size       | of a block; highest bit: stored as it is; 0: the end                              |
/// |     n | block      | and, if flagged, its xxHash32                                                     |
/// |     4 | sum        | if flagged: xxHash32 of the content                                               |
///
/// Not thread-safe.
final class LzFrame {
    private static final int MAGIC = 0x184D2204;
    private static final int VERSION_MASK = 0xC0;
    private static final int VERSION = 0x40;
    private static final int INDEPENDENT = 0x20;
    private static final int BLOCK_SUMS = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_SUM = 0x04;
    private static final int RESERVED_OR_DICTIONARY = 0x03;
    private static final int STORED = 1 << 31;

    private final XXHash32 hash = XXHashFactory.fastestInstance().hash32();

    /// Reads the frame that lies next in `in`, and moves behind it.
    ///
    /// @param page gets the page at `pageAt`; exactly `pageSize` bytes
    void read(InputWindow in, ByteBuffer page, int pageAt, int pageSize) throws IOException {
        int flags = header(in, pageSize);
        int length = 0;
        for (int blocks = 0; ; blocks++) {
            in.require(4, "the size of a block");
            int size = in.getIntLittleEndian(0);
            if (size == 0) {
                break;
            }
            if (blocks > 0 && (flags & INDEPENDENT) == 0) {
                throw in.damaged(0, "linked blocks", "one block, or independent ones", "another");
            }
            length += block(in, size, flags, page, pageAt + length, pageSize - length);
        }
        if (length != pageSize) {
            throw in.damaged(0, "length of a page", pageSize + " bytes", length + " bytes");
        }
        in.skip(4);
        if ((flags & CONTENT_SUM) != 0) {
            in.require(4, "the checksum of a LZ4 frame");
            checkSum(in, 0, "checksum of the content", hash.hash(page, pageAt, pageSize, 0));
            in.skip(4);
        }
    }

    private int header(InputWindow in, int pageSize) throws IOException {
        in.require(7, "the header of a LZ4 frame");
        if (in.getIntLittleEndian(0) != MAGIC) {
            String actual = "%08x".formatted(in.getIntLittleEndian(0));
            throw in.damaged(0, "no LZ4 frame", "magic %08x".formatted(MAGIC), actual);
        }
        int flags = Byte.toUnsignedInt(in.get(4));
        if ((flags & VERSION_MASK) != VERSION || (flags & RESERVED_OR_DICTIONARY) != 0) {
            String expected = "version 1 without a dictionary";
            throw in.damaged(4, "flags of a LZ4 frame", expected, "%02x".formatted(flags));
        }
        int blockSize = Byte.toUnsignedInt(in.get(5));
        if ((blockSize & 0x8F) != 0 || blockSize < 0x40) {
            String actual = "%02x".formatted(blockSize);
            throw in.damaged(5, "block size of a LZ4 frame", "40, 50, 60 or 70", actual);
        }
        int described = (flags & CONTENT_SIZE) != 0 ? 10 : 2;
        in.require(4 + described + 1, "the header of a LZ4 frame");
        int sum = hash.hash(in.view(), in.at() + 4, described, 0) >>> 8 & 0xFF;
        int stored = Byte.toUnsignedInt(in.get(4 + described));
        if (sum != stored) {
            throw in.damaged(
                    4 + described,
                    "checksum of a LZ4 frame's header",
                    "%02x".formatted(sum),
                    "%02x".formatted(stored));
        }
        if (described == 10 && (in.getIntLittleEndian(6) != pageSize || in.getInt(10) != 0)) {
            String actual = Integer.toUnsignedString(in.getIntLittleEndian(6)) + " or more";
            throw in.damaged(6, "content size of a LZ4 frame", pageSize + " bytes", actual);
        }
        in.skip(4 + described + 1);
        return flags;
    }

    /// Reads one block, whose size comes next, and returns what it became.
    private int block(InputWindow in, int size, int flags, ByteBuffer page, int pageAt, int room)
            throws IOException {
        int length = size & ~STORED;
        int lengthMax = LtxFormat.blockBytesMax(LtxFormat.PAGE_BYTES_MAX);
        if (length < 1 || length > lengthMax) {
            throw in.damaged(
                    0, "size of a block", "1 to " + lengthMax, Integer.toUnsignedString(length));
        }
        in.skip(4);
        in.require(length, "a block");
        int decoded;
        if ((size & STORED) == 0) {
            decoded = LzBlock.decompress(in, 0, length, page, pageAt, room);
        } else if (length <= room) {
            page.put(pageAt, in.view(), in.at(), length);
            decoded = length;
        } else {
            throw in.damaged(0, "stored block", "up to " + room + " bytes", length + " bytes");
        }
        if (decoded == 0) {
            throw in.damaged(0, "empty block", "at least 1 byte", "0 bytes");
        }
        if ((flags & BLOCK_SUMS) != 0) {
            in.require(length + 4, "the checksum of a block");
            checkSum(in, length, "checksum of a block", hash.hash(in.view(), in.at(), length, 0));
            in.skip(4);
        }
        in.skip(length);
        return decoded;
    }

    private static void checkSum(InputWindow in, int offset, String what, int sum)
            throws LtxDamagedException {
        int stored = in.getIntLittleEndian(offset);
        if (sum != stored) {
            throw in.damaged(offset, what, "%08x".formatted(sum), "%08x".formatted(stored));
        }
    }
}
