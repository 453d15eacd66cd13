package dev.siltstone.io.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Native memory of one thread for the arguments and answers of one call at a time.
final class Scratch {
    /// Bytes of a path that one call takes, its closing zero included.
    static final int PATH_BYTES_MAX = 4096;

    /// Bytes of the longest answer: a value or a list of extended attributes, directory entries.
    static final int ANSWER_BYTES = 64 << 10;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final Arena arena = Arena.ofAuto();
    final MemorySegment capture = arena.allocate(Kernel.CAPTURE);
    final MemorySegment answer = arena.allocate(ANSWER_BYTES, 8);
    private final MemorySegment first = arena.allocate(PATH_BYTES_MAX);
    private final MemorySegment second = arena.allocate(PATH_BYTES_MAX);

    private Scratch() {}

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /// Returns the address of a zero-terminated copy of `name`, good for the next call.
    long first(byte[] name) throws IOException {
        return copy(name, first);
    }

    /// Returns the address of a second copy beside [#first].
    long second(byte[] name) throws IOException {
        return copy(name, second);
    }

    private static long copy(byte[] name, MemorySegment target) throws IOException {
        if (name.length >= PATH_BYTES_MAX) {
            throw PosixException.of("name", name, Errno.ENAMETOOLONG);
        }
        for (byte b : name) {
            if (b == 0) {
                throw PosixException.of("name with a zero byte", name, Errno.EINVAL);
            }
        }
        MemorySegment.copy(name, 0, target, ValueLayout.JAVA_BYTE, 0, name.length);
        target.set(ValueLayout.JAVA_BYTE, name.length, (byte) 0);
        return target.address();
    }
}
