package dev.siltstone.layer.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.posix.Xattr;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/// The bytes of our tar: one form of each entry, so that the same tree is the same stream everywhere. Version 1; any
/// change of these bytes changes the address of every frame.
///
/// An entry is, in blocks of 512 bytes: an extended header if it needs one, the header, the content filled up with
/// zeros. The end is two blocks of zeros.
///
/// ## Header (POSIX ustar)
///
/// | offset | bytes | field    | meaning                                                                     |
/// |-------:|------:|----------|-----------------------------------------------------------------------------|
/// |      0 |   100 | name     | path, directories with a closing `/`, the root `./`; cut if it is longer    |
/// |    100 |     8 | mode     | permission bits, 7 octal digits and a zero byte                             |
/// |    108 |     8 | uid      | as mode; 0 if above 2097151                                                 |
/// |    116 |     8 | gid      | as uid                                                                      |
/// |    124 |    12 | size     | bytes of content, 11 octal digits and a zero byte; 0 if above 8589934591    |
/// |    136 |    12 | mtime    | seconds since 1970, as size; 0 if before 1970 or above 8589934591           |
/// |    148 |     8 | checksum | sum of all bytes with 8 spaces here: 6 octal digits, a zero byte, a space   |
/// |    156 |     1 | typeflag | `0` file, `1` hard link, `2` symbolic link, `3` `4` devices, `5` directory, `6` FIFO |
/// |    157 |   100 | linkname | target of a link; cut if it is longer                                       |
/// |    257 |     8 | magic    | `ustar`, a zero byte, `00`                                                  |
/// |    265 |    64 | names    | of owner and group: zeros, numbers count                                    |
/// |    329 |     8 | devmajor | as mode; 0 for all but devices                                              |
/// |    337 |     8 | devminor | as devmajor                                                                 |
/// |    345 |   167 | prefix   | zeros: long paths go into the extended header                               |
///
/// ## Extended header (POSIX pax)
///
/// A header of type `x`, name `PaxHeader`, mode 0644, all other numbers 0; its content is records
/// `<length> <key>=<value>\n` in this order, each only if the header cannot say it exactly:
///
/// | key                   | value                                                                            |
/// |-----------------------|----------------------------------------------------------------------------------|
/// | `hdrcharset`          | `BINARY` if path or link target is not UTF-8                                     |
/// | `path`                | if longer than 100 bytes or not UTF-8                                            |
/// | `linkpath`            | the same of a link's target                                                      |
/// | `size`                | decimal                                                                          |
/// | `uid`, `gid`          | decimal                                                                          |
/// | `mtime`               | decimal seconds, with as many digits after the point as needed, at most 9        |
/// | `SCHILY.xattr.<name>` | the value's bytes, by the bytes of the name; in the name `%` is `%25`, `=` is `%3D` |
///
/// No time of access or change is kept, and holes are written as zeros: a reader finds them again.
///
/// Order of entries: [RawName#compare], which has a directory before what is in it; the root first. Of the names of one
/// inode the first has the content, the others are hard links to it.
public final class TarFormat {
    public static final int VERSION = 1;
    public static final int BLOCK_BYTES = 512;
    public static final int END_BYTES = 2 * BLOCK_BYTES;

    static final int NAME = 0;
    static final int MODE = 100;
    static final int UID = 108;
    static final int GID = 116;
    static final int SIZE = 124;
    static final int MTIME = 136;
    static final int CHECKSUM = 148;
    static final int TYPE = 156;
    static final int LINK_NAME = 157;
    static final int MAGIC = 257;
    static final int DEVICE_MAJOR = 329;
    static final int DEVICE_MINOR = 337;
    static final int PREFIX = 345;
    static final int NAME_BYTES = 100;

    static final String XATTR_KEY = "SCHILY.xattr.";

    private static final byte[] MAGIC_AND_VERSION = "ustar\00000".getBytes(US_ASCII);
    private static final long ID_MAX = 07777777;
    private static final long SIZE_MAX = 077777777777L;

    private TarFormat() {}

    /// Returns the bytes of zeros after `bytes` of content.
    public static int padding(long bytes) {
        return (int) (-bytes & (BLOCK_BYTES - 1));
    }

    /// Returns the bytes of a whole entry: headers, content, padding.
    public static long entryBytes(TarEntry entry) throws TarException {
        return encode(entry).length + entry.bytes() + padding(entry.bytes());
    }

    /// Returns the headers of an entry: all of it but content and padding.
    ///
    /// @throws TarException if tar has no place for something of it
    public static byte[] encode(TarEntry entry) throws TarException {
        byte[] path = pathField(entry);
        byte[] pax = paxRecords(entry, path);
        int paxBytes = pax.length == 0 ? 0 : BLOCK_BYTES + pax.length + padding(pax.length);
        byte[] blocks = new byte[paxBytes + BLOCK_BYTES];
        if (paxBytes > 0) {
            put(blocks, NAME, "PaxHeader".getBytes(US_ASCII), NAME_BYTES);
            putNumbers(blocks, 0, 0644, 0, 0, pax.length, 0);
            finish(blocks, 0, (byte) 'x');
            System.arraycopy(pax, 0, blocks, BLOCK_BYTES, pax.length);
        }
        put(blocks, paxBytes + NAME, path, NAME_BYTES);
        put(blocks, paxBytes + LINK_NAME, entry.linkTarget(), NAME_BYTES);
        putNumbers(
                blocks,
                paxBytes,
                entry.mode(),
                entry.user() > ID_MAX ? 0 : entry.user(),
                entry.group() > ID_MAX ? 0 : entry.group(),
                entry.bytes() > SIZE_MAX ? 0 : entry.bytes(),
                secondsFit(entry) ? entry.modifiedSeconds() : 0);
        putDevice(blocks, paxBytes, entry);
        finish(blocks, paxBytes, entry.type().flag());
        return blocks;
    }

    private static byte[] pathField(TarEntry entry) {
        byte[] path = entry.path();
        if (entry.type() != EntryType.DIRECTORY) {
            return path;
        }
        byte[] closed =
                path.length == 0 ? new byte[] {'.', '/'} : Arrays.copyOf(path, path.length + 1);
        closed[closed.length - 1] = '/';
        return closed;
    }

    private static boolean secondsFit(TarEntry entry) {
        return entry.modifiedSeconds() >= 0 && entry.modifiedSeconds() <= SIZE_MAX;
    }

    private static byte[] paxRecords(TarEntry entry, byte[] path) throws TarException {
        var records = new ByteArrayOutputStream();
        boolean textPath = isUtf8(path);
        boolean textLink = isUtf8(entry.linkTarget());
        if (!textPath || !textLink) {
            record(records, "hdrcharset", "BINARY");
        }
        if (!textPath || path.length > NAME_BYTES) {
            record(records, "path", path);
        }
        if (!textLink || entry.linkTarget().length > NAME_BYTES) {
            record(records, "linkpath", entry.linkTarget());
        }
        if (entry.bytes() > SIZE_MAX) {
            record(records, "size", Long.toString(entry.bytes()));
        }
        if (entry.user() > ID_MAX) {
            record(records, "uid", Long.toString(entry.user()));
        }
        if (entry.group() > ID_MAX) {
            record(records, "gid", Long.toString(entry.group()));
        }
        if (entry.modifiedNanos() != 0 || !secondsFit(entry)) {
            record(records, "mtime", decimal(entry));
        }
        for (Xattr attribute : entry.xattrs()) {
            record(records, xattrKey(entry, attribute), attribute.value());
        }
        return records.toByteArray();
    }

    private static String decimal(TarEntry entry) {
        BigDecimal nanos = BigDecimal.valueOf(entry.modifiedNanos(), 9);
        BigDecimal time = BigDecimal.valueOf(entry.modifiedSeconds()).add(nanos);
        return time.stripTrailingZeros().toPlainString();
    }

    private static String xattrKey(TarEntry entry, Xattr attribute) throws TarException {
        byte[] name = attribute.name();
        if (name.length == 0) {
            throw new TarException(entry + ": an attribute without a name cannot be kept");
        }
        String raw = new String(name, ISO_8859_1);
        return XATTR_KEY + raw.replace("%", "%25").replace("=", "%3D");
    }

    static byte[] xattrName(byte[] encoded) {
        String raw = new String(encoded, ISO_8859_1);
        return raw.replace("%3D", "=").replace("%25", "%").getBytes(ISO_8859_1);
    }

    private static void record(ByteArrayOutputStream to, String key, String value) {
        record(to, key, value.getBytes(US_ASCII));
    }

    private static void record(ByteArrayOutputStream to, String key, byte[] value) {
        byte[] keyBytes = key.getBytes(ISO_8859_1);
        int rest = keyBytes.length + value.length + 3; // space, '=', newline
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        to.writeBytes((length + " ").getBytes(US_ASCII));
        to.writeBytes(keyBytes);
        to.write('=');
        to.writeBytes(value);
        to.write('\n');
    }

    private static boolean isUtf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                try {
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void put(byte[] blocks, int at, byte[] value, int bytesMax) {
        System.arraycopy(value, 0, blocks, at, Math.min(value.length, bytesMax));
    }

    private static void putNumbers(
            byte[] blocks, int block, int mode, long user, long group, long bytes, long seconds) {
        putOctal(blocks, block + MODE, 7, mode);
        putOctal(blocks, block + UID, 7, user);
        putOctal(blocks, block + GID, 7, group);
        putOctal(blocks, block + SIZE, 11, bytes);
        putOctal(blocks, block + MTIME, 11, seconds);
        putOctal(blocks, block + DEVICE_MAJOR, 7, 0);
        putOctal(blocks, block + DEVICE_MINOR, 7, 0);
    }

    private static void putDevice(byte[] blocks, int block, TarEntry entry) throws TarException {
        if (entry.deviceMajor() < 0
                || entry.deviceMajor() > ID_MAX
                || entry.deviceMinor() < 0
                || entry.deviceMinor() > ID_MAX) {
            throw new TarException(
                    "%s: tar has no place for device %d:%d; both must be below 2097152"
                            .formatted(entry, entry.deviceMajor(), entry.deviceMinor()));
        }
        putOctal(blocks, block + DEVICE_MAJOR, 7, entry.deviceMajor());
        putOctal(blocks, block + DEVICE_MINOR, 7, entry.deviceMinor());
    }

    private static void putOctal(byte[] blocks, int at, int digits, long value) {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            blocks[i] = (byte) ('0' + (rest & 7));
            rest >>>= 3;
        }
    }

    private static void finish(byte[] blocks, int block, byte type) {
        blocks[block + TYPE] = type;
        put(blocks, block + MAGIC, MAGIC_AND_VERSION, MAGIC_AND_VERSION.length);
        putOctal(blocks, block + CHECKSUM, 6, checksum(blocks, block));
        blocks[block + CHECKSUM + 7] = ' ';
    }

    /// Returns the sum of the unsigned bytes of a header, its checksum taken for spaces.
    static int checksum(byte[] blocks, int block) {
        int sum = 8 * ' ';
        for (int i = 0; i < BLOCK_BYTES; i++) {
            if (i < CHECKSUM || i >= CHECKSUM + 8) {
                sum += blocks[block + i] & 0xff;
            }
        }
        return sum;
    }
}
