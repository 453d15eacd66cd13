package dev.siltstone.io.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The names in a directory.
public final class DirectoryListing {
    private static final int HEADER_BYTES = 19; // inode 8, offset 8, length 2, type 1

    private DirectoryListing() {}

    /// Returns the names in an open directory that nobody listed yet, without `.` and `..`, sorted by their
    /// unsigned bytes. All of them are in memory at once.
    public static List<byte[]> names(Descriptor directory) throws IOException {
        List<byte[]> names = new ArrayList<>();
        MemorySegment answer = Scratch.ofThread().answer;
        while (true) {
            long bytes =
                    directory.call(
                            "list", Kernel.GETDENTS64, answer.address(), Scratch.ANSWER_BYTES, 0);
            if (bytes == 0) {
                names.sort(Arrays::compareUnsigned);
                return names;
            }
            decode(answer, bytes, names);
        }
    }

    private static void decode(MemorySegment answer, long bytes, List<byte[]> names) {
        long at = 0;
        while (at < bytes) {
            int length = answer.get(JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
            long end = at + HEADER_BYTES;
            while (answer.get(JAVA_BYTE, end) != 0) {
                end++;
            }
            byte[] name = new byte[(int) (end - at - HEADER_BYTES)];
            MemorySegment.copy(answer, JAVA_BYTE, at + HEADER_BYTES, name, 0, name.length);
            if (!isSelfOrParent(name)) {
                names.add(name);
            }
            at += length;
        }
    }

    private static boolean isSelfOrParent(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }
}
