package dev.siltstone.stream.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/// The bytes of one run, wherever they lie, and where messages and appends begin in them. Places are wire
/// bytes of the run's owner. A stream without messages has one per append.
///
/// Thread-safe as long as what it reads from stays open.
public interface RunSource {
    /// Returns the wire byte at which the run begins.
    long base();

    /// Returns the wire byte after the last.
    long end();

    /// Fills `target` with the bytes from `wireByte` on; all must belong to the run. What lies in a segment
    /// is checked before.
    ///
    /// @throws SegmentDamagedException if it is damaged
    void read(long wireByte, ByteBuffer target) throws IOException;

    /// Shows the ranges of the file that hold bytes `from` to `to` as they are, in order, checked before.
    ///
    /// @return whether there are such ranges; false if the bytes are stored in another form: then only
    ///     [#read] gives them
    boolean visitRanges(long from, long to, RangeVisitor visitor) throws IOException;

    /// Opens the file whose ranges [#visitRanges] shows, for the system to send from; the caller closes it.
    ///
    /// @return `null` if that cannot be: then only [#read] gives the bytes
    default @Nullable FileChannel openForSending() throws IOException {
        return null;
    }

    /// Shows the message that holds `wireByte` and those after it. Looking for the first costs O(log n).
    ///
    /// @param wireByte of the run
    void visitMessages(long wireByte, MessageVisitor visitor) throws IOException;

    /// Is shown ranges of a file.
    @FunctionalInterface
    interface RangeVisitor {
        void range(long filePosition, long length) throws IOException;
    }

    /// Is shown messages.
    @FunctionalInterface
    interface MessageVisitor {
        /// @param wireByte at which it begins
        /// @param beginsAppend whether an append begins with it
        /// @param time of its append, milliseconds since 1970
        /// @return whether to go on
        boolean message(long wireByte, int length, boolean beginsAppend, long time)
                throws IOException;
    }

    /// Says whether a message begins at `wireByte`; the end of the run counts.
    default boolean isMessageBoundary(long wireByte) throws IOException {
        return wireByte == end() || new MessageSearch(this).startOf(wireByte) == wireByte;
    }

    /// Returns the first end of a message at or after `wireByte`, which is not the run's first byte.
    default long messageEnd(long wireByte) throws IOException {
        return new MessageSearch(this).endOf(wireByte - 1);
    }

    /// Returns where the append ends that holds `wireByte`, as far as it lies in this run.
    default long appendEnd(long wireByte) throws IOException {
        return new MessageSearch(this).appendEnd(wireByte);
    }

    /// Returns the time of the append that holds `wireByte`, milliseconds since 1970.
    default long timeOf(long wireByte) throws IOException {
        return new MessageSearch(this).timeOf(wireByte);
    }
}
