package dev.siltstone.io.posix;

import java.io.IOException;
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
        Scratch scratch = Scratch.ofThread();
        while (true) {
            int bytes =
                    (int)
                            directory.call(
                                    "list",
                                    Kernel.GETDENTS64,
                                    scratch.answerAddress,
                                    Scratch.ANSWER_BYTES,
                                    0);
            if (bytes == 0) {
                names.sort(Arrays::compareUnsigned);
                return names;
            }
            scratch.answerBytes.get(0, scratch.copied, 0, bytes);
            decode(scratch.copied, bytes, names);
        }
    }

    private static void decode(byte[] answer, int bytes, List<byte[]> names) {
        int at = 0;
        while (at < bytes) {
            int length = answer[at + 16] & 0xff | (answer[at + 17] & 0xff) << 8;
            int end = at + HEADER_BYTES;
            while (answer[end] != 0) {
                end++;
            }
            byte[] name = Arrays.copyOfRange(answer, at + HEADER_BYTES, end);
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
