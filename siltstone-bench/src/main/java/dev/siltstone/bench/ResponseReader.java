package dev.siltstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads one answer of HTTP/1.1 after the other, however the pieces fall.
///
/// ```
/// HEAD ──> COUNTED ─────────────────────────> HEAD: complete
///   ├────> SIZE <──> CHUNK ──> TRAILER ─────> HEAD: complete
///   └────> UNTIL_CLOSED (an event stream without a length)
/// ```
final class ResponseReader {
    /// Gets an answer piece by piece.
    interface Receiver {
        void head(ResponseReader response);

        void body(ByteBuffer part);

        void complete();
    }

    private static final int HEAD_BYTES_MAX = 32 << 10;
    private static final int LINE_BYTES_MAX = 1 << 10;
    private static final int STATUS_AT = 9;
    private static final int STATUS_DIGITS = 3;
    private static final int HEX = 16;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int OK = 200;

    private enum State {
        HEAD,
        COUNTED,
        SIZE,
        CHUNK,
        TRAILER,
        UNTIL_CLOSED
    }

    private final Receiver receiver;
    private final byte[] head = new byte[HEAD_BYTES_MAX];
    private int headLength;
    private boolean headEnded;
    private State state = State.HEAD;
    private final StringBuilder line = new StringBuilder();
    private long left;
    private int status;

    ResponseReader(Receiver receiver) {
        this.receiver = receiver;
    }

    int status() {
        return status;
    }

    /// Reads `in` to its end.
    ///
    /// @throws LoadFailedException if this is no HTTP/1.1
    void read(ByteBuffer in) throws LoadFailedException {
        while (in.hasRemaining()) {
            switch (state) {
                case HEAD -> readHead(in);
                case COUNTED -> readCounted(in);
                case SIZE -> readSize(in);
                case CHUNK -> readChunk(in);
                case TRAILER -> readTrailer(in);
                case UNTIL_CLOSED -> receiver.body(in.slice(in.position(), skipAll(in)));
            }
        }
    }

    private static int skipAll(ByteBuffer in) {
        int count = in.remaining();
        in.position(in.limit());
        return count;
    }

    private void readHead(ByteBuffer in) throws LoadFailedException {
        if (headEnded) {
            headEnded = false;
            headLength = 0;
        }
        while (in.hasRemaining()) {
            if (headLength == HEAD_BYTES_MAX) {
                throw new LoadFailedException(
                        "an answer's head has more than " + HEAD_BYTES_MAX + " bytes");
            }
            byte next = in.get();
            head[headLength++] = next;
            if (next == '\n' && headLength >= 4 && head[headLength - 3] == '\n') {
                beginBody();
                return;
            }
        }
    }

    private void beginBody() throws LoadFailedException {
        if (headLength < STATUS_AT + STATUS_DIGITS || head[0] != 'H') {
            throw new LoadFailedException("the server does not speak HTTP/1.1");
        }
        status = Integer.parseInt(new String(head, STATUS_AT, STATUS_DIGITS, ISO_8859_1));
        if (status < OK) {
            headLength = 0; // 100 Continue: the answer comes after it
            return;
        }
        receiver.head(this);
        String length = header("content-length");
        String coding = header("transfer-encoding");
        if (status == NO_CONTENT || status == NOT_MODIFIED || "0".equals(length)) {
            end();
        } else if (coding != null) {
            state = State.SIZE;
        } else if (length != null) {
            left = Long.parseLong(length);
            state = State.COUNTED;
        } else {
            state = State.UNTIL_CLOSED;
        }
    }

    private void readCounted(ByteBuffer in) {
        int count = (int) Math.min(left, in.remaining());
        give(in, count);
        if (left == 0) {
            end();
        }
    }

    private void give(ByteBuffer in, int count) {
        left -= count;
        receiver.body(in.slice(in.position(), count));
        in.position(in.position() + count);
    }

    private boolean readLine(ByteBuffer in) throws LoadFailedException {
        while (in.hasRemaining()) {
            char next = (char) (in.get() & 0xff);
            if (next == '\n') {
                return true;
            }
            if (next != '\r') {
                line.append(next);
            }
            if (line.length() > LINE_BYTES_MAX) {
                throw new LoadFailedException(
                        "a chunk's size takes more than " + LINE_BYTES_MAX + " bytes");
            }
        }
        return false;
    }

    private void readSize(ByteBuffer in) throws LoadFailedException {
        if (!readLine(in)) {
            return;
        }
        String size = line.toString();
        line.setLength(0);
        if (size.isEmpty()) {
            return; // the line end after a chunk
        }
        int end = size.indexOf(';');
        left = Long.parseLong(end < 0 ? size.strip() : size.substring(0, end).strip(), HEX);
        state = left == 0 ? State.TRAILER : State.CHUNK;
    }

    private void readChunk(ByteBuffer in) {
        give(in, (int) Math.min(left, in.remaining()));
        if (left == 0) {
            state = State.SIZE;
        }
    }

    private void readTrailer(ByteBuffer in) throws LoadFailedException {
        while (readLine(in)) {
            boolean last = line.isEmpty();
            line.setLength(0);
            if (last) {
                end();
                return;
            }
        }
    }

    private void end() {
        state = State.HEAD;
        headEnded = true; // it can be asked for until the next one begins
        receiver.complete();
    }

    /// Returns the value of a header field of the last answer.
    ///
    /// @param name in lower case
    @Nullable String header(String name) {
        int at = 0;
        while (at < headLength) {
            int end = at;
            while (head[end] != '\n') {
                end++;
            }
            if (isNamed(at, name)) {
                int from = at + name.length() + 1;
                return new String(head, from, end - from, ISO_8859_1).strip();
            }
            at = end + 1;
        }
        return null;
    }

    private boolean isNamed(int at, String name) {
        if (at + name.length() >= headLength || head[at + name.length()] != ':') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (Character.toLowerCase((char) head[at + i]) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
