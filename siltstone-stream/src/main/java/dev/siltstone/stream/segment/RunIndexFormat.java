package dev.siltstone.stream.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The run index of a full journal file that was kept as it is: beside it, with the ending `.runs`. Big-endian.
///
/// | offset | bytes | field    | meaning                                                     |
/// |-------:|------:|----------|-------------------------------------------------------------|
/// |      0 |     8 | magic    | "SILTRUNS"                                                  |
/// |      8 |     4 | version  | 1                                                           |
/// |     12 |     4 | reserved | 0                                                           |
/// |     16 |     8 | start    | log position at which the journal file begins               |
/// |     24 |     8 | end      | log position at which it ends                               |
/// |     32 |     8 | runs     | number of runs, r                                           |
/// |     40 |     8 | entries  | number of entries, e                                        |
/// |     48 |    12 | reserved | 0                                                           |
/// |     60 |     4 | crc32c   | of bytes 0 to 60                                            |
/// |     64 |  32 r | run table | by ascending key: key, first entry, entries, base (8 each) |
/// |      … |  40 e | entry table | by run, then in order: wire byte, position (8 each), length, data offset, messages, 0 (4 each), time (8) |
/// |      … |     4 | crc32c   | of everything from byte 64 to here                          |
/// |      … |     4 | magic    | "RUNS"                                                      |
final class RunIndexFormat {
    static final int HEADER_BYTES = 64;
    static final int RUN_BYTES = 32;
    static final int ENTRY_BYTES = 40;
    static final int FOOTER_BYTES = 8;

    private static final long MAGIC = 0x53494C5452554E53L; // SILTRUNS
    private static final int FOOTER_MAGIC = 0x52554E53; // RUNS
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 60;

    /// @param start log position at which the journal file begins
    /// @param end log position at which it ends
    record Header(long start, long end, long runs, long entries) {
        long fileBytes() {
            return HEADER_BYTES + RUN_BYTES * runs + ENTRY_BYTES * entries + FOOTER_BYTES;
        }

        long runFilePosition(long run) {
            return HEADER_BYTES + RUN_BYTES * run;
        }

        long entryFilePosition(long entry) {
            return HEADER_BYTES + RUN_BYTES * runs + ENTRY_BYTES * entry;
        }
    }

    /// @param key whose run it is
    /// @param firstEntry number of its first entry in the table
    /// @param entries how many it has
    /// @param base wire byte of the first
    record Run(long key, long firstEntry, long entries, long base) {}

    private RunIndexFormat() {}

    static ByteBuffer encode(Header header) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
        bytes.putLong(MAGIC).putInt(VERSION).putInt(0);
        bytes.putLong(header.start()).putLong(header.end());
        bytes.putLong(header.runs()).putLong(header.entries());
        bytes.putInt(CRC_OFFSET, crc(bytes.slice(0, CRC_OFFSET)));
        return bytes.rewind();
    }

    /// @return what is wrong, or the empty text
    static String check(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES) {
            return "is shorter than its header";
        }
        if (bytes.getLong(0) != MAGIC) {
            return "does not begin with SILTRUNS";
        }
        int expected = bytes.getInt(CRC_OFFSET);
        int actual = crc(bytes.slice(0, CRC_OFFSET));
        if (expected != actual) {
            return "has a damaged header: crc32c expected "
                    + Integer.toHexString(expected)
                    + ", actual "
                    + Integer.toHexString(actual);
        }
        if (bytes.getInt(8) != VERSION) {
            return "has version " + bytes.getInt(8) + "; this program reads version " + VERSION;
        }
        return "";
    }

    static Header decode(ByteBuffer bytes) {
        return new Header(
                bytes.getLong(16), bytes.getLong(24), bytes.getLong(32), bytes.getLong(40));
    }

    static void put(ByteBuffer target, Run run) {
        target.putLong(run.key()).putLong(run.firstEntry()).putLong(run.entries());
        target.putLong(run.base());
    }

    static Run run(ByteBuffer source) {
        return new Run(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    static void put(ByteBuffer target, RunEntry entry) {
        target.putLong(entry.wireByte()).putLong(entry.position());
        target.putInt(entry.length()).putInt(entry.dataOffset());
        target.putInt(entry.messages()).putInt(0);
        target.putLong(entry.time());
    }

    static RunEntry entry(ByteBuffer source) {
        long wireByte = source.getLong();
        long position = source.getLong();
        int length = source.getInt();
        int dataOffset = source.getInt();
        int messages = source.getInt();
        source.getInt(); // reserved
        return new RunEntry(wireByte, position, length, dataOffset, messages, source.getLong());
    }

    static void putFooter(ByteBuffer target, int crc) {
        target.putInt(crc).putInt(FOOTER_MAGIC);
    }

    /// @return what is wrong, or the empty text
    static String checkFooter(ByteBuffer footer, int actual) {
        int expected = footer.getInt();
        if (footer.getInt() != FOOTER_MAGIC) {
            return "does not end with RUNS";
        }
        return expected == actual
                ? ""
                : "is damaged: crc32c expected "
                        + Integer.toHexString(expected)
                        + ", actual "
                        + Integer.toHexString(actual);
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
