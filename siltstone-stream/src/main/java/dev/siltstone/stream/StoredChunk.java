package dev.siltstone.stream;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;

/// A chunk whose bytes were left where they lie: in one piece of a file.
///
/// @param place what the chunk is, with no bytes in it
/// @param file open until this is closed, whatever becomes of its name; an interrupt of its user closes it
/// @param filePosition of the first byte
/// @param length in bytes
public record StoredChunk(Chunk place, FileChannel file, long filePosition, int length)
        implements Closeable {
    @Override
    public void close() throws IOException {
        file.close();
    }
}
