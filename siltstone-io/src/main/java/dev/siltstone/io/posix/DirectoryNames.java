package dev.siltstone.io.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// Makes, links, renames and removes names in open directories. None of it is durable before a force.
public final class DirectoryNames {
    private static final int NO_REPLACE = 1;
    private static final int EXCHANGE = 2;

    private DirectoryNames() {}

    /// Makes a directory with mode 0700.
    ///
    /// @throws PosixException EEXIST if the name is taken
    public static void makeDirectory(Descriptor directory, byte[] name) throws IOException {
        directory.call("make a directory", Kernel.MKDIRAT, name, 0700, 0, 0);
    }

    /// Makes a device or a pipe with mode 0600.
    ///
    /// @param type character device, block device or FIFO
    public static void makeSpecial(
            Descriptor directory, byte[] name, FileType type, int major, int minor)
            throws IOException {
        long device =
                (minor & 0xffL)
                        | (major & 0xfffL) << 8
                        | (minor & ~0xffL) << 12
                        | (major & ~0xfffL) << 32;
        directory.call("make a device", Kernel.MKNODAT, name, type.bits() | 0600, device, 0);
    }

    /// Makes a symbolic link. What it says is not looked at.
    public static void makeSymlink(Descriptor directory, byte[] name, byte[] target)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.SYMLINKAT,
                        scratch.first(target),
                        directory.number(),
                        scratch.second(name));
        check(result, scratch, "make a symbolic link", directory, name);
    }

    /// Returns what a symbolic link says.
    public static byte[] readSymlink(Descriptor directory, byte[] name) throws IOException {
        MemorySegment answer = Scratch.ofThread().answer;
        long bytes =
                directory.call(
                        "read a link",
                        Kernel.READLINKAT,
                        name,
                        answer.address(),
                        Scratch.ANSWER_BYTES,
                        0);
        byte[] target = new byte[(int) bytes];
        MemorySegment.copy(answer, JAVA_BYTE, 0, target, 0, target.length);
        return target;
    }

    /// Gives a file, of whatever type but a directory, a second name. A symbolic link is linked itself.
    public static void link(
            Descriptor fromDirectory, byte[] from, Descriptor toDirectory, byte[] to)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.LINKAT,
                        fromDirectory.number(),
                        scratch.first(from),
                        toDirectory.number(),
                        scratch.second(to),
                        0);
        check(result, scratch, "link", toDirectory, to);
    }

    /// Removes a name that is no directory.
    public static void remove(Descriptor directory, byte[] name) throws IOException {
        directory.call("remove", Kernel.UNLINKAT, name, 0, 0, 0);
    }

    /// Removes an empty directory.
    public static void removeDirectory(Descriptor directory, byte[] name) throws IOException {
        directory.call("remove a directory", Kernel.UNLINKAT, name, Kernel.AT_REMOVEDIR, 0, 0);
    }

    /// Renames within a directory, replacing what goes by the new name if it is a file.
    public static void rename(Descriptor directory, byte[] from, byte[] to) throws IOException {
        rename(directory, from, to, 0);
    }

    /// Renames within a directory if the new name is free.
    ///
    /// @throws PosixException EEXIST if it is taken, by whatever it is; nothing changed
    public static void renameIfFree(Descriptor directory, byte[] from, byte[] to)
            throws IOException {
        rename(directory, from, to, NO_REPLACE);
    }

    /// Lets two names of a directory change places in one step: nobody sees one of them missing.
    public static void exchange(Descriptor directory, byte[] one, byte[] other) throws IOException {
        rename(directory, one, other, EXCHANGE);
    }

    private static void rename(Descriptor directory, byte[] from, byte[] to, int flags)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result =
                Kernel.call(
                        scratch,
                        Kernel.RENAMEAT2,
                        directory.number(),
                        scratch.first(from),
                        directory.number(),
                        scratch.second(to),
                        flags);
        check(result, scratch, flags == EXCHANGE ? "exchange" : "rename", directory, to);
    }

    private static void check(
            long result, Scratch scratch, String what, Descriptor directory, byte[] name)
            throws IOException {
        if (result < 0) {
            byte[] path = RawName.join(directory.path(), name);
            throw PosixException.of(what, path, Kernel.errno(scratch));
        }
    }
}
