package dev.siltstone.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// An open file, read and written at file positions.
///
/// Thread-safe; a read concurrent with a write of the same bytes may see any mixture of old and new.
public interface DiskFile extends Closeable {
    /// Returns the path the file was opened under; a rename does not change it.
    Path path();

    /// Returns the length in bytes.
    long size() throws IOException;

    /// Writes all remaining bytes of `source` at `filePosition`, extending the file if needed. After a
    /// failure any part of them may have been written.
    void write(ByteBuffer source, long filePosition) throws IOException;

    /// Reads until `target` is full or the file ends.
    ///
    /// @return bytes read; 0 at or past the end of the file
    int read(ByteBuffer target, long filePosition) throws IOException;

    /// Opens the file once more, for the system to send from without this process reading it. Whoever uses it must
    /// not be interrupted: that would close it.
    ///
    /// @return `null` if this disk has nothing of the kind, or the path leads to another file by now
    default @Nullable FileChannel openForSending() throws IOException {
        return null;
    }

    /// Makes all bytes written so far durable (`fdatasync`, with the length when it changed). A failure
    /// says nothing about which bytes reached the disk, and a later success does not heal it.
    void force() throws IOException;

    /// Has bytes that were written travel to the disk now, and waits for that, so that a later [#force()] has little left
    /// to do; they are no more durable than before. Other than a force it does not have the file system note
    /// anything, which forces of other files would wait for.
    ///
    /// @return false if this disk cannot; nothing happened
    /// @throws IOException if they could not be written, which is as final as a failed force
    default boolean push(long filePosition, long bytes) throws IOException {
        return false;
    }

    /// Does what [#force()] does, and makes the time of the last change and the attributes durable too.
    void forceWithMetadata() throws IOException;

    /// Says whether the path of this file still leads to it: false once it was removed or replaced.
    /// `renamed` is the path it goes by now.
    boolean isLinkedAt(Path renamed) throws IOException;

    /// Gives an empty file room for `bytes` and that length, all zeros, without writing them: cheaper than zeros,
    /// but a [#force] of what is written there later costs more. Durable with the next [#force()].
    ///
    /// @return false if this disk cannot; nothing changed
    /// @throws IOException if there is no room; the file may have any length up to `bytes` then
    default boolean reserve(long bytes) throws IOException {
        return false;
    }

    /// Cuts or extends (with zeros) the file to `bytes`.
    void truncate(long bytes) throws IOException;
}
