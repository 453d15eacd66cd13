package dev.siltstone.layer.tree;

import dev.siltstone.io.posix.FileType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The bytes of a change cache: what was read of a tree, in the order of the walk. Local to one machine; losing it
/// costs reads, never bytes. Everything is big-endian.
///
/// ## File
///
/// | offset | bytes | field    | meaning                                                               |
/// |-------:|------:|----------|-----------------------------------------------------------------------|
/// |      0 |     8 | magic    | `SILTCHNG`                                                            |
/// |      8 |     4 | version  | 1                                                                     |
/// |     12 |     4 | reserved | 0                                                                     |
/// |     16 |     8 | entries  | their number                                                          |
/// |     24 |    32 | basis    | digest of what the notes refer to; its meaning is the writer's        |
/// |     56 |     4 | reserved | 0                                                                     |
/// |     60 |     4 | crc32c   | of bytes 0 to 60                                                      |
///
/// Then blocks up to the end of the file:
///
/// | offset | bytes | field    | meaning                                                               |
/// |-------:|------:|----------|-----------------------------------------------------------------------|
/// |      0 |     4 | crc32c   | of bytes 4 to 8 + length                                              |
/// |      4 |     4 | length   | 1 to 524288                                                           |
/// |      8 |     n | body     | whole entries                                                         |
///
/// ## Entry
///
/// | bytes | field          | meaning                                                                 |
/// |------:|----------------|-------------------------------------------------------------------------|
/// |     2 | shared         | bytes of the path that are those of the entry before, 0 in a block's first |
/// |     2 | rest           | bytes of the rest of the path                                           |
/// |     n | path           | the rest of the path                                                    |
/// |     1 | type           | 0 file, 1 directory, 2 symbolic link, 3 character, 4 block device, 5 FIFO |
/// |     1 | flags          | bit 0: settled (see below); others 0                                    |
/// |     2 | mode           | 0 to 07777                                                              |
/// |     4 | links          | names of the inode                                                      |
/// |     4 | user           |                                                                         |
/// |     4 | group          |                                                                         |
/// |     4 | deviceMajor    |                                                                         |
/// |     4 | deviceMinor    |                                                                         |
/// |     8 | inode          |                                                                         |
/// |     8 | bytes          |                                                                         |
/// |    12 | modified       | seconds (8), nanoseconds (4)                                            |
/// |    12 | changed        | as modified, of the change of bytes or attributes                       |
/// |     8 | note           | the writer's                                                            |
/// |     2 | link           | bytes of the hard link's target, 0 if it is none                        |
/// |     n | hardLinkTarget | path of the first name of the inode                                     |
///
/// *Settled* means that modified and changed both lie more than 2 s before the walk began: a later change has another
/// time of change, even if it comes in the same tick of a coarse clock. What is not settled is read again.
final class ChangeCacheFormat {
    static final long MAGIC = 0x53494C5443484E47L;
    static final int VERSION = 1;
    static final int HEADER_BYTES = 64;
    static final int HEADER_CRC = 60;
    static final int BASIS = 24;
    static final int BASIS_BYTES = 32;
    static final int BLOCK_HEADER_BYTES = 8;
    static final int BODY_BYTES_MAX = 1 << 19;
    static final int PATH_BYTES_MAX = 0xffff;

    private static final int FIXED_BYTES = 74;
    private static final int SETTLED = 1;
    private static final FileType[] TYPES = FileType.values();

    private ChangeCacheFormat() {}

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static ByteBuffer header(long entries, byte[] basis) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(entries).put(basis);
        header.putInt(HEADER_CRC, crc(header.slice(0, HEADER_CRC)));
        return header.clear();
    }

    /// Returns the basis that a header tells; `null` if it is none of this version.
    static byte @Nullable [] basis(ByteBuffer header) {
        boolean whole =
                header.remaining() == HEADER_BYTES
                        && header.getLong(0) == MAGIC
                        && header.getInt(8) == VERSION
                        && header.getInt(HEADER_CRC) == crc(header.slice(0, HEADER_CRC));
        if (!whole) {
            return null;
        }
        byte[] basis = new byte[BASIS_BYTES];
        header.get(BASIS, basis);
        return basis;
    }

    /// Returns how many entries a header tells.
    static long entries(ByteBuffer header) {
        return header.getLong(16);
    }

    /// Returns the most bytes that an entry takes.
    static int bytesMax(CachedEntry entry) {
        return FIXED_BYTES + 4 + entry.path().length + entry.hardLinkTarget().length;
    }

    static void encode(CachedEntry entry, byte[] before, ByteBuffer to) {
        int mismatch = Arrays.mismatch(before, entry.path());
        int shared = mismatch < 0 ? before.length : mismatch;
        to.putShort((short) shared).putShort((short) (entry.path().length - shared));
        to.put(entry.path(), shared, entry.path().length - shared);
        to.put((byte) entry.type().ordinal()).put((byte) (entry.settled() ? SETTLED : 0));
        to.putShort((short) entry.mode()).putInt((int) entry.links());
        to.putInt((int) entry.user()).putInt((int) entry.group());
        to.putInt(entry.deviceMajor()).putInt(entry.deviceMinor());
        to.putLong(entry.inode()).putLong(entry.bytes());
        to.putLong(entry.modifiedSeconds()).putInt(entry.modifiedNanos());
        to.putLong(entry.changedSeconds()).putInt(entry.changedNanos());
        to.putLong(entry.note());
        to.putShort((short) entry.hardLinkTarget().length).put(entry.hardLinkTarget());
    }

    /// Decodes an entry of a block whose checksum was right.
    ///
    /// @return `null` if it makes no sense
    static @Nullable CachedEntry decode(ByteBuffer from, byte[] before) {
        try {
            int shared = from.getShort() & 0xffff;
            int rest = from.getShort() & 0xffff;
            if (shared > before.length || shared + rest > PATH_BYTES_MAX) {
                return null;
            }
            byte[] path = Arrays.copyOf(before, shared + rest);
            from.get(path, shared, rest);
            int type = from.get();
            int flags = from.get();
            if (type < 0 || type >= TYPES.length || (flags & ~SETTLED) != 0) {
                return null;
            }
            int mode = from.getShort();
            long links = from.getInt() & 0xffffffffL;
            long user = from.getInt() & 0xffffffffL;
            long group = from.getInt() & 0xffffffffL;
            int deviceMajor = from.getInt();
            int deviceMinor = from.getInt();
            long inode = from.getLong();
            long bytes = from.getLong();
            long modifiedSeconds = from.getLong();
            int modifiedNanos = from.getInt();
            long changedSeconds = from.getLong();
            int changedNanos = from.getInt();
            long note = from.getLong();
            byte[] link = new byte[from.getShort() & 0xffff];
            from.get(link);
            return new CachedEntry(
                    path,
                    TYPES[type],
                    mode,
                    links,
                    user,
                    group,
                    deviceMajor,
                    deviceMinor,
                    inode,
                    bytes,
                    modifiedSeconds,
                    modifiedNanos,
                    changedSeconds,
                    changedNanos,
                    flags == SETTLED,
                    link,
                    note);
        } catch (BufferUnderflowException e) {
            return null;
        }
    }
}
