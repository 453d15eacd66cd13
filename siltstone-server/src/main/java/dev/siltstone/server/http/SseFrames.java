package dev.siltstone.server.http;

import dev.siltstone.stream.ContentTypes;
import dev.siltstone.stream.Offset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The bytes of server-sent events.
///
/// ```
/// event: data              the content: text as it is, JSON as an array, anything else in base64;
/// data:<line>              one `data:` for each line
/// data:<line>
///
/// event: control           where the reader is now; follows every data event
/// data:{"streamNextOffset":"…","streamCursor":"…","upToDate":true}
///
/// ```
///
/// Content cannot break out: CR, LF and CRLF each begin a new `data:` line, and a line that begins with
/// a space gets a second one, because a reader drops the first.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, section 5.8, "Read Stream - Live (SSE)"</a>
/// @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream">
///     HTML standard, section 9.2.5, "Parsing an event stream"</a>
final class SseFrames {
    /// How content becomes the text of an event.
    enum Encoding {
        JSON,
        TEXT,
        BASE64;

        static Encoding of(String contentType) {
            if (ContentTypes.isJson(contentType)) {
                return JSON;
            }
            return ContentTypes.isText(contentType) ? TEXT : BASE64;
        }
    }

    private static final byte[] DATA_EVENT = ascii("event: data\n");
    private static final byte[] CONTROL_EVENT = ascii("event: control\ndata:{");
    private static final byte[] LINE = ascii("data:");

    private SseFrames() {}

    /// Appends a data event.
    ///
    /// @param content as stored: JSON messages each end in a comma; read between position and limit
    static void data(ByteBuf out, ByteBuffer content, Encoding encoding) {
        out.writeBytes(DATA_EVENT);
        switch (encoding) {
            case TEXT -> lines(out, Unpooled.wrappedBuffer(content));
            case JSON -> lines(out, ChunkBodies.json(content));
            case BASE64 -> {
                ByteBuffer text = Base64.getEncoder().encode(content.duplicate());
                out.writeBytes(LINE).writeBytes(text).writeByte('\n');
            }
        }
        out.writeByte('\n');
    }

    /// Appends a control event.
    ///
    /// @param cursor left out if the stream is closed: nobody comes back
    static void control(ByteBuf out, Offset next, long cursor, boolean upToDate, boolean closed) {
        out.writeBytes(CONTROL_EVENT);
        StringBuilder fields = new StringBuilder(96);
        fields.append("\"streamNextOffset\":\"").append(next).append('"');
        if (closed) {
            fields.append(",\"streamClosed\":true");
        } else {
            fields.append(",\"streamCursor\":\"").append(cursor).append('"');
        }
        if (upToDate) {
            fields.append(",\"upToDate\":true");
        }
        fields.append("}\n\n");
        ByteBufUtil.writeAscii(out, fields);
    }

    /// Returns how many bytes of `text` can be sent without cutting a character at the end in two. Text
    /// that is no UTF-8 anyway counts as whole.
    static int wholeCharacters(ByteBuffer text) {
        int end = text.remaining();
        for (int back = 1; back <= Math.min(3, end); back++) {
            int octet = text.get(text.position() + end - back) & 0xff;
            if (octet < 0x80) {
                return end;
            }
            if (octet >= 0xc0) {
                return lengthOfCharacter(octet) > back ? end - back : end;
            }
        }
        return end;
    }

    private static int lengthOfCharacter(int firstOctet) {
        if (firstOctet >= 0xf8) {
            return 1;
        }
        return firstOctet >= 0xf0 ? 4 : firstOctet >= 0xe0 ? 3 : 2;
    }

    private static void lines(ByteBuf out, ByteBuf text) {
        int end = text.writerIndex();
        int at = text.readerIndex();
        while (true) {
            int breakAt = text.forEachByte(at, end - at, ByteProcessor.FIND_CRLF);
            int lineEnd = breakAt < 0 ? end : breakAt;
            out.writeBytes(LINE);
            if (lineEnd > at && text.getByte(at) == ' ') {
                out.writeByte(' ');
            }
            out.writeBytes(text, at, lineEnd - at).writeByte('\n');
            if (breakAt < 0) {
                return;
            }
            boolean pair =
                    text.getByte(breakAt) == '\r'
                            && breakAt + 1 < end
                            && text.getByte(breakAt + 1) == '\n';
            at = breakAt + (pair ? 2 : 1);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
