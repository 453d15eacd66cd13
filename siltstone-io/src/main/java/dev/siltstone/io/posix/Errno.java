package dev.siltstone.io.posix;

/// The numbers of errors that somebody acts on, as Linux has them on x86-64 and arm64.
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOPNOTSUPP = 95;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private Errno() {}

    /// Returns name and meaning, and what helps where something does.
    static String explain(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM, not permitted to this user";
            case ENOENT -> "ENOENT, there is no such name";
            case EINTR -> "EINTR, interrupted; trying again helps";
            case EIO -> "EIO, the device failed";
            case ENXIO -> "ENXIO, no such device or no data there";
            case E2BIG -> "E2BIG, too long for this file system";
            case EACCES -> "EACCES, permission denied to this user";
            case EBUSY -> "EBUSY, in use (a mount point?)";
            case EEXIST -> "EEXIST, the name is taken";
            case EXDEV -> "EXDEV, on another file system";
            case ENOTDIR -> "ENOTDIR, a component is no directory";
            case EISDIR -> "EISDIR, it is a directory";
            case EINVAL -> "EINVAL, the file system does not take this";
            case EMFILE -> "EMFILE, too many open files; raise the limit (ulimit -n)";
            case EFBIG -> "EFBIG, larger than this file system allows";
            case ENOSPC -> "ENOSPC, no space left; make room, then try again";
            case EROFS -> "EROFS, the file system is read-only";
            case EMLINK -> "EMLINK, more links than this file system allows";
            case ERANGE -> "ERANGE, larger than the buffer";
            case ENAMETOOLONG -> "ENAMETOOLONG, longer than this file system allows";
            case ENOTEMPTY -> "ENOTEMPTY, the directory is not empty";
            case ELOOP -> "ELOOP, a symbolic link stands where none may be";
            case ENODATA -> "ENODATA, there is no such attribute";
            case EOPNOTSUPP -> "EOPNOTSUPP, the file system cannot do this";
            case ESTALE -> "ESTALE, the file went away on its server";
            case EDQUOT -> "EDQUOT, the quota is used up; make room, then try again";
            default -> "errno " + errno;
        };
    }
}
