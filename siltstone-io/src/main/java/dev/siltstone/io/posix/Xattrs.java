package dev.siltstone.io.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads and sets extended attributes. Of names that cannot be opened (links, devices, pipes) they are reached
/// through `/proc/self/fd`, the only way before Linux 6.13.
public final class Xattrs {
    private Xattrs() {}

    /// Returns the attributes of an open file or directory that this user may see, sorted by name; none where the
    /// file system keeps none.
    public static List<Xattr> of(Descriptor file) throws IOException {
        return read(
                file.path(),
                (scratch, to) -> call(scratch, Kernel.FLISTXATTR, file, to),
                (scratch, name, to) ->
                        Kernel.call(
                                scratch,
                                Kernel.FGETXATTR,
                                file.number(),
                                scratch.first(name),
                                to.address(),
                                to.byteSize()));
    }

    /// Returns the attributes of a name in a directory, of the link itself if it is one.
    public static List<Xattr> of(Descriptor directory, byte[] name) throws IOException {
        byte[] path = procPath(directory, name);
        return read(
                RawName.join(directory.path(), name),
                (scratch, to) ->
                        Kernel.call(
                                scratch,
                                Kernel.LLISTXATTR,
                                scratch.first(path),
                                to.address(),
                                to.byteSize()),
                (scratch, attribute, to) ->
                        Kernel.call(
                                scratch,
                                Kernel.LGETXATTR,
                                scratch.first(path),
                                scratch.second(attribute),
                                to.address(),
                                to.byteSize()));
    }

    /// Sets an attribute of a name in a directory, of the link itself if it is one, replacing its old value.
    public static void set(Descriptor directory, byte[] name, Xattr attribute) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.LSETXATTR,
                        scratch.first(procPath(directory, name)),
                        scratch.second(attribute.name()),
                        value(scratch, attribute, directory.path()),
                        attribute.value().length,
                        0);
        check(result, scratch, "set " + attribute, RawName.join(directory.path(), name));
    }

    /// Sets an attribute of an open file, replacing its old value.
    public static void set(Descriptor file, Xattr attribute) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.FSETXATTR,
                        file.number(),
                        scratch.first(attribute.name()),
                        value(scratch, attribute, file.path()),
                        attribute.value().length,
                        0);
        check(result, scratch, "set " + attribute, file.path());
    }

    /// Removes an attribute of a name in a directory.
    public static void remove(Descriptor directory, byte[] name, byte[] attribute)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.LREMOVEXATTR,
                        scratch.first(procPath(directory, name)),
                        scratch.second(attribute),
                        0);
        check(
                result,
                scratch,
                "remove " + RawName.show(attribute),
                RawName.join(directory.path(), name));
    }

    private interface Lister {
        long list(Scratch scratch, MemorySegment to) throws IOException;
    }

    private interface Getter {
        long get(Scratch scratch, byte[] name, MemorySegment to) throws IOException;
    }

    private static long call(Scratch scratch, int call, Descriptor file, MemorySegment to) {
        return Kernel.call(scratch, call, file.number(), to.address(), to.byteSize());
    }

    private static List<Xattr> read(byte[] path, Lister lister, Getter getter) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long bytes = lister.list(scratch, scratch.answer);
        if (bytes == 0) {
            return List.of();
        }
        if (bytes < 0) {
            if (Kernel.errno(scratch) == Errno.EOPNOTSUPP) {
                return List.of();
            }
            throw PosixException.of("list the attributes", path, Kernel.errno(scratch));
        }
        List<Xattr> attributes = new ArrayList<>();
        for (byte[] name : names(scratch.answer, (int) bytes)) {
            bytes = getter.get(scratch, name, scratch.answer);
            if (bytes >= 0) {
                attributes.add(new Xattr(name, copy(scratch.answer, 0, (int) bytes)));
            } else if (Kernel.errno(scratch) != Errno.ENODATA) { // removed meanwhile: it is gone
                String what = "read " + RawName.show(name);
                throw PosixException.of(what, path, Kernel.errno(scratch));
            }
        }
        return attributes;
    }

    private static List<byte[]> names(MemorySegment answer, int bytes) {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < bytes; at++) {
            if (answer.get(JAVA_BYTE, at) == 0) {
                names.add(copy(answer, start, at - start));
                start = at + 1;
            }
        }
        names.sort(Arrays::compareUnsigned);
        return names;
    }

    private static byte[] copy(MemorySegment answer, int from, int bytes) {
        byte[] copy = new byte[bytes];
        MemorySegment.copy(answer, JAVA_BYTE, from, copy, 0, bytes);
        return copy;
    }

    private static long value(Scratch scratch, Xattr attribute, byte[] path) throws IOException {
        byte[] value = attribute.value();
        if (value.length > Scratch.ANSWER_BYTES) {
            throw PosixException.of("set " + attribute, path, Errno.E2BIG);
        }
        MemorySegment.copy(value, 0, scratch.answer, JAVA_BYTE, 0, value.length);
        return scratch.answer.address();
    }

    private static byte[] procPath(Descriptor directory, byte[] name) {
        byte[] prefix = ("/proc/self/fd/" + directory.number()).getBytes(US_ASCII);
        return RawName.join(prefix, name);
    }

    private static void check(long result, Scratch scratch, String what, byte[] path)
            throws IOException {
        if (result < 0) {
            throw PosixException.of(what, path, Kernel.errno(scratch));
        }
    }
}
