package dev.siltstone.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Standard output as bytes. Tells a reader that went away ([ReaderGone]) from other failures.
///
/// Not thread-safe.
final class StandardOutput extends FilterOutputStream {
    /// Whoever read our standard output does not any more, as `head` does not: no reason to complain.
    static final class ReaderGone extends IOException {
        private static final long serialVersionUID = 1L;

        ReaderGone(IOException cause) {
            super("nobody reads standard output any more", cause);
        }
    }

    StandardOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            // Java keeps the error number to itself, so the text has to do.
            String message = String.valueOf(e.getMessage());
            if (message.contains("Broken pipe") || message.contains("Connection reset")) {
                throw new ReaderGone(e);
            }
            throw new IOException("cannot write to standard output: " + message, e);
        }
    }
}
