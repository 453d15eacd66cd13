package dev.siltstone.io.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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

    // views and addresses taken once: on a walk that lasts a second, most of this code is never
    // compiled well
    final ByteBuffer answerBytes = answer.asByteBuffer().order(ByteOrder.nativeOrder());
    final long answerAddress = answer.address();
    final byte[] copied = new byte[ANSWER_BYTES];
    private final MemorySegment first = arena.allocate(PATH_BYTES_MAX);
    private final MemorySegment second = arena.allocate(PATH_BYTES_MAX);
    private final ByteBuffer firstBytes = first.asByteBuffer();
    private final ByteBuffer secondBytes = second.asByteBuffer();
    private final long firstAddress = first.address();
    private final long secondAddress = second.address();

    private Scratch() {}

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /// Returns the address of a zero-terminated copy of `name`, good for the next call.
    long first(byte[] name) throws IOException {
        copy(name, firstBytes);
        return firstAddress;
    }

    /// Returns the address of a second copy beside [#first].
    long second(byte[] name) throws IOException {
        copy(name, secondBytes);
        return secondAddress;
    }

    private static void copy(byte[] name, ByteBuffer target) throws IOException {
        if (name.length >= PATH_BYTES_MAX) {
            throw PosixException.of("name", name, Errno.ENAMETOOLONG);
        }
        for (byte b : name) {
            if (b == 0) {
                throw PosixException.of("name with a zero byte", name, Errno.EINVAL);
            }
        }
        target.put(0, name).put(name.length, (byte) 0);
    }
}
