package dev.siltstone.io;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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

    /// Does what [#open(Path)] does, for a file of which much is written and nothing is read soon: blocks that are
    /// written whole from direct buffers go past the cache of the operating system, if the file system can do
    /// that. So they are not copied once more, and nothing is left to be written back when the file is forced.
    /// Where it cannot, this is [#open(Path)].
    default DiskFile openPastCache(Path path) throws IOException {
        return open(path);
    }

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

    /// Gives a file a second name (a hard link), in the same file system. Not durable before
    /// [#forceDirectory(Path)].
    ///
    /// @throws java.nio.file.FileAlreadyExistsException if the name is taken, however many try at once;
    ///     nothing changed
    void link(Path existing, Path link) throws IOException;

    /// Deletes a file. Not durable before [#forceDirectory(Path)].
    void delete(Path path) throws IOException;

    /// Makes the names in a directory durable: creations, renames and deletions up to now.
    void forceDirectory(Path directory) throws IOException;

    /// Returns what a name leads to.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is nothing
    PathFacts facts(Path path) throws IOException;

    /// Sets the time of the last change of a file. Durable with [DiskFile#forceWithMetadata()].
    void setModified(Path path, Instant modified) throws IOException;

    /// Says whether the file system that holds `directory` keeps attributes with its files. Ask once, not
    /// per file.
    boolean keepsAttributes(Path directory) throws IOException;

    /// Sets an attribute of a file (an extended attribute `user.<name>`). Durable with
    /// [DiskFile#forceWithMetadata()].
    ///
    /// @throws IOException if it does not fit, or the file system keeps none
    void setAttribute(Path path, String name, String value) throws IOException;

    /// Returns the attributes of a file whose names begin with `prefix`.
    ///
    /// @throws IOException if the file system keeps none
    Map<String, String> attributes(Path path, String prefix) throws IOException;

    /// Returns how many bytes may still be written in the file system that holds `directory`.
    long usableBytes(Path directory) throws IOException;

    /// Locks a file against every other process, creating it if needed. The lock goes with the process
    /// that holds it, however that ends. Nobody else may open the file in this process: closing any
    /// descriptor of it would drop the lock.
    ///
    /// @throws DiskLockedException if another process, or this one, holds it already
    DiskLock lock(Path path) throws IOException;
}
