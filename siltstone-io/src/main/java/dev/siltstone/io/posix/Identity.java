package dev.siltstone.io.posix;

/// Who this process is to the kernel.
public final class Identity {
    private static final long USER = ask(Kernel.GETEUID);
    private static final long GROUP = ask(Kernel.GETEGID);

    private Identity() {}

    /// Returns the effective user id, 0 to 2³²−1.
    public static long user() {
        return USER;
    }

    /// Returns the effective group id, 0 to 2³²−1.
    public static long group() {
        return GROUP;
    }

    public static boolean isRoot() {
        return USER == 0;
    }

    private static long ask(int call) {
        return Kernel.call(Scratch.ofThread(), call, 0, 0, 0) & 0xffffffffL;
    }
}
