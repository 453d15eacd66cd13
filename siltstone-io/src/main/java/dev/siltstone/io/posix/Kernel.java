package dev.siltstone.io.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/// The kernel's calls, through the one symbol `syscall`: a single native function to link at start, and nothing
/// that a C library may lack (`openat2`, `renameat2`, `getdents64`). Numbers and flags are part of the kernel's
/// stable interface, per processor.
///
/// Thread-safe; the memory a call reads and writes belongs to its [Scratch].
final class Kernel {
    static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));

    private static final boolean ARM = isArm();

    static final int OPENAT = either(257, 56);
    static final int CLOSE = either(3, 57);
    static final int STATX = either(332, 291);
    static final int GETDENTS64 = either(217, 61);
    static final int READLINKAT = either(267, 78);
    static final int MKDIRAT = either(258, 34);
    static final int MKNODAT = either(259, 33);
    static final int SYMLINKAT = either(266, 36);
    static final int LINKAT = either(265, 37);
    static final int UNLINKAT = either(263, 35);
    static final int RENAMEAT2 = either(316, 276);
    static final int FCHOWNAT = either(260, 54);
    static final int FCHMOD = either(91, 52);
    static final int FCHMODAT = either(268, 53);
    static final int UTIMENSAT = either(280, 88);
    static final int LSETXATTR = either(189, 6);
    static final int FSETXATTR = either(190, 7);
    static final int LGETXATTR = either(192, 9);
    static final int FGETXATTR = either(193, 10);
    static final int LLISTXATTR = either(195, 12);
    static final int FLISTXATTR = either(196, 13);
    static final int LREMOVEXATTR = either(198, 15);
    static final int FREMOVEXATTR = either(199, 16);
    static final int LSEEK = either(8, 62);
    static final int PREAD64 = either(17, 67);
    static final int PWRITE64 = either(18, 68);
    static final int FTRUNCATE = either(77, 46);
    static final int FALLOCATE = either(285, 47);
    static final int FSYNC = either(74, 82);
    static final int SYNCFS = either(306, 267);
    static final int SYNC_FILE_RANGE = either(277, 84);
    static final int GETEUID = either(107, 175);
    static final int GETEGID = either(108, 177);

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int AT_EMPTY_PATH = 0x1000;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NONBLOCK = 0x800;
    static final int O_NOATIME = 0x40000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_DIRECTORY = either(0x10000, 0x4000);
    static final int O_NOFOLLOW = either(0x20000, 0x8000);
    static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

    private static final MethodHandle SYSCALL = link();

    private Kernel() {}

    private static int either(int x86, int arm) {
        return ARM ? arm : x86;
    }

    private static boolean isArm() {
        String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String system = System.getProperty("os.name", "");
        boolean arm = processor.equals("aarch64");
        if (!system.equals("Linux") || !(arm || processor.equals("amd64"))) {
            throw new UnsupportedOperationException(
                    "directory trees are read and written by calls of Linux on x86-64 or arm64;"
                            + " this is "
                            + system
                            + " on "
                            + processor);
        }
        return arm;
    }

    @SuppressWarnings("restricted") // the one place that asks for native access
    private static MethodHandle link() {
        ValueLayout.OfLong number = ValueLayout.JAVA_LONG;
        SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
        return Linker.nativeLinker()
                .downcallHandle(
                        symbols.findOrThrow("syscall"),
                        FunctionDescriptor.of(
                                number, number, number, number, number, number, number),
                        Linker.Option.firstVariadicArg(1),
                        Linker.Option.captureCallState("errno"));
    }

    static long call(Scratch scratch, int number, long a, long b, long c, long d, long e) {
        try {
            return (long) SYSCALL.invokeExact(scratch.capture, (long) number, a, b, c, d, e);
        } catch (Throwable thrown) {
            throw new IllegalStateException("call " + number + " of the kernel", thrown);
        }
    }

    static long call(Scratch scratch, int number, long a, long b, long c, long d) {
        return call(scratch, number, a, b, c, d, 0);
    }

    static long call(Scratch scratch, int number, long a, long b, long c) {
        return call(scratch, number, a, b, c, 0, 0);
    }

    /// Returns the errno of the last call with this scratch that returned -1.
    static int errno(Scratch scratch) {
        MemorySegment capture = scratch.capture;
        return (int) ERRNO.get(capture, 0L);
    }
}
