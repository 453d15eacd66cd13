package dev.siltstone.server.http;

import dev.siltstone.stream.Chunk;
import dev.siltstone.stream.Offset;
import io.netty.handler.codec.http.HttpHeaderNames;

/// Entity tags of catch-up replies: `"<stream id>:<start>:<end>"`, with `:c` at the end of a closed
/// stream. The stream id belongs to one incarnation, so that a stream which was deleted and created
/// again never matches; closure matters, because it is news to who has all the bytes.
final class ETags {
    private ETags() {}

    static String of(long streamId, Chunk chunk) {
        return of(streamId, chunk.start(), chunk.next(), chunk.upToDate() && chunk.closed());
    }

    static String of(long streamId, Offset start, Offset end, boolean closed) {
        return "\"" + streamId + ":" + start + ":" + end + (closed ? ":c\"" : "\"");
    }

    /// Says whether the client has this already (RFC 9110, section 13.1.2, "If-None-Match").
    static boolean matches(Fields request, String tag) {
        for (String field : request.getAll(HttpHeaderNames.IF_NONE_MATCH)) {
            for (String one : field.split(",", -1)) {
                String candidate = one.strip();
                if (candidate.equals("*")
                        || candidate.equals(tag)
                        || (candidate.startsWith("W/") && candidate.substring(2).equals(tag))) {
                    return true;
                }
            }
        }
        return false;
    }
}
