/// The door to what only the kernel's own calls can do with files: names that are bytes, devices and pipes, links
/// of links, attributes, holes, times in nanoseconds, trees exchanged in one step. Linux only.
///
/// ```
///   Descriptor --- FileStatus (statx)            who is it
///       |      --- DirectoryListing (getdents64) what is in it
///       |      --- DirectoryNames                make, link, rename, remove a name in it
///       |      --- FileOwnership                 owner, mode, times
///       |      --- Xattrs                        extended attributes
///       |      --- FileBytes                     bytes, holes, forces
///       '-- Kernel (the one native symbol, `syscall`)
/// ```
///
/// Names are bytes and never pass a character set, so the locale does not matter. Each call is relative to an open
/// directory and never follows a symbolic link in its last component; the caller walks component by component.
/// A failure is a [PosixException] that names the call, the path and the errno.
///
/// Threads: all classes are thread-safe but for what is closed while in use. Each thread that calls keeps about
/// 100 KiB of native memory for arguments and answers: call from platform threads.
@NullMarked
package dev.siltstone.io.posix;

import org.jspecify.annotations.NullMarked;
