package dev.siltstone.io.posix;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// An open file or directory. Everything here closes on exec and follows no symbolic link in the last component
/// of a name, but for [#openDirectory(Path)], whose path the user named.
///
/// Thread-safe, but who closes it sees to it that nobody uses it any more: its number may be given anew.
public final class Descriptor implements Closeable {
    private static final int ALWAYS = Kernel.O_CLOEXEC | Kernel.O_NOFOLLOW;

    private final int number;
    private final byte[] path;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Descriptor(int number, byte[] path) {
        this.number = number;
        this.path = path;
    }

    /// Opens a directory for reading what is in it; follows symbolic links.
    public static Descriptor openDirectory(Path directory) throws IOException {
        byte[] path = RawName.of(directory);
        int flags = Kernel.O_CLOEXEC | Kernel.O_DIRECTORY;
        return new Descriptor(open(Kernel.AT_FDCWD, path, path, flags, 0), path);
    }

    /// Opens a directory in this one.
    ///
    /// @throws PosixException ENOTDIR or ELOOP if the name is something else
    public Descriptor openDirectory(byte[] name) throws IOException {
        return at(name, Kernel.O_DIRECTORY);
    }

    /// Opens a directory in this one without moving its time of access, where this user may do that.
    public Descriptor openDirectoryQuietly(byte[] name) throws IOException {
        return quietly(name, Kernel.O_DIRECTORY);
    }

    /// Opens a file in this directory for reading, without moving its time of access where this user may do that.
    /// Does not wait if the name became a pipe meanwhile: ask [FileStatus#of] what it is.
    public Descriptor openFile(byte[] name) throws IOException {
        return quietly(name, Kernel.O_NONBLOCK);
    }

    /// Opens a file in this directory for writing.
    public Descriptor openForWriting(byte[] name) throws IOException {
        return at(name, Kernel.O_WRONLY | Kernel.O_NONBLOCK);
    }

    /// Creates a file in this directory, empty and with mode 0600, for writing.
    ///
    /// @throws PosixException EEXIST if the name is taken, by whatever it is
    public Descriptor createFile(byte[] name) throws IOException {
        int flags = ALWAYS | Kernel.O_WRONLY | Kernel.O_CREAT | Kernel.O_EXCL;
        byte[] whole = RawName.join(path, name);
        return new Descriptor(open(number, name, whole, flags, 0600), whole);
    }

    private Descriptor quietly(byte[] name, int flags) throws IOException {
        if (Identity.isRoot()) {
            return at(name, flags | Kernel.O_NOATIME);
        }
        try {
            return at(name, flags | Kernel.O_NOATIME);
        } catch (PosixException e) {
            if (e.errno() != Errno.EPERM) { // the owner of a file may, others may not
                throw e;
            }
            return at(name, flags);
        }
    }

    private Descriptor at(byte[] name, int flags) throws IOException {
        byte[] whole = RawName.join(path, name);
        return new Descriptor(open(number, name, whole, ALWAYS | flags, 0), whole);
    }

    private static int open(int directory, byte[] name, byte[] whole, int flags, int mode)
            throws IOException {
        Scratch scratch = Scratch.ofThread();
        long address = scratch.first(name);
        long opened;
        do {
            opened = Kernel.call(scratch, Kernel.OPENAT, directory, address, flags, mode);
        } while (opened < 0 && Kernel.errno(scratch) == Errno.EINTR);
        if (opened < 0) {
            throw PosixException.of("open", whole, Kernel.errno(scratch));
        }
        return (int) opened;
    }

    /// Returns the path it was opened by, for messages.
    public byte[] path() {
        return path;
    }

    int number() {
        return number;
    }

    /// Runs a call that takes a name in this directory.
    long call(String what, int call, byte[] name, long a, long b, long c) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result = Kernel.call(scratch, call, number, scratch.first(name), a, b, c);
        if (result < 0) {
            throw PosixException.of(what, RawName.join(path, name), Kernel.errno(scratch));
        }
        return result;
    }

    /// Runs a call that takes this descriptor alone.
    long call(String what, int call, long a, long b, long c) throws IOException {
        Scratch scratch = Scratch.ofThread();
        long result;
        do {
            result = Kernel.call(scratch, call, number, a, b, c);
        } while (result < 0 && Kernel.errno(scratch) == Errno.EINTR);
        if (result < 0) {
            throw PosixException.of(what, path, Kernel.errno(scratch));
        }
        return result;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Kernel.call(Scratch.ofThread(), Kernel.CLOSE, number, 0, 0);
        }
    }
}
