package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/// A chunk whose bytes were left where they lie, in few pieces of files.
///
/// @param place what the chunk is, with no bytes in it
/// @param pieces one behind the other, at least one and at most [#PIECES_MAX]
public record StoredChunk(Chunk place, List<Piece> pieces) implements Closeable {
    /// A chunk in more pieces is read quicker.
    public static final int PIECES_MAX = 8;

    /// Bytes of a file.
    ///
    /// @param file open until it is closed, whatever becomes of its name; an interrupt of its user closes it
    /// @param filePosition of the first byte
    /// @param length in bytes
    public record Piece(FileChannel file, long filePosition, int length) implements Closeable {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    public StoredChunk {
        pieces = List.copyOf(pieces);
    }

    /// Returns how many bytes the chunk has.
    public int length() {
        return Math.toIntExact(place.next().wireByte() - place.start().wireByte());
    }

    /// Closes all pieces; whoever took one over closes that alone.
    @Override
    public void close() throws IOException {
        closeAll(pieces);
    }

    static void closeAll(List<Piece> pieces) throws IOException {
        IOException failure = null;
        for (Piece piece : pieces) {
            try {
                piece.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
