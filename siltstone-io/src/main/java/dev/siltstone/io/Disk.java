package dev.siltstone.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The one door to a file system. Names become durable only by [#forceDirectory(Path)], bytes only by
/// [DiskFile#force()]; whoever needs both calls both, in that order of need.
///
/// Thread-safe. An interrupt of the calling thread never closes a file for somebody else.
public interface Disk {
    /// Creates an empty file and opens it for reading and writing.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if the name is taken; nothing changed
    DiskFile create(Path path) throws IOException;

    /// Opens a file that exists for reading and writing.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    DiskFile open(Path path) throws IOException;

    /// Opens a file that exists for reading only; writing, forcing or cutting it throws.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    DiskFile openForReading(Path path) throws IOException;

    /// Says whether the name leads to a file or directory.
    boolean exists(Path path);

    /// Lists the entries of a directory, in the order of their names.
    List<Path> list(Path directory) throws IOException;

    /// Creates a directory and its missing parents, and forces each directory that got a new entry.
    void createDirectories(Path directory) throws IOException;

    /// Renames atomically, replacing a file of the new name. Not durable before [#forceDirectory(Path)].
    void rename(Path from, Path to) throws IOException;

    /// Deletes a file. Not durable before [#forceDirectory(Path)].
    void delete(Path path) throws IOException;

    /// Makes the names in a directory durable: creations, renames and deletions up to now.
    void forceDirectory(Path directory) throws IOException;

    /// Returns how many bytes may still be written in the file system that holds `directory`.
    long usableBytes(Path directory) throws IOException;

    /// Locks a file against every other process, creating it if needed. The lock goes with the process
    /// that holds it, however that ends. Nobody else may open the file in this process: closing any
    /// descriptor of it would drop the lock.
    ///
    /// @throws DiskLockedException if another process, or this one, holds it already
    DiskLock lock(Path path) throws IOException;
}
